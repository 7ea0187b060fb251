// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {decodeCommitment, Commitment, Ignored} from "../../../contracts/types/Commitment.sol";
import {LaneId} from "../../../contracts/types/LaneId.sol";
import {Log, Logs} from "../mocks/Logs.sol";
import {TwoGateways} from "../mocks/TwoGateways.sol";

contract RefusesEther {}

contract GatewaySourceTest is TwoGateways {
    using Logs for Log;

    address internal refundTo = makeAddr("refund");

    function decode(bytes calldata payload) external pure returns (bool isReadable, Commitment memory commitment) {
        Ignored ignored;
        (ignored, commitment) = decodeCommitment(payload);
        isReadable = ignored == Ignored.None;
    }

    // ── post and seal ───────────────────────────────────────────────────────────────────────────────────────────────

    function test_post_appends() public {
        vm.expectEmit(address(src));
        emit IGateway.EntryPosted(DST, 0, _entry(5));
        assertEq(srcApp.post(DST, _entry(5)), 0, "indices start at 0");
        assertEq(srcApp.post(DST, _entry(6)), 1, "and rise by one");
        (uint64 posted, uint64 sealed_, bytes32 head) = src.outbox(DST);
        assertEq(posted, 2, "two are posted");
        assertEq(sealed_, 0, "none is sealed");
        assertEq(head, laneId, "the head is of what is sealed");
    }

    function test_post_revertsForOthersThanTheApp() public {
        vm.expectRevert(abi.encodeWithSelector(IGateway.OnlyApp.selector, address(this)));
        src.post(DST, _entry(0));
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneNotOpen.selector, 9));
        srcApp.post(9, _entry(0));
    }

    function test_post_sealsAFullWindow() public {
        _post(127);
        (, uint64 sealed_,) = src.outbox(DST);
        assertEq(sealed_, 0, "127 are still open");
        _post(1);
        bytes32 head;
        (, sealed_, head) = src.outbox(DST);
        assertEq(sealed_, 128, "the 128th closes the window");
        assertEq(head, lane.head(), "with the head that the log has");
    }

    function test_seal_closesTheOpenWindow() public {
        _post(3);
        (uint64 count, bytes32 root, bytes32 head) = lane.seal();
        vm.expectEmit(address(src));
        emit IGateway.WindowSealed(DST, 3, root, head);
        assertEq(src.seal(DST), count, "it says how much is sealed");
        assertEq(src.sealedHead(DST, 3), head, "the head is kept for ever");
        assertEq(src.sealedHead(DST, 2), 0, "no head where no window ends");
    }

    function test_seal_startsTheNextWindowFromZero() public {
        _window(3);
        _window(1);
        _window(2);
        assertEq(src.sealedHead(DST, 6), lane.head(), "each window's root starts from zero");
    }

    function test_seal_revertsWhenNothingIsOpen() public {
        vm.expectRevert(abi.encodeWithSelector(IGateway.NothingToSeal.selector, DST, 0));
        src.seal(DST);
        _window(2);
        vm.expectRevert(abi.encodeWithSelector(IGateway.NothingToSeal.selector, DST, 2));
        src.seal(DST);
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneNotOpen.selector, 9));
        src.seal(9);
    }

    // ── dispatch ────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_dispatch_saysTheSameOnEveryPath() public {
        uint64 count = _window(4);
        vm.expectEmit(address(src));
        emit IGateway.Dispatched(DST, count, lane.head(), 0, backLaneId, TWO);
        src.dispatch(DST, count, TWO, refundTo, false);

        assertEq(srcPaths[0].lastPayload(), srcPaths[1].lastPayload(), "one commitment, each path");
        assertEq(srcPaths[0].lastRecipient(), dstName, "addressed to the peer gateway");
        assertEq(srcPaths[2].sends(), 0, "a path that is not named says nothing");
        (bool isReadable, Commitment memory sent) = this.decode(srcPaths[0].lastPayload());
        assertTrue(isReadable, "it can be read");
        assertEq(LaneId.unwrap(sent.lane), laneId, "the lane");
        assertEq(sent.count, 4, "the count");
        assertEq(sent.head, lane.head(), "the head");
        assertEq(sent.ackCount, 0, "nothing executed of the opposite lane");
        assertEq(sent.ackHead, backLaneId, "so its empty log");
    }

    function test_dispatch_carriesTheAcknowledgement() public {
        uint64 count = _window(4);
        _attest(TWO, count);
        _executeNext(1, TWO);
        vm.chainId(DST_CHAIN);
        dst.dispatch(SRC, 0, TWO, refundTo, false);
        (, Commitment memory sent) = this.decode(dstPaths[0].lastPayload());
        assertEq(sent.count, 0, "an empty log may be sent for its acknowledgement alone");
        assertEq(sent.head, backLaneId, "its head is its id");
        assertEq(sent.ackCount, 4, "what was executed");
        assertEq(sent.ackHead, lane.head(), "and the head there");
    }

    function test_dispatch_everythingSealsFirst() public {
        _post(5);
        lane.seal();
        assertEq(src.dispatch(DST, EVERYTHING, TWO, refundTo, false), 5, "it says what it sent");
        assertEq(src.sealedHead(DST, 5), lane.head(), "the open window is sealed");
        _window(1);
        assertEq(src.dispatch(DST, EVERYTHING, TWO, refundTo, false), 6, "nothing open: the newest seal");
    }

    function test_dispatch_anySealedCountAgain() public {
        _window(2);
        _window(2);
        src.dispatch(DST, 4, TWO, refundTo, false);
        src.dispatch(DST, 2, TWO, refundTo, false);
        (, Commitment memory sent) = this.decode(srcPaths[0].lastPayload());
        assertEq(sent.count, 2, "an older count is sent as well");
    }

    function test_dispatch_revertsForAnUnsealedCount() public {
        _post(5);
        vm.expectRevert(abi.encodeWithSelector(IGateway.NotSealed.selector, DST, 3, 0));
        src.dispatch(DST, 3, TWO, refundTo, false);
        _window(1);
        vm.expectRevert(abi.encodeWithSelector(IGateway.NotSealed.selector, DST, 7, 6));
        src.dispatch(DST, 7, TWO, refundTo, false);
    }

    function test_dispatch_revertsForPathsThatAreNotEnabled() public {
        _window(1);
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathsNotEnabled.selector, DST, ALL, 0));
        src.dispatch(DST, 1, 0, refundTo, false);
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathsNotEnabled.selector, DST, ALL, 9));
        src.dispatch(DST, 1, 9, refundTo, false);
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneNotOpen.selector, 9));
        src.dispatch(9, 1, 1, refundTo, false);
    }

    function test_dispatch_refusesARepeatUnlessForced() public {
        uint64 count = _window(1);
        src.dispatch(DST, count, 1, refundTo, false);
        vm.expectRevert(abi.encodeWithSelector(IGateway.AlreadyDispatched.selector, DST, 1, count, 0));
        src.dispatch(DST, count, 1, refundTo, false);
        src.dispatch(DST, count, TWO, refundTo, true);
        assertEq(srcPaths[0].sends(), 2, "forced");
    }

    function test_dispatch_aFreeDispatchStopsNoPaidOne() public {
        uint64 count = _window(1);
        vm.prank(makeAddr("front-runner"));
        src.dispatch(DST, count, 2, refundTo, false);
        vm.expectEmit(address(src));
        emit IGateway.Dispatched(DST, count, lane.head(), 0, backLaneId, 1);
        src.dispatch(DST, count, TWO, refundTo, false);
        assertEq(srcPaths[0].sends(), 1, "the other path gets it");
        assertEq(srcPaths[1].sends(), 1, "the repeated one is left out");
        vm.expectRevert(abi.encodeWithSelector(IGateway.AlreadyDispatched.selector, DST, TWO, count, 0));
        src.dispatch(DST, count, TWO, refundTo, false);
    }

    function test_dispatch_refusesToBurnTheRefund() public {
        uint64 count = _window(1);
        vm.expectRevert(IGateway.RefundToZero.selector);
        src.dispatch(DST, count, 1, address(0), false);
    }

    function test_dispatch_aNewerAcknowledgementIsNoRepeat() public {
        uint64 count = _window(1);
        vm.chainId(DST_CHAIN);
        dst.dispatch(SRC, 0, 1, refundTo, true);
        _attest(TWO, count);
        _executeNext(1, TWO);
        dst.dispatch(SRC, 0, 1, refundTo, false);
        assertEq(dstPaths[0].sends(), 2, "the same count with a newer ack goes out");
    }

    function test_dispatch_paysEachNetworkAndRefundsTheRest() public {
        uint64 count = _window(1);
        srcPaths[0].setFee(1 ether);
        srcPaths[2].setFee(2 ether);
        assertEq(src.quoteDispatch(DST, ALL), 3 ether, "the quote is the sum");
        // Sent into the contract before: nobody's, and not paid out with the refund.
        vm.deal(address(src), 5 ether);
        src.dispatch{value: 10 ether}(DST, count, ALL, refundTo, false);
        assertEq(address(srcPaths[0]).balance, 1 ether, "the first network's fee");
        assertEq(address(srcPaths[2]).balance, 2 ether, "the second's");
        assertEq(srcPaths[1].lastValue(), 0, "watchers are given nothing");
        assertEq(refundTo.balance, 7 ether, "the rest comes back");
        assertEq(address(src).balance, 5 ether, "what was there stays");
    }

    function test_dispatch_revertsWhenTheRefundFails() public {
        uint64 count = _window(1);
        address refuses = address(new RefusesEther());
        vm.expectRevert(abi.encodeWithSelector(IGateway.RefundFailed.selector, refuses, 1 ether));
        src.dispatch{value: 1 ether}(DST, count, 1, refuses, false);
        src.dispatch(DST, count, 1, refuses, false);
    }

    function test_quoteDispatch_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathsNotEnabled.selector, DST, ALL, 8));
        src.quoteDispatch(DST, 8);
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathsNotEnabled.selector, DST, ALL, 0));
        src.quoteDispatch(DST, 0);
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneNotOpen.selector, 9));
        src.quoteDispatch(9, 1);
    }

    function test_receive_takesEtherOnlyWhileDispatching() public {
        (bool isTaken, bytes memory reason) = address(src).call{value: 1}("");
        assertFalse(isTaken, "a gift is refused");
        assertEq(reason, abi.encodeWithSelector(IGateway.UnexpectedPayment.selector, address(this)), "by name");
    }
}
