// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Held} from "../../../contracts/interfaces/IClearingHouse.sol";
import {Parked} from "../../../contracts/interfaces/ICollateralVault.sol";
import {Halt} from "../../../contracts/interfaces/IGateway.sol";
import {ownerOf} from "../../../contracts/types/Account.sol";
import {Entry} from "../../../contracts/types/Entry.sol";
import {Scope} from "../../../contracts/types/Scope.sol";
import {NEVER, Stage} from "../../../contracts/types/Terms.sol";
import {Log} from "../mocks/Logs.sol";
import {Mood} from "../mocks/Tokens.sol";
import {Role} from "./Chance.sol";
import {Fate} from "./Ghosts.sol";
import {HotKeys} from "./HotKeys.sol";

/// @dev Anyone who ends what waits, or moves it on to its next wait: parks, returns, suspense; also too early, twice, or with
/// a window that is not the right one.
abstract contract Finishers is HotKeys {
    uint256 private constant GRACE = 7 days;

    enum By {
        Payee,
        Owner,
        OwnersSignature,
        OthersSignature,
        Stranger
    }

    function retry(uint256 seed) external acting(seed) {
        if (_parks.length == 0) return;
        Park memory park = _anyPark();
        // Now and then the token gives in, and of these times a quarter under a pause.
        if (_roll(2) == 0) {
            tokenOf[park.chain][park.entry.asset()].setMood(Mood.Honest);
            tokenOf[park.chain][park.entry.asset()].setBlacklisted(park.payee, false);
            if (_roll(4) == 0) _pause(park.chain, Scope.In, chains[HUB].eid);
        }
        _tryRetry(park);
    }

    function giveBack(uint256 seed) external acting(seed) {
        if (_parks.length != 0) _tryReturn(_anyPark(), By(_roll(uint256(type(By).max) + 1)));
    }

    function settle(uint256 seed) external acting(seed) {
        if (_waiting.length == 0) return;
        Waiting memory held = _anyWaiting(true);
        if (_roll(2) == 0) _trySettle(held, 1 + _roll(3));
        if (_roll(8) != 0) _trySettle(held, 0);
    }

    function finish(uint256 seed) external acting(seed) {
        if (_waiting.length != 0) _tryFinish(_anyWaiting(false));
    }

    function refund(uint256 seed) external acting(seed) {
        if (_waiting.length != 0) _tryRefund(_anyWaiting(false));
    }

    /// @dev Mostly one that still waits, if there is one among a few.
    function _anyPark() private returns (Park memory park) {
        for (uint256 i = 0; i < 12; ++i) {
            park = _parks[_roll(_parks.length)];
            if (_isParked(park)) return park;
        }
    }

    function _anyWaiting(bool isReturned) private returns (Waiting memory held) {
        for (uint256 i = 0; i < 24; ++i) {
            held = _waiting[_roll(_waiting.length)];
            if (_isWaiting(held) && (held.reason == Held.Returned) == isReturned) return held;
        }
    }

    function _isParked(Park memory park) internal view returns (bool) {
        return _fates[HUB][park.chain][_idOf(HUB, park.chain, park.index)] == Fate.Parked;
    }

    function _isWaiting(Waiting memory held) internal view returns (bool) {
        Fate fate = _fates[held.chain][HUB][_idOf(held.chain, HUB, held.index)];
        return fate == Fate.Back || fate == Fate.Suspended;
    }

    // ── at a vault ──────────────────────────────────────────────────────────────────────────────────────────────────

    function _tryRetry(Park memory park) internal returns (bool isDone) {
        _as(Role.Anyone);
        uint16 asset = park.entry.asset();
        bool isOpen = _isParked(park) && _isFlowing(HUB, park.chain) && _isUnlocked(_lotOfPark(park), park.terms);
        bool isStuck = _isAssetPaused(park.chain, asset) || park.reason == Parked.NotPayable
            || park.reason == Parked.RecipientInvalid || park.reason == Parked.AssetUnlisted;
        try chains[park.chain].vault.retry{gas: CALL_GAS}(
            chains[HUB].eid, park.index, park.entry, park.terms, park.payee
        ) {
            isDone = true;
        } catch {
            _forget();
        }
        _follow();
        // Of a lane that was forged there may be more than the vault holds.
        bool mustBe = isOpen && !isStuck && _isHonest(park.chain, asset, park.payee) && !_isTouched(park.chain);
        _expect(isDone, mustBe, !isOpen || isStuck, "retry");
    }

    function _lotOfPark(Park memory park) private view returns (Lot memory) {
        return _lotOf(HUB, park.chain, park.index);
    }

    function _tryReturn(Park memory park, By by) internal returns (bool isDone) {
        address owner = ownerOf(park.entry.account);
        // Nobody signs for nobody, and a thief has no key here.
        bool isTrader = _isTrader(owner);
        if (!isTrader && by != By.Payee) by = By.Stranger;
        bool isParked = _isParked(park);
        bool isEntitled = by == By.Payee || by == By.Owner || by == By.OwnersSignature;
        bool isShut = _ends[park.chain][HUB].halt >= Halt.FalseAck;
        // What has drawn keeps its place until its time.
        isShut = isShut
            || (park.terms.stage == Stage.Drawn
                && park.terms.unlockAt != NEVER
                && _clockOf(HUB, park.chain, park.entry.asset()) < park.terms.unlockAt);
        bool mustNotBe = !isParked || isShut || by == By.OthersSignature || (by == By.Stranger && !_isReturnable(park));
        _as(Role.Anyone);
        isDone = _return(park, by, owner);
        if (!isDone) _forget();
        _follow();
        _expect(isDone, isParked && !isShut && isEntitled && !_isTouched(park.chain), mustNotBe, "return");
    }

    function _isReturnable(Park memory park) private view returns (bool) {
        if (park.terms.unlockAt == NEVER || !_isFlowing(HUB, park.chain)) return false;
        return _clockOf(HUB, park.chain, park.entry.asset()) >= park.terms.unlockAt + GRACE;
    }

    function _isTrader(address who) internal view returns (bool) {
        for (uint256 i = 0; i < TRADERS; ++i) {
            if (_traders[i] == who) return true;
        }
        return false;
    }

    function _return(Park memory park, By by, address owner) private returns (bool) {
        if (by == By.OwnersSignature || by == By.OthersSignature) {
            return _returnSigned(park, by == By.OwnersSignature ? _keyOf(owner) : 0xbad);
        }
        address caller = by == By.Payee ? park.payee : by == By.Owner ? owner : address(0x5742);
        vm.prank(caller, caller);
        try chains[park.chain].vault.returnRelease{gas: CALL_GAS}(park.index, park.entry, park.terms, park.payee) {
            return true;
        } catch {
            return false;
        }
    }

    function _returnSigned(Park memory park, uint256 key) private returns (bool) {
        vm.chainId(chains[park.chain].id);
        bytes32 digest = chains[park.chain].vault.returnDigest(park.index, park.entry, block.timestamp);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        bytes memory signature = abi.encodePacked(r, s, v);
        try chains[park.chain].vault
            .returnReleaseSigned(park.index, park.entry, park.terms, park.payee, block.timestamp, signature) {
            return true;
        } catch {
            return false;
        }
    }

    // ── on the hub ──────────────────────────────────────────────────────────────────────────────────────────────────

    /// @param flaw 1: the window before or behind; 2: a part of it; 3: one entry of it changed.
    function _trySettle(Waiting memory held, uint256 flaw) internal returns (bool isDone) {
        if (held.reason != Held.Returned) return false;
        _as(Role.Anyone);
        bool isBack = _fates[held.chain][HUB][_idOf(held.chain, HUB, held.index)] == Fate.Back;
        bool isOpen =
            _isFlowing(held.chain, HUB) && _accepts(HUB, held.chain) && !_isAssetPaused(HUB, held.entry.asset());
        (uint64 previousCount, Entry[] memory window) = _windowOf(held.chain, held.entry.ref(), flaw);
        try hub.settleReturned(chains[held.chain].eid, held.index, held.entry, held.terms, previousCount, window) {
            isDone = true;
        } catch {
            _forget();
        }
        _follow();
        if (_isTouched(held.chain)) return isDone;
        _expect(
            isDone,
            isBack && isOpen && flaw == 0,
            !isBack || !isOpen || flaw != 0,
            flaw == 0 ? "settle" : "settle by a false window"
        );
    }

    function _windowOf(uint8 chain, uint64 ref, uint256 flaw)
        private
        view
        returns (uint64 previousCount, Entry[] memory window)
    {
        Log storage lane = laneLogs[HUB][chain];
        uint256 i = _windowBefore(HUB, chain, uint256(ref) + 1) + 1;
        // Only a forged one gives back what was never sealed.
        if (i == lane.counts.length) return (0, window);
        if (flaw == 1) i = i > 1 ? i - 1 : lane.counts.length - 1;
        (previousCount, window) = (lane.counts[i - 1], new Entry[](lane.counts[i] - lane.counts[i - 1]));
        // Of one window only, it is still the right one: then as if one of its words were another.
        if (flaw == 1 && lane.counts.length == 2) flaw = 3;
        if (flaw == 2) window = new Entry[](window.length - 1);
        for (uint256 j = 0; j < window.length; ++j) {
            window[j] = lane.entries[previousCount + j];
        }
        if (flaw == 3) window[0].word += 1 << 8;
    }

    function _tryFinish(Waiting memory held) internal returns (bool isDone) {
        _as(Role.Anyone);
        uint16 asset = held.entry.asset();
        Lot memory lot = _lotOf(held.chain, HUB, held.index);
        bool isSuspended = _fates[held.chain][HUB][lot.id] == Fate.Suspended;
        bool isOpen = isSuspended && _isFlowing(held.chain, HUB) && _isUnlocked(lot, held.terms);
        bool isStuck = !_isListed(held.chain, asset) || _isAssetPaused(HUB, asset) || !_isOwned(held.entry);
        (uint256 cap,) = _limitsNow(held.chain, asset);
        bool isExposed = _available[held.chain][asset] + int256(uint256(held.entry.amount())) > int256(cap);
        try hub.finish(chains[held.chain].eid, held.index, held.entry, held.reason, held.terms) {
            isDone = true;
        } catch {
            _forget();
        }
        _follow();
        _expect(isDone, isOpen && !isStuck && !isExposed, !isOpen || isStuck, "finish");
    }

    function _tryRefund(Waiting memory held) internal returns (bool isDone) {
        _as(Role.Anyone);
        uint16 asset = held.entry.asset();
        bool isSuspended = _fates[held.chain][HUB][_idOf(held.chain, HUB, held.index)] == Fate.Suspended;
        bool isRefundable =
            held.reason == Held.AssetUnlisted || held.reason == Held.OwnerZero || held.reason == Held.OverExposure;
        bool isPossible = isSuspended && isRefundable && block.timestamp >= held.terms.parkedAt + GRACE
            && _isFlowing(held.chain, HUB) && !_isAssetPaused(HUB, asset) && _accepts(HUB, held.chain);
        try hub.refund(chains[held.chain].eid, held.index, held.entry, held.reason, held.terms) {
            isDone = true;
        } catch {
            _forget();
        }
        _follow();
        _expect(isDone, isPossible && held.entry.party != 0, !isPossible, "refund");
    }
}
