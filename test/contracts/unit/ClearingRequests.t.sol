// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Held, IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {ICollateralVault} from "../../../contracts/interfaces/ICollateralVault.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {accountOf, BY_CONTROLLER, toParty} from "../../../contracts/types/Account.sol";
import {Commitment} from "../../../contracts/types/Commitment.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {Entry, KIND_RELEASE, KIND_WITHDRAWAL_REQUEST, makeEntry} from "../../../contracts/types/Entry.sol";
import {Refusal} from "../../../contracts/types/Withdrawal.sol";
import {Clearing} from "../mocks/Clearing.sol";
import {TestPath} from "../mocks/TestPath.sol";

/// @dev Withdrawals that are asked for on a vault's chain.
contract ClearingRequestsTest is Clearing {
    uint64 internal constant INDEX = 7;

    address internal controller = makeAddr("controller");

    function setUp() public override {
        super.setUp();
        _onEntry(eidA, 0, _depositOf(eidA, USD, 500));
        _onEntry(eidB, 0, _depositOf(eidB, USD, 300));
    }

    function _request(uint32 dstEid, uint128 amount, bytes32 party) internal view returns (Entry memory) {
        return makeEntry(KIND_WITHDRAWAL_REQUEST, USD, dstEid, 0, amount, account, party);
    }

    function _byController(address who) internal pure returns (bytes32) {
        return bytes32(uint256(toParty(who)) | BY_CONTROLLER);
    }

    function _assertServed(Entry memory request, address payee) internal {
        uint32 dstEid = request.eid();
        (uint64 posted,,) = chains[HUB].gateway.outbox(dstEid);
        Entry memory release =
            makeEntry(KIND_RELEASE, USD, dstEid, 0, request.amount(), request.account, toParty(payee));
        int256 before = hub.balanceOf(request.account, USD);
        vm.expectEmit(address(chains[HUB].gateway));
        emit IGateway.EntryPosted(dstEid, posted, release);
        vm.expectEmit(address(hub));
        emit IClearingHouse.Withdrawn(dstEid, request.account, USD, posted, request.amount(), payee);
        _onEntry(eidA, INDEX, request);
        assertEq(hub.balanceOf(request.account, USD), before - int256(uint256(request.amount())), "debited");
        assertEq(hub.heldOf(eidA, INDEX), 0, "nothing waits");
        _assertBacked(USD);
    }

    function _assertRefused(Entry memory request, Refusal reason) internal {
        (uint64 toA,,) = chains[HUB].gateway.outbox(eidA);
        (uint64 toB,,) = chains[HUB].gateway.outbox(eidB);
        uint256 before = hub.totalLedger(USD);
        vm.expectEmit(address(hub));
        emit IClearingHouse.RequestRefused(eidA, INDEX, reason);
        _onEntry(eidA, INDEX, request);
        (uint64 afterA,,) = chains[HUB].gateway.outbox(eidA);
        (uint64 afterB,,) = chains[HUB].gateway.outbox(eidB);
        assertEq(afterA + afterB, toA + toB, "nothing is posted");
        assertEq(hub.totalLedger(USD), before, "nothing is taken");
        assertEq(hub.heldOf(eidA, INDEX), 0, "and nothing waits: a refusal is an end");
        _assertBacked(USD);
    }

    // ── who may be paid ─────────────────────────────────────────────────────────────────────────────────────────────

    function test_request_paysTheOwner() public {
        _assertServed(_request(eidA, 100, toParty(trader)), trader);
    }

    /// @dev Its address on a vault's chain may be somebody else's, whatever that chain says who asked.
    function test_request_ofAContractIsNotPaidAtItsOwnAddress() public {
        vm.etch(trader, hex"600160005260206000f3");
        _assertRefused(_request(eidA, 100, toParty(trader)), Refusal.RecipientNotRegistered);
        _assertRefused(_request(eidB, 100, toParty(trader)), Refusal.RecipientNotRegistered);
        vm.prank(trader);
        hub.setRecipient(eidA, trader, true);
        _assertServed(_request(eidA, 100, toParty(trader)), trader);
        _assertRefused(_request(eidB, 100, toParty(trader)), Refusal.RecipientNotRegistered);
    }

    /// @dev EIP-7702: the key is the same on every chain.
    function test_request_ofAKeyThatDelegatesIsPaidAtItsOwnAddress() public {
        vm.etch(trader, abi.encodePacked(hex"ef0100", makeAddr("code")));
        _assertServed(_request(eidB, 100, toParty(trader)), trader);
    }

    function test_request_paysFromAnotherVault() public {
        _assertServed(_request(eidB, 300, toParty(trader)), trader);
    }

    function test_request_ofASubaccount() public {
        vm.prank(trader);
        hub.transfer(0, trader, 5, USD, 50);
        Entry memory request = _request(eidA, 50, toParty(trader));
        request.account = accountOf(trader, 5);
        _assertServed(request, trader);
    }

    function test_request_paysARegisteredRecipient() public {
        _assertRefused(_request(eidA, 100, toParty(recipient)), Refusal.RecipientNotRegistered);
        vm.prank(trader);
        vm.expectEmit(address(hub));
        emit IClearingHouse.RecipientSet(trader, eidA, recipient, true);
        hub.setRecipient(eidA, recipient, true);
        _assertServed(_request(eidA, 100, toParty(recipient)), recipient);
        // There, and nowhere else.
        _assertRefused(_request(eidB, 100, toParty(recipient)), Refusal.RecipientNotRegistered);
        vm.prank(trader);
        hub.setRecipient(eidA, recipient, false);
        _assertRefused(_request(eidA, 100, toParty(recipient)), Refusal.RecipientNotRegistered);
    }

    function test_request_anothersRecipientIsNoRecipient() public {
        vm.prank(recipient);
        hub.setRecipient(eidA, recipient, true);
        _assertRefused(_request(eidA, 100, toParty(recipient)), Refusal.RecipientNotRegistered);
    }

    function test_setRecipient_revertsForZero() public {
        vm.expectRevert(IClearingHouse.RecipientZero.selector);
        hub.setRecipient(eidA, address(0), true);
    }

    function test_request_byAController() public {
        _assertRefused(_request(eidB, 100, _byController(controller)), Refusal.ControllerUnknown);
        vm.prank(trader);
        vm.expectEmit(address(hub));
        emit IClearingHouse.ControllerSet(trader, eidA, controller);
        hub.setController(eidA, controller);
        _assertServed(_request(eidB, 100, _byController(controller)), controller);
        _assertServed(_request(eidA, 100, _byController(controller)), controller);
        // As itself only, and only as a controller: the vault marks which it was.
        _assertRefused(_request(eidA, 100, toParty(controller)), Refusal.RecipientNotRegistered);
        _assertRefused(_request(eidA, 100, _byController(recipient)), Refusal.ControllerUnknown);
        vm.prank(trader);
        hub.setController(eidA, address(0));
        _assertRefused(_request(eidA, 100, _byController(controller)), Refusal.ControllerUnknown);
    }

    function test_request_aControllerIsOfOneChain() public {
        vm.prank(trader);
        hub.setController(eidB, controller);
        _assertRefused(_request(eidB, 100, _byController(controller)), Refusal.ControllerUnknown);
    }

    /// @dev Where none is registered, the controller is not the zero address.
    function test_request_byNobody() public {
        _assertRefused(_request(eidA, 100, _byController(address(0))), Refusal.ControllerUnknown);
        _assertRefused(_request(eidA, 100, bytes32(0)), Refusal.RecipientNotRegistered);
    }

    /// @dev The owner is no controller of himself, nor is a registered recipient one.
    function test_request_theMarkIsNotAPass() public {
        vm.prank(trader);
        hub.setRecipient(eidA, recipient, true);
        _assertRefused(_request(eidA, 100, _byController(trader)), Refusal.ControllerUnknown);
        _assertRefused(_request(eidA, 100, _byController(recipient)), Refusal.ControllerUnknown);
    }

    function test_request_aPartyWithOtherBitsIsNobody() public {
        vm.prank(trader);
        hub.setController(eidA, controller);
        for (uint256 bit = 161; bit < 256; bit += 19) {
            bytes32 dirt = bytes32(1 << bit);
            _assertRefused(_request(eidA, 100, toParty(trader) | dirt), Refusal.RecipientNotRegistered);
            _assertRefused(_request(eidA, 100, _byController(controller) | dirt), Refusal.ControllerUnknown);
        }
    }

    // ── what may be paid ────────────────────────────────────────────────────────────────────────────────────────────

    function test_request_refusals() public {
        Entry memory request = _request(eidA, 100, toParty(trader));
        request.word ^= uint256(USD ^ 9) << 232;
        _assertRefused(request, Refusal.AssetNotOnLane);
        _assertRefused(_request(77, 100, toParty(trader)), Refusal.AssetNotOnLane);
        _assertRefused(_request(0, 100, toParty(trader)), Refusal.AssetNotOnLane);
        _assertRefused(_request(eidA, 0, toParty(trader)), Refusal.AmountZero);
        _assertRefused(_request(eidA, 801, toParty(trader)), Refusal.BalanceTooLow);
        _assertRefused(_request(eidA, type(uint128).max, toParty(trader)), Refusal.BalanceTooLow);
        _assertRefused(_request(eidA, MINIMUM - 1, toParty(trader)), Refusal.BelowMinimum);
        _assertRefused(_request(eidB, 301, toParty(trader)), Refusal.VaultTooLow);
        request = _request(eidA, 100, bytes32(0));
        request.account = bytes32(uint256(7));
        _assertRefused(request, Refusal.RecipientZero);
    }

    function test_request_refusedWhereTheTargetIsPaused() public {
        _pause(B, Direction.Out);
        _assertRefused(_request(eidB, 100, toParty(trader)), Refusal.LaneStopped);
        _assertServed(_request(eidA, 100, toParty(trader)), trader);
        vm.warp(_now() + 1 days);
        _assertServed(_request(eidB, 100, toParty(trader)), trader);
    }

    function test_request_refusedWhereTheTargetLiedAboutUs() public {
        Commitment memory lie = _commitment(B, HUB, 0);
        (lie.ackCount, lie.ackHead) = (5, "never sealed");
        TestPath(chains[HUB].network).attest(chains[B].name, lie.encode());
        _assertRefused(_request(eidB, 100, toParty(trader)), Refusal.LaneStopped);
    }

    function test_request_withSpareBitsIsHeld() public {
        Entry memory request = _request(eidA, 100, toParty(trader));
        request.word |= 1;
        _expectHeld(eidA, INDEX, Held.NotCreditable, request);
        _onEntry(eidA, INDEX, request);
        assertEq(hub.balanceOf(account, USD), 800, "not served");
    }

    /// @dev Deposits in a row are booked together; what comes between them sees them all.
    function test_request_seesTheDepositsBeforeIt() public {
        Entry[] memory entries = new Entry[](5);
        address other = makeAddr("other");
        bytes32 others = accountOf(other, 0);
        for (uint256 i = 0; i < 5; ++i) {
            entries[i] = _depositOf(eidA, USD, 50);
            entries[i].account = others;
        }
        entries[2] = _request(eidA, 100, toParty(other));
        entries[2].account = others;
        entries[4] = _request(eidA, 51, toParty(other));
        entries[4].account = others;
        vm.expectEmit(address(hub));
        emit IClearingHouse.RequestRefused(eidA, 24, Refusal.BalanceTooLow);
        _onEntries(eidA, 20, entries);
        (uint128 credited, uint128 authorised) = hub.laneBook(eidA, USD);
        assertEq(credited, 650, "three deposits");
        assertEq(authorised, 100, "one request served, the other beyond what was left");
        assertEq(hub.balanceOf(others, USD), 50, "what was left");
        _assertBacked(USD);
    }

    // ── all of it ───────────────────────────────────────────────────────────────────────────────────────────────────

    function _ask(address owner, uint32 dstEid, uint128 amount, address payee) internal {
        vm.prank(owner, owner);
        chains[A].vault.requestWithdrawal(ICollateralVault.Request(owner, 0, dstEid, USD, amount, payee));
    }

    function test_request_fromAVaultIsServedOrRefusedAndNeverStopsTheLane() public {
        address owner = makeAddr("owner");
        _pause(B, Direction.Out);
        _deposit(A, USD, owner, 1000);
        _ask(owner, eidA, 300, owner);
        _ask(owner, eidA, 300, recipient);
        _ask(owner, eidB, 100, owner);
        _ask(owner, 77, 100, owner);
        _ask(owner, eidA, type(uint128).max, owner);
        _ask(trader, eidA, 1, trader);
        _deposit(A, USD, owner, 500);
        _relay(A, HUB);
        assertEq(_executed(A, HUB), 8, "all of it is executed");
        assertEq(hub.balanceOf(accountOf(owner, 0), USD), 1200, "one request was served");
        _relay(HUB, A);
        assertEq(tokenOf[A][USD].balanceOf(owner), 300, "and paid where it was asked");
        _assertBacked(USD);
    }
}
