// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Halt} from "../../../contracts/interfaces/IGateway.sol";
import {Log, Logs} from "../mocks/Logs.sol";
import {Role} from "./Chance.sol";
import {Relayers} from "./Relayers.sol";

/// @dev Anyone who shows what paths said: that another one stands behind what was executed, or that one lied; with nodes that
/// are so, and with such as are not.
abstract contract Witnesses is Relayers {
    using Logs for Log;

    /// @dev What is shown to `contradict`.
    struct Exhibit {
        bytes32 startHead;
        bytes nodes;
        uint8 path;
        uint64 count;
        uint8 otherPath;
    }

    uint256 private constant FAR = 24; // windows

    function vouch(uint256 seed) external acting(seed) {
        (uint8 from, uint8 to) = _anyLane();
        if (isForked[from][to]) return _vouchForged(from, to);
        // One that was dead may speak again.
        if (_isLucky(2)) _say(from, to, laneLogs[from][to].sealedCount(), type(uint8).max);
        uint256 window = laneLogs[from][to].windowAt(_executed(from, to));
        if (_isLucky(4)) window = _roll(window + 1);
        _vouchBy(from, to, _isLucky(4) ? uint8(_roll(4)) : _anyOf(_ends[to][from].enabled), window);
    }

    function _vouchBy(uint8 from, uint8 to, uint8 path, uint256 window) internal {
        Log storage lane = laneLogs[from][to];
        uint256 end = _attestedFrom(from, to, path, window);
        bool isSaid = end < lane.counts.length;
        if (!isSaid) end = window;
        bytes memory nodes = _nodes(from, to, window, end);
        bool isFalse = nodes.length != 0 && _isLucky(4);
        if (isFalse) nodes[_roll(nodes.length)] ^= 0x01;
        _tryVouch(from, to, path, lane.counts[window], nodes, isSaid && !isFalse);
    }

    /// @dev With what nobody lied about; sooner or later nothing comes of it.
    function contradict(uint256 seed) external acting(seed) {
        (uint8 from, uint8 to) = _anyLane();
        uint8 path = _anyOf(_ends[to][from].enabled);
        if (path == INDICES) return;
        Log storage lane = laneLogs[from][to];
        uint256 end = _windowBefore(from, to, uint256(_truth[from][to][path]) + 1);
        if (end == 0) return;
        uint256 start = end - 1 - _roll(end < 6 ? end : 6);
        bytes memory nodes = _nodes(from, to, start, end);
        if (_isLucky(3)) nodes[_roll(nodes.length)] ^= 0x01;
        uint64 count = uint64(_roll(lane.counts[end] + 2));
        uint8 other = _isLucky(3) ? EXECUTED_LOG : uint8(_roll(4));
        _show(from, to, Exhibit(lane.heads[start], nodes, path, count, other));
    }

    function expose(uint256 seed) external acting(seed) {
        (uint8 from, uint8 to) = _anyLane();
        uint256 size = _lies[from][to].length;
        if (size != 0) _expose(from, to, _lies[from][to][_roll(size)]);
    }

    /// @dev A lie at a count that an honest path's log has otherwise, or jumps over, halts the lane.
    function _expose(uint8 from, uint8 to, Lie memory lie) internal {
        Log storage lane = laneLogs[from][to];
        if (lie.count == 0 || lie.count >= lane.sealedCount()) return;
        // The window in which the count lies, or that it ends.
        uint256 window = _windowBefore(from, to, lie.count) + 1;
        uint8 honest = _anyOf(_ends[to][from].enabled & ~_ends[to][from].liars);
        if (honest == INDICES) return;
        uint256 end = _attestedFrom(from, to, honest, window);
        if (end >= lane.counts.length) return;
        // A head proves its count only as a node, so a jump needs one before it.
        if (lane.counts[window] != lie.count && window < 2) return;
        uint256 start = window < 2 ? 0 : window - 2;
        Exhibit memory exhibit = Exhibit(lane.heads[start], _nodes(from, to, start, end), honest, lie.count, lie.path);
        // What was said twice is only kept the first time.
        (bytes32 kept,) = chains[to].gateway.attestation(chains[from].eid, lie.path, lie.count);
        bool isEnabled = _has(_ends[to][from].enabled, lie.path);
        _expect(_show(from, to, exhibit), isEnabled && kept == lie.head, !isEnabled, "expose");
    }

    function _show(uint8 from, uint8 to, Exhibit memory exhibit) internal returns (bool isDone) {
        _as(Role.Anyone);
        try chains[to].gateway
            .contradict(
                chains[from].eid, exhibit.startHead, exhibit.nodes, exhibit.path, exhibit.count, exhibit.otherPath
            ) {
            isDone = true;
        } catch {
            _forget();
        }
        _follow();
        if (isDone && _ends[to][from].halt == Halt.None) _violated(5, "evidence did not halt the lane");
    }

    function _tryVouch(uint8 from, uint8 to, uint8 path, uint64 count, bytes memory nodes, bool isTrue) private {
        _as(Role.Anyone);
        bool isNew = count > _vouched[from][to][path] && _has(_ends[to][from].enabled, path);
        bool isDone;
        try chains[to].gateway.vouch(chains[from].eid, path, count, nodes) {
            isDone = true;
        } catch {
            _forget();
        }
        _follow();
        _expect(isDone, isNew && isTrue, !isNew || !isTrue, "vouch");
    }

    /// @dev No third path ever said what two made up.
    function _vouchForged(uint8 from, uint8 to) private {
        uint64 executed = _executed(from, to);
        for (uint8 path = 0; path < INDICES; ++path) {
            try chains[to].gateway.vouch(chains[from].eid, path, executed, "") {
                if (!_has(_owned[from][to], path)) _violated(6, "an honest path vouches for a forged log");
            } catch {}
        }
    }

    /// @return The first window, from one on, of whose end a path said the truth; or none among the next.
    function _attestedFrom(uint8 from, uint8 to, uint8 path, uint256 window) private view returns (uint256) {
        Log storage lane = laneLogs[from][to];
        for (uint256 i = window; i < lane.counts.length && i < window + FAR; ++i) {
            (bytes32 said,) = chains[to].gateway.attestation(chains[from].eid, path, lane.counts[i]);
            if (said == lane.heads[i]) return i;
        }
        return type(uint256).max;
    }

    /// @return nodes Of the windows behind one, up to another.
    function _nodes(uint8 from, uint8 to, uint256 window, uint256 end) internal view returns (bytes memory nodes) {
        Log storage lane = laneLogs[from][to];
        for (uint256 i = window + 1; i <= end; ++i) {
            nodes = abi.encodePacked(nodes, lane.roots[i], lane.counts[i]);
        }
    }
}
