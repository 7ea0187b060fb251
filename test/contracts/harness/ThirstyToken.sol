// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @dev A token that gives up early when gas is short, and leaves what is left to its caller.
contract ThirstyToken is ERC20 {
    uint256 internal constant NEEDED = 50_000;
    uint8 internal immutable DECIMALS;

    error Thirsty(uint256 needed, uint256 left);

    constructor(string memory symbol_, uint8 decimals_) ERC20(symbol_, symbol_) {
        DECIMALS = decimals_;
    }

    function decimals() public view override returns (uint8) {
        return DECIMALS;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        if (gasleft() < NEEDED) revert Thirsty(NEEDED, gasleft());
        return super.transfer(to, amount);
    }
}
