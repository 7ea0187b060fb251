// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {accountOf, toParty} from "../../../contracts/types/Account.sol";
import {Commitment} from "../../../contracts/types/Commitment.sol";
import {
    Entry,
    KIND_DEPOSIT,
    KIND_RELEASE,
    KIND_RETURNED,
    KIND_WITHDRAWAL_REQUEST,
    makeEntry
} from "../../../contracts/types/Entry.sol";
import {Log, Logs, Proof} from "../mocks/Logs.sol";
import {Role} from "./Chance.sol";
import {Witnesses} from "./Witnesses.sol";

/// @dev Owners of one path of each lane, whichever it is; once it is disabled, of another one.
abstract contract Thieves is Witnesses {
    using Logs for Log;

    uint64 private constant TOO_FAR = 1 << 20;
    address internal constant THIEF = address(0x7417f);

    uint256 public forgeriesExecuted;

    /// @dev Anything: near, far, of what was executed, of what is sealed; a true head with a false acknowledgement.
    function lie(uint256 seed) external acting(seed) {
        if (!_isLucky(3)) return;
        (uint8 from, uint8 to) = _anyLane();
        Commitment memory commitment = _commitment(from, to, 0);
        uint256 kind = _roll(6);
        Log storage lane = laneLogs[from][to];
        if (kind == 0) commitment.count = _executed(from, to) + uint64(_roll(300));
        if (kind == 1) commitment.count = uint64(_roll(_executed(from, to) + 1));
        if (kind == 2) commitment.count = _executed(from, to) + TOO_FAR + uint64(_roll(2));
        if (kind > 2) commitment.count = lane.counts[_roll(lane.counts.length)];
        commitment.head = kind == 5 ? lane.headAt(commitment.count) : keccak256(abi.encode(_roll(type(uint256).max)));
        if (kind == 5 || _isLucky(4)) {
            (commitment.ackCount, commitment.ackHead) = (uint64(_roll(999)), commitment.head);
        }
        _attestAs(from, to, _thiefOf(from, to), commitment);
        ++times["lie"];
    }

    /// @dev Attests a log that ends in an entry of its own, behind none or some of the true windows, which the honest paths
    /// attest as far as they are true; and tries to execute it by every set of paths.
    function forge(uint256 seed) external acting(seed) {
        if (!_isLucky(4)) return;
        (uint8 from, uint8 to) = _anyLane();
        if (isForked[from][to] || _size(_owned[from][to]) > 1) return;
        uint8 thief = _thiefOf(from, to);
        _seal(from, to);
        Entry[] memory loot = new Entry[](1);
        loot[0] = _loot(from, to);
        (Proof memory proof, bytes32 head, uint64 base) = _forgedBehind(from, to, _roll(3), loot);
        Commitment memory commitment = _commitment(from, to, 0);
        if (base != _executed(from, to)) {
            _say(from, to, base, type(uint8).max);
            ++times["forgery behind truth"];
        }
        (commitment.count, commitment.head) = (base + 1, head);
        if (!_attestAs(from, to, thief, commitment)) return;
        ++times["forgery"];
        for (uint8 paths = 0; paths < 32; ++paths) {
            try chains[to].gateway.execute(chains[from].eid, proof.counts, proof.entries, "", paths) {
                ++forgeriesExecuted;
            } catch {
                _forget();
            }
        }
    }

    /// @dev What a disabled path says is refused.
    function _attestAs(uint8 from, uint8 to, uint8 path, Commitment memory commitment) internal returns (bool isDone) {
        _as(Role.Anyone);
        bool isEnabled = _has(_ends[to][from].enabled, path);
        if (path == INDICES) return false;
        try _adapters[to][from][path].attest(chains[from].name, commitment.encode()) {
            isDone = true;
        } catch {
            _forget();
        }
        _follow();
        _expect(isDone, isEnabled, !isEnabled, "attest by a thief");
    }

    function _thiefOf(uint8 from, uint8 to) internal returns (uint8) {
        uint8 owned = _owned[from][to];
        uint8 enabled = _ends[to][from].enabled;
        // A new path for the next theft, as long as there are more to replace it.
        bool mayBuy = owned & enabled == 0 && _size(_ends[to][from].used) < INDICES - 1;
        if (owned == 0 || (mayBuy && _isLucky(2))) _owned[from][to] = owned = uint8(uint256(1) << _anyOf(enabled));
        return _anyOf(owned);
    }

    /// @param windows True ones in front.
    /// @param loot The entries of the last window.
    function _forgedBehind(uint8 from, uint8 to, uint256 windows, Entry[] memory loot)
        internal
        view
        returns (Proof memory proof, bytes32 head, uint64 base)
    {
        Log storage log = laneLogs[from][to];
        uint64 executed = _executed(from, to);
        uint256 first = log.windowAt(executed);
        if (windows > log.counts.length - 1 - first) windows = log.counts.length - 1 - first;
        base = log.counts[first + windows];
        Proof memory truth;
        if (windows != 0) truth = log.prove(executed, windows, base);
        proof.counts = new uint64[](windows + 1);
        proof.entries = new Entry[](base - executed + loot.length);
        for (uint256 i = 0; i < windows; ++i) {
            proof.counts[i] = truth.counts[i];
        }
        for (uint256 i = 0; i < base - executed; ++i) {
            proof.entries[i] = truth.entries[i];
        }
        proof.counts[windows] = base + uint64(loot.length);
        bytes32 root;
        for (uint256 i = 0; i < loot.length; ++i) {
            proof.entries[base - executed + i] = loot[i];
            root = keccak256(abi.encode(root, loot[i].word, loot[i].account, loot[i].party));
        }
        head = keccak256(abi.encode(log.headAt(base), root, uint256(base) + loot.length));
    }

    /// @dev Money for the thief, the way the lane goes: a payment, a deposit, or a release that comes back.
    function _loot(uint8 from, uint8 to) internal returns (Entry memory) {
        (uint8 kind, uint32 eid, bytes32 party) = (KIND_RELEASE, chains[to].eid, toParty(THIEF));
        if (to == HUB) (kind, eid) = (KIND_DEPOSIT, chains[from].eid);
        uint256 posted = laneLogs[HUB][from].entries.length;
        if (to == HUB && posted != 0 && _isLucky(3)) return _backOf(from, uint64(_roll(posted)));
        // In a trader's name, who never named the thief.
        if (to == HUB && _isLucky(5)) return _claimOf(_anyTrader(), chains[_anyVault()].eid);
        uint128 amount = uint128(1 + _roll(_isLucky(4) ? 3e6 : 2e5));
        return makeEntry(kind, _anyAsset(), eid, 0, amount, accountOf(THIEF, uint96(_roll(2))), party);
    }

    function _claimOf(address trader, uint32 eid) private returns (Entry memory) {
        uint128 amount = uint128(MINIMUM + _roll(1e5));
        return makeEntry(KIND_WITHDRAWAL_REQUEST, _anyAsset(), eid, 0, amount, accountOf(trader, 0), toParty(THIEF));
    }

    /// @dev That a release was given back which may have been paid, or was never released.
    function _backOf(uint8 from, uint64 ref) private returns (Entry memory) {
        Entry memory release = laneLogs[HUB][from].entries[ref];
        if (_isLucky(2)) release.account = accountOf(THIEF, 0);
        return makeEntry(
            KIND_RETURNED, release.asset(), chains[from].eid, ref, release.amount(), release.account, release.hash()
        );
    }
}
