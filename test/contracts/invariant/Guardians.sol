// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {ICollateralVault} from "../../../contracts/interfaces/ICollateralVault.sol";
import {IPauseController} from "../../../contracts/interfaces/IPauseController.sol";
import {Limit} from "../../../contracts/types/Limit.sol";
import {Scope} from "../../../contracts/types/Scope.sol";
import {NEVER} from "../../../contracts/types/Terms.sol";
import {Role} from "./Chance.sol";
import {Fate} from "./Ghosts.sol";
import {Pausers} from "./Pausers.sol";

/// @dev Guardians: what they do is instant, and makes all stricter.
abstract contract Guardians is Pausers {
    /// @dev One that lied; now and then, out of caution, one that did not.
    function disablePath(uint256 seed) external acting(seed) {
        (uint8 from, uint8 to) = _anyLane();
        End storage end = _ends[to][from];
        uint8 suspects = end.liars & end.enabled;
        if (suspects != 0) return _disable(to, from, _anyOf(suspects));
        if (_isLucky(6) && _size(end.used) < 5 && _size(end.enabled) > 2) _disable(to, from, _anyOf(end.enabled));
    }

    function freeze(uint256 seed) external acting(seed) {
        if (!_isLucky(3)) return;
        (uint8 chain, Scope scope, uint32 id) = _anyScope();
        if (_isLucky(4)) {
            _before(Role.Guardian);
            chains[chain].pauseController.freezeAll();
        } else {
            _freeze(chain, scope, id);
            if (!_isFrozen(chain, scope, id)) _violated(8, "a freeze that succeeded stopped nothing");
        }
        ++times["freeze"];
    }

    function vetoResume(uint256 seed) external acting(seed) {
        for (uint256 i = 0; i < 6; ++i) {
            (uint8 chain, Scope scope, uint32 id) = _anyScope();
            if (_isLucky(3) && scope != Scope.Asset) scope = Scope.Halt;
            if (_proposed[chain][scope][id] == 0) continue;
            _before(Role.Guardian);
            chains[chain].pauseController.vetoResume(scope, id);
            ++times["resumption vetoed"];
            return;
        }
    }

    function vetoRelease(uint256 seed) external acting(seed) {
        if (_parks.length == 0 || !_isLucky(2)) return;
        Park memory park = _parks[_roll(_parks.length)];
        bool isParked = _fates[HUB][park.chain][_idOf(HUB, park.chain, park.index)] == Fate.Parked;
        bool isOpen = isParked && park.terms.unlockAt != NEVER && !_isClosed(park.chain, HUB);
        _before(Role.Guardian);
        bool isDone;
        try chains[park.chain].vault.vetoRelease(chains[HUB].eid, park.index, park.entry, park.terms, park.payee) {
            isDone = true;
        } catch {}
        _expect(isDone, isOpen, !isOpen, "veto");
    }

    /// @dev Rules and the size of a window.
    function tighten(uint256 seed) external acting(seed) {
        if (!_isLucky(2)) return;
        (uint8 chain, uint16 asset) = (_anyVault(), _anyAsset());
        if (_isLucky(8)) return _tightenWindow(chain);
        if (_isLucky(2)) {
            ICollateralVault.AssetRules memory rules = _vaultRule[chain][asset];
            rules.limit = _stricter(rules.limit);
            rules.minDeposit += uint48(_roll(3));
            _before(Role.Guardian);
            chains[chain].vault.tightenAsset(asset, rules);
        } else if (_isListed(chain, asset)) {
            IClearingHouse.LaneRules memory lane = _laneRule[chain][asset];
            lane.limit = _stricter(lane.limit);
            lane.cap -= uint128(_roll(lane.cap / 8 + 1));
            _before(Role.Guardian);
            hub.tightenAsset(chains[chain].eid, asset, lane);
        }
        ++times["tighten"];
    }

    function removeKey(uint256 seed) external acting(seed) {
        uint8 chain = uint8(_roll(SITES));
        address who = _isLucky(2) ? _pausers[_roll(2)] : vm.addr(_monitorKeys[_roll(MONITORS)]);
        if (_keys[chain][who] == IPauseController.Key.None || !_isLucky(4)) return;
        _before(Role.Guardian);
        chains[chain].pauseController.removeKey(who);
    }

    function _tightenWindow(uint8 chain) private {
        uint8 limit = chains[chain].gateway.windowLimit(chains[HUB].eid);
        if (limit < 8) return;
        _before(Role.Guardian);
        chains[chain].gateway.tightenWindow(chains[HUB].eid, limit - 1 - uint8(_roll(4)));
    }

    /// @dev What was drawn stays drawn, also where the refill gets slower.
    function _stricter(Limit memory limit) private returns (Limit memory) {
        limit.capacity -= uint80(1 + _roll(limit.capacity / 4));
        limit.refill -= uint64(_roll(limit.refill / 4 + 1));
        limit.large -= uint80(_roll(limit.large / 4 + 1));
        limit.share -= uint8(_roll(limit.share / 8 + 1));
        return limit;
    }

    function _disable(uint8 here, uint8 there, uint8 path) internal {
        _before(Role.Guardian);
        chains[here].gateway.disablePath(chains[there].eid, path);
    }

    function _freeze(uint8 chain, Scope scope, uint32 id) internal {
        _before(Role.Guardian);
        chains[chain].pauseController.freeze(scope, id);
        _follow();
    }
}
