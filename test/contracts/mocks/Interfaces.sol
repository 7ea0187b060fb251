// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ICollateralVault} from "../../../contracts/interfaces/ICollateralVault.sol";
import {IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {IPath} from "../../../contracts/interfaces/IPath.sol";
import {Commitment} from "../../../contracts/types/Commitment.sol";

// Tests name contracts by interfaces and deploy their artifacts: importing a contract would compile it with the tests'
// settings, and what is tested and measured is what is deployed.

interface IVault is ICollateralVault {
    function gateway() external view returns (IGateway);
    function hubEid() external view returns (uint32);
    function eid() external view returns (uint32);
    function push(address token, address recipient, uint256 local) external;
}

interface IHub is IClearingHouse {
    function gateway() external view returns (IGateway);
}

interface IWatcherPath is IPath {
    event WatcherAdded(address indexed watcher);

    error ThresholdInvalid(uint256 threshold, uint256 watchers);
    error WatcherInvalid(address watcher);
    error SignaturesLengthMismatch(uint256 expected, uint256 actual);
    error SignerNotWatcher(address signer);
    error SignersNotAscending(address previous, address signer);

    function openRemote(uint32 eid, uint256 chainId, address remote) external;
    function attest(uint32 srcEid, Commitment calldata commitment, bytes calldata signatures) external;
    function digestOf(Commitment calldata commitment) external view returns (bytes32);
    function isWatcher(address watcher) external view returns (bool);
    function threshold() external view returns (uint256);
}

struct UlnConfig {
    uint64 confirmations;
    uint8 requiredDVNCount;
    uint8 optionalDVNCount;
    uint8 optionalDVNThreshold;
    address[] requiredDVNs;
    address[] optionalDVNs;
}

struct ExecutorConfig {
    uint32 maxMessageSize;
    address executor;
}

struct Remote {
    uint32 eid;
    uint256 chainId;
    address gateway;
    address path;
    address sendLibrary;
    address receiveLibrary;
    ExecutorConfig executor;
    UlnConfig sendConfig;
    UlnConfig receiveConfig;
}

struct Origin {
    uint32 srcEid;
    bytes32 sender;
    uint64 nonce;
}

interface ILayerZeroPath is IPath {
    error UlnConfigNotPinned(uint32 eid);
    error LibraryMissing(uint32 eid);
    error ReceiveGasZero();
    error NotVerified(uint32 srcEid, uint64 nonce, bytes32 expected, bytes32 actual);
    error OnlyEndpoint(address addr);
    error OnlyPeer(uint32 eid, bytes32 sender);
    error NoPeer(uint32 eid);
    error OwnableUnauthorizedAccount(address account);

    function openRemote(Remote calldata remote) external;
    function deliver(uint32 srcEid, uint64 nonce, bytes32 guid, bytes calldata message) external;
    function attestVerified(uint32 srcEid, uint64 nonce, bytes32 guid, bytes calldata message) external;
    function receiveLibraryOf(uint32 eid) external view returns (address);
    function skip(uint32 srcEid, uint64 nonce) external;
    function nilify(uint32 srcEid, uint64 nonce, bytes32 payloadHash) external;
    function receiveGas() external view returns (uint128);
    function owner() external view returns (address);
    function peers(uint32 eid) external view returns (bytes32);
    function setPeer(uint32 eid, bytes32 peer) external;
    function setDelegate(address delegate) external;
    function lzReceive(Origin calldata origin, bytes32 guid, bytes calldata message, address executor, bytes calldata)
        external
        payable;
}
