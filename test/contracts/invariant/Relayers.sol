// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Log, Logs, Proof} from "../mocks/Logs.sol";
import {Role} from "./Chance.sol";
import {Ghosts} from "./Ghosts.sol";

/// @dev Anyone who seals and dispatches, and relayers of every kind: any message, in any order, again, or never.
abstract contract Relayers is Ghosts {
    using Logs for Log;

    struct Message {
        uint8 from;
        uint8 to;
        bytes payload;
    }

    Message[] private _messages;
    uint256 public mostGas;
    /// @dev Of each lane one path at most has an owner who lies over it, but on a lane that two own.
    mapping(uint8 from => mapping(uint8 to => uint8 paths)) internal _owned;

    function seal(uint256 seed) external acting(seed) {
        (uint8 from, uint8 to) = _anyLane();
        _seal(from, to);
    }

    function dispatch(uint256 seed) external acting(seed) {
        (uint8 from, uint8 to) = _anyLane();
        uint8 enabled = _ends[from][to].enabled;
        if (enabled == 0) return;
        Log storage lane = laneLogs[from][to];
        uint64 count = _roll(4) != 0 ? EVERYTHING : lane.counts[_roll(lane.counts.length)];
        uint8 path = _anyOf(enabled);
        vm.chainId(chains[from].id);
        uint8 paths = _roll(4) != 0 ? enabled : uint8(1 << path);
        chains[from].gateway.dispatch(chains[to].eid, count, paths, address(this), true);
        _messages.push(Message(from, to, _adapters[from][to][path].lastPayload()));
    }

    /// @dev Over any path that is there: all of them were given the same.
    function deliver(uint256 seed) external acting(seed) {
        if (_messages.length == 0) return;
        Message memory message = _messages[_roll(_messages.length)];
        uint8 path = _anyOf(_ends[message.to][message.from].enabled);
        if (path < INDICES) _deliver(message, path);
    }

    function deliverNewest(uint256 seed) external acting(seed) {
        uint256 size = _messages.length;
        for (uint256 i = 0; i < 3 && i < size; ++i) {
            Message memory message = _messages[size - 1 - i];
            uint8 enabled = _ends[message.to][message.from].enabled;
            for (uint8 path = 0; path < INDICES; ++path) {
                if (_has(enabled, path) && _roll(6) != 0) _deliver(message, path);
            }
        }
    }

    function execute(uint256 seed) external acting(seed) {
        (uint8 from, uint8 to) = _anyLane();
        if (isForked[from][to]) return;
        Log storage lane = laneLogs[from][to];
        uint256 done = lane.windowAt(_executed(from, to));
        uint256 left = lane.counts.length - 1 - done;
        if (left == 0) return;
        uint256 take = 1 + _roll(left < 3 ? left : 3);
        uint64 upTo = lane.counts[done + take + _roll(lane.counts.length - done - take)];
        _tryExecute(from, to, take, upTo, _roll(4) == 0 ? uint8(_roll(256)) : _ends[to][from].enabled);
    }

    /// @dev As an honest executor does it: up to the highest count that two paths attested.
    function executeAttested(uint256 seed) external acting(seed) {
        (uint8 from, uint8 to) = _anyLane();
        if (isForked[from][to]) return;
        Log storage lane = laneLogs[from][to];
        uint256 done = lane.windowAt(_executed(from, to));
        for (uint256 i = lane.counts.length - 1; i > done; --i) {
            uint8 paths = _attesting(from, to, lane.counts[i]);
            if (!_isEnough(from, to, paths)) continue;
            _tryExecute(from, to, 1, lane.counts[i], paths);
            return;
        }
    }

    /// @dev Everything of one lane, by a relayer that does its work.
    function carry(uint256 seed) external acting(seed) {
        (uint8 from, uint8 to) = _anyLane();
        // Often a path is dead.
        uint8 path = _anyOf(_ends[to][from].enabled);
        uint8 dead = path < INDICES && _isLucky(2) ? uint8(1 << path) : 0;
        _bringHome(from, to, ~dead);
        ++times["carry"];
    }

    function _seal(uint8 from, uint8 to) internal {
        (uint64 posted, uint64 sealed_,) = chains[from].gateway.outbox(chains[to].eid);
        if (posted != sealed_) chains[from].gateway.seal(chains[to].eid);
        _follow();
    }

    /// @param alive Paths that carry.
    function _bringHome(uint8 from, uint8 to, uint8 alive) internal {
        if (isForked[from][to]) return;
        _seal(from, to);
        uint64 posted = laneLogs[from][to].posted();
        if (posted == _executed(from, to)) return;
        _say(from, to, posted, alive);
        uint8 paths = _attesting(from, to, posted) & alive;
        if (!_isEnough(from, to, paths)) return;
        uint64 before;
        do {
            before = _executed(from, to);
            _tryExecute(from, to, 1, posted, paths);
        } while (_executed(from, to) != before && _executed(from, to) != posted);
    }

    /// @dev What its source has sealed, over those of the paths that nobody owns.
    function _say(uint8 from, uint8 to, uint64 count, uint8 paths) internal {
        bytes memory payload = _commitment(from, to, count).encode();
        paths &= _ends[to][from].enabled & ~_owned[from][to];
        for (uint8 path = 0; path < INDICES; ++path) {
            if (_has(paths, path)) _adapters[to][from][path].attest(chains[from].name, payload);
        }
        _follow();
    }

    function _tryExecute(uint8 from, uint8 to, uint256 take, uint64 upTo, uint8 paths) internal {
        _as(Role.Anyone);
        bool isMute = !_isFlowing(from, to) || !_isEnough(from, to, paths);
        bool isSaid = _attesting(from, to, upTo) & paths == paths;
        Proof memory proof = laneLogs[from][to].prove(_executed(from, to), take, upTo);
        vm.chainId(chains[to].id);
        bool isDone;
        uint256 before = gasleft();
        try chains[to].gateway.execute(chains[from].eid, proof.counts, proof.entries, proof.suffix, paths) {
            isDone = true;
            uint256 used = (before - gasleft()) / take;
            if (used > mostGas) mostGas = used;
        } catch {
            _forget();
        }
        End storage end = _ends[to][from];
        bool mustBe = !isMute && isSaid && end.liars & end.enabled == 0;
        _follow();
        _expect(isDone, mustBe, isMute, "execute");
    }

    function _deliver(Message memory message, uint8 path) private {
        _adapters[message.to][message.from][path].attest(chains[message.from].name, message.payload);
        _follow();
        ++times["deliver"];
    }

    /// @return paths Enabled, that attested the truth of a count.
    function _attesting(uint8 from, uint8 to, uint64 count) internal view returns (uint8 paths) {
        bytes32 head = laneLogs[from][to].headAt(count);
        uint8 enabled = _ends[to][from].enabled;
        for (uint8 path = 0; path < INDICES; ++path) {
            if (!_has(enabled, path)) continue;
            (bytes32 said,) = chains[to].gateway.attestation(chains[from].eid, path, count);
            if (said == head) paths |= uint8(1 << path);
        }
    }

    /// @dev Two, all enabled, a network among them.
    function _isEnough(uint8 from, uint8 to, uint8 paths) internal view returns (bool) {
        End storage end = _ends[to][from];
        return paths & ~end.enabled == 0 && _size(paths) >= 2 && paths & end.networks != 0;
    }
}
