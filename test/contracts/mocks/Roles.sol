// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {ICollateralVault} from "../../../contracts/interfaces/ICollateralVault.sol";
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
        _set(manager, gateway, IGateway.loosenWindow.selector, WIRING);
        _set(manager, gateway, IGateway.closeLane.selector, WIRING);
        _set(manager, gateway, IGateway.tightenWindow.selector, GUARDIAN);
        _set(manager, gateway, IGateway.disablePath.selector, GUARDIAN);
        ofPauseController(manager, IGateway(gateway).pauseController());
    }

    function ofPauseController(IAccessManager manager, address controller) internal {
        _set(manager, controller, IPauseController.liftQuarantine.selector, WIRING);
        _set(manager, controller, IPauseController.proposeResume.selector, WIRING);
        _set(manager, controller, IPauseController.resume.selector, WIRING);
        _set(manager, controller, IPauseController.setKey.selector, WIRING);
        _set(manager, controller, IPauseController.removeKey.selector, GUARDIAN);
    }

    function ofPath(IAccessManager manager, address path) internal {
        _set(manager, path, ILayerZeroPath.openRemote.selector, WIRING);
        _set(manager, path, IWatcherPath.openRemote.selector, WIRING);
    }

    function ofVault(IAccessManager manager, address vault) internal {
        _set(manager, vault, ICollateralVault.listAsset.selector, LISTING);
        _set(manager, vault, ICollateralVault.loosenAsset.selector, LISTING);
        _set(manager, vault, ICollateralVault.clearRelease.selector, LISTING);
        _set(manager, vault, ICollateralVault.strike.selector, LISTING);
        _set(manager, vault, ICollateralVault.tightenAsset.selector, GUARDIAN);
        _set(manager, vault, ICollateralVault.vetoRelease.selector, GUARDIAN);
    }

    function ofHub(IAccessManager manager, address hub) internal {
        _set(manager, hub, IClearingHouse.listAsset.selector, LISTING);
        _set(manager, hub, IClearingHouse.loosenAsset.selector, LISTING);
        _set(manager, hub, IClearingHouse.tightenAsset.selector, GUARDIAN);
    }

    function _set(IAccessManager manager, address target, bytes4 selector, uint64 role) private {
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = selector;
        manager.setTargetFunctionRole(target, selectors, role);
    }
}
