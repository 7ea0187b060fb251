// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Halt, IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {IPauseController} from "../../../contracts/interfaces/IPauseController.sol";
import {LaneState, Reconciliation} from "../../../contracts/types/Reconciliation.sol";
import {Scope} from "../../../contracts/types/Scope.sol";
import {Deploy} from "../mocks/Deploy.sol";
import {Monitors} from "../mocks/Monitors.sol";
import {Watchers} from "../mocks/Watchers.sol";
import {EveryKey} from "../mocks/EveryKey.sol";

/// @dev The way back: proposed, open to a veto, carried out with what monitors signed.
contract PauseControllerResumeTest is EveryKey {
    // ── proposals ───────────────────────────────────────────────────────────────────────────────────────────────────

    function test_proposeResume_onlyTheCouncil() public {
        _pause(pauser, Scope.In, hubEid);
        address[3] memory callers = [pauser, guardian, stranger];
        for (uint256 i = 0; i < 3; ++i) {
            _refuseRole(callers[i]);
            vm.prank(callers[i]);
            controller.proposeResume(Scope.In, hubEid);
        }
        uint64 readyAt = _now() + Deploy.RESUME_DELAY;
        vm.expectEmit(address(controller));
        emit IPauseController.ResumeProposed(Scope.In, hubEid, _now(), readyAt);
        _propose(Scope.In, hubEid);
        IPauseController.Proposal memory proposal = controller.proposalOf(Scope.In, hubEid);
        assertEq(abi.encode(proposal), abi.encode(_now(), readyAt), "for this stop");
    }

    function test_proposeResume_revertsWhereNothingIsStopped() public {
        _pause(pauser, Scope.In, hubEid);
        _refuseProposal(Scope.Out, hubEid);
        _refuseProposal(Scope.Halt, hubEid);
        _refuseProposal(Scope.Asset, USD);
        _refuseProposal(Scope.In, 9);
        vm.warp(_now() + DAY);
        _refuseProposal(Scope.In, hubEid);
    }

    function _refuseProposal(Scope scope, uint32 id) internal {
        vm.expectRevert(abi.encodeWithSelector(IPauseController.NotStopped.selector, scope, id));
        controller.proposeResume(scope, id);
    }

    function test_vetoResume_endsAProposal() public {
        _pause(pauser, Scope.In, hubEid);
        vm.expectRevert(abi.encodeWithSelector(IPauseController.ResumeNotProposed.selector, Scope.In, hubEid, 0));
        vm.prank(guardian);
        controller.vetoResume(Scope.In, hubEid);
        uint64 stop = _now();
        _proposeAndWait(Scope.In, hubEid);
        vm.expectEmit(address(controller));
        emit IPauseController.ResumeVetoed(Scope.In, hubEid, guardian);
        vm.prank(guardian);
        controller.vetoResume(Scope.In, hubEid);
        _refuseResume(Scope.In, hubEid, _read(Scope.In, hubEid), _notProposed(Scope.In, hubEid, stop));
    }

    function _notProposed(Scope scope, uint32 id, uint64 stop) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IPauseController.ResumeNotProposed.selector, scope, id, stop);
    }

    // ── a resumption ────────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev Each scope, on a vault's chain and on the hub, with money on the lanes.
    function testFuzz_resume_endsEachScope(uint8 which, bool isOnHub, bool isFrozen) public {
        _on(isOnHub ? HUB : A);
        Scope scope = [Scope.In, Scope.Out, Scope.Asset][which % 3];
        uint32 id = scope == Scope.Asset ? USD : isOnHub ? aEid : hubEid;
        if (isFrozen) _freeze(scope, id);
        else _pause(pauser, scope, id);
        uint64 stop = _now();
        vm.warp(_now() + 1 hours);
        _proposeAndWait(scope, id);
        Reconciliation memory found = _read(scope, id);
        assertGt(found.lanes[0].amounts.length, 0, "there are figures");
        bytes memory signatures = _sign(found);
        vm.expectEmit(address(controller));
        emit IPauseController.Resumed(scope, id, stop);
        controller.resume(scope, id, found, signatures);
        assertEq(controller.stoppedAt(scope, id), 0, "resumed");
        assertEq(controller.proposalOf(scope, id).readyAt, 0, "the proposal is used up");
        _withdraw(A, USD, trader, 50, trader);
        _relay(HUB, A);
        vm.chainId(chains[A].id);
        _deposit(A, USD, trader, 70);
        _relay(A, HUB);
    }

    function test_resume_liftsAHalt() public {
        _haltByFalseAck();
        gateway.disablePath(hubEid, NETWORK);
        _proposeAndWait(Scope.Halt, hubEid);
        vm.expectEmit(address(gateway));
        emit IGateway.HaltLifted(hubEid, Halt.FalseAck);
        _resume(Scope.Halt, hubEid);
        assertTrue(gateway.isFlowing(hubEid), "alive");
        assertTrue(gateway.accepts(hubEid), "both ways");
    }

    function test_resume_liftsNoClosedLane() public {
        gateway.closeLane(hubEid);
        _proposeAndWait(Scope.Halt, hubEid);
        bytes memory closed = abi.encodeWithSelector(IGateway.LaneIsHalted.selector, hubEid, Halt.Closed);
        _refuseResume(Scope.Halt, hubEid, _read(Scope.Halt, hubEid), closed);
    }

    function test_resume_notOverAQuarantine() public {
        _said(9, JUNK);
        vm.prank(pauser);
        controller.quarantine(hubEid, NETWORK, 9, JUNK);
        _haltByFalseAck();
        _propose(Scope.In, hubEid);
        _proposeAndWait(Scope.Halt, hubEid);
        bytes memory notEmpty = abi.encodeWithSelector(IGateway.QuarantineNotEmpty.selector, hubEid, 1);
        _refuseResume(Scope.In, hubEid, _read(Scope.In, hubEid), notEmpty);
        _refuseResume(Scope.Halt, hubEid, _read(Scope.Halt, hubEid), notEmpty);
        controller.liftQuarantine(hubEid, NETWORK, 9);
        _resume(Scope.In, hubEid);
        _resume(Scope.Halt, hubEid);
        assertTrue(gateway.isFlowing(hubEid), "looked at, and lifted");
    }

    function test_resume_onlyTheCouncil() public {
        _freeze(Scope.In, hubEid);
        _proposeAndWait(Scope.In, hubEid);
        Reconciliation memory found = _read(Scope.In, hubEid);
        bytes memory signatures = _sign(found);
        address[4] memory callers = [pauser, guardian, stranger, vm.addr(monitors[0])];
        for (uint256 i = 0; i < 4; ++i) {
            _refuseRole(callers[i]);
            vm.prank(callers[i]);
            controller.resume(Scope.In, hubEid, found, signatures);
        }
    }

    function test_resume_revertsWhereNothingIsStopped() public {
        _pause(pauser, Scope.In, hubEid);
        vm.warp(_now() + DAY - Deploy.RESUME_DELAY);
        _propose(Scope.In, hubEid);
        Reconciliation memory found = _read(Scope.In, hubEid);
        vm.warp(_now() + Deploy.RESUME_DELAY);
        // It has ended by itself.
        _refuseResume(
            Scope.In, hubEid, found, abi.encodeWithSelector(IPauseController.NotStopped.selector, Scope.In, hubEid)
        );
    }

    function test_resume_onlyWithinItsTime() public {
        _freeze(Scope.In, hubEid);
        uint64 readyAt = _now() + Deploy.RESUME_DELAY;
        _propose(Scope.In, hubEid);
        bytes memory notReady =
            abi.encodeWithSelector(IPauseController.ResumeNotReady.selector, readyAt, readyAt + 7 days);
        _refuseResume(Scope.In, hubEid, _read(Scope.In, hubEid), notReady);
        vm.warp(readyAt - 1);
        _refuseResume(Scope.In, hubEid, _read(Scope.In, hubEid), notReady);
        vm.warp(readyAt + 7 days);
        _refuseResume(Scope.In, hubEid, _read(Scope.In, hubEid), notReady);
        vm.warp(readyAt + 7 days - 1);
        _resume(Scope.In, hubEid);
        _freeze(Scope.In, hubEid);
        _proposeAndWait(Scope.In, hubEid);
        _resume(Scope.In, hubEid);
    }

    // ── a later stop ────────────────────────────────────────────────────────────────────────────────────────────────

    function test_resume_endsNoLaterPause() public {
        _pause(pauser, Scope.In, hubEid);
        vm.warp(_now() + DAY - Deploy.RESUME_DELAY);
        _propose(Scope.In, hubEid);
        vm.warp(_now() + Deploy.RESUME_DELAY);
        _pause(second, Scope.In, hubEid);
        _refuseResume(Scope.In, hubEid, _read(Scope.In, hubEid), _notProposed(Scope.In, hubEid, _now()));
    }

    function test_resume_endsNoFreezeThatCameAfter() public {
        _pause(pauser, Scope.Asset, USD);
        _propose(Scope.Asset, USD);
        _freeze(Scope.Asset, USD);
        uint64 stop = _now();
        vm.warp(_now() + Deploy.RESUME_DELAY);
        _refuseResume(Scope.Asset, USD, _read(Scope.Asset, USD), _notProposed(Scope.Asset, USD, stop));
    }

    function test_resume_endsNoQuarantineThatCameAfter() public {
        _freeze(Scope.In, hubEid);
        _propose(Scope.In, hubEid);
        _said(9, JUNK);
        vm.prank(pauser);
        controller.quarantine(hubEid, NETWORK, 9, JUNK);
        uint64 stop = _now();
        controller.liftQuarantine(hubEid, NETWORK, 9);
        vm.warp(_now() + Deploy.RESUME_DELAY);
        _refuseResume(Scope.In, hubEid, _read(Scope.In, hubEid), _notProposed(Scope.In, hubEid, stop));
    }

    /// @dev In the second of the first evidence, and of the same kind: still another stop.
    function test_resume_liftsNoHaltWithLaterEvidence() public {
        _haltByFalseAck();
        _propose(Scope.Halt, hubEid);
        _haltByFalseAck();
        uint64 stop = controller.stoppedAt(Scope.Halt, hubEid);
        vm.warp(_now() + Deploy.RESUME_DELAY);
        _refuseResume(Scope.Halt, hubEid, _read(Scope.Halt, hubEid), _notProposed(Scope.Halt, hubEid, stop));
        gateway.disablePath(hubEid, NETWORK);
        _proposeAndWait(Scope.Halt, hubEid);
        _resume(Scope.Halt, hubEid);
    }

    function test_resume_aProposalIsForOneScope() public {
        _freeze(Scope.In, hubEid);
        _freeze(Scope.Out, hubEid);
        _freeze(Scope.Asset, USD);
        uint64 stop = _now();
        _proposeAndWait(Scope.Out, hubEid);
        _refuseResume(Scope.In, hubEid, _read(Scope.In, hubEid), _notProposed(Scope.In, hubEid, stop));
        _refuseResume(Scope.Asset, USD, _read(Scope.Asset, USD), _notProposed(Scope.Asset, USD, stop));
        _resume(Scope.Out, hubEid);
        assertFalse(gateway.isFlowing(hubEid), "in is stopped still");
    }

    // ── what monitors signed ────────────────────────────────────────────────────────────────────────────────────────

    function _ofOther(Scope scope, uint32 id) internal view returns (bytes memory) {
        return abi.encodeWithSelector(
            IPauseController.ReconciliationOfOther.selector, scope, id, controller.stoppedAt(scope, id)
        );
    }

    function test_reconciliation_isOfOneStop() public {
        _freeze(Scope.In, hubEid);
        _freeze(Scope.Out, hubEid);
        _propose(Scope.Out, hubEid);
        _proposeAndWait(Scope.In, hubEid);
        Reconciliation memory found = _read(Scope.In, hubEid);
        bytes memory ofOther = _ofOther(Scope.In, hubEid);
        found.stoppedAt -= 1;
        _refuseResume(Scope.In, hubEid, found, ofOther);
        found.stoppedAt += 2;
        _refuseResume(Scope.In, hubEid, found, ofOther);
        found = _read(Scope.In, hubEid);
        found.id = 9;
        _refuseResume(Scope.In, hubEid, found, ofOther);
        found = _read(Scope.Out, hubEid);
        _refuseResume(Scope.In, hubEid, found, ofOther);
        found.scope = 4;
        _refuseResume(Scope.Out, hubEid, found, _ofOther(Scope.Out, hubEid));
    }

    function test_reconciliation_isNotOfTheStopBefore() public {
        _freeze(Scope.In, hubEid);
        _proposeAndWait(Scope.In, hubEid);
        Reconciliation memory found = _read(Scope.In, hubEid);
        bytes memory signatures = _sign(found);
        controller.resume(Scope.In, hubEid, found, signatures);
        _freeze(Scope.In, hubEid);
        _proposeAndWait(Scope.In, hubEid);
        vm.expectRevert(_ofOther(Scope.In, hubEid));
        controller.resume(Scope.In, hubEid, found, signatures);
    }

    function test_reconciliation_isUnderAnHourOld() public {
        _freeze(Scope.In, hubEid);
        _proposeAndWait(Scope.In, hubEid);
        Reconciliation memory found = _read(Scope.In, hubEid);
        uint64[3] memory wrong = [_now() + 1, _now() - 1 hours - 1, type(uint64).max];
        for (uint256 i = 0; i < 3; ++i) {
            found.observedAt = wrong[i];
            bytes memory reason = abi.encodeWithSelector(IPauseController.ReconciliationTooOld.selector, wrong[i]);
            _refuseResume(Scope.In, hubEid, found, reason);
        }
        found.observedAt = _now() - 1 hours;
        controller.resume(Scope.In, hubEid, found, _sign(found));
    }

    function test_reconciliation_namesTheLane() public {
        _freeze(Scope.In, hubEid);
        _proposeAndWait(Scope.In, hubEid);
        Reconciliation memory found = _read(Scope.In, hubEid);
        LaneState memory lane = found.lanes[0];
        found.lanes = new LaneState[](0);
        bytes memory reason = abi.encodeWithSelector(IPauseController.LanesMismatch.selector, 1, 0);
        _refuseResume(Scope.In, hubEid, found, reason);
        found.lanes = new LaneState[](2);
        (found.lanes[0], found.lanes[1]) = (lane, lane);
        reason = abi.encodeWithSelector(IPauseController.LanesMismatch.selector, 1, 2);
        _refuseResume(Scope.In, hubEid, found, reason);
        found.lanes = new LaneState[](1);
        found.lanes[0] = lane;
        lane.eid = 9;
        _refuseResume(Scope.In, hubEid, found, _stateMismatch(lane, hubEid));
    }

    function _stateMismatch(LaneState memory lane, uint32 eid) internal pure returns (bytes memory) {
        return
            abi.encodeWithSelector(IPauseController.LaneStateMismatch.selector, eid, lane.executed, lane.executedHead);
    }

    function test_reconciliation_namesTheExecutedHead() public {
        _freeze(Scope.In, hubEid);
        _proposeAndWait(Scope.In, hubEid);
        Reconciliation memory found = _read(Scope.In, hubEid);
        LaneState memory lane = found.lanes[0];
        (uint64 executed, bytes32 head) = (lane.executed, lane.executedHead);
        assertGt(executed, 0, "something is executed");
        lane.executedHead = JUNK;
        _refuseResume(Scope.In, hubEid, found, _stateMismatch(lane, hubEid));
        lane.executedHead = head;
        lane.executed = executed + 1;
        _refuseResume(Scope.In, hubEid, found, _stateMismatch(lane, hubEid));
        // Nothing was executed there, and nobody can sign nothing.
        lane.executedHead = 0;
        _refuseResume(Scope.In, hubEid, found, _stateMismatch(lane, hubEid));
        // An older boundary: true, and not where a lane that stands still stands.
        (lane.executed, lane.executedHead) = (0, gateway.executedHead(hubEid, 0));
        _refuseResume(Scope.In, hubEid, found, _stateMismatch(lane, hubEid));
    }

    function test_reconciliation_namesTheFigures() public {
        _freeze(Scope.In, hubEid);
        _proposeAndWait(Scope.In, hubEid);
        bytes memory reason = abi.encodeWithSelector(IPauseController.FiguresMismatch.selector, hubEid);
        Reconciliation memory found = _read(Scope.In, hubEid);
        assertEq(found.lanes[0].amounts[0], 300, "what the vault has paid");
        found.lanes[0].amounts[0] = 299;
        _refuseResume(Scope.In, hubEid, found, reason);
        found.lanes[0].amounts[0] = 300;
        found.lanes[0].assets[0] = ETHER;
        _refuseResume(Scope.In, hubEid, found, reason);
        found = _read(Scope.In, hubEid);
        (found.lanes[0].assets, found.lanes[0].amounts) = (new uint16[](0), new uint128[](0));
        _refuseResume(Scope.In, hubEid, found, reason);
        // Those of the other direction.
        _freeze(Scope.Out, hubEid);
        Reconciliation memory out = _read(Scope.Out, hubEid);
        found = _read(Scope.In, hubEid);
        found.lanes[0].amounts = out.lanes[0].amounts;
        _refuseResume(Scope.In, hubEid, found, reason);
    }

    /// @dev What a lane that is not stopped executes meanwhile only has to go on from what was signed.
    function test_reconciliation_ofWhatLeavesMayBeOvertakenByWhatComes() public {
        _freeze(Scope.Out, hubEid);
        _proposeAndWait(Scope.Out, hubEid);
        Reconciliation memory found = _read(Scope.Out, hubEid);
        bytes memory signatures = _sign(found);
        _withdraw(A, USD, trader, 40, trader);
        _relay(HUB, A);
        controller.resume(Scope.Out, hubEid, found, signatures);
        assertTrue(gateway.accepts(hubEid), "resumed");
    }

    function test_reconciliation_ofAnAssetNamesEveryLane() public {
        _on(HUB);
        _freeze(Scope.Asset, USD);
        _proposeAndWait(Scope.Asset, USD);
        Reconciliation memory found = _read(Scope.Asset, USD);
        assertEq(found.lanes.length, 2, "A and B");
        assertEq(found.lanes[0].amounts.length, 1, "this asset alone");
        assertEq(found.lanes[0].amounts[0], 300, "what was authorised to A");
        found.lanes[1].amounts[0] += 1;
        bytes memory reason = abi.encodeWithSelector(IPauseController.FiguresMismatch.selector, chains[B].eid);
        _refuseResume(Scope.Asset, USD, found, reason);
        found.lanes[1].amounts[0] -= 1;
        (found.lanes[0], found.lanes[1]) = (found.lanes[1], found.lanes[0]);
        _refuseResume(Scope.Asset, USD, found, _stateMismatch(found.lanes[0], aEid));
        LaneState memory lane = found.lanes[1];
        found.lanes = new LaneState[](1);
        found.lanes[0] = lane;
        reason = abi.encodeWithSelector(IPauseController.LanesMismatch.selector, 2, 1);
        _refuseResume(Scope.Asset, USD, found, reason);
        _resume(Scope.Asset, USD);
        _withdraw(A, USD, trader, 40, trader);
    }

    /// @dev A lane without it, which may be forked and closed, has no say.
    function test_reconciliation_ofAnAssetNamesNoLaneWithoutIt() public {
        _on(HUB);
        uint16 asset = 77;
        hub.listAsset(chains[B].eid, asset, 6, _laneRules());
        _freeze(Scope.Asset, asset);
        _proposeAndWait(Scope.Asset, asset);
        Reconciliation memory found = _read(Scope.Asset, asset);
        assertEq(found.lanes.length, 1, "B alone");
        assertEq(found.lanes[0].eid, chains[B].eid, "which has it");
        _resume(Scope.Asset, asset);
        assertEq(hub.assetPausedUntil(asset), 0, "resumed");
    }
}
