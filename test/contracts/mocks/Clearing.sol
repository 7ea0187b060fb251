// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Held, IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {IPauseController} from "../../../contracts/interfaces/IPauseController.sol";
import {accountOf, toParty} from "../../../contracts/types/Account.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {Entry, KIND_DEPOSIT, makeEntry} from "../../../contracts/types/Entry.sol";
import {Scope} from "../../../contracts/types/Scope.sol";
import {Stage, Terms} from "../../../contracts/types/Terms.sol";
import {Deployment} from "./Deployment.sol";
import {Log, Logs} from "./Logs.sol";

/// @dev The deployment, seen from the hub: entries handed over as the gateway does, and the books after.
abstract contract Clearing is Deployment {
    using Logs for Log;

    address internal trader = makeAddr("trader");
    address internal recipient = makeAddr("recipient");
    bytes32 internal account;
    uint32 internal eidA;
    uint32 internal eidB;

    function setUp() public virtual override {
        super.setUp();
        account = accountOf(trader, 0);
        (eidA, eidB) = (chains[A].eid, chains[B].eid);
        vm.chainId(chains[HUB].id);
    }

    function _now() internal view returns (uint64) {
        return uint64(vm.getBlockTimestamp());
    }

    function _depositOf(uint32 eid, uint16 asset, uint128 amount) internal view returns (Entry memory) {
        return makeEntry(KIND_DEPOSIT, asset, eid, 0, amount, account, toParty(trader));
    }

    /// @dev As the gateway hands it over, whatever the vault's chain would have posted.
    function _onEntry(uint32 srcEid, uint64 index, Entry memory entry) internal {
        Entry[] memory entries = new Entry[](1);
        entries[0] = entry;
        _onEntries(srcEid, index, entries);
    }

    function _onEntries(uint32 srcEid, uint64 firstIndex, Entry[] memory entries) internal {
        vm.prank(address(chains[HUB].gateway));
        hub.onEntries(srcEid, firstIndex, entries);
    }

    function _expectHeld(uint32 srcEid, uint64 index, Held reason, Entry memory entry) internal {
        _expectHeld(srcEid, index, reason, entry, _termsOf(srcEid, entry.asset(), reason));
    }

    function _expectHeld(uint32 srcEid, uint64 index, Held reason, Entry memory entry, Terms memory terms) internal {
        vm.expectEmit(address(hub));
        emit IClearingHouse.EntryHeld(srcEid, index, reason, entry, terms);
    }

    /// @dev Of an entry held now that has no wait.
    function _termsOf(uint32 srcEid, uint16 asset, Held reason) internal view returns (Terms memory) {
        bool isSuspended = reason != Held.NotCreditable && reason != Held.BookFull && reason != Held.Returned;
        return isSuspended ? Terms(_now(), hub.clockOf(srcEid, asset), 0, Stage.Arrived) : _moneyless(_now());
    }

    /// @dev Of a deposit without a wait that went into suspense while nothing had been stopped yet.
    function _suspended(uint64 parkedAt) internal pure returns (Terms memory) {
        return Terms(parkedAt, parkedAt, 0, Stage.Arrived);
    }

    /// @dev Of an entry that holds no money.
    function _moneyless(uint64 parkedAt) internal pure returns (Terms memory) {
        return Terms(parkedAt, 0, 0, Stage.Unbacked);
    }

    function _pause(uint8 chain, Direction direction) internal {
        IPauseController controller = chains[HUB].pauseController;
        if (controller.keyOf(address(this)) == IPauseController.Key.None) {
            controller.setKey(address(this), IPauseController.Key.Pauser);
        }
        controller.pause(direction == Direction.In ? Scope.In : Scope.Out, chains[chain].eid);
    }

    /// @dev Seals what is open in the lane to a vault, and reads it.
    function _sealTo(uint8 chain) internal {
        (uint64 posted, uint64 sealed_,) = chains[HUB].gateway.outbox(chains[chain].eid);
        if (posted != sealed_) chains[HUB].gateway.seal(chains[chain].eid);
        _follow();
    }

    /// @dev The whole window of the lane to a vault that holds an entry.
    function _windowOf(uint8 chain, uint64 ref) internal view returns (uint64 previousCount, Entry[] memory window) {
        Log storage lane = laneLogs[HUB][chain];
        uint256 number = 1;
        while (lane.counts[number] <= ref) ++number;
        previousCount = lane.counts[number - 1];
        window = new Entry[](lane.counts[number] - previousCount);
        for (uint256 i = 0; i < window.length; ++i) {
            window[i] = lane.entries[previousCount + i];
        }
    }

    /// @dev 2 and 3, for an asset: no vault is asked for more than it brought in, and every unit is somebody's or waits.
    function _assertBacked(uint16 asset) internal view {
        uint256 backing;
        uint256 owed = hub.totalLedger(asset);
        for (uint8 chain = A; chain <= B; ++chain) {
            uint32 eid = chains[chain].eid;
            (uint128 credited, uint128 authorised) = hub.laneBook(eid, asset);
            uint256 suspense = hub.suspense(eid, asset);
            assertLe(authorised + suspense, credited, "authorised <= credited - suspense");
            assertEq(hub.available(eid, asset), credited - suspense - authorised, "the rest is available");
            backing += credited - authorised;
            owed += suspense;
        }
        assertEq(owed, backing, "ledger + suspense = credited - authorised");
    }
}
