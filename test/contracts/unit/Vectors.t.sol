// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Test} from "forge-std/Test.sol";
import {IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {Commitment} from "../../../contracts/types/Commitment.sol";
import {Entry} from "../../../contracts/types/Entry.sol";
import {LaneEnd, LaneId} from "../../../contracts/types/LaneId.sol";
import {Withdrawal} from "../../../contracts/types/Withdrawal.sol";
import {Codec} from "../harness/Codec.sol";
import {Deploy} from "../mocks/Deploy.sol";

/// @dev test/vectors: what the contracts hash and pack is what docs/messages.md says. Members in alphabetical order.
contract VectorsTest is Test {
    struct EntryCase {
        bytes32 account;
        uint256 amount;
        uint256 asset;
        uint256 eid;
        uint256 kind;
        bytes32 nodeOfZero;
        bytes32 party;
        uint256 ref;
        uint256 spare;
        uint256 word;
    }

    struct RootCase {
        bytes32[] accounts;
        bytes32 from;
        bytes32[] parties;
        bytes32 root;
        uint256[] words;
    }

    struct LaneCase {
        uint256 dstChainId;
        uint256 dstEid;
        address dstGateway;
        uint256 epoch;
        bytes32 id;
        uint256 srcChainId;
        uint256 srcEid;
        address srcGateway;
    }

    struct HeadCase {
        uint256 count;
        bytes32 head;
        bytes32 next;
        bytes32 root;
    }

    struct SuffixCase {
        uint256 count;
        uint256[] counts;
        bytes encoded;
        bytes32 head;
        bytes32[] heads;
        bytes32[] roots;
    }

    struct CommitmentCase {
        uint256 ackCount;
        bytes32 ackHead;
        uint256 count;
        bytes encoded;
        bytes32 head;
        bytes32 lane;
        string reason;
    }

    struct WithdrawalCase {
        uint256 amount;
        uint256 asset;
        uint256 chainId;
        address clearingHouse;
        uint256 deadline;
        bytes32 digest;
        uint256 dstEid;
        uint256 maxFee;
        uint256 nonce;
        address owner;
        address recipient;
        uint256 subaccount;
    }

    Codec internal codec;

    function setUp() public {
        codec = Codec(Deploy.create("Codec.sol:Codec", ""));
    }

    function _read(string memory name) internal view returns (bytes memory) {
        return vm.parseJson(vm.readFile(string.concat("test/vectors/", name, ".json")));
    }

    function test_entries() public view {
        EntryCase[] memory cases = abi.decode(_read("entries"), (EntryCase[]));
        assertGt(cases.length, 0, "there are cases");
        for (uint256 i = 0; i < cases.length; ++i) {
            EntryCase memory c = cases[i];
            Entry memory entry = Entry(c.word, c.account, c.party);
            Codec.Fields memory fields = codec.fieldsOf(entry);
            assertEq(fields.kind, c.kind, "kind");
            assertEq(fields.asset, c.asset, "asset");
            assertEq(fields.eid, c.eid, "eid");
            assertEq(fields.ref, c.ref, "ref");
            assertEq(fields.amount, c.amount, "amount");
            assertEq(fields.spare, c.spare, "spare");
            if (c.spare == 0) assertEq(codec.entryOf(fields, c.account, c.party).word, c.word, "the fields pack");
            assertEq(codec.append(0, entry), c.nodeOfZero, "the root after it");
        }
    }

    function test_roots() public view {
        RootCase[] memory cases = abi.decode(_read("roots"), (RootCase[]));
        assertGt(cases.length, 0, "there are cases");
        for (uint256 i = 0; i < cases.length; ++i) {
            RootCase memory c = cases[i];
            Entry[] memory entries = new Entry[](c.words.length);
            bytes32 root = c.from;
            for (uint256 j = 0; j < entries.length; ++j) {
                entries[j] = Entry(c.words[j], c.accounts[j], c.parties[j]);
                root = codec.append(root, entries[j]);
            }
            assertEq(root, c.root, "entry by entry");
            if (c.from == 0) assertEq(codec.rootOf(entries, 0, entries.length), c.root, "all at once");
        }
    }

    function test_lanes() public view {
        LaneCase[] memory cases = abi.decode(_read("lanes"), (LaneCase[]));
        assertGt(cases.length, 0, "there are cases");
        for (uint256 i = 0; i < cases.length; ++i) {
            LaneCase memory c = cases[i];
            LaneEnd memory src = LaneEnd(c.srcChainId, uint32(c.srcEid), c.srcGateway);
            LaneEnd memory dst = LaneEnd(c.dstChainId, uint32(c.dstEid), c.dstGateway);
            assertEq(LaneId.unwrap(codec.laneId(c.epoch, src, dst)), c.id, "the lane's id");
        }
    }

    function test_heads() public view {
        HeadCase[] memory cases = abi.decode(_read("heads"), (HeadCase[]));
        assertGt(cases.length, 0, "there are cases");
        for (uint256 i = 0; i < cases.length; ++i) {
            assertEq(codec.headOf(cases[i].head, cases[i].root, uint64(cases[i].count)), cases[i].next, "the head");
        }
    }

    function test_suffixes() public view {
        SuffixCase[] memory cases = abi.decode(_read("suffixes"), (SuffixCase[]));
        assertGt(cases.length, 0, "there are cases");
        for (uint256 i = 0; i < cases.length; ++i) {
            SuffixCase memory c = cases[i];
            assertEq(codec.suffixNodes(c.encoded), c.counts.length, "its nodes");
            bytes32 head = c.head;
            for (uint256 j = 0; j < c.counts.length; ++j) {
                (bytes32 root, uint64 count) = codec.suffixNode(c.encoded, j);
                assertEq(root, c.roots[j], "root");
                assertEq(count, c.counts[j], "count");
                head = codec.headOf(head, root, count);
                assertEq(head, c.heads[j], "head");
            }
        }
    }

    function test_commitments() public view {
        CommitmentCase[] memory cases = abi.decode(_read("commitments"), (CommitmentCase[]));
        assertGt(cases.length, 0, "there are cases");
        for (uint256 i = 0; i < cases.length; ++i) {
            CommitmentCase memory c = cases[i];
            (bool isReadable, Commitment memory read) = codec.decode(c.encoded);
            assertEq(isReadable, bytes(c.reason).length == 0, "refused exactly when there is a reason");
            if (!isReadable) continue;
            Commitment memory made =
                Commitment(LaneId.wrap(c.lane), uint64(c.count), c.head, uint64(c.ackCount), c.ackHead);
            assertEq(codec.encode(made), c.encoded, "encoded");
            assertEq(keccak256(abi.encode(read)), keccak256(abi.encode(made)), "and read again");
        }
    }

    /// @dev The clearing house's own code, at the address and on the chain of the vector.
    function test_withdrawals() public {
        WithdrawalCase[] memory cases = abi.decode(_read("withdrawals"), (WithdrawalCase[]));
        assertGt(cases.length, 0, "there are cases");
        IClearingHouse hub = _clearingHouse();
        for (uint256 i = 0; i < cases.length; ++i) {
            WithdrawalCase memory c = cases[i];
            vm.chainId(uint64(c.chainId));
            vm.etch(c.clearingHouse, address(hub).code);
            Withdrawal memory withdrawal = Withdrawal({
                owner: c.owner,
                subaccount: uint96(c.subaccount),
                dstEid: uint32(c.dstEid),
                asset: uint16(c.asset),
                amount: uint128(c.amount),
                recipient: c.recipient,
                maxFee: uint128(c.maxFee),
                nonce: c.nonce,
                deadline: c.deadline
            });
            assertEq(IClearingHouse(c.clearingHouse).withdrawalDigest(withdrawal), c.digest, "what the owner signs");
        }
    }

    function _clearingHouse() internal returns (IClearingHouse) {
        address gateway = makeAddr("gateway");
        address next = vm.computeCreateAddress(address(this), vm.getNonce(address(this)));
        vm.mockCall(gateway, abi.encodeCall(IGateway.app, ()), abi.encode(next));
        bytes memory args = abi.encode(gateway, Deploy.LARGE_WAIT, Deploy.LARGE_BLOCKS, address(this));
        return IClearingHouse(Deploy.create("ClearingHouse.sol:ClearingHouse", args));
    }
}
