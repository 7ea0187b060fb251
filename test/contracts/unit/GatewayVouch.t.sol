// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Halt, IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {LaneLog} from "../../../contracts/libraries/LaneLog.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {Log, Logs} from "../mocks/Logs.sol";
import {TwoGateways} from "../mocks/TwoGateways.sol";

/// @dev A third path's word behind what two have moved: what large entries wait for.
contract GatewayVouchTest is TwoGateways {
    using Logs for Log;

    uint8 internal constant ONLY_THIRD = 4;
    bytes32 internal constant JUNK = keccak256("junk");

    function _nodes(uint256 first, uint256 last) internal view returns (bytes memory nodes) {
        for (uint256 i = first; i <= last; ++i) {
            nodes = abi.encodePacked(nodes, lane.roots[i], lane.counts[i]);
        }
    }

    /// @dev Windows that end at 3, 7 and 12, of which two paths have moved the first two.
    function _executed7() internal {
        _window(3);
        _window(4);
        _window(5);
        _attest(TWO, 12);
        _executeNext(2, TWO);
        assertEq(dst.quorum(SRC, 6), 2, "two paths have moved it");
    }

    function _refuse(uint8 path, uint64 count, bytes memory suffix, bytes memory reason) internal {
        vm.expectRevert(reason);
        dst.vouch(SRC, path, count, suffix);
    }

    function _unknown(uint64 count, bytes32 head) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IGateway.AttestationUnknown.selector, SRC, NETWORK_2, count, head);
    }

    function _nothing(uint64 count) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IGateway.NothingVouched.selector, SRC, NETWORK_2, count);
    }

    // ── what vouches ────────────────────────────────────────────────────────────────────────────────────────────────

    function test_vouch_byWhatItAttestedAtAnExecutedCount() public {
        _executed7();
        _attest(ONLY_THIRD, 7);
        vm.expectEmit(address(dst));
        emit IGateway.Vouched(SRC, NETWORK_2, 7);
        vm.prank(makeAddr("anyone"));
        dst.vouch(SRC, NETWORK_2, 7, "");
        assertEq(dst.quorum(SRC, 0), 3, "a head stands behind all before it");
        assertEq(dst.quorum(SRC, 6), 3, "to the last");
        assertEq(dst.quorum(SRC, 7), 0, "and behind nothing that is not executed");
    }

    function test_vouch_byWhatItAttestedFurtherOn() public {
        _executed7();
        _attest(ONLY_THIRD, 12);
        dst.vouch(SRC, NETWORK_2, 7, _nodes(3, 3));
        assertEq(dst.quorum(SRC, 6), 3, "a later head passes through 7");
    }

    function test_vouch_forAnEarlierBoundary() public {
        _executed7();
        _attest(ONLY_THIRD, 3);
        dst.vouch(SRC, NETWORK_2, 3, "");
        assertEq(dst.quorum(SRC, 2), 3, "as far as it says");
        assertEq(dst.quorum(SRC, 3), 2, "and no further");
        _attest(ONLY_THIRD, 12);
        dst.vouch(SRC, NETWORK_2, 7, _nodes(3, 3));
        assertEq(dst.quorum(SRC, 6), 3, "it rises");
    }

    function test_vouch_throughExecutedWindows() public {
        _executed7();
        _attest(ONLY_THIRD, 7);
        dst.vouch(SRC, NETWORK_2, 3, _nodes(2, 2));
        assertEq(dst.quorum(SRC, 2), 3, "from any executed boundary on");
    }

    function test_vouch_forWhatItMovedItself() public {
        _executed7();
        _refuse(NETWORK, 7, "", abi.encodeWithSelector(IGateway.NothingVouched.selector, SRC, NETWORK, 7));
        assertEq(dst.quorum(SRC, 6), 2, "nobody counts twice");
    }

    function test_vouch_whileTheLaneIsStopped() public {
        _executed7();
        _attest(ONLY_THIRD, 7);
        vm.prank(dst.pauseController());
        dst.setPause(SRC, Direction.In, uint64(vm.getBlockTimestamp() + 1 days));
        _attest(2, _commitment(9, JUNK));
        _attest(0, _commitment(9, "other"));
        dst.vouch(SRC, NETWORK_2, 7, "");
        assertEq(dst.quorum(SRC, 6), 3, "it moves nothing by itself");
    }

    function test_vouch_fallsWithTheWordOfADisabledPath() public {
        _executed7();
        _attest(ONLY_THIRD, 7);
        dst.vouch(SRC, NETWORK_2, 7, "");
        dst.disablePath(SRC, NETWORK_2);
        assertEq(dst.quorum(SRC, 6), 2, "void");
        dst.disablePath(SRC, NETWORK);
        assertEq(dst.quorum(SRC, 6), 1, "also where it moved the log");
    }

    // ── what does not ───────────────────────────────────────────────────────────────────────────────────────────────

    function test_vouch_revertsForWhatIsNotExecuted() public {
        _executed7();
        _attest(ONLY_THIRD, 12);
        uint64[4] memory counts = [uint64(12), 5, 8, 1 << 40];
        for (uint256 i = 0; i < 4; ++i) {
            _refuse(NETWORK_2, counts[i], "", _nothing(counts[i]));
        }
        // The empty log has a head, and nothing in it.
        _attest(ONLY_THIRD, 0);
        _refuse(NETWORK_2, 0, "", _nothing(0));
    }

    function test_vouch_revertsForWhatIsVouchedAlready() public {
        _executed7();
        _attest(ONLY_THIRD, 7);
        dst.vouch(SRC, NETWORK_2, 7, "");
        _refuse(NETWORK_2, 7, "", _nothing(7));
        _refuse(NETWORK_2, 3, _nodes(2, 2), _nothing(3));
    }

    function test_vouch_revertsForWhatThePathDidNotSay() public {
        _executed7();
        _refuse(NETWORK_2, 7, "", _unknown(7, 0));
        _refuse(NETWORK_2, 7, _nodes(3, 3), _unknown(12, 0));
        _attest(NETWORK_2, _commitment(12, JUNK));
        // The other two said another head there: evidence, and no word for this log.
        assertEq(uint8(dst.haltOf(SRC)), uint8(Halt.Contradiction), "halted");
        _refuse(NETWORK_2, 7, _nodes(3, 3), _unknown(12, lane.headAt(12)));
    }

    function test_vouch_revertsForAnAlteredSuffix() public {
        _executed7();
        _attest(ONLY_THIRD, 12);
        bytes memory suffix = _nodes(3, 3);
        for (uint256 i = 0; i < 32; i += 5) {
            bytes memory altered = abi.encodePacked(suffix);
            altered[i] ^= 0x01;
            vm.expectPartialRevert(IGateway.AttestationUnknown.selector);
            dst.vouch(SRC, NETWORK_2, 7, altered);
        }
        bytes memory reason = abi.encodeWithSelector(LaneLog.SuffixLengthInvalid.selector, 41);
        _refuse(NETWORK_2, 7, abi.encodePacked(suffix, uint8(0)), reason);
        reason = abi.encodeWithSelector(LaneLog.WindowSizeInvalid.selector, 12, 12);
        _refuse(NETWORK_2, 7, abi.encodePacked(suffix, suffix), reason);
        reason = abi.encodeWithSelector(LaneLog.WindowSizeInvalid.selector, 7, 136);
        _refuse(NETWORK_2, 7, abi.encodePacked(JUNK, uint64(136)), reason);
        // From another boundary the same nodes lead elsewhere.
        vm.expectPartialRevert(IGateway.AttestationUnknown.selector);
        dst.vouch(SRC, NETWORK_2, 3, suffix);
    }

    function test_vouch_revertsForPathsThatAreNone() public {
        _executed7();
        uint8[4] memory none = [3, 8, 254, 255];
        for (uint256 i = 0; i < 4; ++i) {
            _refuse(none[i], 7, "", abi.encodeWithSelector(IGateway.PathNotEnabled.selector, SRC, none[i]));
        }
        _attest(ONLY_THIRD, 7);
        dst.disablePath(SRC, NETWORK_2);
        _refuse(NETWORK_2, 7, "", abi.encodeWithSelector(IGateway.PathNotEnabled.selector, SRC, NETWORK_2));
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneNotOpen.selector, 9));
        dst.vouch(9, NETWORK_2, 7, "");
    }

    /// @dev A liar's fork stands behind what it has in common with the log, and never behind itself.
    function test_vouch_aForkVouchesForNothingOfItsOwn() public {
        _executed7();
        bytes32 fork = keccak256(abi.encode(lane.headAt(7), JUNK, uint256(9)));
        _attest(NETWORK_2, _commitment(9, fork));
        bytes memory suffix = abi.encodePacked(JUNK, uint64(9));
        _refuse(NETWORK_2, 9, "", _nothing(9));
        dst.vouch(SRC, NETWORK_2, 7, suffix);
        assertEq(dst.quorum(SRC, 6), 3, "what came before the fork");
        assertEq(dst.quorum(SRC, 7), 0, "nothing of the fork");
    }

    // ── fuzz ────────────────────────────────────────────────────────────────────────────────────────────────────────

    function _pick(uint256 seed, string memory what, uint256 size) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, what))) % size;
    }

    /// @dev Against a model: a path stands behind an executed entry only if it has moved it, or has attested, truly, a head
    /// at or above it. Every path that has can be shown to.
    function testFuzz_vouch_isWhatThePathsSaid(uint256 seed) public {
        uint256 windows = 1 + seed % 6;
        for (uint256 i = 0; i < windows; ++i) {
            _window(1 + (seed >> (8 + 3 * i)) % 4);
        }
        uint256 end = 1 + _pick(seed, "executed", windows);
        _attest(TWO, lane.sealedCount());
        _executeNext(end, TWO);
        // The highest that the third path has told.
        uint64 reach;
        for (uint256 i = 1; i <= windows; ++i) {
            if ((seed >> (40 + i)) & 1 == 0) continue;
            _attest(NETWORK_2, _commitment(lane.counts[i], lane.heads[i]));
            reach = lane.counts[i];
        }
        for (uint256 i = 0; i < 16; ++i) {
            _tryVouch(uint256(keccak256(abi.encode(seed, i))), windows);
        }
        for (uint64 i = 0; i < lane.posted(); ++i) {
            uint256 most = i >= lane.counts[end] ? 0 : reach > i ? 3 : 2;
            assertLe(dst.quorum(SRC, i), most, "nobody stands behind what it did not say");
        }
        uint256 told = lane.windowAt(reach);
        uint256 shown = told < end ? told : end;
        if (shown == 0) return;
        try dst.vouch(SRC, NETWORK_2, lane.counts[shown], _nodes(shown + 1, told)) {} catch {}
        assertEq(dst.quorum(SRC, lane.counts[shown] - 1), 3, "and what it said can be shown");
    }

    function _tryVouch(uint256 seed, uint256 windows) internal {
        uint256 from = _pick(seed, "from", windows + 1);
        uint256 to = from + _pick(seed, "to", windows + 1 - from);
        bytes memory suffix = _nodes(from + 1, to);
        if (suffix.length != 0 && _pick(seed, "mutate", 3) == 0) {
            suffix[_pick(seed, "byte", suffix.length)] ^= bytes1(uint8(1 + seed % 255));
        }
        uint64 count = _pick(seed, "count", 4) == 0 ? uint64(_pick(seed, "any", 30)) : lane.counts[from];
        try dst.vouch(SRC, uint8(_pick(seed, "path", 4)), count, suffix) {} catch {}
    }
}
