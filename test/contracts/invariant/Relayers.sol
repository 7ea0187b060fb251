// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Direction} from "../../../contracts/types/Direction.sol";
import {Log, Logs, Proof} from "../mocks/Logs.sol";
import {TestPath} from "../mocks/TestPath.sol";
import {Ghosts} from "./Ghosts.sol";

/// @dev Anyone who seals and dispatches, and relayers of every kind: any message, in any order, again, or never.
abstract contract Relayers is Ghosts {
    using Logs for Log;

    struct Message {
        uint8 from;
        uint8 to;
        uint8 path;
        bytes payload;
    }

    Message[] private _messages;
    uint256 public mostGas;

    function seal(uint256 seed) external acting(seed) {
        (uint8 from, uint8 to) = _anyLane();
        if (laneLogs[from][to].posted() == laneLogs[from][to].sealedCount()) return;
        chains[from].gateway.seal(chains[to].eid);
    }

    function dispatch(uint256 seed) external acting(seed) {
        (uint8 from, uint8 to) = _anyLane();
        Log storage lane = laneLogs[from][to];
        uint64 count = _roll(4) != 0 ? EVERYTHING : lane.counts[_roll(lane.counts.length)];
        uint8 paths = _roll(4) != 0 ? BOTH : uint8(1 + _roll(2));
        vm.chainId(chains[from].id);
        chains[from].gateway.dispatch(chains[to].eid, count, paths, address(this), true);
        for (uint8 path = 0; path < 2; ++path) {
            if ((paths >> path) & 1 == 0) continue;
            _messages.push(Message(from, to, path, _adapter(from, path).lastPayload()));
        }
    }

    function deliver(uint256 seed) external acting(seed) {
        if (_messages.length != 0) _deliver(_messages[_roll(_messages.length)]);
    }

    function deliverNewest(uint256 seed) external acting(seed) {
        uint256 size = _messages.length;
        for (uint256 i = 0; i < 6 && i < size; ++i) {
            if (_roll(6) != 0) _deliver(_messages[size - 1 - i]);
        }
    }

    function execute(uint256 seed) external acting(seed) {
        (uint8 from, uint8 to) = _anyLane();
        Log storage lane = laneLogs[from][to];
        uint256 done = lane.windowAt(_executed(from, to));
        uint256 left = lane.counts.length - 1 - done;
        if (left == 0) return;
        uint256 take = 1 + _roll(left < 3 ? left : 3);
        uint64 upTo = lane.counts[done + take + _roll(lane.counts.length - done - take)];
        _tryExecute(from, to, take, upTo, _roll(4) == 0 ? uint8(_roll(4)) : BOTH);
    }

    /// @dev As an honest executor does it: up to the highest count that both paths attested.
    function executeAttested(uint256 seed) external acting(seed) {
        (uint8 from, uint8 to) = _anyLane();
        Log storage lane = laneLogs[from][to];
        uint256 done = lane.windowAt(_executed(from, to));
        for (uint256 i = lane.counts.length - 1; i > done; --i) {
            if (!_isAttested(from, to, lane.counts[i])) continue;
            _tryExecute(from, to, 1, lane.counts[i], BOTH);
            return;
        }
    }

    /// @dev Everything of one lane, by a relayer that does its work.
    function carry(uint256 seed) external acting(seed) {
        (uint8 from, uint8 to) = _anyLane();
        _bringHome(from, to);
        ++times["carry"];
    }

    function _bringHome(uint8 from, uint8 to) internal {
        (uint64 posted, uint64 sealed_,) = chains[from].gateway.outbox(chains[to].eid);
        if (posted != sealed_) chains[from].gateway.seal(chains[to].eid);
        _follow();
        if (posted == _executed(from, to)) return;
        _attest(from, to, posted);
        uint64 before;
        do {
            before = _executed(from, to);
            _tryExecute(from, to, 1, posted, BOTH);
            _follow();
        } while (_executed(from, to) != before && _executed(from, to) != posted);
    }

    function _tryExecute(uint8 from, uint8 to, uint256 take, uint64 upTo, uint8 paths) internal {
        Proof memory proof = laneLogs[from][to].prove(_executed(from, to), take, upTo);
        vm.chainId(chains[to].id);
        bool isDone;
        uint256 before = gasleft();
        try chains[to].gateway.execute(chains[from].eid, proof.counts, proof.entries, proof.suffix, paths) {
            isDone = true;
            uint256 used = (before - gasleft()) / take;
            if (used > mostGas) mostGas = used;
        } catch {}
        bool isPaused = _isPaused(to, from, Direction.In);
        bool mustBe = !isPaused && paths == BOTH && !isLiedAbout[from][to] && _isAttested(from, to, upTo);
        _expect(isDone, mustBe, isPaused || paths != BOTH, "execute");
    }

    function _deliver(Message memory message) private {
        _adapter(message.to, message.path).attest(chains[message.from].name, message.payload);
        ++times["deliver"];
    }

    function _isAttested(uint8 from, uint8 to, uint64 count) private view returns (bool) {
        bytes32 head = laneLogs[from][to].headAt(count);
        (bytes32 first,) = chains[to].gateway.attestation(chains[from].eid, NETWORK, count);
        (bytes32 second,) = chains[to].gateway.attestation(chains[from].eid, WATCHERS, count);
        return first == head && second == head;
    }

    function _adapter(uint8 chain, uint8 path) internal view returns (TestPath) {
        return TestPath(path == NETWORK ? chains[chain].network : chains[chain].watchers);
    }
}
