// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Actions} from "./Actions.sol";
import {Checks} from "./Checks.sol";
import {Stage} from "./Ghosts.sol";

/// @dev The invariants say little if the actors never come to what they are for: here they do, over fixed seeds.
contract Endings is Checks {
    uint256 internal constant HISTORIES = 8;
    uint256 internal constant STEPS = 300;

    mapping(Stage => uint256) internal _reached;
    mapping(string => uint256) internal _times;

    function test_handler_reachesEveryEnding() public {
        // A test's own limit is that of a block; what windows take is measured by the invariants.
        vm.pauseGasMetering();
        string[17] memory doings = _doings();
        for (uint256 history = 0; history < HISTORIES; ++history) {
            _act(history);
            for (uint8 stage = 1; stage <= uint8(type(Stage).max); ++stage) {
                _reached[Stage(stage)] += handler.reached(Stage(stage));
            }
            for (uint256 i = 0; i < doings.length; ++i) {
                _times[doings[i]] += handler.times(doings[i]);
            }
        }
        assertGt(_reached[Stage.Credited], 0, "deposits are credited");
        assertGt(_reached[Stage.Suspended], 0, "or wait in suspense");
        assertGt(_reached[Stage.Refunded], 0, "and are refunded");
        assertGt(_reached[Stage.Served], 0, "requests are served");
        assertGt(_reached[Stage.Refused], 0, "or refused");
        assertGt(_reached[Stage.Paid], 0, "releases are paid");
        assertGt(_reached[Stage.Parked], 0, "or parked");
        assertGt(_reached[Stage.Returned], 0, "and returned");
        assertGt(_reached[Stage.Settled], 0, "and settled");
        for (uint256 i = 0; i < doings.length; ++i) {
            assertGt(_times[doings[i]], 0, string.concat("it happens: ", doings[i]));
        }
    }

    function _act(uint256 history) internal {
        _deployAll();
        bytes4[] memory actions = Actions.all();
        for (uint256 step = 0; step < STEPS; ++step) {
            uint256 seed = uint256(keccak256(abi.encode(history, step)));
            Address.functionCall(address(handler), abi.encodeWithSelector(actions[seed % actions.length], seed));
            if (step % 16 == 0) _checkAll();
        }
        _checkAll();
        handler.heal();
        _checkHealed();
    }

    function _doings() internal pure returns (string[17] memory) {
        return [
            "retried",
            "finished",
            "signed",
            "skipped",
            "halted",
            "pause",
            "resume",
            "hook",
            "lie",
            "forgery",
            "forgery behind truth",
            "execute, refused",
            "withdraw, refused",
            "false request, refused",
            "retry, refused",
            "return, refused",
            "settle by a false window, refused"
        ];
    }
}
