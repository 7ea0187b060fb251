// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC7786Recipient} from "@openzeppelin/contracts/interfaces/draft-IERC7786.sol";
import {Ignored} from "../types/Commitment.sol";
import {Direction} from "../types/Direction.sol";
import {Entry} from "../types/Entry.sol";
import {LaneId} from "../types/LaneId.sol";

/// @notice Why a lane no longer executes, in the order of what it stops. Nothing that came over a halted lane is paid,
/// credited or finished.
enum Halt {
    None,
    /// @dev Two attestations, or an attestation and the executed log, differ at one count.
    Contradiction,
    /// @dev A peer gives back a release that this side never posted. Found by the app, which reads entries.
    FalseReturn,
    /// @dev A peer acknowledged a head that this side never sealed. Nothing more is posted to that peer either.
    FalseAck,
    /// @dev The council closed the lane, for good and both ways.
    Closed
}

/// @title Gateway: one append-only log per lane, replicated by its heads
/// @notice Terms: docs/glossary.md. Bytes: docs/messages.md. Life of an entry: docs/lifecycle.md.
interface IGateway is IERC7786Recipient {
    // ── events ──────────────────────────────────────────────────────────────────────────────────────────────────────

    event LaneOpened(uint32 indexed eid, uint256 chainId, address peer, uint256 epoch, LaneId outLane, LaneId inLane);
    event PathAdded(uint32 indexed eid, uint8 indexed path, address adapter, bool isNetwork);
    event WindowLimitTightened(uint32 indexed dstEid, uint8 limit);
    event WindowLimitLoosened(uint32 indexed dstEid, uint8 limit);

    event EntryPosted(uint32 indexed dstEid, uint64 indexed index, Entry entry);
    event WindowSealed(uint32 indexed dstEid, uint64 indexed count, bytes32 root, bytes32 head);
    event Dispatched(
        uint32 indexed dstEid, uint64 indexed count, bytes32 head, uint64 ackCount, bytes32 ackHead, uint8 paths
    );

    event Attested(uint32 indexed srcEid, uint64 indexed count, uint8 indexed path, bytes32 head);
    event AttestationIgnored(uint32 indexed srcEid, uint8 indexed path, bytes32 receiveId, Ignored reason);
    event Acknowledged(uint32 indexed dstEid, uint8 indexed path, uint64 ackCount);
    event WindowExecuted(uint32 indexed srcEid, uint64 indexed count, bytes32 head, uint8 paths);

    /// @notice Evidence. `otherPath` is 255 where the other witness is the executed log itself.
    event Contradicted(
        uint32 indexed srcEid, uint64 indexed count, uint8 path, bytes32 head, uint8 otherPath, bytes32 otherHead
    );
    event FalselyAcknowledged(
        uint32 indexed dstEid, uint8 indexed path, uint64 ackCount, bytes32 expected, bytes32 actual
    );
    event LaneHalted(uint32 indexed eid, Halt reason);
    event HaltLifted(uint32 indexed eid, Halt reason);
    event LaneClosed(uint32 indexed eid);

    /// @notice Nothing that it attested or vouched for counts any more.
    event PathDisabled(uint32 indexed eid, uint8 indexed path);
    /// @notice A path's word now stands behind what was executed up to `count`.
    event Vouched(uint32 indexed srcEid, uint8 indexed path, uint64 count);
    event Quarantined(uint32 indexed srcEid, uint8 indexed path, uint64 indexed count, bytes32 head);
    event QuarantineLifted(uint32 indexed srcEid, uint8 indexed path, uint64 indexed count, bytes32 head);

    /// @notice `until` in Unix seconds; zero when the pause was ended.
    event PauseSet(uint32 indexed eid, Direction indexed direction, uint64 until);

    // ── errors ──────────────────────────────────────────────────────────────────────────────────────────────────────

    error OnlyApp(address caller);
    error LaneNotOpen(uint32 eid);
    error LaneAlreadyOpen(uint32 eid);
    error LaneEndInvalid(uint32 eid, uint256 chainId, address peer);
    error LaneIsHalted(uint32 eid, Halt reason);
    error LaneIsPaused(uint32 eid, Direction direction, uint64 until);
    error OnlyPauseController(address caller);
    error PauseControllerZero();
    error PathIndexTaken(uint32 eid, uint8 path);
    error PathInvalid(uint32 eid, address adapter);
    error PathsFull(uint32 eid);
    error PathNotEnabled(uint32 eid, uint8 path);
    error LanesFull(uint256 most);
    error LaneNotHalted(uint32 eid);
    /// @dev What one of the enabled paths attested is still in quarantine.
    error QuarantineNotEmpty(uint32 eid, uint256 attestations);
    error QuarantineUnknown(uint32 eid, uint8 path, uint64 count);
    /// @dev The path did not attest that head at that count.
    error AttestationUnknown(uint32 eid, uint8 path, uint64 count, bytes32 head);
    /// @dev The shown nodes agree with what is held against them.
    error NoContradiction(uint32 eid, uint64 count, bytes32 head);
    /// @dev The start of the nodes, or a count beyond them: they say nothing of it.
    error CountNotShown(uint32 eid, uint64 count);
    error NothingVouched(uint32 eid, uint8 path, uint64 count);
    error WindowLimitNotTighter(uint8 current, uint8 requested);
    error WindowLimitNotLooser(uint8 current, uint8 requested);

