// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {LaneLog} from "../../../contracts/libraries/LaneLog.sol";
import {Paths} from "../../../contracts/libraries/Paths.sol";
import {accountOf, ownerOf, partyAddress, toParty} from "../../../contracts/types/Account.sol";
import {Attesters} from "../../../contracts/types/Attesters.sol";
import {Commitment, decodeCommitment, Ignored} from "../../../contracts/types/Commitment.sol";
import {Entry, makeEntry} from "../../../contracts/types/Entry.sol";
import {LaneEnd, LaneId, laneIdOf} from "../../../contracts/types/LaneId.sol";

/// @dev The types and libraries behind external functions, compiled as the contracts are.
contract Codec {
    struct Fields {
        uint8 kind;
        uint16 asset;
        uint32 eid;
        uint64 ref;
        uint128 amount;
        uint8 spare;
    }

    function entryOf(Fields calldata fields, bytes32 account, bytes32 party) external pure returns (Entry memory) {
        return makeEntry(fields.kind, fields.asset, fields.eid, fields.ref, fields.amount, account, party);
    }

    function fieldsOf(Entry memory entry) external pure returns (Fields memory) {
        return Fields(entry.kind(), entry.asset(), entry.eid(), entry.ref(), entry.amount(), entry.spare());
    }

    function hashOf(Entry memory entry) external pure returns (bytes32) {
        return entry.hash();
    }

    function append(bytes32 root, Entry memory entry) external pure returns (bytes32) {
        return LaneLog.append(root, entry);
    }

    function rootOf(Entry[] calldata entries, uint256 from, uint256 to) external pure returns (bytes32) {
        return LaneLog.rootOf(entries, from, to);
    }

    function headOf(bytes32 previousHead, bytes32 root, uint64 count) external pure returns (bytes32) {
        return LaneLog.headOf(previousHead, root, count);
    }

    function suffixNodes(bytes calldata suffix) external pure returns (uint256) {
        return LaneLog.suffixNodes(suffix);
    }

    function suffixNode(bytes calldata suffix, uint256 i) external pure returns (bytes32, uint64) {
        return LaneLog.suffixNode(suffix, i);
    }

    function checkWindow(uint64 previousCount, uint64 count) external pure {
        LaneLog.checkWindow(previousCount, count);
    }

    function encode(Commitment memory commitment) external pure returns (bytes memory) {
        return commitment.encode();
    }

    function decode(bytes calldata payload) external pure returns (bool isReadable, Commitment memory read) {
        Ignored ignored;
        (ignored, read) = decodeCommitment(payload);
        isReadable = ignored == Ignored.None;
    }

    function laneId(uint256 epoch, LaneEnd memory src, LaneEnd memory dst) external pure returns (LaneId) {
        return laneIdOf(epoch, src, dst);
    }

    function account(address owner, uint96 subaccount) external pure returns (bytes32, address) {
        bytes32 made = accountOf(owner, subaccount);
        return (made, ownerOf(made));
    }

    function party(address who) external pure returns (bytes32) {
        return toParty(who);
    }

    function addressOf(bytes32 party_) external pure returns (address) {
        return partyAddress(party_);
    }

    function attest(uint256 attesters, uint8 path, bool isDifferent, uint256 at_) external pure returns (uint256) {
        return Attesters.unwrap(Attesters.wrap(attesters).with(path, isDifferent, at_));
    }

    function attested(uint256 attesters, uint8 path) external pure returns (bool, uint8, bool, uint256) {
        Attesters self = Attesters.wrap(attesters);
        return (self.has(path), self.mask(), self.differs(path), self.sinceDeployment(path));
    }

    function sizeOf(uint8 paths) external pure returns (uint256) {
        return Paths.size(paths);
    }

    function isSubset(uint8 paths, uint8 others) external pure returns (bool) {
        return Paths.isSubsetOf(paths, others);
    }
}
