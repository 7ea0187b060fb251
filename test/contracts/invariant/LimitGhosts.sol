// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Held, IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {ICollateralVault, Parked} from "../../../contracts/interfaces/ICollateralVault.sol";
import {ownerOf} from "../../../contracts/types/Account.sol";
import {Entry} from "../../../contracts/types/Entry.sol";
import {Limit} from "../../../contracts/types/Limit.sol";
import {NEVER, Stage, Terms} from "../../../contracts/types/Terms.sol";
import {Deploy} from "../mocks/Deploy.sol";
import {Role} from "./Chance.sol";
import {LaneGhosts} from "./LaneGhosts.sol";

/// @dev What levels and limits allow, told from events alone, and what has passed them.
abstract contract LimitGhosts is LaneGhosts {
    /// @dev In units, not in time as the contracts have it.
    struct Bucket {
        uint256 debt; // what came and is not refilled yet
        uint64 at;
        uint256 width; // what unlocked and is not refilled yet
        uint64 unlockAt; // of the last
        uint128 biggest;
        uint128 least; // capacity
    }

    struct Draw {
        uint64 at;
        uint64 unlockAt;
        uint128 amount;
        uint256 capacity;
        uint256 refill;
    }

    struct Lot {
        uint8 from;
        uint8 to;
        uint64 index; // on chain
        uint64 id; // a forged entry has one of its own
        Entry entry;
    }

    uint256 private constant RAMP_SECONDS = 30 days;
    uint256 private constant PERCENT = 100;

    mapping(uint8 chain => mapping(uint16 asset => ICollateralVault.AssetRules)) internal _vaultRule;
    mapping(uint8 chain => mapping(uint16 asset => IClearingHouse.LaneRules)) internal _laneRule;
    mapping(uint8 chain => mapping(uint16 asset => uint64)) internal _listedAt; // of its clock on the hub
    mapping(bytes32 key => Bucket) internal _buckets;
    /// @dev When what has drawn from its bucket unlocks.
    mapping(uint8 from => mapping(uint8 to => mapping(uint64 id => uint64))) internal _drawnUntil;
    /// @dev What a vault or lane took in and may still let out.
    mapping(uint8 chain => mapping(uint16 asset => int256)) internal _available;
    mapping(uint8 chain => mapping(uint16 asset => uint256)) internal _queued;
    mapping(bytes32 account => mapping(uint16 asset => bool)) internal _wasInDebt;
    /// @dev How often a bucket was filled by its council; and the most that was in force of its limits.
    mapping(uint8 to => mapping(uint8 chain => mapping(uint16 asset => uint256))) internal _filled;
    mapping(uint8 to => mapping(uint8 chain => mapping(uint16 asset => Limit))) internal _most;

    function setUp() public virtual override {
        super.setUp();
        for (uint8 chain = A; chain <= B; ++chain) {
            for (uint16 asset = USD; asset <= ETHER; ++asset) {
                _vaultRule[chain][asset] = _vaultRules();
                _laneRule[chain][asset] = _laneRules();
                _listedAt[chain][asset] = uint64(block.timestamp);
                _most[chain][chain][asset] = _vaultRules().limit;
                _most[HUB][chain][asset] = _laneRules().limit;
            }
        }
    }

    // ── what is known ───────────────────────────────────────────────────────────────────────────────────────────────

    function _isListed(uint8 chain, uint16 asset) internal view override returns (bool) {
        return _laneRule[chain][asset].cap != 0;
    }

    /// @dev In force for a lane's deposits.
    function _limitsNow(uint8 chain, uint16 asset) internal view returns (uint256 cap, Limit memory limit) {
        (cap, limit) = (_laneRule[chain][asset].cap, _laneRule[chain][asset].limit);
        uint256 age = _clockOf(chain, HUB, asset) - _listedAt[chain][asset];
        if (age >= RAMP_SECONDS) return (cap, limit);
        cap = _ramped(cap, age);
        limit.capacity = uint80(_ramped(limit.capacity, age));
        limit.large = uint80(_ramped(limit.large, age));
    }

    function _ramped(uint256 value, uint256 age) private pure returns (uint256) {
        return value / 10 + (value - value / 10) * age / RAMP_SECONDS;
    }

    function _isUnlocked(Lot memory lot, Terms memory terms) internal view returns (bool) {
        if (terms.unlockAt == NEVER) return false;
        uint64 clock = _clockOf(lot.from, lot.to, lot.entry.asset());
        if (clock >= terms.unlockAt && block.number >= terms.unlockBlock) return true;
        return terms.unlockBlock != 0 && _quorumOf(lot.from, lot.to, lot.index) >= 3;
    }

    function _isPassable(Lot memory lot, uint256 large) private view returns (bool) {
        return lot.entry.amount() < large || _quorumOf(lot.from, lot.to, lot.index) >= 3;
    }

    function _bucketKey(uint8 to, uint8 chain, uint16 asset) internal view returns (bytes32) {
        return keccak256(abi.encode(to, chain, asset, _filled[to][chain][asset]));
    }

    // ── what has moved on, and from where ───────────────────────────────────────────────────────────────────────────

    /// @param before Behind it until now; an entry that just arrived has nothing.
    /// @param next Its terms if it waits on for `reason`; None when it was paid.
    function _passVault(Lot memory lot, Terms memory before, bool wasParked, Parked reason, Terms memory next)
        internal
    {
        if (reason == Parked.Vetoed) return _mustBe(Role.Guardian, "a release is vetoed");
        if (wasParked && reason == Parked.None && next.stage != Stage.Unbacked) {
            return _mustBe(Role.Council, "a release is cleared");
        }
        uint8 chain = lot.to;
        uint16 asset = lot.entry.asset();
        if (wasParked && !_isUnlocked(lot, before)) _violated(6, "a release moved before its time");
        Limit memory limit = _vaultRule[chain][asset].limit;
        uint64 clock = _clockOf(HUB, chain, asset);
        if (reason == Parked.Large) return _checkWait(lot, clock, next, before.stage, limit.large);
        if (reason != Parked.None && reason != Parked.AccountShare && reason != Parked.OverLimit) return;
        if (before.stage < Stage.Waited) {
            if (!_isPassable(lot, limit.large)) _violated(6, "a large release passed without its quorum or wait");
            _drawShare(lot, limit, clock, reason == Parked.AccountShare ? next.unlockAt : clock);
            if (reason == Parked.AccountShare) return;
        }
        if (before.stage == Stage.Drawn) return _checkDrawn(lot, clock);
        uint64 unlockAt = reason == Parked.OverLimit ? next.unlockAt : clock;
        _drawnUntil[HUB][chain][lot.id] = unlockAt;
        _draw(
            _bucketKey(chain, chain, asset),
            Draw(clock, unlockAt, lot.entry.amount(), limit.capacity, limit.refill),
            "more left a vault than its bucket lets out"
        );
    }

    /// @dev A bucket of its own between two changes of the limit: what each account has drawn is not counted anew.
    function _drawShare(Lot memory lot, Limit memory limit, uint64 clock, uint64 unlockAt) private {
        // In hundredths of a unit.
        (uint256 capacity, uint256 refill) =
            (uint256(limit.capacity) * limit.share, uint256(limit.refill) * limit.share);
        bytes32 asset = _bucketKey(lot.to, lot.to, lot.entry.asset());
        bytes32 key = keccak256(abi.encode(asset, lot.entry.account, capacity, refill));
        _draw(
            key, Draw(clock, unlockAt, lot.entry.amount() * 100, capacity, refill), "an account got more than its share"
        );
    }

    /// @param before Behind it until now.
    /// @param reason None when it was credited; otherwise it is held on.
    function _passHub(Lot memory lot, Terms memory before, bool wasHeld, Held reason, Terms memory next) internal {
        uint16 asset = lot.entry.asset();
        if (wasHeld && !_isUnlocked(lot, before)) _violated(6, "a deposit moved before its time");
        (uint256 cap, Limit memory limit) = _limitsNow(lot.from, asset);
        uint64 clock = _clockOf(lot.from, HUB, asset);
        if (reason == Held.Large) return _checkWait(lot, clock, next, before.stage, limit.large);
        if (reason != Held.None && reason != Held.OverLimit) return;
        if (before.stage < Stage.Waited && !_isPassable(lot, limit.large)) {
            _violated(6, "a large deposit passed without its quorum or wait");
        }
        if (reason == Held.None) {
            _available[lot.from][asset] += int256(uint256(lot.entry.amount()));
            if (_available[lot.from][asset] > int256(cap)) _violated(7, "a lane owes more than its cap");
        }
        if (before.stage == Stage.Drawn) return _checkDrawn(lot, clock);
        uint64 unlockAt = reason == Held.OverLimit ? next.unlockAt : clock;
        _drawnUntil[lot.from][HUB][lot.id] = unlockAt;
        uint256 capacity = limit.capacity;
        if (!_wasInDebt[lot.entry.account][asset]) capacity = capacity * limit.share / PERCENT;
        _draw(
            _bucketKey(HUB, lot.from, asset),
            Draw(clock, unlockAt, lot.entry.amount(), capacity, limit.refill),
            "more came over a lane than its bucket lets in"
        );
    }

    function _checkWait(Lot memory lot, uint64 clock, Terms memory next, Stage before, uint256 large) private {
        if (before >= Stage.Waited) _violated(6, "an entry waits twice");
        if (_isPassable(lot, large)) _violated(12, "what is not large waits as if it were");
        if (next.unlockAt != clock + Deploy.LARGE_WAIT || next.unlockBlock != block.number + Deploy.LARGE_BLOCKS) {
            _violated(6, "a large entry waits for less than its wait");
        }
    }

    function _checkDrawn(Lot memory lot, uint64 clock) private {
        if (clock < _drawnUntil[lot.from][lot.to][lot.id]) _violated(7, "an entry passed before its bucket's time");
    }

    /// @dev Of all that came after any moment, no more than capacity + refill · time may have unlocked by any later one; and
    /// no more than that unlocks in any span of time, but for what one entry has beyond the capacity: it unlocks whole.
    /// Each is the largest such excess, kept as a sum that the refill runs off.
    function _draw(bytes32 key, Draw memory draw, string memory what) private {
        Bucket storage bucket = _buckets[key];
        bucket.debt = _runOff(bucket.debt, draw.refill, bucket.at, draw.at) + draw.amount;
        // A clock that two stops hold back at once runs back; nothing is refilled twice.
        if (draw.at > bucket.at) bucket.at = draw.at;
        if (bucket.debt > draw.capacity + draw.refill * (draw.unlockAt - draw.at)) _violated(7, what);

        if (bucket.biggest == 0 || draw.capacity < bucket.least) bucket.least = uint128(draw.capacity);
        if (draw.amount > bucket.biggest) bucket.biggest = draw.amount;
        bucket.width = _runOff(bucket.width, draw.refill, bucket.unlockAt, draw.unlockAt) + draw.amount;
        if (draw.unlockAt > bucket.unlockAt) bucket.unlockAt = draw.unlockAt;
        uint256 whole = bucket.biggest > bucket.least ? bucket.biggest - bucket.least : 0;
        // Seconds are whole: the span has one more than its ends differ by.
        if (bucket.width > draw.capacity + whole + draw.refill) _violated(7, what);
        if (draw.unlockAt > draw.at) ++times["over a limit"];
    }

    function _runOff(uint256 sum, uint256 refill, uint64 from, uint64 to) private pure returns (uint256) {
        uint256 refilled = to > from ? refill * (to - from) : 0;
        return sum > refilled ? sum - refilled : 0;
    }

    // ── rules ───────────────────────────────────────────────────────────────────────────────────────────────────────

    function _noticeVaultRules(uint8 chain, uint16 asset, ICollateralVault.AssetRules memory next) internal {
        ICollateralVault.AssetRules memory current = _vaultRule[chain][asset];
        bool isLooser = next.minDeposit < current.minDeposit || next.pushGas > current.pushGas
            || _isLooser(next.limit, current.limit);
        if (isLooser) _mustBe(Role.Council, "a vault's rules are loosened");
        if (_role == Role.Anyone) _violated(9, "a vault's rules were changed by nobody");
        // What loosens fills the bucket, also where it changes nothing.
        if (_role == Role.Council) _noteFilled(chain, chain, asset, next.limit);
        _vaultRule[chain][asset] = next;
    }

    function _noticeLaneRules(uint8 chain, uint16 asset, IClearingHouse.LaneRules memory next) internal {
        IClearingHouse.LaneRules memory current = _laneRule[chain][asset];
        bool isLooser = next.minWithdrawal < current.minWithdrawal || next.cap > current.cap
            || _isLooser(next.limit, current.limit);
        if (isLooser) _mustBe(Role.Council, "a lane's rules are loosened");
        if (_role == Role.Anyone) _violated(9, "a lane's rules were changed by nobody");
        if (_role == Role.Council) _noteFilled(HUB, chain, asset, next.limit);
        if (current.cap == 0) {
            _pauseOnLane(HUB, chain, asset);
            _listedAt[chain][asset] = _clockOf(chain, HUB, asset);
        }
        _laneRule[chain][asset] = next;
    }

    function _noteFilled(uint8 to, uint8 chain, uint16 asset, Limit memory limit) private {
        ++_filled[to][chain][asset];
        Limit storage most = _most[to][chain][asset];
        if (limit.capacity > most.capacity) most.capacity = limit.capacity;
        if (limit.refill > most.refill) most.refill = limit.refill;
    }

    function _isLooser(Limit memory next, Limit memory current) private pure returns (bool) {
        return next.capacity > current.capacity || next.refill > current.refill || next.large > current.large
            || next.share > current.share;
    }

    function _isOwned(Entry memory entry) internal pure returns (bool) {
        return ownerOf(entry.account) != address(0);
    }
}
