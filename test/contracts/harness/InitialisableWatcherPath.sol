// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {WatcherPath} from "../../../contracts/messaging/WatcherPath.sol";

/// @dev The watchers' path as an upgradeable one would be: its watchers come by an initialiser that nobody has called yet.
contract InitialisableWatcherPath is WatcherPath {
    bool internal _isInitialised;

    constructor(address gateway_, address authority, address[] memory watchers, uint256 threshold_)
        WatcherPath(gateway_, authority, watchers, threshold_)
    {}

    function initialize(address[] calldata watchers) external {
        require(!_isInitialised, "initialised");
        _isInitialised = true;
        for (uint256 i = 0; i < watchers.length; ++i) {
            isWatcher[watchers[i]] = true;
        }
    }
}
