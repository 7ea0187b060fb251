// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Vm} from "forge-std/Vm.sol";
import {Halt} from "../../../contracts/interfaces/IGateway.sol";
import {IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {ICollateralVault} from "../../../contracts/interfaces/ICollateralVault.sol";
import {accountOf} from "../../../contracts/types/Account.sol";
import {Commitment} from "../../../contracts/types/Commitment.sol";
import {Entry} from "../../../contracts/types/Entry.sol";
import {Deployment} from "../mocks/Deployment.sol";
import {Log, Logs, Proof} from "../mocks/Logs.sol";
import {TestPath} from "../mocks/TestPath.sol";

/// @dev Everybody who acts on Weighlock: traders, sealers, relayers of every kind, a token issuer that blacklists, and
/// a thief who owns the watchers' path. No action may revert: what is refused is caught where it is expected.
contract Handler is Deployment {
    using Logs for Log;

    struct Message {
        uint8 from;
        uint8 to;
        uint8 path;
        bytes payload;
    }

    struct Park {
        uint8 chain;
        uint64 index;
        Entry entry;
        uint64 parkedAt;
        uint64 unlockAt;
        address payee;
        bool isPaid;
    }

    uint256 internal constant TRADERS = 4;
    /// @dev Mainnet's cap is 16.78M; the design's own is 14M.
    uint256 public constant WINDOW_GAS = 14_000_000;

    Message[] internal _messages;
    Park[] internal _parks;

    // ── ghosts ──────────────────────────────────────────────────────────────────────────────────────────────────────
    mapping(bytes32 laneAndIndex => uint256) internal _effects;
    uint256 public effects;
    uint256 public effectsTwice;
    uint256 public windowsExecuted;
    uint256 public mostGas;
    uint256 public forgeries;
    uint256 public forgedBehindTruth;
    uint256 public forgeriesExecuted;
    uint256 public refusedThoughAttested;
    uint256 public delivered;
    uint256 public retried;
    mapping(uint8 from => mapping(uint8 to => bool)) public isLiedAbout;

    function setUp() public override {
        super.setUp();
        for (uint256 i = 0; i < TRADERS; ++i) {
            _deposit(A, USD, _trader(i), 1_000_000);
            _deposit(B, USD, _trader(i), 1_000_000);
            _deposit(A, ETHER, _trader(i), 1_000_000);
        }
        _relay(A, HUB);
        _relay(B, HUB);
        _follow();
    }

    // ── traders ─────────────────────────────────────────────────────────────────────────────────────────────────────

    function deposit(uint256 seed, uint256 amount) external {
        uint8 chain = uint8(1 + seed % 2);
        uint16 asset = uint16(1 + (seed >> 8) % 2);
        address trader = _trader(seed >> 16);
        if (_isShut(chain)) return;
        tokenOf[chain][asset].setBlacklisted(trader, false);
        _deposit(chain, asset, trader, bound(amount, MINIMUM, 1e9));
        _follow();
    }

    function depositMany(uint256 seed, uint256 size) external {
        uint8 chain = uint8(1 + seed % 2);
        size = bound(size, 1, 200);
        if (_isShut(chain)) return;
        for (uint256 i = 0; i < size; ++i) {
            address trader = _trader(seed >> i % 100);
            tokenOf[chain][USD].setBlacklisted(trader, false);
            _deposit(chain, USD, trader, 100 + i);
        }
        _follow();
    }

    function withdraw(uint256 seed, uint256 amount) external {
        uint8 chain = uint8(1 + seed % 2);
        uint16 asset = uint16(1 + (seed >> 8) % 2);
        address trader = _trader(seed >> 16);
        uint256 most = uint256(hub.balanceOf(accountOf(trader, 0), asset));
        uint256 there = hub.available(chains[chain].eid, asset);
        if (there < most) most = there;
        // A false acknowledgement from there has stopped value-out.
        if (most < MINIMUM || chains[HUB].gateway.haltOf(chains[chain].eid) == Halt.FalseAck) return;
        _withdraw(chain, asset, trader, uint128(bound(amount, MINIMUM, most)), _trader(seed >> 24));
        _follow();
    }

    /// @dev A false acknowledgement from the hub: the vault takes nothing.
    function _isShut(uint8 chain) internal view returns (bool) {
        return chains[chain].gateway.haltOf(chains[HUB].eid) == Halt.FalseAck;
    }

    // ── anyone at the source ────────────────────────────────────────────────────────────────────────────────────────

    function seal(uint256 seed) external {
        (uint8 from, uint8 to) = _lane(seed);
        if (laneLogs[from][to].posted() == laneLogs[from][to].sealedCount()) return;
        chains[from].gateway.seal(chains[to].eid);
        _follow();
    }

    function dispatch(uint256 seed, uint256 which, bool everything) external {
        (uint8 from, uint8 to) = _lane(seed);
        Log storage lane = laneLogs[from][to];
        uint64 count = everything ? EVERYTHING : lane.counts[which % lane.counts.length];
        uint8 paths = uint8(1 + (seed >> 8) % 3);
        vm.chainId(chains[from].id);
        chains[from].gateway.dispatch(chains[to].eid, count, paths, address(this), true);
        _follow();
        address[2] memory adapters = [chains[from].network, chains[from].watchers];
        for (uint8 path = 0; path < 2; ++path) {
            if ((paths >> path) & 1 == 0) continue;
            _messages.push(Message(from, to, path, TestPath(adapters[path]).lastPayload()));
        }
    }

    // ── relayers: any message, in any order, again, or never ────────────────────────────────────────────────────────

    function deliver(uint256 seed) external {
        if (_messages.length != 0) _deliver(_messages[seed % _messages.length]);
    }

    function deliverNewest(uint256 seed) external {
        uint256 size = _messages.length;
        if (size != 0) _deliver(_messages[size - 1 - seed % (size < 4 ? size : 4)]);
    }

    function execute(uint256 seed, uint256 take, uint256 length) external {
        (uint8 from, uint8 to) = _lane(seed);
        Log storage lane = laneLogs[from][to];
        uint256 done = lane.windowAt(_executed(from, to));
        uint256 left = lane.counts.length - 1 - done;
        if (left == 0) return;
        take = bound(take, 1, left < 3 ? left : 3);
        uint64 upTo = lane.counts[bound(length, done + take, lane.counts.length - 1)];
        _tryExecute(from, to, take, upTo, _paths(seed));
    }

    /// @dev As an honest executor does it: up to the highest count that both paths attested.
    function executeAttested(uint256 seed) external {
        (uint8 from, uint8 to) = _lane(seed);
        Log storage lane = laneLogs[from][to];
        uint256 done = lane.windowAt(_executed(from, to));
        for (uint256 i = lane.counts.length - 1; i > done; --i) {
            if (!_isAttested(from, to, lane.counts[i])) continue;
            _tryExecute(from, to, 1, lane.counts[i], BOTH);
            return;
        }
    }

    // ── the token's issuer, and whoever retries ─────────────────────────────────────────────────────────────────────

    function blacklist(uint256 seed, bool isIt) external {
        tokenOf[uint8(1 + seed % 2)][USD].setBlacklisted(_trader(seed >> 8), isIt);
    }

    function retry(uint256 seed) external {
        if (_parks.length == 0) return;
        Park memory park = _parks[seed % _parks.length];
        try chains[park.chain].vault
            .retry(chains[HUB].eid, park.index, park.entry, park.parkedAt, park.unlockAt, park.payee) {
            ++retried;
            _parks[seed % _parks.length].isPaid = true;
        } catch {}
        _follow();
    }

    // ── a thief who owns the watchers' path ─────────────────────────────────────────────────────────────────────────

    /// @dev Rare, since a lie is often evidence, and a halted lane does no more.
    function lie(uint256 seed, bytes32 head, uint64 ahead, bool withFalseAck) external {
        if (seed % 8 != 0) return;
        (uint8 from, uint8 to) = _lane(seed >> 8);
        Commitment memory commitment = _commitment(from, to, 0);
        commitment.count = _executed(from, to) + uint64(bound(ahead, 0, 300));
        commitment.head = head;
        if (withFalseAck) commitment.ackHead = head;
        TestPath(chains[to].watchers).attest(chains[from].name, commitment.encode());
        isLiedAbout[from][to] = true;
        _follow();
    }

    /// @dev Attests a log that ends in an entry of its own, behind none or some of the true windows, which the honest path
    /// attests as far as they are true; and tries to execute it by every set of paths.
    function forge(uint256 seed, Entry calldata made) external {
        if (seed % 8 != 0) return;
        (uint8 from, uint8 to) = _lane(seed >> 8);
        (Proof memory proof, bytes32 head) = _forgedBehind(from, to, (seed >> 16) % 3, made);
        uint64 count = proof.counts[proof.counts.length - 1];
        Commitment memory commitment = _commitment(from, to, 0);
        if (proof.counts.length > 1) {
            commitment.count = proof.counts[proof.counts.length - 2];
            commitment.head = laneLogs[from][to].headAt(commitment.count);
            TestPath(chains[to].network).attest(chains[from].name, commitment.encode());
            ++forgedBehindTruth;
        }
        (commitment.count, commitment.head) = (count, head);
        TestPath(chains[to].watchers).attest(chains[from].name, commitment.encode());
        isLiedAbout[from][to] = true;
        ++forgeries;
        for (uint8 paths = 0; paths < 4; ++paths) {
            try chains[to].gateway.execute(chains[from].eid, proof.counts, proof.entries, "", paths) {
                ++forgeriesExecuted;
            } catch {}
        }
        _follow();
    }

    function _forgedBehind(uint8 from, uint8 to, uint256 windows, Entry calldata made)
        internal
        view
        returns (Proof memory proof, bytes32 head)
    {
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
        proof.counts[windows] = count + 1;
        proof.entries[count - executed] = made;
        bytes32 root = keccak256(abi.encode(bytes32(0), made.word, made.account, made.party));
        head = keccak256(abi.encode(log.headAt(count), root, uint256(count + 1)));
    }

    // ── at the end of a run ─────────────────────────────────────────────────────────────────────────────────────────

    /// @dev One honest relayer comes back: every lane that nobody lied about is brought to its end.
    function heal() external returns (bool isComplete) {
        isComplete = true;
        for (uint256 seed = 0; seed < 4; ++seed) {
            (uint8 from, uint8 to) = _lane(seed);
            if (isLiedAbout[from][to]) {
                isComplete = false;
                continue;
            }
            _relay(from, to);
            _follow();
            if (_executed(from, to) != laneLogs[from][to].posted()) ++refusedThoughAttested;
        }
    }

    // ── views for the invariants ────────────────────────────────────────────────────────────────────────────────────

    function lanes() external pure returns (uint8[2][4] memory) {
        return [[A, HUB], [B, HUB], [HUB, A], [HUB, B]];
    }

    function site(uint8 i) external view returns (Site memory) {
        return chains[i];
    }

    function clearingHouse() external view returns (IClearingHouse) {
        return hub;
    }

    function headAt(uint8 from, uint8 to, uint64 count) external view returns (bytes32) {
        return laneLogs[from][to].headAt(count);
    }

    function held(uint8 chain, uint16 asset) external view returns (uint256 local) {
        return tokenOf[chain][asset].balanceOf(address(chains[chain].vault));
    }

    function scale(uint8 chain, uint16 asset) external view returns (uint256) {
        return _scale(chain, asset);
    }

    /// @return amount By entry: posted and not executed, in both directions of a vault's lanes.
    function inFlight(uint8 chain, uint16 asset) external view returns (uint256 amount) {
        return _inFlight(chain, HUB, asset) + _inFlight(HUB, chain, asset);
    }

    function parked(uint8 chain, uint16 asset) external view returns (uint256 amount) {
        for (uint256 i = 0; i < _parks.length; ++i) {
            Park storage park = _parks[i];
            if (park.chain == chain && !park.isPaid && park.entry.asset() == asset) amount += park.entry.amount();
        }
    }

    // ── internal ────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev Mostly both.
    function _paths(uint256 seed) internal pure returns (uint8) {
        return (seed >> 8) % 8 == 0 ? uint8((seed >> 16) % 4) : BOTH;
    }

    function _trader(uint256 seed) internal pure returns (address) {
        return address(uint160(0x7ade0000 + seed % TRADERS));
    }

    function _lane(uint256 seed) internal pure returns (uint8 from, uint8 to) {
        uint8 chain = uint8(1 + seed % 2);
        return (seed >> 1) % 2 == 0 ? (chain, HUB) : (HUB, chain);
    }

    function _inFlight(uint8 from, uint8 to, uint16 asset) internal view returns (uint256 amount) {
        Log storage lane = laneLogs[from][to];
        for (uint256 i = _executed(from, to); i < lane.entries.length; ++i) {
            if (lane.entries[i].asset() == asset) amount += lane.entries[i].amount();
        }
    }

    function _deliver(Message memory message) internal {
        address[2] memory adapters = [chains[message.to].network, chains[message.to].watchers];
        TestPath(adapters[message.path]).attest(chains[message.from].name, message.payload);
        ++delivered;
    }

    function _isAttested(uint8 from, uint8 to, uint64 count) internal view returns (bool) {
        bytes32 head = laneLogs[from][to].headAt(count);
        (bytes32 first,) = chains[to].gateway.attestation(chains[from].eid, NETWORK, count);
        (bytes32 second,) = chains[to].gateway.attestation(chains[from].eid, WATCHERS, count);
        return first == head && second == head;
    }

    function _tryExecute(uint8 from, uint8 to, uint256 take, uint64 upTo, uint8 paths) internal {
        Proof memory proof = laneLogs[from][to].prove(_executed(from, to), take, upTo);
        vm.chainId(chains[to].id);
        uint256 before = gasleft();
        try chains[to].gateway.execute(chains[from].eid, proof.counts, proof.entries, proof.suffix, paths) {
            uint256 used = (before - gasleft()) / take;
            if (used > mostGas) mostGas = used;
            windowsExecuted += take;
        } catch {
            if (paths == BOTH && !isLiedAbout[from][to] && _isAttested(from, to, upTo)) ++refusedThoughAttested;
        }
        _follow();
    }

    function _notice(Vm.Log memory seen) internal override {
        bytes32 topic = seen.topics[0];
        if (topic == IClearingHouse.Credited.selector) {
            (uint64 index,) = abi.decode(seen.data, (uint64, uint128));
            _effect(keccak256(abi.encode(HUB, seen.topics[1], index)));
        } else if (topic == ICollateralVault.Released.selector) {
            _effect(keccak256(abi.encode(_vaultOf(seen.emitter), uint64(uint256(seen.topics[1])))));
        } else if (topic == ICollateralVault.ReleaseParked.selector) {
            (Entry memory entry, uint64 parkedAt, uint64 unlockAt, address payee) =
                abi.decode(seen.data, (Entry, uint64, uint64, address));
            uint64 index = uint64(uint256(seen.topics[2]));
            _parks.push(Park(_vaultOf(seen.emitter), index, entry, parkedAt, unlockAt, payee, false));
        }
    }

    function _vaultOf(address vault) internal view returns (uint8) {
        return vault == address(chains[A].vault) ? A : B;
    }

    function _effect(bytes32 id) internal {
        ++effects;
        if (++_effects[id] > 1) ++effectsTwice;
    }
}
