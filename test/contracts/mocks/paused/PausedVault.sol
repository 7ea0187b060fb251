// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ICollateralVault} from "../../../../contracts/interfaces/ICollateralVault.sol";
import {Entry} from "../../../../contracts/types/Entry.sol";
import {NEVER, Terms} from "../../../../contracts/types/Terms.sol";
import {Deploy} from "../Deploy.sol";
import {IVault} from "../Interfaces.sol";
import {Permit2} from "../Permit2.sol";
import {Under} from "./PausedCases.sol";
import {PausedGateway} from "./PausedGateway.sol";

/// @dev Each function of A's vault.
abstract contract PausedVault is PausedGateway {
    function _addVaultCases() internal {
        _add("CollateralVault.clearRelease", _vaultClearRelease);
        _add("CollateralVault.deposit", _vaultDeposit);
        _add("CollateralVault.depositWithPermit", _vaultDepositWithPermit);
        _add("CollateralVault.depositWithPermit2", _vaultDepositWithPermit2);
        _add("CollateralVault.listAsset", _vaultListAsset);
        _add("CollateralVault.loosenAsset", _vaultLoosenAsset);
        _add("CollateralVault.onEntries", _vaultOnEntries);
        _add("CollateralVault.push", _vaultPush);
        _add("CollateralVault.requestWithdrawal", _vaultRequestWithdrawal);
        _add("CollateralVault.requestWithdrawalSigned", _vaultRequestWithdrawalSigned);
        _add("CollateralVault.retry", _vaultRetry);
        _add("CollateralVault.returnRelease", _vaultReturnRelease);
        _add("CollateralVault.returnReleaseSigned", _vaultReturnReleaseSigned);
        _add("CollateralVault.setAssetPause", _vaultSetAssetPause);
        _add("CollateralVault.setAuthority", _vaultSetAuthority);
        _add("CollateralVault.strike", _vaultStrike);
        _add("CollateralVault.tightenAsset", _vaultTightenAsset);
        _add("CollateralVault.vetoRelease", _vaultVetoRelease);
    }

    function _vault() internal view returns (IVault) {
        return chains[A].vault;
    }

    function _vaultClearRelease(Under under) internal returns (bool, bytes memory) {
        (uint64 index, Entry memory release, Terms memory terms) = _parked();
        _vault().vetoRelease(_eid(), index, release, terms, trader);
        (terms.unlockAt, terms.unlockBlock) = (NEVER, 0);
        _stop(under);
        return _asUs(address(_vault()), abi.encodeCall(_vault().clearRelease, (_eid(), index, release, terms, trader)));
    }

    function _holdTokens() internal {
        tokenOf[A][USD].mint(trader, 100);
        vm.startPrank(trader);
        tokenOf[A][USD].approve(address(_vault()), 100);
        tokenOf[A][USD].approve(Permit2.ADDRESS, 100);
        vm.stopPrank();
    }

    function _vaultDeposit(Under under) internal returns (bool, bytes memory) {
        _holdTokens();
        _stop(under);
        return _as(trader, address(_vault()), abi.encodeCall(_vault().deposit, (USD, 100, trader, 0, trader, false)));
    }

    /// @dev Where the token takes no permit, the allowance counts.
    function _vaultDepositWithPermit(Under under) internal returns (bool, bytes memory) {
        _holdTokens();
        _stop(under);
        ICollateralVault.Permit memory permit;
        return _as(
            trader,
            address(_vault()),
            abi.encodeCall(_vault().depositWithPermit, (USD, 100, trader, 0, trader, false, permit))
        );
    }

    function _vaultDepositWithPermit2(Under under) internal returns (bool, bytes memory) {
        _holdTokens();
        ICollateralVault.Permit2Transfer memory permit = _permit2();
        _stop(under);
        return _as(
            trader,
            address(_vault()),
            abi.encodeCall(_vault().depositWithPermit2, (USD, 100, trader, 0, trader, false, permit))
        );
    }

    function _permit2() internal view returns (ICollateralVault.Permit2Transfer memory permit) {
        bytes32 permitted = keccak256(
            abi.encode(
                keccak256("TokenPermissions(address token,uint256 amount)"), address(tokenOf[A][USD]), uint256(100)
            )
        );
        permit.deadline = vm.getBlockTimestamp() + 10 days;
        bytes32 message = keccak256(
            abi.encode(
                keccak256(
                    "PermitTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,uint256 deadline)TokenPermissions(address token,uint256 amount)"
                ),
                permitted,
                address(_vault()),
                permit.nonce,
                permit.deadline
            )
        );
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,uint256 chainId,address verifyingContract)"),
                keccak256("Permit2"),
                chains[A].id,
                Permit2.ADDRESS
            )
        );
        permit.signature = _signed(traderKey, keccak256(abi.encodePacked(hex"1901", domain, message)));
    }

    function _vaultListAsset(Under under) internal returns (bool, bytes memory) {
        address token = address(Deploy.fickleToken(6));
        _stop(under);
        return _asUs(address(_vault()), abi.encodeCall(_vault().listAsset, (9, token, 6, _vaultRules())));
    }

    function _vaultLoosenAsset(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        ICollateralVault.AssetRules memory rules = _vault().rulesOf(USD);
        rules.minDeposit -= 1;
        return _asUs(address(_vault()), abi.encodeCall(_vault().loosenAsset, (USD, rules)));
    }

    /// @dev The gateway alone hands entries over, while it executes.
    function _vaultOnEntries(Under under) internal returns (bool isDone, bytes memory reason) {
        (isDone, reason) = _gatewayExecute(under);
        if (!isDone && bytes4(reason) != bytes4(ICollateralVault.ReleaseParked.selector)) {
            return _instead(NOT_APPLICABLE);
        }
    }

    function _vaultPush(Under under) internal returns (bool isDone, bytes memory reason) {
        _stop(under);
        address token = address(tokenOf[A][USD]);
        (isDone, reason) = _asUs(address(_vault()), abi.encodeCall(_vault().push, (token, anyone, 1)));
        if (bytes4(reason) == ICollateralVault.OnlySelf.selector) return _instead(NOT_APPLICABLE);
    }

    function _requestOf() internal view returns (ICollateralVault.Request memory) {
        return ICollateralVault.Request(trader, 0, chains[A].eid, USD, 60, trader);
    }

    function _vaultRequestWithdrawal(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _as(trader, address(_vault()), abi.encodeCall(_vault().requestWithdrawal, (_requestOf())));
    }

    function _vaultRequestWithdrawalSigned(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        bytes memory signature = _signed(traderKey, _vault().requestDigest(_requestOf(), trader, 5, type(uint256).max));
        return _as(
            anyone,
            address(_vault()),
            abi.encodeCall(_vault().requestWithdrawalSigned, (_requestOf(), trader, 5, type(uint256).max, signature))
        );
    }

    function _vaultRetry(Under under) internal returns (bool, bytes memory) {
        (uint64 index, Entry memory release, Terms memory terms) = _parked();
        _stop(under);
        return _as(anyone, address(_vault()), abi.encodeCall(_vault().retry, (_eid(), index, release, terms, trader)));
    }

    function _vaultReturnRelease(Under under) internal returns (bool, bytes memory) {
        (uint64 index, Entry memory release, Terms memory terms) = _parked();
        _stop(under);
        return _as(trader, address(_vault()), abi.encodeCall(_vault().returnRelease, (index, release, terms, trader)));
    }

    function _vaultReturnReleaseSigned(Under under) internal returns (bool, bytes memory) {
        (uint64 index, Entry memory release, Terms memory terms) = _parked();
        bytes memory signature = _signed(traderKey, _vault().returnDigest(index, release, type(uint256).max));
        _stop(under);
        return _as(
            anyone,
            address(_vault()),
            abi.encodeCall(_vault().returnReleaseSigned, (index, release, terms, trader, type(uint256).max, signature))
        );
    }

    function _vaultSetAssetPause(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _as(address(_controller()), address(_vault()), abi.encodeCall(_vault().setAssetPause, (USD, 0)));
    }

    function _vaultSetAuthority(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _setAuthority(address(_vault()));
    }

    function _vaultStrike(Under under) internal returns (bool, bytes memory) {
        (uint64 index, Entry memory release, Terms memory terms) = _parked();
        _stop(under);
        return _asUs(address(_vault()), abi.encodeCall(_vault().strike, (_eid(), index, release, terms, trader)));
    }

    function _vaultTightenAsset(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        ICollateralVault.AssetRules memory rules = _vault().rulesOf(USD);
        rules.minDeposit += 1;
        return _asUs(address(_vault()), abi.encodeCall(_vault().tightenAsset, (USD, rules)));
    }

    function _vaultVetoRelease(Under under) internal returns (bool, bytes memory) {
        (uint64 index, Entry memory release, Terms memory terms) = _parked();
        _stop(under);
        return _asUs(address(_vault()), abi.encodeCall(_vault().vetoRelease, (_eid(), index, release, terms, trader)));
    }
}
