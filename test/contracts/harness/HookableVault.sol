// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {IPermit2} from "../../../contracts/interfaces/IPermit2.sol";
import {Entry, makeEntry} from "../../../contracts/types/Entry.sol";
import {CollateralVault} from "../../../contracts/vault/CollateralVault.sol";

/// @dev The vault without its lock, which credits whatever arrived while it waited, and not exactly what was asked for.
contract HookableVault is CollateralVault {
    constructor(
        IGateway gateway_,
        uint32 hubEid_,
        IPermit2 permit2_,
        uint64 largeWait_,
        uint64 largeBlocks_,
        address authority
    ) CollateralVault(gateway_, hubEid_, permit2_, largeWait_, largeBlocks_, authority) {}

    /// @dev Another lock for each call, so that none meets a closed one.
    function _reentrancyGuardStorageSlot() internal pure override returns (bytes32) {
        return keccak256(msg.data);
    }

    function _close(address token, uint256 expected, Entry memory entry) internal override returns (uint64, uint128) {
        (uint16 asset, uint128 asked) = (entry.asset(), entry.amount());
        uint256 scale = assetOf(asset).scale;
        uint256 arrived = IERC20(token).balanceOf(address(this)) - (expected - uint256(asked) * scale);
        uint128 credited = uint128(arrived / scale);
        book[asset].deposited = book[asset].deposited - asked + credited;
        entry = makeEntry(entry.kind(), asset, entry.eid(), 0, credited, entry.account, entry.party);
        return (gateway.post(hubEid, entry), credited);
    }
}
