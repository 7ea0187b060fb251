// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {ICollateralVault} from "../../../contracts/interfaces/ICollateralVault.sol";
import {Halt, IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {IPauseController} from "../../../contracts/interfaces/IPauseController.sol";
import {Commitment} from "../../../contracts/types/Commitment.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {LaneId} from "../../../contracts/types/LaneId.sol";
import {LaneState, Reconciliation} from "../../../contracts/types/Reconciliation.sol";
import {Scope} from "../../../contracts/types/Scope.sol";
import {NO_END} from "../../../contracts/types/Stops.sol";
import {Deploy} from "../mocks/Deploy.sol";
import {Deployment} from "../mocks/Deployment.sol";
import {Monitors} from "../mocks/Monitors.sol";
import {TestPath} from "../mocks/TestPath.sol";
import {Watchers} from "../mocks/Watchers.sol";

/// @dev The real vault and clearing house with money on both lanes, and every key in somebody's hands.
abstract contract PauseControllerTest is Deployment {
    uint64 internal constant DAY = 1 days;
    bytes32 internal constant JUNK = keccak256("junk");

    /// @dev The controller under test: A's, but where a test says otherwise.
    IPauseController internal controller;
    IGateway internal gateway;
    uint32 internal hubEid;
    uint32 internal aEid;
    address internal pauser = makeAddr("pauser");
    address internal second = makeAddr("second pauser");
    address internal guardian = makeAddr("guardian");
    address internal stranger = makeAddr("stranger");
    address internal trader = makeAddr("trader");
    uint256[] internal monitors;

    function setUp() public override {
        super.setUp();
        (hubEid, aEid) = (chains[HUB].eid, chains[A].eid);
        monitors = Monitors.keys(3);
        for (uint8 i = 0; i < 3; ++i) {
            IPauseController each = chains[i].pauseController;
            each.setKey(pauser, IPauseController.Key.Pauser);
            each.setKey(second, IPauseController.Key.Pauser);
            each.setKey(guardian, IPauseController.Key.Guardian);
            Monitors.addTo(each, monitors);
        }
        _deposit(A, USD, trader, 10_000);
        _deposit(B, USD, trader, 10_000);
        _relay(A, HUB);
        _relay(B, HUB);
        _withdraw(A, USD, trader, 300, trader);
        _relay(HUB, A);
        _on(A);
    }

    function _on(uint8 chain) internal {
        vm.chainId(chains[chain].id);
        (controller, gateway) = (chains[chain].pauseController, chains[chain].gateway);
    }

    function _now() internal view returns (uint64) {
        return uint64(vm.getBlockTimestamp());
    }

    function _pause(address by, Scope scope, uint32 id) internal {
        vm.prank(by);
        controller.pause(scope, id);
    }

    function _freeze(Scope scope, uint32 id) internal {
        vm.prank(guardian);
        controller.freeze(scope, id);
    }

    function _until(Scope scope, uint32 id) internal view returns (uint64) {
        if (scope == Scope.Asset) return chains[_chainOf()].vault.assetPausedUntil(uint16(id));
        return gateway.pausedUntil(id, scope == Scope.In ? Direction.In : Direction.Out);
    }

    function _chainOf() internal view returns (uint8) {
        return address(controller) == address(chains[B].pauseController) ? B : A;
    }

    /// @dev The hub's path says that the hub executed what A never sealed.
    function _haltByFalseAck() internal {
        (, LaneId back) = gateway.laneIds(hubEid);
        Commitment memory lie = Commitment(back, 0, LaneId.unwrap(back), 7, JUNK);
        TestPath(chains[A].network).attest(chains[HUB].name, lie.encode());
    }

    /// @dev What the network path said of the lane from the hub.
    function _said(uint64 count, bytes32 head) internal {
        Commitment memory commitment = _commitment(HUB, A, 0);
        (commitment.count, commitment.head) = (count, head);
        TestPath(chains[A].network).attest(chains[HUB].name, commitment.encode());
    }

    function _propose(Scope scope, uint32 id) internal {
        controller.proposeResume(scope, id);
    }

    function _proposeAndWait(Scope scope, uint32 id) internal {
        _propose(scope, id);
        vm.warp(_now() + Deploy.RESUME_DELAY);
    }

    function _sign(Reconciliation memory found) internal view returns (bytes memory) {
        return Monitors.sign(controller, found, monitors);
    }

    function _read(Scope scope, uint32 id) internal view returns (Reconciliation memory) {
        return Monitors.read(controller, scope, id);
    }

    function _resume(Scope scope, uint32 id) internal {
        Reconciliation memory found = _read(scope, id);
        controller.resume(scope, id, found, _sign(found));
    }

    function _refuseResume(Scope scope, uint32 id, Reconciliation memory found, bytes memory reason) internal {
        bytes memory signatures = _sign(found);
        vm.expectRevert(reason);
        controller.resume(scope, id, found, signatures);
    }

    function _refuseRole(address caller) internal {
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, caller));
    }

    function _tooWeak(address caller, IPauseController.Key required) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IPauseController.KeyTooWeak.selector, caller, required, controller.keyOf(caller));
    }
}

