// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IGateway} from "./IGateway.sol";

/// @title TipJar: native tips that pay for dispatching a lane
/// @notice Anyone tips a lane. Whoever dispatches, through the jar, a count that it has not paid for yet, over a message
/// network that was not just told the same, is paid the gas at `block.basefee` and a margin; the jar pays the networks'
/// fees. Nobody has to use it: the gateway dispatches for anyone. Amounts in wei.
///
/// Posting dust to be paid for carrying it empties a jar by one dispatch an `interval`, no faster. What is tipped stays
/// until it is spent: there is no way back.
interface ITipJar {
    event Tipped(uint32 indexed dstEid, address indexed from, uint256 value);
    event DispatchPaid(uint32 indexed dstEid, uint64 indexed count, address indexed to, uint256 fee, uint256 reward);

    error TipZero();
    error MarginTooHigh(uint256 most, uint256 actual);
    error NothingNewer(uint32 dstEid, uint64 paidCount, uint64 count);
    error TooSoon(uint32 dstEid, uint64 payableAt);
    /// @dev No message network carried it.
    error NetworkFeeZero(uint32 dstEid, uint8 paths);
    error JarTooLow(uint32 dstEid, uint256 held, uint256 required);
    error RewardNotPaid(address to, uint256 reward);
    error PaymentUnexpected(address sender);

    /// @notice Adds to an open lane's jar.
    function tip(uint32 dstEid) external payable;

    /// @notice Seals what is open, dispatches it, and pays the caller out of the lane's jar: all of the cost and the margin,
    /// or what is left after the networks' fees.
    /// @return count What was dispatched.
    /// @return reward What the caller was paid.
    function dispatch(uint32 dstEid, uint8 paths) external returns (uint64 count, uint256 reward);

    function gateway() external view returns (IGateway);

    /// @return Of the cost, in hundredths of a percent.
    function marginBps() external view returns (uint256);

    /// @return Seconds between two paid dispatches of one lane: nobody earns margins by posting dust.
    function interval() external view returns (uint64);

    /// @return held What the lane's jar holds.
    /// @return paidCount The highest count that was paid for.
    /// @return paidAt Unix seconds.
    function jarOf(uint32 dstEid) external view returns (uint128 held, uint64 paidCount, uint64 paidAt);
}
