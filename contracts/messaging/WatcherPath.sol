// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Commitment} from "../types/Commitment.sol";
import {Path} from "./Path.sol";

/// @title WatcherPath: commitments attested by m of n watchers
/// @notice Each watcher makes the source's log again from the finalized history of its own nodes and signs what comes
/// out (EIP-712). Anyone may bring m signatures here. The set is fixed: a change of watchers is a new contract at a
/// free index of the lane, since signatures for an old set stay valid for ever.
/// The signed lane id names both ends and the epoch; the domain names this chain and this contract.
contract WatcherPath is Path, EIP712 {
    bytes32 public constant COMMITMENT_TYPEHASH =
        keccak256("Commitment(bytes32 lane,uint64 count,bytes32 head,uint64 ackCount,bytes32 ackHead)");

    uint256 internal constant SIGNATURE_LENGTH = 65;

    /// @dev m, at least two: a path is never one key.
    uint256 public immutable threshold;
    mapping(address watcher => bool) public isWatcher;
    uint256 internal _sends;

    event WatcherAdded(address indexed watcher);

    error ThresholdInvalid(uint256 threshold, uint256 watchers);
    error WatcherInvalid(address watcher);
    error SignaturesLengthMismatch(uint256 expected, uint256 actual);
    error SignerNotWatcher(address signer);
    error SignersNotAscending(address previous, address signer);

    constructor(address gateway_, address authority, address[] memory watchers, uint256 threshold_)
        Path(gateway_, authority)
        EIP712("Weighlock Watcher", "1")
    {
        if (threshold_ < 2 || threshold_ > watchers.length) revert ThresholdInvalid(threshold_, watchers.length);
        threshold = threshold_;
        for (uint256 i = 0; i < watchers.length; ++i) {
            if (watchers[i] == address(0) || isWatcher[watchers[i]]) revert WatcherInvalid(watchers[i]);
            isWatcher[watchers[i]] = true;
            emit WatcherAdded(watchers[i]);
        }
    }

    function openRemote(uint32 eid, uint256 chainId, address remote) external restricted {
        _openRemote(eid, chainId, remote);
    }

    /// @notice Attests a commitment of `srcEid`'s gateway.
    /// @dev Anyone may show signatures again, or under another eid: the gateway takes that for a repeat or another lane.
    /// @param signatures Exactly `threshold` × 65 bytes, in ascending order of the signer's address.
    function attest(uint32 srcEid, Commitment calldata commitment, bytes calldata signatures) external {
        bytes32 digest = digestOf(commitment);
        _checkSignatures(digest, signatures);
        _deliver(srcEid, digest, commitment.encode());
    }

    /// @return What a watcher signs.
    function digestOf(Commitment calldata commitment) public view returns (bytes32) {
        return _hashTypedDataV4(
            keccak256(
                abi.encode(
                    COMMITMENT_TYPEHASH,
                    commitment.lane,
                    commitment.count,
                    commitment.head,
                    commitment.ackCount,
                    commitment.ackHead
                )
            )
        );
    }

    /// @notice Watchers read the log by themselves; there is nothing to pay and nothing to send.
    function quote(bytes calldata recipient, bytes calldata) external view returns (uint256) {
        _eidOf(recipient);
        return 0;
    }

    /// @dev Not zero: the watchers' signatures are the further processing that ERC-7786 asks to announce.
    function _send(uint32, bytes calldata payload) internal override returns (bytes32 sendId) {
        if (msg.value != 0) revert ValueNotAccepted(msg.value);
        return keccak256(abi.encode(++_sends, keccak256(payload)));
    }

    function _checkSignatures(bytes32 digest, bytes calldata signatures) internal view {
        uint256 expected = threshold * SIGNATURE_LENGTH;
        if (signatures.length != expected) revert SignaturesLengthMismatch(expected, signatures.length);
        address previous;
        for (uint256 offset = 0; offset < expected; offset += SIGNATURE_LENGTH) {
            address signer = ECDSA.recoverCalldata(digest, signatures[offset:offset + SIGNATURE_LENGTH]);
            if (signer <= previous) revert SignersNotAscending(previous, signer);
            if (!isWatcher[signer]) revert SignerNotWatcher(signer);
            previous = signer;
        }
    }
}
