// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Actions} from "./Actions.sol";
import {Checks} from "./Checks.sol";
import {Fate} from "./Ghosts.sol";

/// @dev docs/invariants.md, against whoever owns any one path of each lane: nothing is lost, no log forks, and every lane is
/// alive again at the end. A call of a handler that reverts is a failure too.
/// forge-config: default.invariant.fail-on-revert = true
/// forge-config: deep.invariant.fail-on-revert = true
/// forge-config: default.invariant.depth = 80
contract InvariantOnePath is Checks {
    function setUp() public {
        _deployAll();
        targetSelector(FuzzSelector(address(handler), Actions.ofOnePath()));
        targetContract(address(handler));
    }

    function invariant_onePath() public view {
        _checkAll();
        for (uint8 chain = 1; chain <= 2; ++chain) {
            assertFalse(handler.isTouched(chain), "5: one path forks no log");
            assertEq(handler.tally(0, chain, Fate.Void), 0, "10: nothing that was posted is void");
        }
    }

    function afterInvariant() public {
        handler.heal();
        _checkHealed();
    }
}
