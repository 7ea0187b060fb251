// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {ICollateralVault} from "../../../contracts/interfaces/ICollateralVault.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {IPauseController} from "../../../contracts/interfaces/IPauseController.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {Reconciliation} from "../../../contracts/types/Reconciliation.sol";
import {Scope} from "../../../contracts/types/Scope.sol";
import {Monitors} from "../mocks/Monitors.sol";
import {Council} from "./Council.sol";
import {Role} from "./Chance.sol";

/// @dev Whoever has stolen the key of a pauser, a monitor or a relayer, and tries with it all that is not theirs.
abstract contract HotKeys is Council {
    using Monitors for IPauseController;

    function overreach(uint256 seed) external acting(seed) {
        (uint8 here, uint8 there) = _anyLane();
        uint256 whose = _roll(3);
        address thief = whose == 0 ? _pausers[_roll(2)] : whose == 1 ? vm.addr(_monitorKeys[0]) : address(0x4e1a);
        (address target, bytes memory data) = _attempt(here, there);
        _as(Role.Anyone);
        vm.prank(thief);
        (bool isDone,) = target.call{gas: CALL_GAS}(data);
        if (isDone) _violated(9, "a hot key did what only guardians or the council may");
        else _forget();
        ++times["overreach"];
    }

    function _attempt(uint8 here, uint8 there) private returns (address, bytes memory) {
        uint256 kind = _roll(4);
        uint32 eid = chains[there].eid;
        if (kind == 0) return (address(chains[here].gateway), _ofGateway(here, there, eid));
        if (kind == 1) return (address(chains[here].pauseController), _ofController(here, eid));
        if (kind == 2) return (address(hub), _ofHub(here == HUB ? there : here));
        uint8 chain = here == HUB ? there : here;
        return (address(chains[chain].vault), _ofVault(chain));
    }

    function _ofGateway(uint8 here, uint8 there, uint32 eid) private returns (bytes memory) {
        bytes[9] memory calls = [
            abi.encodeCall(IGateway.setPause, (eid, Direction(_roll(2)), 0)),
            abi.encodeCall(IGateway.liftHalt, (eid)),
            abi.encodeCall(IGateway.liftQuarantine, (eid, 0, 0)),
            abi.encodeCall(IGateway.closeLane, (eid)),
            abi.encodeCall(IGateway.disablePath, (eid, uint8(_roll(3)))),
            abi.encodeCall(IGateway.addPath, (eid, INDICES - 1, address(_adapters[here][there][0]), true)),
            abi.encodeCall(IGateway.loosenWindow, (eid, 128)),
            abi.encodeCall(IGateway.tightenWindow, (eid, 1)),
            abi.encodeCall(IGateway.reportFalseReturn, (eid))
        ];
        return calls[_roll(calls.length)];
    }

    function _ofController(uint8 chain, uint32 eid) private returns (bytes memory) {
        Scope scope = Scope(_roll(3));
        IPauseController controller = chains[chain].pauseController;
        Reconciliation memory found = controller.read(scope, eid);
        vm.chainId(chains[chain].id);
        bytes[8] memory calls = [
            // What monitors sign is worth nothing by itself.
            abi.encodeCall(IPauseController.resume, (scope, eid, found, controller.sign(found, _monitorKeys))),
            abi.encodeCall(IPauseController.proposeResume, (scope, eid)),
            abi.encodeCall(IPauseController.vetoResume, (scope, eid)),
            abi.encodeCall(IPauseController.liftQuarantine, (eid, 0, 0)),
            abi.encodeCall(IPauseController.freeze, (scope, eid)),
            abi.encodeCall(IPauseController.freezeAll, ()),
            abi.encodeCall(IPauseController.setKey, (address(0x4e1a), IPauseController.Key.Guardian)),
            abi.encodeCall(IPauseController.removeKey, (_pausers[0]))
        ];
        return calls[_roll(calls.length)];
    }

    function _ofHub(uint8 chain) private returns (bytes memory) {
        (uint16 asset, uint32 eid) = (_anyAsset(), chains[chain].eid);
        IClearingHouse.LaneRules memory rules = _laneRules();
        rules.cap /= uint128(1 + _roll(8));
        bytes[4] memory calls = [
            abi.encodeCall(IClearingHouse.loosenAsset, (eid, asset, rules)),
            abi.encodeCall(IClearingHouse.tightenAsset, (eid, asset, rules)),
            abi.encodeCall(IClearingHouse.listAsset, (eid, 9, 6, rules)),
            abi.encodeWithSignature("setAssetPause(uint16,uint64)", asset, 0)
        ];
        return calls[_roll(calls.length)];
    }

    function _ofVault(uint8 chain) private returns (bytes memory) {
        uint16 asset = _anyAsset();
        ICollateralVault.AssetRules memory rules = _vaultRules();
        rules.minDeposit += uint48(_roll(99));
        if (_parks.length != 0 && _isLucky(2)) return _ofPark(_parks[_roll(_parks.length)]);
        bytes[4] memory calls = [
            abi.encodeCall(ICollateralVault.loosenAsset, (asset, rules)),
            abi.encodeCall(ICollateralVault.tightenAsset, (asset, rules)),
            abi.encodeCall(ICollateralVault.listAsset, (9, address(tokenOf[chain][asset]), 6, rules)),
            abi.encodeWithSignature("setAssetPause(uint16,uint64)", asset, 0)
        ];
        return calls[_roll(calls.length)];
    }

    function _ofPark(Park memory park) private returns (bytes memory) {
        uint32 eid = chains[HUB].eid;
        uint256 kind = _roll(3);
        if (kind == 0) {
            return abi.encodeCall(ICollateralVault.vetoRelease, (eid, park.index, park.entry, park.terms, park.payee));
        }
        if (kind == 1) {
            return abi.encodeCall(ICollateralVault.clearRelease, (eid, park.index, park.entry, park.terms, park.payee));
        }
        return abi.encodeCall(ICollateralVault.strike, (eid, park.index, park.entry, park.terms, park.payee));
    }
}
