// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {accountOf, toParty} from "../../../contracts/types/Account.sol";
import {Commitment} from "../../../contracts/types/Commitment.sol";
import {Entry, KIND_DEPOSIT, KIND_RELEASE, KIND_RETURNED, makeEntry} from "../../../contracts/types/Entry.sol";
import {Log, Logs, Proof} from "../mocks/Logs.sol";
import {Relayers} from "./Relayers.sol";

/// @dev One thief owns the network's path, another the watchers'. On one lane only one of them lies: who owns two paths
/// owns the lane, and against that stand limits, not these rules.
abstract contract Thieves is Relayers {
    using Logs for Log;

    address private constant THIEF = address(0x7417f);

    mapping(uint8 from => mapping(uint8 to => uint8)) private _liarOf;
    uint256 public forgeriesExecuted;

    /// @dev Rare, since a lie is often evidence, and a halted lane does no more.
    function lie(uint256 seed) external acting(seed) {
        if (_roll(8) != 0) return;
        (uint8 from, uint8 to) = _anyLane();
        Commitment memory commitment = _commitment(from, to, 0);
        commitment.count = _executed(from, to) + uint64(_roll(300));
        commitment.head = keccak256(abi.encode(_roll(type(uint256).max)));
        if (_roll(2) == 0) commitment.ackHead = commitment.head;
        _adapter(to, _liar(from, to)).attest(chains[from].name, commitment.encode());
        ++times["lie"];
    }

    /// @dev Attests a log that ends in an entry of its own, behind none or some of the true windows, which the honest path
    /// attests as far as they are true; and tries to execute it by every set of paths.
    function forge(uint256 seed) external acting(seed) {
        if (_roll(8) != 0) return;
        (uint8 from, uint8 to) = _anyLane();
        uint8 liar = _liar(from, to);
        if (laneLogs[from][to].posted() != laneLogs[from][to].sealedCount()) {
            chains[from].gateway.seal(chains[to].eid);
            _follow();
        }
        (Proof memory proof, bytes32 head) = _forgedBehind(from, to, _roll(3));
        uint256 last = proof.counts.length - 1;
        Commitment memory commitment = _commitment(from, to, 0);
        if (last != 0) {
            commitment.count = proof.counts[last - 1];
            commitment.head = laneLogs[from][to].headAt(commitment.count);
            _adapter(to, 1 - liar).attest(chains[from].name, commitment.encode());
            ++times["forgery behind truth"];
        }
        (commitment.count, commitment.head) = (proof.counts[last], head);
        _adapter(to, liar).attest(chains[from].name, commitment.encode());
        ++times["forgery"];
        for (uint8 paths = 0; paths < 4; ++paths) {
            try chains[to].gateway.execute(chains[from].eid, proof.counts, proof.entries, "", paths) {
                ++forgeriesExecuted;
            } catch {}
        }
    }

    function _liar(uint8 from, uint8 to) private returns (uint8) {
        if (!isLiedAbout[from][to]) _liarOf[from][to] = uint8(_roll(2));
        isLiedAbout[from][to] = true;
        return _liarOf[from][to];
    }

    function _forgedBehind(uint8 from, uint8 to, uint256 windows) private returns (Proof memory proof, bytes32 head) {
        Log storage log = laneLogs[from][to];
        uint64 executed = _executed(from, to);
        uint256 first = log.windowAt(executed);
        if (windows > log.counts.length - 1 - first) windows = log.counts.length - 1 - first;
        uint64 count = log.counts[first + windows];
        Proof memory truth;
        if (windows != 0) truth = log.prove(executed, windows, count);
        proof.counts = new uint64[](windows + 1);
        proof.entries = new Entry[](count - executed + 1);
        for (uint256 i = 0; i < windows; ++i) {
            proof.counts[i] = truth.counts[i];
        }
        for (uint256 i = 0; i < count - executed; ++i) {
            proof.entries[i] = truth.entries[i];
        }
        Entry memory made = _loot(from, to);
        proof.counts[windows] = count + 1;
        proof.entries[count - executed] = made;
        bytes32 root = keccak256(abi.encode(bytes32(0), made.word, made.account, made.party));
        head = keccak256(abi.encode(log.headAt(count), root, uint256(count + 1)));
    }

    /// @dev Money for the thief, the way the lane goes: a payment, a deposit, or a release that comes back.
    function _loot(uint8 from, uint8 to) private returns (Entry memory) {
        (uint8 kind, uint32 eid, bytes32 party) = (KIND_RELEASE, chains[to].eid, toParty(THIEF));
        if (to == HUB) (kind, eid) = (KIND_DEPOSIT, chains[from].eid);
        uint64 ref;
        if (to == HUB && laneLogs[HUB][from].entries.length != 0 && _roll(2) == 0) {
            kind = KIND_RETURNED;
            ref = uint64(_roll(laneLogs[HUB][from].entries.length));
            party = laneLogs[HUB][from].entries[ref].hash();
        }
        return makeEntry(kind, USD, eid, ref, uint128(1 + _roll(1e6)), accountOf(THIEF, 0), party);
    }
}
