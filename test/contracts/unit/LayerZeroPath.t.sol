// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {Halt, IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {IPath} from "../../../contracts/interfaces/IPath.sol";
import {accountOf} from "../../../contracts/types/Account.sol";
import {Commitment} from "../../../contracts/types/Commitment.sol";
import {ExecutorConfig, ILayerZeroPath, Origin, Remote, UlnConfig} from "../mocks/Interfaces.sol";
import {IEndpoint} from "../mocks/LayerZeroStack.sol";
import {RealPaths} from "../mocks/RealPaths.sol";

/// @dev On the real EndpointV2, SendUln302, ReceiveUln302, DVN and Executor.
contract LayerZeroPathTest is RealPaths {
    address internal trader = makeAddr("trader");
    uint32 internal constant NEW = 30_777;

    function _path(uint8 i) internal view returns (ILayerZeroPath) {
        return ILayerZeroPath(chains[i].network);
    }

    // ── a commitment's way ──────────────────────────────────────────────────────────────────────────────────────────

    function test_commitment_travels() public {
        _deposit(A, USD, trader, 1000);
        uint64 count = _dispatch(A, HUB);
        assertEq(packet.message, _commitment(A, HUB, count).encode(), "the message is the commitment, unchanged");
        _verify(HUB, 0);
        _verify(HUB, 1);
        _commit(HUB);
        _receive(A, HUB);
        (bytes32 head,) = chains[HUB].gateway.attestation(chains[A].eid, NETWORK, count);
        assertEq(head, chains[A].gateway.sealedHead(chains[HUB].eid, count), "attested on the hub");
    }

    function test_settlement_onBothRealPaths() public {
        _deposit(A, USD, trader, 1000);
        _relay(A, HUB);
        assertEq(hub.balanceOf(accountOf(trader, 0), USD), 1000, "credited");
        _withdraw(A, USD, trader, 400, trader);
        _relay(HUB, A);
        assertEq(tokenOf[A][USD].balanceOf(trader), 400, "and paid");
        (uint64 acknowledged,) = chains[A].gateway.acknowledged(chains[HUB].eid, NETWORK);
        assertEq(acknowledged, 1, "the release's commitment acknowledged the deposit");
        assertEq(uint8(chains[A].gateway.haltOf(chains[HUB].eid)), uint8(Halt.None), "truly");
    }

    function test_dispatch_refundsWhatTheEndpointGivesBack() public {
        _deposit(A, USD, trader, 1000);
        uint256 fee = _quoted(A, HUB);
        assertGt(fee, 0, "it costs something");
        _dispatch(A, HUB);
        assertEq(address(0xfee).balance, 1 ether - fee, "all but the quoted fee");
        assertEq(address(chains[A].gateway).balance, 0, "the gateway keeps nothing");
        assertEq(chains[A].network.balance, 0, "nor does the path");
    }

    function test_dispatch_revertsBelowTheFee() public {
        _deposit(A, USD, trader, 1000);
        uint256 fee = _quoted(A, HUB);
        vm.chainId(chains[A].id);
        vm.expectRevert();
        chains[A].gateway.dispatch{value: fee - 1}(chains[HUB].eid, EVERYTHING, BOTH, address(0xfee), false);
        chains[A].gateway.dispatch{value: fee}(chains[HUB].eid, EVERYTHING, BOTH, address(0xfee), false);
    }

    function test_commit_revertsWithOneVerifier() public {
        _deposit(A, USD, trader, 1000);
        _dispatch(A, HUB);
        _verify(HUB, 0);
        vm.expectRevert();
        this.commit(HUB);
        _verify(HUB, 1);
        _commit(HUB);
    }

    function commit(uint8 to) external {
        _commit(to);
    }

    // ── receiving ───────────────────────────────────────────────────────────────────────────────────────────────────

    function test_lzReceive_revertsForAWrongCaller() public {
        Origin memory origin = _origin(A);
        bytes memory message = _commitment(A, HUB, 0).encode();
        vm.expectRevert(abi.encodeWithSelector(ILayerZeroPath.OnlyEndpoint.selector, address(this)));
        _path(HUB).lzReceive(origin, 0, message, address(0), "");
        vm.startPrank(address(stacks[HUB].endpoint));
        origin.sender = bytes32(uint256(1));
        vm.expectRevert(abi.encodeWithSelector(ILayerZeroPath.OnlyPeer.selector, origin.srcEid, origin.sender));
        _path(HUB).lzReceive(origin, 0, message, address(0), "");
        origin.srcEid = NEW;
        vm.expectRevert(abi.encodeWithSelector(ILayerZeroPath.NoPeer.selector, NEW));
        _path(HUB).lzReceive(origin, 0, message, address(0), "");
        vm.stopPrank();
    }

    function test_lzReceive_revertsWithValue() public {
        Origin memory origin = _origin(A);
        bytes memory message = _commitment(A, HUB, 0).encode();
        vm.deal(address(stacks[HUB].endpoint), 1);
        vm.prank(address(stacks[HUB].endpoint));
        vm.expectRevert(abi.encodeWithSelector(IPath.ValueNotAccepted.selector, 1));
        _path(HUB).lzReceive{value: 1}(origin, 0, message, address(0), "");
    }

    function test_lzReceive_anythingReadableOrNotIsTaken() public {
        Origin memory origin = _origin(A);
        vm.prank(address(stacks[HUB].endpoint));
        _path(HUB).lzReceive(origin, 0, "not a commitment", address(0), "");
    }

    // ── sending ─────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_sendMessage_onlyTheGateway() public {
        vm.expectRevert(abi.encodeWithSelector(IPath.OnlyGateway.selector, address(this)));
        _path(A).sendMessage(chains[HUB].name, "payload", new bytes[](0));
    }

    function test_quote_revertsForAnUnknownRemote() public {
        vm.expectRevert(abi.encodeWithSelector(IPath.RemoteUnknown.selector, chains[B].name));
        _path(A).quote(chains[B].name, "");
    }

    // ── configuration ───────────────────────────────────────────────────────────────────────────────────────────────

    function test_config_isReadBackAsPinned() public view {
        IEndpoint endpoint = stacks[A].endpoint;
        address path = chains[A].network;
        uint32 remote = chains[HUB].eid;
        assertEq(endpoint.getSendLibrary(path, remote), stacks[A].sendUln, "its send library");
        assertFalse(endpoint.isDefaultSendLibrary(path, remote), "is its own choice");
        (address receiveLibrary, bool isDefault) = endpoint.getReceiveLibrary(path, remote);
        assertEq(receiveLibrary, stacks[A].receiveUln, "its receive library");
        assertFalse(isDefault, "too");
        UlnConfig memory send = abi.decode(endpoint.getConfig(path, stacks[A].sendUln, remote, 2), (UlnConfig));
        UlnConfig memory receive_ = abi.decode(endpoint.getConfig(path, stacks[A].receiveUln, remote, 2), (UlnConfig));
        assertEq(abi.encode(send), abi.encode(receive_), "the same in both directions here");
        assertEq(send.confirmations, 15, "confirmations");
        assertEq(send.requiredDVNs, stacks[A].dvns, "two required verifiers");
        assertEq(send.optionalDVNs.length, 0, "no optional ones");
        ExecutorConfig memory executor =
            abi.decode(endpoint.getConfig(path, stacks[A].sendUln, remote, 1), (ExecutorConfig));
        assertEq(executor.executor, stacks[A].executor, "the executor");
    }

    function test_config_nobodyCanChangeIt() public {
        ILayerZeroPath path = _path(A);
        assertEq(path.owner(), address(path), "its own owner");
        assertEq(stacks[A].endpoint.delegates(address(path)), address(path), "and its own delegate");
        bytes memory refusal = abi.encodeWithSelector(ILayerZeroPath.OwnableUnauthorizedAccount.selector, address(this));
        vm.expectRevert(refusal);
        path.setPeer(chains[HUB].eid, 0);
        vm.expectRevert(refusal);
        path.setDelegate(address(this));
    }

    function _new() internal returns (Remote memory remote) {
        vm.chainId(chains[A].id);
        remote = _remote(A, B);
    }

    function _refuse(Remote memory remote) internal {
        vm.expectRevert(abi.encodeWithSelector(ILayerZeroPath.UlnConfigNotPinned.selector, remote.eid));
        _path(A).openRemote(remote);
    }

    function test_openRemote_refusesWhatIsNotPinned() public {
        Remote memory remote = _new();
        remote.sendConfig.confirmations = 0;
        _refuse(remote);
        remote.sendConfig.confirmations = type(uint64).max;
        _refuse(remote);
        remote = _new();
        remote.receiveConfig.requiredDVNCount = 0;
        _refuse(remote);
        remote.receiveConfig.requiredDVNCount = 1;
        _refuse(remote);
        remote.receiveConfig.requiredDVNCount = 255;
        _refuse(remote);
        remote = _new();
        remote.receiveConfig.optionalDVNCount = 0;
        _refuse(remote);
        remote.receiveConfig.optionalDVNCount = 1;
        _refuse(remote);
        remote = _new();
        remote.sendConfig.optionalDVNThreshold = 1;
        _refuse(remote);
        remote = _new();
        remote.executor.executor = address(0);
        _refuse(remote);
        remote = _new();
        remote.executor.maxMessageSize = 0;
        _refuse(remote);
        // A commitment would never fit.
        remote.executor.maxMessageSize = 127;
        _refuse(remote);
    }

    function test_openRemote_refusesWhatIsMissing() public {
        Remote memory remote = _new();
        remote.sendLibrary = address(0);
        vm.expectRevert(abi.encodeWithSelector(ILayerZeroPath.LibraryMissing.selector, remote.eid));
        _path(A).openRemote(remote);
        remote = _new();
        remote.receiveLibrary = address(0);
        vm.expectRevert(abi.encodeWithSelector(ILayerZeroPath.LibraryMissing.selector, remote.eid));
        _path(A).openRemote(remote);
        // Registered, but everything that goes to it reverts.
        remote = _new();
        remote.receiveLibrary = stacks[A].endpoint.blockedLibrary();
        vm.expectRevert(abi.encodeWithSelector(ILayerZeroPath.LibraryMissing.selector, remote.eid));
        _path(A).openRemote(remote);
        remote = _new();
        remote.path = address(0);
        vm.expectRevert(abi.encodeWithSelector(IPath.RemoteInvalid.selector, remote.eid, remote.chainId, address(0)));
        _path(A).openRemote(remote);
        remote = _remote(A, HUB);
        vm.expectRevert(abi.encodeWithSelector(IPath.RemoteAlreadyOpen.selector, remote.eid));
        _path(A).openRemote(remote);
        vm.prank(trader);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, trader));
        _path(A).openRemote(remote);
    }

    // ── a nonce that is never verified ──────────────────────────────────────────────────────────────────────────────

    function test_skip_givesUpANonceThatBlocksTheRest() public {
        address path = address(_path(HUB));
        bytes32 sender = bytes32(uint256(uint160(address(_path(A)))));
        uint32 srcEid = chains[A].eid;
        vm.prank(trader);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, trader));
        _path(HUB).skip(srcEid, 1);
        _path(HUB).skip(srcEid, 1);
        assertEq(stacks[HUB].endpoint.lazyInboundNonce(path, srcEid, sender), 1, "the next is 2");
        vm.expectRevert(abi.encodeWithSelector(ILayerZeroPath.NoPeer.selector, 9));
        _path(HUB).skip(9, 1);
    }

    function test_nilify_makesANonceUndeliverable() public {
        address path = address(_path(HUB));
        bytes32 sender = bytes32(uint256(uint160(address(_path(A)))));
        uint32 srcEid = chains[A].eid;
        vm.prank(trader);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, trader));
        _path(HUB).nilify(srcEid, 1, 0);
        _path(HUB).nilify(srcEid, 1, 0);
        bytes32 nil = stacks[HUB].endpoint.inboundPayloadHash(path, srcEid, sender, 1);
        assertEq(nil, bytes32(type(uint256).max), "LayerZero's word for it");
    }
}
