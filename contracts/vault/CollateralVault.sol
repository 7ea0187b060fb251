// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IGateway} from "../interfaces/IGateway.sol";
import {IPermit2} from "../interfaces/IPermit2.sol";
import {Deposits} from "./Deposits.sol";
import {Releases} from "./Releases.sol";
import {Requests} from "./Requests.sol";
import {VaultBook} from "./VaultBook.sol";

/// @title CollateralVault
/// @notice Holds collateral. In: `deposit`, by what arrived, whole canonical units only. Out: releases that the gateway
/// executed, pushed to their recipient inside a fixed gas allowance; what a token refuses is parked as one word, and ends
/// paid by `retry` when the refusal is gone, or given back to the hub. There is no other way out, no sweep and no owner
/// of the money.
///
/// Who may ask for somebody here: on this chain a contract's address may belong to a thief, who made his own at the same
/// place. So an owner is believed by ECDSA signature, or as the account that pays for the transaction.
///
/// The book counts what came in and what went out, in canonical units: tokens held ≥ deposited − released, and no
/// release is paid beyond it, whatever the message said.
contract CollateralVault is Deposits, Requests, Releases {
    constructor(
        IGateway gateway_,
        uint32 hubEid_,
        IPermit2 permit2_,
        uint64 largeWait_,
        uint64 largeBlocks_,
        address authority
    )
        VaultBook(gateway_, hubEid_, authority)
        EIP712("Weighlock Vault", "1")
        Deposits(permit2_)
        Releases(largeWait_, largeBlocks_)
    {}
}
