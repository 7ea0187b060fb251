// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Test} from "forge-std/Test.sol";
import {Vm} from "forge-std/Vm.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {InteroperableAddress} from "@openzeppelin/contracts/utils/draft-InteroperableAddress.sol";
import {IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {ICollateralVault} from "../../../contracts/interfaces/ICollateralVault.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {IPauseController} from "../../../contracts/interfaces/IPauseController.sol";
import {Commitment} from "../../../contracts/types/Commitment.sol";
import {Entry} from "../../../contracts/types/Entry.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {LaneId} from "../../../contracts/types/LaneId.sol";
import {Limit} from "../../../contracts/types/Limit.sol";
import {Deploy} from "./Deploy.sol";
import {Factory} from "./Factory.sol";
import {IHub, IVault} from "./Interfaces.sol";
import {Log, Logs, Proof} from "./Logs.sol";
import {Permit2} from "./Permit2.sol";
import {Roles} from "./Roles.sol";
import {TestPath} from "./TestPath.sol";
import {FickleToken} from "./Tokens.sol";

/// @dev A hub and two vault chains in one EVM, whose chain ids are switched: gateways, vaults, clearing house, roles as a
/// deployment sets them, and two paths for each lane. Asset 1 has 6 decimals on one chain and 18 on the other.
abstract contract Deployment is Test {
    using Logs for Log;

    struct Site {
        uint256 id;
        uint32 eid;
        IAccessManager manager;
        IGateway gateway;
        bytes name;
        address network;
        address watchers;
        IVault vault;
        IPauseController pauseController;
    }

    uint8 internal constant HUB = 0;
    uint8 internal constant A = 1;
    uint8 internal constant B = 2;
    uint8 internal constant NETWORK = 0;
    uint8 internal constant WATCHERS = 1;
    uint8 internal constant ONLY_NETWORK = 1;
    uint8 internal constant BOTH = 3;
    uint16 internal constant USD = 1;
    uint16 internal constant ETHER = 2;
    uint8 internal constant USD_DECIMALS = 6;
    uint8 internal constant ETHER_DECIMALS = 9;
    uint32 internal constant PUSH_GAS = 60_000;
    uint128 internal constant MINIMUM = 10;
    uint64 internal constant EVERYTHING = type(uint64).max;

    Site[3] internal chains;
    IHub internal hub;
    mapping(uint8 chain => mapping(uint16 asset => FickleToken)) internal tokenOf;
    mapping(uint8 from => mapping(uint8 to => Log)) internal laneLogs;

    function setUp() public virtual {
        vm.warp(1_800_000_000);
        for (uint8 i = 0; i < 3; ++i) {
            _deployChain(i);
        }
        for (uint8 i = 0; i < 3; ++i) {
            vm.chainId(chains[i].id);
            _deployPaths(i);
        }
        _openLanes(A);
        _openLanes(B);
        _list(A, USD, 6, USD_DECIMALS);
        _list(B, USD, 18, USD_DECIMALS);
        _list(A, ETHER, 18, ETHER_DECIMALS);
        _list(B, ETHER, 18, ETHER_DECIMALS);
        vm.recordLogs();
    }

    // ── deploying ───────────────────────────────────────────────────────────────────────────────────────────────────

    function _deployChain(uint8 i) internal {
        Site storage chain = chains[i];
        chain.id = 9001 + i;
        chain.eid = 30201 + i;
        vm.chainId(chain.id);
        chain.manager = Deploy.accessManager(address(this));
        Roles.grantAll(chain.manager, address(this));
        address authority = address(chain.manager);
        Factory factory = Factory(Deploy.create("Factory.sol:Factory", ""));
        factory.deploy(
            vm.getCode("Gateway.sol:Gateway"),
            chain.eid,
            i == HUB ? Direction.Out : Direction.In,
            authority,
            vm.getCode(i == HUB ? "ClearingHouse.sol:ClearingHouse" : _vaultArtifact()),
            i == HUB
                ? abi.encode(Deploy.LARGE_WAIT, Deploy.LARGE_BLOCKS, authority)
                : abi.encode(chains[HUB].eid, Permit2.ADDRESS, Deploy.LARGE_WAIT, Deploy.LARGE_BLOCKS, authority)
        );
        chain.gateway = IGateway(factory.gateway());
        chain.pauseController = IPauseController(factory.pauseController());
        address app = factory.app();
        chain.name = InteroperableAddress.formatEvmV1(chain.id, address(chain.gateway));
        Roles.ofGateway(chain.manager, address(chain.gateway));
        if (i == HUB) {
            hub = IHub(app);
            Roles.ofHub(chain.manager, app);
        } else {
            chain.vault = IVault(app);
            Roles.ofVault(chain.manager, app);
        }
    }

    function _vaultArtifact() internal pure virtual returns (string memory) {
        return "CollateralVault.sol:CollateralVault";
    }

    function _deployPaths(uint8 i) internal virtual {
        chains[i].network = address(Deploy.testPath(address(chains[i].gateway)));
        chains[i].watchers = address(Deploy.testPath(address(chains[i].gateway)));
    }

    function _openLanes(uint8 i) internal {
        _openLane(HUB, i);
        _openLane(i, HUB);
        (LaneId out, LaneId back) = chains[HUB].gateway.laneIds(chains[i].eid);
        laneLogs[HUB][i].start(LaneId.unwrap(out));
        laneLogs[i][HUB].start(LaneId.unwrap(back));
    }

    function _openLane(uint8 here, uint8 there) internal virtual {
        vm.chainId(chains[here].id);
        IGateway gateway = chains[here].gateway;
        gateway.openLane(chains[there].eid, chains[there].id, address(chains[there].gateway), 0);
        _openRemotes(here, there);
        gateway.addPath(chains[there].eid, NETWORK, chains[here].network, true);
        gateway.addPath(chains[there].eid, WATCHERS, chains[here].watchers, false);
    }

    function _openRemotes(uint8 here, uint8 there) internal virtual {
        TestPath(chains[here].network).setRemote(chains[there].eid, chains[there].name);
        TestPath(chains[here].watchers).setRemote(chains[there].eid, chains[there].name);
    }

    function _token(uint8 decimals) internal virtual returns (FickleToken) {
        return Deploy.fickleToken(decimals);
    }

    function _list(uint8 i, uint16 asset, uint8 decimals, uint8 canonical) internal {
        tokenOf[i][asset] = _token(decimals);
        chains[i].vault.listAsset(asset, address(tokenOf[i][asset]), canonical, _vaultRules());
        hub.listAsset(chains[i].eid, asset, canonical, _laneRules());
    }

    /// @dev Nothing is over these, so that a test sees a limit only where it sets one.
    function _vaultRules() internal view virtual returns (ICollateralVault.AssetRules memory) {
        return ICollateralVault.AssetRules(uint48(MINIMUM), uint24(PUSH_GAS), _noLimit());
    }

    function _laneRules() internal view virtual returns (IClearingHouse.LaneRules memory) {
        return IClearingHouse.LaneRules(uint64(MINIMUM), type(uint128).max, _noLimit());
    }

    function _noLimit() internal pure returns (Limit memory) {
        return Limit(type(uint80).max, type(uint64).max, type(uint80).max, 100);
    }

    // ── acting ──────────────────────────────────────────────────────────────────────────────────────────────────────

    function _scale(uint8 i, uint16 asset) internal view returns (uint256) {
        return chains[i].vault.assetOf(asset).scale;
    }

    /// @param amount Canonical units.
    function _deposit(uint8 i, uint16 asset, address trader, uint256 amount) internal returns (uint64 index) {
        FickleToken token = tokenOf[i][asset];
        IVault vault = chains[i].vault;
        uint256 local = amount * _scale(i, asset);
        token.mint(trader, local);
        vm.startPrank(trader, trader);
        token.approve(address(vault), type(uint256).max);
        (index,) = vault.deposit(asset, local, trader, 0, trader, false);
        vm.stopPrank();
    }

    function _withdraw(uint8 to, uint16 asset, address trader, uint128 amount, address recipient)
        internal
        returns (uint64)
    {
        vm.prank(trader);
        return hub.withdraw(0, chains[to].eid, asset, amount, recipient);
    }

    // ── relaying, as a relayer does it: from events ─────────────────────────────────────────────────────────────────

    /// @dev Reads what was posted and sealed since the last time, and holds each head against its own.
    function _follow() internal {
        Vm.Log[] memory seen = vm.getRecordedLogs();
        for (uint256 i = 0; i < seen.length; ++i) {
            bytes32 topic = seen[i].topics[0];
            if (topic == IGateway.EntryPosted.selector) {
                Log storage lane = _laneOf(seen[i]);
                assertEq(uint256(seen[i].topics[2]), lane.posted(), "entries are posted without a gap");
                lane.append(abi.decode(seen[i].data, (Entry)));
            } else if (topic == IGateway.WindowSealed.selector) {
                (uint64 count, bytes32 root, bytes32 head) = _laneOf(seen[i]).seal();
                assertEq(uint256(seen[i].topics[2]), count, "a seal closes what is posted");
                assertEq(keccak256(seen[i].data), keccak256(abi.encode(root, head)), "the log hashes to its head");
            }
            _notice(seen[i]);
        }
    }

    /// @dev Every event, the two above included.
    function _notice(Vm.Log memory seen) internal virtual {}

    function _laneOf(Vm.Log memory seen) internal view returns (Log storage) {
        uint8 from =
            seen.emitter == address(chains[HUB].gateway) ? HUB : seen.emitter == address(chains[A].gateway) ? A : B;
        uint32 eid = uint32(uint256(seen.topics[1]));
        return laneLogs[from][eid == chains[HUB].eid ? HUB : eid == chains[A].eid ? A : B];
    }

    function _executed(uint8 from, uint8 to) internal view returns (uint64 executed) {
        (executed,) = chains[to].gateway.inbox(chains[from].eid);
    }

    /// @dev What the gateway on `from` says of its lane to `to` at a count.
    function _commitment(uint8 from, uint8 to, uint64 count) internal view returns (Commitment memory commitment) {
        IGateway gateway = chains[from].gateway;
        (LaneId out,) = gateway.laneIds(chains[to].eid);
        (uint64 ackCount, bytes32 ackHead) = gateway.inbox(chains[to].eid);
        commitment = Commitment(out, count, gateway.sealedHead(chains[to].eid, count), ackCount, ackHead);
    }

    function _attest(uint8 from, uint8 to, uint64 count) internal virtual {
        bytes memory payload = _commitment(from, to, count).encode();
        TestPath(chains[to].network).attest(chains[from].name, payload);
        TestPath(chains[to].watchers).attest(chains[from].name, payload);
    }

    /// @dev Seals what is open, attests by both paths and executes all.
    function _relay(uint8 from, uint8 to) internal {
        (uint64 posted, uint64 sealed_,) = chains[from].gateway.outbox(chains[to].eid);
        if (posted != sealed_) chains[from].gateway.seal(chains[to].eid);
        _follow();
        if (posted == _executed(from, to)) return;
        _attest(from, to, posted);
        Log storage lane = laneLogs[from][to];
        while (_executed(from, to) != posted) {
            _execute(from, to, lane.prove(_executed(from, to), 1, posted));
        }
    }

    function _execute(uint8 from, uint8 to, Proof memory proof) internal {
        vm.chainId(chains[to].id);
        chains[to].gateway.execute(chains[from].eid, proof.counts, proof.entries, proof.suffix, BOTH);
    }
}
