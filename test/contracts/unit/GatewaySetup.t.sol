// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {Halt, IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {LaneId} from "../../../contracts/types/LaneId.sol";
import {Logs, Log} from "../mocks/Logs.sol";
import {TestPath} from "../mocks/TestPath.sol";
import {TwoGateways} from "../mocks/TwoGateways.sol";
import {Deploy} from "../mocks/Deploy.sol";

contract GatewaySetupTest is TwoGateways {
    using Logs for Log;

    function _laneId(uint256 epoch) internal view returns (bytes32 out, bytes32 back) {
        bytes32 domain = bytes32("weighlock.lane.v1");
        out =
            keccak256(abi.encode(domain, epoch, SRC_CHAIN, SRC, address(src), uint256(77), uint32(9), address(0xbeef)));
        back =
            keccak256(abi.encode(domain, epoch, uint256(77), uint32(9), address(0xbeef), SRC_CHAIN, SRC, address(src)));
    }

    function test_constructor_revertsWithoutEidAppOrPauseController() public {
        vm.chainId(5);
        bytes memory code = vm.getCode("Gateway.sol:Gateway");
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneEndInvalid.selector, 0, 5, address(1)));
        Deploy.create(abi.encodePacked(code, abi.encode(0, address(1), address(2), manager)));
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneEndInvalid.selector, 7, 5, address(0)));
        Deploy.create(abi.encodePacked(code, abi.encode(7, address(0), address(2), manager)));
        vm.expectRevert(IGateway.PauseControllerZero.selector);
        Deploy.create(abi.encodePacked(code, abi.encode(7, address(1), address(0), manager)));
    }

    function test_openLane_startsBothLogsAtTheirIds() public {
        vm.chainId(SRC_CHAIN);
        (bytes32 out, bytes32 back) = _laneId(3);
        vm.expectEmit(address(src));
        emit IGateway.LaneOpened(9, 77, address(0xbeef), 3, LaneId.wrap(out), LaneId.wrap(back));
        src.openLane(9, 77, address(0xbeef), 3);

        (uint64 posted, uint64 sealed_, bytes32 head) = src.outbox(9);
        assertEq(posted, 0, "nothing is posted");
        assertEq(sealed_, 0, "nothing is sealed");
        assertEq(head, out, "the empty log's head is the lane's id");
        (uint64 executed, bytes32 executedHead) = src.inbox(9);
        assertEq(executed, 0, "nothing is executed");
        assertEq(executedHead, back, "and so is that of the opposite lane");
        assertEq(src.windowLimit(9), 128, "a window holds 128");
        assertEq(uint8(src.haltOf(9)), uint8(Halt.None), "an open lane is not halted");
    }

    function test_openLane_bothEndsAgree() public view {
        (LaneId srcOut, LaneId srcIn) = src.laneIds(DST);
        (LaneId dstOut, LaneId dstIn) = dst.laneIds(SRC);
        assertEq(LaneId.unwrap(srcOut), LaneId.unwrap(dstIn), "what one sends the other receives");
        assertEq(LaneId.unwrap(srcIn), LaneId.unwrap(dstOut), "and back");
        assertTrue(srcOut != srcIn, "the two directions differ");
    }

    function test_openLane_anotherEpochIsAnotherLane() public view {
        (bytes32 zero,) = _laneId(0);
        (bytes32 one,) = _laneId(1);
        assertNotEq(zero, one, "no head is valid in two epochs");
    }

    function test_openLane_revertsWhenOpen() public {
        vm.chainId(SRC_CHAIN);
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneAlreadyOpen.selector, DST));
        src.openLane(DST, DST_CHAIN, address(dst), 1);
    }

    function test_openLane_revertsForABadEnd() public {
        vm.chainId(SRC_CHAIN);
        _refuseEnd(0, 77, address(1));
        _refuseEnd(SRC, 77, address(1));
        _refuseEnd(9, 0, address(1));
        _refuseEnd(9, SRC_CHAIN, address(1));
        _refuseEnd(9, 77, address(0));
        // The same peer behind a second eid would be ambiguous in receiveMessage.
        _refuseEnd(9, DST_CHAIN, address(dst));
    }

    function _refuseEnd(uint32 eid, uint256 chainId, address peer) internal {
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneEndInvalid.selector, eid, chainId, peer));
        src.openLane(eid, chainId, peer, 0);
    }

    function test_setup_revertsWithoutTheRole() public {
        address stranger = makeAddr("stranger");
        bytes memory refusal = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger);
        vm.startPrank(stranger);
        vm.expectRevert(refusal);
        src.openLane(9, 77, address(1), 0);
        vm.expectRevert(refusal);
        src.addPath(DST, 5, address(this), false);
        vm.expectRevert(refusal);
        src.tightenWindow(DST, 5);
        vm.expectRevert(refusal);
        src.loosenWindow(DST, 5);
        vm.expectRevert(refusal);
        src.disablePath(DST, 0);
        vm.expectRevert(refusal);
        src.closeLane(DST);
        vm.stopPrank();
    }

    function test_addPath_keepsItsIndex() public {
        TestPath path = Deploy.testPath(address(src), DST, dstName);
        vm.expectEmit(address(src));
        emit IGateway.PathAdded(DST, 7, address(path), true);
        src.addPath(DST, 7, address(path), true);
        (address[8] memory adapters, uint8 enabled, uint8 networks) = src.pathsOf(DST);
        assertEq(adapters[7], address(path), "the adapter stands at its index");
        assertEq(enabled, 0x87, "four are enabled");
        assertEq(networks, 0x85, "three are networks");
    }

    function test_addPath_reverts() public {
        address path = address(Deploy.testPath(address(src), DST, dstName));
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneNotOpen.selector, 9));
        src.addPath(9, 3, path, true);
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathInvalid.selector, DST, address(0xdead)));
        src.addPath(DST, 3, address(0xdead), true);
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathInvalid.selector, DST, address(srcPaths[0])));
        src.addPath(DST, 3, address(srcPaths[0]), true);
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathIndexTaken.selector, DST, 0));
        src.addPath(DST, 0, path, true);
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathIndexTaken.selector, DST, 8));
        src.addPath(DST, 8, path, true);
        src.addPath(DST, 3, path, true);
        address fifth = address(Deploy.testPath(address(src), DST, dstName));
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathsFull.selector, DST));
        src.addPath(DST, 4, fifth, true);
    }

    function test_addPath_refusesAnAdapterThatLeadsElsewhere() public {
        address[3] memory strays = [
            address(Deploy.testPath(address(dst), DST, dstName)), // of another gateway
            address(Deploy.testPath(address(src), DST, srcName)), // to another peer
            address(Deploy.testPath(address(src))) // to nobody yet
        ];
        for (uint256 i = 0; i < strays.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IGateway.PathInvalid.selector, DST, strays[i]));
            src.addPath(DST, 3, strays[i], true);
        }
    }

    function test_loosenWindow_onlyUpTo128() public {
        src.tightenWindow(DST, 5);
        vm.expectRevert(abi.encodeWithSelector(IGateway.WindowLimitNotLooser.selector, 5, 5));
        src.loosenWindow(DST, 5);
        vm.expectRevert(abi.encodeWithSelector(IGateway.WindowLimitNotLooser.selector, 5, 129));
        src.loosenWindow(DST, 129);
        vm.expectEmit(address(src));
        emit IGateway.WindowLimitLoosened(DST, 128);
        src.loosenWindow(DST, 128);
        assertEq(src.windowLimit(DST), 128, "back to a full window");
        vm.prank(address(0xbad));
        vm.expectRevert();
        src.loosenWindow(DST, 128);
    }

    function test_tightenWindow_onlyDown() public {
        vm.expectEmit(address(src));
        emit IGateway.WindowLimitTightened(DST, 127);
        src.tightenWindow(DST, 127);
        assertEq(src.windowLimit(DST), 127, "the limit fell");
        vm.expectRevert(abi.encodeWithSelector(IGateway.WindowLimitNotTighter.selector, 127, 127));
        src.tightenWindow(DST, 127);
        vm.expectRevert(abi.encodeWithSelector(IGateway.WindowLimitNotTighter.selector, 127, 128));
        src.tightenWindow(DST, 128);
        vm.expectRevert(abi.encodeWithSelector(IGateway.WindowLimitNotTighter.selector, 127, 0));
        src.tightenWindow(DST, 0);
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneNotOpen.selector, 9));
        src.tightenWindow(9, 5);
    }

    function test_tightenWindow_sealsAnOpenWindowThatReachesIt() public {
        _post(10);
        src.tightenWindow(DST, 11);
        (, uint64 sealed_,) = src.outbox(DST);
        assertEq(sealed_, 0, "a smaller window stays open");
        src.tightenWindow(DST, 4);
        (, sealed_,) = src.outbox(DST);
        assertEq(sealed_, 10, "a larger one closes at once, before it grows");
        srcApp.post(DST, _entry(10));
        (uint64 posted, uint64 still,) = src.outbox(DST);
        assertEq(posted, 11, "the next entry");
        assertEq(still, 10, "opens a new one");
    }
}
