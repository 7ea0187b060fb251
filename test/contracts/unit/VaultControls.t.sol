// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ICollateralVault, Parked} from "../../../contracts/interfaces/ICollateralVault.sol";
import {Entry} from "../../../contracts/types/Entry.sol";
import {Stage, Terms} from "../../../contracts/types/Terms.sol";
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

/// @dev Two of three paths are the attacker's, and nobody has noticed: whatever he writes is executed.
abstract contract DrainAttack is OneVault {
    uint80 internal constant CAPACITY = 1000;

    function setUp() public override {
        super.setUp();
        _depositAs(trader, FICKLE, 10_000);
        _limitTo(CAPACITY, 1, 3000, 50);
    }

    /// @dev All of it, to accounts that exist nowhere, in parts below the large level and in one above it.
    function _attack() internal returns (uint256) {
        Entry[] memory entries = new Entry[](11);
        for (uint256 i = 0; i < 10; ++i) {
            entries[i] = _releaseFor(address(uint160(1000 + i)), 500, stranger);
        }
        entries[10] = _releaseFor(stranger, 5000, stranger);
        _onEntries(hubEid, 0, entries);
        return fickle.balanceOf(stranger);
    }
}

contract LimitedVaultTest is DrainAttack {
    function test_drain_takesWhatTheBucketHolds() public {
        assertEq(_attack(), CAPACITY, "in the block in which nobody knows yet");
        vm.warp(_now() + 1 hours);
        assertEq(fickle.balanceOf(stranger), CAPACITY, "the rest waits for its time, and for a veto");
    }
}

contract UnlimitedVaultTest is DrainAttack {
    function _vaultArtifact() internal pure override returns (string memory) {
        return "UnlimitedVault.sol:UnlimitedVault";
    }

    function test_drain_takesAllAtOnceWithoutTheLimits() public {
        assertEq(_attack(), 10_000, "all of it");
    }
}

/// @dev Little money asks again and again for its place in the bucket.
abstract contract SquattingAttack is OneVault {
    address internal squatter = makeAddr("squatter");

    function setUp() public override {
        super.setUp();
        _depositAs(trader, FICKLE, 10_000);
        _limitTo(1000, 10, 5000, 100);
        _release(0, _releaseFor(makeAddr("first"), 1000, recipient));
    }

    /// @dev 100 units draw, go back to the hub, and come again, by another account each time.
    /// @return unlockAt When a bystander who comes after that is paid.
    function _attack() internal returns (uint64 unlockAt) {
        for (uint64 i = 1; i <= 20; ++i) {
            Entry memory entry = _releaseFor(address(uint160(1000 + i)), 100, squatter);
            (uint128 fullAt,) = vault.bucketOf(FICKLE);
            _release(i, entry);
            Terms memory terms = _termsUntil(uint64(fullAt >> 64) + 10 - 100, Stage.Drawn);
            vm.prank(squatter);
            try vault.returnRelease(i, entry, terms, squatter) {}
            catch {
                // It is stuck in the queue, and there is no more of it.
                break;
            }
        }
        (uint128 after_,) = vault.bucketOf(FICKLE);
        unlockAt = uint64(after_ >> 64) + 10 - 100;
        _parks(50, _releaseOf(FICKLE, 100, recipient), Parked.OverLimit, _termsUntil(unlockAt, Stage.Drawn));
    }
}

contract PlacedVaultTest is SquattingAttack {
    function test_squatting_takesAPlaceOnce() public {
        assertEq(_attack(), _now() + 20, "behind the squatter's only place");
    }
}

contract SquattableVaultTest is SquattingAttack {
    function _vaultArtifact() internal pure override returns (string memory) {
        return "SquattableVault.sol:SquattableVault";
    }

    function test_squatting_takesEveryPlaceWithoutTheLock() public {
        assertEq(_attack(), _now() + 210, "behind twenty of them, of the same money");
    }
}