/// @dev Who stops what, and for how long.
contract PauseControllerStopsTest is PauseControllerTest {
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

/// @dev The way back: proposed, open to a veto, carried out with what monitors signed.
contract PauseControllerResumeTest is PauseControllerTest {
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

    // ── who signed ──────────────────────────────────────────────────────────────────────────────────────────────────

    function _refuseSignatures(Reconciliation memory found, bytes memory signatures, bytes memory reason) internal {
        vm.expectRevert(reason);
        controller.resume(Scope.In, hubEid, found, signatures);
    }

    function test_signatures_ofMOfN() public {
        _freeze(Scope.In, hubEid);
        _proposeAndWait(Scope.In, hubEid);
        Reconciliation memory found = _read(Scope.In, hubEid);
        bytes32 digest = controller.digestOf(found);
        bytes memory first = Watchers.sign(monitors[0], digest);
        bytes memory middle = Watchers.sign(monitors[1], digest);
        bytes memory last = Watchers.sign(monitors[2], digest);
        (address low, address high) = (vm.addr(monitors[0]), vm.addr(monitors[2]));
        bytes4 length = IPauseController.MonitorSignaturesLength.selector;
        _refuseSignatures(found, "", abi.encodeWithSelector(length, 130, 0));
        _refuseSignatures(found, first, abi.encodeWithSelector(length, 130, 65));
        _refuseSignatures(found, abi.encodePacked(first, middle, last), abi.encodeWithSelector(length, 130, 195));
        bytes4 ascending = IPauseController.MonitorsNotAscending.selector;
        _refuseSignatures(found, abi.encodePacked(first, first), abi.encodeWithSelector(ascending, low, low));
        _refuseSignatures(found, abi.encodePacked(last, first), abi.encodeWithSelector(ascending, high, low));
        bytes memory malleable = Watchers.malleate(middle);
        bytes32 s;
        assembly {
            s := mload(add(malleable, 64))
        }
        _refuseSignatures(
            found, abi.encodePacked(first, malleable), abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, s)
        );
        _refuseSignatures(found, new bytes(130), abi.encodeWithSelector(ECDSA.ECDSAInvalidSignature.selector));
        controller.resume(Scope.In, hubEid, found, abi.encodePacked(first, last));
    }

    /// @dev No other key of the controller signs, and no stranger's.
    function test_signatures_onlyMonitors() public {
        _freeze(Scope.In, hubEid);
        (address other, uint256 otherKey) = makeAddrAndKey("other");
        _proposeAndWait(Scope.In, hubEid);
        Reconciliation memory found = _read(Scope.In, hubEid);
        for (uint8 key = 0; key < 3; ++key) {
            if (key != 0) controller.setKey(other, IPauseController.Key(key));
            _refuseOne(found, other, otherKey);
        }
        controller.setKey(other, IPauseController.Key.Monitor);
        bytes memory signatures = _two(found, other, otherKey);
        controller.removeKey(other);
        _refuseSignatures(found, signatures, abi.encodeWithSelector(IPauseController.SignerNotMonitor.selector, other));
        controller.setKey(other, IPauseController.Key.Monitor);
        controller.resume(Scope.In, hubEid, found, signatures);
    }

    function _refuseOne(Reconciliation memory found, address other, uint256 otherKey) internal {
        _refuseSignatures(
            found,
            _two(found, other, otherKey),
            abi.encodeWithSelector(IPauseController.SignerNotMonitor.selector, other)
        );
    }

    function _two(Reconciliation memory found, address other, uint256 otherKey) internal view returns (bytes memory) {
        bytes32 digest = controller.digestOf(found);
        bytes memory mine = Watchers.sign(monitors[1], digest);
        bytes memory its = Watchers.sign(otherKey, digest);
        return other < vm.addr(monitors[1]) ? abi.encodePacked(its, mine) : abi.encodePacked(mine, its);
    }

    function test_signatures_areForOneChainAndOneController() public {
        _freeze(Scope.In, hubEid);
        _proposeAndWait(Scope.In, hubEid);
        Reconciliation memory found = _read(Scope.In, hubEid);
        bytes memory here = _sign(found);
        bytes memory there = Monitors.sign(chains[B].pauseController, found, monitors);
        vm.expectRevert();
        controller.resume(Scope.In, hubEid, found, there);
        vm.chainId(77);
        vm.expectRevert();
        controller.resume(Scope.In, hubEid, found, here);
        vm.chainId(chains[A].id);
        controller.resume(Scope.In, hubEid, found, here);
    }

    function test_digest_isEip712() public {
        _freeze(Scope.In, hubEid);
        Reconciliation memory found = _read(Scope.In, hubEid);
        LaneState memory lane = found.lanes[0];
        string memory laneType =
            "LaneState(uint32 eid,uint64 executed,bytes32 executedHead,uint16[] assets,uint128[] amounts)";
        bytes32 laneHash = keccak256(
            abi.encode(
                keccak256(bytes(laneType)),
                lane.eid,
                lane.executed,
                lane.executedHead,
                keccak256(abi.encode(uint256(lane.assets[0]), uint256(lane.assets[1]))),
                keccak256(abi.encode(uint256(lane.amounts[0]), uint256(lane.amounts[1])))
            )
        );
        bytes32 message = keccak256(
            abi.encode(
                keccak256(
                    abi.encodePacked(
                        "Reconciliation(uint8 scope,uint32 id,uint64 stoppedAt,LaneState[] lanes,uint64 observedAt)",
                        laneType
                    )
                ),
                found.scope,
                found.id,
                found.stoppedAt,
                keccak256(abi.encode(laneHash)),
                found.observedAt
            )
        );
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Weighlock Monitor"),
                keccak256("1"),
                chains[A].id,
                address(controller)
            )
        );
        assertEq(controller.digestOf(found), keccak256(abi.encodePacked(hex"1901", domain, message)), "by hand");
    }

    /// @dev Any one bit of what was signed, or of the signatures, is wrong: nothing starts.
    function testFuzz_resume_neverWithAnythingMutated(uint256 bit, bool isSignature) public {
        _freeze(Scope.In, hubEid);
        _proposeAndWait(Scope.In, hubEid);
        Reconciliation memory found = _read(Scope.In, hubEid);
        bytes memory signatures = _sign(found);
        bytes memory call = abi.encodeCall(IPauseController.resume, (Scope.In, hubEid, found, signatures));
        // The reconciliation's words start behind scope, id and the two offsets.
        uint256 from = isSignature ? call.length - 160 : 4 + 4 * 32;
        uint256 size = isSignature ? 130 : call.length - 192 - from;
        uint256 where = bound(bit, 0, size * 8 - 1);
        call[from + where / 8] ^= bytes1(uint8(1 << (where % 8)));
        (bool isDone,) = address(controller).call(call);
        assertFalse(isDone, "resumed on another word than theirs");
        assertFalse(gateway.isFlowing(hubEid), "stopped");
    }
}
