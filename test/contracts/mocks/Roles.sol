// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {IPauseController} from "../../../contracts/interfaces/IPauseController.sol";
import {ILayerZeroPath, IWatcherPath} from "./Interfaces.sol";

/// @dev Roles as a deployment sets them: by selector, on an access manager, one for each job.
library Roles {
    uint64 internal constant WIRING = 1;
    uint64 internal constant LISTING = 2;
    uint64 internal constant GUARDIAN = 3;

    function grantAll(IAccessManager manager, address to) internal {
        manager.grantRole(WIRING, to, 0);
        manager.grantRole(LISTING, to, 0);
        manager.grantRole(GUARDIAN, to, 0);
    }

    function ofGateway(IAccessManager manager, address gateway) internal {
        _set(manager, gateway, IGateway.openLane.selector, WIRING);
        _set(manager, gateway, IGateway.addPath.selector, WIRING);
        _set(manager, gateway, IGateway.tightenWindow.selector, GUARDIAN);
        ofPauseController(manager, IGateway(gateway).pauseController());
    }

    function ofPauseController(IAccessManager manager, address controller) internal {
        _set(manager, controller, IPauseController.resume.selector, WIRING);
        _set(manager, controller, IPauseController.addPauser.selector, WIRING);
        _set(manager, controller, IPauseController.removePauser.selector, GUARDIAN);
    }

    function ofPath(IAccessManager manager, address path) internal {
        _set(manager, path, ILayerZeroPath.openRemote.selector, WIRING);
        _set(manager, path, IWatcherPath.openRemote.selector, WIRING);
    }

    /// @dev `listAsset` of a vault or a clearing house.
    function ofApp(IAccessManager manager, address app, bytes4 listAsset) internal {
        _set(manager, app, listAsset, LISTING);
    }

    function _set(IAccessManager manager, address target, bytes4 selector, uint64 role) private {
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = selector;
        manager.setTargetFunctionRole(target, selectors, role);
    }
}
