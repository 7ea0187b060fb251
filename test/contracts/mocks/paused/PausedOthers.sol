// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IPauseController} from "../../../../contracts/interfaces/IPauseController.sol";
import {ITipJar} from "../../../../contracts/interfaces/ITipJar.sol";
import {Commitment} from "../../../../contracts/types/Commitment.sol";
import {Reconciliation} from "../../../../contracts/types/Reconciliation.sol";
import {Scope} from "../../../../contracts/types/Scope.sol";
import {Deploy} from "../Deploy.sol";
import {ILayerZeroPath, IWatcherPath, Remote} from "../Interfaces.sol";
import {LayerZeroStack, Stack} from "../LayerZeroStack.sol";
import {Monitors} from "../Monitors.sol";
import {Under} from "./PausedCases.sol";
import {PausedHub} from "./PausedHub.sol";

/// @dev Each function of A's pause controller, paths and tip jar.
abstract contract PausedOthers is PausedHub {
    using LayerZeroStack for Stack;

    function _addOtherCases() internal {
        _add("PauseController.freeze", _controllerFreeze);
        _add("PauseController.freezeAll", _controllerFreezeAll);
        _add("PauseController.liftQuarantine", _controllerLiftQuarantine);
        _add("PauseController.pause", _controllerPause);
        _add("PauseController.pauseAll", _controllerPauseAll);
        _add("PauseController.proposeResume", _controllerProposeResume);
        _add("PauseController.quarantine", _controllerQuarantine);
        _add("PauseController.removeKey", _controllerRemoveKey);
        _add("PauseController.resume", _controllerResume);
        _add("PauseController.setAuthority", _controllerSetAuthority);
        _add("PauseController.setKey", _controllerSetKey);
        _add("PauseController.vetoResume", _controllerVetoResume);
        _add("LayerZeroPath.attestVerified", _networkAttestVerified);
        _add("LayerZeroPath.deliver", _networkDeliver);
        _add("LayerZeroPath.lzReceive", _networkLzReceive);
        _add("LayerZeroPath.nilify", _networkNilify);
        _add("LayerZeroPath.openRemote", _networkOpenRemote);
        _add("LayerZeroPath.renounceOwnership", _networkRenounceOwnership);
        _add("LayerZeroPath.sendMessage", _networkSendMessage);
        _add("LayerZeroPath.setAuthority", _networkSetAuthority);
        _add("LayerZeroPath.setDelegate", _networkSetDelegate);
        _add("LayerZeroPath.setPeer", _networkSetPeer);
        _add("LayerZeroPath.skip", _networkSkip);
        _add("LayerZeroPath.transferOwnership", _networkTransferOwnership);
        _add("WatcherPath.attest", _watchersAttest);
        _add("WatcherPath.openRemote", _watchersOpenRemote);
        _add("WatcherPath.sendMessage", _watchersSendMessage);
        _add("WatcherPath.setAuthority", _watchersSetAuthority);
        _add("TipJar.dispatch", _jarDispatch);
        _add("TipJar.tip", _jarTip);
    }

    // ── the pause controller ────────────────────────────────────────────────────────────────────────────────────────

    function _asController(address who, bytes memory data) internal returns (bool, bytes memory) {
        return _as(who, address(_controller()), data);
    }

    function _controllerFreeze(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _asController(guardian, abi.encodeCall(_controller().freeze, (Scope.In, _eid())));
    }

    function _controllerFreezeAll(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _asController(guardian, abi.encodeCall(_controller().freezeAll, ()));
    }

    function _controllerLiftQuarantine(Under under) internal returns (bool, bytes memory) {
        _hear(chains[here].network, _said(9, JUNK));
        vm.prank(pauser);
        _controller().quarantine(_eid(), NETWORK, 9, JUNK);
        _stop(under);
        return _asController(address(this), abi.encodeCall(_controller().liftQuarantine, (_eid(), NETWORK, 9)));
    }

    function _controllerPause(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _asController(pauser, abi.encodeCall(_controller().pause, (Scope.Out, _eid())));
    }

    function _controllerPauseAll(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _asController(pauser, abi.encodeCall(_controller().pauseAll, ()));
    }

    function _controllerProposeResume(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        (Scope scope, uint32 id) = _scopeOf(under);
        return _asController(address(this), abi.encodeCall(_controller().proposeResume, (scope, id)));
    }

    function _controllerQuarantine(Under under) internal returns (bool, bytes memory) {
        _hear(chains[here].network, _said(9, JUNK));
        _stop(under);
        return _asController(pauser, abi.encodeCall(_controller().quarantine, (_eid(), NETWORK, 9, JUNK)));
    }

    function _controllerRemoveKey(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _asController(address(this), abi.encodeCall(_controller().removeKey, (pauser)));
    }

    function _controllerResume(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        (Scope scope, uint32 id) = _scopeOf(under);
        _controller().proposeResume(scope, id);
        vm.warp(vm.getBlockTimestamp() + Deploy.RESUME_DELAY);
        Reconciliation memory found = Monitors.read(_controller(), scope, id);
        bytes memory signatures = Monitors.sign(_controller(), found, monitors);
        return _asController(address(this), abi.encodeCall(_controller().resume, (scope, id, found, signatures)));
    }

    function _controllerSetAuthority(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _setAuthority(address(_controller()));
    }

    function _controllerSetKey(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _asController(address(this), abi.encodeCall(_controller().setKey, (anyone, IPauseController.Key.Pauser)));
    }

    function _controllerVetoResume(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        (Scope scope, uint32 id) = _scopeOf(under);
        _controller().proposeResume(scope, id);
        return _asController(guardian, abi.encodeCall(_controller().vetoResume, (scope, id)));
    }

    // ── LayerZero's path ────────────────────────────────────────────────────────────────────────────────────────────

    function _network() internal view returns (ILayerZeroPath) {
        return ILayerZeroPath(chains[A].network);
    }

    /// @dev A packet from the hub that both verifiers have verified.
    function _verified() internal {
        _withdraw(A, USD, trader, 50, trader);
        _dispatch(HUB, A);
        _verify(A, 0);
        _verify(A, 1);
    }

    function _asNetwork(address who, bytes memory data) internal returns (bool, bytes memory) {
        return _as(who, address(_network()), data);
    }

    function _networkAttestVerified(Under under) internal returns (bool, bytes memory) {
        _verified();
        _stop(under);
        return _asNetwork(
            anyone, abi.encodeCall(_network().attestVerified, (_eid(), packet.nonce, packet.guid, packet.message))
        );
    }

    function _networkDeliver(Under under) internal returns (bool, bytes memory) {
        _verified();
        _stop(under);
        return
            _asNetwork(anyone, abi.encodeCall(_network().deliver, (_eid(), packet.nonce, packet.guid, packet.message)));
    }

    /// @dev As an executor does it, by the endpoint.
    function _networkLzReceive(Under under) internal returns (bool, bytes memory) {
        _verified();
        _commit(A);
        _stop(under);
        return _as(
            anyone,
            address(stacks[A].endpoint),
            abi.encodeCall(
                stacks[A].endpoint.lzReceive, (_origin(HUB), address(_network()), packet.guid, packet.message, "")
            )
        );
    }

    function _networkNilify(Under under) internal returns (bool, bytes memory) {
        _verified();
        _commit(A);
        _stop(under);
        return
            _asNetwork(
                address(this), abi.encodeCall(_network().nilify, (_eid(), packet.nonce, keccak256(packet.payload)))
            );
    }

    function _networkOpenRemote(Under under) internal returns (bool, bytes memory) {
        stacks[A].connect(chains[B].eid);
        Remote memory remote = _remote(A, B);
        _stop(under);
        return _asNetwork(address(this), abi.encodeCall(_network().openRemote, (remote)));
    }

    /// @dev The path is its own owner, and calls none of these.
    function _ownersAlone(bytes memory data) internal returns (bool isDone, bytes memory reason) {
        (isDone, reason) = _asNetwork(address(this), data);
        if (bytes4(reason) == ILayerZeroPath.OwnableUnauthorizedAccount.selector) return _instead(NOT_APPLICABLE);
    }

    function _networkRenounceOwnership(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _ownersAlone(abi.encodeWithSignature("renounceOwnership()"));
    }

    function _networkTransferOwnership(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _ownersAlone(abi.encodeWithSignature("transferOwnership(address)", anyone));
    }

    function _networkSetDelegate(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _ownersAlone(abi.encodeCall(_network().setDelegate, (anyone)));
    }

    function _networkSetPeer(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _ownersAlone(abi.encodeCall(_network().setPeer, (_eid(), JUNK)));
    }

    function _networkSendMessage(Under under) internal returns (bool, bytes memory) {
        bytes memory payload = _commitment(A, HUB, 0).encode();
        uint256 fee = _network().quote(chains[HUB].name, payload);
        vm.deal(address(_gateway()), fee);
        _stop(under);
        vm.prank(address(_gateway()));
        return address(_network()).call{value: fee}(
            abi.encodeCall(_network().sendMessage, (chains[HUB].name, payload, new bytes[](0)))
        );
    }

    function _networkSetAuthority(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _setAuthority(address(_network()));
    }

    /// @dev The next nonce, which nobody has verified.
    function _networkSkip(Under under) internal returns (bool, bytes memory) {
        _withdraw(A, USD, trader, 50, trader);
        _dispatch(HUB, A);
        _stop(under);
        return _asNetwork(address(this), abi.encodeCall(_network().skip, (_eid(), packet.nonce)));
    }

    // ── the watchers' path ──────────────────────────────────────────────────────────────────────────────────────────

    function _watchers() internal view returns (IWatcherPath) {
        return IWatcherPath(chains[A].watchers);
    }

    function _watchersAttest(Under under) internal returns (bool, bytes memory) {
        Commitment memory commitment = _commitment(HUB, A, 0);
        vm.chainId(chains[A].id);
        bytes memory signatures = _signatures(A, commitment);
        _stop(under);
        return _as(anyone, address(_watchers()), abi.encodeCall(_watchers().attest, (_eid(), commitment, signatures)));
    }

    function _watchersOpenRemote(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _asUs(
            address(_watchers()),
            abi.encodeCall(_watchers().openRemote, (chains[B].eid, chains[B].id, address(chains[B].gateway)))
        );
    }

    function _watchersSendMessage(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _as(
            address(_gateway()),
            address(_watchers()),
            abi.encodeCall(_watchers().sendMessage, (chains[HUB].name, "payload", new bytes[](0)))
        );
    }

    function _watchersSetAuthority(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _setAuthority(address(_watchers()));
    }

    // ── the tip jar ─────────────────────────────────────────────────────────────────────────────────────────────────

    function _jar() internal returns (ITipJar jar) {
        bytes memory args = abi.encode(address(_gateway()), uint256(1000), uint256(30));
        jar = ITipJar(Deploy.create("TipJar.sol:TipJar", args));
        jar.tip{value: 1 ether}(_eid());
    }

    function _jarDispatch(Under under) internal returns (bool, bytes memory) {
        _deposit(A, USD, trader, 50);
        ITipJar jar = _jar();
        _stop(under);
        return _as(anyone, address(jar), abi.encodeCall(jar.dispatch, (_eid(), ONLY_NETWORK)));
    }

    function _jarTip(Under under) internal returns (bool, bytes memory) {
        ITipJar jar = _jar();
        _stop(under);
        return address(jar).call{value: 1}(abi.encodeCall(jar.tip, (_eid())));
    }
}
