// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {ICollateralVault} from "../../../contracts/interfaces/ICollateralVault.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {Under} from "../mocks/paused/PausedCases.sol";
import {PausedOthers} from "../mocks/paused/PausedOthers.sol";

/// @dev What stops and what stays open: every cell of test/vectors/pauses.json is called, on the real contracts. A function
/// without a case fails, and so does a case without a function; scripts/generate-pauses.mts holds the table against the ABIs.
contract PausedTest is PausedOthers {
    string internal constant TABLE = "test/vectors/pauses.json";

    mapping(string name => bytes4) internal selectorOf;
    uint256 internal functions;

    function setUp() public override {
        super.setUp();
        _addGatewayCases();
        _addVaultCases();
        _addHubCases();
        _addOtherCases();
        selectorOf["n/a"] = NOT_APPLICABLE;
        selectorOf["LaneIsPaused"] = IGateway.LaneIsPaused.selector;
        selectorOf["LaneIsHalted"] = IGateway.LaneIsHalted.selector;
        selectorOf["AssetIsPaused"] = ICollateralVault.AssetIsPaused.selector;
        selectorOf["PaymentsStopped"] = ICollateralVault.PaymentsStopped.selector;
        selectorOf["ParkNotPayable"] = ICollateralVault.ParkNotPayable.selector;
        selectorOf["FinishingStopped"] = IClearingHouse.FinishingStopped.selector;
        selectorOf["StillHeld"] = IClearingHouse.StillHeld.selector;
        selectorOf["LaneAssetPaused"] = IClearingHouse.LaneAssetPaused.selector;
        selectorOf["ReleaseParked"] = bytes4(ICollateralVault.ReleaseParked.selector);
        selectorOf["EntryHeld"] = bytes4(IClearingHouse.EntryHeld.selector);
        selectorOf["WithdrawalSkipped"] = bytes4(IClearingHouse.WithdrawalSkipped.selector);
    }

    function test_gateway() public {
        _checkAll("Gateway", A);
    }

    function test_collateralVault() public {
        _checkAll("CollateralVault", A);
    }

    function test_clearingHouse() public {
        _checkAll("ClearingHouse", HUB);
    }

    function test_pauseController() public {
        _checkAll("PauseController", A);
    }

    function test_layerZeroPath() public {
        _checkAll("LayerZeroPath", A);
    }

    function test_watcherPath() public {
        _checkAll("WatcherPath", A);
    }

    function test_tipJar() public {
        _checkAll("TipJar", A);
    }

    /// @dev The other way round: a case whose function left the table would test nothing.
    function test_everyCaseIsInTheTable() public view {
        string memory json = vm.readFile(TABLE);
        string[] memory contracts = vm.parseJsonKeys(json, "$");
        uint256 rows;
        for (uint256 i = 0; i < contracts.length; ++i) {
            string[] memory names = vm.parseJsonKeys(json, string.concat(".", contracts[i]));
            for (uint256 j = 0; j < names.length; ++j) {
                assertTrue(isCase[string.concat(contracts[i], ".", names[j])], "each function has a case");
            }
            rows += names.length;
        }
        assertEq(rows, cases, "each case has a function");
    }

    function _checkAll(string memory contract_, uint8 chain) internal {
        (here, there) = chain == HUB ? (HUB, A) : (chain, HUB);
        vm.chainId(chains[chain].id);
        string memory json = vm.readFile(TABLE);
        string[] memory names = vm.parseJsonKeys(json, string.concat(".", contract_));
        string[6] memory columns = ["in", "out", "asset", "halt", "falseAck", "closed"];
        assertGt(names.length, 0, "there are functions");
        for (uint256 i = 0; i < names.length; ++i) {
            string memory name = string.concat(contract_, ".", names[i]);
            assertTrue(isCase[name], string.concat(name, " has no case"));
            for (uint256 under = 0; under < 6; ++under) {
                string memory key = string.concat(".", name, ".", columns[under]);
                _check(name, Under(under), columns[under], vm.parseJsonString(json, key));
            }
        }
    }

    function _check(string memory name, Under under, string memory column, string memory expected) internal {
        uint256 before = vm.snapshotState();
        string memory cell = string.concat(name, " under ", column);
        (bool isDone, bytes memory reason) = caseOf[name](under);
        if (keccak256(bytes(expected)) == keccak256("open")) {
            assertTrue(isDone, string.concat(cell, " is open, and reverted: ", vm.toString(reason)));
        } else {
            assertFalse(isDone, string.concat(cell, " is open, and should be ", expected));
            assertTrue(selectorOf[expected] != 0, string.concat(expected, " is not known here"));
            assertEq(bytes4(reason), selectorOf[expected], string.concat(cell, " is ", expected));
        }
        vm.revertToStateAndDelete(before);
        // What was recorded since then has not happened.
        vm.getRecordedLogs();
    }
}
