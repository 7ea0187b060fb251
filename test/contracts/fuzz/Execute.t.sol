// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Commitment} from "../../../contracts/types/Commitment.sol";
import {Log, Logs, Proof} from "../mocks/Logs.sol";
import {TwoGateways} from "../mocks/TwoGateways.sol";

contract ExecuteFuzzTest is TwoGateways {
    using Logs for Log;

    /// @dev Cuts a log of up to 40 entries anywhere.
    function _cut(uint256 seed, uint256 size) internal {
        for (uint256 i = 0; i < size; ++i) {
            _post(1);
            if ((seed >> i) & 1 == 1) _seal();
        }
        if (lane.posted() != lane.sealedCount()) _seal();
    }

    function _pick(uint256 seed, uint256 salt, uint256 size) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, salt))) % size;
    }

    /// @dev Windows cut anywhere, any number of them at once, suffixes of any length, attestations of any sealed counts
    /// in any order, twice, late or never: whatever executes is the log, in order, once; and in the end all of it is.
    function testFuzz_execute_anyCutAnyOrder(uint256 cuts, uint256 seed, uint8 size) public {
        _cut(cuts, bound(size, 1, 40));
        uint256 windows = lane.counts.length - 1;
        for (uint256 step = 0; step < 24; ++step) {
            uint8 path = uint8(_pick(seed, step, 3));
            uint64 count = lane.counts[_pick(seed, step + 100, windows + 1)];
            if (_pick(seed, step + 200, 4) != 0) _attest(path, _commitment(count, lane.headAt(count)));
            if (_executed() == lane.sealedCount()) break;
            uint256 done = lane.windowAt(_executed());
            uint256 take = 1 + _pick(seed, step + 300, windows - done);
            uint64 to = lane.counts[done + take + _pick(seed, step + 400, windows - done - take + 1)];
            Proof memory proof = lane.prove(_executed(), take, to);
            uint8 paths = uint8(3 + _pick(seed, step + 500, 5));
            try dst.execute(SRC, proof.counts, proof.entries, proof.suffix, paths) {} catch {}
        }
        _attest(ALL, lane.sealedCount());
        if (_executed() != lane.sealedCount()) {
            _executeNext(windows - lane.windowAt(_executed()), ALL);
        }
        assertEq(_executed(), lane.posted(), "one last commitment opens all that was lost or late");
        (, bytes32 head) = dst.inbox(SRC);
        assertEq(head, lane.head(), "equal counts, equal heads");
        bytes32 digest;
        for (uint64 i = 0; i < lane.posted(); ++i) {
            assertEq(dstApp.timesExecuted(i), 1, "each entry took effect once");
            digest = keccak256(abi.encode(digest, lane.entries[i].word, lane.entries[i].account, lane.entries[i].party));
        }
        assertEq(dstApp.digest(), digest, "in the order in which they were posted");
    }

    /// @dev One bit of what is shown is wrong: an entry, a count, the suffix.
    function testFuzz_execute_neverWithAMutatedProof(uint256 cuts, uint8 size, uint256 seed) public {
        _cut(cuts, bound(size, 1, 24));
        uint256 windows = lane.counts.length - 1;
        _attest(ALL, lane.sealedCount());
        uint256 take = 1 + _pick(seed, 0, windows);
        Proof memory proof = lane.prove(0, take, lane.sealedCount());
        uint256 what = _pick(seed, 1, 6);
        uint256 at_ = _pick(seed, 2, proof.entries.length);
        uint256 bit = 1 << _pick(seed, 3, 256);
        if (what == 0) proof.entries[at_].word ^= bit;
        if (what == 1) proof.entries[at_].account ^= bytes32(bit);
        if (what == 2) proof.entries[at_].party ^= bytes32(bit);
        if (what == 3) proof.counts[_pick(seed, 4, take)] ^= uint64(1 << _pick(seed, 5, 64));
        if (what == 4) {
            if (proof.suffix.length == 0) proof.suffix = new bytes(40);
            else proof.suffix[_pick(seed, 6, proof.suffix.length)] ^= bytes1(uint8(1 << _pick(seed, 7, 8)));
        }
        if (what == 5) {
            if (proof.entries.length == 1) return;
            uint256 other = (at_ + 1) % proof.entries.length;
            (proof.entries[at_], proof.entries[other]) = (proof.entries[other], proof.entries[at_]);
        }
        try dst.execute(SRC, proof.counts, proof.entries, proof.suffix, ALL) {
            assertTrue(false, "a mutated proof was executed");
        } catch {}
        assertEq(_executed(), 0, "nothing moved");
    }

    /// @dev The commitment that one path brought is wrong in one bit; the other path's is right.
    function testFuzz_execute_neverOnAMutatedCommitment(uint256 bit, uint256 cuts, uint8 size) public {
        _cut(cuts, bound(size, 1, 8));
        uint64 count = lane.sealedCount();
        bytes memory payload = _commitment(count, lane.head()).encode();
        uint256 where = bound(bit, 0, payload.length * 8 - 1);
        payload[where / 8] ^= bytes1(uint8(1 << (where % 8)));
        dstPaths[NETWORK].attest(srcName, payload);
        _attest(WATCHERS, _commitment(count, lane.head()));
        // Bits of the acknowledgement are bits of a false acknowledgement, and halt.
        Proof memory proof = lane.prove(0, lane.counts.length - 1, count);
        try dst.execute(SRC, proof.counts, proof.entries, proof.suffix, TWO) {
            assertTrue(false, "executed on one path's word");
        } catch {}
    }

    /// @dev Whatever one path says, of any count and head, nothing that was not posted is executed.
    function testFuzz_execute_neverForged(uint256 cuts, uint8 size, uint256 seed, bytes32 junk) public {
        _cut(cuts, bound(size, 1, 8));
        Proof memory proof = lane.prove(0, lane.counts.length - 1, lane.sealedCount());
        proof.entries[_pick(seed, 0, proof.entries.length)].account = junk;
        bytes32 head = laneId;
        uint64 previous;
        for (uint256 i = 0; i < proof.counts.length; ++i) {
            bytes32 root;
            for (; previous < proof.counts[i]; ++previous) {
                root = keccak256(
                    abi.encode(
                        root,
                        proof.entries[previous].word,
                        proof.entries[previous].account,
                        proof.entries[previous].party
                    )
                );
            }
            head = keccak256(abi.encode(head, root, uint256(previous)));
        }
        uint8 liar = uint8(_pick(seed, 1, 3));
        _attest(liar, _commitment(previous, head));
        for (uint256 paths = 0; paths < 8; ++paths) {
            try dst.execute(SRC, proof.counts, proof.entries, proof.suffix, uint8(paths)) {
                assertTrue(false, "a forged log was executed on one path's word");
            } catch {}
        }
        // And with the others' truth at hand it halts.
        _attest(uint8((liar + 1) % 3), _commitment(previous, lane.head()));
        assertEq(uint8(dst.haltOf(SRC)), 1, "the lie is evidence");
    }
}
