// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Direction} from "../types/Direction.sol";
import {Reconciliation} from "../types/Reconciliation.sol";
import {Scope} from "../types/Scope.sol";
import {IGateway} from "./IGateway.sol";

/// @title PauseController: who stops what on this chain, and who starts it again
/// @notice Stopping is instant, always succeeds, and needs nothing but this chain. Starting again takes the council, a delay in
/// which a guardian can say no, and the word of m of n monitors that what is to start is in order.
interface IPauseController {
    enum Key {
        None,
        /// @dev Hot: pauses for a day, and quarantines.
        Pauser,
        /// @dev Also freezes, and vetoes a resumption.
        Guardian,
        /// @dev Signs reconciliations. It has no power to stop anything.
        Monitor
    }

    /// @param stoppedAt Of the stop that it ends; a later one makes the proposal worthless.
    /// @param readyAt Unix seconds from which on it may be carried out.
    struct Proposal {
        uint64 stoppedAt;
        uint64 readyAt;
    }

    /// @notice `until` in Unix seconds; the largest uint40 where only the council ends it.
    event Stopped(Scope indexed scope, uint32 indexed id, address indexed by, uint64 until);
    event ResumeProposed(Scope indexed scope, uint32 indexed id, uint64 stoppedAt, uint64 readyAt);
    event ResumeVetoed(Scope indexed scope, uint32 indexed id, address by);
    event Resumed(Scope indexed scope, uint32 indexed id, uint64 stoppedAt);
    event KeySet(address indexed who, Key key);

    error ControllerNotOfGateway(address expected, address actual);
    error KeyTooWeak(address caller, Key required, Key actual);
    error KeyInvalid(address who, Key key);
    error ScopeNotPausable(Scope scope);
    error NotStopped(Scope scope, uint32 id);
    error ResumeNotProposed(Scope scope, uint32 id, uint64 stoppedAt);
    /// @dev Unix seconds: it may be carried out from `readyAt` and before `expiresAt`.
    error ResumeNotReady(uint64 readyAt, uint64 expiresAt);
    error ReconciliationOfOther(Scope scope, uint32 id, uint64 stoppedAt);
    /// @dev Signed over an hour ago, or in the future.
    error ReconciliationTooOld(uint64 observedAt);
    error LanesMismatch(uint256 expected, uint256 actual);
    /// @dev The lane is not as it was signed.
    error LaneStateMismatch(uint32 eid, uint64 executed, bytes32 executedHead);
    error FiguresMismatch(uint32 eid);
    error MonitorSignaturesLength(uint256 expected, uint256 actual);
    error SignerNotMonitor(address signer);
    error MonitorsNotAscending(address previous, address signer);
    error MonitorThresholdTooLow(uint256 threshold);
    /// @dev No guardian could say no.
    error ResumeDelayZero();

    /// @notice Stops a direction of a lane, or an asset, for a day. A pauser or a guardian. Where it is stopped already, nothing
    /// changes.
    function pause(Scope scope, uint32 id) external;

    /// @notice Stops all value-out of this chain for a day: the direction that pays or authorises, of every lane.
    function pauseAll() external;

    /// @notice Stops it until the council resumes. A guardian.
    function freeze(Scope scope, uint32 id) external;
    function freezeAll() external;

    /// @notice Keeps a lane paused in until the council has looked at what a path attested. A pauser or a guardian.
    function quarantine(uint32 srcEid, uint8 path, uint64 count, bytes32 head) external;

    /// @notice The council: what was attested there is in order.
    function liftQuarantine(uint32 srcEid, uint8 path, uint64 count) external;

    /// @notice The council proposes to end the current stop, which it may do after `resumeDelay`.
    function proposeResume(Scope scope, uint32 id) external;

    /// @notice A guardian says no.
    function vetoResume(Scope scope, uint32 id) external;

    /// @notice The council ends a stop.
    /// @param reconciliation Under an hour old. For an asset, with every lane of this chain; otherwise with the one lane.
    /// @param signatures Exactly `monitorThreshold` × 65 bytes, in ascending order of the signer's address.
    function resume(Scope scope, uint32 id, Reconciliation calldata reconciliation, bytes calldata signatures) external;

    /// @notice Gives a key its power, or another one.
    function setKey(address who, Key key) external;

    /// @notice Takes a pauser's or a monitor's key out, at once.
    function removeKey(address who) external;

    function gateway() external view returns (IGateway);
    function keyOf(address who) external view returns (Key);

    /// @return The direction in which value leaves: posting on the hub, payments on a vault's chain.
    function valueOut() external view returns (Direction);
    function resumeDelay() external view returns (uint64);
    function monitorThreshold() external view returns (uint256);

    /// @return Unix seconds at which the current stop began, or zero.
    function stoppedAt(Scope scope, uint32 id) external view returns (uint64);
    function proposalOf(Scope scope, uint32 id) external view returns (Proposal memory);

    /// @return What a monitor signs.
    function digestOf(Reconciliation calldata reconciliation) external view returns (bytes32);
}
