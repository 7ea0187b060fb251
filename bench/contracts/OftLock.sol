// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {OFTAdapter} from "@layerzerolabs/lz-evm-oapp-v2/contracts/oft/OFTAdapter.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

/// @title LayerZero's own lock-and-release adapter with nothing added: what the gas bench measures beside ours
contract OftLock is OFTAdapter {
    constructor(address token, address endpoint, address owner) OFTAdapter(token, endpoint, owner) Ownable(owner) {}
}
