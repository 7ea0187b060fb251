// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Held, IClearingHouse} from "../../../../contracts/interfaces/IClearingHouse.sol";
import {Entry} from "../../../../contracts/types/Entry.sol";
import {Stage, Terms} from "../../../../contracts/types/Terms.sol";
import {SignedWithdrawal, Withdrawal} from "../../../../contracts/types/Withdrawal.sol";
import {Proof} from "../Logs.sol";
import {Under} from "./PausedCases.sol";
import {PausedVault} from "./PausedVault.sol";

/// @dev Each function of the clearing house, whose lane with A is stopped.
abstract contract PausedHub is PausedVault {
    function _addHubCases() internal {
        _add("ClearingHouse.cancelNonce", _hubCancelNonce);
        _add("ClearingHouse.finish", _hubFinish);
        _add("ClearingHouse.listAsset", _hubListAsset);
        _add("ClearingHouse.loosenAsset", _hubLoosenAsset);
        _add("ClearingHouse.onEntries", _hubOnEntries);
        _add("ClearingHouse.refund", _hubRefund);
        _add("ClearingHouse.setAssetPause", _hubSetAssetPause);
        _add("ClearingHouse.setAuthority", _hubSetAuthority);
        _add("ClearingHouse.setController", _hubSetController);
        _add("ClearingHouse.setRecipient", _hubSetRecipient);
        _add("ClearingHouse.settleReturned", _hubSettleReturned);
        _add("ClearingHouse.tightenAsset", _hubTightenAsset);
        _add("ClearingHouse.transfer", _hubTransfer);
        _add("ClearingHouse.withdraw", _hubWithdraw);
        _add("ClearingHouse.withdrawBatch", _hubWithdrawBatch);
    }

    function _hubCancelNonce(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _as(trader, address(hub), abi.encodeCall(hub.cancelNonce, (5)));
    }

    function _hubFinish(Under under) internal returns (bool, bytes memory) {
        (uint64 index, Entry memory entry, Terms memory terms) = _held();
        _stop(under);
        return _as(anyone, address(hub), abi.encodeCall(hub.finish, (_eid(), index, entry, Held.AssetPaused, terms)));
    }

    function _hubListAsset(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _asUs(address(hub), abi.encodeCall(hub.listAsset, (_eid(), 9, 6, _laneRules())));
    }

    function _hubLoosenAsset(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        IClearingHouse.LaneRules memory rules = hub.rulesOf(_eid(), USD);
        rules.minWithdrawal -= 1;
        return _asUs(address(hub), abi.encodeCall(hub.loosenAsset, (_eid(), USD, rules)));
    }

    /// @dev A deposit, which the gateway alone hands over, while it executes.
    function _hubOnEntries(Under under) internal returns (bool isDone, bytes memory reason) {
        vm.chainId(chains[A].id);
        _deposit(A, USD, trader, 500);
        Proof memory proof = _proofOf(A, HUB);
        int256 before = hub.balanceOf(account, USD);
        _stop(under);
        (isDone, reason) = _executeAs(anyone, proof);
        if (!isDone) return _instead(NOT_APPLICABLE);
        if (hub.balanceOf(account, USD) != before + 500) return _instead(bytes4(IClearingHouse.EntryHeld.selector));
    }

    function _hubRefund(Under under) internal returns (bool, bytes memory) {
        (uint64 index, Entry memory entry, Terms memory terms) = _ownerless();
        _stop(under);
        return _as(anyone, address(hub), abi.encodeCall(hub.refund, (_eid(), index, entry, Held.OwnerZero, terms)));
    }

    function _hubSetAssetPause(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _as(address(_controller()), address(hub), abi.encodeCall(hub.setAssetPause, (USD, 0)));
    }

    function _hubSetAuthority(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _setAuthority(address(hub));
    }

    function _hubSetController(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _as(trader, address(hub), abi.encodeCall(hub.setController, (_eid(), anyone)));
    }

    function _hubSetRecipient(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _as(trader, address(hub), abi.encodeCall(hub.setRecipient, (_eid(), anyone, true)));
    }

    function _hubSettleReturned(Under under) internal returns (bool, bytes memory) {
        (uint64 ref, Entry memory release, Terms memory terms) = _parked();
        vm.prank(trader, trader);
        chains[A].vault.returnRelease(ref, release, terms, trader);
        uint64 index = _executed(A, HUB);
        _relay(A, HUB);
        Entry memory returned = laneLogs[A][HUB].entries[index];
        terms = Terms(uint64(vm.getBlockTimestamp()), 0, 0, Stage.Unbacked);
        Entry[] memory window = new Entry[](1);
        window[0] = release;
        _stop(under);
        return
            _as(anyone, address(hub), abi.encodeCall(hub.settleReturned, (_eid(), index, returned, terms, ref, window)));
    }

    function _hubTightenAsset(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        IClearingHouse.LaneRules memory rules = hub.rulesOf(_eid(), USD);
        rules.minWithdrawal += 1;
        return _asUs(address(hub), abi.encodeCall(hub.tightenAsset, (_eid(), USD, rules)));
    }

    function _hubTransfer(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _as(trader, address(hub), abi.encodeCall(hub.transfer, (0, anyone, 0, USD, 100)));
    }

    function _hubWithdraw(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _as(trader, address(hub), abi.encodeCall(hub.withdraw, (0, _eid(), USD, 100, trader)));
    }

    function _hubWithdrawBatch(Under under) internal returns (bool isDone, bytes memory reason) {
        vm.chainId(chains[HUB].id);
        Withdrawal memory asked = Withdrawal(trader, 0, _eid(), USD, 50, trader, 0, 5, type(uint256).max);
        SignedWithdrawal[] memory items = new SignedWithdrawal[](1);
        items[0] = SignedWithdrawal(asked, 0, _signed(traderKey, hub.withdrawalDigest(asked)));
        _stop(under);
        (isDone, reason) = _as(anyone, address(hub), abi.encodeCall(hub.withdrawBatch, (items)));
        if (isDone && abi.decode(reason, (uint256)) == 0) {
            assertFalse(hub.isNonceUsed(trader, 5), "what is skipped stays good");
            return _instead(bytes4(IClearingHouse.WithdrawalSkipped.selector));
        }
    }
}
