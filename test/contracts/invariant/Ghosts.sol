// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Vm} from "forge-std/Vm.sol";
import {IClearingHouse, Held} from "../../../contracts/interfaces/IClearingHouse.sol";
import {ICollateralVault, Parked} from "../../../contracts/interfaces/ICollateralVault.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {Halt} from "../../../contracts/interfaces/IGateway.sol";
import {ownerOf} from "../../../contracts/types/Account.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {
    Entry,
    KIND_DEPOSIT,
    KIND_RELEASE,
    KIND_RETURNED,
    KIND_WITHDRAWAL_REQUEST
} from "../../../contracts/types/Entry.sol";
import {Stage, Terms} from "../../../contracts/types/Terms.sol";
import {Log, Logs} from "../mocks/Logs.sol";
import {Mood} from "../mocks/Tokens.sol";
import {Role} from "./Chance.sol";
import {LimitGhosts} from "./LimitGhosts.sol";

/// @dev What an entry has come to.
enum Fate {
    None,
    InFlight, // posted and not executed
    Asked, // a request that is being executed
    Credited,
    Suspended,
    Refunded,
    Served,
    Refused,
    Paid,
    Parked,
    Returned, // a release that its vault gave back; the entry that says so has fates of its own
    Void,
    Back, // a Returned entry that waits on the hub
    Settled,
    False, // a Returned entry of what was never released, which halts the lane
    Ignored // what the hub holds without money in it
}

