// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ICollateralVault, Parked} from "../../../contracts/interfaces/ICollateralVault.sol";
import {Halt, IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {toParty} from "../../../contracts/types/Account.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {Entry, KIND_DEPOSIT, KIND_RELEASE, makeEntry} from "../../../contracts/types/Entry.sol";
import {Scope} from "../../../contracts/types/Scope.sol";
import {Stage, Terms} from "../../../contracts/types/Terms.sol";
import {OneVault} from "../mocks/OneVault.sol";
import {Mood} from "../mocks/Tokens.sol";

/// @dev A release of 100 is parked at index 5; the trader's deposit is entry 0 of the lane to the hub.
contract VaultReturnTest is OneVault {
    Entry internal entry;
    Terms internal terms;
    uint64 internal returnableAt;
    uint256 internal strangerKey;

    function setUp() public override {
        super.setUp();
        (stranger, strangerKey) = makeAddrAndKey("stranger");
        _depositAs(trader, FICKLE, 10_000);
        (entry, terms) = _park();
        returnableAt = terms.unlockAt + 7 days;
    }

    function _hash(Entry memory release) internal pure returns (bytes32) {
        return keccak256(abi.encode(release.word, release.account, release.party));
    }

    /// @dev docs/messages.md, field by field.
    function _returned() internal view returns (Entry memory) {
        uint256 word = (uint256(4) << 248) | (uint256(FICKLE) << 232) | (uint256(chains[A].eid) << 200)
            | (uint256(5) << 136) | (100 << 8);
        return Entry(word, bytes32(uint256(uint160(trader)) << 96), _hash(entry));
    }

    function _expectReturned() internal {
        _expectPosted(1, _returned());
        vm.expectEmit(address(vault));
        emit ICollateralVault.ReleaseReturned(5, 1, _hash(entry));
    }

    function _return() internal {
        vault.returnRelease(5, entry, terms, recipient);
    }

    function _retry() internal {
        vault.retry(hubEid, 5, entry, terms, recipient);
    }

    function _expectUnknown() internal {
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.ParkUnknown.selector, hubEid, 5));
    }

    function _assertReturned() internal {
        assertEq(_parkOf(5), 0, "the word is gone");
        assertEq(fickle.balanceOf(recipient), 0, "nobody is paid");
        assertEq(fickle.balanceOf(address(vault)), 10_000, "the vault keeps it");
        (uint128 deposited, uint128 released) = vault.book(FICKLE);
        assertEq(deposited, 10_000, "it backs the account again");
        assertEq(released, 0, "and is not booked as released");
        assertEq(vault.releasedTo(account, FICKLE), 0, "nor for the account");
        assertEq(_posted(), 2, "one entry tells the hub");
        // Whatever the token does now.
        fickle.setMood(Mood.Honest);
        _expectUnknown();
        _retry();
        _expectUnknown();
        vm.prank(recipient);
        _return();
        assertEq(fickle.balanceOf(recipient), 0, "it ended");
    }

    function _posted() internal view returns (uint64 posted) {
        (posted,,) = gateway.outbox(hubEid);
    }

    function _assertParked() internal view {
        assertTrue(_parkOf(5) != 0, "it is parked still");
        assertEq(_posted(), 1, "nothing is posted");
        assertEq(fickle.balanceOf(recipient), 0, "nothing is paid");
    }

    // ── by whom ─────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_returnRelease_byThePayee() public {
        _expectReturned();
        vm.prank(recipient);
        _return();
        _assertReturned();
    }

    function test_returnRelease_byTheOwner() public {
        _expectReturned();
        vm.prank(trader, trader);
        _return();
        _assertReturned();
    }

    function test_returnRelease_notByAContractAtTheOwnersAddress() public {
        vm.etch(trader, hex"00");
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.ReturnNotYet.selector, 5, returnableAt));
        vm.prank(trader, stranger);
        _return();
        // Nor by a contract that the owner calls.
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.ReturnNotYet.selector, 5, returnableAt));
        vm.prank(stranger, trader);
        _return();
        _assertParked();
    }

    function test_returnRelease_byAStrangerAfterAWeek() public {
        vm.warp(returnableAt - 1);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.ReturnNotYet.selector, 5, returnableAt));
        vm.prank(stranger);
        _return();
        _assertParked();
        vm.warp(returnableAt);
        _expectReturned();
        vm.prank(stranger);
        _return();
        _assertReturned();
    }

    function test_returnRelease_byAStrangerPaysWhatCanBePaid() public {
        fickle.setMood(Mood.Honest);
        vm.warp(returnableAt);
        _expectReleased(5, FICKLE, recipient, 100);
        vm.prank(stranger);
        _return();
        assertEq(fickle.balanceOf(recipient), 100, "paid");
        assertEq(_parkOf(5), 0, "the word is gone");
        assertEq(_posted(), 1, "nothing goes back");
        (, uint128 released) = vault.book(FICKLE);
        assertEq(released, 100, "booked once");
        assertEq(vault.releasedTo(account, FICKLE), 100, "for the account");
        _expectUnknown();
        vm.prank(recipient);
        _return();
        _expectUnknown();
        _retry();
    }

    /// @dev Nor may it be made refused: by a gas limit at which the token fails.
    function testFuzz_returnRelease_byAStrangerNeverReturnsWhatCanBePaid(uint256 gas_) public {
        fickle.setMood(Mood.Honest);
        vm.warp(returnableAt);
        gas_ = bound(gas_, 20_000, 500_000);
        vm.prank(stranger);
        try vault.returnRelease{gas: gas_}(5, entry, terms, recipient) {
            assertEq(fickle.balanceOf(recipient), 100, "paid");
        } catch {
            assertTrue(_parkOf(5) != 0, "or parked still");
        }
        assertEq(_posted(), 1, "never returned");
    }

    // ── by the owner's signature ────────────────────────────────────────────────────────────────────────────────────

    function _digest(uint64 index, bytes32 release, uint256 deadline) internal view returns (bytes32) {
        bytes32 typeHash = keccak256("ReturnRelease(uint64 index,bytes32 release,uint256 deadline)");
        return _vaultDigest(block.chainid, address(vault), keccak256(abi.encode(typeHash, index, release, deadline)));
    }

    function _returnSigned(uint256 deadline, bytes memory signature) internal {
        vm.prank(stranger);
        vault.returnReleaseSigned(5, entry, terms, recipient, deadline, signature);
    }

    function test_returnReleaseSigned_byTheOwnerBroughtByAnyone() public {
        uint256 deadline = vm.getBlockTimestamp();
        bytes32 digest = _digest(5, _hash(entry), deadline);
        assertEq(vault.returnDigest(5, entry, deadline), digest, "as a wallet hashes it");
        _expectReturned();
        _returnSigned(deadline, _sign(traderKey, digest));
        _assertReturned();
    }

    function test_returnReleaseSigned_refusesOthers() public {
        uint256 deadline = vm.getBlockTimestamp();
        bytes memory signature = _sign(strangerKey, _digest(5, _hash(entry), deadline));
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.SignerMismatch.selector, trader, stranger));
        _returnSigned(deadline, signature);
        bytes[3] memory others = [
            _sign(traderKey, _digest(6, _hash(entry), deadline)),
            _sign(traderKey, _digest(5, _hash(_releaseOf(FICKLE, 101, recipient)), deadline)),
            _sign(traderKey, _digest(5, _hash(entry), deadline + 1))
        ];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectPartialRevert(ICollateralVault.SignerMismatch.selector);
            _returnSigned(deadline, others[i]);
        }
        signature = _sign(traderKey, _digest(5, _hash(entry), deadline));
        vm.warp(deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.SignatureExpired.selector, deadline));
        _returnSigned(deadline, signature);
        _assertParked();
    }

    function test_returnReleaseSigned_countsOnce() public {
        uint256 deadline = returnableAt;
        bytes memory signature = _sign(traderKey, _digest(5, _hash(entry), deadline));
        _returnSigned(deadline, signature);
        _expectUnknown();
        _returnSigned(deadline, signature);
        _assertReturned();
    }

    // ── what ────────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_returnRelease_revertsForAnythingElseThanWhatWasParked() public {
        vm.startPrank(recipient);
        _expectUnknown();
        vault.returnRelease(5, _releaseOf(FICKLE, 101, recipient), terms, recipient);
        _expectUnknown();
        vault.returnRelease(5, entry, Terms(terms.parkedAt + 1, terms.unlockAt, 0, terms.stage), recipient);
        _expectUnknown();
        vault.returnRelease(5, entry, Terms(terms.parkedAt, terms.unlockAt - 7 days, 0, terms.stage), recipient);
        vm.stopPrank();
        // Who names himself as payee is not it.
        _expectUnknown();
        vm.prank(stranger);
        vault.returnRelease(5, entry, terms, stranger);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.ParkUnknown.selector, hubEid, 6));
        vm.prank(recipient);
        vault.returnRelease(6, entry, terms, recipient);
        _assertParked();
    }

    /// @dev The hub never posted these as releases of this vault: to return them would halt the lane there.
    function test_returnRelease_revertsForWhatIsNoReleaseOfThisVault() public {
        Entry[4] memory forged = [
            makeEntry(KIND_DEPOSIT, FICKLE, chains[A].eid, 0, 100, account, toParty(recipient)),
            makeEntry(200, FICKLE, chains[A].eid, 0, 100, account, toParty(recipient)),
            makeEntry(KIND_RELEASE, FICKLE, chains[B].eid, 0, 100, account, toParty(recipient)),
            Entry(entry.word | 1, entry.account, entry.party)
        ];
        Terms memory unbacked = _termsNow(Stage.Unbacked);
        for (uint64 i = 0; i < forged.length; ++i) {
            _release(10 + i, forged[i]);
            vm.expectRevert(abi.encodeWithSelector(ICollateralVault.ParkNotReturnable.selector, hubEid, 10 + i));
            vm.prank(trader, trader);
            vault.returnRelease(10 + i, forged[i], unbacked, recipient);
            assertTrue(_parkOf(10 + i) != 0, "it stays");
        }
        vm.warp(unbacked.unlockAt + 7 days);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.ParkNotReturnable.selector, hubEid, 10));
        vm.prank(stranger);
        vault.returnRelease(10, forged[0], unbacked, recipient);
        assertEq(_posted(), 1, "nothing is posted");
    }

    function test_returnRelease_knowsNoOtherLanesParks() public {
        Terms memory unbacked = _termsNow(Stage.Unbacked);
        _onEntry(chains[B].eid, 20, entry);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.ParkUnknown.selector, hubEid, 20));
        vm.prank(recipient);
        vault.returnRelease(20, entry, unbacked, recipient);
        assertTrue(vault.parkOf(chains[B].eid, 20) != 0, "it stays");
    }

    function test_returnRelease_ofWhatCouldNeverBePaid() public {
        entry = _releaseOf(99, 100, address(0));
        Terms memory unbacked = _termsNow(Stage.Unbacked);
        _release(30, entry);
        vm.prank(trader, trader);
        vault.returnRelease(30, entry, unbacked, address(0));
        assertEq(_parkOf(30), 0, "an unlisted asset and no recipient: it goes back");
        assertEq(_posted(), 2, "and the hub is told");
    }

    // ── races ───────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_returnRelease_afterARetryIsNone() public {
        fickle.setMood(Mood.Honest);
        _retry();
        _expectUnknown();
        vm.prank(recipient);
        _return();
        _expectUnknown();
        _returnSigned(returnableAt, _sign(traderKey, _digest(5, _hash(entry), returnableAt)));
        assertEq(fickle.balanceOf(recipient), 100, "paid once");
        assertEq(_posted(), 1, "and not returned");
    }

    function test_returnRelease_afterAFailedRetryStillReturns() public {
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.ParkNotPayable.selector, hubEid, 5, Parked.Refused));
        _retry();
        vm.prank(recipient);
        _return();
        _assertReturned();
    }

    // ── while stopped ───────────────────────────────────────────────────────────────────────────────────────────────

    function test_returnRelease_staysOpenUnderPause() public {
        _pause(Direction.In);
        chains[A].pauseController.pause(Scope.Out, hubEid);
        _expectReturned();
        vm.prank(trader, trader);
        _return();
        _assertReturnedUnderPause();
    }

    function test_returnRelease_byThePayeeStaysOpenUnderPause() public {
        _pause(Direction.In);
        chains[A].pauseController.pause(Scope.Out, hubEid);
        _expectReturned();
        vm.prank(recipient);
        _return();
        _assertReturnedUnderPause();
    }

    function test_returnReleaseSigned_staysOpenUnderPause() public {
        _pause(Direction.In);
        chains[A].pauseController.pause(Scope.Out, hubEid);
        bytes memory signature = _sign(traderKey, _digest(5, _hash(entry), returnableAt));
        _expectReturned();
        _returnSigned(returnableAt, signature);
        _assertReturnedUnderPause();
    }

    function _assertReturnedUnderPause() internal view {
        assertEq(_parkOf(5), 0, "the word is gone");
        assertEq(_posted(), 2, "the hub is told");
        assertEq(fickle.balanceOf(recipient), 0, "nothing is paid");
    }

    /// @dev His return would first try to pay.
    function test_returnRelease_byAStrangerWaitsForThePausesEnd() public {
        vm.warp(returnableAt);
        uint64 until = _pause(Direction.In);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.PaymentsStopped.selector, hubEid));
        vm.prank(stranger);
        _return();
        _assertParked();
        vm.warp(until);
        vm.prank(stranger);
        _return();
        _assertReturned();
    }

    function test_returnRelease_stopsAfterAFalseAcknowledgement() public {
        vm.warp(returnableAt);
        _haltByFalseAck();
        bytes memory halted = abi.encodeWithSelector(IGateway.LaneIsHalted.selector, hubEid, Halt.FalseAck);
        vm.expectRevert(halted);
        vm.prank(recipient);
        _return();
        vm.expectRevert(halted);
        vm.prank(trader, trader);
        _return();
        bytes memory signature = _sign(traderKey, _digest(5, _hash(entry), returnableAt));
        vm.expectRevert(halted);
        _returnSigned(returnableAt, signature);
        fickle.setMood(Mood.Honest);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.PaymentsStopped.selector, hubEid));
        vm.prank(stranger);
        _return();
        _assertParked();
    }
}
