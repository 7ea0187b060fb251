// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Test} from "forge-std/Test.sol";
import {LaneLog} from "../../../contracts/libraries/LaneLog.sol";
import {Commitment} from "../../../contracts/types/Commitment.sol";
import {Entry} from "../../../contracts/types/Entry.sol";
import {LaneId} from "../../../contracts/types/LaneId.sol";
import {Codec} from "../harness/Codec.sol";
import {Deploy} from "../mocks/Deploy.sol";

contract CodecFuzzTest is Test {
    Codec internal codec;

    function setUp() public {
        codec = Codec(Deploy.create("Codec.sol:Codec", ""));
    }

    function testFuzz_entry_roundTrips(Codec.Fields memory fields, bytes32 account, bytes32 party) public view {
        fields.spare = 0;
        Entry memory entry = codec.entryOf(fields, account, party);
        assertEq(abi.encode(codec.fieldsOf(entry)), abi.encode(fields), "what goes in comes out");
        assertEq(entry.account, account, "account");
        assertEq(entry.party, party, "party");
    }

    function testFuzz_entry_everyBitIsOfAField(uint256 word) public view {
        Codec.Fields memory fields = codec.fieldsOf(Entry(word, 0, 0));
        uint8 spare = fields.spare;
        fields.spare = 0;
        assertEq(codec.entryOf(fields, 0, 0).word | spare, word, "no bit is in two fields or in none");
    }

    function testFuzz_commitment_roundTrips(uint64 count, uint64 ackCount, bytes32[3] memory words) public view {
        vm.assume(words[1] != 0 && words[2] != 0);
        Commitment memory commitment = Commitment(LaneId.wrap(words[0]), count, words[1], ackCount, words[2]);
        bytes memory payload = codec.encode(commitment);
        assertEq(payload.length, 128, "always as long");
        (bool isReadable, Commitment memory read) = codec.decode(payload);
        assertTrue(isReadable, "it can be read");
        assertEq(abi.encode(read), abi.encode(commitment), "what goes in comes out");
    }

    function testFuzz_commitment_anythingReadableEncodesToItself(bytes memory payload) public view {
        (bool isReadable, Commitment memory read) = codec.decode(payload);
        if (isReadable) assertEq(codec.encode(read), payload, "one commitment, one encoding");
    }

    function testFuzz_commitment_oneEncoding(bytes32[4] memory words, bool hasVersion) public view {
        if (hasVersion) words[0] = bytes32((uint256(words[0]) >> 128 << 136 >> 8) | (1 << 248));
        bytes memory payload = abi.encode(words);
        (bool isReadable, Commitment memory read) = codec.decode(payload);
        if (isReadable) assertEq(codec.encode(read), payload, "one commitment, one encoding");
    }

    function testFuzz_root_partsMakeTheWhole(Entry[] memory entries, uint256 from, uint256 to) public view {
        to = bound(to, 0, entries.length);
        from = bound(from, 0, to);
        bytes32 root;
        for (uint256 i = from; i < to; ++i) {
            root = codec.append(root, entries[i]);
        }
        assertEq(codec.rootOf(entries, from, to), root, "the loop over calldata is the definition");
    }

    function testFuzz_suffix_roundTrips(bytes32[] memory roots, uint64 count) public view {
        bytes memory suffix;
        for (uint256 i = 0; i < roots.length; ++i) {
            suffix = abi.encodePacked(suffix, roots[i], uint64(uint256(keccak256(abi.encode(count, i)))));
        }
        assertEq(codec.suffixNodes(suffix), roots.length, "40 bytes each");
        for (uint256 i = 0; i < roots.length; ++i) {
            (bytes32 root, uint64 read) = codec.suffixNode(suffix, i);
            assertEq(root, roots[i], "root");
            assertEq(read, uint64(uint256(keccak256(abi.encode(count, i)))), "count");
        }
    }

    function testFuzz_window_oneTo128(uint64 previous, uint64 count) public {
        bool isFine = count > previous && count - previous <= 128;
        if (!isFine) vm.expectRevert(abi.encodeWithSelector(LaneLog.WindowSizeInvalid.selector, previous, count));
        codec.checkWindow(previous, count);
    }

    function testFuzz_account_isOwnerThenSubaccount(address owner, uint96 subaccount) public view {
        (bytes32 account, address read) = codec.account(owner, subaccount);
        assertEq(account, bytes32(abi.encodePacked(owner, subaccount)), "20 bytes and 12");
        assertEq(read, owner, "its owner");
    }

    function testFuzz_party_isAnAddressOrNone(address who, bytes32 party) public view {
        assertEq(codec.addressOf(codec.party(who)), who, "left-padded");
        if (uint256(party) >> 160 != 0) assertEq(codec.addressOf(party), address(0), "dirty bits are no address");
    }

    function testFuzz_attesters_keepEachPathApart(uint32[8] memory times, uint8 present, uint8 different) public view {
        uint256 word;
        for (uint8 path = 0; path < 8; ++path) {
            if ((present >> path) & 1 == 1) word = codec.attest(word, path, (different >> path) & 1 == 1, times[path]);
        }
        for (uint8 path = 0; path < 8; ++path) {
            (bool has, uint8 mask, bool differs, uint256 at_) = codec.attested(word, path);
            assertEq(has, (present >> path) & 1 == 1, "presence");
            assertEq(differs, has && (different >> path) & 1 == 1, "whether it said another head");
            assertEq(mask, present, "the mask");
            uint256 expected = times[path] > 0x3fffffff ? 0x3fffffff : times[path];
            assertEq(at_, has ? expected : 0, "and when, saturating");
        }
    }

    function testFuzz_paths_areSets(uint8 paths, uint8 others) public view {
        uint256 size;
        bool isSubset = true;
        for (uint8 i = 0; i < 8; ++i) {
            bool isIn = (paths >> i) & 1 == 1;
            if (isIn) ++size;
            if (isIn && (others >> i) & 1 == 0) isSubset = false;
        }
        assertEq(codec.sizeOf(paths), size, "size");
        assertEq(codec.isSubset(paths, others), isSubset, "subset");
    }
}
