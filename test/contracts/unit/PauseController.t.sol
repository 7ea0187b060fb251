// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ICollateralVault} from "../../../contracts/interfaces/ICollateralVault.sol";
import {Halt, IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {IPauseController} from "../../../contracts/interfaces/IPauseController.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {Scope} from "../../../contracts/types/Scope.sol";
import {NO_END} from "../../../contracts/types/Stops.sol";
import {Deploy} from "../mocks/Deploy.sol";
import {EveryKey} from "../mocks/EveryKey.sol";

/// @dev Who stops what, and for how long.
contract PauseControllerTest is EveryKey {
    // ── who ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_pause_onlyPausersAndGuardians() public {
        // The administrator of everything has no key, and a monitor's stops nothing.
        address[3] memory callers = [stranger, address(this), vm.addr(monitors[0])];
        for (uint256 i = 0; i < 3; ++i) {
            bytes memory reason = _tooWeak(callers[i], IPauseController.Key.Pauser);
            vm.startPrank(callers[i]);
            vm.expectRevert(reason);
            controller.pause(Scope.In, hubEid);
            vm.expectRevert(reason);
            controller.pauseAll();
            vm.expectRevert(reason);
            controller.quarantine(hubEid, NETWORK, 1, JUNK);
            vm.stopPrank();
        }
        assertTrue(gateway.isFlowing(hubEid), "nothing is paused");
        _pause(guardian, Scope.In, hubEid);
        assertFalse(gateway.isFlowing(hubEid), "a guardian can all that a pauser can");
    }

    function test_freeze_onlyGuardians() public {
        _pause(pauser, Scope.In, hubEid);
        _propose(Scope.In, hubEid);
        address[4] memory callers = [pauser, stranger, address(this), vm.addr(monitors[0])];
        for (uint256 i = 0; i < 4; ++i) {
            bytes memory reason = _tooWeak(callers[i], IPauseController.Key.Guardian);
            vm.startPrank(callers[i]);
            vm.expectRevert(reason);
            controller.freeze(Scope.In, hubEid);
            vm.expectRevert(reason);
            controller.freezeAll();
            vm.expectRevert(reason);
            controller.vetoResume(Scope.In, hubEid);
            vm.stopPrank();
        }
        assertEq(_until(Scope.In, hubEid), _now() + DAY, "a hot key stops for a day");
    }

    /// @dev An access manager that is gone, that reverts, or that takes all the gas it gets.
    function test_stopping_asksNoAccessManager() public {
        _said(9, JUNK);
        address manager = address(chains[A].manager);
        bytes[3] memory codes = [bytes(""), hex"60006000fd", hex"5b600056"];
        for (uint256 i = 0; i < 3; ++i) {
            uint256 before = vm.snapshotState();
            vm.etch(manager, codes[i]);
            _pause(pauser, Scope.In, hubEid);
            _pause(pauser, Scope.Out, hubEid);
            _pause(pauser, Scope.Asset, USD);
            vm.prank(pauser);
            controller.quarantine(hubEid, NETWORK, 9, JUNK);
            _freeze(Scope.Out, hubEid);
            vm.startPrank(guardian);
            controller.freezeAll();
            vm.expectRevert(abi.encodeWithSelector(IPauseController.ResumeNotProposed.selector, Scope.In, hubEid, 0));
            controller.vetoResume(Scope.In, hubEid);
            vm.stopPrank();
            assertEq(_until(Scope.In, hubEid), NO_END, "stopped in");
            assertEq(_until(Scope.Out, hubEid), NO_END, "and out");
            vm.expectRevert();
            controller.proposeResume{gas: 1_000_000}(Scope.In, hubEid);
            vm.revertToState(before);
        }
    }

    // ── a scope ─────────────────────────────────────────────────────────────────────────────────────────────────────

    function testFuzz_pause_stopsOneScopeForADay(uint8 which) public {
        Scope scope = [Scope.In, Scope.Out, Scope.Asset][which % 3];
        uint32 id = scope == Scope.Asset ? USD : hubEid;
        uint64 until = _now() + DAY;
        if (scope == Scope.Asset) {
            vm.expectEmit(address(chains[A].vault));
            emit ICollateralVault.AssetPauseSet(USD, until);
        } else {
            vm.expectEmit(address(gateway));
            emit IGateway.PauseSet(hubEid, scope == Scope.In ? Direction.In : Direction.Out, until);
        }
        vm.expectEmit(address(controller));
        emit IPauseController.Stopped(scope, id, pauser, until);
        _pause(pauser, scope, id);
        assertEq(_until(scope, id), until, "a day");
        assertEq(controller.stoppedAt(scope, id), _now(), "from now");
        assertEq(_until(Scope.In, hubEid), scope == Scope.In ? until : 0, "in");
        assertEq(_until(Scope.Out, hubEid), scope == Scope.Out ? until : 0, "out");
        assertEq(_until(Scope.Asset, USD), scope == Scope.Asset ? until : 0, "the asset");
        assertEq(_until(Scope.Asset, ETHER), 0, "no other asset");
        assertEq(controller.stoppedAt(Scope.Halt, hubEid), 0, "no halt");
        vm.warp(until - 1);
        assertEq(controller.stoppedAt(scope, id), until - DAY, "to the last second");
        vm.warp(until);
        assertEq(controller.stoppedAt(scope, id), 0, "and no longer");
    }

    function test_pause_ofALaneLeavesTheOthers() public {
        _on(HUB);
        _pause(pauser, Scope.Out, aEid);
        assertFalse(gateway.accepts(aEid), "to A nothing leaves");
        assertTrue(gateway.accepts(chains[B].eid), "to B it does");
        assertTrue(chains[A].gateway.isFlowing(hubEid), "A's own gateway is told nothing");
    }

    function test_pause_repeatChangesNothingAndSucceeds() public {
        _pause(pauser, Scope.In, hubEid);
        uint64 stoppedAt = controller.stoppedAt(Scope.In, hubEid);
        uint64 until = _until(Scope.In, hubEid);
        vm.warp(until - 1);
        vm.getRecordedLogs();
        _pause(second, Scope.In, hubEid);
        _pause(guardian, Scope.In, hubEid);
        vm.prank(pauser);
        controller.pauseAll();
        assertEq(_until(Scope.In, hubEid), until, "a hot key prolongs nothing");
        assertEq(controller.stoppedAt(Scope.In, hubEid), stoppedAt, "nor is it another stop");
        assertEq(vm.getRecordedLogs().length, 0, "nothing is said");
        vm.warp(until);
        _pause(second, Scope.In, hubEid);
        assertEq(_until(Scope.In, hubEid), until + DAY, "a new one, once it is over");
    }

    function test_pause_shortensNoFreezeAndNoQuarantine() public {
        _freeze(Scope.Out, hubEid);
        _pause(pauser, Scope.Out, hubEid);
        assertEq(_until(Scope.Out, hubEid), NO_END, "frozen");
        _said(9, JUNK);
        vm.prank(pauser);
        controller.quarantine(hubEid, NETWORK, 9, JUNK);
        _pause(pauser, Scope.In, hubEid);
        vm.prank(pauser);
        controller.pauseAll();
        assertEq(_until(Scope.In, hubEid), NO_END, "in quarantine");
    }

    function test_freeze_hasNoEnd() public {
        vm.expectEmit(address(controller));
        emit IPauseController.Stopped(Scope.Out, hubEid, guardian, NO_END);
        _freeze(Scope.Out, hubEid);
        vm.warp(_now() + 10_000 days);
        assertFalse(gateway.accepts(hubEid), "until the council resumes");
    }

    function test_freeze_prolongsAPause() public {
        _pause(pauser, Scope.In, hubEid);
        vm.warp(_now() + 100);
        _freeze(Scope.In, hubEid);
        assertEq(_until(Scope.In, hubEid), NO_END, "for good");
        assertEq(controller.stoppedAt(Scope.In, hubEid), _now(), "a stop of its own");
        vm.getRecordedLogs();
        vm.warp(_now() + 100);
        _freeze(Scope.In, hubEid);
        assertEq(vm.getRecordedLogs().length, 0, "frozen once");
    }

    function test_pause_whatCantBeStopped() public {
        vm.startPrank(pauser);
        vm.expectRevert(abi.encodeWithSelector(IPauseController.ScopeNotPausable.selector, Scope.Halt));
        controller.pause(Scope.Halt, hubEid);
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneNotOpen.selector, 9));
        controller.pause(Scope.In, 9);
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneNotOpen.selector, 9));
        controller.pause(Scope.Out, 9);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.AssetNotListed.selector, 99));
        controller.pause(Scope.Asset, 99);
        vm.expectRevert(abi.encodeWithSelector(IPauseController.NotStopped.selector, Scope.Asset, 1 << 16));
        controller.pause(Scope.Asset, 1 << 16);
        vm.stopPrank();
        vm.startPrank(guardian);
        vm.expectRevert(abi.encodeWithSelector(IPauseController.ScopeNotPausable.selector, Scope.Halt));
        controller.freeze(Scope.Halt, hubEid);
        vm.stopPrank();
    }

    function test_pause_ofAHaltedAndOfAClosedLane() public {
        _haltByFalseAck();
        _pause(pauser, Scope.In, hubEid);
        assertEq(_until(Scope.In, hubEid), _now() + DAY, "a halt is no reason not to pause");
        gateway.closeLane(hubEid);
        _pause(pauser, Scope.Out, hubEid);
        assertEq(_until(Scope.Out, hubEid), _now() + DAY, "nor is closing");
    }

    // ── all value-out ───────────────────────────────────────────────────────────────────────────────────────────────

    function test_pauseAll_stopsWhatPaysOnAVaultsChain() public {
        vm.prank(pauser);
        controller.pauseAll();
        assertEq(_until(Scope.In, hubEid), _now() + DAY, "payments come by the lane in");
        assertEq(_until(Scope.Out, hubEid), 0, "what is deposited and given back goes on");
    }

    function test_pauseAll_stopsWhatAuthorisesOnTheHub() public {
        _on(HUB);
        _pause(pauser, Scope.Out, aEid);
        vm.warp(_now() + 100);
        vm.prank(pauser);
        controller.pauseAll();
        assertEq(_until(Scope.Out, aEid), _now() - 100 + DAY, "what is paused stays as it is");
        assertEq(_until(Scope.Out, chains[B].eid), _now() + DAY, "every other lane stops");
        assertEq(_until(Scope.In, aEid), 0, "credits come in");
        vm.prank(guardian);
        controller.freezeAll();
        assertEq(_until(Scope.Out, aEid), NO_END, "frozen");
        assertEq(_until(Scope.Out, chains[B].eid), NO_END, "all of them");
    }

    /// @dev Each lane for the first time, which is the dearest, on the side whose clocks stop as well. 16.78M is mainnet's cap.
    function test_pauseAll_of128LanesFitsInATransaction() public {
        (, uint8 before) = _openAllLanes();
        uint256 gasBefore = gasleft();
        vm.prank(pauser);
        controller.pauseAll();
        uint256 used = gasBefore - gasleft();
        assertLt(used, 12_000_000, "one transaction stops every lane");
        assertGt(before, 0, "there were some before");
        uint32[] memory eids = gateway.eids();
        assertEq(eids.length, 128, "as many as a gateway takes");
        for (uint256 i = 0; i < eids.length; ++i) {
            assertFalse(gateway.isFlowing(eids[i]), "stopped");
        }
        vm.prank(guardian);
        controller.freezeAll();
    }

    function _openAllLanes() internal returns (uint32 last, uint8 before) {
        before = uint8(gateway.eids().length);
        for (uint32 i = before; i < 128; ++i) {
            last = 40_000 + i;
            gateway.openLane(last, 500_000 + i, address(uint160(0xbeef00 + i)), 0);
        }
        vm.expectRevert(abi.encodeWithSelector(IGateway.LanesFull.selector, 128));
        gateway.openLane(50_000, 600_000, address(0xbeef), 0);
    }

    // ── quarantine ──────────────────────────────────────────────────────────────────────────────────────────────────

    function test_quarantine_stopsTheLaneIn() public {
        _said(9, JUNK);
        vm.expectEmit(address(gateway));
        emit IGateway.Quarantined(hubEid, NETWORK, 9, JUNK);
        vm.expectEmit(address(controller));
        emit IPauseController.Stopped(Scope.In, hubEid, pauser, NO_END);
        vm.prank(pauser);
        controller.quarantine(hubEid, NETWORK, 9, JUNK);
        assertEq(controller.stoppedAt(Scope.In, hubEid), _now(), "from now");
    }

    function test_quarantine_repeatChangesNothing() public {
        _said(9, JUNK);
        vm.prank(pauser);
        controller.quarantine(hubEid, NETWORK, 9, JUNK);
        _propose(Scope.In, hubEid);
        vm.warp(_now() + 10);
        vm.getRecordedLogs();
        vm.prank(second);
        controller.quarantine(hubEid, NETWORK, 9, JUNK);
        assertEq(vm.getRecordedLogs().length, 0, "nothing is said");
        assertEq(gateway.quarantined(hubEid), 1, "it counts once");
        assertEq(controller.stoppedAt(Scope.In, hubEid), _now() - 10, "and what was proposed still stands");
        vm.expectRevert(abi.encodeWithSelector(IGateway.AttestationUnknown.selector, hubEid, NETWORK, 8, JUNK));
        vm.prank(pauser);
        controller.quarantine(hubEid, NETWORK, 8, JUNK);
    }

    function test_liftQuarantine_onlyTheCouncil() public {
        _said(9, JUNK);
        vm.prank(pauser);
        controller.quarantine(hubEid, NETWORK, 9, JUNK);
        address[3] memory callers = [pauser, guardian, stranger];
        for (uint256 i = 0; i < 3; ++i) {
            _refuseRole(callers[i]);
            vm.prank(callers[i]);
            controller.liftQuarantine(hubEid, NETWORK, 9);
        }
        controller.liftQuarantine(hubEid, NETWORK, 9);
        assertEq(gateway.quarantined(hubEid), 0, "lifted");
        assertEq(_until(Scope.In, hubEid), NO_END, "the pause stays");
    }

    /// @dev A hot key that is owned quarantines honest words, so that the council must lift each. They fit in one transaction
    /// by the thousand.
    function test_liftQuarantine_isCheap() public {
        for (uint64 i = 0; i < 10; ++i) {
            _said(100 + i, JUNK);
            vm.prank(pauser);
            controller.quarantine(hubEid, NETWORK, 100 + i, JUNK);
        }
        uint256 gasBefore = gasleft();
        for (uint64 i = 0; i < 10; ++i) {
            controller.liftQuarantine(hubEid, NETWORK, 100 + i);
        }
        assertLt(gasBefore - gasleft(), 10 * 26_000, "an attestation");
    }

    // ── keys ────────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_setKey_onlyTheCouncil() public {
        address[3] memory callers = [pauser, guardian, stranger];
        for (uint256 i = 0; i < 3; ++i) {
            _refuseRole(callers[i]);
            vm.prank(callers[i]);
            controller.setKey(stranger, IPauseController.Key.Guardian);
        }
        vm.expectEmit(address(controller));
        emit IPauseController.KeySet(stranger, IPauseController.Key.Pauser);
        controller.setKey(stranger, IPauseController.Key.Pauser);
        assertEq(uint8(controller.keyOf(stranger)), uint8(IPauseController.Key.Pauser), "one key each");
        controller.setKey(stranger, IPauseController.Key.None);
        vm.expectRevert(
            abi.encodeWithSelector(IPauseController.KeyInvalid.selector, stranger, IPauseController.Key.None)
        );
        controller.setKey(stranger, IPauseController.Key.None);
        vm.expectRevert(
            abi.encodeWithSelector(IPauseController.KeyInvalid.selector, address(0), IPauseController.Key.Pauser)
        );
        controller.setKey(address(0), IPauseController.Key.Pauser);
    }

    function test_removeKey_endsAPausersAndAMonitorsPower() public {
        _pause(pauser, Scope.In, hubEid);
        vm.expectEmit(address(controller));
        emit IPauseController.KeySet(pauser, IPauseController.Key.None);
        controller.removeKey(pauser);
        vm.expectRevert(_tooWeak(pauser, IPauseController.Key.Pauser));
        _pause(pauser, Scope.Out, hubEid);
        assertEq(_until(Scope.In, hubEid), _now() + DAY, "what it paused stays paused");
        _pause(second, Scope.Out, hubEid);
        controller.removeKey(vm.addr(monitors[0]));
        assertEq(uint8(controller.keyOf(vm.addr(monitors[0]))), 0, "gone");
        address[2] memory not = [guardian, stranger];
        for (uint256 i = 0; i < 2; ++i) {
            IPauseController.Key key = controller.keyOf(not[i]);
            vm.expectRevert(abi.encodeWithSelector(IPauseController.KeyInvalid.selector, not[i], key));
            controller.removeKey(not[i]);
        }
        _refuseRole(second);
        vm.prank(second);
        controller.removeKey(vm.addr(monitors[1]));
    }

    // ── deploying ───────────────────────────────────────────────────────────────────────────────────────────────────

    function test_constructor_onlyForItsOwnGateway() public {
        address expected = vm.computeCreateAddress(address(this), vm.getNonce(address(this)));
        vm.expectRevert(
            abi.encodeWithSelector(IPauseController.ControllerNotOfGateway.selector, expected, address(controller))
        );
        this.deploy(address(gateway), Deploy.RESUME_DELAY, 2);
    }

    function test_constructor_onlyWithADelayAndMonitors() public {
        address ours = makeAddr("gateway of the next");
        vm.mockCall(
            ours,
            abi.encodeCall(IGateway.pauseController, ()),
            abi.encode(vm.computeCreateAddress(address(this), vm.getNonce(address(this))))
        );
        vm.expectRevert(IPauseController.ResumeDelayZero.selector);
        this.deploy(ours, 0, 2);
        vm.expectRevert(abi.encodeWithSelector(IPauseController.MonitorThresholdTooLow.selector, 0));
        this.deploy(ours, 1, 0);
    }

    function deploy(address of_, uint64 delay, uint256 threshold) external {
        bytes memory args = abi.encode(of_, Direction.In, delay, threshold, chains[A].manager);
        Deploy.create("PauseController.sol:PauseController", args);
    }
}
