// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ICollateralVault} from "../../../contracts/interfaces/ICollateralVault.sol";
import {Halt, IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {accountOf, toParty} from "../../../contracts/types/Account.sol";
import {KIND_DEPOSIT, makeEntry} from "../../../contracts/types/Entry.sol";
import {Deploy} from "../mocks/Deploy.sol";
import {IVault} from "../mocks/Interfaces.sol";
import {OneVault} from "../mocks/OneVault.sol";
import {Mood, RebasingToken, TestToken} from "../mocks/Tokens.sol";

/// @dev Deposits for its own address while its code is not there yet.
contract DepositsInConstructor {
    constructor(IVault vault, TestToken token) {
        token.mint(address(this), 100);
        token.approve(address(vault), 100);
        vault.deposit(1, 100, address(this), 0, address(this), false);
    }
}

contract VaultDepositTest is OneVault {
    function _depositAs(uint16 asset, uint256 amount) internal {
        _depositAs(trader, asset, amount);
    }

    function test_deposit_stopsAfterAFalseAcknowledgement() public {
        _depositAs(USD, 1e6);
        _haltByFalseAck();
        vm.prank(trader, trader);
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneIsHalted.selector, hubEid, Halt.FalseAck));
        vault.deposit(USD, 1e6, trader, 0, trader, false);
    }

    function test_deposit_refusesMoreThanTheBookCanHold() public {
        fickle.mint(trader, type(uint128).max);
        _depositAs(FICKLE, uint256(type(uint128).max) - 5);
        vm.prank(trader, trader);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.AmountTooLarge.selector, FICKLE, 100));
        vault.deposit(FICKLE, 100, trader, 0, trader, false);
    }

    // ── deposits ────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_deposit_postsWhatArrived() public {
        bytes32 account = accountOf(trader, 5);
        vm.expectEmit(address(chains[A].gateway));
        emit IGateway.EntryPosted(
            chains[HUB].eid, 0, makeEntry(KIND_DEPOSIT, USD, chains[A].eid, 0, 1234, account, toParty(address(0xf00)))
        );
        vm.prank(trader, trader);
        (uint64 index, uint128 credited) = vault.deposit(USD, 1234, trader, 5, address(0xf00), false);
        assertEq(index, 0, "the first entry of the lane");
        assertEq(credited, 1234, "in canonical units");
        assertEq(usd.balanceOf(address(vault)), 1234, "the vault holds it");
        (uint128 deposited, uint128 released) = vault.book(USD);
        assertEq(deposited, 1234, "and books it");
        assertEq(released, 0, "nothing is out");
    }

    function test_deposit_takesWholeCanonicalUnitsOnly() public {
        IVault other = chains[B].vault;
        TestToken token = tokenOf[B][USD];
        token.mint(trader, 100e12);
        vm.startPrank(trader, trader);
        token.approve(address(other), type(uint256).max);
        (, uint128 credited) = other.deposit(USD, 20e12 + 1e12 - 1, trader, 0, trader, false);
        vm.stopPrank();
        assertEq(credited, 20, "rounded down");
        assertEq(token.balanceOf(trader), 80e12, "what can't be represented stays with the depositor");
        assertEq(token.balanceOf(address(other)), 20e12, "the vault took exactly what it credits");
    }

    function test_deposit_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.AssetNotListed.selector, 99));
        _depositAs(99, 100);
        vm.expectRevert(ICollateralVault.ZeroAmount.selector);
        _depositAs(USD, 0);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.BelowMinimum.selector, USD, MINIMUM, 9));
        _depositAs(USD, 9);
        vm.expectRevert(
            abi.encodeWithSelector(ICollateralVault.AmountTooLarge.selector, USD, uint256(type(uint128).max) + 1)
        );
        _depositAs(USD, uint256(type(uint128).max) + 1);
        vm.startPrank(trader, trader);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.AccountMalformed.selector, bytes32(uint256(3))));
        vault.deposit(USD, 100, address(0), 3, trader, false);
        vm.expectRevert(ICollateralVault.RefundAddressZero.selector);
        vault.deposit(USD, 100, trader, 0, address(0), false);
        vm.stopPrank();
    }

    function test_deposit_revertsForDustBelowOneCanonicalUnit() public {
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.BelowMinimum.selector, USD, MINIMUM, 0));
        vm.prank(trader, trader);
        chains[B].vault.deposit(USD, 1e12 - 1, trader, 0, trader, false);
    }

    function test_deposit_revertsForATokenThatTakesAFee() public {
        fickle.setMood(Mood.TakesFee);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.DepositNotReceived.selector, FICKLE, 1000, 990));
        _depositAs(FICKLE, 1000);
    }

    function test_deposit_revertsForATokenThatLies() public {
        fickle.setMood(Mood.MovesNothing);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.DepositNotReceived.selector, FICKLE, 1000, 0));
        _depositAs(FICKLE, 1000);
        fickle.setMood(Mood.MovesTwice);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.DepositNotReceived.selector, FICKLE, 1000, 2000));
        _depositAs(FICKLE, 1000);
        fickle.setMood(Mood.ReturnsFalse);
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(fickle)));
        _depositAs(FICKLE, 1000);
    }

    function test_deposit_takesATokenThatReturnsNothing() public {
        fickle.setMood(Mood.ReturnsNothing);
        _depositAs(FICKLE, 1000);
        (uint128 deposited,) = vault.book(FICKLE);
        assertEq(deposited, 1000, "as the most used token does");
    }

    function test_deposit_revertsForARebasingToken() public {
        RebasingToken token = RebasingToken(Deploy.create("Tokens.sol:RebasingToken", ""));
        ICollateralVault.AssetRules memory rules = _vaultRules();
        rules.minDeposit = 1;
        vault.listAsset(9, address(token), 6, rules);
        token.mint(trader, 1e6);
        vm.prank(trader);
        token.approve(address(vault), 1e6);
        _depositAs(9, 1000);
        token.rebase(90);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.BalanceBelowBook.selector, 9, 1000, 900));
        _depositAs(9, 1000);
        token.rebase(110);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.DepositNotReceived.selector, 9, 2100, 2118));
        _depositAs(9, 1000);
    }

    // ── who owns the account ────────────────────────────────────────────────────────────────────────────────────────

    function test_deposit_aContractMustConfirmItsOwnAddress() public {
        // This test is a contract and names itself.
        usd.mint(address(this), 1000);
        usd.approve(address(vault), 1000);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.ContractOwnerNotConfirmed.selector, address(this)));
        vault.deposit(USD, 100, address(this), 0, address(this), false);
        vault.deposit(USD, 100, address(this), 0, address(this), true);
        vault.deposit(USD, 100, trader, 0, address(this), false);
    }

    function test_deposit_anEoaWithCodeMayNameItself() public {
        vm.etch(trader, hex"ef01000000000000000000000000000000000000000001");
        _depositAs(USD, 100);
    }

    function test_deposit_aContractUnderConstructionMustConfirmToo() public {
        bytes memory code = vm.getCode("VaultDeposit.t.sol:DepositsInConstructor");
        address next = vm.computeCreateAddress(address(this), vm.getNonce(address(this)));
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.ContractOwnerNotConfirmed.selector, next));
        Deploy.create(abi.encodePacked(code, abi.encode(vault, usd)));
    }
}
