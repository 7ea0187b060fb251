// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {LaneBook} from "../../../contracts/types/LaneBook.sol";

/// @notice The books of two lanes for one asset and the ledger over both, as deposits, suspense, withdrawals, refunds and returns
/// move them, from every state in which the invariant holds. Each moves one lane; the other one is any.
/// @custom:engine bmc
contract LaneBookStep {
    LaneBook internal _book;
    uint128 internal _suspense;
    LaneBook internal _other;
    uint128 internal _otherSuspense;
    /// @dev Sum of all balances, which the accounts' own checks keep from going below zero as a whole.
    uint256 internal _ledger;

    constructor() {
        // proves: empty books satisfy the invariant
        assert(_isSound());
    }

    function _isSound() internal view returns (bool) {
        return uint256(_book.authorised) + _suspense <= _book.credited
            && uint256(_other.authorised) + _otherSuspense <= _other.credited
            && _ledger + _suspense + _otherSuspense + _book.authorised + _other.authorised
                == uint256(_book.credited) + _other.credited;
    }

    function creditToAccount(uint128 amount) external {
        require(_isSound());
        _book.credited += amount;
        _ledger += amount;
        // proves: a deposit that is credited keeps authorised ≤ credited − suspense, and every unit
        assert(_isSound());
    }

    function creditToSuspense(uint128 amount) external {
        require(_isSound());
        _book.credited += amount;
        _suspense += amount;
        // proves: a deposit into suspense keeps authorised ≤ credited − suspense, and every unit
        assert(_isSound());
    }

    /// @dev `amount` is of one held deposit, which is a part of suspense.
    function finish(uint128 amount) external {
        require(_isSound() && amount <= _suspense);
        _suspense -= amount;
        _ledger += amount;
        // proves: a held deposit that is credited keeps authorised ≤ credited − suspense, and every unit
        assert(_isSound());
    }

    function refund(uint128 amount) external {
        require(_isSound() && amount <= _suspense);
        _suspense -= amount;
        _book = _book.authorise(_suspense, amount);
        // proves: a refund keeps authorised ≤ credited − suspense, and every unit
        assert(_isSound());
    }

    function withdraw(uint128 amount) external {
        require(_isSound() && amount <= _ledger);
        uint128 available = _book.available(_suspense);
        uint256 authorised = _book.authorised;
        _ledger -= amount;
        _book = _book.authorise(_suspense, amount);
        // proves: no more is authorised than the lane has available
        assert(amount <= available && _book.authorised == authorised + amount);
        // proves: a withdrawal keeps authorised ≤ credited − suspense, and every unit
        assert(_isSound());
        // reaches: all that is available is withdrawn
        assert(amount == 0 || _book.available(_suspense) != 0);
    }

    function returnToAccount(uint128 amount) external {
        require(_isSound());
        _book = _book.giveBack(amount);
        _ledger += amount;
        // proves: a return that is settled keeps authorised ≤ credited − suspense, and every unit
        assert(_isSound());
    }

    function returnToSuspense(uint128 amount) external {
        require(_isSound());
        _book = _book.giveBack(amount);
        _suspense += amount;
        // proves: a refund that was returned and waits again keeps authorised ≤ credited − suspense, and every unit
        assert(_isSound());
    }
}
