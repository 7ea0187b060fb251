// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Vm} from "forge-std/Vm.sol";
import {Halt, IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {IPauseController} from "../../../contracts/interfaces/IPauseController.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {Scope} from "../../../contracts/types/Scope.sol";
import {Deploy} from "../mocks/Deploy.sol";
import {Log} from "../mocks/Logs.sol";
import {Roles} from "../mocks/Roles.sol";
import {TestPath} from "../mocks/TestPath.sol";
import {Chance, Role} from "./Chance.sol";

/// @dev What a lane is at one of its ends, told from events alone: its paths and what they said, whether it stands, and its
/// clock.
abstract contract LaneGhosts is Chance {
    struct End {
        uint8 enabled;
        uint8 networks;
        uint8 used; // indices
        uint8 liars; // paths that said what is not so
        Halt halt;
        uint64 pausedIn;
        uint64 pausedOut;
        uint64 stopped; // seconds
    }

    struct Lie {
        uint8 path;
        uint64 count;
        bytes32 head;
    }

    struct Found {
        uint8 path;
        uint64 count;
    }

    uint8 internal constant NETWORK_2 = 2;
    uint8 internal constant INDICES = 8;
    uint8 internal constant EXECUTED_LOG = 255;
    address internal constant COUNCIL = address(0xc0c1);
    address internal constant GUARDIAN = address(0x9a4d);

    mapping(uint8 here => mapping(uint8 there => End)) internal _ends;
    mapping(uint8 here => mapping(uint8 there => mapping(uint8 path => TestPath))) internal _adapters;
    mapping(uint8 here => mapping(uint8 there => mapping(uint8 path => uint256))) internal _quarantinedBy;
    mapping(uint8 here => mapping(uint8 there => Found[])) internal _quarantine;
    /// @dev The highest sealed count of which a path said the truth, and up to which it vouches.
    mapping(uint8 from => mapping(uint8 to => mapping(uint8 path => uint64))) internal _truth;
    mapping(uint8 from => mapping(uint8 to => mapping(uint8 path => uint64))) internal _vouched;
    mapping(uint8 from => mapping(uint8 to => Lie[])) internal _lies;
    mapping(uint8 chain => mapping(uint16 asset => uint64)) internal _assetUntil;
    /// @dev In seconds of the clock of the lane between `chain` and the hub, where it ends at `to`: a second counts once, whatever
    /// stands still in it.
    mapping(uint8 to => mapping(uint8 chain => mapping(uint16 asset => uint64))) internal _assetStopped;
    mapping(uint8 to => mapping(uint8 chain => mapping(uint16 asset => uint64))) internal _assetUntilOnLane;
    mapping(uint8 chain => mapping(Scope scope => mapping(uint32 id => uint256 readyAt))) internal _proposed;
    mapping(uint8 chain => mapping(address who => IPauseController.Key)) internal _keys;

    /// @dev The executed log is none of the source's: two paths lied.
    mapping(uint8 from => mapping(uint8 to => bool)) public isForked;

    function setUp() public virtual override {
        super.setUp();
        for (uint8 chain = HUB; chain <= B; ++chain) {
            chains[chain].manager.grantRole(Roles.WIRING, COUNCIL, 0);
            chains[chain].manager.grantRole(Roles.LISTING, COUNCIL, 0);
            chains[chain].manager.grantRole(Roles.GUARDIAN, GUARDIAN, 0);
        }
        for (uint8 chain = A; chain <= B; ++chain) {
            _startEnd(HUB, chain);
            _startEnd(chain, HUB);
        }
    }

    function _startEnd(uint8 here, uint8 there) private {
        End storage end = _ends[here][there];
        (end.enabled, end.networks, end.used) = (BOTH, ONLY_NETWORK, BOTH);
        _adapters[here][there][NETWORK] = TestPath(chains[here].network);
        _adapters[here][there][WATCHERS] = TestPath(chains[here].watchers);
        _addPath(here, there, NETWORK_2, true);
        _follow();
    }

    function _addPath(uint8 here, uint8 there, uint8 path, bool isNetwork) internal {
        uint32 eid = chains[there].eid;
        TestPath adapter = Deploy.testPath(address(chains[here].gateway), eid, chains[there].name);
        _adapters[here][there][path] = adapter;
        _before(Role.Council);
        chains[here].gateway.addPath(eid, path, address(adapter), isNetwork);
    }

    /// @dev The next call is that role's.
    function _before(Role role) internal {
        _as(role);
        vm.prank(role == Role.Council ? COUNCIL : GUARDIAN);
    }

    // ── what is known ───────────────────────────────────────────────────────────────────────────────────────────────

    function _isFlowing(uint8 from, uint8 to) internal view returns (bool) {
        End storage end = _ends[to][from];
        return end.halt == Halt.None && end.pausedIn <= block.timestamp;
    }

    function _accepts(uint8 from, uint8 to) internal view returns (bool) {
        End storage end = _ends[from][to];
        return end.halt < Halt.FalseAck && end.pausedOut <= block.timestamp;
    }

    function _isClosed(uint8 here, uint8 there) internal view returns (bool) {
        return _ends[here][there].halt == Halt.Closed;
    }

    function _isAssetPaused(uint8 chain, uint16 asset) internal view returns (bool) {
        return _assetUntil[chain][asset] > block.timestamp;
    }

    /// @dev On the side where an asset's entries arrive.
    function _clockOf(uint8 from, uint8 to, uint16 asset) internal view returns (uint64) {
        return _laneClock(from, to) - _assetStopped[to][from == HUB ? to : from][asset];
    }

    function _laneClock(uint8 from, uint8 to) internal view returns (uint64) {
        return uint64(block.timestamp) - _ends[to][from].stopped;
    }

    function _quorumOf(uint8 from, uint8 to, uint64 index) internal view returns (uint256 quorum) {
        for (uint8 path = 0; path < INDICES; ++path) {
            if (_has(_ends[to][from].enabled, path) && _vouched[from][to][path] > index) ++quorum;
        }
    }

    function _quarantined(uint8 here, uint8 there) internal view returns (uint256 attestations) {
        for (uint8 path = 0; path < INDICES; ++path) {
            if (_has(_ends[here][there].enabled, path)) attestations += _quarantinedBy[here][there][path];
        }
    }

    /// @return Zero where the log has no window that ends there.
    function _trueHead(uint8 from, uint8 to, uint64 count) internal view returns (bytes32) {
        Log storage log = laneLogs[from][to];
        uint256 window = _windowBefore(from, to, uint256(count) + 1);
        return log.counts[window] == count ? log.heads[window] : bytes32(0);
    }

    /// @return The last window that ends before `count`, which is not zero.
    function _windowBefore(uint8 from, uint8 to, uint256 count) internal view returns (uint256) {
        Log storage log = laneLogs[from][to];
        (uint256 low, uint256 high) = (0, log.counts.length);
        while (high - low > 1) {
            uint256 middle = (low + high) / 2;
            if (log.counts[middle] < count) low = middle;
            else high = middle;
        }
        return low;
    }

    function _has(uint8 paths, uint8 path) internal pure returns (bool) {
        return path < INDICES && (paths >> path) & 1 == 1;
    }

    function _size(uint8 paths) internal pure returns (uint256 n) {
        for (; paths != 0; paths &= paths - 1) {
            ++n;
        }
    }

    function _anyOf(uint8 paths) internal returns (uint8 path) {
        if (paths == 0) return INDICES;
        for (uint256 left = _roll(_size(paths)) + 1; left != 0; ++path) {
            if (_has(paths, path) && --left == 0) break;
        }
    }

    // ── following ───────────────────────────────────────────────────────────────────────────────────────────────────

    function _runClocks(uint256 seconds_) internal override {
        uint64 until = uint64(block.timestamp + seconds_);
        for (uint8 chain = A; chain <= B; ++chain) {
            (uint64 atHub, uint64 atVault) = (_laneClock(chain, HUB), _laneClock(HUB, chain));
            _runEnd(_ends[HUB][chain], until);
            _runEnd(_ends[chain][HUB], until);
            for (uint16 asset = 1; asset <= ASSETS; ++asset) {
                _runAsset(HUB, chain, asset, atHub, until - _ends[HUB][chain].stopped);
                _runAsset(chain, chain, asset, atVault, until - _ends[chain][HUB].stopped);
            }
        }
    }

    function _runAsset(uint8 to, uint8 chain, uint16 asset, uint64 clock, uint64 next) private {
        uint64 end = _assetUntilOnLane[to][chain][asset];
        if (end > clock) _assetStopped[to][chain][asset] += (end < next ? end : next) - clock;
    }

    function _runEnd(End storage end, uint64 until) private {
        end.stopped += _overlap(end.halt == Halt.None ? end.pausedIn : type(uint64).max, until);
    }

    function _overlap(uint64 stoppedUntil, uint64 until) private view returns (uint64) {
        if (stoppedUntil <= block.timestamp) return 0;
        return (stoppedUntil < until ? stoppedUntil : until) - uint64(block.timestamp);
    }

    function _noticeLane(Vm.Log memory seen, bytes32 topic) internal returns (bool) {
        uint8 here = _siteOf(seen.emitter);
        uint8 there = _chainOf(seen.topics[1]);
        End storage end = _ends[here][there];
        if (topic == IGateway.Attested.selector) {
            (uint64 count, uint8 path) = (uint64(uint256(seen.topics[2])), uint8(uint256(seen.topics[3])));
            _noticeSaid(there, here, path, count, abi.decode(seen.data, (bytes32)));
        } else if (topic == IGateway.PauseSet.selector) {
            _noticePause(end, Direction(uint256(seen.topics[2])), abi.decode(seen.data, (uint64)));
        } else if (topic == IGateway.LaneHalted.selector) {
            _noticeHalt(end, abi.decode(seen.data, (Halt)));
        } else if (topic == IGateway.HaltLifted.selector) {
            _mustBe(Role.Council, "a halt is lifted");
            if (_quarantined(here, there) != 0) _violated(9, "a halt was lifted over a quarantine");
            if (isForked[there][here]) _violated(9, "a halt was lifted over a forged log");
            if (end.halt == Halt.Closed) _violated(9, "a closed lane came back");
            end.halt = Halt.None;
        } else if (topic == IGateway.PathAdded.selector) {
            _noticePathAdded(end, uint8(uint256(seen.topics[2])), seen.data);
        } else if (topic == IGateway.PathDisabled.selector) {
            _mustBe(Role.Guardian, "a path is disabled");
            end.enabled &= ~uint8(1 << uint256(seen.topics[2]));
            ++times["path disabled"];
        } else if (topic == IGateway.Vouched.selector) {
            _vouched[there][here][uint8(uint256(seen.topics[2]))] = abi.decode(seen.data, (uint64));
        } else {
            return _noticeEvidence(seen, topic, here, there);
        }
        return true;
    }

    function _noticeEvidence(Vm.Log memory seen, bytes32 topic, uint8 here, uint8 there) private returns (bool) {
        if (topic == IGateway.Contradicted.selector) {
            _noticeContradicted(seen, here, there);
        } else if (topic == IGateway.FalselyAcknowledged.selector) {
            uint8 path = uint8(uint256(seen.topics[2]));
            if (!isForked[here][there]) _ends[here][there].liars |= uint8(1 << path);
        } else if (topic == IGateway.Quarantined.selector) {
            uint8 path = uint8(uint256(seen.topics[2]));
            ++_quarantinedBy[here][there][path];
            _quarantine[here][there].push(Found(path, uint64(uint256(seen.topics[3]))));
            ++times["quarantined"];
        } else if (topic == IGateway.QuarantineLifted.selector) {
            _mustBe(Role.Council, "a quarantine is lifted");
            --_quarantinedBy[here][there][uint8(uint256(seen.topics[2]))];
            ++times["quarantine lifted"];
        } else {
            return false;
        }
        return true;
    }

    function _noticeSaid(uint8 from, uint8 to, uint8 path, uint64 count, bytes32 head) private {
        if (!_has(_ends[to][from].enabled, path)) _violated(6, "a disabled path attested");
        if (head == _trueHead(from, to, count) && head != 0) {
            if (count > _truth[from][to][path]) _truth[from][to][path] = count;
            return;
        }
        _ends[to][from].liars |= uint8(1 << path);
        _lies[from][to].push(Lie(path, count, head));
    }

    /// @dev Evidence is that somebody lied, and never against two who said the truth.
    function _noticeContradicted(Vm.Log memory seen, uint8 here, uint8 there) private {
        uint64 count = uint64(uint256(seen.topics[2]));
        (uint8 path, bytes32 head, uint8 otherPath, bytes32 otherHead) =
            abi.decode(seen.data, (uint8, bytes32, uint8, bytes32));
        bytes32 truth = _trueHead(there, here, count);
        if (head != truth) _ends[here][there].liars |= uint8(1 << path);
        if (otherPath != EXECUTED_LOG && otherHead != truth) _ends[here][there].liars |= uint8(1 << otherPath);
        bool isForgedLog = otherPath == EXECUTED_LOG && otherHead != truth;
        if (isForgedLog && !isForked[there][here]) _violated(5, "what was executed is not what was posted");
        if (head == truth && otherHead == truth) _violated(5, "the truth was taken for evidence");
        ++times["contradicted"];
    }

    function _noticeHalt(End storage end, Halt reason) private {
        if (reason <= end.halt) _violated(9, "a halt made way for a lesser one");
        if (reason == Halt.Closed) _mustBe(Role.Council, "a lane is closed");
        end.halt = reason;
        ++times[reason == Halt.Closed ? "closed" : "halted"];
    }

    function _noticePause(End storage end, Direction direction, uint64 until) private {
        bool isIn = direction == Direction.In;
        uint64 current = isIn ? end.pausedIn : end.pausedOut;
        if (current > block.timestamp && until < current) _mustBe(Role.Council, "a pause is shortened");
        if (isIn) end.pausedIn = until;
        else end.pausedOut = until;
    }

    function _noticePathAdded(End storage end, uint8 path, bytes memory data) private {
        (, bool isNetwork) = abi.decode(data, (address, bool));
        uint8 bit = uint8(1 << path);
        _mustBe(Role.Council, "a path is added");
        if (end.used & bit != 0) _violated(9, "an index was taken twice");
        end.used |= bit;
        end.enabled |= bit;
        if (isNetwork) end.networks |= bit;
    }

    /// @dev Stops and the way back, as the pause controller tells of them.
    function _noticeController(Vm.Log memory seen, bytes32 topic, uint8 chain) internal {
        if (topic == IPauseController.KeySet.selector) {
            IPauseController.Key key = abi.decode(seen.data, (IPauseController.Key));
            if (key != IPauseController.Key.None) _mustBe(Role.Council, "a key is set");
            else if (_role == Role.Anyone) _violated(9, "a key was taken out by nobody");
            _keys[chain][address(uint160(uint256(seen.topics[1])))] = key;
            return;
        }
        (Scope scope, uint32 id) = (Scope(uint256(seen.topics[1])), uint32(uint256(seen.topics[2])));
        if (topic == IPauseController.ResumeProposed.selector) {
            _mustBe(Role.Council, "a resumption is proposed");
            (, _proposed[chain][scope][id]) = abi.decode(seen.data, (uint64, uint64));
        } else if (topic == IPauseController.Resumed.selector) {
            _mustBe(Role.Council, "a stop ends");
            uint256 readyAt = _proposed[chain][scope][id];
            if (readyAt == 0 || block.timestamp < readyAt) _violated(9, "a stop ended before guardians could say no");
            delete _proposed[chain][scope][id];
            ++times[scope == Scope.Halt ? "halt resumed" : scope == Scope.Asset ? "asset resumed" : "resumed"];
        } else if (topic == IPauseController.ResumeVetoed.selector || topic == IPauseController.Stopped.selector) {
            delete _proposed[chain][scope][id];
        }
    }

    function _noticeAssetPause(uint8 chain, uint16 asset, uint64 until) internal {
        uint64 current = _assetUntil[chain][asset];
        if (current > block.timestamp && until < current) _mustBe(Role.Council, "an asset's pause is shortened");
        _assetUntil[chain][asset] = until;
        if (chain != HUB) return _pauseOnLane(chain, chain, asset);
        for (uint8 vault = A; vault <= B; ++vault) {
            if (_isListed(vault, asset)) _pauseOnLane(HUB, vault, asset);
        }
    }

    /// @dev As it is paused at `to`, from now on.
    function _pauseOnLane(uint8 to, uint8 chain, uint16 asset) internal {
        uint64 until = _assetUntil[to][asset];
        uint64 left = until > block.timestamp ? until - uint64(block.timestamp) : 0;
        _assetUntilOnLane[to][chain][asset] = (to == HUB ? _laneClock(chain, HUB) : _laneClock(HUB, chain)) + left;
    }

    /// @dev On the lane between a vault and the hub.
    function _isListed(uint8 chain, uint16 asset) internal view virtual returns (bool);

    function _isLaneEvent(Vm.Log memory seen) internal view returns (bool) {
        for (uint8 i = 0; i < SITES; ++i) {
            if (seen.emitter == address(chains[i].gateway)) return seen.topics.length > 1;
        }
        return false;
    }

    /// @dev 9
    function _mustBe(Role role, string memory what) internal {
        if (_role != role) _violated(9, string.concat("somebody else did it: ", what));
    }

    function _chainOf(bytes32 eidTopic) internal view returns (uint8) {
        return uint8(uint256(eidTopic) - chains[HUB].eid);
    }

    function _siteOf(address emitter) internal view virtual returns (uint8);
}
