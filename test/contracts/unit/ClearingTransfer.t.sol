// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {accountOf} from "../../../contracts/types/Account.sol";
import {Clearing} from "../mocks/Clearing.sol";

contract ClearingTransferTest is Clearing {
    function setUp() public override {
        super.setUp();
        _onEntry(eidA, 0, _depositOf(eidA, USD, 500));
    }

    function _balance(address owner, uint96 subaccount) internal view returns (int256) {
        return hub.balanceOf(accountOf(owner, subaccount), USD);
    }

    function test_transfer_toAnotherSubaccount() public {
        vm.expectEmit(address(hub));
        emit IClearingHouse.Transferred(account, accountOf(trader, type(uint96).max), USD, 200);
        vm.prank(trader);
        hub.transfer(0, trader, type(uint96).max, USD, 200);
        assertEq(_balance(trader, 0), 300, "from one");
        assertEq(_balance(trader, type(uint96).max), 200, "to the other");
        assertEq(hub.totalLedger(USD), 500, "the ledger is the same");
        assertEq(hub.available(eidA, USD), 500, "and so is the vault's book");
        vm.prank(trader);
        hub.withdraw(type(uint96).max, eidA, USD, 200, trader);
        _assertBacked(USD);
    }

    function test_transfer_toAnotherOwner() public {
        vm.prank(trader);
        hub.transfer(0, recipient, 7, USD, 500);
        assertEq(_balance(trader, 0), 0, "all of it");
        assertEq(_balance(recipient, 7), 500, "is another's");
        vm.prank(recipient);
        hub.withdraw(7, eidA, USD, 500, recipient);
        _assertBacked(USD);
    }

    function test_transfer_toItself() public {
        vm.prank(trader);
        hub.transfer(0, trader, 0, USD, 500);
        assertEq(_balance(trader, 0), 500, "neither more nor less");
    }

    function test_transfer_reverts() public {
        vm.startPrank(trader);
        vm.expectRevert(IClearingHouse.AmountZero.selector);
        hub.transfer(0, recipient, 0, USD, 0);
        vm.expectRevert(IClearingHouse.ReceiverZero.selector);
        hub.transfer(0, address(0), 0, USD, 1);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.BalanceTooLow.selector, account, USD, 500, 501));
        hub.transfer(0, recipient, 0, USD, 501);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.BalanceTooLow.selector, accountOf(trader, 1), USD, 0, 1));
        hub.transfer(1, recipient, 0, USD, 1);
        vm.expectRevert(
            abi.encodeWithSelector(IClearingHouse.BalanceTooLow.selector, account, USD, 500, type(uint128).max)
        );
        hub.transfer(0, recipient, 0, USD, type(uint128).max);
        vm.stopPrank();
        vm.prank(recipient);
        vm.expectRevert(
            abi.encodeWithSelector(IClearingHouse.BalanceTooLow.selector, accountOf(recipient, 0), USD, 0, 1)
        );
        hub.transfer(0, trader, 0, USD, 1);
    }

    function testFuzz_transfer_conserves(uint128 amount, uint96 from, uint96 to, address owner) public {
        vm.assume(owner != address(0));
        amount = uint128(bound(amount, 1, 500));
        vm.startPrank(trader);
        if (from != 0) hub.transfer(0, trader, from, USD, 500);
        hub.transfer(from, owner, to, USD, amount);
        vm.stopPrank();
        bool isSame = accountOf(trader, from) == accountOf(owner, to);
        assertEq(_balance(trader, from), isSame ? int256(500) : int256(500 - uint256(amount)), "what is left");
        assertEq(_balance(owner, to), isSame ? int256(500) : int256(uint256(amount)), "what came");
        _assertBacked(USD);
    }
}
