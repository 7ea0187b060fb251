// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {Vm} from "forge-std/Vm.sol";
import {Halt, IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {IPauseController} from "../../../contracts/interfaces/IPauseController.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {Entry, KIND_DEPOSIT, makeEntry} from "../../../contracts/types/Entry.sol";
import {Deploy} from "../mocks/Deploy.sol";
import {Deployment} from "../mocks/Deployment.sol";
import {Roles} from "../mocks/Roles.sol";

/// @dev Who pauses and resumes, and for how long. What a pause stops: Paused.t.sol.
contract PauseControllerTest is Deployment {
    IPauseController internal controller;
    IGateway internal gateway;
    uint32 internal hubEid;
    address internal pauser = makeAddr("pauser");
    address internal second = makeAddr("second pauser");
    address internal stranger = makeAddr("stranger");
    address internal council = makeAddr("council");
    uint32 internal constant DELAY = 2 hours;

    function setUp() public override {
        super.setUp();
        controller = chains[A].pauseController;
        gateway = chains[A].gateway;
        hubEid = chains[HUB].eid;
        controller.addPauser(pauser);
        controller.addPauser(second);
    }

    function _pause(address by, Direction direction) internal {
        vm.prank(by);
        controller.pause(hubEid, direction);
    }

    function _until(Direction direction) internal view returns (uint64) {
        return gateway.pausedUntil(hubEid, direction);
    }

    function _now() internal view returns (uint64) {
        return uint64(vm.getBlockTimestamp());
    }

    function _refuseRole(address caller) internal {
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, caller));
    }

    // ── pausing ─────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_pause_onlyPausers() public {
        for (uint256 i = 0; i < 2; ++i) {
            // The administrator of everything is no pauser either.
            address caller = i == 0 ? stranger : address(this);
            vm.expectRevert(abi.encodeWithSelector(IPauseController.OnlyPauser.selector, caller));
            _pause(caller, Direction.In);
        }
        assertEq(_until(Direction.In), 0, "nothing is paused");
    }

    function testFuzz_pause_stopsOneDirectionOfOneLaneForADay(bool isOut) public {
        Direction direction = isOut ? Direction.Out : Direction.In;
        Direction other = isOut ? Direction.In : Direction.Out;
        uint64 until = _now() + 1 days;
        vm.expectEmit(address(gateway));
        emit IGateway.PauseSet(hubEid, direction, until);
        vm.expectEmit(address(controller));
        emit IPauseController.Paused(hubEid, direction, pauser, until);
        _pause(pauser, direction);
        assertEq(_until(direction), until, "a day");
        assertEq(_until(other), 0, "the other direction moves");
        assertEq(gateway.accepts(hubEid), !isOut, "value leaves or not");
    }

    function test_pause_ofALaneLeavesTheOthers() public {
        IPauseController ofHub = chains[HUB].pauseController;
        ofHub.addPauser(pauser);
        vm.prank(pauser);
        ofHub.pause(chains[A].eid, Direction.Out);
        assertFalse(chains[HUB].gateway.accepts(chains[A].eid), "to A nothing leaves");
        assertTrue(chains[HUB].gateway.accepts(chains[B].eid), "to B it does");
        assertEq(_until(Direction.In), 0, "A's own gateway is told nothing");
    }

    function test_pause_repeatChangesNothingAndSucceeds() public {
        _pause(pauser, Direction.In);
        uint64 until = _until(Direction.In);
        vm.warp(until - 1);
        vm.getRecordedLogs();
        _pause(second, Direction.In);
        assertEq(_until(Direction.In), until, "as it was");
        assertEq(vm.getRecordedLogs().length, 0, "nothing is said");
    }

    function test_pause_endsAfterADayAndMayBeRepeatedThen() public {
        _pause(pauser, Direction.Out);
        uint64 until = _until(Direction.Out);
        vm.warp(until - 1);
        assertFalse(gateway.accepts(hubEid), "to the last second");
        vm.warp(until);
        assertTrue(gateway.accepts(hubEid), "and no longer");
        _pause(second, Direction.Out);
        assertEq(_until(Direction.Out), until + 1 days, "another day");
    }

    function test_pause_ofALaneThatIsNotOpen() public {
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneNotOpen.selector, 9));
        vm.prank(pauser);
        controller.pause(9, Direction.In);
        assertEq(gateway.pausedUntil(9, Direction.In), 0, "nothing to stop");
        assertFalse(gateway.accepts(9), "and nothing leaves to there");
    }

    /// @dev An access manager that is gone, that reverts, or that takes all the gas it gets.
    function test_pause_asksNoAccessManager() public {
        address manager = address(chains[A].manager);
        bytes[3] memory codes = [bytes(""), hex"60006000fd", hex"5b600056"];
        for (uint256 i = 0; i < 3; ++i) {
            uint256 before = vm.snapshotState();
            vm.etch(manager, codes[i]);
            _pause(pauser, Direction.In);
            _pause(pauser, Direction.Out);
            assertEq(_until(Direction.In), _now() + 1 days, "paused in");
            assertEq(_until(Direction.Out), _now() + 1 days, "paused out");
            uint64 until = _until(Direction.In);
            vm.expectRevert();
            controller.resume{gas: 1_000_000}(hubEid, Direction.In, until);
            vm.revertToState(before);
        }
    }

    function test_pause_byAHaltedLane() public {
        vm.prank(address(chains[A].vault));
        gateway.reportFalseReturn(hubEid);
        _pause(pauser, Direction.In);
        assertEq(_until(Direction.In), _now() + 1 days, "a halt is no reason not to pause");
    }

    function test_setPause_onlyTheController() public {
        address[3] memory callers = [address(this), pauser, address(chains[HUB].pauseController)];
        for (uint256 i = 0; i < 3; ++i) {
            vm.prank(callers[i]);
            vm.expectRevert(abi.encodeWithSelector(IGateway.OnlyPauseController.selector, callers[i]));
            gateway.setPause(hubEid, Direction.In, type(uint40).max);
        }
    }

    function test_constructor_onlyForItsOwnGateway() public {
        address expected = vm.computeCreateAddress(address(this), vm.getNonce(address(this)));
        vm.expectRevert(
            abi.encodeWithSelector(IPauseController.ControllerNotOfGateway.selector, expected, address(controller))
        );
        this.deploySecond();
    }

    function deploySecond() external {
        Deploy.pauseController(address(gateway), address(chains[A].manager));
    }

    // ── pausers ─────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_removePauser_endsItsPower() public {
        _pause(pauser, Direction.In);
        vm.expectEmit(address(controller));
        emit IPauseController.PauserRemoved(pauser);
        controller.removePauser(pauser);
        vm.expectRevert(abi.encodeWithSelector(IPauseController.OnlyPauser.selector, pauser));
        _pause(pauser, Direction.Out);
        assertEq(_until(Direction.In), _now() + 1 days, "what it paused stays paused");
        _pause(second, Direction.Out);
    }

    function test_pausers_areAddedAndRemovedByRoles() public {
        vm.startPrank(pauser);
        _refuseRole(pauser);
        controller.addPauser(stranger);
        _refuseRole(pauser);
        controller.removePauser(second);
        uint64 until = _until(Direction.In);
        _refuseRole(pauser);
        controller.resume(hubEid, Direction.In, until);
        vm.stopPrank();
        address[2] memory wrong = [address(0), pauser];
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IPauseController.PauserInvalid.selector, wrong[i]));
            controller.addPauser(wrong[i]);
        }
        vm.expectRevert(abi.encodeWithSelector(IPauseController.PauserInvalid.selector, stranger));
        controller.removePauser(stranger);
    }

    // ── resuming ────────────────────────────────────────────────────────────────────────────────────────────────────

    function _resumeCall() internal view returns (bytes memory) {
        return abi.encodeCall(IPauseController.resume, (hubEid, Direction.In, _until(Direction.In)));
    }

    function test_resume_onlyDelayed() public {
        IAccessManager manager = chains[A].manager;
        manager.grantRole(Roles.WIRING, council, DELAY);
        _pause(pauser, Direction.In);
        bytes memory call = _resumeCall();
        bytes32 id = manager.hashOperation(council, address(controller), call);

        uint64 until = _until(Direction.In);

        vm.startPrank(council);
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotScheduled.selector, id));
        controller.resume(hubEid, Direction.In, until);
        manager.schedule(address(controller), call, 0);
        vm.warp(_now() + DELAY - 1);
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotReady.selector, id));
        manager.execute(address(controller), call);
        vm.warp(_now() + 1);
        vm.expectEmit(address(controller));
        emit IPauseController.Resumed(hubEid, Direction.In);
        manager.execute(address(controller), call);
        vm.stopPrank();
        assertEq(_until(Direction.In), 0, "resumed");
        // And the pauser, whose finding stands, pauses again.
        _pause(pauser, Direction.In);
        assertEq(_until(Direction.In), _now() + 1 days, "paused again");
    }

    function test_resume_mayBeVetoed() public {
        IAccessManager manager = chains[A].manager;
        manager.grantRole(Roles.WIRING, council, DELAY);
        manager.setRoleGuardian(Roles.WIRING, Roles.GUARDIAN);
        manager.grantRole(Roles.GUARDIAN, second, 0);
        _pause(pauser, Direction.In);
        bytes memory call = _resumeCall();
        vm.prank(council);
        manager.schedule(address(controller), call, 0);
        vm.prank(second);
        manager.cancel(council, address(controller), call);
        vm.warp(_now() + DELAY);
        bytes32 id = manager.hashOperation(council, address(controller), call);
        vm.prank(council);
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotScheduled.selector, id));
        manager.execute(address(controller), call);
        assertGt(_until(Direction.In), _now(), "still paused");
    }

    function test_resume_revertsWhenNothingIsPaused() public {
        _refuseResume(0);
        _pause(pauser, Direction.Out);
        _refuseResume(0);
        _refuseResume(_until(Direction.Out));
        _pause(pauser, Direction.In);
        uint64 until = _until(Direction.In);
        vm.warp(until);
        _refuseResume(until);
    }

    function test_resume_ofOnePauseDoesNotEndTheNext() public {
        _pause(pauser, Direction.In);
        uint64 first = _until(Direction.In);
        vm.warp(first);
        _pause(pauser, Direction.In);
        _refuseResume(first);
        controller.resume(hubEid, Direction.In, _until(Direction.In));
        assertEq(_until(Direction.In), 0, "its own does");
    }

    function _refuseResume(uint64 until) internal {
        vm.expectRevert(abi.encodeWithSelector(IPauseController.NotPaused.selector, hubEid, Direction.In, until));
        controller.resume(hubEid, Direction.In, until);
    }

    // ── a false return ──────────────────────────────────────────────────────────────────────────────────────────────

    function test_reportFalseReturn_onlyTheApp() public {
        address[4] memory callers = [address(this), pauser, address(controller), address(chains[HUB].gateway.app())];
        for (uint256 i = 0; i < 4; ++i) {
            vm.prank(callers[i]);
            vm.expectRevert(abi.encodeWithSelector(IGateway.OnlyApp.selector, callers[i]));
            gateway.reportFalseReturn(hubEid);
        }
        vm.startPrank(address(chains[A].vault));
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneNotOpen.selector, 9));
        gateway.reportFalseReturn(9);
        vm.expectEmit(address(gateway));
        emit IGateway.LaneHalted(hubEid, Halt.FalseReturn);
        gateway.reportFalseReturn(hubEid);
        vm.getRecordedLogs();
        gateway.reportFalseReturn(hubEid);
        assertEq(vm.getRecordedLogs().length, 0, "halted once");
        // It executes no more; what is posted there is another lane's matter.
        Entry memory entry = makeEntry(KIND_DEPOSIT, USD, chains[A].eid, 0, 1, bytes32(0), bytes32(0));
        gateway.post(hubEid, entry);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneIsHalted.selector, hubEid, Halt.FalseReturn));
        gateway.execute(hubEid, new uint64[](1), new Entry[](0), "", BOTH);
    }
}