    error NothingToSeal(uint32 dstEid, uint64 count);
    error NotSealed(uint32 dstEid, uint64 count, uint64 sealedCount);
    /// @dev Each of `paths` was given exactly this last.
    error AlreadyDispatched(uint32 dstEid, uint8 paths, uint64 count, uint64 ackCount);
    error RefundToZero();
    error RefundFailed(address refundTo, uint256 value);
    error UnexpectedPayment(address sender);

    error ValueNotZero(uint256 value);
    error PeerUnknown(bytes sender);
    error CallerNotPath(uint32 srcEid, address caller);

    error NoWindows(uint32 srcEid);
    error PathsNotEnabled(uint32 eid, uint8 enabled, uint8 paths);
    error PathsTooFew(uint32 srcEid, uint256 required, uint256 actual);
    error NetworkPathMissing(uint32 srcEid, uint8 networks, uint8 paths);
    error PathsNotAttested(uint32 srcEid, uint8 paths);
    error EntryCountMismatch(uint256 expected, uint256 actual);
    /// @dev The shown entries and suffix give `actual` at `count`, where `path` attested `expected`.
    error LaneHeadMismatch(uint32 srcEid, uint8 path, uint64 count, bytes32 expected, bytes32 actual);

    // ── setting up: roles of the access manager ─────────────────────────────────────────────────────────────────────

    /// @notice Opens both directions between here and a peer gateway, once.
    /// @param epoch 0 for a pair's first lane; a new deployment that replaces a closed one takes the next.
    function openLane(uint32 eid, uint256 chainId, address peer, uint256 epoch) external;

    /// @notice Enables an adapter for both directions of a lane at a free index. It keeps the index for ever, also once it is
    /// disabled: what was verified for it stays verified elsewhere.
    /// @param isNetwork A message network (LayerZero, Wormhole), as opposed to our own watchers.
    function addPath(uint32 eid, uint8 path, address adapter, bool isNetwork) external;

    /// @notice Lowers the number of entries at which a window seals itself, should gas be repriced.
    function tightenWindow(uint32 dstEid, uint8 limit) external;

    /// @notice Raises it again, to at most 128.
    function loosenWindow(uint32 dstEid, uint8 limit) external;

    // ── stopping ────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @notice Writes a pause; the pause controller only. Paused in: nothing from there executes. Paused out: nothing is
    /// posted to there, but what was given back (kind 4).
    /// @param until Unix seconds; zero ends it.
    function setPause(uint32 eid, Direction direction, uint64 until) external;

    /// @notice Ends a path, at once and for good: everything it ever attested or vouched for is void. No quorum falls with it;
    /// another adapter may come at a free index.
    function disablePath(uint32 eid, uint8 path) external;

    /// @notice Ends a lane for good, both ways; its log was forked, or its other end is gone. Money stays where it is, and what
    /// an escape has to prove stays as it was.
    function closeLane(uint32 eid) external;

    /// @notice Halts a lane by evidence, shown by anyone: `path` attested the head at the end of `nodes`, which makes all of them
    /// its word; and at `count`, where `nodes` have another head or none, `otherPath` attested something.
    /// @param startHead The head before the first node. Nothing is known of its count, but that of the lane's id, which is zero.
    /// @param nodes Root and count of windows in a row, 40 bytes each.
    /// @param otherPath Also `path` itself; or 255: the executed log.
    function contradict(
        uint32 srcEid,
        bytes32 startHead,
        bytes calldata nodes,
        uint8 path,
        uint64 count,
        uint8 otherPath
    ) external;

    /// @notice The pause controller only: keeps the lane paused in until the council has looked at this attestation.
    function quarantine(uint32 srcEid, uint8 path, uint64 count, bytes32 head) external;

    /// @notice The pause controller only: the attestation was in order. The pause stays, and may end.
    function liftQuarantine(uint32 srcEid, uint8 path, uint64 count) external;

    /// @notice The pause controller only: what halted the lane is dealt with. Not while anything is in quarantine, and never
    /// once the lane is closed.
    function liftHalt(uint32 eid) external;

