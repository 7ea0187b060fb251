// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Test} from "forge-std/Test.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {InteroperableAddress} from "@openzeppelin/contracts/utils/draft-InteroperableAddress.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {Commitment} from "../../../contracts/types/Commitment.sol";
import {Entry, makeEntry} from "../../../contracts/types/Entry.sol";
import {LaneId} from "../../../contracts/types/LaneId.sol";
import {Log, Logs, Proof} from "./Logs.sol";
import {Roles} from "./Roles.sol";
import {TestApp} from "./TestApp.sol";
import {TestPath} from "./TestPath.sol";
import {Deploy} from "./Deploy.sol";

/// @dev A lane between two gateways in one EVM, whose chain ids are switched; three paths, of which 0 and 2 are networks
/// and 1 is the watchers'. The apps do nothing of their own.
abstract contract TwoGateways is Test {
    using Logs for Log;

    uint256 internal constant SRC_CHAIN = 1001;
    uint256 internal constant DST_CHAIN = 1002;
    uint32 internal constant SRC = 30101;
    uint32 internal constant DST = 30102;
    uint8 internal constant NETWORK = 0;
    uint8 internal constant WATCHERS = 1;
    uint8 internal constant NETWORK_2 = 2;
    uint8 internal constant TWO = 3;
    uint8 internal constant ALL = 7;
    uint64 internal constant EVERYTHING = type(uint64).max;

    IAccessManager internal manager;
    IGateway internal src;
    IGateway internal dst;
    TestApp internal srcApp;
    TestApp internal dstApp;
    TestPath[3] internal srcPaths;
    TestPath[3] internal dstPaths;
    bytes internal srcName;
    bytes internal dstName;
    bytes32 internal laneId;
    bytes32 internal backLaneId;

    /// @dev The log from `src` to `dst`.
    Log internal lane;

    function setUp() public virtual {
        vm.warp(1_800_000_000);
        manager = Deploy.accessManager(address(this));
        Roles.grantAll(manager, address(this));
        vm.chainId(SRC_CHAIN);
        (src, srcApp) = _deployGateway(SRC);
        vm.chainId(DST_CHAIN);
        (dst, dstApp) = _deployGateway(DST);
        srcName = InteroperableAddress.formatEvmV1(SRC_CHAIN, address(src));
        dstName = InteroperableAddress.formatEvmV1(DST_CHAIN, address(dst));
        for (uint8 i = 0; i < 3; ++i) {
            srcPaths[i] = Deploy.testPath(address(src));
            dstPaths[i] = Deploy.testPath(address(dst));
        }
        _wire();
        (LaneId out, LaneId back) = src.laneIds(DST);
        (laneId, backLaneId) = (LaneId.unwrap(out), LaneId.unwrap(back));
        lane.start(laneId);
    }

    function _newGateway(uint32 eid, address app) internal virtual returns (IGateway) {
        return Deploy.gateway(eid, app, address(manager));
    }

    function _deployGateway(uint32 eid) internal returns (IGateway gateway, TestApp app) {
        app = Deploy.testApp();
        gateway = _newGateway(eid, address(app));
        app.setGateway(gateway);
        Roles.ofGateway(manager, address(gateway));
    }

    function _wire() internal virtual {
        vm.chainId(SRC_CHAIN);
        src.openLane(DST, DST_CHAIN, address(dst), 0);
        vm.chainId(DST_CHAIN);
        dst.openLane(SRC, SRC_CHAIN, address(src), 0);
        for (uint8 i = 0; i < 3; ++i) {
            srcPaths[i].setRemote(DST, dstName);
            dstPaths[i].setRemote(SRC, srcName);
            src.addPath(DST, i, address(srcPaths[i]), i != WATCHERS);
            dst.addPath(SRC, i, address(dstPaths[i]), i != WATCHERS);
        }
    }

    // ── source ──────────────────────────────────────────────────────────────────────────────────────────────────────

    function _entry(uint256 seed) internal pure returns (Entry memory) {
        return makeEntry(
            1,
            uint16(seed % 3),
            SRC,
            0,
            uint128(1000 + seed),
            keccak256(abi.encode("account", seed)),
            bytes32(uint256(uint160(uint256(keccak256(abi.encode("party", seed))))))
        );
    }

    function _post(uint256 times) internal {
        for (uint256 i = 0; i < times; ++i) {
            Entry memory entry = _entry(lane.entries.length);
            srcApp.post(DST, entry);
            lane.append(entry);
            if (lane.posted() - lane.sealedCount() == src.windowLimit(DST)) lane.seal();
        }
    }

    function _seal() internal {
        src.seal(DST);
        lane.seal();
    }

    /// @dev Posts a window and seals it.
    function _window(uint256 size) internal returns (uint64) {
        _post(size);
        if (lane.sealedCount() != lane.posted()) _seal();
        return lane.sealedCount();
    }

    // ── destination ─────────────────────────────────────────────────────────────────────────────────────────────────

    function _commitment(uint64 count, bytes32 head) internal view returns (Commitment memory) {
        return Commitment(LaneId.wrap(laneId), count, head, 0, backLaneId);
    }

    function _attest(uint8 path, Commitment memory commitment) internal {
        dstPaths[path].attest(srcName, commitment.encode());
    }

    /// @dev The truth, by each path of the mask.
    function _attest(uint8 paths, uint64 count) internal {
        for (uint8 path = 0; path < 3; ++path) {
            if ((paths >> path) & 1 == 1) _attest(path, _commitment(count, lane.headAt(count)));
        }
    }

    function _execute(Proof memory proof, uint8 paths) internal {
        dst.execute(SRC, proof.counts, proof.entries, proof.suffix, paths);
    }

    function _executed() internal view returns (uint64 executed) {
        (executed,) = dst.inbox(SRC);
    }

    /// @dev Executes windows with the suffix to the newest seal.
    function _executeNext(uint256 windows, uint8 paths) internal {
        _execute(lane.prove(_executed(), windows, lane.sealedCount()), paths);
    }
}
