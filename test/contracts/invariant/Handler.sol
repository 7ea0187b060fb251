// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Held, IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {KIND_DEPOSIT, KIND_RELEASE, KIND_RETURNED} from "../../../contracts/types/Entry.sol";
import {Log, Logs} from "../mocks/Logs.sol";
import {Mood} from "../mocks/Tokens.sol";
import {Finishers} from "./Finishers.sol";
import {Ghosts, Stage} from "./Ghosts.sol";
import {Guardians} from "./Guardians.sol";
import {Issuer} from "./Issuer.sol";
import {Operators} from "./Operators.sol";
import {Thieves} from "./Thieves.sol";
import {Traders} from "./Traders.sol";

/// @dev Everybody who acts on Weighlock, one file each, over the ghosts that they share. No action may revert: what is
/// refused is caught where it is expected. Each takes one number, from which all its choices are made.
contract Handler is Traders, Operators, Finishers, Issuer, Thieves {
    using Logs for Log;

    uint256 private constant ROUNDS = 8;

    function setUp() public override(Ghosts, Guardians) {
        super.setUp();
        for (uint8 chain = A; chain <= B; ++chain) {
            for (uint256 i = 0; i < TRADERS; ++i) {
                _deposit(chain, USD, _traders[i], 1_000_000);
                _deposit(chain, ETHER, _traders[i], 1_000_000);
            }
            _relay(chain, HUB);
        }
        _follow();
    }

    // ── at the end of a run ─────────────────────────────────────────────────────────────────────────────────────────

    /// @dev One honest relayer comes back, when the pauses are over and the returns due: every lane that nobody lied about is
    /// brought to its end, and on a chain of which nobody lied, everything that waits. The tokens stay as they are as long
    /// as that ends something.
    function heal() external acting(0) {
        for (uint256 round = 0; round < ROUNDS; ++round) {
            vm.warp(block.timestamp + 8 days);
            for (uint8 chain = A; chain <= B; ++chain) {
                if (round == ROUNDS / 2) _appease(chain);
                if (!isLiedAbout[HUB][chain]) _bringHome(HUB, chain);
                if (!isLiedAbout[chain][HUB]) _bringHome(chain, HUB);
                _endAll(chain);
            }
        }
    }

    function _endAll(uint8 chain) private {
        for (uint256 i = 0; i < _parks.length; ++i) {
            Park memory park = _parks[i];
            if (park.chain != chain || _stages[HUB][chain][park.index] != Stage.Parked) continue;
            if (!_tryRetry(park)) _tryReturn(park, By.Stranger);
        }
        for (uint256 i = 0; i < _waiting.length; ++i) {
            Waiting memory held = _waiting[i];
            Stage stage = _stages[held.chain][HUB][held.index];
            if (held.chain != chain || (stage != Stage.Back && stage != Stage.Suspended)) continue;
            if (held.reason == Held.Returned) _trySettle(held, 0);
            else if (!_tryFinish(held)) _tryRefund(held);
            _follow();
        }
        _follow();
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

    // ── views for the invariants ────────────────────────────────────────────────────────────────────────────────────

    function site(uint8 i) external view returns (Site memory) {
        return chains[i];
    }

    function clearingHouse() external view returns (IClearingHouse) {
        return hub;
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

    function tally(uint8 from, uint8 to, Stage stage) external view returns (uint256) {
        return _tally[from][to][stage];
    }

    /// @return By entry: deposits that were posted and not executed.
    function depositing(uint8 chain, uint16 asset) external view returns (uint256) {
        return _sums[chain][asset][KIND_DEPOSIT][Stage.InFlight];
    }

    /// @return By entry: deposits in suspense, among them those whose refund came back.
    function suspended(uint8 chain, uint16 asset) external view returns (uint256) {
        return _sums[chain][asset][KIND_DEPOSIT][Stage.Suspended] + _sums[chain][asset][KIND_RETURNED][Stage.Suspended];
    }

    /// @return By entry: releases in flight and parked, and those that go back, until they are settled.
    function leaving(uint8 chain, uint16 asset) external view returns (uint256) {
        return _sums[chain][asset][KIND_RELEASE][Stage.InFlight] + _sums[chain][asset][KIND_RELEASE][Stage.Parked]
            + _sums[chain][asset][KIND_RETURNED][Stage.InFlight] + _sums[chain][asset][KIND_RETURNED][Stage.Back];
    }

    /// @return Whether each park and each held word is on chain just as long as its entry waits.
    function areWordsRight() external view returns (bool) {
        for (uint256 i = 0; i < _parks.length; ++i) {
            (uint8 chain, uint64 index) = (_parks[i].chain, _parks[i].index);
            bool isParked = _stages[HUB][chain][index] == Stage.Parked;
            if ((chains[chain].vault.parkOf(chains[HUB].eid, index) != 0) != isParked) return false;
            bool isReturned = hub.isReturned(chains[chain].eid, index);
            if (isReturned && _stages[HUB][chain][index] != Stage.Returned) return false;
        }
        for (uint256 i = 0; i < _waiting.length; ++i) {
            Stage stage = _stages[_waiting[i].chain][HUB][_waiting[i].index];
            bool isWaiting = stage == Stage.Suspended || stage == Stage.Back;
            if ((hub.heldOf(chains[_waiting[i].chain].eid, _waiting[i].index) != 0) != isWaiting) return false;
        }
        return true;
    }
}
