// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {IPauseController} from "../../../contracts/interfaces/IPauseController.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {Reconciliation} from "../../../contracts/types/Reconciliation.sol";
import {Scope} from "../../../contracts/types/Scope.sol";
import {Deploy} from "../mocks/Deploy.sol";
import {Log, Logs} from "../mocks/Logs.sol";
import {Monitors} from "../mocks/Monitors.sol";
import {TwoGateways} from "../mocks/TwoGateways.sol";

/// @dev Two of three paths are owned. They have told a log of two windows that nobody posted; the first is executed before the
/// lane is paused, the second waits for the pause to end. Whether it ever executes is up to one defence each.
abstract contract TwoLiars is TwoGateways {
    using Logs for Log;

    uint64 internal constant BY_ONE = 2;

    Log internal forged;
    IPauseController internal controller;
    address internal pauser = makeAddr("pauser");
    uint256[] internal monitors;

    function setUp() public override {
        super.setUp();
        vm.chainId(DST_CHAIN);
        controller = IPauseController(dst.pauseController());
        controller.setKey(pauser, IPauseController.Key.Pauser);
        monitors = Monitors.keys(2);
        Monitors.addTo(controller, monitors);
        forged.start(laneId);
        for (uint256 i = 0; i < 2; ++i) {
            forged.append(_entry(1000 + i));
            forged.seal();
        }
        _attest(NETWORK, _commitment(BY_ONE, forged.head()));
        _attest(WATCHERS, _commitment(BY_ONE, forged.head()));
        _execute(forged.prove(0, 1, BY_ONE), TWO);
        vm.prank(pauser);
        controller.quarantine(SRC, WATCHERS, BY_ONE, forged.head());
        assertFalse(dst.isFlowing(SRC), "paused");
    }

    function _newGateway(uint32 eid, address app) internal override returns (IGateway) {
        address next = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1);
        bytes memory args = abi.encode(eid, app, next, address(manager));
        IGateway gateway = IGateway(Deploy.create(_gatewayArtifact(), args));
        args = abi.encode(gateway, Direction.In, Deploy.RESUME_DELAY, Deploy.MONITOR_THRESHOLD, address(manager));
        Deploy.create(_controllerArtifact(), args);
        return gateway;
    }

    function _gatewayArtifact() internal pure virtual returns (string memory) {
        return "Gateway.sol:Gateway";
    }

    function _controllerArtifact() internal pure virtual returns (string memory) {
        return "PauseController.sol:PauseController";
    }

    function _lift() internal {
        controller.liftQuarantine(SRC, WATCHERS, BY_ONE);
    }

    function _propose() internal {
        controller.proposeResume(Scope.In, SRC);
        vm.warp(vm.getBlockTimestamp() + Deploy.RESUME_DELAY);
    }

    /// @dev What honest monitors would sign, were the lane in order.
    function _resume() internal {
        Reconciliation memory found = Monitors.read(controller, Scope.In, SRC);
        controller.resume(Scope.In, SRC, found, Monitors.sign(controller, found, monitors));
    }

    /// @dev The second forged window.
    function _attack() internal {
        _execute(forged.prove(1, 1, BY_ONE), TWO);
    }

    function _assertDefended() internal view {
        assertEq(dstApp.executed(), 1, "the second forged window never moves");
    }

    function _assertRobbed() internal view {
        assertEq(dstApp.executed(), 2, "the second forged window took effect");
    }
}

contract StopDefencesTest is TwoLiars {
    using Logs for Log;

    function test_disabled_itsWordIsVoidAfterTheWayBack() public {
        dst.disablePath(SRC, WATCHERS);
        _propose();
        _resume();
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathsNotEnabled.selector, SRC, 5, TWO));
        this.attack();
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathsNotAttested.selector, SRC, 4));
        this.attackBy(5);
        _assertDefended();
    }

    function test_resume_notWithoutTheMonitors() public {
        _lift();
        _propose();
        Reconciliation memory nothing;
        vm.expectRevert(
            abi.encodeWithSelector(
                IPauseController.ReconciliationOfOther.selector, Scope.In, SRC, controller.stoppedAt(Scope.In, SRC)
            )
        );
        controller.resume(Scope.In, SRC, nothing, "");
        // The council writes it itself; no monitor has found its head at the source.
        Reconciliation memory invented = Monitors.read(controller, Scope.In, SRC);
        vm.expectRevert(abi.encodeWithSelector(IPauseController.MonitorSignaturesLength.selector, 130, 0));
        controller.resume(Scope.In, SRC, invented, "");
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneIsPaused.selector, SRC, Direction.In, type(uint40).max));
        this.attack();
        _assertDefended();
    }

    function test_resume_notWhileAnythingIsInQuarantine() public {
        _propose();
        Reconciliation memory found = Monitors.read(controller, Scope.In, SRC);
        bytes memory signatures = Monitors.sign(controller, found, monitors);
        vm.expectRevert(abi.encodeWithSelector(IGateway.QuarantineNotEmpty.selector, SRC, 1));
        controller.resume(Scope.In, SRC, found, signatures);
        _assertDefended();
    }

    function test_clock_noWaitEndsWhileNobodyMayLook() public {
        uint64 unlockAt = dst.clock(SRC) + 1 days;
        vm.warp(vm.getBlockTimestamp() + 3 days);
        assertLt(dst.clock(SRC), unlockAt, "what waited a day when it was paused waits a day");
    }

    function attack() external {
        _attack();
    }

    function attackBy(uint8 paths) external {
        _execute(forged.prove(1, 1, BY_ONE), paths);
    }
}

/// @dev The controls: each without one defence.
contract UndeadPathControlTest is TwoLiars {
    function _gatewayArtifact() internal pure override returns (string memory) {
        return "UndeadPathGateway.sol:UndeadPathGateway";
    }

    function test_disabled_itsWordStillMovesTheLog() public {
        dst.disablePath(SRC, WATCHERS);
        _lift();
        _propose();
        _resume();
        _attack();
        _assertRobbed();
    }
}

contract CarelessResumeControlTest is TwoLiars {
    function _controllerArtifact() internal pure override returns (string memory) {
        return "CarelessPauseController.sol:CarelessPauseController";
    }

    function test_resume_onTheCouncilsWordAlone() public {
        _lift();
        _propose();
        Reconciliation memory nothing;
        controller.resume(Scope.In, SRC, nothing, "");
        _attack();
        _assertRobbed();
    }
}

contract UnquarantinedControlTest is TwoLiars {
    function _gatewayArtifact() internal pure override returns (string memory) {
        return "UnquarantinedGateway.sol:UnquarantinedGateway";
    }

    function test_resume_overWhatNobodyHasLookedAt() public {
        _propose();
        _resume();
        _attack();
        _assertRobbed();
    }
}

contract RestlessClockControlTest is TwoLiars {
    function _gatewayArtifact() internal pure override returns (string memory) {
        return "RestlessGateway.sol:RestlessGateway";
    }

    function test_clock_waitsEndWhileNobodyMayLook() public {
        uint64 unlockAt = dst.clock(SRC) + 1 days;
        vm.warp(vm.getBlockTimestamp() + 3 days);
        assertGe(dst.clock(SRC), unlockAt, "what waited a day is payable the moment the pause ends");
    }
}
