// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IGateway} from "../interfaces/IGateway.sol";
import {ILaneApp} from "../interfaces/ILaneApp.sol";
import {IPauseController} from "../interfaces/IPauseController.sol";
import {Direction} from "../types/Direction.sol";
import {LaneState, Reconciliation} from "../types/Reconciliation.sol";
import {Scope} from "../types/Scope.sol";
import {NO_END, prolongs} from "../types/Stops.sol";

/// @title PauseController
/// @notice Pausers stop a direction of a lane, an asset, or all value-out, at once and for a day; guardians until the council
/// resumes. Whose key may stop is known here, so that an access manager that is broken or owned can't keep anyone from it. The
/// decision is written where it is read: lanes in the gateway, assets in its app.
///
/// The way back is the council's: proposed, open to a guardian's veto for `resumeDelay`, and carried out with what m of n
/// monitors signed within the hour. "In order" is data: each lane's executed head, and the figures of its books, which must be
/// what they are here at that moment. A stop that came after the proposal needs a proposal of its own.
contract PauseController is IPauseController, AccessManaged, EIP712 {
    uint64 public constant PAUSE_SECONDS = 1 days;
    uint64 public constant PROPOSAL_SECONDS = 7 days;
    uint64 public constant RECONCILIATION_SECONDS = 1 hours;
    uint256 internal constant SIGNATURE_LENGTH = 65;

    IGateway public immutable gateway;
    Direction public immutable valueOut;
    uint64 public immutable resumeDelay;
    uint256 public immutable monitorThreshold;

    mapping(address who => Key) public keyOf;
    mapping(Scope scope => mapping(uint32 id => Proposal)) internal _proposals;
    /// @dev Of pauses; a halt's is the gateway's.
    mapping(Scope scope => mapping(uint32 id => uint64)) internal _pausedAt;

    constructor(
        IGateway gateway_,
        Direction valueOut_,
        uint64 resumeDelay_,
        uint256 monitorThreshold_,
        address authority
    ) AccessManaged(authority) EIP712("Weighlock Monitor", "1") {
        if (gateway_.pauseController() != address(this)) {
            revert ControllerNotOfGateway(address(this), gateway_.pauseController());
        }
        if (resumeDelay_ == 0) revert ResumeDelayZero();
        if (monitorThreshold_ == 0) revert MonitorThresholdTooLow(monitorThreshold_);
        gateway = gateway_;
        valueOut = valueOut_;
        resumeDelay = resumeDelay_;
        monitorThreshold = monitorThreshold_;
    }

    // ── stopping ────────────────────────────────────────────────────────────────────────────────────────────────────

    function pause(Scope scope, uint32 id) external {
        _checkCanPause();
        _stop(scope, id, uint64(block.timestamp) + PAUSE_SECONDS);
    }

    function pauseAll() external {
        _checkCanPause();
        _stopAll(uint64(block.timestamp) + PAUSE_SECONDS);
    }

    function freeze(Scope scope, uint32 id) external {
        _checkGuardian();
        _stop(scope, id, NO_END);
    }

    function freezeAll() external {
        _checkGuardian();
        _stopAll(NO_END);
    }

    function quarantine(uint32 srcEid, uint8 path, uint64 count, bytes32 head) external {
        _checkCanPause();
        // A repeat must not undo what the council has proposed since.
        if (gateway.isQuarantined(srcEid, path, count)) return;
        gateway.quarantine(srcEid, path, count, head);
        _noteStop(Scope.In, srcEid, NO_END);
    }

    function _stopAll(uint64 until) internal {
        uint32[] memory eids = gateway.eids();
        Scope scope = valueOut == Direction.In ? Scope.In : Scope.Out;
        for (uint256 i = 0; i < eids.length; ++i) {
            _stop(scope, eids[i], until);
        }
    }

    function _stop(Scope scope, uint32 id, uint64 until) internal {
        if (!prolongs(_stoppedUntil(scope, id), until, uint64(block.timestamp))) return;
        if (scope == Scope.Asset) ILaneApp(gateway.app()).setAssetPause(_asset(id), until);
        else gateway.setPause(id, scope == Scope.In ? Direction.In : Direction.Out, until);
        _noteStop(scope, id, until);
    }

    function _noteStop(Scope scope, uint32 id, uint64 until) internal {
        _pausedAt[scope][id] = uint64(block.timestamp);
        delete _proposals[scope][id];
        emit Stopped(scope, id, msg.sender, until);
    }

    function _stoppedUntil(Scope scope, uint32 id) internal view returns (uint64) {
        if (scope == Scope.Halt) revert ScopeNotPausable(scope);
        if (scope == Scope.Asset) return ILaneApp(gateway.app()).assetPausedUntil(_asset(id));
        return gateway.pausedUntil(id, scope == Scope.In ? Direction.In : Direction.Out);
    }

    // ── the way back ────────────────────────────────────────────────────────────────────────────────────────────────

    function liftQuarantine(uint32 srcEid, uint8 path, uint64 count) external restricted {
        gateway.liftQuarantine(srcEid, path, count);
    }

    function proposeResume(Scope scope, uint32 id) external restricted {
        uint64 stop = stoppedAt(scope, id);
        if (stop == 0) revert NotStopped(scope, id);
        uint64 readyAt = uint64(block.timestamp) + resumeDelay;
        _proposals[scope][id] = Proposal(stop, readyAt);
        emit ResumeProposed(scope, id, stop, readyAt);
    }

    function vetoResume(Scope scope, uint32 id) external {
        _checkGuardian();
        if (_proposals[scope][id].readyAt == 0) revert ResumeNotProposed(scope, id, 0);
        delete _proposals[scope][id];
        emit ResumeVetoed(scope, id, msg.sender);
    }

    function resume(Scope scope, uint32 id, Reconciliation calldata reconciliation, bytes calldata signatures)
        external
        restricted
    {
        uint64 stop = stoppedAt(scope, id);
        if (stop == 0) revert NotStopped(scope, id);
        Proposal memory proposal = _proposals[scope][id];
        if (proposal.stoppedAt != stop) revert ResumeNotProposed(scope, id, stop);
        uint64 expiresAt = proposal.readyAt + PROPOSAL_SECONDS;
        if (block.timestamp < proposal.readyAt || block.timestamp >= expiresAt) {
            revert ResumeNotReady(proposal.readyAt, expiresAt);
        }
        delete _proposals[scope][id];
        _checkReconciliation(scope, id, stop, reconciliation);
        _checkSignatures(digestOf(reconciliation), signatures);

        if (scope == Scope.Halt) gateway.liftHalt(id);
        else if (scope == Scope.Asset) ILaneApp(gateway.app()).setAssetPause(_asset(id), 0);
        else gateway.setPause(id, scope == Scope.In ? Direction.In : Direction.Out, 0);
        emit Resumed(scope, id, stop);
    }

    function _checkReconciliation(Scope scope, uint32 id, uint64 stop, Reconciliation calldata signed)
        internal
        view
        virtual
    {
        if (signed.scope != uint8(scope) || signed.id != id || signed.stoppedAt != stop) {
            revert ReconciliationOfOther(scope, id, stop);
        }
        if (signed.observedAt > block.timestamp || signed.observedAt + RECONCILIATION_SECONDS < block.timestamp) {
            revert ReconciliationTooOld(signed.observedAt);
        }
        uint32[] memory eids = _lanesOf(scope, id);
        if (signed.lanes.length != eids.length) revert LanesMismatch(eids.length, signed.lanes.length);
        for (uint256 i = 0; i < eids.length; ++i) {
            _checkLane(scope, id, eids[i], signed.lanes[i]);
        }
    }

    /// @dev What stands still while it is stopped must be as it was signed. What a lane that is not stopped executes meanwhile
    /// only has to go on from there.
    function _checkLane(Scope scope, uint32 id, uint32 eid, LaneState calldata signed) internal view {
        (uint64 executed,) = gateway.inbox(eid);
        bool isStill = scope == Scope.In || scope == Scope.Halt;
        if (
            signed.eid != eid || signed.executedHead == 0
                || gateway.executedHead(eid, signed.executed) != signed.executedHead
                || (isStill && signed.executed != executed)
        ) revert LaneStateMismatch(eid, signed.executed, signed.executedHead);

        Direction direction = scope == Scope.Asset ? valueOut : scope == Scope.Out ? Direction.Out : Direction.In;
        (uint16[] memory assets, uint128[] memory amounts) = ILaneApp(gateway.app()).figures(eid, direction);
        if (scope == Scope.Asset) (assets, amounts) = _onlyAsset(_asset(id), assets, amounts);
        if (keccak256(abi.encode(assets, amounts)) != keccak256(abi.encode(signed.assets, signed.amounts))) {
            revert FiguresMismatch(eid);
        }
    }

    function _onlyAsset(uint16 asset, uint16[] memory assets, uint128[] memory amounts)
        internal
        pure
        returns (uint16[] memory one, uint128[] memory its)
    {
        for (uint256 i = 0; i < assets.length; ++i) {
            if (assets[i] != asset) continue;
            (one, its) = (new uint16[](1), new uint128[](1));
            (one[0], its[0]) = (asset, amounts[i]);
        }
    }

    function _lanesOf(Scope scope, uint32 id) internal view returns (uint32[] memory eids) {
        if (scope == Scope.Asset) return ILaneApp(gateway.app()).lanesOf(_asset(id));
        eids = new uint32[](1);
        eids[0] = id;
    }

    function _checkSignatures(bytes32 digest, bytes calldata signatures) internal view virtual {
        uint256 expected = monitorThreshold * SIGNATURE_LENGTH;
        if (signatures.length != expected) revert MonitorSignaturesLength(expected, signatures.length);
        address previous;
        for (uint256 offset = 0; offset < expected; offset += SIGNATURE_LENGTH) {
            address signer = ECDSA.recoverCalldata(digest, signatures[offset:offset + SIGNATURE_LENGTH]);
            if (signer <= previous) revert MonitorsNotAscending(previous, signer);
            if (keyOf[signer] != Key.Monitor) revert SignerNotMonitor(signer);
            previous = signer;
        }
    }

    // ── keys ────────────────────────────────────────────────────────────────────────────────────────────────────────

    function setKey(address who, Key key) external restricted {
        if (who == address(0) || keyOf[who] == key) revert KeyInvalid(who, key);
        keyOf[who] = key;
        emit KeySet(who, key);
    }

    function removeKey(address who) external restricted {
        Key key = keyOf[who];
        if (key != Key.Pauser && key != Key.Monitor) revert KeyInvalid(who, key);
        delete keyOf[who];
        emit KeySet(who, Key.None);
    }

    function _checkCanPause() internal view {
        Key key = keyOf[msg.sender];
        if (key != Key.Pauser && key != Key.Guardian) revert KeyTooWeak(msg.sender, Key.Pauser, key);
    }

    function _checkGuardian() internal view {
        Key key = keyOf[msg.sender];
        if (key != Key.Guardian) revert KeyTooWeak(msg.sender, Key.Guardian, key);
    }

    // ── views ───────────────────────────────────────────────────────────────────────────────────────────────────────

    function stoppedAt(Scope scope, uint32 id) public view returns (uint64) {
        if (scope == Scope.Halt) return gateway.haltedAt(id);
        return _stoppedUntil(scope, id) > block.timestamp ? _pausedAt[scope][id] : 0;
    }

    function proposalOf(Scope scope, uint32 id) external view returns (Proposal memory) {
        return _proposals[scope][id];
    }

    function digestOf(Reconciliation calldata reconciliation) public view returns (bytes32) {
        return _hashTypedDataV4(reconciliation.structHash());
    }

    function _asset(uint32 id) internal pure returns (uint16) {
        if (id > type(uint16).max) revert NotStopped(Scope.Asset, id);
        return uint16(id);
    }
}
