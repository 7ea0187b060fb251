// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @dev LayerZero's DVN, the one function used here.
interface IDvn {
    struct ExecuteParam {
        uint32 vid;
        address target;
        bytes callData;
        uint256 expiration;
        bytes signatures;
    }

    function execute(ExecuteParam[] calldata params) external;
}

/// @title DvnSubmitter: the only admin of our DVN
/// @notice A DVN's admin role may also set prices, take fees and grant itself. It sits behind this contract, which can
/// do none of that: it passes on what the verifier's keys have signed, from anyone.
contract DvnSubmitter {
    IDvn public immutable dvn;

    constructor(IDvn dvn_) {
        dvn = dvn_;
    }

    /// @dev Never reverts for a bad signature or a failing target: read the DVN's events.
    function execute(IDvn.ExecuteParam[] calldata params) external {
        dvn.execute(params);
    }
}
