// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IPauseController} from "../../../contracts/interfaces/IPauseController.sol";
import {Halt} from "../../../contracts/interfaces/IGateway.sol";
import {Scope} from "../../../contracts/types/Scope.sol";
import {NO_END} from "../../../contracts/types/Stops.sol";
import {Monitors} from "../mocks/Monitors.sol";
import {Role} from "./Chance.sol";
import {Ghosts} from "./Ghosts.sol";

/// @dev Hot keys that stop, and the clock. As long as its key is in, whatever a pauser stops, is stopped.
abstract contract Pausers is Ghosts {
    using Monitors for IPauseController;

    uint256 internal constant MONITORS = 3;
    address[2] internal _pausers = [address(0x9a05e), address(0x9a05f)];
    uint256[] internal _monitorKeys;

    function setUp() public virtual override {
        super.setUp();
        _monitorKeys = Monitors.keys(MONITORS);
        for (uint8 i = 0; i < SITES; ++i) {
            _setKey(i, _pausers[0], IPauseController.Key.Pauser);
            _setKey(i, _pausers[1], IPauseController.Key.Pauser);
            _setKey(i, GUARDIAN, IPauseController.Key.Guardian);
            for (uint256 k = 0; k < MONITORS; ++k) {
                _setKey(i, vm.addr(_monitorKeys[k]), IPauseController.Key.Monitor);
            }
        }
        _as(Role.Anyone);
    }

    function _setKey(uint8 chain, address who, IPauseController.Key key) internal {
        _before(Role.Council);
        chains[chain].pauseController.setKey(who, key);
    }

    function pause(uint256 seed) external acting(seed) {
        (uint8 chain, Scope scope, uint32 id) = _anyScope();
        _pause(chain, scope, id);
    }

    function pauseAll(uint256 seed) external acting(seed) {
        if (!_isLucky(2)) return;
        uint8 chain = uint8(_roll(SITES));
        bool isPauser = _nextIsPauser(chain);
        bool isDone;
        try chains[chain].pauseController.pauseAll() {
            isDone = true;
        } catch {}
        _follow();
        _expect(isDone, isPauser, !isPauser, "pause all");
        if (!isDone) return;
        for (uint8 vault = A; vault <= B; ++vault) {
            if (chain == HUB && _accepts(HUB, vault)) _violated(8, "a pause of all value-out left a lane out");
            if (chain == vault && _isFlowing(HUB, vault)) _violated(8, "a pause of all value-out left payments on");
        }
    }

    /// @dev Of whatever was attested there, true or not; and of what was not.
    function quarantine(uint256 seed) external acting(seed) {
        (uint8 from, uint8 to) = _anyLane();
        uint8 path = _anyOf(_ends[to][from].enabled);
        (uint64 count, bytes32 head) = _anyAttested(from, to, path);
        if (_isLucky(4)) head = keccak256("nobody said that");
        (bytes32 said,) = chains[to].gateway.attestation(chains[from].eid, path, count);
        bool isThere = said != 0 && said == head;
        bool isPauser = _nextIsPauser(to);
        bool isDone;
        try chains[to].pauseController.quarantine(chains[from].eid, path, count, head) {
            isDone = true;
        } catch {}
        _follow();
        bool isKnown = chains[to].gateway.isQuarantined(chains[from].eid, path, count);
        _expect(isDone, isPauser && isThere, !isPauser || !(isThere || isKnown), "quarantine");
        if (isDone && _isFlowing(from, to)) _violated(8, "what is in quarantine does not stop its lane");
    }

    function passTime(uint256 seed) external acting(seed) {
        uint256 seconds_ = _isLucky(2) ? _roll(9 days) : _roll(1 days);
        // Also where blocks come late.
        _pass(seconds_, seconds_ / (BLOCK_SECONDS << _roll(2)));
    }

    function _anyAttested(uint8 from, uint8 to, uint8 path) private returns (uint64 count, bytes32 head) {
        if (_lies[from][to].length != 0 && _isLucky(2)) {
            Lie memory lie = _lies[from][to][_roll(_lies[from][to].length)];
            return (lie.count, lie.head);
        }
        count = _truth[from][to][path % INDICES];
        head = _trueHead(from, to, count);
    }

    function _anyScope() internal returns (uint8 chain, Scope scope, uint32 id) {
        (uint8 here, uint8 there) = _anyLane();
        uint256 kind = _roll(6);
        if (kind < 3) return (here, Scope.Asset, _anyAsset());
        return (here, kind < 5 ? Scope.In : Scope.Out, chains[there].eid);
    }

    /// @dev A pause by somebody whose key is in always succeeds.
    function _pause(uint8 chain, Scope scope, uint32 id) internal returns (bool isDone) {
        bool isPauser = _nextIsPauser(chain);
        try chains[chain].pauseController.pause(scope, id) {
            isDone = true;
        } catch {}
        _follow();
        _expect(isDone, isPauser, !isPauser, "pause");
        if (isDone && !_isStopped(chain, scope, id)) _violated(8, "a pause that succeeded stopped nothing");
    }

    function _nextIsPauser(uint8 chain) private returns (bool) {
        address pauser = _pausers[_roll(2)];
        _as(Role.Anyone);
        vm.prank(pauser);
        return _keys[chain][pauser] == IPauseController.Key.Pauser;
    }

    function _isStopped(uint8 chain, Scope scope, uint32 id) internal view returns (bool) {
        if (scope == Scope.Asset) return _isAssetPaused(chain, uint16(id));
        End storage end = _ends[chain][_siteOfEid(id)];
        if (scope == Scope.Halt) return end.halt != Halt.None;
        return (scope == Scope.In ? end.pausedIn : end.pausedOut) > block.timestamp;
    }

    function _isFrozen(uint8 chain, Scope scope, uint32 id) internal view returns (bool) {
        if (scope == Scope.Asset) return _assetUntil[chain][uint16(id)] == NO_END;
        End storage end = _ends[chain][_siteOfEid(id)];
        return (scope == Scope.In ? end.pausedIn : end.pausedOut) == NO_END;
    }

    function _siteOfEid(uint32 eid) internal view returns (uint8) {
        return uint8(eid - chains[HUB].eid);
    }
}
