// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Halt, IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {LaneLog} from "../../../contracts/libraries/LaneLog.sol";
import {Commitment} from "../../../contracts/types/Commitment.sol";
import {Log, Logs, Proof} from "../mocks/Logs.sol";
import {TwoGateways} from "../mocks/TwoGateways.sol";

/// @dev Evidence that somebody has to show. What halts by itself: GatewayAttest.t.sol.
contract GatewayContradictTest is TwoGateways {
    using Logs for Log;

    uint8 internal constant EXECUTED_LOG = 255;
    uint8 internal constant ONLY_FIRST = 1;
    uint8 internal constant ONLY_THIRD = 4;
    bytes32 internal constant JUNK = keccak256("junk");

    /// @dev What two liars say in place of `lane`.
    Log internal forged;

    function setUp() public override {
        super.setUp();
        forged.start(laneId);
    }

    /// @dev The windows with these numbers, as `contradict` takes them. The first window has number 1.
    function _nodes(Log storage log, uint256 first, uint256 last) internal view returns (bytes memory nodes) {
        for (uint256 i = first; i <= last; ++i) {
            nodes = abi.encodePacked(nodes, log.roots[i], log.counts[i]);
        }
    }

    /// @dev Three windows that end at 3, 7 and 12, of which the first network has told the last.
    function _three() internal {
        _window(3);
        _window(4);
        _window(5);
        _attest(ONLY_FIRST, 12);
    }

    function _lie(uint8 path, uint64 count) internal {
        _attest(path, _commitment(count, JUNK));
    }

    function _expectHalt(uint64 count, uint8 path, bytes32 head, uint8 otherPath, bytes32 otherHead) internal {
        vm.expectEmit(address(dst));
        emit IGateway.Contradicted(SRC, count, path, head, otherPath, otherHead);
        vm.expectEmit(address(dst));
        emit IGateway.LaneHalted(SRC, Halt.Contradiction);
    }

    function _assertHalted(string memory why) internal view {
        assertEq(uint8(dst.haltOf(SRC)), uint8(Halt.Contradiction), why);
    }

    function _assertMoves() internal view {
        assertEq(uint8(dst.haltOf(SRC)), uint8(Halt.None), "nothing was shown");
        assertEq(dst.haltedAt(SRC), 0, "at no time");
    }

    // ── two paths ───────────────────────────────────────────────────────────────────────────────────────────────────

    function test_contradict_anotherHeadAtACountThatOnlyTheLiarNamed() public {
        _three();
        _lie(2, 7);
        _assertMoves();
        vm.warp(vm.getBlockTimestamp() + 60);
        _expectHalt(7, 0, lane.headAt(7), 2, JUNK);
        vm.prank(makeAddr("anyone"));
        dst.contradict(SRC, laneId, _nodes(lane, 1, 3), 0, 7, 2);
        _assertHalted("a head proves every node behind it");
        assertEq(dst.haltedAt(SRC), vm.getBlockTimestamp(), "now");
        assertFalse(dst.isFlowing(SRC), "nothing that came over it is paid");
    }

    function test_contradict_fromAnyNodeOn() public {
        _three();
        _lie(2, 7);
        _expectHalt(7, 0, lane.headAt(7), 2, JUNK);
        dst.contradict(SRC, lane.headAt(3), _nodes(lane, 2, 3), 0, 7, 2);
    }

    function test_contradict_aCountThatTwoNodesJumpOver() public {
        _three();
        _lie(2, 5);
        _expectHalt(5, 0, 0, 2, JUNK);
        dst.contradict(SRC, laneId, _nodes(lane, 1, 3), 0, 5, 2);
        _assertHalted("5 was never sealed");
    }

    function test_contradict_aCountInTheFirstWindow() public {
        _three();
        _lie(2, 1);
        _expectHalt(1, 0, 0, 2, JUNK);
        dst.contradict(SRC, laneId, _nodes(lane, 1, 3), 0, 1, 2);
        _assertHalted("the lane's id is the head of an empty log, so its count is known");
    }

    function test_contradict_onePathWithItself() public {
        _three();
        _lie(0, 7);
        _expectHalt(7, 0, lane.headAt(7), 0, JUNK);
        dst.contradict(SRC, laneId, _nodes(lane, 1, 3), 0, 7, 0);
    }

    function test_contradict_theNodesMayBeTheLiars() public {
        _three();
        _attest(ONLY_THIRD, 7);
        _forge(5);
        _forge(1);
        _forge(7);
        _attest(1, _commitment(13, forged.head()));
        _expectHalt(7, 1, 0, 2, lane.headAt(7));
        dst.contradict(SRC, laneId, _nodes(forged, 1, 3), 1, 7, 2);
    }

    // ── the executed log ────────────────────────────────────────────────────────────────────────────────────────────

    function _forge(uint256 size) internal returns (uint64 count) {
        for (uint256 i = 0; i < size; ++i) {
            forged.append(_entry(1000 + forged.entries.length));
        }
        (count,,) = forged.seal();
    }

    /// @dev Two of three paths are owned: what they make up is executed.
    function _executeForged() internal {
        uint64 count = forged.sealedCount();
        _attest(NETWORK, _commitment(count, forged.head()));
        _attest(WATCHERS, _commitment(count, forged.head()));
        uint256 done = forged.windowAt(_executed());
        _execute(forged.prove(_executed(), forged.counts.length - 1 - done, count), TWO);
    }

    /// @dev On a quiet lane: nothing more is posted at the source until long after. The forgery's only boundary is inside the
    /// first honest window.
    function test_contradict_twoLiarsOnAQuietLaneByAThirdPathsLaterHead() public {
        _forge(2);
        _executeForged();
        assertEq(dstApp.executed(), 2, "the forgery took effect");
        _window(4);
        _attest(ONLY_THIRD, 4);
        _assertMoves();
        _expectHalt(2, NETWORK_2, 0, EXECUTED_LOG, forged.head());
        dst.contradict(SRC, laneId, _nodes(lane, 1, 1), NETWORK_2, 2, EXECUTED_LOG);
        _assertHalted("what the third path says has no head at 2");
    }

    function test_contradict_twoLiarsBehindAnHonestLog() public {
        _attest(ALL, _window(3));
        _executeNext(1, TWO);
        forged.append(lane.entries[0]);
        forged.append(lane.entries[1]);
        forged.append(lane.entries[2]);
        forged.seal();
        _forge(2);
        _executeForged();
        _window(6);
        _attest(ONLY_THIRD, 9);
        _assertMoves();
        bytes memory nodes = _nodes(lane, 1, 2);
        _expectHalt(5, NETWORK_2, 0, EXECUTED_LOG, forged.head());
        dst.contradict(SRC, laneId, nodes, NETWORK_2, 5, EXECUTED_LOG);
    }

    function test_contradict_twoLiarsAtACountThatTheThirdPathHasAsWell() public {
        _forge(4);
        _executeForged();
        _window(4);
        _window(1);
        _attest(ONLY_THIRD, 5);
        _expectHalt(4, NETWORK_2, lane.headAt(4), EXECUTED_LOG, forged.head());
        dst.contradict(SRC, laneId, _nodes(lane, 1, 2), NETWORK_2, 4, EXECUTED_LOG);
    }

    /// @dev What one path said before is inside a window that two others got executed.
    function test_contradict_theExecutedLogJumpsOverWhatWasSaid() public {
        _three();
        _lie(2, 5);
        _attest(TWO, 12);
        _executeNext(3, TWO);
        _assertMoves();
        _expectHalt(5, EXECUTED_LOG, 0, 2, JUNK);
        dst.contradict(SRC, laneId, _nodes(lane, 1, 2), EXECUTED_LOG, 5, 2);
    }

    function test_contradict_theExecutedLogJumpsOverItInItsFirstWindow() public {
        _lie(2, 2);
        _attest(TWO, _window(3));
        _executeNext(1, TWO);
        _expectHalt(2, EXECUTED_LOG, 0, 2, JUNK);
        dst.contradict(SRC, laneId, _nodes(lane, 1, 1), EXECUTED_LOG, 2, 2);
    }

    function test_contradict_theExecutedLogSpeaksOnlyOfWhatIsExecuted() public {
        _three();
        _attest(TWO, 12);
        _executeNext(1, TWO);
        _attest(ONLY_FIRST, 3);
        bytes memory nodes = _nodes(lane, 1, 2);
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathNotEnabled.selector, SRC, EXECUTED_LOG));
        dst.contradict(SRC, laneId, nodes, 0, 7, EXECUTED_LOG);
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathNotEnabled.selector, SRC, EXECUTED_LOG));
        dst.contradict(SRC, laneId, nodes, EXECUTED_LOG, 3, 0);
    }

    // ── what shows nothing ──────────────────────────────────────────────────────────────────────────────────────────

    function _refuse(bytes32 start, bytes memory nodes, uint8 path, uint64 count, uint8 other, bytes memory reason)
        internal
    {
        vm.expectRevert(reason);
        dst.contradict(SRC, start, nodes, path, count, other);
        _assertMoves();
    }

    function test_contradict_revertsWhereTheHeadsAgree() public {
        _three();
        _attest(ONLY_THIRD, 7);
        bytes memory reason = abi.encodeWithSelector(IGateway.NoContradiction.selector, SRC, 7, lane.headAt(7));
        _refuse(laneId, _nodes(lane, 1, 3), 0, 7, 2, reason);
        reason = abi.encodeWithSelector(IGateway.NoContradiction.selector, SRC, 12, lane.headAt(12));
        _refuse(laneId, _nodes(lane, 1, 3), 0, 12, 0, reason);
    }

    function test_contradict_revertsWhereBothLogsJumpOver() public {
        _three();
        _attest(TWO, 12);
        _executeNext(3, TWO);
        bytes memory reason = abi.encodeWithSelector(IGateway.NoContradiction.selector, SRC, 5, 0);
        _refuse(laneId, _nodes(lane, 1, 3), 0, 5, EXECUTED_LOG, reason);
        _refuse(laneId, _nodes(lane, 1, 3), EXECUTED_LOG, 5, EXECUTED_LOG, reason);
    }

    function test_contradict_revertsForACountThatTheNodesDontSpeakOf() public {
        _three();
        uint64[4] memory counts = [uint64(3), 5, 13, 2];
        for (uint256 i = 0; i < 4; ++i) {
            _lie(2, counts[i]);
            bytes memory reason = abi.encodeWithSelector(IGateway.CountNotShown.selector, SRC, counts[i]);
            // The list starts in the middle: nothing says where, nor what it jumps over before its first node.
            _refuse(lane.headAt(3), _nodes(lane, 2, 3), 0, counts[i], 2, reason);
        }
    }

    /// @dev Anyone can name a head and take it for the beginning; only the lane's id is.
    function test_contradict_theStartProvesNothing() public {
        _three();
        _lie(2, 5);
        bytes memory reason = abi.encodeWithSelector(IGateway.CountNotShown.selector, SRC, 5);
        _refuse(lane.headAt(7), _nodes(lane, 3, 3), 0, 5, 2, reason);
        reason = abi.encodeWithSelector(IGateway.CountNotShown.selector, SRC, 5);
        _refuse(lane.headAt(3), _nodes(lane, 2, 3), 0, 5, 2, reason);
    }

    function test_contradict_revertsForNodesThatNobodyAttested() public {
        _three();
        _lie(2, 7);
        bytes memory nodes = _nodes(lane, 1, 3);
        // Not up to what it attested.
        _refuse(laneId, _nodes(lane, 1, 2), 0, 7, 2, _unknown(0, 7, 0));
        // Altered in one bit, or from another start.
        bytes32 end = keccak256(abi.encode(lane.headAt(7), lane.roots[3] ^ bytes32(uint256(1)), uint256(12)));
        bytes memory altered = abi.encodePacked(_nodes(lane, 1, 2), lane.roots[3] ^ bytes32(uint256(1)), lane.counts[3]);
        _refuse(laneId, altered, 0, 7, 2, _unknown(0, 12, end));
        vm.expectPartialRevert(IGateway.AttestationUnknown.selector);
        dst.contradict(SRC, JUNK, nodes, 0, 7, 2);
        // No node at all.
        _refuse(laneId, "", 0, 7, 2, _unknown(0, 0, 0));
        // By another path, which has not said so.
        _refuse(laneId, nodes, 1, 7, 2, _unknown(1, 12, 0));
    }

    function test_contradict_revertsWhereTheOtherSaidNothing() public {
        _three();
        _refuse(laneId, _nodes(lane, 1, 3), 0, 7, 1, _unknown(1, 7, 0));
        _refuse(laneId, _nodes(lane, 1, 3), 0, 5, 0, _unknown(0, 5, 0));
    }

    function _unknown(uint8 path, uint64 count, bytes32 head) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IGateway.AttestationUnknown.selector, SRC, path, count, head);
    }

    function test_contradict_revertsForNodesOfNoLog() public {
        _three();
        _lie(2, 7);
        bytes memory nodes = _nodes(lane, 1, 3);
        bytes memory reason = abi.encodeWithSelector(LaneLog.SuffixLengthInvalid.selector, nodes.length + 1);
        _refuse(laneId, abi.encodePacked(nodes, uint8(0)), 0, 7, 2, reason);
        reason = abi.encodeWithSelector(LaneLog.WindowSizeInvalid.selector, 12, 12);
        _refuse(laneId, abi.encodePacked(nodes, lane.roots[3], uint64(12)), 0, 7, 2, reason);
        reason = abi.encodeWithSelector(LaneLog.WindowSizeInvalid.selector, 12, 141);
        _refuse(laneId, abi.encodePacked(nodes, lane.roots[3], uint64(141)), 0, 7, 2, reason);
        // From the empty log the first window is known to start at zero.
        reason = abi.encodeWithSelector(LaneLog.WindowSizeInvalid.selector, 0, 129);
        _refuse(laneId, abi.encodePacked(lane.roots[1], uint64(129)), 0, 7, 2, reason);
    }

    function test_contradict_revertsForPathsThatAreNone() public {
        _three();
        _lie(2, 7);
        bytes memory nodes = _nodes(lane, 1, 3);
        uint8[4] memory none = [3, 7, 8, 254];
        for (uint256 i = 0; i < 4; ++i) {
            bytes memory reason = abi.encodeWithSelector(IGateway.PathNotEnabled.selector, SRC, none[i]);
            _refuse(laneId, nodes, none[i], 7, 2, reason);
            _refuse(laneId, nodes, 0, 7, none[i], reason);
        }
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneNotOpen.selector, 9));
        dst.contradict(9, laneId, nodes, 0, 7, 2);
    }

    function test_contradict_aDisabledPathIsNoWitness() public {
        _three();
        _lie(2, 7);
        dst.disablePath(SRC, 2);
        bytes memory nodes = _nodes(lane, 1, 3);
        _refuse(laneId, nodes, 0, 7, 2, abi.encodeWithSelector(IGateway.PathNotEnabled.selector, SRC, 2));
        dst.disablePath(SRC, 0);
        _refuse(laneId, nodes, 0, 7, 1, _unknown(1, 7, 0));
        _attest(1, _commitment(7, JUNK));
        _refuse(laneId, nodes, 0, 7, 1, abi.encodeWithSelector(IGateway.PathNotEnabled.selector, SRC, 0));
    }

    // ── halted already ──────────────────────────────────────────────────────────────────────────────────────────────

    function test_contradict_laterEvidenceHasATimeOfItsOwn() public {
        _three();
        _lie(2, 7);
        _lie(2, 5);
        bytes memory nodes = _nodes(lane, 1, 3);
        dst.contradict(SRC, laneId, nodes, 0, 7, 2);
        uint64 first = dst.haltedAt(SRC);
        dst.contradict(SRC, laneId, nodes, 0, 5, 2);
        assertEq(dst.haltedAt(SRC), first + 1, "also in the same second");
        vm.warp(vm.getBlockTimestamp() + 100);
        dst.contradict(SRC, laneId, nodes, 0, 5, 2);
        assertEq(dst.haltedAt(SRC), vm.getBlockTimestamp(), "and later");
        vm.prank(dst.pauseController());
        dst.liftHalt(SRC);
        assertEq(dst.haltedAt(SRC), 0, "not halted");
        dst.contradict(SRC, laneId, nodes, 0, 5, 2);
        assertGt(dst.haltedAt(SRC), vm.getBlockTimestamp(), "a halt in the second of another is another");
    }

    function test_contradict_hidesNoGreaterReason() public {
        _three();
        _lie(2, 7);
        bytes memory nodes = _nodes(lane, 1, 3);
        Commitment memory falseAck = _commitment(12, lane.head());
        (falseAck.ackCount, falseAck.ackHead) = (3, JUNK);
        _attest(1, falseAck);
        uint64 at_ = dst.haltedAt(SRC);
        vm.warp(vm.getBlockTimestamp() + 1);
        dst.contradict(SRC, laneId, nodes, 0, 7, 2);
        assertEq(uint8(dst.haltOf(SRC)), uint8(Halt.FalseAck), "it stops more");
        assertEq(dst.haltedAt(SRC), at_ + 1, "and still it is evidence");
        dst.closeLane(SRC);
        at_ = dst.haltedAt(SRC);
        vm.warp(vm.getBlockTimestamp() + 1);
        dst.contradict(SRC, laneId, nodes, 0, 7, 2);
        assertEq(uint8(dst.haltOf(SRC)), uint8(Halt.Closed), "for good");
        assertEq(dst.haltedAt(SRC), at_, "since then");
    }

    function test_receiveMessage_onAHaltedLaneOnlyEvidenceMovesItsTime() public {
        _lie(2, 7);
        _lie(1, 7);
        _lie(0, 7);
        _attest(0, _commitment(7, "other"));
        uint64 at_ = dst.haltedAt(SRC);
        vm.warp(vm.getBlockTimestamp() + 10);
        _lie(2, 9);
        _lie(2, 7);
        assertEq(dst.haltedAt(SRC), at_, "what agrees is none");
        _attest(0, _commitment(9, "other"));
        assertEq(dst.haltedAt(SRC), vm.getBlockTimestamp(), "what differs is");
    }

    // ── fuzz ────────────────────────────────────────────────────────────────────────────────────────────────────────

    function _pick(uint256 seed, string memory what, uint256 size) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, what))) % size;
    }

    /// @dev Cuts a log of up to 30 entries anywhere.
    function _cut(uint256 seed, uint256 size) internal {
        for (uint256 i = 0; i < size; ++i) {
            _post(1);
            if ((seed >> i) & 1 == 1) _seal();
        }
        if (lane.posted() != lane.sealedCount()) _seal();
    }

    /// @dev Whatever honest paths have attested, and whatever of the log is executed: any part of the log, with any start,
    /// held against any word, shows nothing.
    function testFuzz_contradict_neverAgainstHonestPaths(uint256 cuts, uint8 size, uint256 seed) public {
        _cut(cuts, bound(size, 1, 30));
        uint256 windows = lane.counts.length - 1;
        for (uint8 path = 0; path < 3; ++path) {
            for (uint256 i = 0; i <= windows; ++i) {
                if ((seed >> (3 * i + path)) & 1 == 0) continue;
                _attest(path, _commitment(lane.counts[i], lane.heads[i]));
            }
        }
        _attest(TWO, lane.sealedCount());
        uint256 executed = _pick(seed, "executed", windows + 1);
        if (executed != 0) _executeNext(executed, TWO);
        for (uint256 i = 0; i < 24; ++i) {
            _tryHonest(uint256(keccak256(abi.encode(seed, i))), windows);
        }
        _assertMoves();
    }

    function _tryHonest(uint256 seed, uint256 windows) internal {
        uint256 first = 1 + _pick(seed, "first", windows);
        uint256 last = first + _pick(seed, "last", windows + 1 - first);
        bytes memory nodes = _nodes(lane, first, last);
        if (_pick(seed, "mutate", 4) == 0) nodes[_pick(seed, "byte", nodes.length)] ^= bytes1(uint8(1 + seed % 255));
        bytes32 start = _pick(seed, "start", 4) == 0 ? laneId : lane.heads[first - 1];
        uint8 path = _pick(seed, "log", 3) == 0 ? EXECUTED_LOG : uint8(_pick(seed, "path", 4));
        uint8 other = _pick(seed, "otherLog", 3) == 0 ? EXECUTED_LOG : uint8(_pick(seed, "other", 4));
        uint64 count = uint64(_pick(seed, "count", lane.posted() + 3));
        try dst.contradict(SRC, start, nodes, path, count, other) {
            assertTrue(false, "honest words were turned against each other");
        } catch {}
    }

    /// @dev Two liars make up a log of any windows and get it executed. As soon as the third path has told a count beyond
    /// it, wherever the honest log is cut, somebody can show it, or it shows by itself.
    function testFuzz_contradict_alwaysAgainstAForkThatTheHonestLogHasPassed(
        uint256 cuts,
        uint8 size,
        uint256 forgedCuts,
        uint8 shared,
        uint256 seed
    ) public {
        _cut(cuts, bound(size, 2, 24));
        uint256 windows = lane.counts.length - 1;
        // They may start with windows of the honest log.
        uint256 common = bound(shared, 0, windows - 1);
        for (uint256 i = 0; i < lane.counts[common]; ++i) {
            forged.append(lane.entries[i]);
            if (lane.counts[lane.windowAtOrAbove(uint64(i + 1))] == i + 1) forged.seal();
        }
        uint256 room = lane.sealedCount() - lane.counts[common];
        uint256 total = 1 + _pick(seed, "forged", room);
        for (uint256 i = 0; i < total; ++i) {
            forged.append(_entry(1000 + i));
            if (i + 1 == total || (forgedCuts >> i) & 1 == 1) forged.seal();
        }
        _executeForged();
        _attest(ONLY_THIRD, lane.sealedCount());
        if (dst.haltOf(SRC) != Halt.None) return;
        uint64 count = forged.counts[common + 1];
        dst.contradict(SRC, laneId, _nodes(lane, 1, windows), NETWORK_2, count, EXECUTED_LOG);
        _assertHalted("the fork's first boundary is in the honest log with another head, or not at all");
    }
}
