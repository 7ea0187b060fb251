// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {InteroperableAddress} from "@openzeppelin/contracts/utils/draft-InteroperableAddress.sol";
import {Halt, Ignored, IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {Commitment} from "../../../contracts/types/Commitment.sol";
import {LaneId} from "../../../contracts/types/LaneId.sol";
import {Log, Logs} from "../mocks/Logs.sol";
import {TestPath} from "../mocks/TestPath.sol";
import {TwoGateways} from "../mocks/TwoGateways.sol";
import {Deploy} from "../mocks/Deploy.sol";

contract GatewayAttestTest is TwoGateways {
    using Logs for Log;

    bytes32 internal constant JUNK = keccak256("junk");

    function _expectIgnored(uint8 path, bytes memory payload, Ignored reason) internal {
        vm.expectEmit(address(dst));
        emit IGateway.AttestationIgnored(SRC, path, keccak256(payload), reason);
        dstPaths[path].attest(srcName, payload);
    }

    function _isHalted() internal view returns (bool) {
        return dst.haltOf(SRC) != Halt.None;
    }

    // ── what reverts: caller, peer, value ───────────────────────────────────────────────────────────────────────────

    function test_receiveMessage_revertsForAWrongPeer() public {
        bytes memory payload = _commitment(1, JUNK).encode();
        bytes memory onAnotherChain = InteroperableAddress.formatEvmV1(SRC_CHAIN + 1, address(src));
        bytes memory another = InteroperableAddress.formatEvmV1(SRC_CHAIN, address(this));
        vm.expectRevert(abi.encodeWithSelector(IGateway.PeerUnknown.selector, onAnotherChain));
        dstPaths[0].attest(onAnotherChain, payload);
        vm.expectRevert(abi.encodeWithSelector(IGateway.PeerUnknown.selector, another));
        dstPaths[0].attest(another, payload);
        vm.expectRevert(abi.encodeWithSelector(IGateway.PeerUnknown.selector, bytes("")));
        dstPaths[0].attest("", payload);
    }

    function test_receiveMessage_revertsForAWrongCaller() public {
        bytes memory payload = _commitment(1, JUNK).encode();
        vm.expectRevert(abi.encodeWithSelector(IGateway.CallerNotPath.selector, SRC, address(this)));
        dst.receiveMessage(0, srcName, payload);
    }

    function test_receiveMessage_revertsForAPathOfAnotherLane() public {
        // A path is one of a lane, not of a gateway.
        vm.chainId(DST_CHAIN);
        dst.openLane(9, 77, address(0xbeef), 0);
        bytes memory other = InteroperableAddress.formatEvmV1(77, address(0xbeef));
        TestPath path = Deploy.testPath(address(dst), 9, other);
        dst.addPath(9, 0, address(path), true);
        vm.expectRevert(abi.encodeWithSelector(IGateway.CallerNotPath.selector, SRC, address(path)));
        path.attest(srcName, _commitment(1, JUNK).encode());
        vm.expectRevert(abi.encodeWithSelector(IGateway.CallerNotPath.selector, 9, address(dstPaths[0])));
        dstPaths[0].attest(other, _commitment(1, JUNK).encode());
    }

    function test_receiveMessage_revertsWithValue() public {
        vm.expectRevert(abi.encodeWithSelector(IGateway.ValueNotZero.selector, 1));
        dstPaths[0].attest{value: 1}(srcName, _commitment(1, JUNK).encode());
    }

    function test_receiveMessage_returnsItsSelector() public {
        vm.prank(address(dstPaths[0]));
        assertEq(dst.receiveMessage(0, srcName, ""), dst.receiveMessage.selector, "ERC-7786");
    }

    // ── what is recorded ────────────────────────────────────────────────────────────────────────────────────────────

    function test_attest_records() public {
        vm.warp(vm.getBlockTimestamp() + 1234);
        vm.expectEmit(address(dst));
        emit IGateway.Attested(SRC, 7, 1, JUNK);
        _attest(1, _commitment(7, JUNK));
        (bytes32 head, uint64 seenAt) = dst.attestation(SRC, 1, 7);
        assertEq(head, JUNK, "the head");
        assertEq(seenAt, vm.getBlockTimestamp(), "and when");
        (head, seenAt) = dst.attestation(SRC, 0, 7);
        assertEq(head, 0, "another path said nothing");
        assertEq(seenAt, 0, "at no time");
        (head,) = dst.attestation(SRC, 8, 7);
        assertEq(head, 0, "there is no ninth path");
    }

    function test_attest_inAnyOrder() public {
        _attest(0, _commitment(9, JUNK));
        _attest(0, _commitment(3, "older"));
        (bytes32 head,) = dst.attestation(SRC, 0, 3);
        assertEq(head, "older", "an older count is recorded like any other");
        assertFalse(_isHalted(), "and is no contradiction by itself");
    }

    function test_attest_ignoresWhatCantBeRead() public {
        bytes memory good = _commitment(1, JUNK).encode();
        _expectIgnored(0, "", Ignored.Malformed);
        _expectIgnored(0, abi.encodePacked(good, uint8(0)), Ignored.Malformed);
        bytes memory version = _commitment(1, JUNK).encode();
        version[0] = 0x02;
        _expectIgnored(0, version, Ignored.UnknownVersion);
        bytes memory spare = _commitment(1, JUNK).encode();
        spare[31] = 0x01;
        _expectIgnored(0, spare, Ignored.Malformed);
        spare = _commitment(1, JUNK).encode();
        spare[17] = 0x80;
        _expectIgnored(0, spare, Ignored.Malformed);
        _expectIgnored(0, _commitment(1, 0).encode(), Ignored.Malformed);
        Commitment memory zeroAck = _commitment(1, JUNK);
        zeroAck.ackHead = 0;
        _expectIgnored(0, zeroAck.encode(), Ignored.Malformed);
        (bytes32 head,) = dst.attestation(SRC, 0, 1);
        assertEq(head, 0, "nothing was recorded");
        assertFalse(_isHalted(), "zero is never a head, and no evidence either");
    }

    function test_attest_ignoresAnotherLane() public {
        Commitment memory other = _commitment(1, JUNK);
        other.lane = LaneId.wrap(backLaneId);
        _expectIgnored(0, other.encode(), Ignored.WrongLane);
        // Not even its acknowledgement is read.
        other.ackCount = 5;
        _expectIgnored(0, other.encode(), Ignored.WrongLane);
        assertFalse(_isHalted(), "a message of another lane is no evidence in this one");
    }

    function test_attest_ignoresARepeat() public {
        _attest(0, _commitment(1, JUNK));
        _expectIgnored(0, _commitment(1, JUNK).encode(), Ignored.Repeat);
        assertFalse(_isHalted(), "saying it twice is harmless");
    }

    function test_attest_ignoresTheFarAway() public {
        uint64 far = 1 << 20;
        _expectIgnored(0, _commitment(far + 1, JUNK).encode(), Ignored.TooFar);
        _attest(0, _commitment(far, JUNK));
        (bytes32 head,) = dst.attestation(SRC, 0, far);
        assertEq(head, JUNK, "exactly 2^20 ahead is recorded");
        _expectIgnored(0, _commitment(type(uint64).max, JUNK).encode(), Ignored.TooFar);
    }

    function test_attest_farIsMeasuredFromWhatIsExecuted() public {
        _attest(TWO, _window(2));
        _executeNext(1, TWO);
        _attest(0, _commitment(2 + (1 << 20), JUNK));
        (bytes32 head,) = dst.attestation(SRC, 0, 2 + (1 << 20));
        assertEq(head, JUNK, "the horizon moves with execution");
    }

    // ── halts ───────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_attest_haltsWhenTwoPathsDiffer() public {
        _attest(0, _commitment(7, JUNK));
        vm.expectEmit(address(dst));
        emit IGateway.Contradicted(SRC, 7, 1, "other", 0, JUNK);
        vm.expectEmit(address(dst));
        emit IGateway.LaneHalted(SRC, Halt.Contradiction);
        _attest(1, _commitment(7, "other"));
        assertEq(uint8(dst.haltOf(SRC)), uint8(Halt.Contradiction), "two heads for one count");
        (bytes32 head,) = dst.attestation(SRC, 1, 7);
        assertEq(head, "other", "both witnesses are kept");
    }

    function test_attest_keepsWhatEachPathSaid() public {
        _attest(0, _commitment(7, JUNK));
        _attest(1, _commitment(7, "other"));
        _attest(2, _commitment(7, JUNK));
        bytes32[3] memory said = [JUNK, bytes32("other"), JUNK];
        for (uint8 path = 0; path < 3; ++path) {
            (bytes32 head,) = dst.attestation(SRC, path, 7);
            assertEq(head, said[path], "also of the one that differs from the first");
        }
        _expectIgnored(1, _commitment(7, "other").encode(), Ignored.Repeat);
        vm.expectEmit(address(dst));
        emit IGateway.Contradicted(SRC, 7, 1, JUNK, 1, "other");
        _attest(1, _commitment(7, JUNK));
    }

    function test_attest_haltsWhenOnePathDiffersFromItself() public {
        _attest(0, _commitment(7, JUNK));
        vm.expectEmit(address(dst));
        emit IGateway.Contradicted(SRC, 7, 0, "other", 0, JUNK);
        _attest(0, _commitment(7, "other"));
        assertEq(uint8(dst.haltOf(SRC)), uint8(Halt.Contradiction), "a path that says two things lies once");
        (bytes32 head,) = dst.attestation(SRC, 0, 7);
        assertEq(head, JUNK, "what is written is written once");
    }

    function test_attest_haltsWhenItDiffersFromTheExecutedLog() public {
        _attest(TWO, _window(3));
        _executeNext(1, TWO);
        vm.expectEmit(address(dst));
        emit IGateway.Contradicted(SRC, 3, 2, JUNK, 0, lane.head());
        vm.expectEmit(address(dst));
        emit IGateway.Contradicted(SRC, 3, 2, JUNK, 1, lane.head());
        vm.expectEmit(address(dst));
        emit IGateway.Contradicted(SRC, 3, 2, JUNK, 255, lane.head());
        _attest(2, _commitment(3, JUNK));
        assertTrue(_isHalted(), "the only witness against two liars is heard");
    }

    function test_attest_haltsForACountThatWasJumpedOver() public {
        _attest(TWO, _window(3));
        _executeNext(1, TWO);
        vm.expectEmit(address(dst));
        emit IGateway.Contradicted(SRC, 2, 2, JUNK, 255, 0);
        _attest(2, _commitment(2, JUNK));
        assertTrue(_isHalted(), "a head inside an executed window was never sealed");
    }

    function test_attest_aRepeatIsHeardOnceItHasBecomeEvidence() public {
        _post(3);
        _attest(2, _commitment(2, JUNK));
        _attest(TWO, _window(1));
        _executeNext(1, TWO);
        assertFalse(_isHalted(), "nobody compared it yet");
        vm.expectEmit(address(dst));
        emit IGateway.Contradicted(SRC, 2, 2, JUNK, 255, 0);
        _attest(2, _commitment(2, JUNK));
        assertTrue(_isHalted(), "the executed log has jumped over what it still says");
    }

    function test_attest_anOldTruthIsNoContradiction() public {
        _window(3);
        _window(3);
        _attest(TWO, 6);
        _executeNext(2, TWO);
        _attest(ALL, 3);
        _attest(2, _commitment(0, laneId));
        assertFalse(_isHalted(), "late and true");
        (bytes32 head,) = dst.attestation(SRC, 2, 3);
        assertEq(head, lane.headAt(3), "it is stored as well");
    }

    function test_attest_aFalseStartHalts() public {
        _attest(2, _commitment(0, JUNK));
        assertTrue(_isHalted(), "the empty log has one head");
    }

    // ── acknowledgements, told to `src` about its log ───────────────────────────────────────────────────────────────

    function _acknowledge(uint8 path, uint64 ackCount, bytes32 ackHead) internal {
        Commitment memory back = Commitment(LaneId.wrap(backLaneId), 0, backLaneId, ackCount, ackHead);
        srcPaths[path].attest(dstName, back.encode());
    }

    function test_acknowledge_recordsTheHighest() public {
        _window(2);
        _window(2);
        vm.warp(vm.getBlockTimestamp() + 10);
        vm.expectEmit(address(src));
        emit IGateway.Acknowledged(DST, 1, 4);
        _acknowledge(1, 4, lane.headAt(4));
        uint256 then_ = vm.getBlockTimestamp();
        vm.warp(then_ + 100);
        _acknowledge(1, 2, lane.headAt(2));
        _acknowledge(1, 4, lane.headAt(4));
        (uint64 count, uint64 seenAt) = src.acknowledged(DST, 1);
        assertEq(count, 4, "an older one doesn't lower it");
        assertEq(seenAt, then_, "and an old message said again doesn't look fresh");
        (count,) = src.acknowledged(DST, 0);
        assertEq(count, 0, "each path by itself");
        assertEq(uint8(src.haltOf(DST)), 0, "an old acknowledgement is honest");
    }

    function test_acknowledge_aRepeatedHeadMayCarryANewerOne() public {
        _window(2);
        _acknowledge(0, 0, laneId);
        _acknowledge(0, 2, lane.head());
        (uint64 count,) = src.acknowledged(DST, 0);
        assertEq(count, 2, "the head is a repeat, the ack is not");
    }

    function test_acknowledge_haltsForAHeadNeverSealed() public {
        _window(2);
        vm.expectEmit(address(src));
        emit IGateway.FalselyAcknowledged(DST, 0, 2, lane.head(), JUNK);
        vm.expectEmit(address(src));
        emit IGateway.LaneHalted(DST, Halt.FalseAck);
        _acknowledge(0, 2, JUNK);
        assertEq(uint8(src.haltOf(DST)), uint8(Halt.FalseAck), "the peer executed what was never posted");
    }

    function test_acknowledge_haltsForACountNeverSealed() public {
        _window(2);
        vm.expectEmit(address(src));
        emit IGateway.FalselyAcknowledged(DST, 0, 1, 0, JUNK);
        _acknowledge(0, 1, JUNK);
        assertEq(uint8(src.haltOf(DST)), uint8(Halt.FalseAck), "one entry of a window can't be executed alone");
    }

    /// @dev The peer goes by what was never said here: it gets told nothing more.
    function test_acknowledge_aFalseOneStopsPosting() public {
        _window(2);
        _acknowledge(0, 2, JUNK);
        assertFalse(src.accepts(DST), "it says so");
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneIsHalted.selector, DST, Halt.FalseAck));
        srcApp.post(DST, _entry(0));
    }

    function test_halt_aFalseAckStaysAboveAContradiction() public {
        _attest(0, _commitment(7, JUNK));
        _attest(1, _commitment(7, "other"));
        Commitment memory falseAck = _commitment(8, JUNK);
        (falseAck.ackCount, falseAck.ackHead) = (3, JUNK);
        _attest(0, falseAck);
        assertEq(uint8(dst.haltOf(SRC)), uint8(Halt.FalseAck), "it stops more");
        _attest(1, _commitment(8, "other"));
        assertEq(uint8(dst.haltOf(SRC)), uint8(Halt.FalseAck), "and is not overwritten");
    }

    function test_halt_stopsExecuteAndNothingElse() public {
        uint64 count = _window(2);
        _attest(TWO, count);
        _attest(2, _commitment(count, JUNK));
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneIsHalted.selector, SRC, Halt.Contradiction));
        dst.execute(SRC, new uint64[](0), lane.entries, "", TWO);
        // Witnesses are still heard, and what this side has to say still goes out.
        _attest(2, _commitment(count + 1, JUNK));
        (bytes32 head,) = dst.attestation(SRC, 2, count + 1);
        assertEq(head, JUNK, "an attestation is recorded");
        dstApp.post(SRC, _entry(0));
        dst.dispatch(SRC, EVERYTHING, TWO, address(this), false);
    }
}
