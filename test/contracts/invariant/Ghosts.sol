// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Vm} from "forge-std/Vm.sol";
import {IClearingHouse, Held} from "../../../contracts/interfaces/IClearingHouse.sol";
import {ICollateralVault} from "../../../contracts/interfaces/ICollateralVault.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {ownerOf} from "../../../contracts/types/Account.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {Entry, KIND_DEPOSIT, KIND_RETURNED, KIND_WITHDRAWAL_REQUEST} from "../../../contracts/types/Entry.sol";
import {Deployment} from "../mocks/Deployment.sol";
import {Log, Logs} from "../mocks/Logs.sol";
import {Mood} from "../mocks/Tokens.sol";

/// @dev What an entry has come to.
enum Stage {
    None,
    InFlight, // posted and not executed
    Asked, // a request that is being executed
    Credited,
    Suspended,
    Refunded,
    Served,
    Refused,
    Paid,
    Parked,
    Returned, // a release that its vault gave back; the entry that says so has stages of its own
    Back, // a Returned entry that waits on the hub
    Settled
}

/// @dev What all actors share: who they are, what every entry has come to, told from events alone, and what must never
/// have happened.
abstract contract Ghosts is Deployment {
    using Logs for Log;

    struct Park {
        uint8 chain;
        uint64 index;
        Entry entry;
        uint64 parkedAt;
        uint64 unlockAt;
        address payee;
    }

    struct Waiting {
        uint8 chain;
        uint64 index;
        Entry entry;
        Held reason;
        uint64 parkedAt;
    }

    /// @dev Listed by the vaults from the start, by the hub only when somebody does.
    uint16 internal constant LATE = 3;
    uint8 internal constant LATE_DECIMALS = 8;
    uint16 internal constant ASSETS = 3;
    uint256 internal constant TRADERS = 4;
    uint256 internal constant CALL_GAS = 3_000_000;

    uint256 private _rolls;
    /// @dev Time that passes inside one call is kept here for the next.
    uint256 internal _time;
    address[] internal _traders;

    mapping(uint8 from => mapping(uint8 to => mapping(uint64 index => Stage))) internal _stages;
    mapping(uint8 chain => mapping(uint16 asset => mapping(uint8 kind => mapping(Stage => uint256)))) internal _sums;
    mapping(uint8 from => mapping(uint8 to => mapping(Stage => uint256))) internal _tally;
    mapping(uint8 chain => uint256) public givenBack;
    mapping(bytes32 ownerAndNonce => uint256) internal _takenNonces;
    mapping(uint8 chain => bool) public isLateListed;
    mapping(uint8 from => mapping(uint8 to => bool)) public isLiedAbout;

    Park[] internal _parks;
    Waiting[] internal _waiting;
    Waiting[] internal _asked; // requests of the window that is being executed
    uint256 internal _answered;
    bytes32[] internal _batch; // owner and nonce of each item that an operator brings, zero for one that must be skipped
    uint256 internal _batchDone;

    // ── coverage ────────────────────────────────────────────────────────────────────────────────────────────────────
    mapping(Stage => uint256) public reached;
    mapping(string what => uint256) public times;

    // ── violations: the first one's name is kept for the message ────────────────────────────────────────────────────
    uint256 public violations;
    string public firstViolation;

    modifier acting(uint256 seed) {
        _rolls = seed;
        vm.warp(_time);
        _;
        _follow();
        _time = block.timestamp;
    }

    function setUp() public virtual override {
        super.setUp();
        for (uint256 i = 0; i < TRADERS; ++i) {
            _traders.push(vm.addr(_key(i)));
        }
        for (uint8 chain = A; chain <= B; ++chain) {
            tokenOf[chain][LATE] = _token(LATE_DECIMALS);
            chains[chain].vault.listAsset(LATE, address(tokenOf[chain][LATE]), LATE_DECIMALS, MINIMUM, PUSH_GAS);
        }
        _time = block.timestamp;
    }

    // ── chance ──────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev Hashed, since the fuzzer likes small numbers and edges, of which every choice would be the first.
    function _roll(uint256 n) internal returns (uint256) {
        _rolls = uint256(keccak256(abi.encode(_rolls, n)));
        return _rolls % n;
    }

    function _anyTrader() internal returns (address) {
        return _traders[_roll(TRADERS)];
    }

    function _anyVault() internal returns (uint8) {
        return uint8(A + _roll(2));
    }

    function _anyAsset() internal returns (uint16) {
        return uint16(1 + _roll(ASSETS));
    }

    function _anyLane() internal returns (uint8 from, uint8 to) {
        uint8 chain = _anyVault();
        return _roll(2) == 0 ? (chain, HUB) : (HUB, chain);
    }

    function _key(uint256 trader) internal pure returns (uint256) {
        return 0x7ade + trader;
    }

    function _keyOf(address trader) internal view returns (uint256) {
        for (uint256 i = 0; i < TRADERS; ++i) {
            if (_traders[i] == trader) return _key(i);
        }
        revert("no trader");
    }

    // ── what must hold ──────────────────────────────────────────────────────────────────────────────────────────────

    function _violated(string memory what) internal {
        if (violations++ == 0) firstViolation = what;
    }

    /// @dev An action against what the ghosts know: what has to work works, and what must not does not.
    function _expect(bool isDone, bool mustBe, bool mustNotBe, string memory what) internal {
        if (!isDone && mustBe) _violated(string.concat("refused without cause: ", what));
        if (isDone && mustNotBe) _violated(string.concat("done against the rules: ", what));
        ++times[isDone ? what : string.concat(what, ", refused")];
    }

    function _isHonest(uint8 chain, uint16 asset, address who) internal view returns (bool) {
        return tokenOf[chain][asset].mood() == Mood.Honest && !tokenOf[chain][asset].isBlacklisted(who);
    }

    function _isPaused(uint8 here, uint8 there, Direction direction) internal view returns (bool) {
        return chains[here].gateway.pausedUntil(chains[there].eid, direction) > block.timestamp;
    }

    // ── following ───────────────────────────────────────────────────────────────────────────────────────────────────

    function _notice(Vm.Log memory seen) internal override {
        bytes32 topic = seen.topics[0];
        if (topic == IGateway.EntryPosted.selector) _noticePosted(seen);
        else if (topic == IGateway.WindowExecuted.selector) _noticeExecuted(seen);
        else if (topic == IGateway.LaneHalted.selector) ++times["halted"];
        else if (seen.emitter == address(hub)) _noticeHub(seen, topic);
        else if (topic == ICollateralVault.Released.selector) _noticePaid(seen);
        else if (topic == ICollateralVault.ReleaseParked.selector) _noticeParked(seen);
        else if (topic == ICollateralVault.ReleaseReturned.selector) _noticeReturned(seen);
    }

    function _noticePosted(Vm.Log memory seen) private {
        uint8 from = _siteOf(seen.emitter);
        uint8 to = _chainOf(seen.topics[1]);
        Entry memory entry = abi.decode(seen.data, (Entry));
        if (_isPaused(from, to, Direction.Out) && entry.kind() != KIND_RETURNED) _violated("8: posted under pause");
        if (entry.kind() == KIND_RETURNED) ++givenBack[from];
        _move(from, to, uint64(uint256(seen.topics[2])), entry, Stage.None, Stage.InFlight);
    }

    /// @dev Requests have no event of their own when they are served: the hub's next ones answer them, in order.
    function _noticeExecuted(Vm.Log memory seen) private {
        uint8 to = _siteOf(seen.emitter);
        uint8 from = _chainOf(seen.topics[1]);
        if (_isPaused(to, from, Direction.In)) _violated("8: executed under pause");
        if (to != HUB) return;
        Log storage lane = laneLogs[from][HUB];
        uint64 count = uint64(uint256(seen.topics[2]));
        for (uint64 i = lane.counts[lane.windowAt(count) - 1]; i < count; ++i) {
            if (lane.entries[i].kind() != KIND_WITHDRAWAL_REQUEST) continue;
            _move(from, HUB, i, lane.entries[i], Stage.InFlight, Stage.Asked);
            _asked.push(Waiting(from, i, lane.entries[i], Held.None, 0));
        }
    }

    function _noticeHub(Vm.Log memory seen, bytes32 topic) private {
        if (topic == IClearingHouse.Credited.selector) {
            (uint64 index,) = abi.decode(seen.data, (uint64, uint128));
            uint8 from = _chainOf(seen.topics[1]);
            Stage before = _stages[from][HUB][index];
            if (before != Stage.Suspended) before = Stage.InFlight;
            else ++times["finished"];
            _end(from, index, before, Stage.Credited);
        } else if (topic == IClearingHouse.EntryHeld.selector) {
            _noticeHeld(seen);
        } else if (topic == IClearingHouse.RequestRefused.selector) {
            _answer(_chainOf(seen.topics[1]), uint64(uint256(seen.topics[2])), Stage.Refused);
        } else if (topic == IClearingHouse.Withdrawn.selector) {
            if (_answered < _asked.length) _noticeServed(seen);
            else if (_batchDone < _batch.length) _take(_batch[_batchDone++]);
        } else if (topic == IClearingHouse.WithdrawalSkipped.selector) {
            ++times["skipped"];
            ++_batchDone;
        } else if (topic == IClearingHouse.Refunded.selector) {
            _end(_chainOf(seen.topics[1]), uint64(uint256(seen.topics[2])), Stage.Suspended, Stage.Refunded);
        } else if (topic == IClearingHouse.ReturnSettled.selector) {
            uint8 from = _chainOf(seen.topics[1]);
            uint64 index = uint64(uint256(seen.topics[2]));
            if (_stages[from][HUB][index] != Stage.Suspended) _end(from, index, Stage.Back, Stage.Settled);
        } else if (topic == IClearingHouse.FalselyReturned.selector) {
            _violated("10: a true return was taken for a false one");
        }
    }

    function _noticeHeld(Vm.Log memory seen) private {
        uint8 from = _chainOf(seen.topics[1]);
        uint64 index = uint64(uint256(seen.topics[2]));
        Held reason = Held(uint256(seen.topics[3]));
        (Entry memory entry, uint64 parkedAt) = abi.decode(seen.data, (Entry, uint64));
        if (reason == Held.Returned) {
            _end(from, index, Stage.InFlight, Stage.Back);
        } else if (laneLogs[from][HUB].entries[index].kind() == KIND_DEPOSIT) {
            _end(from, index, Stage.InFlight, Stage.Suspended);
        } else {
            // A refund of nobody's deposit came back: in suspense again, under the entry that brought it.
            _end(from, index, Stage.Back, Stage.Suspended);
        }
        _waiting.push(Waiting(from, index, entry, reason, parkedAt));
    }

    function _noticeServed(Vm.Log memory seen) private {
        Waiting memory request = _asked[_answered];
        (, uint128 amount, address recipient) = abi.decode(seen.data, (uint64, uint128, address));
        address owner = ownerOf(request.entry.account);
        bool isAsked = amount == request.entry.amount() && seen.topics[2] == request.entry.account
            && uint256(seen.topics[1]) == request.entry.eid();
        if (!isAsked) _violated("a request was served other than asked");
        if (
            recipient != owner && !hub.isRecipient(owner, request.entry.eid(), recipient)
                && hub.controllerOf(owner, chains[request.chain].eid) != recipient
        ) _violated("a request paid somebody whom the owner never named");
        _answer(request.chain, request.index, Stage.Served);
    }

    function _answer(uint8 from, uint64 index, Stage answer) private {
        Waiting memory request = _asked[_answered++];
        if (request.chain != from || request.index != index) _violated("requests are answered in order");
        _end(from, index, Stage.Asked, answer);
    }

    function _take(bytes32 item) private {
        if (item == 0) _violated("a withdrawal was taken that nobody signed like this");
        if (++_takenNonces[item] > 1) _violated("4: a nonce was used twice");
        ++times["signed"];
    }

    function _noticePaid(Vm.Log memory seen) private {
        uint8 chain = _siteOf(seen.emitter);
        uint64 index = uint64(uint256(seen.topics[1]));
        Stage before = _stages[HUB][chain][index];
        if (_isPaused(chain, HUB, Direction.In)) _violated("8: paid under pause");
        if (before != Stage.Parked) before = Stage.InFlight;
        else ++times["retried"];
        _move(HUB, chain, index, laneLogs[HUB][chain].entries[index], before, Stage.Paid);
    }

    function _noticeParked(Vm.Log memory seen) private {
        uint8 chain = _siteOf(seen.emitter);
        uint64 index = uint64(uint256(seen.topics[2]));
        (Entry memory entry, uint64 parkedAt, uint64 unlockAt, address payee) =
            abi.decode(seen.data, (Entry, uint64, uint64, address));
        _move(HUB, chain, index, entry, Stage.InFlight, Stage.Parked);
        _parks.push(Park(chain, index, entry, parkedAt, unlockAt, payee));
    }

    function _noticeReturned(Vm.Log memory seen) private {
        uint8 chain = _siteOf(seen.emitter);
        uint64 index = uint64(uint256(seen.topics[1]));
        _move(HUB, chain, index, laneLogs[HUB][chain].entries[index], Stage.Parked, Stage.Returned);
        Entry memory release = laneLogs[HUB][chain].entries[index];
        Entry memory back = laneLogs[chain][HUB].entries[uint64(uint256(seen.topics[2]))];
        if (back.kind() != KIND_RETURNED || back.ref() != index || back.party != release.hash()) {
            _violated("10: what goes back says which release it was");
        }
    }

    function _end(uint8 from, uint64 index, Stage before, Stage next) internal {
        _move(from, HUB, index, laneLogs[from][HUB].entries[index], before, next);
    }

    function _move(uint8 from, uint8 to, uint64 index, Entry memory entry, Stage before, Stage next) private {
        if (_stages[from][to][index] != before) {
            _violated("4: an entry took effect twice, or out of turn");
            return;
        }
        _stages[from][to][index] = next;
        mapping(Stage => uint256) storage sums = _sums[from == HUB ? to : from][entry.asset()][entry.kind()];
        mapping(Stage => uint256) storage tally = _tally[from][to];
        if (before != Stage.None) {
            sums[before] -= entry.amount();
            --tally[before];
        }
        sums[next] += entry.amount();
        ++tally[next];
        ++reached[next];
    }

    function _chainOf(bytes32 eidTopic) internal view returns (uint8) {
        return uint8(uint256(eidTopic) - chains[HUB].eid);
    }

    function _siteOf(address emitter) internal view returns (uint8) {
        for (uint8 i = 0; i < 3; ++i) {
            if (emitter == address(chains[i].gateway) || emitter == address(chains[i].vault)) return i;
        }
        revert("no site");
    }
}
