// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Halt} from "../../../contracts/interfaces/IGateway.sol";
import {Commitment} from "../../../contracts/types/Commitment.sol";
import {Entry} from "../../../contracts/types/Entry.sol";
import {Deploy} from "../mocks/Deploy.sol";
import {IWatcherPath} from "../mocks/Interfaces.sol";
import {Log, Logs, Proof} from "../mocks/Logs.sol";
import {Roles} from "../mocks/Roles.sol";
import {TwoGateways} from "../mocks/TwoGateways.sol";
import {Watchers} from "../mocks/Watchers.sol";

/// @dev A log of nine windows, two of them executed, told by all paths at its end alone. Whatever is changed in what paths say
/// and relayers show is refused, or moves nothing but the true log. A run of all eight tests tries eleven mutations: 2,816
/// with the default profile, 220,000 with the deep one.
contract MutationsFuzzTest is TwoGateways {
    using Logs for Log;

    uint256 internal constant TRIES = 1;
    uint64 internal constant DONE = 7;
    uint8 internal constant SIGNED = 3;

    IWatcherPath internal watcherPath;
    uint256[] internal keys;

    function setUp() public override {
        super.setUp();
        vm.chainId(DST_CHAIN);
        keys = Watchers.keys("watcher", 3);
        watcherPath = Deploy.watcherPath(address(dst), address(manager), Watchers.addresses(keys), 2);
        Roles.ofPath(manager, address(watcherPath));
        watcherPath.openRemote(SRC, SRC_CHAIN, address(src));
        dst.addPath(SRC, SIGNED, address(watcherPath), false);
        uint8[9] memory sizes = [3, 4, 1, 6, 2, 5, 1, 9, 2];
        for (uint256 i = 0; i < 9; ++i) {
            _window(sizes[i]);
        }
        _attest(TWO, DONE);
        _executeNext(2, TWO);
        assertEq(_executed(), DONE, "two windows are executed");
    }

    function _pick(uint256 seed, string memory what, uint256 size) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, what))) % size;
    }

    function _proof(uint256 seed) internal view returns (Proof memory) {
        return lane.prove(DONE, 1 + _pick(seed, "windows", 7), lane.sealedCount());
    }

    /// @dev One to four bits, all different bytes or the same one, at least one of which stays flipped.
    function _flip(bytes memory data, uint256 seed) internal pure returns (bytes memory flipped) {
        flipped = abi.encodePacked(data);
        uint256 flips = 1 + _pick(seed, "flips", 4);
        for (uint256 i = 0; i < flips; ++i) {
            uint256 where = uint256(keccak256(abi.encode(seed, i))) % (data.length * 8);
            flipped[where / 8] ^= bytes1(uint8(1 << (where % 8)));
        }
        if (keccak256(flipped) == keccak256(data)) flipped[0] ^= 0x01;
    }

    function _try(Proof memory proof, uint8 paths) internal returns (bool isDone) {
        (isDone,) =
            address(dst).call(abi.encodeCall(dst.execute, (SRC, proof.counts, proof.entries, proof.suffix, paths)));
        _assertTrueLog();
    }

    /// @dev What is executed is a prefix of what was posted, with its head, each entry once and in order.
    function _assertTrueLog() internal view {
        (uint64 executed, bytes32 head) = dst.inbox(SRC);
        assertEq(head, lane.headAt(executed), "5: executed is a prefix of posted with equal heads");
        assertEq(dstApp.executed(), executed, "the app has as much");
        bytes32 digest;
        for (uint64 i = 0; i < executed; ++i) {
            Entry storage entry = lane.entries[i];
            digest = keccak256(abi.encode(digest, entry.word, entry.account, entry.party));
            assertEq(dstApp.timesExecuted(i), 1, "4: each entry took effect once");
        }
        assertEq(dstApp.digest(), digest, "and it is the true one");
    }

    function _assertRefused(Proof memory proof, uint8 paths, string memory why) internal {
        assertFalse(_try(proof, paths), why);
        assertEq(_executed(), DONE, "nothing moved");
    }

    // ── what paths say ──────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev One path brings a commitment with wrong bits, another the truth; the third is silent.
    function testFuzz_mutated_commitments(uint256 seed) public {
        for (uint256 i = 0; i < TRIES; ++i) {
            uint256 each = uint256(keccak256(abi.encode(seed, i)));
            uint256 state = vm.snapshotState();
            bytes memory payload = _flip(_commitment(lane.sealedCount(), lane.head()).encode(), each);
            uint8 liar = uint8(_pick(each, "liar", 3));
            uint8 honest = uint8((liar + 1 + _pick(each, "honest", 2)) % 3);
            dstPaths[liar].attest(srcName, payload);
            _attest(honest, _commitment(lane.sealedCount(), lane.head()));
            Proof memory proof = _proof(each);
            for (uint256 paths = 0; paths < 8; ++paths) {
                _assertRefused(proof, uint8(paths), "6: nothing moves on one path's word");
            }
            vm.revertToStateAndDelete(state);
        }
    }

    /// @dev Words of commitments, not bits: any count with any head of the log or none, by any path, in any order.
    function testFuzz_mutated_words(uint256 seed) public {
        for (uint256 i = 0; i < 4 * TRIES; ++i) {
            uint256 each = uint256(keccak256(abi.encode(seed, i)));
            Commitment memory said = _commitment(
                uint64(_pick(each, "count", lane.posted() + 3)), lane.heads[_pick(each, "head", lane.heads.length)]
            );
            if (_pick(each, "junk", 4) == 0) said.head = keccak256(abi.encode(each));
            _attest(uint8(_pick(each, "path", 3)), said);
            _try(_proof(each), uint8(_pick(each, "paths", 16)));
        }
    }

    // ── what relayers show ──────────────────────────────────────────────────────────────────────────────────────────

    function testFuzz_mutated_entries(uint256 seed) public {
        _attest(ALL, lane.sealedCount());
        for (uint256 i = 0; i < TRIES; ++i) {
            uint256 each = uint256(keccak256(abi.encode(seed, i)));
            Proof memory proof = _proof(each);
            _mutateEntries(proof, each);
            _assertRefused(proof, ALL, "a mutated entry was executed");
        }
    }

    function _mutateEntries(Proof memory proof, uint256 seed) internal view {
        uint256 size = proof.entries.length;
        uint256 at_ = _pick(seed, "entry", size);
        uint256 what = _pick(seed, "what", 7);
        uint256 bit = 1 << _pick(seed, "bit", 256);
        if (what == 0) proof.entries[at_].word ^= bit;
        else if (what == 1) proof.entries[at_].account ^= bytes32(bit);
        else if (what == 2) proof.entries[at_].party ^= bytes32(bit);
        else if (what == 3) proof.entries[at_] = lane.entries[(DONE + at_ + 1) % lane.posted()];
        else if (what == 4) proof.entries[at_] = lane.entries[_pick(seed, "executed", DONE)];
        else if (what == 5) _resize(proof, size - 1, seed);
        else _resize(proof, size + 1, seed);
    }

    /// @dev Drops one, or shows the next one as well; sometimes with a count that fits.
    function _resize(Proof memory proof, uint256 size, uint256 seed) internal view {
        Entry[] memory others = new Entry[](size);
        uint256 gap = _pick(seed, "gap", proof.entries.length);
        for (uint256 i = 0; i < size; ++i) {
            if (size < proof.entries.length) others[i] = proof.entries[i < gap ? i : i + 1];
            else others[i] = i < proof.entries.length ? proof.entries[i] : lane.entries[(DONE + i) % lane.posted()];
        }
        uint256 last = proof.counts.length - 1;
        if (_pick(seed, "fit", 2) == 0) proof.counts[last] = uint64(DONE + size);
        proof.entries = others;
    }

    function testFuzz_mutated_counts(uint256 seed) public {
        _attest(ALL, lane.sealedCount());
        for (uint256 i = 0; i < TRIES; ++i) {
            uint256 each = uint256(keccak256(abi.encode(seed, i)));
            Proof memory proof = _proof(each);
            uint256 windows = proof.counts.length;
            uint256 at_ = _pick(each, "window", windows);
            uint256 what = _pick(each, "what", 4);
            if (what == 0) proof.counts[at_] ^= uint64(1 << _pick(each, "bit", 64));
            else if (what == 1) proof.counts[at_] += 1;
            else if (what == 2) proof.counts[at_] -= 1;
            else proof.counts = _recut(proof.counts, at_);
            _assertRefused(proof, ALL, "a log that is cut elsewhere was executed");
        }
    }

    /// @dev Two windows told as one; or, of one, twice the same.
    function _recut(uint64[] memory counts, uint256 at_) internal pure returns (uint64[] memory others) {
        if (counts.length == 1) {
            others = new uint64[](2);
            (others[0], others[1]) = (counts[0], counts[0]);
            return others;
        }
        others = new uint64[](counts.length - 1);
        uint256 gap = at_ == counts.length - 1 ? 0 : at_;
        for (uint256 i = 0; i < others.length; ++i) {
            others[i] = counts[i < gap ? i : i + 1];
        }
    }

    function testFuzz_mutated_suffixes(uint256 seed) public {
        _attest(ALL, lane.sealedCount());
        for (uint256 i = 0; i < TRIES; ++i) {
            uint256 each = uint256(keccak256(abi.encode(seed, i)));
            Proof memory proof = lane.prove(DONE, 1 + _pick(each, "windows", 6), lane.sealedCount());
            uint256 what = _pick(each, "what", 4);
            uint256 length = proof.suffix.length;
            if (what == 0) proof.suffix = _flip(proof.suffix, each);
            else if (what == 1) proof.suffix = _cut(proof.suffix, 0, _pick(each, "length", length));
            else if (what == 2) proof.suffix = _cut(proof.suffix, 1 + _pick(each, "skip", length), length);
            else proof.suffix = abi.encodePacked(_cut(proof.suffix, length - 40, length), proof.suffix);
            _assertRefused(proof, ALL, "executed by a mutated suffix");
        }
    }

    function _cut(bytes memory data, uint256 from, uint256 to) internal pure returns (bytes memory part) {
        part = new bytes(to - from);
        for (uint256 i = from; i < to; ++i) {
            part[i - from] = data[i];
        }
    }

    /// @dev What is shown behind the newest that anybody attested proves nothing and changes nothing.
    function testFuzz_mutated_tails(uint256 seed) public {
        _attest(ALL, lane.sealedCount());
        Proof memory proof = _proof(seed);
        uint64 count = lane.sealedCount() + uint64(1 + _pick(seed, "size", 200));
        proof.suffix = abi.encodePacked(proof.suffix, keccak256(abi.encode(seed)), count);
        bool isDone = _try(proof, ALL);
        assertEq(isDone, count - lane.sealedCount() <= 128, "a window at most");
        (uint64 executed,) = dst.inbox(SRC);
        assertLe(executed, lane.sealedCount(), "nothing of the tail");
        for (uint8 path = 0; path < 3; ++path) {
            (bytes32 head,) = dst.attestation(SRC, path, count);
            assertEq(head, 0, "nor is it anybody's word");
        }
    }

    /// @dev Any mask, over paths that have told any part of the truth: it moves just where each named path is enabled, two
    /// are named, one is a network, and each has told a count at or above the window.
    function testFuzz_mutated_masks(uint256 seed) public {
        for (uint256 i = 0; i < TRIES; ++i) {
            uint256 each = uint256(keccak256(abi.encode(seed, i)));
            uint256 state = vm.snapshotState();
            uint8 disabled = uint8(_pick(each, "disabled", 5));
            uint64[4] memory reach;
            for (uint8 path = 0; path < 3; ++path) {
                if (_pick(each, string(abi.encodePacked("silent", path)), 3) == 0) continue;
                reach[path] = lane.counts[_pick(each, string(abi.encodePacked("told", path)), 10)];
                _attest(path, _commitment(reach[path], lane.headAt(reach[path])));
            }
            if (disabled < 3) dst.disablePath(SRC, disabled);
            Proof memory proof = _proof(each);
            uint8 paths = uint8(_pick(each, "paths", 256));
            assertEq(_try(proof, paths), _mayMove(paths, disabled, reach, proof), "5, 6: two paths' word");
            vm.revertToStateAndDelete(state);
        }
    }

    function _mayMove(uint8 paths, uint8 disabled, uint64[4] memory reach, Proof memory proof)
        internal
        pure
        returns (bool)
    {
        if (paths > 15) return false;
        uint64 end = proof.counts[proof.counts.length - 1];
        uint256 named;
        for (uint8 path = 0; path < 4; ++path) {
            if ((paths >> path) & 1 == 0) continue;
            if (path == disabled || reach[path] < end) return false;
            ++named;
        }
        return named >= 2 && paths & 5 != 0;
    }

    // ── what watchers sign ──────────────────────────────────────────────────────────────────────────────────────────

    function testFuzz_mutated_signatures(uint256 seed) public {
        for (uint256 i = 0; i < TRIES; ++i) {
            uint256 each = uint256(keccak256(abi.encode(seed, i)));
            Commitment memory said = _commitment(lane.sealedCount(), lane.head());
            bytes32 digest = watcherPath.digestOf(said);
            bytes memory first = Watchers.sign(keys[0], digest);
            bytes memory second = Watchers.sign(keys[1 + _pick(each, "second", 2)], digest);
            bytes memory signatures = abi.encodePacked(first, second);
            uint256 what = _pick(each, "what", 8);
            if (what == 0) signatures = _flip(signatures, each);
            else if (what == 1) signatures = _cut(signatures, 0, _pick(each, "length", 130));
            else if (what == 2) signatures = abi.encodePacked(second, first);
            else if (what == 3) signatures = abi.encodePacked(first, first);
            else if (what == 4) signatures = abi.encodePacked(Watchers.malleate(first), second);
            else if (what == 5) signatures = abi.encodePacked(first, Watchers.malleate(second));
            else if (what == 6) signatures = abi.encodePacked(first, Watchers.sign(1 + each % 1e18, digest));
            else _mutate(said, each);
            (bool isDone,) = address(watcherPath).call(abi.encodeCall(watcherPath.attest, (SRC, said, signatures)));
            assertFalse(isDone, "attested on fewer than m watchers' word");
            (bytes32 head,) = dst.attestation(SRC, SIGNED, said.count);
            assertEq(head, 0, "nothing was recorded");
        }
        assertEq(uint8(dst.haltOf(SRC)), uint8(Halt.None), "nor held against anybody");
        _assertTrueLog();
    }

    function _mutate(Commitment memory said, uint256 seed) internal pure {
        uint256 field = _pick(seed, "field", 4);
        uint64 bit = uint64(1 << _pick(seed, "bit", 64));
        if (field == 0) said.count ^= bit;
        else if (field == 1) said.ackCount ^= bit;
        else if (field == 2) said.head ^= bytes32(1 << _pick(seed, "word", 256));
        else said.ackHead ^= bytes32(1 << _pick(seed, "word", 256));
    }
}
