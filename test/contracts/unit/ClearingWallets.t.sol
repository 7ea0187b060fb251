// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {accountOf} from "../../../contracts/types/Account.sol";
import {Refusal, SignedWithdrawal, Withdrawal} from "../../../contracts/types/Withdrawal.sol";
import {Deploy} from "../mocks/Deploy.sol";
import {SignedWithdrawals} from "../mocks/SignedWithdrawals.sol";
import {Answer, FickleWallet} from "../mocks/Wallets.sol";

/// @dev Owners that are contracts: withdrawals by ERC-1271.
contract ClearingWalletsTest is SignedWithdrawals {
    uint256 internal constant ERC1271_GAS = 300_000;

    FickleWallet internal wallet;

    function setUp() public override {
        super.setUp();
        wallet = FickleWallet(Deploy.create("Wallets.sol:FickleWallet", ""));
        wallet.setSigner(owner);
        vm.prank(owner);
        hub.transfer(0, address(wallet), 0, USD, 400);
    }

    function _ofWallet(uint256 nonce) internal view returns (SignedWithdrawal memory) {
        Withdrawal memory asked = _asked(nonce);
        asked.owner = address(wallet);
        return SignedWithdrawal(asked, 0, _signature(asked, ownerKey));
    }

    function test_withdrawBatch_ofAWallet() public {
        assertTrue(_bringOne(_ofWallet(1)), "its contract says yes");
        assertEq(hub.balanceOf(accountOf(address(wallet), 0), USD), 300, "debited");
        assertTrue(hub.isNonceUsed(address(wallet), 1), "and its nonce is used");
        assertFalse(hub.isNonceUsed(owner, 1), "not its signer's");
    }

    function test_withdrawBatch_skipsAWalletThatSaysNo() public {
        wallet.setSigner(trader);
        SignedWithdrawal memory item = _ofWallet(1);
        item.signature = _signature(item.withdrawal, ownerKey);
        vm.expectEmit(address(hub));
        emit IClearingHouse.WithdrawalSkipped(address(wallet), 1, Refusal.SignatureInvalid);
        assertFalse(_bringOne(item), "no");
    }

    function test_withdrawBatch_skipsAWalletOfAnyManners() public {
        Answer[6] memory answers =
            [Answer.Garbage, Answer.Short, Answer.Bomb, Answer.Reverts, Answer.RevertsWithYes, Answer.BurnsGas];
        for (uint256 i = 0; i < answers.length; ++i) {
            wallet.setAnswer(answers[i]);
            uint256 state = vm.snapshotState();
            uint256 before = gasleft();
            _assertSkipsOnly(_ofWallet(1), Refusal.SignatureInvalid);
            assertLt(before - gasleft(), ERC1271_GAS + 900_000, "and takes no more than its allowance");
            vm.revertToState(state);
        }
        assertEq(hub.balanceOf(accountOf(address(wallet), 0), USD), 400, "nothing moved");
    }

    /// @dev It is asked by a static call: whatever it calls changes nothing.
    function test_withdrawBatch_aWalletCantReenter() public {
        bytes[] memory calls = new bytes[](3);
        calls[0] = abi.encodeCall(IClearingHouse.transfer, (0, operator, 0, USD, 1));
        calls[1] = abi.encodeCall(IClearingHouse.withdraw, (0, eidA, USD, 100, operator));
        calls[2] = abi.encodeCall(IClearingHouse.cancelNonce, (77));
        for (uint256 i = 0; i < calls.length; ++i) {
            wallet.setReentry(address(hub), calls[i]);
            assertTrue(_bringOne(_ofWallet(i)), "it says yes, since its own call failed");
        }
        assertEq(hub.balanceOf(accountOf(address(wallet), 0), USD), 100, "three withdrawals and nothing else");
        assertFalse(hub.isNonceUsed(address(wallet), 77), "no nonce but theirs");
        _assertBacked(USD);
    }

    /// @dev An account that delegates to code (EIP-7702) owns itself by its key, whatever the code says.
    function test_withdrawBatch_ofADelegatedAccount() public {
        vm.etch(owner, address(wallet).code);
        FickleWallet(owner).setAnswer(Answer.Reverts);
        assertTrue(_bringOne(_signed(_asked(1))), "its key signed");
        (address other, uint256 otherKey) = makeAddrAndKey("other");
        FickleWallet(owner).setSigner(other);
        Withdrawal memory asked = _asked(2);
        SignedWithdrawal memory item = SignedWithdrawal(asked, 0, _signature(asked, otherKey));
        _expectSkipped(asked, Refusal.SignatureInvalid);
        assertFalse(_bringOne(item), "its code refuses");
        FickleWallet(owner).setAnswer(Answer.Honest);
        assertTrue(_bringOne(item), "its code agrees");
    }

    /// @dev Too little gas must not make a good signature look bad: an estimate would settle on just that.
    function test_withdrawBatch_revertsWithoutTheGasToAsk() public {
        wallet.setAnswer(Answer.Slow);
        SignedWithdrawal[] memory items = _batch(_ofWallet(1));
        bytes memory call = abi.encodeCall(IClearingHouse.withdrawBatch, (items));
        bool isDone;
        for (uint256 gas_ = 200_000; gas_ < 600_000; gas_ += 2000) {
            vm.prank(operator);
            (bool isReturned, bytes memory data) = address(hub).call{gas: gas_}(call);
            if (!isReturned) continue;
            assertEq(abi.decode(data, (uint256)), 1, "never skipped for want of gas");
            isDone = true;
            break;
        }
        assertTrue(isDone, "done with enough of it");
    }
}
