// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Held} from "../../../contracts/interfaces/IClearingHouse.sol";
import {Halt} from "../../../contracts/interfaces/IGateway.sol";
import {ownerOf} from "../../../contracts/types/Account.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {Entry} from "../../../contracts/types/Entry.sol";
import {Log} from "../mocks/Logs.sol";
import {Mood} from "../mocks/Tokens.sol";
import {Stage} from "./Ghosts.sol";
import {Guardians} from "./Guardians.sol";

/// @dev Anyone who ends what waits: parks, returns, suspense; also too early, twice, or with a window that is not the
/// right one.
abstract contract Finishers is Guardians {
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
        // Now and then the token gives in, and of these times half under a pause.
        if (_roll(2) == 0) {
            tokenOf[park.chain][park.entry.asset()].setMood(Mood.Honest);
            tokenOf[park.chain][park.entry.asset()].setBlacklisted(park.payee, false);
            if (_roll(2) == 0) _pause(park.chain, HUB, Direction.In);
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
        for (uint256 i = 0; i < 6; ++i) {
            park = _parks[_roll(_parks.length)];
            if (_stages[HUB][park.chain][park.index] == Stage.Parked) return park;
        }
    }

    function _anyWaiting(bool isReturned) private returns (Waiting memory held) {
        for (uint256 i = 0; i < 24; ++i) {
            held = _waiting[_roll(_waiting.length)];
            Stage stage = _stages[held.chain][HUB][held.index];
            bool isOpen = stage == Stage.Back || stage == Stage.Suspended;
            if (isOpen && (held.reason == Held.Returned) == isReturned) return held;
        }
    }

    function _tryRetry(Park memory park) internal returns (bool isDone) {
        bool isParked = _stages[HUB][park.chain][park.index] == Stage.Parked;
        bool isPaying = _isPaying(park.chain);
        try chains[park.chain].vault.retry{gas: CALL_GAS}(
            chains[HUB].eid, park.index, park.entry, park.parkedAt, park.unlockAt, park.payee
        ) {
            isDone = true;
        } catch {}
        bool mustBe = isParked && isPaying && _isHonest(park.chain, park.entry.asset(), park.payee);
        _expect(isDone, mustBe, !isParked || !isPaying, "retry");
    }

    function _tryReturn(Park memory park, By by) internal returns (bool isDone) {
        bool isParked = _stages[HUB][park.chain][park.index] == Stage.Parked;
        address owner = ownerOf(park.entry.account);
        // Nobody signs for nobody.
        if (owner == address(0) && by != By.Payee) by = By.Stranger;
        bool isEntitled = by == By.Payee || by == By.Owner || by == By.OwnersSignature;
        bool isShut = chains[park.chain].gateway.haltOf(chains[HUB].eid) == Halt.FalseAck;
        bool isLate = block.timestamp >= park.unlockAt + GRACE;
        isDone = _return(park, by, owner);
        bool mustNotBe = !isParked || isShut || by == By.OthersSignature
            || (by == By.Stranger && (!isLate || !_isPaying(park.chain)));
        _expect(isDone, isParked && !isShut && isEntitled, mustNotBe, "return");
    }

    function _return(Park memory park, By by, address owner) private returns (bool) {
        if (by == By.OwnersSignature || by == By.OthersSignature) {
            return _returnSigned(park, by == By.OwnersSignature ? _keyOf(owner) : 0xbad);
        }
        address caller = by == By.Payee ? park.payee : by == By.Owner ? owner : address(0x5742);
        vm.prank(caller, caller);
        try chains[park.chain].vault.returnRelease{gas: CALL_GAS}(
            park.index, park.entry, park.parkedAt, park.unlockAt, park.payee
        ) {
            return true;
        } catch {
            return false;
        }
    }

    function _returnSigned(Park memory park, uint256 key) private returns (bool) {
        vm.chainId(chains[park.chain].id);
        bytes32 digest = chains[park.chain].vault.returnDigest(park.index, park.entry, block.timestamp);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        try chains[park.chain].vault
            .returnReleaseSigned(
                park.index,
                park.entry,
                park.parkedAt,
                park.unlockAt,
                park.payee,
                block.timestamp,
                abi.encodePacked(r, s, v)
            ) {
            return true;
        } catch {
            return false;
        }
    }

    /// @param flaw 1: the window before or behind; 2: a part of it; 3: one entry of it changed.
    function _trySettle(Waiting memory held, uint256 flaw) internal returns (bool isDone) {
        if (held.reason != Held.Returned) return false;
        bool isBack = _stages[held.chain][HUB][held.index] == Stage.Back;
        bool isOpen = _isFinishing(held.chain);
        (uint64 previousCount, Entry[] memory window) = _windowOf(held.chain, held.entry.ref(), flaw);
        try hub.settleReturned(chains[held.chain].eid, held.index, held.entry, held.parkedAt, previousCount, window) {
            isDone = true;
        } catch {}
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
        uint256 i = 1;
        while (lane.counts[i] <= ref) ++i;
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
        bool isWaiting = _stages[held.chain][HUB][held.index] == Stage.Suspended;
        bool isPossible =
            isWaiting && held.reason == Held.AssetUnlisted && isLateListed[held.chain] && _isFinishing(held.chain);
        try hub.finish(chains[held.chain].eid, held.index, held.entry, held.parkedAt) {
            isDone = true;
        } catch {}
        _expect(isDone, isPossible, !isPossible, "finish");
    }

    function _tryRefund(Waiting memory held) internal returns (bool isDone) {
        // The Returned entry that brought nobody's refund back has a second word; the first is gone.
        bool isWaiting = held.reason != Held.Returned && _stages[held.chain][HUB][held.index] == Stage.Suspended;
        bool isPossible = isWaiting && block.timestamp >= held.parkedAt + GRACE && _isFinishing(held.chain)
            && chains[HUB].gateway.accepts(chains[held.chain].eid);
        try hub.refund(chains[held.chain].eid, held.index, held.entry, held.reason, held.parkedAt) {
            isDone = true;
        } catch {}
        _expect(isDone, isPossible, !isPossible, "refund");
    }

    function _isPaying(uint8 chain) private view returns (bool) {
        return chains[chain].gateway.haltOf(chains[HUB].eid) != Halt.FalseAck && !_isPaused(chain, HUB, Direction.In);
    }

    function _isFinishing(uint8 chain) private view returns (bool) {
        Halt halt = chains[HUB].gateway.haltOf(chains[chain].eid);
        return halt != Halt.FalseAck && halt != Halt.FalseReturn && !_isPaused(HUB, chain, Direction.In);
    }
}
