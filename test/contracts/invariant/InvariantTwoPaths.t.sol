// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Actions} from "./Actions.sol";
import {Checks} from "./Checks.sol";

/// @dev docs/invariants.md, against whoever owns any two paths of three to and from one vault, and any one elsewhere: at most L*
/// is lost, the third path's word stops the lane, the council closes it, and everybody else's books are as they were.
/// forge-config: default.invariant.fail-on-revert = true
/// forge-config: deep.invariant.fail-on-revert = true
/// forge-config: default.invariant.depth = 80
contract InvariantTwoPaths is Checks {
    function setUp() public {
        _deployAll();
        targetSelector(FuzzSelector(address(handler), Actions.ofTwoPaths()));
        targetContract(address(handler));
    }

    function invariant_twoPaths() public view {
        _checkAll();
    }

    function afterInvariant() public {
        handler.heal();
        _checkHealed();
        for (uint8 chain = 1; chain <= 2; ++chain) {
            if (handler.isTouched(chain)) assertTrue(handler.isEnded(chain), "12: a forged lane is closed");
        }
    }
}
