// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Halt, IGateway} from "../interfaces/IGateway.sol";
import {ITipJar} from "../interfaces/ITipJar.sol";

/// @title TipJar
/// @notice Holds tips and nothing else: no collateral, no role, no owner. Settlement does not depend on it.
contract TipJar is ITipJar, ReentrancyGuardTransient {
    struct Jar {
        uint128 held;
        uint64 paidCount;
        uint64 paidAt;
    }

    uint256 internal constant BPS = 10_000;
    uint256 internal constant MAX_MARGIN_BPS = 5_000;
    /// @dev What the measured part leaves out: the transaction itself, its calldata, and paying.
    uint256 internal constant OVERHEAD_GAS = 21_000 + 1_000 + 20_000;
    uint64 internal constant EVERYTHING = type(uint64).max;

    IGateway public immutable gateway;
    uint256 public immutable marginBps;
    uint64 public immutable interval;
    mapping(uint32 dstEid => Jar) public jarOf;

    constructor(IGateway gateway_, uint256 marginBps_, uint64 interval_) {
        if (marginBps_ > MAX_MARGIN_BPS) revert MarginTooHigh(MAX_MARGIN_BPS, marginBps_);
        gateway = gateway_;
        marginBps = marginBps_;
        interval = interval_;
    }

    /// @dev Networks give back what they didn't use, by way of the gateway.
    receive() external payable {
        if (msg.sender != address(gateway)) revert PaymentUnexpected(msg.sender);
    }

    /// @dev Not while a dispatch runs, which measures what the networks took by this contract's balance.
    function tip(uint32 dstEid) external payable nonReentrant {
        if (msg.value == 0) revert TipZero();
        // No dispatch would ever take it out again.
        if (gateway.windowLimit(dstEid) == 0) revert IGateway.LaneNotOpen(dstEid);
        if (gateway.haltOf(dstEid) == Halt.Closed) revert IGateway.LaneIsHalted(dstEid, Halt.Closed);
        jarOf[dstEid].held += uint128(msg.value);
        emit Tipped(dstEid, msg.sender, msg.value);
    }

    function dispatch(uint32 dstEid, uint8 paths) external nonReentrant returns (uint64 count, uint256 reward) {
        uint256 gasBefore = gasleft();
        Jar memory jar = jarOf[dstEid];
        if (block.timestamp < jar.paidAt + interval) revert TooSoon(dstEid, jar.paidAt + interval);
        uint256 fee = gateway.quoteDispatch(dstEid, paths);
        if (jar.held < fee) revert JarTooLow(dstEid, jar.held, fee);

        uint256 before = address(this).balance;
        // Not forced: what the gateway calls an exact repeat is not paid for.
        count = gateway.dispatch{value: fee}(dstEid, EVERYTHING, paths, address(this), false);
        if (count <= jar.paidCount) revert NothingNewer(dstEid, jar.paidCount, count);
        fee = before - address(this).balance;
        // The network may have been told before, directly: then there was nothing left for it to carry.
        if (fee == 0) revert NetworkFeeZero(dstEid, paths);

        uint256 cost = (gasBefore - gasleft() + OVERHEAD_GAS) * block.basefee;
        reward = cost + (cost + fee) * marginBps / BPS;
        if (reward > jar.held - fee) reward = jar.held - fee;
        jarOf[dstEid] = Jar(uint128(jar.held - fee - reward), count, uint64(block.timestamp));
        emit DispatchPaid(dstEid, count, msg.sender, fee, reward);
        (bool isPaid,) = msg.sender.call{value: reward}("");
        if (!isPaid) revert RewardNotPaid(msg.sender, reward);
    }
}
