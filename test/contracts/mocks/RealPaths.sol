// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Vm} from "forge-std/Vm.sol";
import {Commitment} from "../../../contracts/types/Commitment.sol";
import {Deploy} from "./Deploy.sol";
import {Deployment} from "./Deployment.sol";
import {ExecutorConfig, ILayerZeroPath, IWatcherPath, Origin, Remote} from "./Interfaces.sol";
import {IEndpoint, IUln, IWorker, LayerZeroStack, Stack} from "./LayerZeroStack.sol";
import {Roles} from "./Roles.sol";
import {Watchers} from "./Watchers.sol";

struct Packet {
    bytes header;
    bytes payload;
    uint64 nonce;
    bytes32 guid;
    bytes message;
}

/// @dev The deployment on the real LayerZero contracts and the watchers' path.
abstract contract RealPaths is Deployment {
    using LayerZeroStack for Stack;

    uint128 internal constant RECEIVE_GAS = 200_000;

    Stack[3] internal stacks;
    uint256[] internal watcherKeys;
    Packet internal packet;

    function _deployPaths(uint8 i) internal override {
        if (watcherKeys.length == 0) watcherKeys = Watchers.keys("watcher", 3);
        Stack storage stack = stacks[i];
        stack.deploy(chains[i].eid);
        address gateway = address(chains[i].gateway);
        address authority = address(chains[i].manager);
        chains[i].network = address(Deploy.layerZeroPath(address(stack.endpoint), gateway, authority, RECEIVE_GAS));
        chains[i].watchers = address(Deploy.watcherPath(gateway, authority, Watchers.addresses(watcherKeys), 2));
        Roles.ofPath(chains[i].manager, chains[i].network);
        Roles.ofPath(chains[i].manager, chains[i].watchers);
    }

    function _openRemotes(uint8 here, uint8 there) internal override {
        stacks[here].connect(chains[there].eid);
        ILayerZeroPath(chains[here].network).openRemote(_remote(here, there));
        IWatcherPath(chains[here].watchers)
            .openRemote(chains[there].eid, chains[there].id, address(chains[there].gateway));
    }

    function _remote(uint8 here, uint8 there) internal view returns (Remote memory remote) {
        Stack storage stack = stacks[here];
        remote.eid = chains[there].eid;
        remote.chainId = chains[there].id;
        remote.gateway = address(chains[there].gateway);
        remote.path = chains[there].network;
        remote.sendLibrary = stack.sendUln;
        remote.receiveLibrary = stack.receiveUln;
        remote.executor = ExecutorConfig(10_000, stack.executor);
        remote.sendConfig = stack.pinned();
        remote.receiveConfig = stack.pinned();
    }

    // ── what a relayer does ─────────────────────────────────────────────────────────────────────────────────────────

    function _dispatch(uint8 from, uint8 to) internal returns (uint64 count) {
        _quoted(from, to);
        vm.chainId(chains[from].id);
        count = chains[from].gateway.dispatch{value: 1 ether}(chains[to].eid, EVERYTHING, BOTH, address(0xfee), false);
        _follow();
    }

    function _quoted(uint8 from, uint8 to) internal view returns (uint256) {
        return chains[from].gateway.quoteDispatch(chains[to].eid, BOTH);
    }

    /// @dev Keeps the packet that the endpoint sent.
    function _notice(Vm.Log memory seen) internal virtual override {
        if (seen.topics[0] != IEndpoint.PacketSent.selector) return;
        (bytes memory encoded,,) = abi.decode(seen.data, (bytes, bytes, address));
        this.keep(encoded);
    }

    function keep(bytes calldata encoded) external {
        packet =
            Packet(encoded[:81], encoded[81:], uint64(bytes8(encoded[1:9])), bytes32(encoded[81:113]), encoded[113:]);
    }

    function _verify(uint8 to, uint256 dvn) internal {
        vm.chainId(chains[to].id);
        IWorker(stacks[to].dvns[dvn]).execute(stacks[to].verification(dvn, packet.header, keccak256(packet.payload)));
    }

    function _commit(uint8 to) internal {
        IUln(stacks[to].receiveUln).commitVerification(packet.header, keccak256(packet.payload));
    }

    function _origin(uint8 from) internal view returns (Origin memory) {
        return Origin(chains[from].eid, bytes32(uint256(uint160(chains[from].network))), packet.nonce);
    }

    function _receive(uint8 from, uint8 to) internal {
        stacks[to].endpoint.lzReceive(_origin(from), chains[to].network, packet.guid, packet.message, "");
    }

    function _watch(uint8 from, uint8 to, Commitment memory commitment) internal {
        bytes memory signatures = _signatures(to, commitment);
        IWatcherPath(chains[to].watchers).attest(chains[from].eid, commitment, signatures);
    }

    function _signatures(uint8 to, Commitment memory commitment) internal view returns (bytes memory) {
        bytes32 digest = IWatcherPath(chains[to].watchers).digestOf(commitment);
        return abi.encodePacked(Watchers.sign(watcherKeys[0], digest), Watchers.sign(watcherKeys[1], digest));
    }

    /// @dev Both paths, from a real dispatch.
    function _attest(uint8 from, uint8 to, uint64 count) internal override {
        Commitment memory commitment = _commitment(from, to, count);
        _dispatch(from, to);
        _verify(to, 0);
        _verify(to, 1);
        _commit(to);
        _receive(from, to);
        _watch(from, to, commitment);
    }
}
