// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IGateway} from "../../../../contracts/interfaces/IGateway.sol";
import {IPauseController} from "../../../../contracts/interfaces/IPauseController.sol";
import {accountOf, toParty} from "../../../../contracts/types/Account.sol";
import {Commitment} from "../../../../contracts/types/Commitment.sol";
import {Entry, KIND_DEPOSIT, makeEntry} from "../../../../contracts/types/Entry.sol";
import {Scope} from "../../../../contracts/types/Scope.sol";
import {Stage, Terms} from "../../../../contracts/types/Terms.sol";
import {Logs, Log, Proof} from "../Logs.sol";
import {Monitors} from "../Monitors.sol";
import {Permit2} from "../Permit2.sol";
import {RealPaths} from "../RealPaths.sol";

/// @dev The columns of test/vectors/pauses.json. What is stopped is the lane between A and the hub, or the asset USD, on the
/// chain that a case is about.
enum Under {
    In,
    Out,
    Asset,
    Halt,
    FalseAck,
    Closed
}

/// @dev The world of PausedTest, the six stops, and what a case needs before it calls its function: one small case for each
/// function, which prepares, stops, and calls. It says whether that was done; otherwise what came instead.
abstract contract PausedCases is RealPaths {
    using Logs for Log;

    /// @dev Instead: nobody can call it then.
    bytes4 internal constant NOT_APPLICABLE = bytes4(keccak256("n/a"));
    bytes32 internal constant JUNK = keccak256("junk");
    uint64 internal constant FAR = 1000;

    address internal pauser = makeAddr("pauser");
    address internal guardian = makeAddr("guardian");
    address internal anyone = makeAddr("anyone");
    address internal trader;
    uint256 internal traderKey;
    bytes32 internal account;
    uint256[] internal monitors;

    /// @dev The chain that is stopped, and the other end of its lane.
    uint8 internal here;
    uint8 internal there;

    mapping(string name => function(Under) internal returns (bool, bytes memory)) internal caseOf;
    mapping(string name => bool) internal isCase;
    uint256 internal cases;

    function setUp() public virtual override {
        super.setUp();
        Permit2.etch();
        (trader, traderKey) = makeAddrAndKey("trader");
        account = accountOf(trader, 0);
        monitors = Monitors.keys(2);
        for (uint8 i = 0; i < 3; ++i) {
            IPauseController controller = chains[i].pauseController;
            controller.setKey(pauser, IPauseController.Key.Pauser);
            controller.setKey(guardian, IPauseController.Key.Guardian);
            Monitors.addTo(controller, monitors);
        }
        vm.chainId(chains[A].id);
        _deposit(A, USD, trader, 10_000);
        _relay(A, HUB);
        _withdraw(A, USD, trader, 100, trader);
        _relay(HUB, A);
    }

    function _add(string memory name, function(Under) internal returns (bool, bytes memory) case_) internal {
        (caseOf[name], isCase[name]) = (case_, true);
        ++cases;
    }

    // ── calling ─────────────────────────────────────────────────────────────────────────────────────────────────────

    function _as(address who, address target, bytes memory data) internal returns (bool, bytes memory) {
        vm.chainId(chains[here].id);
        vm.prank(who, who);
        return target.call(data);
    }

    function _asUs(address target, bytes memory data) internal returns (bool, bytes memory) {
        return _as(address(this), target, data);
    }

    function _instead(bytes4 selector) internal pure returns (bool, bytes memory) {
        return (false, abi.encodePacked(selector));
    }

    function _eid() internal view returns (uint32) {
        return chains[there].eid;
    }

    function _gateway() internal view returns (IGateway) {
        return chains[here].gateway;
    }

    function _controller() internal view returns (IPauseController) {
        return chains[here].pauseController;
    }

    function _authority() internal view returns (address) {
        return address(chains[here].manager);
    }

    // ── stopping ────────────────────────────────────────────────────────────────────────────────────────────────────

    function _stop(Under under) internal {
        vm.chainId(chains[here].id);
        if (under == Under.Closed) return _gateway().closeLane(_eid());
        if (under == Under.Halt) return _contradict();
        if (under == Under.FalseAck) return _acknowledgeFalsely();
        (Scope scope, uint32 id) = _scopeOf(under);
        vm.prank(pauser);
        _controller().pause(scope, id);
    }

    function _scopeOf(Under under) internal view returns (Scope, uint32) {
        if (under == Under.In) return (Scope.In, _eid());
        if (under == Under.Out) return (Scope.Out, _eid());
        if (under == Under.Asset) return (Scope.Asset, USD);
        return (Scope.Halt, _eid());
    }

    /// @dev What a path says, whoever owns it.
    function _hear(address path, Commitment memory commitment) internal returns (bool, bytes memory) {
        bytes memory name = chains[there].name;
        return _as(path, address(_gateway()), abi.encodeCall(_gateway().receiveMessage, (0, name, commitment.encode())));
    }

    function _said(uint64 count, bytes32 head) internal view returns (Commitment memory commitment) {
        commitment = _commitment(there, here, 0);
        (commitment.count, commitment.head) = (count, head);
    }

    function _contradict() internal {
        _hear(chains[here].network, _said(FAR, JUNK));
        _hear(chains[here].watchers, _said(FAR, "other"));
    }

    function _acknowledgeFalsely() internal {
        Commitment memory lie = _said(FAR, JUNK);
        (lie.ackCount, lie.ackHead) = (FAR, JUNK);
        _hear(chains[here].network, lie);
    }

    // ── what waits ──────────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev The next window of a lane, attested and not executed.
    function _proofOf(uint8 from, uint8 to) internal returns (Proof memory) {
        (uint64 posted, uint64 sealed_,) = chains[from].gateway.outbox(chains[to].eid);
        if (posted != sealed_) chains[from].gateway.seal(chains[to].eid);
        _follow();
        _attest(from, to, posted);
        return laneLogs[from][to].prove(_executed(from, to), 1, posted);
    }

    function _executeAs(address who, Proof memory proof) internal returns (bool, bytes memory) {
        return _as(
            who,
            address(_gateway()),
            abi.encodeCall(_gateway().execute, (_eid(), proof.counts, proof.entries, proof.suffix, BOTH))
        );
    }

    /// @dev A release that A's token refused once: its index, itself, and its terms.
    function _parked() internal returns (uint64 index, Entry memory release, Terms memory terms) {
        tokenOf[A][USD].setBlacklisted(trader, true);
        index = _withdraw(A, USD, trader, 100, trader);
        _relay(HUB, A);
        tokenOf[A][USD].setBlacklisted(trader, false);
        release = laneLogs[HUB][A].entries[index];
        terms = Terms(uint64(vm.getBlockTimestamp()), chains[A].vault.clockOf(USD), 0, Stage.Arrived);
        vm.chainId(chains[A].id);
    }

    /// @dev A deposit that came while its asset was paused on the hub, which is over.
    function _held() internal returns (uint64 index, Entry memory entry, Terms memory terms) {
        vm.prank(pauser);
        chains[HUB].pauseController.pause(Scope.Asset, USD);
        vm.chainId(chains[A].id);
        index = _deposit(A, USD, trader, 500);
        _relay(A, HUB);
        (entry, terms) = _heldNow(index);
        vm.warp(vm.getBlockTimestamp() + 1 days);
    }

    /// @dev A deposit of nobody, for a week.
    function _ownerless() internal returns (uint64 index, Entry memory entry, Terms memory terms) {
        entry = makeEntry(KIND_DEPOSIT, USD, chains[A].eid, 0, 500, bytes32(0), toParty(trader));
        vm.prank(address(chains[A].vault));
        index = chains[A].gateway.post(chains[HUB].eid, entry);
        _relay(A, HUB);
        (entry, terms) = _heldNow(index);
        vm.warp(vm.getBlockTimestamp() + 7 days);
    }

    function _heldNow(uint64 index) internal view returns (Entry memory entry, Terms memory terms) {
        entry = laneLogs[A][HUB].entries[index];
        terms = Terms(uint64(vm.getBlockTimestamp()), hub.clockOf(chains[A].eid, USD), 0, Stage.Arrived);
        assertTrue(hub.heldOf(chains[A].eid, index) != 0, "held");
    }

    function _signed(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }
}
