// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {ILaneApp} from "../../../contracts/interfaces/ILaneApp.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {Entry} from "../../../contracts/types/Entry.sol";

/// @dev Stands behind a gateway: posts what it is told, and remembers what the gateway executed.
contract TestApp is ILaneApp {
    IGateway public gateway;
    uint64 public executed;
    bytes32 public digest;
    mapping(uint64 index => uint256 times) public timesExecuted;
    mapping(uint16 asset => uint64) public assetPausedUntil;
    bytes internal _inside;
    uint16[] internal _assets;
    uint128[] internal _amounts;

    error InsideFailed(bytes reason);

    function setGateway(IGateway gateway_) external {
        gateway = gateway_;
    }

    /// @dev A call to the gateway made while it executes.
    function setInside(bytes calldata data) external {
        _inside = data;
    }

    function post(uint32 dstEid, Entry calldata entry) external returns (uint64) {
        return gateway.post(dstEid, entry);
    }

    function postMany(uint32 dstEid, Entry calldata entry, uint256 times) external {
        for (uint256 i = 0; i < times; ++i) {
            gateway.post(dstEid, entry);
        }
    }

    function onEntries(uint32, uint64 firstIndex, Entry[] calldata entries) external {
        require(msg.sender == address(gateway), "not the gateway");
        for (uint256 i = 0; i < entries.length; ++i) {
            ++timesExecuted[firstIndex + uint64(i)];
            digest = keccak256(abi.encode(digest, entries[i].word, entries[i].account, entries[i].party));
        }
        executed = firstIndex + uint64(entries.length);
        if (_inside.length != 0) {
            (bool isDone, bytes memory reason) = address(gateway).call(_inside);
            if (!isDone) revert InsideFailed(reason);
        }
    }

    // ── what a pause controller asks an app ─────────────────────────────────────────────────────────────────────────

    function setFigures(uint16[] calldata assets, uint128[] calldata amounts) external {
        (_assets, _amounts) = (assets, amounts);
    }

    function figures(uint32, Direction) external view returns (uint16[] memory, uint128[] memory) {
        return (_assets, _amounts);
    }

    function lanesOf(uint16) external view returns (uint32[] memory) {
        return gateway.eids();
    }

    function setAssetPause(uint16 asset, uint64 until) external {
        assetPausedUntil[asset] = until;
    }
}
