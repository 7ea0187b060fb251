// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {OFT} from "@layerzerolabs/lz-evm-oapp-v2/contracts/oft/OFT.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

/// @title The other end of `OftLock`: LayerZero's own OFT with nothing added
contract OftMint is OFT {
    constructor(string memory name_, string memory symbol_, address endpoint, address owner)
        OFT(name_, symbol_, endpoint, owner)
        Ownable(owner)
    {}
}
