// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ICollateralVault, Parked} from "../../../contracts/interfaces/ICollateralVault.sol";
import {Entry} from "../../../contracts/types/Entry.sol";
import {Deploy} from "../mocks/Deploy.sol";
import {Stage, Terms} from "../../../contracts/types/Terms.sol";
import {OneVault} from "../mocks/OneVault.sol";
import {Mood, RebasingToken} from "../mocks/Tokens.sol";

/// @dev A listed token turns against its vault. What must hold: what belongs to others, the books, and the other entries of
/// a window. USD is honest; the hostile release stands between two of USD.
contract VaultTokensTest is OneVault {
    uint16 internal constant REBASING = 8;
    uint256 internal constant MEGABYTE = 1 << 20;

    RebasingToken internal rebasing;

    function setUp() public override {
        super.setUp();
        rebasing = RebasingToken(Deploy.create("Tokens.sol:RebasingToken", ""));
        vault.listAsset(REBASING, address(rebasing), 6, _vaultRules());
        rebasing.mint(trader, 10_000);
        vm.prank(trader);
        rebasing.approve(address(vault), type(uint256).max);
        _depositAs(trader, USD, 10_000);
        _depositAs(trader, FICKLE, 10_000);
        _depositAs(trader, REBASING, 10_000);
    }

    function _window(uint64 first, Entry memory hostile) internal view returns (Entry[] memory entries) {
        entries = new Entry[](3);
        entries[0] = _releaseOf(USD, uint128(100 + first), stranger);
        entries[1] = hostile;
        entries[2] = _releaseOf(USD, 50, stranger);
    }

    function _parkHash(Entry memory entry, Stage stage, address payee) internal view returns (bytes32) {
        return keccak256(abi.encode(entry.word, entry.account, entry.party, _termsNow(stage), payee));
    }

    /// @dev Executes a window with a hostile release in the middle: the others are paid, it is parked, no book moves for it.
    function _assertParksAlone(uint64 first, Entry memory hostile) internal {
        _assertParksAlone(first, hostile, Stage.Arrived);
    }

    function _assertParksAlone(uint64 first, Entry memory hostile, Stage stage) internal {
        uint16 asset = hostile.asset();
        uint256 paidBefore = usd.balanceOf(stranger);
        (, uint128 releasedBefore) = vault.book(asset);
        uint256 gasBefore = gasleft();
        _onEntries(hubEid, first, _window(first, hostile));
        assertLt(gasBefore - gasleft(), 400_000, "a hostile entry costs its allowance, and not more");
        assertEq(usd.balanceOf(stranger) - paidBefore, 150 + first, "the others in its window are paid");
        assertEq(_parkOf(first + 1), _parkHash(hostile, stage, recipient), "it waits as it came");
        assertEq(_parkOf(first), 0, "alone");
        assertEq(_parkOf(first + 2), 0, "alone");
        (, uint128 released) = vault.book(asset);
        assertEq(released, releasedBefore, "it is not booked");
        (uint128 deposited, uint128 paid) = vault.book(USD);
        assertEq(usd.balanceOf(address(vault)), deposited - paid, "the other asset's book is exact");
    }

    // ── out ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_release_whenTheTokenRefusesInAnyWay() public {
        Mood[6] memory moods =
            [Mood.Reverts, Mood.ReturnsFalse, Mood.BurnsGas, Mood.MovesTwice, Mood.MovesNothing, Mood.RevertBomb];
        for (uint64 i = 0; i < moods.length; ++i) {
            fickle.setMood(moods[i]);
            _assertParksAlone(i * 3, _releaseOf(FICKLE, 100, recipient));
        }
        assertEq(fickle.balanceOf(address(vault)), 10_000, "the vault holds all of it");
    }

    function test_release_whenTheTokenAnswersAMegabyte() public {
        Mood[2] memory moods = [Mood.ReturnBomb, Mood.RevertBomb];
        for (uint64 i = 0; i < moods.length; ++i) {
            fickle.setBomb(moods[i], MEGABYTE);
            _assertParksAlone(i * 3, _releaseOf(FICKLE, 100, recipient));
        }
    }

    function test_release_whenTheTokenLiesAboutBalances() public {
        fickle.setLie(address(vault), -9_950);
        _assertParksAlone(0, _releaseOf(FICKLE, 100, recipient));
        // It tells of more than there is: the book pays what came in, and not one unit more.
        fickle.setLie(address(vault), 1e12);
        _assertParksAlone(3, _releaseOf(FICKLE, 10_001, recipient), Stage.Unbacked);
        fickle.setLie(address(vault), 0);
        // What it refused is set aside.
        _release(6, _releaseOf(FICKLE, 9_900, recipient));
        Terms memory terms = _termsNow(Stage.Arrived);
        vault.retry(hubEid, 1, _releaseOf(FICKLE, 100, recipient), terms, recipient);
        assertEq(fickle.balanceOf(recipient), 10_000, "when it tells the truth again, it is paid");
    }

    /// @dev The vault gives what it owes; the fee is the recipient's.
    function test_release_whenTheTokenTakesAFee() public {
        fickle.setMood(Mood.TakesFee);
        _onEntries(hubEid, 0, _window(0, _releaseOf(FICKLE, 1000, recipient)));
        assertEq(fickle.balanceOf(recipient), 990, "less the fee");
        assertEq(fickle.balanceOf(address(vault)), 9_000, "the vault gave exactly what it booked");
        (, uint128 released) = vault.book(FICKLE);
        assertEq(released, 1000, "and booked what it gave");
        assertEq(usd.balanceOf(stranger), 150, "the others are paid");
    }

    function test_release_whenTheTokenChangesItsDecimals() public {
        fickle.setDecimals(18);
        assertEq(vault.assetOf(FICKLE).scale, 1, "the scale is what was listed");
        _release(0, _releaseOf(FICKLE, 100, recipient));
        assertEq(fickle.balanceOf(recipient), 100, "out as it came in");
        _depositAs(trader, FICKLE, 100);
        (uint128 deposited,) = vault.book(FICKLE);
        assertEq(deposited, 10_100, "in as before");
    }

    /// @dev The shortfall is that asset's: first come, first served, as far as there are tokens.
    function test_release_whenTheTokenRebasesDown() public {
        rebasing.rebase(50);
        _release(0, _releaseOf(REBASING, 2_000, recipient));
        assertEq(rebasing.balanceOf(address(vault)), 3_000, "half is left of what was there, less what is paid");
        assertEq(_parkOf(0), 0, "what is there is paid");
        _assertParksAlone(1, _releaseOf(REBASING, 8_000, recipient));
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.BalanceBelowBook.selector, REBASING, 8_000, 3_000));
        vm.prank(trader, trader);
        vault.deposit(REBASING, 10, trader, 0, trader, false);
        // Somebody makes it good.
        rebasing.mint(address(vault), 5_000);
        Terms memory terms = _termsNow(Stage.Arrived);
        vault.retry(hubEid, 2, _releaseOf(REBASING, 8_000, recipient), terms, recipient);
        assertEq(rebasing.balanceOf(address(vault)), 0, "all of it is paid");
    }

    function test_release_whenTheTokenBlocksTheRecipientForAWhile() public {
        fickle.setBlacklisted(recipient, true);
        Entry memory entry = _releaseOf(FICKLE, 100, recipient);
        _assertParksAlone(0, entry);
        Terms memory terms = _termsNow(Stage.Arrived);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.ParkNotPayable.selector, hubEid, 1, Parked.Refused));
        vault.retry(hubEid, 1, entry, terms, recipient);
        fickle.setBlacklisted(recipient, false);
        vault.retry(hubEid, 1, entry, terms, recipient);
        assertEq(fickle.balanceOf(recipient), 100, "paid when it is free");
    }

    /// @dev Blocked is the vault itself: everything of that asset waits, and goes on when it is free.
    function test_release_whenTheTokenBlocksTheVault() public {
        fickle.setMood(Mood.Reverts);
        _assertParksAlone(0, _releaseOf(FICKLE, 100, recipient));
        fickle.setMood(Mood.Honest);
        Terms memory terms = _termsNow(Stage.Arrived);
        vault.retry(hubEid, 1, _releaseOf(FICKLE, 100, recipient), terms, recipient);
        assertEq(fickle.balanceOf(recipient), 100, "paid");
    }

    function test_retry_whenTheTokenAnswersAMegabyteCostsTheAllowance() public {
        (Entry memory entry, Terms memory terms) = _park();
        fickle.setBomb(Mood.RevertBomb, MEGABYTE);
        uint256 gasBefore = gasleft();
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.ParkNotPayable.selector, hubEid, 5, Parked.Refused));
        vault.retry(hubEid, 5, entry, terms, recipient);
        assertLt(gasBefore - gasleft(), 150_000, "its allowance, and not more");
    }

    // ── in ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    function _assertDepositFails(bytes memory reason) internal {
        vm.expectRevert(reason);
        vm.prank(trader, trader);
        vault.deposit(FICKLE, 1000, trader, 0, trader, false);
        (uint128 deposited,) = vault.book(FICKLE);
        assertEq(deposited, 10_000, "nothing is booked");
    }

    function test_deposit_whenTheTokenLiesAboutBalances() public {
        fickle.setLie(address(vault), -1);
        _assertDepositFails(abi.encodeWithSelector(ICollateralVault.BalanceBelowBook.selector, FICKLE, 10_000, 9_999));
        fickle.setLie(address(vault), 0);
        _depositAs(trader, USD, 100);
        assertEq(usd.balanceOf(address(vault)), 10_100, "another asset's deposits go on");
    }

    function test_deposit_whenTheTokenAnswersAMegabyte() public {
        fickle.setBomb(Mood.ReturnBomb, MEGABYTE);
        _depositAs(trader, FICKLE, 1000);
        (uint128 deposited,) = vault.book(FICKLE);
        assertEq(deposited, 11_000, "it moved what it said, at its depositor's cost");
        fickle.setBomb(Mood.RevertBomb, MEGABYTE);
        vm.expectRevert();
        vm.prank(trader, trader);
        vault.deposit(FICKLE, 1000, trader, 0, trader, false);
    }

    // ── reentrancy ──────────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev Everything that moves or promises money.
    function _doors(Entry memory parked, Terms memory terms) internal view returns (bytes[9] memory doors) {
        ICollateralVault.Permit memory permit;
        ICollateralVault.Permit2Transfer memory permit2;
        ICollateralVault.Request memory request = ICollateralVault.Request(trader, 0, hubEid, USD, 100, address(fickle));
        doors = [
            abi.encodeCall(ICollateralVault.deposit, (USD, 100, trader, 0, trader, false)),
            abi.encodeCall(ICollateralVault.depositWithPermit, (USD, 100, trader, 0, trader, false, permit)),
            abi.encodeCall(ICollateralVault.depositWithPermit2, (USD, 100, trader, 0, trader, false, permit2)),
            abi.encodeCall(ICollateralVault.requestWithdrawal, (request)),
            abi.encodeCall(ICollateralVault.requestWithdrawalSigned, (request, trader, 0, 0, "")),
            abi.encodeCall(ICollateralVault.retry, (hubEid, 5, parked, terms, recipient)),
            abi.encodeCall(ICollateralVault.returnRelease, (5, parked, terms, recipient)),
            abi.encodeCall(ICollateralVault.returnReleaseSigned, (5, parked, terms, recipient, type(uint256).max, "")),
            abi.encodeCall(vault.onEntries, (hubEid, 50, new Entry[](0)))
        ];
    }

    function _assertMetTheGuard(uint256 door) internal view {
        assertFalse(fickle.hookSucceeded(), string.concat("door ", vm.toString(door)));
        assertEq(
            fickle.hookResult(),
            abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector),
            string.concat("the guard, at door ", vm.toString(door))
        );
    }

    function test_deposit_whenTheTokenReenters() public {
        (Entry memory parked, Terms memory terms) = _park();
        bytes[9] memory doors = _doors(parked, terms);
        for (uint256 i = 0; i < doors.length; ++i) {
            fickle.setHook(address(vault), doors[i]);
            _depositAs(trader, FICKLE, 1000);
            _assertMetTheGuard(i);
        }
        (uint128 deposited,) = vault.book(FICKLE);
        assertEq(deposited, 19_000, "each deposit counts once");
        assertTrue(_parkOf(5) != 0, "the park is untouched");
    }

    function test_release_whenTheTokenReenters() public {
        // The token's notes on the hook need most of the allowance: the recipient is not new.
        fickle.mint(recipient, 1);
        (Entry memory parked, Terms memory terms) = _park();
        bytes[9] memory doors = _doors(parked, terms);
        for (uint64 i = 0; i < doors.length; ++i) {
            fickle.setHook(address(vault), doors[i]);
            _release(10 + i, _releaseOf(FICKLE, 100, recipient));
            assertEq(_parkOf(10 + i), 0, "the payment stands");
            _assertMetTheGuard(i);
        }
        assertEq(fickle.balanceOf(recipient), 901, "each release is paid once");
        assertTrue(_parkOf(5) != 0, "the park is untouched");
    }

    function test_retry_whenTheTokenReenters() public {
        fickle.mint(recipient, 1);
        (Entry memory parked, Terms memory terms) = _park();
        bytes[9] memory doors = _doors(parked, terms);
        for (uint64 i = 0; i < doors.length; ++i) {
            uint256 before = vm.snapshotState();
            fickle.setHook(address(vault), doors[i]);
            vault.retry(hubEid, 5, parked, terms, recipient);
            assertEq(fickle.balanceOf(recipient), 101, "paid once");
            _assertMetTheGuard(i);
            vm.revertToState(before);
        }
    }

    /// @dev The vault has no door for a token that calls `push` either.
    function test_release_whenTheTokenCallsPush() public {
        fickle.mint(recipient, 1);
        fickle.setHook(address(vault), abi.encodeCall(vault.push, (address(usd), recipient, 10_000)));
        _release(0, _releaseOf(FICKLE, 100, recipient));
        assertFalse(fickle.hookSucceeded(), "it is for the vault itself");
        assertEq(usd.balanceOf(recipient), 0, "another token is out of reach");
        assertEq(usd.balanceOf(address(vault)), 10_000, "all of it");
    }
}
