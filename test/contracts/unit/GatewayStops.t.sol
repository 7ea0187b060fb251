// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {Halt, IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {Commitment} from "../../../contracts/types/Commitment.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {Entry, KIND_RETURNED, makeEntry} from "../../../contracts/types/Entry.sol";
import {NO_END} from "../../../contracts/types/Stops.sol";
import {Log, Logs, Proof} from "../mocks/Logs.sol";
import {StoppedLane} from "../mocks/StoppedLane.sol";

/// @dev What stops a lane at its gateway, what starts it again, and its clock. Who may: PauseController.t.sol.
contract GatewayStopsTest is StoppedLane {
    using Logs for Log;

    // ── pauses ──────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_setPause_in() public {
        uint64 until = start + 100;
        _attest(TWO, _window(2));
        vm.expectEmit(address(dst));
        emit IGateway.PauseSet(SRC, Direction.In, until);
        _pauseIn(until);
        assertEq(dst.pausedUntil(SRC, Direction.In), until, "its end");
        assertEq(dst.pausedUntil(SRC, Direction.Out), 0, "the other way moves");
        assertFalse(dst.isFlowing(SRC), "nothing that came is paid");
        assertTrue(dst.accepts(SRC), "what leaves may leave");
        _refuseExecution(_paused(Direction.In, until));
        vm.warp(until - 1);
        _refuseExecution(_paused(Direction.In, until));
        vm.warp(until);
        assertTrue(dst.isFlowing(SRC), "it ends by itself");
        _executeNext(1, TWO);
    }

    function test_setPause_out() public {
        uint64 until = start + 100;
        _pauseOut(until);
        assertFalse(dst.accepts(SRC), "nothing leaves");
        assertTrue(dst.isFlowing(SRC), "what came is paid");
        vm.expectRevert(_paused(Direction.Out, until));
        dstApp.post(SRC, _entry(0));
        dstApp.post(SRC, makeEntry(KIND_RETURNED, 1, DST, 0, 1, bytes32(0), bytes32(0)));
        vm.warp(until);
        dstApp.post(SRC, _entry(0));
    }

    function test_stops_onlyByThePauseController() public {
        address[3] memory callers = [address(this), address(dstApp), src.pauseController()];
        for (uint256 i = 0; i < 3; ++i) {
            bytes memory reason = abi.encodeWithSelector(IGateway.OnlyPauseController.selector, callers[i]);
            vm.startPrank(callers[i]);
            vm.expectRevert(reason);
            dst.setPause(SRC, Direction.In, 1);
            vm.expectRevert(reason);
            dst.quarantine(SRC, 0, 7, JUNK);
            vm.expectRevert(reason);
            dst.liftQuarantine(SRC, 0, 7);
            vm.expectRevert(reason);
            dst.liftHalt(SRC);
            vm.stopPrank();
        }
    }

    function test_stops_onlyOfAnOpenLane() public {
        bytes memory reason = abi.encodeWithSelector(IGateway.LaneNotOpen.selector, 9);
        vm.startPrank(controller);
        vm.expectRevert(reason);
        dst.setPause(9, Direction.In, 1);
        vm.expectRevert(reason);
        dst.quarantine(9, 0, 7, JUNK);
        vm.expectRevert(reason);
        dst.liftHalt(9);
        vm.stopPrank();
        vm.expectRevert(reason);
        dst.closeLane(9);
        vm.prank(address(dstApp));
        vm.expectRevert(reason);
        dst.reportFalseReturn(9);
        assertFalse(dst.isFlowing(9), "nothing comes from there");
        assertFalse(dst.accepts(9), "and nothing leaves");
    }

    // ── quarantine ──────────────────────────────────────────────────────────────────────────────────────────────────

    function test_quarantine_keepsTheLanePausedIn() public {
        _attest(0, _commitment(7, JUNK));
        vm.expectEmit(address(dst));
        emit IGateway.Quarantined(SRC, 0, 7, JUNK);
        vm.expectEmit(address(dst));
        emit IGateway.PauseSet(SRC, Direction.In, NO_END);
        _quarantine(0, 7, JUNK);
        assertTrue(dst.isQuarantined(SRC, 0, 7), "this one");
        assertEq(dst.quarantined(SRC), 1, "and no other");
        vm.warp(start + 1000 days);
        assertFalse(dst.isFlowing(SRC), "a day ends nothing");
        vm.prank(controller);
        vm.expectRevert(_notEmpty(1));
        dst.setPause(SRC, Direction.In, 0);
        vm.prank(controller);
        vm.expectRevert(_notEmpty(1));
        dst.setPause(SRC, Direction.In, _now());
    }

    function test_quarantine_ofWhatIsExecutedAlready() public {
        _attest(TWO, _window(2));
        _executeNext(1, TWO);
        _quarantine(1, 2, lane.head());
        assertFalse(dst.isFlowing(SRC), "it came too late for the window, not for what waits");
    }

    function test_quarantine_revertsForWhatNobodySaid() public {
        _attest(0, _commitment(7, JUNK));
        vm.startPrank(controller);
        vm.expectRevert(abi.encodeWithSelector(IGateway.AttestationUnknown.selector, SRC, 0, 7, bytes32("other")));
        dst.quarantine(SRC, 0, 7, "other");
        vm.expectRevert(abi.encodeWithSelector(IGateway.AttestationUnknown.selector, SRC, 0, 8, JUNK));
        dst.quarantine(SRC, 0, 8, JUNK);
        vm.expectRevert(abi.encodeWithSelector(IGateway.AttestationUnknown.selector, SRC, 1, 7, JUNK));
        dst.quarantine(SRC, 1, 7, JUNK);
        vm.expectRevert(abi.encodeWithSelector(IGateway.AttestationUnknown.selector, SRC, 1, 7, 0));
        dst.quarantine(SRC, 1, 7, 0);
        uint8[4] memory none = [3, 7, 8, 255];
        for (uint256 i = 0; i < 4; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IGateway.PathNotEnabled.selector, SRC, none[i]));
            dst.quarantine(SRC, none[i], 7, JUNK);
        }
        vm.stopPrank();
        assertTrue(dst.isFlowing(SRC), "nothing is stopped");
    }

    function test_liftQuarantine_leavesThePause() public {
        _attest(0, _commitment(7, JUNK));
        _attest(0, _commitment(9, JUNK));
        _quarantine(0, 7, JUNK);
        _quarantine(0, 9, JUNK);
        assertEq(dst.quarantined(SRC), 2, "two");
        vm.expectEmit(address(dst));
        emit IGateway.QuarantineLifted(SRC, 0, 7, JUNK);
        _liftQuarantine(0, 7);
        vm.prank(controller);
        vm.expectRevert(_notEmpty(1));
        dst.setPause(SRC, Direction.In, 0);
        _liftQuarantine(0, 9);
        assertEq(dst.quarantined(SRC), 0, "none");
        assertFalse(dst.isFlowing(SRC), "the pause stays");
        _pauseIn(0);
        assertTrue(dst.isFlowing(SRC), "and may end");
    }

    function test_liftQuarantine_revertsForWhatIsNotThere() public {
        _attest(0, _commitment(7, JUNK));
        vm.prank(controller);
        vm.expectRevert(abi.encodeWithSelector(IGateway.QuarantineUnknown.selector, SRC, 0, 7));
        dst.liftQuarantine(SRC, 0, 7);
        _quarantine(0, 7, JUNK);
        _liftQuarantine(0, 7);
        vm.prank(controller);
        vm.expectRevert(abi.encodeWithSelector(IGateway.QuarantineUnknown.selector, SRC, 0, 7));
        dst.liftQuarantine(SRC, 0, 7);
    }

    function test_quarantine_ofADisabledPathIsEmpty() public {
        _attest(0, _commitment(7, JUNK));
        _attest(1, _commitment(9, JUNK));
        _quarantine(0, 7, JUNK);
        _quarantine(1, 9, JUNK);
        dst.disablePath(SRC, 0);
        assertEq(dst.quarantined(SRC), 1, "void anyway");
        vm.prank(controller);
        vm.expectRevert(_notEmpty(1));
        dst.setPause(SRC, Direction.In, 0);
        // What was lifted of it is not counted against the others.
        _liftQuarantine(0, 7);
        assertEq(dst.quarantined(SRC), 1, "the other one's");
        dst.disablePath(SRC, 1);
        assertEq(dst.quarantined(SRC), 0, "none");
        _pauseIn(0);
        assertTrue(dst.isFlowing(SRC), "what is left was never in doubt");
    }

    // ── halts ───────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_liftHalt_onceItsPathIsDisabled() public {
        uint64 count = _window(2);
        _attest(5, count);
        _attest(WATCHERS, _commitment(count, JUNK));
        _refuseExecution(_halted(Halt.Contradiction));
        dst.disablePath(SRC, WATCHERS);
        vm.expectEmit(address(dst));
        emit IGateway.HaltLifted(SRC, Halt.Contradiction);
        _liftHalt();
        assertEq(dst.haltedAt(SRC), 0, "not halted");
        assertTrue(dst.isFlowing(SRC), "alive");
        _executeNext(1, 5);
        assertEq(_executed(), count, "by the same gateway");
    }

    function test_liftHalt_whileTheEvidenceStandsHaltsAgain() public {
        _window(3);
        _window(4);
        _attest(1, 7);
        _attest(2, _commitment(3, JUNK));
        bytes memory nodes = abi.encodePacked(lane.roots[1], lane.counts[1], lane.roots[2], lane.counts[2]);
        dst.contradict(SRC, laneId, nodes, 0, 3, 2);
        _liftHalt();
        dst.contradict(SRC, laneId, nodes, 0, 3, 2);
        assertEq(uint8(dst.haltOf(SRC)), uint8(Halt.Contradiction), "one of the two still lies");
        dst.disablePath(SRC, 2);
        _liftHalt();
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathNotEnabled.selector, SRC, 2));
        dst.contradict(SRC, laneId, nodes, 0, 3, 2);
    }

    function test_liftHalt_reverts() public {
        vm.prank(controller);
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneNotHalted.selector, SRC));
        dst.liftHalt(SRC);
        _contradictEachOther();
        _quarantine(0, 7, JUNK);
        vm.prank(controller);
        vm.expectRevert(_notEmpty(1));
        dst.liftHalt(SRC);
        _liftQuarantine(0, 7);
        dst.closeLane(SRC);
        vm.prank(controller);
        vm.expectRevert(_halted(Halt.Closed));
        dst.liftHalt(SRC);
    }

    function test_liftHalt_leavesAPause() public {
        _contradictEachOther();
        _pauseIn(start + 100);
        _liftHalt();
        assertFalse(dst.isFlowing(SRC), "still paused");
        vm.warp(start + 100);
        assertTrue(dst.isFlowing(SRC), "until its own end");
    }

    function test_reportFalseReturn_onlyTheApp() public {
        address[3] memory callers = [address(this), controller, address(srcApp)];
        for (uint256 i = 0; i < 3; ++i) {
            vm.prank(callers[i]);
            vm.expectRevert(abi.encodeWithSelector(IGateway.OnlyApp.selector, callers[i]));
            dst.reportFalseReturn(SRC);
        }
        _attest(TWO, _window(2));
        vm.expectEmit(address(dst));
        emit IGateway.LaneHalted(SRC, Halt.FalseReturn);
        _reportFalseReturn();
        assertEq(dst.haltedAt(SRC), start, "now");
        _refuseExecution(_halted(Halt.FalseReturn));
        // What is posted there is another lane's matter.
        dstApp.post(SRC, _entry(0));
    }

    /// @dev In the order of what they stop: whatever comes in whatever order, the greatest stays.
    function testFuzz_halt_theGreatestStays(uint8[5] memory reasons) public {
        uint8 greatest;
        for (uint256 i = 0; i < 5; ++i) {
            uint8 reason = uint8(bound(reasons[i], 1, 4));
            uint64 before = dst.haltedAt(SRC);
            bool isClosed = greatest == uint8(Halt.Closed);
            if (reason == uint8(Halt.Contradiction)) {
                _attest(0, _commitment(uint64(7 + i), JUNK));
                _attest(1, _commitment(uint64(7 + i), "other"));
            } else if (reason == uint8(Halt.FalseReturn)) {
                _reportFalseReturn();
            } else if (reason == uint8(Halt.FalseAck)) {
                Commitment memory falseAck = _commitment(0, laneId);
                (falseAck.ackCount, falseAck.ackHead) = (3, JUNK);
                _attest(0, falseAck);
            } else {
                if (isClosed) vm.expectRevert(_halted(Halt.Closed));
                dst.closeLane(SRC);
            }
            if (reason > greatest) greatest = reason;
            assertEq(uint8(dst.haltOf(SRC)), greatest, "a lesser hides no greater");
            assertEq(dst.haltedAt(SRC) > before, !isClosed, "and is noted all the same");
        }
    }

    // ── closing ─────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_closeLane_onlyTheCouncilAndOnce() public {
        vm.prank(address(0xbad));
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(0xbad)));
        dst.closeLane(SRC);
        vm.expectEmit(address(dst));
        emit IGateway.LaneHalted(SRC, Halt.Closed);
        vm.expectEmit(address(dst));
        emit IGateway.LaneClosed(SRC);
        dst.closeLane(SRC);
        vm.expectRevert(_halted(Halt.Closed));
        dst.closeLane(SRC);
    }

    function test_closeLane_nothingEntersAndNothingLeaves() public {
        uint64 count = _window(2);
        _attest(TWO, count);
        dstApp.post(SRC, _entry(0));
        dst.closeLane(SRC);
        _refuseExecution(_halted(Halt.Closed));
        assertFalse(dst.isFlowing(SRC), "nothing is paid");
        assertFalse(dst.accepts(SRC), "nothing is taken");
        for (uint256 kind = 0; kind < 256; ++kind) {
            Entry memory entry = makeEntry(uint8(kind), 1, DST, 0, 1, bytes32(0), bytes32(0));
            vm.expectRevert(_halted(Halt.Closed));
            dstApp.post(SRC, entry);
        }
        // Not by time, a path, a pause that ends, or anything that is lifted.
        vm.warp(start + 10_000 days);
        dst.disablePath(SRC, WATCHERS);
        _pauseIn(0);
        _pauseOut(0);
        vm.prank(controller);
        vm.expectRevert(_halted(Halt.Closed));
        dst.liftHalt(SRC);
        Proof memory proof = lane.prove(0, 1, count);
        vm.expectRevert(_halted(Halt.Closed));
        _execute(proof, 5);
    }

    function test_closeLane_whatAnEscapeProvesStays() public {
        _attest(TWO, _window(2));
        _executeNext(1, TWO);
        dstApp.post(SRC, _entry(0));
        dst.seal(SRC);
        (uint64 executed, bytes32 head) = dst.inbox(SRC);
        (uint64 posted, uint64 sealed_, bytes32 sealedHead) = dst.outbox(SRC);
        dst.closeLane(SRC);
        // Evidence and what this side has to say still travel.
        _attest(NETWORK_2, _commitment(99, JUNK));
        dst.dispatch(SRC, sealed_, TWO, address(this), false);
        (uint64 executedAfter, bytes32 headAfter) = dst.inbox(SRC);
        (uint64 postedAfter, uint64 sealedAfter, bytes32 sealedHeadAfter) = dst.outbox(SRC);
        assertEq(abi.encode(executed, head), abi.encode(executedAfter, headAfter), "what was executed");
        assertEq(
            abi.encode(posted, sealed_, sealedHead),
            abi.encode(postedAfter, sealedAfter, sealedHeadAfter),
            "and what was said"
        );
        (bytes32 said,) = dst.attestation(SRC, NETWORK_2, 99);
        assertEq(said, JUNK, "a witness is heard");
    }

    function test_closeLane_leavesTheOthers() public {
        vm.chainId(DST_CHAIN);
        dst.openLane(9, 77, address(0xbeef), 0);
        dst.closeLane(SRC);
        assertTrue(dst.isFlowing(9), "another lane");
        assertTrue(dst.accepts(9), "both ways");
    }
}
