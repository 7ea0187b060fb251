// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Vm} from "forge-std/Vm.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {IPauseController} from "../../../contracts/interfaces/IPauseController.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {ILayerZeroPath, IWatcherPath} from "./Interfaces.sol";
import {TestApp} from "./TestApp.sol";
import {TestPath} from "./TestPath.sol";
import {FickleToken, TestToken} from "./Tokens.sol";

/// @dev Deploys from artifacts, so that what is tested is what is deployed. (`new` would also compile a contract once more
/// into every test that says it: minutes.)
library Deploy {
    uint64 internal constant RESUME_DELAY = 6 hours;
    uint256 internal constant MONITOR_THRESHOLD = 2;
    uint64 internal constant LARGE_WAIT = 1 days;
    uint64 internal constant LARGE_BLOCKS = 7200;

    Vm internal constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    function accessManager(address admin) internal returns (IAccessManager) {
        return IAccessManager(create("AccessManager.sol:AccessManager", abi.encode(admin)));
    }

    /// @dev With its pause controller, which comes right behind.
    function gateway(uint32 eid, address app, address authority) internal returns (IGateway) {
        return gateway("Gateway.sol:Gateway", eid, app, authority);
    }

    function gateway(string memory artifact, uint32 eid, address app, address authority) internal returns (IGateway) {
        address controller = VM.computeCreateAddress(address(this), VM.getNonce(address(this)) + 1);
        address deployed = create(artifact, abi.encode(eid, app, controller, authority));
        pauseController(deployed, Direction.In, authority);
        return IGateway(deployed);
    }

    function pauseController(address gateway_, Direction valueOut, address authority)
        internal
        returns (IPauseController)
    {
        bytes memory args = abi.encode(gateway_, valueOut, RESUME_DELAY, MONITOR_THRESHOLD, authority);
        return IPauseController(create("PauseController.sol:PauseController", args));
    }

    function watcherPath(address gateway_, address authority, address[] memory watchers, uint256 threshold)
        internal
        returns (IWatcherPath)
    {
        return IWatcherPath(create("WatcherPath.sol:WatcherPath", abi.encode(gateway_, authority, watchers, threshold)));
    }

    function layerZeroPath(address endpoint, address gateway_, address authority, uint128 receiveGas)
        internal
        returns (ILayerZeroPath)
    {
        return ILayerZeroPath(
            create("LayerZeroPath.sol:LayerZeroPath", abi.encode(endpoint, gateway_, authority, receiveGas))
        );
    }

    function testApp() internal returns (TestApp) {
        return TestApp(create("TestApp.sol:TestApp", ""));
    }

    /// @dev A path of `gateway_` that leads to `remote` behind `eid`.
    function testPath(address gateway_, uint32 eid, bytes memory remote) internal returns (TestPath path) {
        path = testPath(gateway_);
        path.setRemote(eid, remote);
    }

    function testPath(address gateway_) internal returns (TestPath) {
        return TestPath(create("TestPath.sol:TestPath", abi.encode(gateway_)));
    }

    function token(string memory symbol, uint8 decimals) internal returns (TestToken) {
        return TestToken(create("Tokens.sol:TestToken", abi.encode(symbol, decimals)));
    }

    function fickleToken(uint8 decimals) internal returns (FickleToken) {
        return FickleToken(create("Tokens.sol:FickleToken", abi.encode("FKL", decimals)));
    }

    function create(string memory artifact, bytes memory args) internal returns (address) {
        return create(abi.encodePacked(VM.getCode(artifact), args));
    }

    function create(bytes memory code) internal returns (address deployed) {
        assembly ("memory-safe") {
            deployed := create(0, add(code, 32), mload(code))
            if iszero(deployed) {
                let reason := mload(0x40)
                returndatacopy(reason, 0, returndatasize())
                revert(reason, returndatasize())
            }
        }
    }
}
