// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {LaneLog} from "../../../contracts/libraries/LaneLog.sol";
import {Entry} from "../../../contracts/types/Entry.sol";
import {Log, Logs, Proof} from "../mocks/Logs.sol";
import {TestApp} from "../mocks/TestApp.sol";
import {TwoGateways} from "../mocks/TwoGateways.sol";
import {Deploy} from "../mocks/Deploy.sol";

contract GatewayExecuteTest is TwoGateways {
    using Logs for Log;

    /// @dev What is shown hashes to another head than what was attested. Its values: see the test of the error.
    function _expectHeadMismatch() internal {
        vm.expectPartialRevert(IGateway.LaneHeadMismatch.selector);
    }

    // ── what executes ───────────────────────────────────────────────────────────────────────────────────────────────

    function test_execute_movesTheLogOnTwoPathsWord() public {
        uint64 count = _window(5);
        _attest(TWO, count);
        vm.expectEmit(address(dst));
        emit IGateway.WindowExecuted(SRC, 5, lane.head(), TWO);
        _executeNext(1, TWO);

        (uint64 executed, bytes32 head) = dst.inbox(SRC);
        assertEq(executed, 5, "the window is executed");
        assertEq(head, src.sealedHead(DST, 5), "both sides have one head at one count");
        assertEq(dst.executedHead(SRC, 5), head, "and it is kept");
        assertEq(dstApp.executed(), 5, "the app got every entry");
        for (uint64 i = 0; i < 5; ++i) {
            assertEq(dstApp.timesExecuted(i), 1, "once");
        }
    }

    function test_execute_severalWindowsAtOnce() public {
        _window(5);
        _window(1);
        _window(128);
        _attest(TWO, lane.sealedCount());
        _executeNext(3, TWO);
        assertEq(_executed(), 134, "three windows in one call");
        assertEq(dst.executedHead(SRC, 5), lane.headAt(5), "each boundary is kept");
        assertEq(dst.executedHead(SRC, 6), lane.headAt(6), "each boundary is kept");
    }

    function test_execute_aLaterAttestationOpensEarlierWindows() public {
        _window(5);
        _window(6);
        _window(7);
        _attest(TWO, 18);
        _executeNext(1, TWO);
        assertEq(_executed(), 5, "by the suffix");
        _executeNext(1, TWO);
        _executeNext(1, TWO);
        assertEq(_executed(), 18, "to the end");
    }

    function test_execute_pathsMayAttestDifferentCounts() public {
        _window(5);
        _window(6);
        _window(7);
        _attest(1, _commitment(11, lane.headAt(11)));
        _attest(0, _commitment(18, lane.headAt(18)));
        _executeNext(1, TWO);
        assertEq(_executed(), 5, "each on the one chain that is shown");
    }

    function test_execute_andThenTheOpposite() public {
        uint64 count = _window(2);
        _attest(TWO, count);
        _executeNext(1, TWO);
        (uint64 posted,,) = dst.outbox(SRC);
        assertEq(posted, 0, "the two directions are two logs");
    }

    function test_quorum_countsThePathsThatVouch() public {
        _window(2);
        _attest(ALL, 2);
        _executeNext(1, TWO);
        assertEq(dst.quorum(SRC, 0), 2, "two were named");
        assertEq(dst.quorum(SRC, 2), 0, "not executed yet");
        _window(2);
        _attest(ALL, 4);
        _executeNext(1, ALL);
        assertEq(dst.quorum(SRC, 0), 3, "a head vouches for all before it");
        assertEq(dst.quorum(SRC, 3), 3, "three were named");
    }

    function test_execute_callsTheAppOnceInside() public {
        uint64 count = _window(2);
        _attest(TWO, count);
        Proof memory proof = lane.prove(0, 1, count);
        dstApp.setInside(abi.encodeCall(IGateway.execute, (SRC, proof.counts, proof.entries, proof.suffix, TWO)));
        vm.expectRevert(
            abi.encodeWithSelector(
                TestApp.InsideFailed.selector,
                abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
            )
        );
        _execute(proof, TWO);
    }

    // ── which paths ─────────────────────────────────────────────────────────────────────────────────────────────────

    function test_execute_revertsOnOnePath() public {
        uint64 count = _window(1);
        _attest(ALL, count);
        Proof memory proof = lane.prove(0, 1, count);
        for (uint8 path = 0; path < 3; ++path) {
            vm.expectRevert(abi.encodeWithSelector(IGateway.PathsTooFew.selector, SRC, 2, 1));
            _execute(proof, uint8(1 << path));
        }
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathsTooFew.selector, SRC, 2, 0));
        _execute(proof, 0);
    }

    function test_execute_revertsWhenOneOfTwoDidNotAttest() public {
        uint64 count = _window(1);
        _attest(0, _commitment(count, lane.head()));
        Proof memory proof = lane.prove(0, 1, count);
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathsNotAttested.selector, SRC, 2));
        _execute(proof, TWO);
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathsNotAttested.selector, SRC, 6));
        _execute(proof, ALL);
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathsNotAttested.selector, SRC, 6));
        _execute(proof, 6);
    }

    function test_execute_anAttestationBelowTheWindowIsNone() public {
        _window(2);
        _attest(TWO, 2);
        _executeNext(1, TWO);
        _window(2);
        Proof memory proof = lane.prove(2, 1, 4);
        _attest(0, _commitment(4, lane.head()));
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathsNotAttested.selector, SRC, 2));
        _execute(proof, TWO);
    }

    function test_execute_revertsForADisabledIndex() public {
        uint64 count = _window(1);
        _attest(ALL, count);
        Proof memory proof = lane.prove(0, 1, count);
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathsNotEnabled.selector, SRC, ALL, 9));
        _execute(proof, 9);
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathsNotEnabled.selector, SRC, ALL, 0xff));
        _execute(proof, 0xff);
    }

    function test_execute_revertsWithoutANetwork() public {
        // A lane with watchers at 1 and 3: two sets of watchers are still no network.
        dst.addPath(SRC, 3, address(Deploy.testPath(address(dst), SRC, srcName)), false);
        uint64 count = _window(1);
        Proof memory proof = lane.prove(0, 1, count);
        vm.expectRevert(abi.encodeWithSelector(IGateway.NetworkPathMissing.selector, SRC, 5, 10));
        _execute(proof, 10);
    }

    function test_execute_revertsForALaneThatIsNotOpen() public {
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneNotOpen.selector, 9));
        dst.execute(9, new uint64[](0), new Entry[](0), "", TWO);
    }

    // ── what is shown ───────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev Three windows of 3, 4 and 5, attested by two at the end; the first is to be executed.
    function _three() internal returns (Proof memory) {
        _window(3);
        _window(4);
        _window(5);
        _attest(TWO, 12);
        return lane.prove(0, 1, 12);
    }

    function test_execute_revertsForAnAlteredEntry() public {
        Proof memory proof = _three();
        bytes32 party = proof.entries[1].party;
        proof.entries[1].party = bytes32(uint256(party) ^ 1);
        _expectHeadMismatch();
        _execute(proof, TWO);
        proof.entries[1].party = party;
        proof.entries[2].word ^= 1 << 8;
        _expectHeadMismatch();
        _execute(proof, TWO);
        proof.entries[2].word ^= 1 << 8;
        proof.entries[0].account = 0;
        _expectHeadMismatch();
        _execute(proof, TWO);
    }

    function test_execute_theErrorSaysWhatWasAttested() public {
        uint64 count = _window(1);
        _attest(TWO, count);
        Proof memory proof = lane.prove(0, 1, count);
        proof.entries[0].party = 0;
        bytes32 root =
            keccak256(abi.encode(bytes32(0), proof.entries[0].word, proof.entries[0].account, proof.entries[0].party));
        bytes32 shown = keccak256(abi.encode(laneId, root, uint256(1)));
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneHeadMismatch.selector, SRC, 0, 1, lane.head(), shown));
        _execute(proof, TWO);
    }

    function test_execute_revertsForAMissingEntry() public {
        Proof memory proof = _three();
        Entry[] memory fewer = new Entry[](2);
        (fewer[0], fewer[1]) = (proof.entries[0], proof.entries[1]);
        proof.entries = fewer;
        vm.expectRevert(abi.encodeWithSelector(IGateway.EntryCountMismatch.selector, 3, 2));
        _execute(proof, TWO);
        // Saying that the window is shorter doesn't help.
        proof.counts[0] = 2;
        _expectHeadMismatch();
        _execute(proof, TWO);
    }

    function test_execute_revertsForAnExtraEntry() public {
        Proof memory proof = _three();
        Entry[] memory more = new Entry[](4);
        (more[0], more[1], more[2], more[3]) = (proof.entries[0], proof.entries[1], proof.entries[2], _entry(0));
        proof.entries = more;
        vm.expectRevert(abi.encodeWithSelector(IGateway.EntryCountMismatch.selector, 3, 4));
        _execute(proof, TWO);
        proof.counts[0] = 4;
        vm.expectPartialRevert(IGateway.LaneHeadMismatch.selector);
        _execute(proof, TWO);
    }

    function test_execute_revertsForReorderedEntries() public {
        Proof memory proof = _three();
        (proof.entries[0], proof.entries[1]) = (proof.entries[1], proof.entries[0]);
        _expectHeadMismatch();
        _execute(proof, TWO);
    }

    function test_execute_revertsForAWindowCutElsewhere() public {
        _three();
        Proof memory proof = lane.prove(0, 2, 12);
        proof.counts[0] = 4;
        _expectHeadMismatch();
        _execute(proof, TWO);
        // Two windows told as one.
        uint64[] memory one = new uint64[](1);
        one[0] = 7;
        proof.counts = one;
        _expectHeadMismatch();
        _execute(proof, TWO);
    }

    function test_execute_revertsForAWrongSuffix() public {
        Proof memory proof = _three();
        bytes memory good = proof.suffix;
        proof.suffix = abi.encodePacked(good);
        proof.suffix[0] ^= 0x01;
        _expectHeadMismatch();
        _execute(proof, TWO);
        // Too short: it ends at 7, where nobody attested anything.
        proof = lane.prove(0, 1, 7);
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathsNotAttested.selector, SRC, 3));
        _execute(proof, TWO);
        proof = lane.prove(0, 1, 3);
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathsNotAttested.selector, SRC, 3));
        _execute(proof, TWO);
        // No number of nodes.
        proof.suffix = abi.encodePacked(good, uint8(0));
        vm.expectRevert(abi.encodeWithSelector(LaneLog.SuffixLengthInvalid.selector, good.length + 1));
        _execute(proof, TWO);
        // Counts that don't rise, and nodes swapped.
        proof.suffix = abi.encodePacked(good, good);
        vm.expectRevert(abi.encodeWithSelector(LaneLog.WindowSizeInvalid.selector, 12, 7));
        _execute(proof, TWO);
        proof.suffix = abi.encodePacked(lane.roots[3], uint64(12), lane.roots[2], uint64(7));
        vm.expectRevert(abi.encodeWithSelector(LaneLog.WindowSizeInvalid.selector, 12, 7));
        _execute(proof, TWO);
    }

    function test_execute_revertsForAWindowAbove128() public {
        _post(128);
        _post(1);
        _seal();
        _attest(TWO, 129);
        Proof memory proof = lane.prove(0, 2, 129);
        uint64[] memory one = new uint64[](1);
        one[0] = 129;
        proof.counts = one;
        vm.expectRevert(abi.encodeWithSelector(LaneLog.WindowSizeInvalid.selector, 0, 129));
        _execute(proof, TWO);
        proof = lane.prove(0, 1, 128);
        proof.suffix = abi.encodePacked(bytes32("root"), uint64(128 + 129));
        vm.expectRevert(abi.encodeWithSelector(LaneLog.WindowSizeInvalid.selector, 128, 257));
        _execute(proof, TWO);
    }

    function test_execute_revertsForAnEmptyWindow() public {
        Proof memory proof = _three();
        uint64[] memory two = new uint64[](2);
        (two[0], two[1]) = (3, 3);
        proof.counts = two;
        vm.expectRevert(abi.encodeWithSelector(LaneLog.WindowSizeInvalid.selector, 3, 3));
        _execute(proof, TWO);
        proof.counts = new uint64[](0);
        vm.expectRevert(abi.encodeWithSelector(IGateway.NoWindows.selector, SRC));
        _execute(proof, TWO);
        proof.counts = new uint64[](1);
        vm.expectRevert(abi.encodeWithSelector(LaneLog.WindowSizeInvalid.selector, 0, 0));
        _execute(proof, TWO);
    }

    function test_execute_revertsWhenReplayed() public {
        Proof memory proof = _three();
        _execute(proof, TWO);
        vm.expectRevert(abi.encodeWithSelector(LaneLog.WindowSizeInvalid.selector, 3, 3));
        _execute(proof, TWO);
        assertEq(dstApp.timesExecuted(0), 1, "once");
    }

    function test_execute_revertsOutOfOrder() public {
        _three();
        Proof memory proof = lane.prove(3, 1, 12);
        vm.expectRevert(abi.encodeWithSelector(IGateway.EntryCountMismatch.selector, 7, 4));
        _execute(proof, TWO);
    }

    function test_execute_revertsWhereANamedPathAttestedAnotherHead() public {
        _window(3);
        _window(4);
        _attest(0, _commitment(7, lane.headAt(7)));
        _attest(1, _commitment(3, "junk"));
        Proof memory proof = lane.prove(0, 1, 7);
        vm.expectRevert(
            abi.encodeWithSelector(IGateway.LaneHeadMismatch.selector, SRC, 1, 3, bytes32("junk"), lane.headAt(3))
        );
        _execute(proof, TWO);
    }

    function test_execute_revertsWhereAnyEnabledPathAttestedAnotherHead() public {
        // Nobody else attested 3, so the lane is not halted; still the third path says no to this window.
        _window(3);
        _window(4);
        _attest(TWO, 7);
        _attest(2, _commitment(3, "junk"));
        bytes memory mismatch =
            abi.encodeWithSelector(IGateway.LaneHeadMismatch.selector, SRC, 2, 3, bytes32("junk"), lane.headAt(3));
        Proof memory proof = lane.prove(0, 1, 7);
        vm.expectRevert(mismatch);
        _execute(proof, TWO);
        // Nor does it pass in one transaction with a window to which nobody says no.
        proof = lane.prove(0, 2, 7);
        vm.expectRevert(mismatch);
        _execute(proof, TWO);
    }

    // ── an attestation vouches for nothing behind it ────────────────────────────────────────────────────────────────

    /// @dev One path tells the truth about a window; the other alone attests a forged window behind it.
    function _forgedTail(uint8 honest, uint8 liar) internal returns (uint64[] memory counts, Entry[] memory entries) {
        uint64 count = _window(3);
        _attest(honest, _commitment(count, lane.headAt(count)));
        Entry memory forged = _entry(99);
        bytes32 root = keccak256(abi.encode(bytes32(0), forged.word, forged.account, forged.party));
        _attest(liar, _commitment(count + 1, keccak256(abi.encode(lane.headAt(count), root, uint256(count + 1)))));
        counts = new uint64[](2);
        (counts[0], counts[1]) = (count, count + 1);
        entries = new Entry[](count + 1);
        Proof memory proof = lane.prove(0, 1, count);
        for (uint256 i = 0; i < count; ++i) {
            entries[i] = proof.entries[i];
        }
        entries[count] = forged;
    }

    function test_execute_anAttestationVouchesForNothingBehindIt() public {
        for (uint8 liar = 0; liar < 2; ++liar) {
            uint256 state = vm.snapshotState();
            uint8 honest = 1 - liar;
            (uint64[] memory counts, Entry[] memory entries) = _forgedTail(honest, liar);
            vm.expectRevert(abi.encodeWithSelector(IGateway.PathsNotAttested.selector, SRC, uint8(1 << honest)));
            dst.execute(SRC, counts, entries, "", TWO);
            // With a third path that is honest as well, and says no more.
            _attest(2, _commitment(counts[0], lane.headAt(counts[0])));
            vm.expectRevert(abi.encodeWithSelector(IGateway.PathsNotAttested.selector, SRC, uint8(ALL & ~(1 << liar))));
            dst.execute(SRC, counts, entries, "", ALL);
            assertEq(_executed(), 0, "one path's word moves nothing");
            vm.revertToState(state);
        }
    }

    /// @dev The true part of it moves, and no more.
    function test_execute_theHonestPartStillMoves() public {
        uint64 count = _window(3);
        _attest(TWO, count);
        _executeNext(1, TWO);
        assertEq(_executed(), count, "what two paths said");
        assertEq(dst.quorum(SRC, count - 1), 2, "two vouch for it");
        assertEq(dst.quorum(SRC, count), 0, "and for nothing behind it");
    }

    /// @dev Paths vouch by a model of its own, over random windows, attestations and forged tails.
    function testFuzz_execute_movesOnlyWhatEachNamedPathReaches(uint256 seed) public {
        uint256 windows = 1 + seed % 4;
        for (uint256 i = 0; i < windows; ++i) {
            _window(1 + (seed >> (8 + 2 * i)) % 3);
        }
        uint64[4] memory reach; // the highest count that each path has attested, truly
        for (uint8 path = 0; path < 3; ++path) {
            for (uint256 i = 0; i < windows; ++i) {
                if ((seed >> (32 + 4 * uint256(path) + i)) & 1 == 0) continue;
                uint64 count = lane.counts[i + 1];
                _attest(path, _commitment(count, lane.headAt(count)));
                reach[path] = count;
            }
        }
        uint256 take = 1 + (seed >> 64) % windows;
        uint64 end = lane.counts[take];
        uint8 paths = uint8(1 + (seed >> 72) % 7);
        bool isAllowed = true;
        uint256 named;
        for (uint8 path = 0; path < 3; ++path) {
            if ((paths >> path) & 1 == 0) continue;
            ++named;
            if (reach[path] < end) isAllowed = false;
        }
        if (named < 2) isAllowed = false;
        Proof memory proof = lane.prove(0, take, lane.sealedCount());
        try dst.execute(SRC, proof.counts, proof.entries, proof.suffix, paths) {
            assertTrue(isAllowed, "5, 6: each named path reaches the end of what it moves");
        } catch {
            assertFalse(isAllowed, "and where each does, it moves");
        }
    }
}
