// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {InteroperableAddress} from "@openzeppelin/contracts/utils/draft-InteroperableAddress.sol";
import {Halt, IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {Commitment} from "../../../contracts/types/Commitment.sol";
import {LaneId} from "../../../contracts/types/LaneId.sol";
import {Deploy} from "../mocks/Deploy.sol";
import {Log, Logs, Proof} from "../mocks/Logs.sol";
import {TestPath} from "../mocks/TestPath.sol";
import {TwoGateways} from "../mocks/TwoGateways.sol";

/// @dev Paths that die, are disabled and are replaced, in both directions.
contract GatewayPathsTest is TwoGateways {
    using Logs for Log;

    uint8 internal constant FREE = 3;
    bytes32 internal constant JUNK = keccak256("junk");

    function _replace(uint8 index, bool isNetwork) internal returns (TestPath path) {
        path = Deploy.testPath(address(dst), SRC, srcName);
        dst.addPath(SRC, index, address(path), isNetwork);
    }

    function _say(TestPath path, uint64 count, bytes32 head) internal {
        path.attest(srcName, _commitment(count, head).encode());
    }

    function _enabled() internal view returns (uint8 enabled) {
        (, enabled,) = dst.pathsOf(SRC);
    }

    function _refuseExecution(uint8 paths, bytes memory reason) internal {
        Proof memory proof = lane.prove(_executed(), 1, lane.sealedCount());
        vm.expectRevert(reason);
        _execute(proof, paths);
    }

    function _notEnabled(uint8 enabled, uint8 paths) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IGateway.PathsNotEnabled.selector, SRC, enabled, paths);
    }

    // ── disabling ───────────────────────────────────────────────────────────────────────────────────────────────────

    function test_disablePath_endsItAtOnce() public {
        vm.expectEmit(address(dst));
        emit IGateway.PathDisabled(SRC, WATCHERS);
        dst.disablePath(SRC, WATCHERS);
        (address[8] memory adapters, uint8 enabled, uint8 networks) = dst.pathsOf(SRC);
        assertEq(enabled, 5, "two are left");
        assertEq(networks, 5, "both networks");
        assertEq(adapters[WATCHERS], address(dstPaths[WATCHERS]), "its index stays taken");
        (, enabled,) = src.pathsOf(DST);
        assertEq(enabled, ALL, "the other side is told by its own guardian");
    }

    function test_disablePath_reverts() public {
        uint8[4] memory none = [3, 7, 8, 255];
        for (uint256 i = 0; i < 4; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IGateway.PathNotEnabled.selector, SRC, none[i]));
            dst.disablePath(SRC, none[i]);
        }
        dst.disablePath(SRC, 0);
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathNotEnabled.selector, SRC, 0));
        dst.disablePath(SRC, 0);
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneNotOpen.selector, 9));
        dst.disablePath(9, 0);
        vm.prank(address(0xbad));
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(0xbad)));
        dst.disablePath(SRC, 1);
    }

    function test_disablePath_onlyOnItsLane() public {
        vm.chainId(DST_CHAIN);
        dst.openLane(9, 77, address(0xbeef), 0);
        bytes memory other = InteroperableAddress.formatEvmV1(77, address(0xbeef));
        dst.addPath(9, 0, address(Deploy.testPath(address(dst), 9, other)), true);
        dst.disablePath(SRC, 0);
        (, uint8 enabled,) = dst.pathsOf(9);
        assertEq(enabled, 1, "the other lane keeps its own");
    }

    function test_disabled_isHeardNoMore() public {
        dst.disablePath(SRC, WATCHERS);
        vm.expectRevert(abi.encodeWithSelector(IGateway.CallerNotPath.selector, SRC, address(dstPaths[WATCHERS])));
        _attest(WATCHERS, _commitment(1, JUNK));
        // Nor can it halt this side by a false acknowledgement.
        Commitment memory falseAck = _commitment(1, JUNK);
        (falseAck.ackCount, falseAck.ackHead) = (7, JUNK);
        vm.expectRevert();
        dstPaths[WATCHERS].attest(srcName, falseAck.encode());
        assertEq(uint8(dst.haltOf(SRC)), uint8(Halt.None), "nothing happened");
    }

    function test_disabled_carriesNothingEither() public {
        src.disablePath(DST, WATCHERS);
        uint64 count = _window(2);
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathsNotEnabled.selector, DST, 5, TWO));
        src.dispatch(DST, count, TWO, address(this), false);
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathsNotEnabled.selector, DST, 5, 2));
        src.quoteDispatch(DST, 2);
        src.dispatch(DST, count, 5, address(this), false);
        assertEq(srcPaths[WATCHERS].sends(), 0, "it was not asked");
        assertEq(srcPaths[NETWORK_2].sends(), 1, "the others were");
    }

    // ── what it said before ─────────────────────────────────────────────────────────────────────────────────────────

    function test_disabled_itsWordMovesNothing() public {
        uint64 count = _window(2);
        _attest(TWO, count);
        dst.disablePath(SRC, WATCHERS);
        _refuseExecution(TWO, _notEnabled(5, TWO));
        _refuseExecution(5, abi.encodeWithSelector(IGateway.PathsNotAttested.selector, SRC, 4));
        _attest(NETWORK_2, _commitment(count, lane.head()));
        _executeNext(1, 5);
        assertEq(_executed(), count, "the two that are left agree");
    }

    function test_disabled_itsLieStopsNothing() public {
        _window(3);
        _window(4);
        _attest(WATCHERS, _commitment(3, JUNK));
        _attest(5, 7);
        _refuseExecution(
            5, abi.encodeWithSelector(IGateway.LaneHeadMismatch.selector, SRC, WATCHERS, 3, JUNK, lane.headAt(3))
        );
        dst.disablePath(SRC, WATCHERS);
        _executeNext(2, 5);
        // What is said at that count now is held against those that are enabled.
        _attest(5, 3);
        assertEq(uint8(dst.haltOf(SRC)), uint8(Halt.None), "void is no witness");
        assertEq(_executed(), 7, "executed over it");
    }

    /// @dev It was the first to speak there; what came after is written down as what differs from it.
    function test_disabled_whatOthersSaidAfterItStays() public {
        _attest(WATCHERS, _commitment(3, JUNK));
        dst.disablePath(SRC, WATCHERS);
        _window(3);
        _attest(5, 3);
        (bytes32 head,) = dst.attestation(SRC, NETWORK, 3);
        assertEq(head, lane.head(), "the truth");
        (head,) = dst.attestation(SRC, NETWORK_2, 3);
        assertEq(head, lane.head(), "twice");
        _executeNext(1, 5);
        TestPath path = _replace(FREE, false);
        _say(path, 3, JUNK);
        assertEq(uint8(dst.haltOf(SRC)), uint8(Halt.Contradiction), "the same lie by an enabled path is evidence");
    }

    // ── replacement ─────────────────────────────────────────────────────────────────────────────────────────────────

    function test_replacement_atAFreeIndexOnly() public {
        dst.disablePath(SRC, WATCHERS);
        TestPath path = Deploy.testPath(address(dst), SRC, srcName);
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathIndexTaken.selector, SRC, WATCHERS));
        dst.addPath(SRC, WATCHERS, address(path), false);
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathInvalid.selector, SRC, address(dstPaths[WATCHERS])));
        dst.addPath(SRC, FREE, address(dstPaths[WATCHERS]), false);
        dst.addPath(SRC, FREE, address(path), false);
        assertEq(_enabled(), 13, "three again");
    }

    function test_replacement_saysAgainWhatTheOldOneSaid() public {
        uint64 count = _window(2);
        _attest(WATCHERS, _commitment(count, JUNK));
        dst.disablePath(SRC, WATCHERS);
        TestPath path = _replace(FREE, false);
        _attest(NETWORK, _commitment(count, lane.head()));
        _refuseExecution(9, abi.encodeWithSelector(IGateway.PathsNotAttested.selector, SRC, 8));
        _say(path, count, lane.head());
        _executeNext(1, 9);
        assertEq(_executed(), count, "executed on the new path's word");
        assertEq(dst.quorum(SRC, 0), 2, "which counts like the old one's");
    }

    function test_replacement_inBothDirections() public {
        dst.disablePath(SRC, WATCHERS);
        src.disablePath(DST, WATCHERS);
        TestPath there = _replace(FREE, false);
        TestPath here = Deploy.testPath(address(src), DST, dstName);
        src.addPath(DST, FREE, address(here), false);
        uint64 count = _window(2);
        src.dispatch(DST, count, 9, address(this), false);
        assertEq(here.sends(), 1, "the new one is told");
        there.attest(srcName, here.lastPayload());
        dstPaths[NETWORK].attest(srcName, srcPaths[NETWORK].lastPayload());
        _executeNext(1, 9);
        // And back, with the acknowledgement.
        dstApp.post(SRC, _entry(0));
        dst.dispatch(SRC, EVERYTHING, 9, address(this), false);
        here.attest(dstName, there.lastPayload());
        (uint64 acknowledged,) = src.acknowledged(DST, FREE);
        assertEq(acknowledged, count, "the new one brings what was executed");
        (, LaneId back) = src.laneIds(DST);
        (bytes32 head,) = src.attestation(DST, FREE, 1);
        assertEq(head, dst.sealedHead(SRC, 1), "and what was posted");
        assertTrue(LaneId.unwrap(back) == backLaneId, "in the same lane");
    }

    function test_replacement_aLaneTakesEightInItsLife() public {
        _replace(FREE, true);
        for (uint8 i = FREE + 1; i < 8; ++i) {
            dst.disablePath(SRC, i - 1);
            _replace(i, true);
        }
        assertEq(_enabled(), 0x87, "four at a time");
        TestPath path = Deploy.testPath(address(dst), SRC, srcName);
        dst.disablePath(SRC, 0);
        for (uint8 i = 0; i < 10; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IGateway.PathIndexTaken.selector, SRC, i));
            dst.addPath(SRC, i, address(path), true);
        }
    }

    function test_replacement_aDisabledPathMakesRoom() public {
        _replace(FREE, true);
        TestPath path = Deploy.testPath(address(dst), SRC, srcName);
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathsFull.selector, SRC));
        dst.addPath(SRC, 4, address(path), true);
        dst.disablePath(SRC, 0);
        dst.addPath(SRC, 4, address(path), true);
        assertEq(_enabled(), 30, "four again");
    }

    // ── quorums ─────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_quorum_neverFallsWithThePaths() public {
        uint64 count = _window(2);
        _attest(ALL, count);
        dst.disablePath(SRC, NETWORK_2);
        dst.disablePath(SRC, WATCHERS);
        _refuseExecution(1, abi.encodeWithSelector(IGateway.PathsTooFew.selector, SRC, 2, 1));
        _refuseExecution(3, _notEnabled(1, 3));
        dst.disablePath(SRC, NETWORK);
        _refuseExecution(0, abi.encodeWithSelector(IGateway.PathsTooFew.selector, SRC, 2, 0));
        _refuseExecution(ALL, _notEnabled(0, ALL));
        assertEq(_executed(), 0, "one path moves nothing, and none neither");
        TestPath first = _replace(3, true);
        TestPath second = _replace(4, false);
        _say(first, count, lane.head());
        _refuseExecution(24, abi.encodeWithSelector(IGateway.PathsNotAttested.selector, SRC, 16));
        _say(second, count, lane.head());
        _executeNext(1, 24);
        assertEq(_executed(), count, "two new ones do");
    }

    function test_quorum_watchersAloneMoveNothing() public {
        uint64 count = _window(2);
        TestPath more = _replace(FREE, false);
        _attest(ALL, count);
        _say(more, count, lane.head());
        dst.disablePath(SRC, NETWORK);
        dst.disablePath(SRC, NETWORK_2);
        _refuseExecution(10, abi.encodeWithSelector(IGateway.NetworkPathMissing.selector, SRC, 5, 10));
    }

    // ── dead paths ──────────────────────────────────────────────────────────────────────────────────────────────────

    function test_dead_anyOneOfThreeMakesNoDifference() public {
        for (uint8 dead = 0; dead < 3; ++dead) {
            uint8 alive = ALL & ~uint8(1 << dead);
            uint256 state = vm.snapshotState();
            for (uint256 i = 1; i < 4; ++i) {
                _attest(alive, _window(i));
                _executeNext(1, alive);
            }
            assertEq(_executed(), 6, "all of it");
            assertEq(dst.quorum(SRC, 5), 2, "on two paths' word");
            vm.revertToState(state);
        }
    }

    function test_dead_twoOfThreeAndNothingIsLost() public {
        for (uint8 alive = 0; alive < 3; ++alive) {
            for (uint8 back = 0; back < 3; ++back) {
                if (back == alive) continue;
                uint256 state = vm.snapshotState();
                _deadExceptAndBack(alive, back);
                vm.revertToState(state);
            }
        }
    }

    /// @dev Windows come while only one path lives; the one that returns tells the newest head alone.
    function _deadExceptAndBack(uint8 alive, uint8 back) internal {
        for (uint256 i = 1; i < 5; ++i) {
            uint64 count = _window(i);
            _attest(alive, _commitment(count, lane.head()));
            for (uint256 paths = 0; paths < 8; ++paths) {
                Proof memory proof = lane.prove(0, 1, count);
                vm.expectRevert();
                _execute(proof, uint8(paths));
            }
        }
        assertEq(dstApp.executed(), 0, "nothing moves");
        _attest(back, _commitment(lane.sealedCount(), lane.head()));
        uint8 paths_ = uint8(1 << alive) | uint8(1 << back);
        _executeNext(1, paths_);
        _executeNext(3, paths_);
        assertEq(dstApp.executed(), lane.posted(), "everything flows");
        for (uint64 i = 0; i < lane.posted(); ++i) {
            assertEq(dstApp.timesExecuted(i), 1, "each once");
        }
    }

    /// @dev The dead one comes back and tells all that it missed, in any order.
    function test_dead_thatReturnsLateIsNoContradiction() public {
        for (uint256 i = 1; i < 5; ++i) {
            _attest(TWO, _window(i));
            _executeNext(1, TWO);
        }
        for (uint256 i = 4; i > 0; --i) {
            _attest(NETWORK_2, _commitment(lane.counts[i], lane.heads[i]));
        }
        assertEq(uint8(dst.haltOf(SRC)), uint8(Halt.None), "late and true");
        dst.vouch(SRC, NETWORK_2, lane.sealedCount(), "");
        assertEq(dst.quorum(SRC, 0), 3, "and it stands behind it");
    }
}
