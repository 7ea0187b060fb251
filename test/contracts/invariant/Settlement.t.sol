// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Actions} from "./Actions.sol";
import {Checks} from "./Checks.sol";

/// @dev docs/invariants.md, by number. A call of a handler that reverts is a failure too.
/// forge-config: default.invariant.fail-on-revert = true
/// forge-config: deep.invariant.fail-on-revert = true
contract SettlementInvariants is Checks {
    function setUp() public {
        _deployAll();
        targetSelector(FuzzSelector(address(handler), Actions.all()));
        targetContract(address(handler));
    }

    function invariant_settlement() public view {
        _checkAll();
    }

    function afterInvariant() public {
        handler.heal();
        _checkHealed();
    }
}
