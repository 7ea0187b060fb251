// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Held, IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {ICollateralVault} from "../../../contracts/interfaces/ICollateralVault.sol";
import {Halt, IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {accountOf, toParty} from "../../../contracts/types/Account.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {Entry, KIND_DEPOSIT, KIND_RELEASE, KIND_RETURNED, makeEntry} from "../../../contracts/types/Entry.sol";
import {Refusal, SignedWithdrawal, Withdrawal} from "../../../contracts/types/Withdrawal.sol";
import {Deployment} from "../mocks/Deployment.sol";
import {Log, Logs, Proof} from "../mocks/Logs.sol";

/// @dev What stops and what stays open, function by function, in each of the four pauses of the pair A and hub.
contract PausedTest is Deployment {
    using Logs for Log;

    uint16 internal constant LATE = 7;

    address internal pauser = makeAddr("pauser");
    address internal trader;
    uint256 internal traderKey;
    bytes32 internal account;
    uint32 internal hubEid;
    uint32 internal aEid;

    function setUp() public override {
        super.setUp();
        (trader, traderKey) = makeAddrAndKey("trader");
        account = accountOf(trader, 0);
        (hubEid, aEid) = (chains[HUB].eid, chains[A].eid);
        chains[HUB].pauseController.addPauser(pauser);
        chains[A].pauseController.addPauser(pauser);
        _deposit(A, USD, trader, 10_000);
        _deposit(B, USD, trader, 10_000);
        _relay(A, HUB);
        _relay(B, HUB);
    }

    /// @return stopped What the gateway says to whoever moves that way.
    function _pause(uint8 here, uint8 there, Direction direction) internal returns (bytes memory stopped) {
        uint32 eid = chains[there].eid;
        vm.prank(pauser);
        chains[here].pauseController.pause(eid, direction);
        uint64 until = _now() + 1 days;
        return abi.encodeWithSelector(IGateway.LaneIsPaused.selector, eid, direction, until);
    }

    function _now() internal view returns (uint64) {
        return uint64(vm.getBlockTimestamp());
    }

    // ── things to try ───────────────────────────────────────────────────────────────────────────────────────────────

    function _proofOf(uint8 from, uint8 to) internal returns (Proof memory) {
        (uint64 posted, uint64 sealed_,) = chains[from].gateway.outbox(chains[to].eid);
        if (posted != sealed_) chains[from].gateway.seal(chains[to].eid);
        _follow();
        _attest(from, to, posted);
        return laneLogs[from][to].prove(_executed(from, to), 1, posted);
    }

    function _tryExecute(uint8 from, uint8 to, Proof memory proof, bytes memory refusal) internal {
        vm.chainId(chains[to].id);
        if (refusal.length != 0) vm.expectRevert(refusal);
        chains[to].gateway.execute(chains[from].eid, proof.counts, proof.entries, proof.suffix, BOTH);
    }

    /// @dev Sealing, dispatching and attesting go on: evidence must arrive.
    function _assertTalks(uint8 from, uint8 to, Entry memory entry) internal {
        address app = chains[from].gateway.app();
        vm.prank(app);
        chains[from].gateway.post(chains[to].eid, entry);
        uint64 count = chains[from].gateway.seal(chains[to].eid);
        chains[from].gateway.dispatch(chains[to].eid, count, BOTH, address(this), false);
        _attest(from, to, count);
        (bytes32 head,) = chains[to].gateway.attestation(chains[from].eid, NETWORK, count);
        assertEq(head, chains[from].gateway.sealedHead(chains[to].eid, count), "attested");
    }

    function _returned(uint32 eid) internal pure returns (Entry memory) {
        return makeEntry(KIND_RETURNED, USD, eid, 0, 1, bytes32(0), bytes32(0));
    }

    function _tryKinds(uint8 from, uint8 to, bytes memory refusal) internal {
        IGateway gateway = chains[from].gateway;
        vm.startPrank(gateway.app());
        for (uint256 kind = 0; kind < 256; kind = kind < 12 ? kind + 1 : kind * 2 + 7) {
            Entry memory entry = makeEntry(uint8(kind), USD, chains[from].eid, 0, 1, account, bytes32(0));
            if (kind != KIND_RETURNED) vm.expectRevert(refusal);
            gateway.post(chains[to].eid, entry);
        }
        vm.stopPrank();
    }

    /// @dev Index 0 of the lane to A, refused by its token.
    function _parked() internal returns (Entry memory release, uint64 parkedAt) {
        tokenOf[A][USD].setBlacklisted(trader, true);
        _withdraw(A, USD, trader, 100, trader);
        _relay(HUB, A);
        assertTrue(chains[A].vault.parkOf(hubEid, 0) != 0, "parked");
        tokenOf[A][USD].setBlacklisted(trader, false);
        return (laneLogs[HUB][A].entries[0], _now());
    }

    /// @dev The next index of the lane from A, of an asset that the hub lists later.
    function _held() internal returns (uint64 index, Entry memory entry, uint64 parkedAt) {
        index = _executed(A, HUB);
        entry = makeEntry(KIND_DEPOSIT, LATE, aEid, 0, 500, account, toParty(trader));
        vm.prank(address(chains[A].vault));
        chains[A].gateway.post(hubEid, entry);
        _relay(A, HUB);
        assertTrue(hub.heldOf(aEid, index) != 0, "held");
        parkedAt = _now();
    }

    /// @dev The next index of the lane from A: it gives back release 0.
    function _heldReturn() internal returns (uint64 index, Entry memory entry, uint64 parkedAt) {
        (Entry memory release, uint64 at_) = _parked();
        vm.prank(trader, trader);
        chains[A].vault.returnRelease(0, release, at_, at_, trader);
        index = _executed(A, HUB);
        _relay(A, HUB);
        return (index, laneLogs[A][HUB].entries[index], _now());
    }

    function _settle(uint64 index, Entry memory entry, uint64 parkedAt) internal {
        Entry[] memory window = new Entry[](1);
        window[0] = laneLogs[HUB][A].entries[0];
        hub.settleReturned(aEid, index, entry, parkedAt, 0, window);
    }

    function _signed(uint32 dstEid, uint256 nonce) internal view returns (SignedWithdrawal memory) {
        Withdrawal memory asked = Withdrawal(trader, 0, dstEid, USD, 50, trader, 0, nonce, type(uint256).max);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(traderKey, hub.withdrawalDigest(asked));
        return SignedWithdrawal(asked, 0, abi.encodePacked(r, s, v));
    }

    function _request(uint8 from, uint8 to) internal {
        ICollateralVault.Request memory request = ICollateralVault.Request(trader, 0, chains[to].eid, USD, 60, trader);
        vm.prank(trader, trader);
        chains[from].vault.requestWithdrawal(request);
    }

    // ── the vault, in: what comes from the hub ──────────────────────────────────────────────────────────────────────

    function test_vaultPausedIn_paysNothing() public {
        (Entry memory release, uint64 parkedAt) = _parked();
        _withdraw(A, USD, trader, 100, trader);
        Proof memory proof = _proofOf(HUB, A);
        vm.warp(_now() + 7 days);
        bytes memory stopped = _pause(A, HUB, Direction.In);
        bytes memory paused = abi.encodeWithSelector(ICollateralVault.PaymentsPaused.selector, _now() + 1 days);

        _tryExecute(HUB, A, proof, stopped);
        vm.expectRevert(paused);
        chains[A].vault.retry(hubEid, 0, release, parkedAt, parkedAt, trader);
        // A stranger's return would pay first.
        vm.expectRevert(paused);
        chains[A].vault.returnRelease(0, release, parkedAt, parkedAt, trader);
        assertEq(tokenOf[A][USD].balanceOf(trader), 0, "nothing left");

        vm.warp(_now() + 1 days);
        chains[A].vault.retry(hubEid, 0, release, parkedAt, parkedAt, trader);
        _tryExecute(HUB, A, proof, "");
        assertEq(tokenOf[A][USD].balanceOf(trader), 200, "and all of it when the day is over");
    }

    function test_vaultPausedIn_stillTakesAndGivesBack() public {
        (Entry memory release, uint64 parkedAt) = _parked();
        _pause(A, HUB, Direction.In);
        _assertTalks(HUB, A, _returned(hubEid));
        vm.chainId(chains[A].id);
        _deposit(A, USD, trader, 100);
        _request(A, A);
        vm.prank(trader, trader);
        chains[A].vault.returnRelease(0, release, parkedAt, parkedAt, trader);
        _relay(A, HUB);
        assertEq(hub.balanceOf(account, USD), 20_000 - 100 + 100 - 60, "deposit and request arrived");
    }

    // ── the vault, out: what goes to the hub ────────────────────────────────────────────────────────────────────────

    function test_vaultPausedOut_postsNothingButReturns() public {
        (Entry memory release, uint64 parkedAt) = _parked();
        bytes memory stopped = _pause(A, HUB, Direction.Out);
        _tryKinds(A, HUB, stopped);

        tokenOf[A][USD].mint(trader, 100);
        vm.startPrank(trader, trader);
        vm.expectRevert(stopped);
        chains[A].vault.deposit(USD, 100, trader, 0, trader, false);
        ICollateralVault.Request memory request = ICollateralVault.Request(trader, 0, aEid, USD, 60, trader);
        vm.expectRevert(stopped);
        chains[A].vault.requestWithdrawal(request);
        chains[A].vault.returnRelease(0, release, parkedAt, parkedAt, trader);
        vm.stopPrank();
        assertEq(tokenOf[A][USD].balanceOf(trader), 100, "what was refused was not taken");
        _assertTalks(A, HUB, _returned(aEid));
    }

    function test_vaultPausedOut_stillPays() public {
        (Entry memory release, uint64 parkedAt) = _parked();
        _withdraw(A, USD, trader, 100, trader);
        _pause(A, HUB, Direction.Out);
        chains[A].vault.retry(hubEid, 0, release, parkedAt, parkedAt, trader);
        _relay(HUB, A);
        assertEq(tokenOf[A][USD].balanceOf(trader), 200, "paid");
    }

    // ── the hub, in: what comes from A ──────────────────────────────────────────────────────────────────────────────

    function test_hubPausedIn_executesAndFinishesNothing() public {
        (uint64 returnIndex, Entry memory returned, uint64 returnedAt) = _heldReturn();
        (uint64 index, Entry memory held, uint64 heldAt) = _held();
        hub.listAsset(aEid, LATE, 6, 1);
        _deposit(A, USD, trader, 100);
        Proof memory proof = _proofOf(A, HUB);
        vm.warp(_now() + 7 days);
        bytes memory stopped = _pause(HUB, A, Direction.In);
        uint64 until = _now() + 1 days;
        bytes memory unfinished =
            abi.encodeWithSelector(IClearingHouse.FinishingStopped.selector, aEid, Halt.None, until);

        _tryExecute(A, HUB, proof, stopped);
        vm.expectRevert(unfinished);
        hub.finish(aEid, index, held, heldAt);
        vm.expectRevert(unfinished);
        hub.refund(aEid, index, held, Held.AssetUnlisted, heldAt);
        vm.expectRevert(unfinished);
        this.settle(returnIndex, returned, returnedAt);

        vm.warp(until);
        _tryExecute(A, HUB, proof, "");
        hub.finish(aEid, index, held, heldAt);
        _settle(returnIndex, returned, returnedAt);
        assertEq(hub.balanceOf(account, USD), 20_000 + 100, "all of it when the day is over");
        assertEq(hub.balanceOf(account, LATE), 500, "the late asset too");
    }

    function settle(uint64 index, Entry calldata entry, uint64 parkedAt) external {
        _settle(index, entry, parkedAt);
    }

    function test_hubPausedIn_stillAuthorisesAndHearsTheOthers() public {
        _pause(HUB, A, Direction.In);
        _withdraw(A, USD, trader, 100, trader);
        _withdraw(B, USD, trader, 100, trader);
        _relay(HUB, A);
        assertEq(tokenOf[A][USD].balanceOf(trader), 100, "A pays what came in before");
        _deposit(B, USD, trader, 100);
        _relay(B, HUB);
        assertEq(hub.balanceOf(account, USD), 20_000 - 200 + 100, "B's lane moves");
        _assertTalks(A, HUB, _returned(aEid));
    }

    // ── the hub, out: what goes to A ────────────────────────────────────────────────────────────────────────────────

    function test_hubPausedOut_authorisesNothing() public {
        (uint64 index, Entry memory held, uint64 heldAt) = _held();
        vm.warp(_now() + 7 days);
        bytes memory stopped = _pause(HUB, A, Direction.Out);
        _tryKinds(HUB, A, stopped);

        vm.prank(trader);
        vm.expectRevert(stopped);
        hub.withdraw(0, aEid, USD, 100, trader);
        vm.expectRevert(stopped);
        hub.refund(aEid, index, held, Held.AssetUnlisted, heldAt);
        assertEq(hub.balanceOf(account, USD), 20_000, "nothing was taken");
        assertTrue(hub.heldOf(aEid, index) != 0, "and it waits on");

        vm.warp(_now() + 1 days);
        hub.refund(aEid, index, held, Held.AssetUnlisted, heldAt);
    }

    function test_hubPausedOut_skipsInABatch() public {
        _pause(HUB, A, Direction.Out);
        SignedWithdrawal[] memory items = new SignedWithdrawal[](3);
        items[0] = _signed(aEid, 1);
        items[1] = _signed(chains[B].eid, 2);
        items[2] = _signed(aEid, 3);
        vm.expectEmit(address(hub));
        emit IClearingHouse.WithdrawalSkipped(trader, 1, Refusal.LaneStopped);
        vm.expectEmit(address(hub));
        emit IClearingHouse.WithdrawalSkipped(trader, 3, Refusal.LaneStopped);
        assertEq(hub.withdrawBatch(items), 1, "B's is taken");
        assertEq(hub.balanceOf(account, USD), 20_000 - 50, "and no other");
        assertFalse(hub.isNonceUsed(trader, 1), "the skipped one stays good");
        vm.warp(_now() + 1 days);
        assertEq(hub.withdrawBatch(items), 2, "and is taken when the day is over");
    }

    function test_hubPausedOut_refusesRequestsAndExecutesOn() public {
        _request(A, A);
        _request(B, A);
        _deposit(A, USD, trader, 100);
        _pause(HUB, A, Direction.Out);
        (uint64 fromA, uint64 fromB) = (_executed(A, HUB), _executed(B, HUB));
        // Nothing else may stand between.
        Proof memory proof = _proofOf(A, HUB);
        vm.expectEmit(address(hub));
        emit IClearingHouse.RequestRefused(aEid, fromA, Refusal.LaneStopped);
        _tryExecute(A, HUB, proof, "");
        proof = _proofOf(B, HUB);
        vm.expectEmit(address(hub));
        emit IClearingHouse.RequestRefused(chains[B].eid, fromB, Refusal.LaneStopped);
        _tryExecute(B, HUB, proof, "");
        assertEq(hub.balanceOf(account, USD), 20_000 + 100, "the deposit behind it is credited");
    }

    function test_hubPausedOut_stillCreditsAndSettles() public {
        (uint64 returnIndex, Entry memory returned, uint64 returnedAt) = _heldReturn();
        (uint64 index, Entry memory held, uint64 heldAt) = _held();
        hub.listAsset(aEid, LATE, 6, 1);
        _pause(HUB, A, Direction.Out);
        hub.finish(aEid, index, held, heldAt);
        _settle(returnIndex, returned, returnedAt);
        vm.prank(trader);
        hub.transfer(0, makeAddr("other"), 0, USD, 100);
        assertEq(hub.balanceOf(account, USD), 20_000 - 100, "given back, and moved on the ledger");
        _withdraw(B, USD, trader, 100, trader);
        _assertTalks(HUB, A, _returned(hubEid));
    }

    // ── a lane that is not open ─────────────────────────────────────────────────────────────────────────────────────

    function test_notOpen_nothingLeaves() public {
        bytes memory closed = abi.encodeWithSelector(IGateway.LaneNotOpen.selector, 9);
        IGateway gateway = chains[HUB].gateway;
        vm.startPrank(address(hub));
        for (uint8 kind = 1; kind < 9; ++kind) {
            Entry memory entry = makeEntry(kind, USD, 9, 0, 1, account, bytes32(0));
            vm.expectRevert(closed);
            gateway.post(9, entry);
        }
        vm.stopPrank();
        vm.expectRevert(closed);
        gateway.seal(9);
        vm.expectRevert(closed);
        gateway.dispatch(9, EVERYTHING, ONLY_NETWORK, address(this), false);
        vm.expectRevert(closed);
        gateway.execute(9, new uint64[](1), new Entry[](0), "", BOTH);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.AssetNotOnLane.selector, 9, USD));
        vm.prank(trader);
        hub.withdraw(0, 9, USD, 100, trader);
    }
}
