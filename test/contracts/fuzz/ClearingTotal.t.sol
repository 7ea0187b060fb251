// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Vm} from "forge-std/Vm.sol";
import {Held, IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {accountOf, BY_CONTROLLER, ownerOf, toParty} from "../../../contracts/types/Account.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {Entry, KIND_DEPOSIT, makeEntry} from "../../../contracts/types/Entry.sol";
import {Limit} from "../../../contracts/types/Limit.sol";
import {Clearing} from "../mocks/Clearing.sol";

/// @dev Whatever two paths say a vault's chain posted: the clearing house takes it, and its books close.
contract ClearingTotalFuzz is Clearing {
    uint256 internal constant MOST = 24;

    address[4] internal owners;

    function setUp() public override {
        super.setUp();
        owners = [address(0), trader, recipient, makeAddr("third")];
        vm.startPrank(trader);
        hub.setRecipient(eidA, recipient, true);
        hub.setController(eidA, owners[3]);
        vm.stopPrank();
        for (uint64 i = 0; i < 24; ++i) {
            (uint32 eid, uint16 asset) = (i % 2 == 0 ? eidA : eidB, i % 4 < 2 ? USD : ETHER);
            account = _accountAt(2 + i / 4);
            _onEntry(eid, type(uint64).max - i, _depositOf(eid, asset, 1000));
        }
    }

    /// @dev Two of each owner, the zero owner first.
    function _accountAt(uint256 i) internal view returns (bytes32) {
        return accountOf(owners[i / 2], uint96(i % 2));
    }

    function _pick(uint256 seed, uint256 salt, uint256 size) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, salt))) % size;
    }

    /// @dev Mostly near what means something, since random words rarely do.
    function _near(uint256 seed) internal view returns (Entry memory entry) {
        uint8 kind = uint8(_pick(seed, 0, 3) == 0 ? _pick(seed, 1, 10) : KIND_DEPOSIT + _pick(seed, 1, 2));
        uint32[4] memory eids = [eidA, eidB, uint32(77), chains[HUB].eid];
        uint32 eid = eids[_pick(seed, 2, 5) == 0 ? _pick(seed, 3, 4) : _pick(seed, 3, 2)];
        uint16 asset = _pick(seed, 4, 4) == 0 ? uint16(9) : uint16(1 + _pick(seed, 5, 2));
        uint128 amount = uint128(_pick(seed, 6, kind == KIND_DEPOSIT ? 5000 : 100));
        if (_pick(seed, 7, 12) == 0) amount = type(uint128).max - amount;
        entry = makeEntry(kind, asset, eid, uint64(_pick(seed, 14, 3)), amount, _nearAccount(seed), _nearParty(seed));
        if (_pick(seed, 15, 10) == 0) entry.word |= 1 << _pick(seed, 16, 8);
    }

    function _nearOwner(uint256 seed) internal view returns (address) {
        return owners[_pick(seed, 12, 8) == 0 ? 0 : 1 + _pick(seed, 17, 3)];
    }

    function _nearAccount(uint256 seed) internal view returns (bytes32) {
        return accountOf(_nearOwner(seed), uint96(_pick(seed, 13, 2)));
    }

    function _nearParty(uint256 seed) internal view returns (bytes32) {
        uint256 party = uint256(toParty(_pick(seed, 8, 2) == 0 ? _nearOwner(seed) : owners[_pick(seed, 18, 4)]));
        if (_pick(seed, 9, 5) == 0) party |= BY_CONTROLLER;
        if (_pick(seed, 10, 12) == 0) party |= 1 << (161 + _pick(seed, 11, 95));
        return bytes32(party);
    }

    function _entries(uint256 seed, Entry[] memory random) internal view returns (Entry[] memory entries) {
        entries = new Entry[](1 + _pick(seed, 100, MOST));
        for (uint256 i = 0; i < entries.length; ++i) {
            uint256 own = uint256(keccak256(abi.encode(seed, "entry", i)));
            bool isRandom = random.length != 0 && own % 4 == 0;
            entries[i] = isRandom ? random[(own >> 8) % random.length] : _near(own);
        }
    }

    /// @dev 3, for each asset that was named, and for each account.
    function _assertClosed(Entry[] memory entries) internal view {
        bytes32[] memory accounts = new bytes32[](8 + entries.length);
        for (uint256 i = 0; i < accounts.length; ++i) {
            accounts[i] = i < 8 ? _accountAt(i) : entries[i - 8].account;
        }
        for (uint256 i = 0; i < entries.length; ++i) {
            uint16 asset = entries[i].asset();
            _assertBacked(asset);
            assertEq(_sumOf(accounts, asset), int256(hub.totalLedger(asset)), "the accounts are the ledger");
        }
    }

    function _sumOf(bytes32[] memory accounts, uint16 asset) internal view returns (int256 sum) {
        for (uint256 i = 0; i < accounts.length; ++i) {
            bool isCounted;
            for (uint256 j = 0; j < i && !isCounted; ++j) {
                isCounted = accounts[j] == accounts[i];
            }
            if (isCounted) continue;
            int256 balance = hub.balanceOf(accounts[i], asset);
            assertGe(balance, 0, "no request takes what is not there");
            if (ownerOf(accounts[i]) == address(0)) assertEq(balance, 0, "nobody's account has nothing");
            sum += balance;
        }
    }

    /// @dev Half of the time a limit, a level or a cap is met by what comes.
    function _tighten(uint256 seed) internal {
        for (uint16 asset = USD; asset <= ETHER; ++asset) {
            if (_pick(seed, 103 + asset, 2) == 0) continue;
            uint64 refill = uint64(1 + _pick(seed, 110 + asset, 50));
            uint80 capacity = uint80(1 + _pick(seed, 120 + asset, _pick(seed, 125 + asset, 2) == 0 ? 50 : 100_000));
            uint80 large = uint80(1 + _pick(seed, 130 + asset, 50_000));
            Limit memory limit = Limit(capacity, refill, large, uint8(50 + _pick(seed, 140 + asset, 51)));
            uint128 cap = uint128(1 + _pick(seed, 150 + asset, 1_000_000));
            hub.tightenAsset(eidA, asset, IClearingHouse.LaneRules(uint64(MINIMUM), cap, limit));
        }
        if (_pick(seed, 160, 8) == 0) {
            vm.prank(address(chains[HUB].pauseController));
            hub.setAssetPause(USD, _now() + 1 days);
        }
    }

    function testFuzz_onEntries_takesAnythingAndBalances(uint256 seed, Entry[] memory random, uint48 firstIndex)
        public
    {
        _tighten(seed);
        if (_pick(seed, 101, 4) == 0) _pause(B, Direction.Out);
        Entry[] memory entries = _entries(seed, random);
        _onEntries(_pick(seed, 102, 3) == 0 ? eidB : eidA, firstIndex, entries);
        _assertClosed(entries);
    }

    function _state(uint32 srcEid, uint64 firstIndex, Entry[] memory entries) internal view returns (bytes32 digest) {
        for (uint256 i = 0; i < entries.length; ++i) {
            bytes32 held = hub.heldOf(srcEid, firstIndex + uint64(i));
            digest = keccak256(abi.encode(digest, held, _booksOf(srcEid, entries[i].asset(), entries[i].account)));
        }
        (uint64 toA,,) = chains[HUB].gateway.outbox(eidA);
        (uint64 toB,,) = chains[HUB].gateway.outbox(eidB);
        digest = keccak256(abi.encode(digest, toA, toB));
    }

    function _booksOf(uint32 eid, uint16 asset, bytes32 account_) internal view returns (bytes memory) {
        (uint128 credited, uint128 authorised) = hub.laneBook(eid, asset);
        return abi.encode(
            credited,
            authorised,
            hub.suspense(eid, asset),
            hub.totalLedger(asset),
            hub.balanceOf(account_, asset),
            hub.bucketOf(eid, asset)
        );
    }

    /// @dev Deposits in a row are booked together: that must not be told from one by one.
    function testFuzz_onEntries_togetherIsOneByOne(uint256 seed, Entry[] memory random, uint48 firstIndex) public {
        _tighten(seed);
        Entry[] memory entries = _entries(seed, random);
        uint256 state = vm.snapshotState();
        _onEntries(eidA, firstIndex, entries);
        bytes32 together = _state(eidA, firstIndex, entries);
        vm.revertToState(state);
        for (uint256 i = 0; i < entries.length; ++i) {
            _onEntry(eidA, firstIndex + uint64(i), entries[i]);
        }
        assertEq(_state(eidA, firstIndex, entries), together, "the same books, balances and words");
    }

    /// @dev Nor if it never meets a limit.
    function test_tighten_meetsEveryReason() public {
        uint256[10] memory met;
        for (uint256 seed = 0; seed < 64; ++seed) {
            uint256 state = vm.snapshotState();
            _tighten(seed);
            vm.recordLogs();
            _onEntries(eidA, 0, _entries(seed, new Entry[](0)));
            Vm.Log[] memory logs = vm.getRecordedLogs();
            for (uint256 i = 0; i < logs.length; ++i) {
                if (logs[i].topics[0] == IClearingHouse.EntryHeld.selector) ++met[uint256(logs[i].topics[3])];
            }
            vm.revertToState(state);
        }
        for (uint256 reason = uint256(Held.NotCreditable); reason < met.length; ++reason) {
            assertGt(met[reason], 0, "each reason is met");
        }
    }

    /// @dev The fuzz says little if it never meets what it is for.
    function test_near_meetsEveryKind() public {
        uint256 served;
        uint256 held;
        uint256 credited;
        for (uint256 seed = 0; seed < 64; ++seed) {
            uint256 state = vm.snapshotState();
            Entry[] memory entries = _entries(seed, new Entry[](0));
            _onEntries(eidA, 0, entries);
            for (uint64 i = 0; i < entries.length; ++i) {
                if (hub.heldOf(eidA, i) != 0) ++held;
                else if (entries[i].kind() == KIND_DEPOSIT) ++credited;
            }
            (uint64 toA,,) = chains[HUB].gateway.outbox(eidA);
            (uint64 toB,,) = chains[HUB].gateway.outbox(eidB);
            served += toA + toB;
            vm.revertToState(state);
        }
        assertGt(served, 30, "requests are served");
        assertGt(held, 100, "entries are held");
        assertGt(credited, 50, "deposits are credited");
    }
}
