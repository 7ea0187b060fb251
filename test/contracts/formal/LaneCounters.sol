// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Counters} from "../../../contracts/types/Counters.sol";

/// @notice A lane's counters, as `post`, `seal`, `tightenWindow` and `loosenWindow` move them.
/// @custom:engine chc
contract LaneCounters {
    uint8 internal constant MAX_WINDOW = 128;

    Counters internal _counters;

    function openLane() external {
        require(_counters.windowLimit == 0);
        _counters.windowLimit = MAX_WINDOW;
    }

    function post() external {
        Counters memory counters = _counters;
        require(counters.windowLimit != 0);
        counters.posted = counters.afterPost();
        if (counters.mustSeal()) counters.sealed_ = counters.afterSeal();
        _counters = counters;
    }

    function seal() external {
        Counters memory counters = _counters;
        require(counters.posted != counters.sealed_);
        counters.sealed_ = counters.afterSeal();
        _counters = counters;
    }

    function tighten(uint8 limit) external {
        Counters memory counters = _counters;
        require(limit != 0 && limit < counters.windowLimit);
        counters.windowLimit = limit;
        if (counters.mustSeal()) counters.sealed_ = counters.afterSeal();
        _counters = counters;
    }

    function loosen(uint8 limit) external {
        Counters memory counters = _counters;
        require(counters.windowLimit != 0 && limit > counters.windowLimit && limit <= MAX_WINDOW);
        counters.windowLimit = limit;
        _counters = counters;
    }

    function check() external view {
        // proves: what is sealed has been posted
        assert(_counters.sealed_ <= _counters.posted);
        // proves: the open window is smaller than the limit, also after the limit was tightened
        assert(_counters.windowLimit == 0 || _counters.posted - _counters.sealed_ < _counters.windowLimit);
        // reaches: something is sealed and something is not
        assert(_counters.sealed_ == 0 || _counters.posted == _counters.sealed_);
    }
}
