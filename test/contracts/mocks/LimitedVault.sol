// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {OneVault} from "./OneVault.sol";

/// @dev 1,000 at once and 10 a second; what is large, and the share, as a test says.
abstract contract LimitedVault is OneVault {
    uint80 internal constant CAPACITY = 1000;
    uint64 internal constant REFILL = 10;
    uint80 internal constant NO_LARGE = 1e18;

    address internal other = makeAddr("other");

    function setUp() public virtual override {
        super.setUp();
        _depositAs(trader, FICKLE, 10_000);
        _limitTo(CAPACITY, REFILL, NO_LARGE, 100);
    }

    function _paid() internal view returns (uint256) {
        return fickle.balanceOf(recipient);
    }

    function _queued() internal view returns (uint128 queued) {
        (, queued) = vault.bucketOf(FICKLE);
    }

    function _fullAt() internal view returns (uint128 fullAt) {
        (fullAt,) = vault.bucketOf(FICKLE);
    }

    /// @dev By an account of its own, so that no share is asked.
    function _drain() internal {
        _release(1000, _releaseFor(other, CAPACITY, other));
        assertEq(fickle.balanceOf(other), CAPACITY, "the bucket is empty");
    }

    /// @dev What its gateway says of an entry.
    function _mockQuorum(uint256 quorum) internal {
        vm.mockCall(address(gateway), abi.encodeWithSelector(IGateway.quorum.selector), abi.encode(quorum));
    }
}