    /// @notice Halts a lane for evidence that only its app can read: the peer gives back what was never released. The app
    /// only.
    function reportFalseReturn(uint32 srcEid) external;

    // ── source ──────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @notice Appends an entry; the app only, and not where `accepts` says no. Seals by itself when it fills a window.
    function post(uint32 dstEid, Entry calldata entry) external returns (uint64 index);

    /// @notice Closes the open window. Anyone may.
    function seal(uint32 dstEid) external returns (uint64 count);

    /// @notice Sends a sealed count and the acknowledgement over some paths, and returns what is left of the value.
    /// Anyone may, again and over any subset.
    /// @param count A sealed count, or the largest uint64: seal what is open, then send the newest.
    /// @param paths Bit mask of enabled paths.
    /// @param force Send over a path also what it was given last; otherwise such a path is left out.
    function dispatch(uint32 dstEid, uint64 count, uint8 paths, address refundTo, bool force)
        external
        payable
        returns (uint64 dispatchedCount);

    /// @return fee In wei, the sum over `paths`.
    function quoteDispatch(uint32 dstEid, uint8 paths) external view returns (uint256 fee);

    // ── destination ─────────────────────────────────────────────────────────────────────────────────────────────────

    /// @notice Executes the next windows, each whole, on the word of at least two paths. Anyone may.
    /// @param counts End of each window, rising.
    /// @param entries All entries of these windows, in order.
    /// @param suffix Nodes of later windows, 40 bytes each, up to the highest count that a named path attested.
    /// @param paths Bit mask: each must have attested the end of the last window, or a node of the suffix.
    function execute(
        uint32 srcEid,
        uint64[] calldata counts,
        Entry[] calldata entries,
        bytes calldata suffix,
        uint8 paths
    ) external;

    /// @notice Shows that another path's word stands behind what was executed: large entries wait for a third one. Anyone may.
    /// @param count What the path attested, executed here; or, with a suffix, the executed count.
    /// @param suffix Nodes from the executed head up to what the path attested, when that is further on.
    function vouch(uint32 srcEid, uint8 path, uint64 count, bytes calldata suffix) external;

    // ── views ───────────────────────────────────────────────────────────────────────────────────────────────────────

    function eid() external view returns (uint32);
    function app() external view returns (address);
    function pauseController() external view returns (address);
    function outbox(uint32 dstEid) external view returns (uint64 posted, uint64 sealed_, bytes32 head);
    function inbox(uint32 srcEid) external view returns (uint64 executed, bytes32 head);
    function sealedHead(uint32 dstEid, uint64 count) external view returns (bytes32);
    function executedHead(uint32 srcEid, uint64 count) external view returns (bytes32);

    /// @return head Zero where the path did not attest that count.
    /// @return seenAt Unix seconds.
    function attestation(uint32 srcEid, uint8 path, uint64 count) external view returns (bytes32 head, uint64 seenAt);

    /// @return count The highest of our counts that the peer acknowledged over this path.
    /// @return seenAt Unix seconds when it rose to that.
    function acknowledged(uint32 dstEid, uint8 path) external view returns (uint64 count, uint64 seenAt);

    /// @return The number of enabled paths that vouch for an executed index.
    function quorum(uint32 srcEid, uint64 index) external view returns (uint256);

    function haltOf(uint32 eid) external view returns (Halt);

    /// @return Unix seconds of the last evidence against it, or zero where it is not halted. Where evidence comes twice in a
    /// second, the later one counts as a second later.
    function haltedAt(uint32 eid) external view returns (uint64);

    /// @return Seconds of a clock that stands still while the lane is halted or paused in. Unlock times are told on it.
    function clock(uint32 srcEid) external view returns (uint64);

    /// @return Whether what came over the lane may be paid, credited or finished now: not halted, not paused in.
    function isFlowing(uint32 srcEid) external view returns (bool);

    /// @return Attestations of enabled paths in quarantine.
    function quarantined(uint32 srcEid) external view returns (uint256);
    function isQuarantined(uint32 srcEid, uint8 path, uint64 count) external view returns (bool);

    /// @return Every lane, in the order in which they were opened.
    function eids() external view returns (uint32[] memory);

    /// @return Unix seconds; in the past, or zero, where nothing is paused.
    function pausedUntil(uint32 eid, Direction direction) external view returns (uint64);

    /// @return Whether `post` to that peer takes entries of value now: the lane is open, not paused out, not closed, and its
    /// peer has acknowledged nothing false.
    function accepts(uint32 dstEid) external view returns (bool);
    function laneIds(uint32 eid) external view returns (LaneId outLane, LaneId inLane);
    function pathsOf(uint32 eid) external view returns (address[8] memory adapters, uint8 enabled, uint8 networks);
    function windowLimit(uint32 dstEid) external view returns (uint8);
}
