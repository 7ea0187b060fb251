// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice One line of a lane's log, 96 bytes on the wire.
///
/// | field   | bits | offset | type    | meaning                                                          |
/// |---------|------|--------|---------|------------------------------------------------------------------|
/// | word    |      |        | uint256 | header:                                                          |
/// |  kind   |    8 |    248 | uint8   | one of the kinds below                                           |
/// |  asset  |   16 |    232 | uint16  | asset id, the same on every chain                                |
/// |  eid    |   32 |    200 | uint32  | Deposit: the vault's; Release: the destination's                 |
/// |  ref    |   64 |    136 | uint64  | Returned: index of the release; otherwise 0                      |
/// |  amount |  128 |      8 | uint128 | canonical units                                                  |
/// |  spare  |    8 |      0 | zero    | a non-zero value parks the entry                                 |
/// | account |  256 |        | bytes32 | owner (20 bytes) ‖ subaccount (12 bytes)                         |
/// | party   |  256 |        | bytes32 | Deposit: refund address; Release: recipient; left-padded         |
struct Entry {
    uint256 word;
    bytes32 account;
    bytes32 party;
}

using {kind, asset, eid, ref, amount, spare, isOf, hash} for Entry global;

uint8 constant KIND_DEPOSIT = 1;
uint8 constant KIND_WITHDRAWAL_REQUEST = 2;
uint8 constant KIND_RELEASE = 3;
uint8 constant KIND_RETURNED = 4;
uint8 constant KIND_CHECKPOINT = 5;
uint8 constant KIND_ESCAPED = 6;
uint8 constant KIND_MOVE_OUT = 7;
uint8 constant KIND_MOVE_IN = 8;

function makeEntry(
    uint8 kind_,
    uint16 asset_,
    uint32 eid_,
    uint64 ref_,
    uint128 amount_,
    bytes32 account_,
    bytes32 party_
) pure returns (Entry memory) {
    uint256 word = (uint256(kind_) << 248) | (uint256(asset_) << 232) | (uint256(eid_) << 200) | (uint256(ref_) << 136)
        | (uint256(amount_) << 8);
    return Entry(word, account_, party_);
}

function kind(Entry memory self) pure returns (uint8) {
    return uint8(self.word >> 248);
}

function asset(Entry memory self) pure returns (uint16) {
    return uint16(self.word >> 232);
}

function eid(Entry memory self) pure returns (uint32) {
    return uint32(self.word >> 200);
}

function ref(Entry memory self) pure returns (uint64) {
    return uint64(self.word >> 136);
}

function amount(Entry memory self) pure returns (uint128) {
    return uint128(self.word >> 8);
}

function spare(Entry memory self) pure returns (uint8) {
    return uint8(self.word);
}

/// @dev Of this kind, from or for this eid, and without a spare bit: one reading of the header says it.
function isOf(Entry memory self, uint8 kind_, uint32 eid_) pure returns (bool) {
    uint256 mask = (uint256(type(uint8).max) << 248) | (uint256(type(uint32).max) << 200) | type(uint8).max;
    return self.word & mask == (uint256(kind_) << 248) | (uint256(eid_) << 200);
}

function hash(Entry memory self) pure returns (bytes32) {
    return keccak256(abi.encode(self.word, self.account, self.party));
}
