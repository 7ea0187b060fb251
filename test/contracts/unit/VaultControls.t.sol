// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Terms} from "../../../contracts/types/Terms.sol";
import {ICollateralVault} from "../../../contracts/interfaces/ICollateralVault.sol";
import {Entry} from "../../../contracts/types/Entry.sol";
import {Terms} from "../../../contracts/types/Terms.sol";
import {OneVault} from "../mocks/OneVault.sol";
import {Mood} from "../mocks/Tokens.sol";

// Each attack twice: against the vault, and against one that lacks the defence, where it must succeed or the first run
// proves nothing.

abstract contract FeeAttack is OneVault {
    function _attack() internal {
        _depositAs(trader, FICKLE, 1000);
        fickle.setMood(Mood.TakesFee);
        vm.prank(trader, trader);
        try vault.deposit(FICKLE, 1000, trader, 0, trader, false) {} catch {}
    }

    function _missing() internal view returns (uint256) {
        (uint128 deposited,) = vault.book(FICKLE);
        return deposited - fickle.balanceOf(address(vault));
    }
}

contract MeasuredVaultTest is FeeAttack {
    function test_fee_creditsNothingThatIsNotThere() public {
        _attack();
        assertEq(_missing(), 0, "the book is covered");
    }
}

contract UnmeasuredVaultTest is FeeAttack {
    function _vaultArtifact() internal pure override returns (string memory) {
        return "UnmeasuredVault.sol:UnmeasuredVault";
    }

    function test_fee_isCreditedWithoutTheMeasure() public {
        _attack();
        assertEq(_missing(), 10, "credit without tokens");
    }
}

abstract contract GasAttack is OneVault {
    uint256 internal constant TRANSACTION_GAS = 14_000_000;

    /// @dev A window of three releases of a token that burns all gas, and one of an honest token.
    function _attack() internal returns (bool isExecuted) {
        _depositAs(trader, FICKLE, 1000);
        _depositAs(trader, USD, 1000);
        fickle.setMood(Mood.BurnsGas);
        Entry[] memory entries = new Entry[](4);
        for (uint256 i = 0; i < 3; ++i) {
            entries[i] = _releaseOf(FICKLE, 100, recipient);
        }
        entries[3] = _releaseOf(USD, 100, recipient);
        vm.prank(address(gateway));
        (isExecuted,) = address(vault).call{gas: TRANSACTION_GAS}(abi.encodeCall(vault.onEntries, (hubEid, 0, entries)));
    }
}

contract BoundedVaultTest is GasAttack {
    function test_gas_isBurntInsideTheAllowance() public {
        assertTrue(_attack(), "the window is executed");
        assertEq(usd.balanceOf(recipient), 100, "the honest release is paid");
    }
}

contract UnboundedVaultTest is GasAttack {
    function _vaultArtifact() internal pure override returns (string memory) {
        return "UnboundedVault.sol:UnboundedVault";
    }

    function test_gas_isBurntToTheLastWithoutTheAllowance() public {
        assertFalse(_attack(), "the window never executes");
        assertEq(usd.balanceOf(recipient), 0, "the honest release waits behind it, for ever");
    }
}

/// @dev On the hub the trader's address is his wallet's; here a thief made his contract there.
abstract contract SameAddressAttack is OneVault {
    address internal thief = makeAddr("thief");

    function setUp() public override {
        super.setUp();
        _depositAs(trader, FICKLE, 1000);
        vm.etch(trader, hex"00");
    }

    function _requests() internal returns (bool isDone) {
        ICollateralVault.Request memory request =
            ICollateralVault.Request(trader, 0, chains[A].eid, FICKLE, 1000, trader);
        vm.prank(trader, thief);
        (isDone,) = address(vault).call(abi.encodeCall(ICollateralVault.requestWithdrawal, (request)));
    }

    function _returns() internal returns (bool isDone) {
        (Entry memory entry, Terms memory terms) = _park();
        vm.prank(trader, thief);
        (isDone,) = address(vault).call(abi.encodeCall(ICollateralVault.returnRelease, (5, entry, terms, recipient)));
    }

    function _posted() internal view returns (uint64 posted) {
        (posted,,) = gateway.outbox(hubEid);
    }
}

contract DoubtingVaultTest is SameAddressAttack {
    function test_sameAddress_isNoOwner() public {
        assertFalse(_requests(), "no request");
        assertFalse(_returns(), "no return");
        assertEq(_posted(), 1, "the deposit is all that the hub hears of");
    }
}

contract CredulousVaultTest is SameAddressAttack {
    function _vaultArtifact() internal pure override returns (string memory) {
        return "CredulousVault.sol:CredulousVault";
    }

    function test_sameAddress_isTheOwnerWithoutTheDoubt() public {
        assertTrue(_requests(), "the thief asks for all");
        assertTrue(_returns(), "and takes a payment back");
        assertEq(_posted(), 3, "the hub hears of both");
    }
}
