// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {accountOf, toParty} from "../../../contracts/types/Account.sol";
import {Commitment} from "../../../contracts/types/Commitment.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {KIND_RELEASE, makeEntry} from "../../../contracts/types/Entry.sol";
import {Refusal, SignedWithdrawal, Withdrawal} from "../../../contracts/types/Withdrawal.sol";
import {IHub} from "../mocks/Interfaces.sol";
import {SignedWithdrawals} from "../mocks/SignedWithdrawals.sol";
import {TestPath} from "../mocks/TestPath.sol";

contract ClearingWithdrawBatchTest is SignedWithdrawals {
    function test_withdrawBatch_postsWhatTheOwnerSigned() public {
        vm.expectEmit(address(chains[HUB].gateway));
        emit IGateway.EntryPosted(eidA, 0, makeEntry(KIND_RELEASE, USD, eidA, 0, 100, account, toParty(recipient)));
        vm.expectEmit(address(hub));
        emit IClearingHouse.Withdrawn(eidA, account, USD, 0, 100, recipient);
        assertTrue(_bringOne(_signed(_asked(7))), "done");
        assertEq(hub.balanceOf(account, USD), 1200, "debited");
        assertEq(hub.totalLedger(USD), 1200, "from the ledger too");
        (, uint128 authorised) = hub.laneBook(eidA, USD);
        assertEq(authorised, 100, "authorised");
        assertTrue(hub.isNonceUsed(owner, 7), "and the nonce is used");
        _assertBacked(USD);
    }

    function test_withdrawBatch_empty() public {
        vm.recordLogs();
        assertEq(_bring(new SignedWithdrawal[](0)), 0, "nothing to do");
        assertEq(vm.getRecordedLogs().length, 0, "nothing done");
    }

    function test_withdrawBatch_manyOfOneOwner() public {
        SignedWithdrawal[] memory items = new SignedWithdrawal[](14);
        for (uint256 i = 0; i < items.length; ++i) {
            items[i] = _signed(_asked(i));
        }
        // Vault A holds no more than 1,000: the first ten take it all.
        for (uint256 i = 10; i < items.length; ++i) {
            _expectSkipped(items[i].withdrawal, Refusal.VaultTooLow);
        }
        assertEq(_bring(items), 10, "as many as the vault has");
        assertEq(hub.available(eidA, USD), 0, "each item sees what those before it left");
        _assertBacked(USD);
    }

    // ── each refusal ────────────────────────────────────────────────────────────────────────────────────────────────

    function test_withdrawBatch_skipsAnUnlistedAsset() public {
        Withdrawal memory asked = _asked(1);
        asked.asset = 9;
        _assertSkipsOnly(asked, Refusal.AssetNotOnLane);
    }

    function test_withdrawBatch_skipsAnUnknownVault() public {
        Withdrawal memory asked = _asked(1);
        asked.dstEid = 77;
        _assertSkipsOnly(asked, Refusal.AssetNotOnLane);
    }

    function test_withdrawBatch_skipsNothing() public {
        Withdrawal memory asked = _asked(1);
        asked.amount = 0;
        _assertSkipsOnly(asked, Refusal.AmountZero);
    }

    function test_withdrawBatch_skipsAZeroRecipient() public {
        Withdrawal memory asked = _asked(1);
        asked.recipient = address(0);
        _assertSkipsOnly(asked, Refusal.RecipientZero);
    }

    function test_withdrawBatch_skipsBeyondTheBalance() public {
        Withdrawal memory asked = _asked(1);
        // Of 1,300 the item before has taken 100.
        asked.amount = 1201;
        _assertSkipsOnly(asked, Refusal.BalanceTooLow);
    }

    function test_withdrawBatch_skipsAnotherSubaccount() public {
        Withdrawal memory asked = _asked(1);
        asked.subaccount = 1;
        _assertSkipsOnly(asked, Refusal.BalanceTooLow);
    }

    function test_withdrawBatch_skipsBelowTheMinimum() public {
        Withdrawal memory asked = _asked(1);
        asked.amount = MINIMUM - 1;
        _assertSkipsOnly(asked, Refusal.BelowMinimum);
    }

    function test_withdrawBatch_skipsBeyondTheVault() public {
        Withdrawal memory asked = _asked(1);
        (asked.dstEid, asked.amount) = (eidB, 301);
        _assertSkipsOnly(asked, Refusal.VaultTooLow);
    }

    function test_withdrawBatch_skipsAPausedLane() public {
        _pause(B, Direction.Out);
        Withdrawal memory asked = _asked(1);
        asked.dstEid = eidB;
        _assertSkipsOnly(asked, Refusal.LaneStopped);
        vm.warp(_now() + 1 days);
        asked.deadline = _now();
        assertTrue(_bringOne(_signed(asked)), "and takes it when the pause is over");
    }

    function test_withdrawBatch_skipsALaneWithAFalseAck() public {
        Commitment memory lie = _commitment(B, HUB, 0);
        (lie.ackCount, lie.ackHead) = (5, "never sealed");
        TestPath(chains[HUB].network).attest(chains[B].name, lie.encode());
        Withdrawal memory asked = _asked(1);
        asked.dstEid = eidB;
        _assertSkipsOnly(asked, Refusal.LaneStopped);
    }

    function test_withdrawBatch_skipsWhatIsExpired() public {
        Withdrawal memory asked = _asked(1);
        asked.deadline = _now() - 1;
        _assertSkipsOnly(asked, Refusal.Expired);
    }

    function test_withdrawBatch_takesTheLastSecond() public {
        Withdrawal memory asked = _asked(1);
        asked.deadline = _now();
        assertTrue(_bringOne(_signed(asked)), "the deadline itself counts");
    }

    function test_withdrawBatch_skipsAFeeAboveTheOwners() public {
        SignedWithdrawal memory item = _signed(_asked(1));
        item.fee = 6;
        _assertSkipsOnly(item, Refusal.FeeTooHigh);
    }

    // ── signatures ──────────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev A25: whatever an operator changes, the signature is of something else.
    function test_withdrawBatch_skipsWhatWasChanged() public {
        SignedWithdrawal memory good = _signed(_asked(1));
        for (uint256 i = 0; i < 7; ++i) {
            SignedWithdrawal memory item = SignedWithdrawal(_asked(1), 0, bytes.concat(good.signature));
            if (i == 0) item.withdrawal.recipient = operator;
            if (i == 1) item.withdrawal.amount += 1;
            if (i == 2) item.withdrawal.dstEid = eidB;
            if (i == 3) item.withdrawal.maxFee += 1;
            if (i == 4) item.withdrawal.nonce += 1;
            if (i == 5) item.withdrawal.deadline += 1;
            if (i == 6) item.signature[40] ^= 0x01;
            _expectSkipped(item.withdrawal, Refusal.SignatureInvalid);
            assertFalse(_bringOne(item), "not what the owner signed");
        }
        assertEq(hub.balanceOf(account, USD), 1300, "nothing moved");
        assertTrue(_bringOne(good), "what the owner signed");
    }

    function test_withdrawBatch_skipsAChangedAssetOrSubaccount() public {
        _onEntry(eidA, 1, _depositOf(eidA, ETHER, 500));
        vm.prank(owner);
        hub.transfer(0, owner, 3, USD, 500);
        SignedWithdrawal memory item = _signed(_asked(1));
        item.withdrawal.asset = ETHER;
        _assertSkipsOnly(item, Refusal.SignatureInvalid);
    }

    function test_withdrawBatch_skipsAnotherKeysSignature() public {
        (, uint256 key) = makeAddrAndKey("thief");
        Withdrawal memory asked = _asked(1);
        _assertSkipsOnly(SignedWithdrawal(asked, 0, _signature(asked, key)), Refusal.SignatureInvalid);
    }

    function test_withdrawBatch_skipsSignaturesOfAnyShape() public {
        Withdrawal memory asked = _asked(1);
        bytes memory good = _signature(asked, ownerKey);
        bytes[] memory shapes = new bytes[](4);
        shapes[0] = "";
        shapes[1] = hex"01";
        shapes[2] = new bytes(65);
        shapes[3] = abi.encodePacked(good, uint8(0));
        for (uint256 i = 0; i < shapes.length; ++i) {
            _expectSkipped(asked, Refusal.SignatureInvalid);
            assertFalse(_bringOne(SignedWithdrawal(asked, 0, shapes[i])), "no signature");
        }
    }

    /// @dev The zero address owns nothing that a broken signature could take.
    function test_withdrawBatch_skipsTheZeroOwner() public {
        Withdrawal memory asked = _asked(1);
        asked.owner = address(0);
        _assertSkipsOnly(SignedWithdrawal(asked, 0, new bytes(65)), Refusal.BalanceTooLow);
    }

    function test_withdrawBatch_skipsAnotherChainsSignature() public {
        Withdrawal memory asked = _asked(1);
        vm.chainId(chains[HUB].id + 1);
        bytes memory signature = _signature(asked, ownerKey);
        vm.chainId(chains[HUB].id);
        _assertSkipsOnly(SignedWithdrawal(asked, 0, signature), Refusal.SignatureInvalid);
    }

    function test_withdrawBatch_skipsAnotherContractsSignature() public {
        Withdrawal memory asked = _asked(1);
        IHub other = IHub(makeAddr("other clearing house"));
        vm.etch(address(other), address(hub).code);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(ownerKey, other.withdrawalDigest(asked));
        _assertSkipsOnly(SignedWithdrawal(asked, 0, abi.encodePacked(r, s, v)), Refusal.SignatureInvalid);
    }

    // ── fees ────────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_withdrawBatch_creditsTheFeeToTheOperator() public {
        SignedWithdrawal memory item = _signed(_asked(1));
        item.fee = 5;
        vm.expectEmit(address(hub));
        emit IClearingHouse.Transferred(account, accountOf(operator, 0), USD, 5);
        assertTrue(_bringOne(item), "done");
        assertEq(hub.balanceOf(accountOf(operator, 0), USD), 5, "the operator's");
        assertEq(hub.balanceOf(account, USD), 1300 - 105, "from the owner, on top");
        (, uint128 authorised) = hub.laneBook(eidA, USD);
        assertEq(authorised, 100, "the recipient gets what was signed");
        assertEq(hub.totalLedger(USD), 1200, "the fee stays in the ledger");
        _assertBacked(USD);
    }

    function test_withdrawBatch_theWholeBalanceIsAmountAndFee() public {
        vm.startPrank(owner);
        hub.transfer(0, owner, 1, USD, 9);
        hub.transfer(0, owner, 2, USD, 9);
        vm.stopPrank();
        Withdrawal memory asked = _asked(1);
        (asked.subaccount, asked.amount) = (1, 7);
        SignedWithdrawal memory item = _signed(asked);
        item.fee = 3;
        _expectSkipped(asked, Refusal.BalanceTooLow);
        assertFalse(_bringOne(item), "one is missing");
        item.fee = 2;
        assertTrue(_bringOne(item), "all of it may leave, however small");
        assertEq(hub.balanceOf(accountOf(owner, 1), USD), 0, "and has left");
    }

    /// @dev A withdrawal of all is signed or asked for long before it is done; a unit of dust sent meanwhile must not stop it.
    function test_withdrawBatch_dustDoesNotStopASmallBalance() public {
        vm.startPrank(owner);
        hub.transfer(0, owner, 1, USD, 9);
        hub.transfer(0, owner, 2, USD, 9 + MINIMUM);
        hub.transfer(0, owner, 1, USD, 1);
        vm.stopPrank();
        Withdrawal memory asked = _asked(1);
        (asked.subaccount, asked.amount) = (1, 9);
        assertTrue(_bringOne(_signed(asked)), "what is left is below the minimum too");
        asked = _asked(2);
        (asked.subaccount, asked.amount) = (2, 9);
        SignedWithdrawal memory item = _signed(asked);
        _expectSkipped(asked, Refusal.BelowMinimum);
        assertFalse(_bringOne(item), "what would be left could be withdrawn by itself");
    }

    function test_withdrawBatch_theLargestFeeAndAmountAreRefused() public {
        Withdrawal memory asked = _asked(1);
        (asked.amount, asked.maxFee) = (type(uint128).max, type(uint128).max);
        SignedWithdrawal memory item = _signed(asked);
        item.fee = type(uint128).max;
        _assertSkipsOnly(item, Refusal.BalanceTooLow);
    }

    /// @dev An owner may bring his own; the fee then goes from him to himself.
    function test_withdrawBatch_byTheOwner() public {
        SignedWithdrawal memory item = _signed(_asked(1));
        item.fee = 5;
        vm.prank(owner);
        assertEq(hub.withdrawBatch(_batch(item)), 1, "done");
        assertEq(hub.balanceOf(account, USD), 1200, "no fee is lost");
        _assertBacked(USD);
    }

    // ── nonces ──────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_withdrawBatch_noncesInAnyOrder() public {
        uint256[5] memory nonces = [300, uint256(5), type(uint256).max, 0, 256];
        for (uint256 i = 0; i < nonces.length; ++i) {
            assertTrue(_bringOne(_signed(_asked(nonces[i]))), "any that is unused");
            assertTrue(hub.isNonceUsed(owner, nonces[i]), "is used then");
        }
        assertFalse(hub.isNonceUsed(owner, 1), "and no neighbour of it");
        assertFalse(hub.isNonceUsed(owner, 261), "nor the same bit of another word");
        assertFalse(hub.isNonceUsed(trader, 5), "nor another's");
    }

    function test_withdrawBatch_neverTwice() public {
        SignedWithdrawal[] memory items = new SignedWithdrawal[](2);
        items[0] = _signed(_asked(3));
        items[1] = items[0];
        _expectSkipped(items[1].withdrawal, Refusal.NonceUsed);
        assertEq(_bring(items), 1, "not in one batch");
        assertEq(_bring(items), 0, "and not in another");
        // Nor for something else.
        Withdrawal memory other = _asked(3);
        other.amount = 50;
        _assertSkipsOnly(other, Refusal.NonceUsed);
    }

    function test_cancelNonce() public {
        vm.startPrank(owner);
        vm.expectEmit(address(hub));
        emit IClearingHouse.NonceCancelled(owner, 3);
        hub.cancelNonce(3);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.NonceAlreadyUsed.selector, owner, 3));
        hub.cancelNonce(3);
        vm.stopPrank();
        // Somebody else's is his own.
        vm.prank(operator);
        hub.cancelNonce(4);
        _assertSkipsOnly(_asked(3), Refusal.NonceUsed);
        assertTrue(_bringOne(_signed(_asked(4))), "the owner's own still counts");
    }
}