/// @dev What all actors share: who they are, what every entry has come to, told from events alone, and what must never
/// have happened.
abstract contract Ghosts is LimitGhosts {
    using Logs for Log;

    struct Park {
        uint8 chain;
        uint64 index;
        Entry entry;
        Parked reason;
        Terms terms;
        address payee;
    }

    struct Waiting {
        uint8 chain;
        uint64 index;
        Entry entry;
        Held reason;
        Terms terms;
    }

    /// @dev Where the executed log leaves the source's, and what it has there instead.
    struct Fork {
        uint64 count;
        uint64 executed;
        uint64 clock; // of the lane
        uint256[4] filled;
        Entry[] entries;
    }

    uint64 internal constant FORGED = 1 << 63;

    mapping(uint8 from => mapping(uint8 to => mapping(uint64 id => Fate))) internal _fates;
    mapping(uint8 chain => mapping(uint16 asset => mapping(uint8 kind => mapping(Fate => uint256)))) internal _sums;
    mapping(uint8 from => mapping(uint8 to => mapping(Fate => uint256))) internal _tally;
    mapping(uint8 chain => uint256) public givenBack;
    mapping(bytes32 ownerAndNonce => uint256) internal _takenNonces;

    mapping(uint8 from => mapping(uint8 to => Fork)) internal _forks;
    /// @dev Canonical units that forged entries have paid or credited.
    mapping(uint8 from => mapping(uint8 to => mapping(uint16 asset => uint256))) public lost;

    Park[] internal _parks;
    mapping(uint8 chain => mapping(uint64 id => uint256 positionPlusOne)) internal _parkOf;
    Waiting[] internal _waiting;
    mapping(uint8 chain => mapping(uint64 id => uint256 positionPlusOne)) internal _waitingOf;
    Waiting[] internal _asked; // requests of the window that is being executed
    uint256 internal _answered;
    bytes32[] internal _batch; // owner and nonce of each item that an operator brings, zero for one that must be skipped
    uint256 internal _batchDone;

    mapping(Fate => uint256) public reached;
    mapping(Parked => uint256) public parkedFor;
    mapping(Held => uint256) public heldFor;

    function setUp() public virtual override {
        super.setUp();
        for (uint8 chain = A; chain <= B; ++chain) {
            tokenOf[chain][LATE] = _token(LATE_DECIMALS);
            _before(Role.Council);
            chains[chain].vault.listAsset(LATE, address(tokenOf[chain][LATE]), LATE_DECIMALS, _vaultRules());
            _most[HUB][chain][LATE] = _laneRules().limit;
        }
        _as(Role.Anyone);
    }

    function _isHonest(uint8 chain, uint16 asset, address who) internal view returns (bool) {
        return tokenOf[chain][asset].mood() == Mood.Honest && !tokenOf[chain][asset].isBlacklisted(who);
    }

    /// @dev What a call has done that did not succeed is in the recorded logs all the same.
    function _forget() internal {
        vm.getRecordedLogs();
    }

    // ── forks ───────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @return Of an executed index: another one than the source's from the fork on.
    function _idOf(uint8 from, uint8 to, uint64 index) internal view returns (uint64) {
        return isForked[from][to] && index >= _forks[from][to].count ? index | FORGED : index;
    }

    function _entryOf(uint8 from, uint8 to, uint64 id) internal view returns (Entry memory) {
        if (id < FORGED) return laneLogs[from][to].entries[id];
        return _forks[from][to].entries[(id ^ FORGED) - _forks[from][to].count];
    }

    function _lotOf(uint8 from, uint8 to, uint64 index) internal view returns (Lot memory) {
        uint64 id = _idOf(from, to, index);
        return Lot(from, to, index, id, _entryOf(from, to, id));
    }

    function _isTouched(uint8 chain) internal view returns (bool) {
        return isForked[HUB][chain] || isForked[chain][HUB];
    }

    // ── following ───────────────────────────────────────────────────────────────────────────────────────────────────

    function _notice(Vm.Log memory seen) internal override {
        bytes32 topic = seen.topics[0];
        if (_isLaneEvent(seen)) {
            if (topic == IGateway.EntryPosted.selector) _noticePosted(seen);
            else if (topic == IGateway.WindowExecuted.selector) _noticeExecuted(seen);
            else _noticeLane(seen, topic);
            return;
        }
        for (uint8 chain = HUB; chain <= B; ++chain) {
            if (seen.emitter == address(chains[chain].pauseController)) _noticeController(seen, topic, chain);
            if (chain != HUB && seen.emitter == address(chains[chain].vault)) _noticeVault(seen, topic, chain);
        }
        if (seen.emitter == address(hub)) _noticeHub(seen, topic);
    }

    function _noticePosted(Vm.Log memory seen) private {
        uint8 from = _siteOf(seen.emitter);
        uint8 to = _chainOf(seen.topics[1]);
        Entry memory entry = abi.decode(seen.data, (Entry));
        bool isBack = entry.kind() == KIND_RETURNED;
        if (_ends[from][to].halt >= Halt.FalseAck) _violated(8, "posted to a peer that is not believed");
        if (!isBack && !_accepts(from, to)) _violated(8, "posted under pause");
        bool isMoney = entry.kind() == KIND_DEPOSIT || entry.kind() == KIND_RELEASE;
        if (isMoney && _isAssetPaused(from, entry.asset())) _violated(8, "posted an asset under its pause");
        if (isBack) ++givenBack[from];
        uint64 index = uint64(uint256(seen.topics[2]));
        _move(Lot(from, to, index, index, entry), Fate.None, Fate.InFlight);
    }

    /// @dev Requests have no event of their own when they are served: the hub's next ones answer them, in order.
    function _noticeExecuted(Vm.Log memory seen) private {
        uint8 to = _siteOf(seen.emitter);
        uint8 from = _chainOf(seen.topics[1]);
        uint64 count = uint64(uint256(seen.topics[2]));
        (, uint8 paths) = abi.decode(seen.data, (bytes32, uint8));
        if (!_isFlowing(from, to)) _violated(8, "executed under a pause or halt");
        _checkWord(from, to, count, paths);
        for (uint8 path = 0; path < INDICES; ++path) {
            if (_has(paths, path)) _vouched[from][to][path] = count;
        }
        if (to != HUB) return;
        uint64 first =
            isForked[from][to] ? _forks[from][to].executed : laneLogs[from][to].counts[_windowBefore(from, to, count)];
        if (isForked[from][to]) _forks[from][to].executed = count;
        for (uint64 i = first; i < count; ++i) {
            Lot memory lot = _lotOf(from, HUB, i);
            if (lot.entry.kind() != KIND_WITHDRAWAL_REQUEST) continue;
            _move(lot, Fate.InFlight, Fate.Asked);
            _asked.push(Waiting(from, i, lot.entry, Held.None, Terms(0, 0, 0, Stage.Unbacked)));
        }
    }

    /// @dev Two enabled paths, one of them a network, each of which said as much.
    function _checkWord(uint8 from, uint8 to, uint64 count, uint8 paths) private {
        End storage end = _ends[to][from];
        if (paths & ~end.enabled != 0) _violated(6, "executed on a disabled path's word");
        if (_size(paths) < 2 || paths & end.networks == 0) _violated(6, "executed on too few paths' word");
        if (isForked[from][to]) return;
        for (uint8 path = 0; path < INDICES; ++path) {
            if (_has(paths, path) && _truth[from][to][path] < count) _violated(6, "executed what a path did not say");
        }
    }

    // ── on the hub ──────────────────────────────────────────────────────────────────────────────────────────────────

    function _noticeHub(Vm.Log memory seen, bytes32 topic) private {
        if (topic == IClearingHouse.Credited.selector) {
            (uint64 index,) = abi.decode(seen.data, (uint64, uint128));
            _noticeCredited(_lotOf(_chainOf(seen.topics[1]), HUB, index), uint16(uint256(seen.topics[3])));
        } else if (topic == IClearingHouse.EntryHeld.selector) {
            _noticeHeld(seen);
        } else if (topic == IClearingHouse.RequestRefused.selector) {
            _answer(_chainOf(seen.topics[1]), uint64(uint256(seen.topics[2])), Fate.Refused);
        } else if (topic == IClearingHouse.Withdrawn.selector) {
            (, uint128 amount,) = abi.decode(seen.data, (uint64, uint128, address));
            _available[_chainOf(seen.topics[1])][uint16(uint256(seen.topics[3]))] -= int256(uint256(amount));
            if (_answered < _asked.length) _noticeServed(seen);
            else if (_batchDone < _batch.length) _take(_batch[_batchDone++]);
        } else if (topic == IClearingHouse.WithdrawalSkipped.selector) {
            ++times["skipped"];
            ++_batchDone;
        } else if (topic == IClearingHouse.Refunded.selector) {
            Lot memory lot = _lotOf(_chainOf(seen.topics[1]), HUB, uint64(uint256(seen.topics[2])));
            _checkFlowing(lot, lot.entry.asset());
            _move(lot, Fate.Suspended, Fate.Refunded);
        } else if (topic == IClearingHouse.ReturnSettled.selector) {
            _noticeSettled(_lotOf(_chainOf(seen.topics[1]), HUB, uint64(uint256(seen.topics[2]))));
        } else if (topic == IClearingHouse.FalselyReturned.selector) {
            Lot memory lot = _lotOf(_chainOf(seen.topics[1]), HUB, uint64(uint256(seen.topics[2])));
            if (!_isTouched(lot.from)) _violated(10, "a true return was taken for a false one");
            _move(lot, Fate.Back, Fate.False);
        } else if (topic == IClearingHouse.AssetPauseChanged.selector) {
            _noticeAssetPause(HUB, uint16(uint256(seen.topics[1])), abi.decode(seen.data, (uint64)));
        } else if (topic == IClearingHouse.LaneRulesSet.selector) {
            _noticeLaneRules(
                _chainOf(seen.topics[1]),
                uint16(uint256(seen.topics[2])),
                abi.decode(seen.data, (IClearingHouse.LaneRules))
            );
        }
    }

    /// @dev 8
    function _checkFlowing(Lot memory lot, uint16 asset) private {
        if (!_isFlowing(lot.from, lot.to)) _violated(8, "money moved under a pause or halt of its lane");
        if (_isAssetPaused(lot.to, asset)) _violated(8, "money moved under a pause of its asset");
    }

    function _noticeCredited(Lot memory lot, uint16 asset) private {
        Fate before = _fates[lot.from][HUB][lot.id];
        _checkFlowing(lot, asset);
        bool wasHeld = before == Fate.Suspended;
        Terms memory terms = Terms(0, 0, 0, Stage.Arrived);
        if (wasHeld) {
            Waiting storage held = _waiting[_waitingOf[lot.from][lot.id] - 1];
            terms = held.terms;
            ++times["finished"];
            if (held.reason == Held.OverExposure) ++times["over exposure finished"];
        } else if (before != Fate.Back) {
            before = Fate.InFlight;
        }
        if (lot.id >= FORGED) lost[lot.from][HUB][asset] += lot.entry.amount();
        _passHub(lot, terms, wasHeld, Held.None, terms);
        _move(lot, before, before == Fate.Back ? Fate.Settled : Fate.Credited);
    }

    function _noticeHeld(Vm.Log memory seen) private {
        Lot memory lot = _lotOf(_chainOf(seen.topics[1]), HUB, uint64(uint256(seen.topics[2])));
        Held reason = Held(uint256(seen.topics[3]));
        Waiting memory next = Waiting(lot.from, lot.index, lot.entry, reason, Terms(0, 0, 0, Stage.Unbacked));
        (next.entry, next.terms) = abi.decode(seen.data, (Entry, Terms));
        Fate before = _fates[lot.from][HUB][lot.id];
        Terms memory terms = Terms(0, 0, 0, Stage.Arrived);
        uint256 position = _waitingOf[lot.from][lot.id];
        ++heldFor[reason];
        if (reason == Held.Returned) {
            _move(lot, Fate.InFlight, Fate.Back);
        } else if (reason == Held.NotCreditable || reason == Held.BookFull) {
            _move(lot, Fate.InFlight, Fate.Ignored);
        } else {
            // From flight; or a return that was settled and waits like a deposit; or on to its next wait.
            bool wasHeld = before == Fate.Suspended;
            if (wasHeld) terms = _waiting[position - 1].terms;
            _passHub(lot, terms, wasHeld, reason, next.terms);
            _move(lot, wasHeld || before == Fate.Back ? before : Fate.InFlight, Fate.Suspended);
        }
        if (position != 0) {
            _waiting[position - 1] = next;
        } else {
            _waiting.push(next);
            _waitingOf[lot.from][lot.id] = _waiting.length;
        }
    }

    function _noticeSettled(Lot memory lot) private {
        uint16 asset = lot.entry.asset();
        _checkFlowing(lot, asset);
        ++times["settled"];
        if (_fates[lot.from][HUB][lot.id] != Fate.Back) return;
        if (lot.id >= FORGED) lost[lot.from][HUB][asset] += lot.entry.amount();
        _available[lot.from][asset] += int256(uint256(lot.entry.amount()));
        _move(lot, Fate.Back, Fate.Settled);
    }

    function _noticeServed(Vm.Log memory seen) private {
        Waiting memory request = _asked[_answered];
        (, uint128 amount, address recipient) = abi.decode(seen.data, (uint64, uint128, address));
        address owner = ownerOf(request.entry.account);
        bool isAsked = amount == request.entry.amount() && seen.topics[2] == request.entry.account
            && uint256(seen.topics[1]) == request.entry.eid();
        if (!isAsked) _violated(4, "a request was served other than asked");
        if (
            recipient != owner && !hub.isRecipient(owner, request.entry.eid(), recipient)
                && hub.controllerOf(owner, chains[request.chain].eid) != recipient
        ) _violated(4, "a request paid somebody whom the owner never named");
        _answer(request.chain, request.index, Fate.Served);
    }

    function _answer(uint8 from, uint64 index, Fate answer) private {
        Waiting memory request = _asked[_answered++];
        if (request.chain != from || request.index != index) _violated(4, "requests are answered out of order");
        _move(_lotOf(from, HUB, index), Fate.Asked, answer);
    }

    function _take(bytes32 item) private {
        if (item == 0) _violated(4, "a withdrawal was taken that nobody signed like this");
        if (++_takenNonces[item] > 1) _violated(4, "a nonce was used twice");
        ++times["signed"];
    }

    // ── at a vault ──────────────────────────────────────────────────────────────────────────────────────────────────

    function _noticeVault(Vm.Log memory seen, bytes32 topic, uint8 chain) private {
        if (topic == ICollateralVault.Released.selector) {
            _noticePaid(_lotOf(HUB, chain, uint64(uint256(seen.topics[1]))));
        } else if (topic == ICollateralVault.ReleaseParked.selector) {
            _noticeParked(seen, chain);
        } else if (topic == ICollateralVault.ReleaseReturned.selector) {
            _noticeReturned(seen, chain);
        } else if (topic == ICollateralVault.ReleaseStruck.selector) {
            Lot memory lot = _lotOf(HUB, chain, uint64(uint256(seen.topics[2])));
            _mustBe(Role.Council, "a release is struck");
            _unqueue(lot);
            _move(lot, Fate.Parked, Fate.Void);
        } else if (topic == ICollateralVault.AssetPauseSet.selector) {
            _noticeAssetPause(chain, uint16(uint256(seen.topics[1])), abi.decode(seen.data, (uint64)));
        } else if (topic == ICollateralVault.AssetRulesSet.selector) {
            _noticeVaultRules(
                chain, uint16(uint256(seen.topics[1])), abi.decode(seen.data, (ICollateralVault.AssetRules))
            );
        }
    }

    function _noticePaid(Lot memory lot) private {
        uint16 asset = lot.entry.asset();
        _checkFlowing(lot, asset);
        (bool wasParked, Terms memory terms) = _termsOf(lot);
        if (wasParked) {
            Parked reason = _parks[_parkOf[lot.to][lot.id] - 1].reason;
            ++times["retried"];
            if (reason == Parked.OverLimit) ++times["over limit, paid later"];
            if (terms.unlockBlock != 0) ++times[_isOver(lot, terms) ? "large, waited" : "large, vouched for"];
            _unqueue(lot);
        }
        _passVault(lot, terms, wasParked, Parked.None, Terms(0, 0, 0, Stage.Unbacked));
        if (lot.id >= FORGED) lost[HUB][lot.to][asset] += lot.entry.amount();
        _move(lot, wasParked ? Fate.Parked : Fate.InFlight, Fate.Paid);
    }

    function _isOver(Lot memory lot, Terms memory terms) private view returns (bool) {
        uint64 clock = _clockOf(HUB, lot.to, lot.entry.asset());
        return clock >= terms.unlockAt && block.number >= terms.unlockBlock;
    }

    function _noticeParked(Vm.Log memory seen, uint8 chain) private {
        Lot memory lot = _lotOf(HUB, chain, uint64(uint256(seen.topics[2])));
        Park memory next;
        (next.chain, next.index, next.reason) = (chain, lot.index, Parked(uint256(seen.topics[3])));
        (next.entry, next.terms, next.payee) = abi.decode(seen.data, (Entry, Terms, address));
        (bool wasParked, Terms memory terms) = _termsOf(lot);
        if (wasParked) _unqueue(lot);
        _passVault(lot, terms, wasParked, next.reason, next.terms);
        if (wasParked && next.terms.parkedAt != terms.parkedAt) _violated(10, "a park forgot when it was parked");
        if (next.terms.stage != Stage.Unbacked) _queued[chain][lot.entry.asset()] += lot.entry.amount();
        _move(lot, wasParked ? Fate.Parked : Fate.InFlight, Fate.Parked);
        ++parkedFor[next.reason];
        if (wasParked) {
            _parks[_parkOf[chain][lot.id] - 1] = next;
        } else {
            _parks.push(next);
            _parkOf[chain][lot.id] = _parks.length;
        }
    }

    function _termsOf(Lot memory lot) private view returns (bool isParked, Terms memory terms) {
        isParked = _fates[HUB][lot.to][lot.id] == Fate.Parked;
        if (isParked) terms = _parks[_parkOf[lot.to][lot.id] - 1].terms;
    }

    function _unqueue(Lot memory lot) private {
        if (_parkOf[lot.to][lot.id] == 0) return;
        if (_parks[_parkOf[lot.to][lot.id] - 1].terms.stage == Stage.Unbacked) return;
        _queued[lot.to][lot.entry.asset()] -= lot.entry.amount();
    }

    function _noticeReturned(Vm.Log memory seen, uint8 chain) private {
        uint64 index = uint64(uint256(seen.topics[1]));
        Lot memory lot = _lotOf(HUB, chain, index);
        _unqueue(lot);
        _move(lot, Fate.Parked, Fate.Returned);
        Entry memory back = laneLogs[chain][HUB].entries[uint64(uint256(seen.topics[2]))];
        if (back.kind() != KIND_RETURNED || back.ref() != index || back.party != lot.entry.hash()) {
            _violated(10, "what goes back does not say which release it was");
        }
    }

    // ── fates ───────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev 4, 10. Sums are of what its source posted.
    function _move(Lot memory lot, Fate before, Fate next) internal {
        if (_fates[lot.from][lot.to][lot.id] != before) {
            _violated(4, "an entry took effect twice, or out of turn");
            return;
        }
        _fates[lot.from][lot.to][lot.id] = next;
        ++reached[next];
        mapping(Fate => uint256) storage tally = _tally[lot.from][lot.to];
        if (lot.id >= FORGED) return;
        mapping(Fate => uint256) storage sums =
            _sums[lot.from == HUB ? lot.to : lot.from][lot.entry.asset()][lot.entry.kind()];
        if (before != Fate.None) {
            sums[before] -= lot.entry.amount();
            --tally[before];
        }
        sums[next] += lot.entry.amount();
        ++tally[next];
    }

    function _siteOf(address emitter) internal view override returns (uint8) {
        for (uint8 i = 0; i < SITES; ++i) {
            if (emitter == address(chains[i].gateway) || emitter == address(chains[i].vault)) return i;
        }
        revert("no site");
    }
}
