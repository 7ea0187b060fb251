// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title One word for each account and no rule at all: the least that a settlement writes on its hub
contract BareLedger {
    mapping(bytes32 account => uint256) public balanceOf;

    function credit(bytes32 account, uint256 amount) external {
        balanceOf[account] += amount;
    }
}
