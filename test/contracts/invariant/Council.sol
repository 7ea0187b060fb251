// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {ICollateralVault} from "../../../contracts/interfaces/ICollateralVault.sol";
import {Halt} from "../../../contracts/interfaces/IGateway.sol";
import {IPauseController} from "../../../contracts/interfaces/IPauseController.sol";
import {Limit} from "../../../contracts/types/Limit.sol";
import {Reconciliation} from "../../../contracts/types/Reconciliation.sol";
import {Scope} from "../../../contracts/types/Scope.sol";
import {NEVER} from "../../../contracts/types/Terms.sol";
import {Deploy} from "../mocks/Deploy.sol";
import {Monitors} from "../mocks/Monitors.sol";
import {Role} from "./Chance.sol";
import {Fate} from "./Ghosts.sol";
import {Guardians} from "./Guardians.sol";

/// @dev The council, which alone makes anything looser, and the monitors, who sign for it only what is so.
abstract contract Council is Guardians {
    using Monitors for IPauseController;

    function list(uint256 seed) external acting(seed) {
        if (_isLucky(2)) _listLate(_anyVault());
    }

    /// @dev At a free index, up to what may be enabled.
    function replacePath(uint256 seed) external acting(seed) {
        (uint8 from, uint8 to) = _anyLane();
        if (_size(_ends[to][from].enabled) < 3) _replace(to, from);
    }

    function loosen(uint256 seed) external acting(seed) {
        if (!_isLucky(4)) return;
        (uint8 chain, uint16 asset) = (_anyVault(), _anyAsset());
        if (_isLucky(2)) return _loosenVault(chain, asset, 1 + _roll(2));
        if (_isListed(chain, asset)) _loosenLane(chain, asset, 1 + _roll(2));
    }

    function clearRelease(uint256 seed) external acting(seed) {
        for (uint256 i = 0; i < _parks.length && i < 8; ++i) {
            Park memory park = _parks[_roll(_parks.length)];
            if (park.terms.unlockAt == NEVER && _isLucky(2)) return _clear(park);
        }
    }

    /// @dev Of what was forged; of what was not, it never does.
    function strike(uint256 seed) external acting(seed) {
        for (uint256 i = 0; i < _parks.length && i < 8; ++i) {
            if (_strike(_parks[_roll(_parks.length)])) return;
        }
    }

    function liftQuarantine(uint256 seed) external acting(seed) {
        (uint8 from, uint8 to) = _anyLane();
        Found[] storage found = _quarantine[to][from];
        if (found.length == 0) return;
        Found memory one = found[_roll(found.length)];
        bool isThere = chains[to].gateway.isQuarantined(chains[from].eid, one.path, one.count);
        _before(Role.Council);
        bool isDone;
        try chains[to].pauseController.liftQuarantine(chains[from].eid, one.path, one.count) {
            isDone = true;
        } catch {}
        _expect(isDone, isThere, !isThere, "lift quarantine");
    }

    function proposeResume(uint256 seed) external acting(seed) {
        for (uint256 i = 0; i < 12; ++i) {
            (uint8 chain, Scope scope, uint32 id) = _anyStop();
            if (!_isStopped(chain, scope, id)) continue;
            _before(Role.Council);
            chains[chain].pauseController.proposeResume(scope, id);
            return;
        }
    }

    /// @dev Mostly one that was proposed, when its delay is over.
    function resume(uint256 seed) external acting(seed) {
        for (uint256 i = 0; i < 24; ++i) {
            (uint8 chain, Scope scope, uint32 id) = _anyStop();
            if (_proposed[chain][scope][id] == 0) continue;
            if (_isLucky(4) || block.timestamp >= _proposed[chain][scope][id]) {
                _tryResume(chain, scope, id);
                return;
            }
            _pass(Deploy.RESUME_DELAY, Deploy.RESUME_DELAY / BLOCK_SECONDS);
        }
    }

    function giveKey(uint256 seed) external acting(seed) {
        _restoreKeys(uint8(_roll(SITES)));
    }

    /// @dev Rare: it is for good.
    function closeLane(uint256 seed) external acting(seed) {
        (uint8 from, uint8 to) = _anyLane();
        if (_isLucky(isForked[from][to] ? 4 : 48)) _close(to, from);
    }

    // ── the same for whoever brings everything home ─────────────────────────────────────────────────────────────────

    function _close(uint8 here, uint8 there) internal {
        if (_isClosed(here, there)) return;
        _before(Role.Council);
        chains[here].gateway.closeLane(chains[there].eid);
        _follow();
    }

    function _listLate(uint8 chain) internal {
        if (_isListed(chain, LATE)) return;
        _before(Role.Council);
        hub.listAsset(chains[chain].eid, LATE, LATE_DECIMALS, _laneRules());
        _follow();
    }

    function _replace(uint8 here, uint8 there) internal {
        uint8 used = _ends[here][there].used;
        for (uint8 path = 0; path < INDICES; ++path) {
            if (_has(used, path)) continue;
            _addPath(here, there, path, true);
            _follow();
            ++times["path replaced"];
            return;
        }
    }

    function _loosenVault(uint8 chain, uint16 asset, uint256 times_) internal {
        ICollateralVault.AssetRules memory rules = _vaultRules();
        _widen(rules.limit, times_);
        _before(Role.Council);
        chains[chain].vault.loosenAsset(asset, rules);
        ++times["loosen"];
    }

    function _loosenLane(uint8 chain, uint16 asset, uint256 times_) internal {
        IClearingHouse.LaneRules memory rules = _laneRules();
        _widen(rules.limit, times_);
        rules.cap *= uint128(times_);
        _before(Role.Council);
        hub.loosenAsset(chains[chain].eid, asset, rules);
        ++times["loosen"];
    }

    function _widen(Limit memory limit, uint256 times_) private pure {
        limit.capacity *= uint80(times_);
        limit.refill *= uint64(times_);
        limit.large *= uint80(times_);
    }

    function _clear(Park memory park) internal {
        uint64 id = _idOf(HUB, park.chain, park.index);
        if (id >= FORGED || _isClosed(park.chain, HUB) || _fates[HUB][park.chain][id] != Fate.Parked) return;
        _before(Role.Council);
        chains[park.chain].vault.clearRelease(chains[HUB].eid, park.index, park.entry, park.terms, park.payee);
        ++times["cleared"];
    }

    function _strike(Park memory park) internal returns (bool) {
        uint64 id = _idOf(HUB, park.chain, park.index);
        if (id < FORGED || _isClosed(park.chain, HUB) || _fates[HUB][park.chain][id] != Fate.Parked) return false;
        _before(Role.Council);
        chains[park.chain].vault.strike(chains[HUB].eid, park.index, park.entry, park.terms, park.payee);
        _follow();
        return true;
    }

    function _restoreKeys(uint8 chain) internal {
        for (uint256 i = 0; i < 2; ++i) {
            if (_keys[chain][_pausers[i]] == IPauseController.Key.Pauser) continue;
            _setKey(chain, _pausers[i], IPauseController.Key.Pauser);
        }
        for (uint256 i = 0; i < MONITORS; ++i) {
            address monitor = vm.addr(_monitorKeys[i]);
            if (_keys[chain][monitor] == IPauseController.Key.Monitor) continue;
            _setKey(chain, monitor, IPauseController.Key.Monitor);
        }
        _follow();
    }

    function _anyStop() private returns (uint8 chain, Scope scope, uint32 id) {
        (chain, scope, id) = _anyScope();
        if (scope != Scope.Asset && _isLucky(3)) scope = Scope.Halt;
    }

    function _propose(uint8 chain, Scope scope, uint32 id) internal {
        if (!_isStopped(chain, scope, id) || !_isClean(chain, scope, id)) return;
        if (scope != Scope.Asset && _isClosed(chain, _siteOfEid(id))) return;
        _before(Role.Council);
        chains[chain].pauseController.proposeResume(scope, id);
        _follow();
    }

    function _tryResume(uint8 chain, Scope scope, uint32 id) internal returns (bool isDone) {
        IPauseController controller = chains[chain].pauseController;
        bool isMet = _isResumable(chain, scope, id);
        bool isClean = _isClean(chain, scope, id);
        vm.chainId(chains[chain].id);
        Reconciliation memory found = controller.read(scope, id);
        bytes memory signatures = isClean ? _signed(chain, found) : bytes("");
        _before(Role.Council);
        try controller.resume(scope, id, found, signatures) {
            isDone = true;
        } catch {}
        bool mustBe =
            isMet && isClean && signatures.length != 0 && controller.proposalOf(scope, id).stoppedAt == found.stoppedAt;
        _expect(isDone, mustBe, !isMet || !isClean, "resume");
    }

    /// @dev Each monitor signs what it found by nodes of its own: of a log that is not its source's, nothing behind the fork.
    function _signed(uint8 chain, Reconciliation memory found) private returns (bytes memory) {
        for (uint256 i = 0; i < found.lanes.length; ++i) {
            uint8 there = _siteOfEid(found.lanes[i].eid);
            if (!isForked[there][chain]) continue;
            found.lanes[i].executed = _forks[there][chain].count;
            found.lanes[i].executedHead = _trueHead(there, chain, found.lanes[i].executed);
        }
        uint256[] memory keys = new uint256[](2);
        uint256 n;
        for (uint256 i = 0; i < MONITORS && n < 2; ++i) {
            address monitor = vm.addr(_monitorKeys[i]);
            if (_keys[chain][monitor] == IPauseController.Key.Monitor) keys[n++] = _monitorKeys[i];
        }
        if (n < 2) return "";
        return chains[chain].pauseController.sign(found, keys);
    }

    /// @dev Whether what is to be resumed is as its source has it: not what came over a forged log.
    function _isClean(uint8 chain, Scope scope, uint32 id) private view returns (bool) {
        if (scope == Scope.In || scope == Scope.Halt) return !isForked[_siteOfEid(id)][chain];
        if (scope == Scope.Asset && chain != HUB) return !isForked[HUB][chain];
        return true;
    }

    function _isResumable(uint8 chain, Scope scope, uint32 id) private view returns (bool) {
        uint256 readyAt = _proposed[chain][scope][id];
        if (readyAt == 0 || block.timestamp < readyAt || block.timestamp >= readyAt + 7 days) return false;
        if (!_isStopped(chain, scope, id)) return false;
        if (scope == Scope.Asset) return true;
        uint8 there = _siteOfEid(id);
        if (scope == Scope.Halt && _ends[chain][there].halt == Halt.Closed) return false;
        return scope == Scope.Out || _quarantined(chain, there) == 0;
    }
}
