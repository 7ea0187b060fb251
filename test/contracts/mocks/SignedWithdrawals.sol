// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {accountOf} from "../../../contracts/types/Account.sol";
import {Refusal, SignedWithdrawal, Withdrawal} from "../../../contracts/types/Withdrawal.sol";
import {Clearing} from "./Clearing.sol";

/// @dev An owner with a key, who has 1,000 in vault A and 300 in vault B.
abstract contract SignedWithdrawals is Clearing {
    address internal owner;
    uint256 internal ownerKey;
    address internal operator = makeAddr("operator");

    function setUp() public virtual override {
        super.setUp();
        (owner, ownerKey) = makeAddrAndKey("owner");
        account = accountOf(owner, 0);
        _onEntry(eidA, 0, _depositOf(eidA, USD, 1000));
        _onEntry(eidB, 0, _depositOf(eidB, USD, 300));
    }

    function _asked(uint256 nonce) internal view returns (Withdrawal memory) {
        return Withdrawal({
            owner: owner,
            subaccount: 0,
            dstEid: eidA,
            asset: USD,
            amount: 100,
            recipient: recipient,
            maxFee: 5,
            nonce: nonce,
            deadline: _now() + 1 hours
        });
    }

    function _signature(Withdrawal memory asked, uint256 key) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, hub.withdrawalDigest(asked));
        return abi.encodePacked(r, s, v);
    }

    function _signed(Withdrawal memory asked) internal view returns (SignedWithdrawal memory) {
        return SignedWithdrawal(asked, 0, _signature(asked, ownerKey));
    }

    function _batch(SignedWithdrawal memory item) internal pure returns (SignedWithdrawal[] memory items) {
        items = new SignedWithdrawal[](1);
        items[0] = item;
    }

    function _bring(SignedWithdrawal[] memory items) internal returns (uint256) {
        vm.prank(operator);
        return hub.withdrawBatch(items);
    }

    function _bringOne(SignedWithdrawal memory item) internal returns (bool) {
        return _bring(_batch(item)) == 1;
    }

    function _expectSkipped(Withdrawal memory asked, Refusal reason) internal {
        vm.expectEmit(address(hub));
        emit IClearingHouse.WithdrawalSkipped(asked.owner, asked.nonce, reason);
    }

    /// @dev One bad item between two good ones.
    function _assertSkipsOnly(SignedWithdrawal memory bad, Refusal reason) internal {
        SignedWithdrawal[] memory items = new SignedWithdrawal[](3);
        items[0] = _signed(_asked(1000));
        items[1] = bad;
        items[2] = _signed(_asked(1001));
        int256 before = hub.balanceOf(account, USD);
        bool isUsed = hub.isNonceUsed(bad.withdrawal.owner, bad.withdrawal.nonce);
        _expectSkipped(bad.withdrawal, reason);
        assertEq(_bring(items), 2, "the others are done");
        assertEq(hub.balanceOf(account, USD), before - 200, "and nothing else is taken");
        assertEq(
            hub.isNonceUsed(bad.withdrawal.owner, bad.withdrawal.nonce), isUsed, "what is skipped can be brought again"
        );
        _assertBacked(USD);
    }

    function _assertSkipsOnly(Withdrawal memory bad, Refusal reason) internal {
        _assertSkipsOnly(_signed(bad), reason);
    }
}
