// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Held, IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {accountOf} from "../../../contracts/types/Account.sol";
import {KIND_DEPOSIT, KIND_RELEASE, KIND_RETURNED} from "../../../contracts/types/Entry.sol";
import {Scope} from "../../../contracts/types/Scope.sol";
import {NEVER} from "../../../contracts/types/Terms.sol";
import {Deploy} from "../mocks/Deploy.sol";
import {Log, Logs} from "../mocks/Logs.sol";
import {Mood} from "../mocks/Tokens.sol";
import {Cartel} from "./Cartel.sol";
import {Role} from "./Chance.sol";
import {Finishers} from "./Finishers.sol";
import {Fate, Ghosts} from "./Ghosts.sol";
import {Issuer} from "./Issuer.sol";
import {Operators} from "./Operators.sol";
import {Pausers} from "./Pausers.sol";
import {Traders} from "./Traders.sol";

/// @dev Everybody who acts on Weighlock, one file each, over the ghosts that they share. No action may revert: what is
/// refused is caught where it is expected. Each takes one number, from which all its choices are made.
contract Handler is Traders, Operators, Finishers, Issuer, Cartel {
    using Logs for Log;

    uint256 private constant ROUNDS = 16;
    uint256 private constant ROUND_SECONDS = 8 days;
    /// @dev Until a new lane has its full limits.
    uint256 private constant RAMP_SECONDS = 30 days;

    function setUp() public override(Ghosts, Pausers) {
        super.setUp();
        _pass(RAMP_SECONDS, RAMP_SECONDS / BLOCK_SECONDS);
        // One a day, so that nothing waits.
        for (uint256 i = 0; i < TRADERS; ++i) {
            for (uint8 chain = A; chain <= B; ++chain) {
                _deposit(chain, USD, _traders[i], 300_000);
                _deposit(chain, ETHER, _traders[i], 300_000);
                _bringHome(chain, HUB, type(uint8).max);
                _withdraw(chain, USD, _traders[i], 1000, _traders[i]);
                _bringHome(HUB, chain, type(uint8).max);
            }
            _pass(1 days, 1 days / BLOCK_SECONDS);
        }
    }

    /// @dev A pauser who is quicker than the relayer.
    function carryUnderPause(uint256 seed) external acting(seed) {
        (uint8 from, uint8 to) = _anyLane();
        uint256 posted = laneLogs[from][to].entries.length;
        if (posted == _executed(from, to)) return;
        _pause(to, Scope.Asset, laneLogs[from][to].entries[posted - 1].asset());
        _bringHome(from, to, type(uint8).max);
    }

    /// @dev Who is in a hurry shows what every path says.
    function hurry(uint256 seed) external acting(seed) {
        for (uint256 i = 0; i < _parks.length; ++i) {
            Park memory park = _parks[i];
            if (park.terms.unlockBlock == 0 || !_isParked(park) || isForked[HUB][park.chain]) continue;
            _say(HUB, park.chain, laneLogs[HUB][park.chain].sealedCount(), type(uint8).max);
            uint256 window = laneLogs[HUB][park.chain].windowAt(_executed(HUB, park.chain));
            for (uint8 path = 0; path < INDICES; ++path) {
                if (_has(_ends[park.chain][HUB].enabled, path)) _vouchBy(HUB, park.chain, path, window);
            }
            _tryRetry(park);
            return;
        }
    }

    // ── the cartel's part of what waits ─────────────────────────────────────────────────────────────────────────────

    function _collectPark(Park memory park) internal override {
        if (_isParked(park)) _tryRetry(park);
    }

    /// @dev And all that it was credited, out of the vault that nobody lies to.
    function _collectHeld(Waiting memory held) internal override {
        if (!_isWaiting(held)) return;
        if (held.reason == Held.Returned) _trySettle(held, 0);
        else if (!_tryFinish(held)) _tryRefund(held);
    }

    function cashOut(uint256 seed) external acting(seed) {
        uint8 chain = _anyVault();
        (uint16 asset, uint96 subaccount) = (_anyAsset(), uint96(_roll(2)));
        uint256 balance = _balanceOf(accountOf(THIEF, subaccount), asset);
        uint256 amount = _least(balance, hub.available(chains[chain].eid, asset), type(uint128).max);
        vm.prank(THIEF);
        try hub.withdraw(subaccount, chains[chain].eid, asset, uint128(amount), THIEF) {
            ++times["cashed out"];
        } catch {
            _forget();
        }
    }

    // ── at the end of a run ─────────────────────────────────────────────────────────────────────────────────────────

    /// @dev Guardians, the council and one honest relayer come back. Where two lied and their log was executed, the third
    /// path speaks and the council closes. Every other lane is brought to its end, over the same gateways, and all that waits.
    /// The tokens stay as they are as long as that ends something.
    function heal() external acting(0) {
        for (uint8 chain = A; chain <= B; ++chain) {
            if (_isTouched(chain)) _condemn(chain);
        }
        for (uint256 round = 0; round < ROUNDS && (round == 0 || !isHome()); ++round) {
            _pass(ROUND_SECONDS, ROUND_SECONDS / BLOCK_SECONDS);
            _recover();
            for (uint8 chain = A; chain <= B; ++chain) {
                if (isEnded(chain)) continue;
                if (round == 0) _greet(chain);
                if (round == (ROUNDS >> 2) || (round == 0 && _isLucky(4))) _widen(chain);
                if (round == (ROUNDS >> 2)) _appease(chain);
                _bringHome(HUB, chain, type(uint8).max);
                _bringHome(chain, HUB, type(uint8).max);
                _endAll(chain);
            }
        }
    }

    /// @dev What shows that a lane is alive again.
    function _greet(uint8 chain) private {
        if (tokenOf[chain][USD].mood() != Mood.Honest) tokenOf[chain][USD].setMood(Mood.Honest);
        if (tokenOf[chain][USD].isBlacklisted(_traders[0])) tokenOf[chain][USD].setBlacklisted(_traders[0], false);
        _as(Role.Anyone);
        _tryDeposit(chain, USD, 100);
    }

    function _recover() private {
        for (uint8 chain = A; chain <= B; ++chain) {
            if (isEnded(chain)) continue;
            _mend(HUB, chain);
            _mend(chain, HUB);
        }
        for (uint8 i = HUB; i <= B; ++i) {
            _restoreKeys(i);
        }
        _overStops(true);
        _pass(Deploy.RESUME_DELAY, Deploy.RESUME_DELAY / BLOCK_SECONDS);
        _overStops(false);
        for (uint256 i = 0; i < _parks.length; ++i) {
            if (_isParked(_parks[i]) && _parks[i].terms.unlockAt == NEVER) _clear(_parks[i]);
        }
        _as(Role.Anyone);
    }

    /// @dev Paths that lied go, others come, and what was in quarantine is looked at.
    function _mend(uint8 here, uint8 there) private {
        End storage end = _ends[here][there];
        for (uint8 path = 0; path < INDICES; ++path) {
            if (_has(end.enabled & end.liars, path)) {
                _disable(here, there, path);
                _follow();
            }
        }
        _owned[there][here] = 0;
        while (_size(end.enabled) < 3 && _size(end.used) < INDICES) {
            _replace(here, there);
        }
        Found[] storage found = _quarantine[here][there];
        for (uint256 i = 0; i < found.length; ++i) {
            if (!chains[here].gateway.isQuarantined(chains[there].eid, found[i].path, found[i].count)) continue;
            _before(Role.Council);
            chains[here].pauseController.liftQuarantine(chains[there].eid, found[i].path, found[i].count);
        }
        _follow();
    }

    function _overStops(bool isProposal) private {
        for (uint8 chain = A; chain <= B; ++chain) {
            for (uint8 scope = 0; scope <= uint8(Scope.Halt); ++scope) {
                _overStop(HUB, Scope(scope), chains[chain].eid, isProposal);
                _overStop(chain, Scope(scope), chains[HUB].eid, isProposal);
            }
        }
        for (uint8 chain = HUB; chain <= B; ++chain) {
            for (uint16 asset = 1; asset <= ASSETS; ++asset) {
                _overStop(chain, Scope.Asset, asset, isProposal);
            }
        }
    }

    function _overStop(uint8 chain, Scope scope, uint32 id, bool isProposal) private {
        if (isProposal) _propose(chain, scope, id);
        else if (_proposed[chain][scope][id] != 0) _tryResume(chain, scope, id);
        _follow();
    }

    function _endAll(uint8 chain) private {
        for (uint256 i = 0; i < _parks.length; ++i) {
            if (_parks[i].chain != chain || !_isParked(_parks[i])) continue;
            if (!_tryRetry(_parks[i])) _tryReturn(_parks[i], By.Stranger);
        }
        for (uint256 i = 0; i < _waiting.length; ++i) {
            if (_waiting[i].chain != chain || !_isWaiting(_waiting[i])) continue;
            if (_waiting[i].reason == Held.Returned) _trySettle(_waiting[i], 0);
            else if (!_tryFinish(_waiting[i])) _tryRefund(_waiting[i]);
        }
    }

    /// @dev Nobody's money goes back and forth as long as the token refuses it.
    function _appease(uint8 chain) private {
        for (uint16 asset = 1; asset <= ASSETS; ++asset) {
            tokenOf[chain][asset].setMood(Mood.Honest);
            for (uint256 i = 0; i < TRADERS; ++i) {
                tokenOf[chain][asset].setBlacklisted(_traders[i], false);
            }
        }
    }

    /// @dev What a lane may not owe yet, it may.
    function _widen(uint8 chain) private {
        for (uint16 asset = 1; asset <= ASSETS; ++asset) {
            if (_isListed(chain, asset)) _loosenLane(chain, asset, 100);
            _loosenVault(chain, asset, 100);
        }
        _as(Role.Anyone);
    }

    /// @dev The third path shows the true log, as far as it goes; where that is not enough, the lane is paused. Then it is
    /// closed, and nothing of it moves any more.
    function _condemn(uint8 chain) private {
        _restoreKeys(chain);
        _restoreKeys(HUB);
        _convict(HUB, chain);
        _convict(chain, HUB);
        for (uint256 i = 0; i < _parks.length; ++i) {
            if (_parks[i].chain == chain && _roll(2) == 0) _strike(_parks[i]);
        }
        _close(HUB, chain);
        _close(chain, HUB);
        _as(Role.Anyone);
        for (uint256 i = 0; i < _parks.length; ++i) {
            if (_parks[i].chain != chain) continue;
            _tryRetry(_parks[i]);
            _tryReturn(_parks[i], By.Payee);
        }
        for (uint256 i = 0; i < _waiting.length; ++i) {
            if (_waiting[i].chain == chain) _tryFinish(_waiting[i]);
        }
        _tryDeposit(chain, USD, 1000);
        _tryWithdraw(chain, USD, type(uint128).max);
    }

    /// @dev Where the source's log goes on behind the fork and a path that nobody owns says so, that halts the lane.
    function _convict(uint8 from, uint8 to) private {
        if (!isForked[from][to]) return;
        _seal(from, to);
        Log storage lane = laneLogs[from][to];
        uint64 sealed_ = lane.sealedCount();
        uint64 base = _forks[from][to].count;
        _say(from, to, sealed_, type(uint8).max);
        uint8 honest = _anyOf(_ends[to][from].enabled & ~_owned[from][to]);
        if (honest < INDICES && sealed_ > base && base != 0) {
            uint256 fork = lane.windowAt(base);
            uint256 end = lane.counts.length - 1;
            (uint64 executed,) = chains[to].gateway.inbox(chains[from].eid);
            uint64 next = lane.counts[fork + 1];
            // Where the source's next window ends, or where the forged one did.
            uint64 count = next <= executed ? next : base + 1;
            for (; chains[to].gateway.executedHead(chains[from].eid, count) == 0 && count != next; ++count) {}
            bytes memory nodes = _nodes(from, to, fork - 1, end);
            _show(from, to, Exhibit(lane.heads[fork - 1], nodes, honest, count, EXECUTED_LOG));
            if (_isFlowing(from, to)) _violated(5, "the third path's word did not stop a forged lane");
            ++times["convicted"];
        } else {
            _freeze(to, Scope.In, chains[from].eid);
        }
    }

    // ── views for the invariants ────────────────────────────────────────────────────────────────────────────────────

    function site(uint8 i) external view returns (Site memory) {
        return chains[i];
    }

    function clearingHouse() external view returns (IClearingHouse) {
        return hub;
    }

    function end(uint8 here, uint8 there) external view returns (End memory) {
        return _ends[here][there];
    }

    function headAt(uint8 from, uint8 to, uint64 count) external view returns (bytes32) {
        return laneLogs[from][to].headAt(count);
    }

    function held(uint8 chain, uint16 asset) external view returns (uint256 local) {
        return tokenOf[chain][asset].balanceOf(address(chains[chain].vault));
    }

    function scale(uint8 chain, uint16 asset) external view returns (uint256) {
        return _scale(chain, asset);
    }

    function tally(uint8 from, uint8 to, Fate fate) public view returns (uint256) {
        return _tally[from][to][fate];
    }

    function quorumOf(uint8 from, uint8 to, uint64 index) external view returns (uint256) {
        return _quorumOf(from, to, index);
    }

    function isFlowing(uint8 from, uint8 to) external view returns (bool) {
        return _isFlowing(from, to);
    }

    function accepts(uint8 from, uint8 to) external view returns (bool) {
        return _accepts(from, to);
    }

    function quarantined(uint8 here, uint8 there) external view returns (uint256) {
        return _quarantined(here, there);
    }

    function clockOf(uint8 from, uint8 to, uint16 asset) external view returns (uint64) {
        return _clockOf(from, to, asset);
    }

    function assetUntil(uint8 chain, uint16 asset) external view returns (uint64) {
        return _assetUntil[chain][asset];
    }

    function available(uint8 chain, uint16 asset) external view returns (int256) {
        return _available[chain][asset];
    }

    function queued(uint8 chain, uint16 asset) external view returns (uint256) {
        return _queued[chain][asset];
    }

    /// @return Whether a lane of this chain was forged: its books are no longer each other's.
    function isTouched(uint8 chain) external view returns (bool) {
        return _isTouched(chain);
    }

    /// @return Whether the council closed a lane of this chain, at either end.
    function isEnded(uint8 chain) public view returns (bool) {
        return _isClosed(HUB, chain) || _isClosed(chain, HUB);
    }

    function isHome() public view returns (bool) {
        for (uint8 chain = A; chain <= B; ++chain) {
            if (isEnded(chain)) continue;
            if (!_isFlowing(HUB, chain) || !_isFlowing(chain, HUB) || !_accepts(HUB, chain) || !_accepts(chain, HUB)) {
                return false;
            }
            if (tally(HUB, chain, Fate.InFlight) + tally(HUB, chain, Fate.Parked) != 0) return false;
            uint256 back = tally(chain, HUB, Fate.InFlight) + tally(chain, HUB, Fate.Suspended);
            if (back + tally(chain, HUB, Fate.Back) != 0) return false;
        }
        return true;
    }

    /// @return By entry: deposits that were posted and not executed.
    function depositing(uint8 chain, uint16 asset) external view returns (uint256) {
        return _sums[chain][asset][KIND_DEPOSIT][Fate.InFlight];
    }

    /// @return By entry: deposits in suspense, among them what came back and waits like one.
    function suspended(uint8 chain, uint16 asset) external view returns (uint256) {
        return _sums[chain][asset][KIND_DEPOSIT][Fate.Suspended] + _sums[chain][asset][KIND_RETURNED][Fate.Suspended];
    }

    /// @return By entry: releases in flight and parked, and those that go back, until they are settled.
    function leaving(uint8 chain, uint16 asset) external view returns (uint256) {
        return _sums[chain][asset][KIND_RELEASE][Fate.InFlight] + _sums[chain][asset][KIND_RELEASE][Fate.Parked]
            + _sums[chain][asset][KIND_RETURNED][Fate.InFlight] + _sums[chain][asset][KIND_RETURNED][Fate.Back];
    }

    /// @return Whether each park and each held word is on chain just as long as its entry waits.
    function areWordsRight() external view returns (bool) {
        for (uint256 i = 0; i < _parks.length; ++i) {
            (uint8 chain, uint64 index) = (_parks[i].chain, _parks[i].index);
            if ((chains[chain].vault.parkOf(chains[HUB].eid, index) != 0) != _isParked(_parks[i])) return false;
            bool isReturned = hub.isReturned(chains[chain].eid, index);
            if (isReturned && !_isTouched(chain) && _fates[HUB][chain][index] != Fate.Returned) return false;
        }
        for (uint256 i = 0; i < _waiting.length; ++i) {
            Waiting storage one = _waiting[i];
            bool isThere = hub.heldOf(chains[one.chain].eid, one.index) != 0;
            bool isIgnored = _fates[one.chain][HUB][_idOf(one.chain, HUB, one.index)] == Fate.Ignored;
            if (isThere != (_isWaiting(one) || isIgnored)) return false;
        }
        return true;
    }
}
