// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {LaneLog} from "../../../contracts/libraries/LaneLog.sol";
import {Counters} from "../../../contracts/types/Counters.sol";

/// @notice A lane's counters, one step at a time, from every state in which the invariant holds.
/// @custom:engine bmc
contract LaneCountersStep {
    function _isSound(Counters memory counters) internal pure returns (bool) {
        return counters.sealed_ <= counters.posted && counters.windowLimit <= LaneLog.MAX_WINDOW
            && (counters.windowLimit == 0
                    ? counters.posted == counters.sealed_
                    : counters.posted - counters.sealed_ < counters.windowLimit);
    }

    function open() external pure {
        Counters memory counters;
        counters.windowLimit = 128;
        // proves: a lane starts with sealed ≤ posted and its open window below the limit
        assert(_isSound(counters));
    }

    function post(Counters memory counters) external pure {
        require(counters.windowLimit != 0 && _isSound(counters));
        uint48 before = counters.posted;
        counters.posted = counters.afterPost();
        // proves: a post adds one entry
        assert(counters.posted == before + 1);
        if (counters.mustSeal()) {
            // proves: what a post seals is a window as executing takes it: 1 to 128 entries
            assert(LaneLog.isWindow(counters.sealed_, counters.posted));
            counters.sealed_ = counters.afterSeal();
        }
        // proves: a post keeps sealed ≤ posted and the open window below the limit
        assert(_isSound(counters));
    }

    function seal(Counters memory counters) external pure {
        require(counters.posted != counters.sealed_ && _isSound(counters));
        // proves: what anyone seals is a window as executing takes it: 1 to 128 entries
        assert(LaneLog.isWindow(counters.sealed_, counters.posted));
        uint48 before = counters.sealed_;
        counters.sealed_ = counters.afterSeal();
        // proves: what is sealed only rises
        assert(counters.sealed_ > before);
        // proves: a seal keeps sealed ≤ posted and the open window below the limit
        assert(_isSound(counters));
    }

    function tighten(Counters memory counters, uint8 limit) external pure {
        require(limit != 0 && limit < counters.windowLimit && _isSound(counters));
        counters.windowLimit = limit;
        if (counters.mustSeal()) {
            // proves: what a tightened limit seals is a window as executing takes it: 1 to 128 entries
            assert(LaneLog.isWindow(counters.sealed_, counters.posted));
            counters.sealed_ = counters.afterSeal();
        }
        // proves: a tightened limit keeps sealed ≤ posted and the open window below it
        assert(_isSound(counters));
    }

    function loosen(Counters memory counters, uint8 limit) external pure {
        require(counters.windowLimit != 0 && limit > counters.windowLimit && _isSound(counters));
        require(limit <= LaneLog.MAX_WINDOW);
        counters.windowLimit = limit;
        // proves: a loosened limit keeps sealed ≤ posted and the open window below it
        assert(_isSound(counters));
    }

    /// @dev A chain holds fewer than 2^48 entries.
    function execute(uint48 executed, uint64 count) external pure {
        require(count <= type(uint48).max && LaneLog.isWindow(executed, count));
        // proves: what is executed rises with each window, by at most 128
        assert(count > executed && count <= uint64(executed) + 128);
        // reaches: a window is executed
        assert(count == executed);
    }
}
