// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ICollateralVault} from "../../../../contracts/interfaces/ICollateralVault.sol";
import {Direction} from "../../../../contracts/types/Direction.sol";
import {Entry, KIND_DEPOSIT, makeEntry} from "../../../../contracts/types/Entry.sol";
import {Deploy} from "../Deploy.sol";
import {Logs, Log, Proof} from "../Logs.sol";
import {TestPath} from "../TestPath.sol";
import {PausedCases, Under} from "./PausedCases.sol";

/// @dev Each function of A's gateway, on its lane with the hub.
abstract contract PausedGateway is PausedCases {
    using Logs for Log;

    function _addGatewayCases() internal {
        _add("Gateway.addPath", _gatewayAddPath);
        _add("Gateway.closeLane", _gatewayCloseLane);
        _add("Gateway.contradict", _gatewayContradict);
        _add("Gateway.disablePath", _gatewayDisablePath);
        _add("Gateway.dispatch", _gatewayDispatch);
        _add("Gateway.execute", _gatewayExecute);
        _add("Gateway.liftHalt", _gatewayLiftHalt);
        _add("Gateway.liftQuarantine", _gatewayLiftQuarantine);
        _add("Gateway.loosenWindow", _gatewayLoosenWindow);
        _add("Gateway.openLane", _gatewayOpenLane);
        _add("Gateway.post", _gatewayPost);
        _add("Gateway.quarantine", _gatewayQuarantine);
        _add("Gateway.receiveMessage", _gatewayReceiveMessage);
        _add("Gateway.reportFalseReturn", _gatewayReportFalseReturn);
        _add("Gateway.seal", _gatewaySeal);
        _add("Gateway.setAuthority", _gatewaySetAuthority);
        _add("Gateway.setPause", _gatewaySetPause);
        _add("Gateway.tightenWindow", _gatewayTightenWindow);
        _add("Gateway.vouch", _gatewayVouch);
    }

    function _thirdPath() internal returns (TestPath path) {
        return Deploy.testPath(address(_gateway()), _eid(), chains[there].name);
    }

    function _gatewayAddPath(Under under) internal returns (bool, bytes memory) {
        address path = address(_thirdPath());
        _stop(under);
        return _asUs(address(_gateway()), abi.encodeCall(_gateway().addPath, (_eid(), 2, path, true)));
    }

    function _gatewayCloseLane(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _asUs(address(_gateway()), abi.encodeCall(_gateway().closeLane, (_eid())));
    }

    /// @dev One path's log has a window from 0 to 50; another says something of 20.
    function _gatewayContradict(Under under) internal returns (bool, bytes memory) {
        bytes32 start = _gateway().executedHead(_eid(), 0);
        _hear(chains[here].network, _said(50, keccak256(abi.encode(start, JUNK, uint256(50)))));
        _hear(chains[here].watchers, _said(20, JUNK));
        _stop(under);
        bytes memory nodes = abi.encodePacked(JUNK, uint64(50));
        return _as(
            anyone,
            address(_gateway()),
            abi.encodeCall(_gateway().contradict, (_eid(), start, nodes, NETWORK, 20, WATCHERS))
        );
    }

    function _gatewayDisablePath(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _asUs(address(_gateway()), abi.encodeCall(_gateway().disablePath, (_eid(), NETWORK)));
    }

    function _gatewayDispatch(Under under) internal returns (bool, bytes memory) {
        _deposit(A, USD, trader, 50);
        _stop(under);
        return
            _as(
                anyone, address(_gateway()), abi.encodeCall(_gateway().dispatch, (_eid(), EVERYTHING, 2, anyone, false))
            );
    }

    /// @dev A release of the asset.
    function _gatewayExecute(Under under) internal returns (bool isDone, bytes memory reason) {
        _withdraw(A, USD, trader, 100, trader);
        Proof memory proof = _proofOf(HUB, A);
        uint256 before = tokenOf[A][USD].balanceOf(trader);
        _stop(under);
        (isDone, reason) = _executeAs(anyone, proof);
        if (isDone && tokenOf[A][USD].balanceOf(trader) != before + 100) {
            return _instead(bytes4(ICollateralVault.ReleaseParked.selector));
        }
    }

    function _gatewayLiftHalt(Under under) internal returns (bool, bytes memory) {
        if (under != Under.Closed) _contradict();
        _stop(under);
        return _as(address(_controller()), address(_gateway()), abi.encodeCall(_gateway().liftHalt, (_eid())));
    }

    function _gatewayLiftQuarantine(Under under) internal returns (bool, bytes memory) {
        _hear(chains[here].network, _said(9, JUNK));
        vm.prank(pauser);
        _controller().quarantine(_eid(), NETWORK, 9, JUNK);
        _stop(under);
        return _as(
            address(_controller()), address(_gateway()), abi.encodeCall(_gateway().liftQuarantine, (_eid(), NETWORK, 9))
        );
    }

    function _gatewayLoosenWindow(Under under) internal returns (bool, bytes memory) {
        _gateway().tightenWindow(_eid(), 64);
        _stop(under);
        return _asUs(address(_gateway()), abi.encodeCall(_gateway().loosenWindow, (_eid(), 128)));
    }

    function _gatewayOpenLane(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _asUs(address(_gateway()), abi.encodeCall(_gateway().openLane, (9, 77, anyone, 0)));
    }

    function _gatewayPost(Under under) internal returns (bool, bytes memory) {
        Entry memory entry = makeEntry(KIND_DEPOSIT, USD, chains[A].eid, 0, 1, account, bytes32(0));
        _stop(under);
        return _as(_gateway().app(), address(_gateway()), abi.encodeCall(_gateway().post, (_eid(), entry)));
    }

    function _gatewayQuarantine(Under under) internal returns (bool, bytes memory) {
        _hear(chains[here].network, _said(9, JUNK));
        _stop(under);
        return _as(
            address(_controller()),
            address(_gateway()),
            abi.encodeCall(_gateway().quarantine, (_eid(), NETWORK, 9, JUNK))
        );
    }

    /// @dev Recorded, not just received.
    function _gatewayReceiveMessage(Under under) internal returns (bool isDone, bytes memory reason) {
        _stop(under);
        (isDone, reason) = _hear(chains[here].network, _said(9, JUNK));
        (bytes32 head,) = _gateway().attestation(_eid(), NETWORK, 9);
        assertEq(head, JUNK, "attested");
    }

    function _gatewayReportFalseReturn(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _as(_gateway().app(), address(_gateway()), abi.encodeCall(_gateway().reportFalseReturn, (_eid())));
    }

    function _gatewaySeal(Under under) internal returns (bool, bytes memory) {
        _deposit(A, USD, trader, 50);
        _stop(under);
        return _as(anyone, address(_gateway()), abi.encodeCall(_gateway().seal, (_eid())));
    }

    function _gatewaySetAuthority(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _setAuthority(address(_gateway()));
    }

    function _setAuthority(address target) internal returns (bool, bytes memory) {
        return _as(_authority(), target, abi.encodeWithSignature("setAuthority(address)", address(chains[B].manager)));
    }

    function _gatewaySetPause(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        uint64 until = uint64(vm.getBlockTimestamp() + 2 days);
        return _as(
            address(_controller()),
            address(_gateway()),
            abi.encodeCall(_gateway().setPause, (_eid(), Direction.In, until))
        );
    }

    function _gatewayTightenWindow(Under under) internal returns (bool, bytes memory) {
        _stop(under);
        return _asUs(address(_gateway()), abi.encodeCall(_gateway().tightenWindow, (_eid(), 64)));
    }

    function _gatewayVouch(Under under) internal returns (bool, bytes memory) {
        TestPath path = _thirdPath();
        _gateway().addPath(_eid(), 2, address(path), true);
        (uint64 executed, bytes32 head) = _gateway().inbox(_eid());
        _hear(address(path), _said(executed, head));
        _stop(under);
        return _as(anyone, address(_gateway()), abi.encodeCall(_gateway().vouch, (_eid(), 2, executed, "")));
    }
}
