// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IERC7786GatewaySource} from "@openzeppelin/contracts/interfaces/draft-IERC7786.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {InteroperableAddress} from "@openzeppelin/contracts/utils/draft-InteroperableAddress.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {IPath} from "../../../contracts/interfaces/IPath.sol";
import {Commitment} from "../../../contracts/types/Commitment.sol";
import {Deploy} from "../mocks/Deploy.sol";
import {IWatcherPath} from "../mocks/Interfaces.sol";
import {Roles} from "../mocks/Roles.sol";
import {TwoGateways} from "../mocks/TwoGateways.sol";
import {Watchers} from "../mocks/Watchers.sol";

contract WatcherPathTest is TwoGateways {
    uint8 internal constant INDEX = 3;

    IWatcherPath internal path;
    uint256[] internal keys;

    function setUp() public override {
        super.setUp();
        vm.chainId(DST_CHAIN);
        keys = Watchers.keys("watcher", 3);
        path = Deploy.watcherPath(address(dst), address(manager), Watchers.addresses(keys), 2);
        Roles.ofPath(manager, address(path));
        path.openRemote(SRC, SRC_CHAIN, address(src));
        dst.addPath(SRC, INDEX, address(path), false);
    }

    function _sign(Commitment memory commitment, uint256 first, uint256 second) internal view returns (bytes memory) {
        bytes32 digest = path.digestOf(commitment);
        return abi.encodePacked(Watchers.sign(keys[first], digest), Watchers.sign(keys[second], digest));
    }

    // ── the set ─────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_constructor_reverts() public {
        address[] memory watchers = Watchers.addresses(keys);
        _refuse(watchers, 1, abi.encodeWithSelector(IWatcherPath.ThresholdInvalid.selector, 1, 3));
        _refuse(watchers, 0, abi.encodeWithSelector(IWatcherPath.ThresholdInvalid.selector, 0, 3));
        _refuse(watchers, 4, abi.encodeWithSelector(IWatcherPath.ThresholdInvalid.selector, 4, 3));
        watchers[2] = watchers[0];
        _refuse(watchers, 2, abi.encodeWithSelector(IWatcherPath.WatcherInvalid.selector, watchers[0]));
        watchers[2] = address(0);
        _refuse(watchers, 2, abi.encodeWithSelector(IWatcherPath.WatcherInvalid.selector, address(0)));
    }

    function _refuse(address[] memory watchers, uint256 threshold, bytes memory reason) internal {
        bytes memory code = vm.getCode("WatcherPath.sol:WatcherPath");
        vm.expectRevert(reason);
        Deploy.create(abi.encodePacked(code, abi.encode(dst, manager, watchers, threshold)));
    }

    function test_openRemote_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IPath.RemoteAlreadyOpen.selector, SRC));
        path.openRemote(SRC, SRC_CHAIN, address(src));
        _refuseRemote(0, 77, address(1));
        _refuseRemote(9, 0, address(1));
        _refuseRemote(9, DST_CHAIN, address(1));
        _refuseRemote(9, 77, address(0));
        _refuseRemote(9, SRC_CHAIN, address(src));
        vm.prank(address(0xbad));
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(0xbad)));
        path.openRemote(9, 77, address(1));
        vm.expectEmit(address(path));
        emit IPath.RemoteOpened(9, 77, address(1));
        path.openRemote(9, 77, address(1));
        assertEq(path.remoteGateway(9), InteroperableAddress.formatEvmV1(77, address(1)), "an ERC-7930 address");
    }

    function _refuseRemote(uint32 eid, uint256 chainId, address remote) internal {
        vm.expectRevert(abi.encodeWithSelector(IPath.RemoteInvalid.selector, eid, chainId, remote));
        path.openRemote(eid, chainId, remote);
    }

    // ── attesting ───────────────────────────────────────────────────────────────────────────────────────────────────

    function test_attest_bringsTheCommitmentToTheGateway() public {
        Commitment memory commitment = _commitment(5, "head");
        vm.expectEmit(address(dst));
        emit IGateway.Attested(SRC, 5, INDEX, "head");
        path.attest(SRC, commitment, _sign(commitment, 0, 2));
        (bytes32 head,) = dst.attestation(SRC, INDEX, 5);
        assertEq(head, "head", "any two of three");
    }

    function test_digest_isEip712() public view {
        Commitment memory c = _commitment(5, "head");
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Weighlock Watcher"),
                keccak256("1"),
                DST_CHAIN,
                address(path)
            )
        );
        bytes32 message = keccak256(
            abi.encode(
                keccak256("Commitment(bytes32 lane,uint64 count,bytes32 head,uint64 ackCount,bytes32 ackHead)"),
                c.lane,
                c.count,
                c.head,
                c.ackCount,
                c.ackHead
            )
        );
        assertEq(path.digestOf(c), keccak256(abi.encodePacked(hex"1901", domain, message)), "docs/messages.md");
    }

    function test_attest_revertsForBadSignatures() public {
        Commitment memory c = _commitment(5, "head");
        bytes32 digest = path.digestOf(c);
        bytes memory first = Watchers.sign(keys[0], digest);
        bytes memory second = Watchers.sign(keys[1], digest);
        (address low, address high) = (vm.addr(keys[0]), vm.addr(keys[1]));

        _refuseSignatures(c, first, abi.encodeWithSelector(IWatcherPath.SignaturesLengthMismatch.selector, 130, 65));
        _refuseSignatures(c, "", abi.encodeWithSelector(IWatcherPath.SignaturesLengthMismatch.selector, 130, 0));
        _refuseSignatures(
            c,
            abi.encodePacked(first, second, Watchers.sign(keys[2], digest)),
            abi.encodeWithSelector(IWatcherPath.SignaturesLengthMismatch.selector, 130, 195)
        );
        _refuseSignatures(
            c,
            abi.encodePacked(second, first),
            abi.encodeWithSelector(IWatcherPath.SignersNotAscending.selector, high, low)
        );
        // One key twice is one watcher.
        _refuseSignatures(
            c,
            abi.encodePacked(first, first),
            abi.encodeWithSelector(IWatcherPath.SignersNotAscending.selector, low, low)
        );
        uint256 stranger = uint256(keccak256("stranger"));
        _refuseSignatures(
            c,
            abi.encodePacked(Watchers.sign(stranger, digest), second),
            abi.encodeWithSelector(IWatcherPath.SignerNotWatcher.selector, vm.addr(stranger))
        );
        // The other root of the same signature.
        bytes memory malleable = Watchers.malleate(first);
        bytes32 s;
        assembly {
            s := mload(add(malleable, 64))
        }
        _refuseSignatures(
            c, abi.encodePacked(malleable, second), abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, s)
        );
        _refuseSignatures(c, new bytes(130), abi.encodeWithSelector(ECDSA.ECDSAInvalidSignature.selector));
    }

    function _refuseSignatures(Commitment memory c, bytes memory signatures, bytes memory reason) internal {
        vm.expectRevert(reason);
        path.attest(SRC, c, signatures);
    }

    function test_attest_aSignatureIsForOneCommitment() public {
        bytes memory signatures = _sign(_commitment(5, "head"), 0, 1);
        Commitment memory other = _commitment(6, "head");
        vm.expectRevert();
        path.attest(SRC, other, signatures);
        other = _commitment(5, "head");
        other.ackCount = 1;
        vm.expectRevert();
        path.attest(SRC, other, signatures);
    }

    function test_attest_aSignatureIsForOneContract() public {
        Commitment memory commitment = _commitment(5, "head");
        bytes memory signatures = _sign(commitment, 0, 1);
        IWatcherPath another = Deploy.watcherPath(address(dst), address(manager), Watchers.addresses(keys), 2);
        vm.expectRevert();
        another.attest(SRC, commitment, signatures);
        vm.chainId(77);
        vm.expectRevert();
        path.attest(SRC, commitment, signatures);
    }

    /// @dev What the old set signed stays valid at the old contract for ever, which is why the gateway forgets the contract.
    function test_attest_ofADisabledPathIsVoid() public {
        Commitment memory commitment = _commitment(5, "head");
        bytes memory signatures = _sign(commitment, 0, 1);
        dst.disablePath(SRC, INDEX);
        vm.expectRevert(abi.encodeWithSelector(IGateway.CallerNotPath.selector, SRC, address(path)));
        path.attest(SRC, commitment, signatures);

        IWatcherPath next = Deploy.watcherPath(address(dst), address(manager), Watchers.addresses(keys), 2);
        Roles.ofPath(manager, address(next));
        next.openRemote(SRC, SRC_CHAIN, address(src));
        dst.addPath(SRC, INDEX + 1, address(next), false);
        // Not even the same watchers' words are taken over.
        vm.expectRevert();
        next.attest(SRC, commitment, signatures);
        bytes32 digest = next.digestOf(commitment);
        next.attest(SRC, commitment, abi.encodePacked(Watchers.sign(keys[0], digest), Watchers.sign(keys[1], digest)));
        (bytes32 head,) = dst.attestation(SRC, INDEX + 1, 5);
        assertEq(head, "head", "they sign again, for the new one");
    }

    function test_attest_revertsForAnUnknownRemote() public {
        Commitment memory commitment = _commitment(5, "head");
        bytes memory signatures = _sign(commitment, 0, 1);
        vm.expectRevert(abi.encodeWithSelector(IPath.RemoteEidUnknown.selector, 9));
        path.attest(9, commitment, signatures);
    }

    // ── sending: ERC-7786 ───────────────────────────────────────────────────────────────────────────────────────────

    function test_sendMessage_onlyTheGatewayAndNoValue() public {
        bytes[] memory none = new bytes[](0);
        vm.expectRevert(abi.encodeWithSelector(IPath.OnlyGateway.selector, address(this)));
        path.sendMessage(srcName, "payload", none);

        vm.deal(address(dst), 1);
        vm.startPrank(address(dst));
        vm.expectRevert(abi.encodeWithSelector(IPath.ValueNotAccepted.selector, 1));
        path.sendMessage{value: 1}(srcName, "payload", none);
        vm.expectRevert(abi.encodeWithSelector(IPath.RemoteUnknown.selector, dstName));
        path.sendMessage(dstName, "payload", none);
        bytes[] memory attributes = new bytes[](1);
        attributes[0] = hex"12345678";
        vm.expectRevert(abi.encodeWithSelector(IERC7786GatewaySource.UnsupportedAttribute.selector, bytes4(0x12345678)));
        path.sendMessage(srcName, "payload", attributes);
        vm.expectEmit(address(path));
        bytes32 sendId = keccak256(abi.encode(1, keccak256("payload")));
        emit IERC7786GatewaySource.MessageSent(sendId, dstName, srcName, "payload", 0, none);
        path.sendMessage(srcName, "payload", none);
        assertNotEq(path.sendMessage(srcName, "payload", none), sendId, "each has an id of its own");
        vm.stopPrank();
    }

    function test_sendMessage_anEmptyAttributeIsRefusedByName() public {
        bytes[] memory attributes = new bytes[](1);
        vm.prank(address(dst));
        vm.expectRevert(abi.encodeWithSelector(IERC7786GatewaySource.UnsupportedAttribute.selector, bytes4(0)));
        path.sendMessage(srcName, "payload", attributes);
    }

    function test_quote_isNothing() public {
        assertEq(path.quote(srcName, ""), 0, "watchers read by themselves");
        vm.expectRevert(abi.encodeWithSelector(IPath.RemoteUnknown.selector, dstName));
        path.quote(dstName, "");
        assertFalse(path.supportsAttribute(0x12345678), "no attribute");
    }
}
