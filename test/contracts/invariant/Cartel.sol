// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Commitment} from "../../../contracts/types/Commitment.sol";
import {Entry} from "../../../contracts/types/Entry.sol";
import {Log, Logs, Proof} from "../mocks/Logs.sol";
import {Role} from "./Chance.sol";
import {Fate} from "./Ghosts.sol";
import {Thieves} from "./Thieves.sol";

/// @dev Owners of two paths of three, of both lanes between the hub and one vault. They own those lanes: against them stand
/// limits, waits, and the third path's word.
abstract contract Cartel is Thieves {
    using Logs for Log;

    uint8 internal _prey;

    /// @dev Behind the true log as far as it goes; then again and again, as long as nothing stops it.
    function steal(uint256 seed) external acting(seed) {
        if (!_isLucky(2)) return;
        (uint8 from, uint8 to) = _plot();
        Entry[] memory loot = new Entry[](1 + _roll(_isLucky(3) ? 40 : 4));
        for (uint256 i = 0; i < loot.length; ++i) {
            loot[i] = _loot(from, to);
        }
        if (isForked[from][to]) _goOn(from, to, loot);
        else _depart(from, to, loot);
        if (_isLucky(2)) _collectAll();
    }

    /// @dev What waits is tried again and again.
    function collect(uint256 seed) external acting(seed) {
        _collectAll();
    }

    function _collectAll() private {
        for (uint256 i = 0; i < _parks.length; ++i) {
            if (_idOf(HUB, _parks[i].chain, _parks[i].index) >= FORGED) _collectPark(_parks[i]);
        }
        for (uint256 i = 0; i < _waiting.length; ++i) {
            if (_idOf(_waiting[i].chain, HUB, _waiting[i].index) >= FORGED) _collectHeld(_waiting[i]);
        }
    }

    function _collectPark(Park memory park) internal virtual;
    function _collectHeld(Waiting memory held) internal virtual;

    function _plot() private returns (uint8 from, uint8 to) {
        if (_prey == 0) _prey = _anyVault();
        (from, to) = _isLucky(2) ? (_prey, HUB) : (HUB, _prey);
        _own(from, to);
    }

    /// @dev Two of the first three, where nobody else was found out before.
    function _own(uint8 from, uint8 to) private {
        uint8 enabled = _ends[to][from].enabled & 7;
        if (_size(_owned[from][to]) > 1 || _owned[from][to] & ~enabled != 0) return;
        uint8 others = enabled & ~_owned[from][to];
        while (others != 0 && _size(_owned[from][to]) < 2) {
            uint8 bit = uint8(uint256(1) << _anyOf(others));
            _owned[from][to] |= bit;
            others &= ~bit;
        }
    }

    function _depart(uint8 from, uint8 to, Entry[] memory loot) private {
        if (_size(_owned[from][to]) < 2) return;
        _seal(from, to);
        (Proof memory proof, bytes32 head, uint64 base) = _forgedBehind(from, to, _roll(2), loot);
        if (!_conspire(from, to, base + uint64(loot.length), head)) return;
        uint64 executed = _executed(from, to);
        if (!_run(from, to, proof)) return;
        isForked[from][to] = true;
        Fork storage fork = _forks[from][to];
        (fork.count, fork.executed, fork.clock) = (base, executed, _laneClock(from, to));
        uint8 chain = to == HUB ? from : to;
        for (uint16 asset = 1; asset <= ASSETS; ++asset) {
            fork.filled[asset] = _filled[to][chain][asset];
        }
        _book(from, to, loot);
        ++times["fork"];
    }

    function _goOn(uint8 from, uint8 to, Entry[] memory loot) private {
        (uint64 executed, bytes32 head) = chains[to].gateway.inbox(chains[from].eid);
        Proof memory proof;
        (proof.counts, proof.entries) = (new uint64[](1), loot);
        proof.counts[0] = executed + uint64(loot.length);
        bytes32 root;
        for (uint256 i = 0; i < loot.length; ++i) {
            root = keccak256(abi.encode(root, loot[i].word, loot[i].account, loot[i].party));
        }
        head = keccak256(abi.encode(head, root, uint256(proof.counts[0])));
        if (_conspire(from, to, proof.counts[0], head) && _run(from, to, proof)) _book(from, to, loot);
    }

    function _conspire(uint8 from, uint8 to, uint64 count, bytes32 head) private returns (bool isSaid) {
        Commitment memory commitment = _commitment(from, to, 0);
        (commitment.count, commitment.head) = (count, head);
        isSaid = true;
        for (uint8 path = 0; path < INDICES; ++path) {
            if (_has(_owned[from][to], path) && !_attestAs(from, to, path, commitment)) isSaid = false;
        }
    }

    /// @dev Its logs are not followed yet: what they are about is not known.
    function _run(uint8 from, uint8 to, Proof memory proof) private returns (bool) {
        bool isFlowing = _isFlowing(from, to);
        _as(Role.Anyone);
        vm.chainId(chains[to].id);
        try chains[to].gateway.execute(chains[from].eid, proof.counts, proof.entries, "", _owned[from][to]) {
            if (!isFlowing) _violated(8, "a forgery was executed under a pause or halt");
            return true;
        } catch {
            _forget();
            return false;
        }
    }

    function _book(uint8 from, uint8 to, Entry[] memory loot) private {
        Fork storage fork = _forks[from][to];
        for (uint256 i = 0; i < loot.length; ++i) {
            uint64 id = (fork.count + uint64(fork.entries.length)) | FORGED;
            fork.entries.push(loot[i]);
            _fates[from][to][id] = Fate.InFlight;
        }
        _follow();
    }

    // ── what it cost ────────────────────────────────────────────────────────────────────────────────────────────────

    /// @return most What may have unlocked since the fork: the bucket, each time that the council filled it, and what came after.
    function lossBound(uint8 from, uint8 to, uint16 asset) public view returns (uint256 most) {
        if (!isForked[from][to]) return 0;
        Fork storage fork = _forks[from][to];
        uint8 chain = to == HUB ? from : to;
        uint256 fills = 1 + _filled[to][chain][asset] - fork.filled[asset];
        uint256 running = _laneClock(from, to) - fork.clock;
        return fills * _most[to][chain][asset].capacity + running * _most[to][chain][asset].refill;
    }
}
