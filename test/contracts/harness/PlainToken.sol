// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @dev The token that gas is measured with: OpenZeppelin's, and nothing else.
contract PlainToken is ERC20 {
    uint8 internal immutable DECIMALS;

    constructor(uint8 decimals_) ERC20("Plain", "PLN") {
        DECIMALS = decimals_;
    }

    function decimals() public view override returns (uint8) {
        return DECIMALS;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}
