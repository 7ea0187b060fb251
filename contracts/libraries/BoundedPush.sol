// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title A token transfer that copies at most one word of what the token returns
library BoundedPush {
    error TransferRefused(address token);

    /// @dev Success is OpenZeppelin's SafeERC20: the call succeeded and returned true, or nothing from a contract.
    function transfer(address token, address recipient, uint256 local) internal {
        bytes memory data = abi.encodeCall(IERC20.transfer, (recipient, local));
        bool isPaid;
        assembly ("memory-safe") {
            mstore(0, 0)
            isPaid := call(gas(), token, 0, add(data, 32), mload(data), 0, 32)
            isPaid := and(
                isPaid,
                or(
                    and(gt(returndatasize(), 31), eq(mload(0), 1)),
                    and(iszero(returndatasize()), gt(extcodesize(token), 0))
                )
            )
        }
        if (!isPaid) revert TransferRefused(token);
    }
}
