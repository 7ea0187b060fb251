// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {ICollateralVault} from "../../../contracts/interfaces/ICollateralVault.sol";
import {Halt, IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {Entry} from "../../../contracts/types/Entry.sol";
import {OneVault} from "../mocks/OneVault.sol";

/// @dev A wallet that signs for everybody.
contract YesWallet is IERC1271 {
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return IERC1271.isValidSignature.selector;
    }
}

contract VaultRequestTest is OneVault {
    ICollateralVault.Request internal request;
    uint256 internal deadline;
    uint256 internal strangerKey;

    function setUp() public override {
        super.setUp();
        (stranger, strangerKey) = makeAddrAndKey("stranger");
        request = ICollateralVault.Request(trader, 3, chains[B].eid, USD, 500, recipient);
        deadline = vm.getBlockTimestamp() + 1 hours;
    }

    /// @dev docs/messages.md, field by field.
    function _entryOf(bytes32 party) internal view returns (Entry memory) {
        uint256 word = (uint256(2) << 248) | (uint256(USD) << 232) | (uint256(chains[B].eid) << 200) | (500 << 8);
        return Entry(word, bytes32((uint256(uint160(trader)) << 96) | 3), party);
    }

    function _toWord(address who) internal pure returns (bytes32) {
        return bytes32(uint256(uint160(who)));
    }

    function _posted() internal view returns (uint64 posted) {
        (posted,,) = gateway.outbox(hubEid);
    }

    function _digest(uint256 chainId, address verifier, address requester, uint256 nonce)
        internal
        view
        returns (bytes32)
    {
        bytes32 typeHash = keccak256(
            "WithdrawalRequest(address requester,address owner,uint96 subaccount,uint32 dstEid,uint16 asset,uint128 amount,address recipient,uint256 nonce,uint256 deadline)"
        );
        return _vaultDigest(chainId, verifier, keccak256(abi.encode(typeHash, requester, request, nonce, deadline)));
    }

    function _signed(uint256 key, address requester, uint256 nonce) internal view returns (bytes memory) {
        return _sign(key, _digest(block.chainid, address(vault), requester, nonce));
    }

    /// @dev By a stranger's contract: this test.
    function _bring(address requester, uint256 nonce, bytes memory signature) internal returns (uint64) {
        return vault.requestWithdrawalSigned(request, requester, nonce, deadline, signature);
    }

    // ── by the transaction's origin ─────────────────────────────────────────────────────────────────────────────────

    function test_requestWithdrawal_byTheOwner() public {
        _expectPosted(0, _entryOf(_toWord(recipient)));
        vm.prank(trader, trader);
        assertEq(vault.requestWithdrawal(request), 0, "the index of its entry");
    }

    function test_requestWithdrawal_byAnOwnerWithDelegatedCode() public {
        vm.etch(trader, hex"ef01000000000000000000000000000000000000000001");
        _expectPosted(0, _entryOf(_toWord(recipient)));
        vm.prank(trader, trader);
        vault.requestWithdrawal(request);
    }

    /// @dev At the owner's address there is somebody else's contract; and a contract that the owner calls is not the owner.
    function test_requestWithdrawal_refusesAContract() public {
        vm.etch(trader, hex"00");
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.RequesterNotOrigin.selector, trader, stranger));
        vm.prank(trader, stranger);
        vault.requestWithdrawal(request);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.RequesterNotOrigin.selector, address(this), trader));
        vm.prank(address(this), trader);
        vault.requestWithdrawal(request);
        assertEq(_posted(), 0, "nothing is posted");
    }

    function test_requestWithdrawal_byAControllerIsMarkedAndForItself() public {
        request.recipient = stranger;
        _expectPosted(0, _entryOf(_toWord(stranger) | bytes32(uint256(1) << 160)));
        vm.prank(stranger, stranger);
        vault.requestWithdrawal(request);
    }

    function test_requestWithdrawal_refusesAControllerWhoAsksForOthers() public {
        address[3] memory others = [recipient, trader, address(0)];
        for (uint256 i = 0; i < others.length; ++i) {
            request.recipient = others[i];
            vm.expectRevert(
                abi.encodeWithSelector(ICollateralVault.RequestRecipientInvalid.selector, stranger, others[i])
            );
            vm.prank(stranger, stranger);
            vault.requestWithdrawal(request);
        }
        assertEq(_posted(), 0, "nothing is posted");
    }

    function test_requestWithdrawal_refusesWhatTheHubCouldNotRead() public {
        ICollateralVault.Request memory good = request;
        vm.startPrank(trader, trader);
        request.amount = 0;
        vm.expectRevert(ICollateralVault.ZeroAmount.selector);
        vault.requestWithdrawal(request);
        (request.amount, request.dstEid) = (good.amount, 0);
        vm.expectRevert(ICollateralVault.DestinationZero.selector);
        vault.requestWithdrawal(request);
        (request.dstEid, request.recipient) = (good.dstEid, address(0));
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.RequestRecipientInvalid.selector, trader, address(0)));
        vault.requestWithdrawal(request);
        (request.recipient, request.owner) = (trader, address(0));
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.AccountMalformed.selector, bytes32(uint256(3))));
        vault.requestWithdrawal(request);
        assertEq(_posted(), 0, "nothing is posted");
    }

    function testFuzz_requestWithdrawal_postsEachField(ICollateralVault.Request memory fuzzed, bool isController)
        public
    {
        vm.assume(fuzzed.owner != address(0) && fuzzed.owner != stranger && fuzzed.recipient != address(0));
        fuzzed.amount = uint128(bound(fuzzed.amount, 1, type(uint128).max));
        fuzzed.dstEid = uint32(bound(fuzzed.dstEid, 1, type(uint32).max));
        if (isController) fuzzed.recipient = stranger;
        uint256 word = (uint256(2) << 248) | (uint256(fuzzed.asset) << 232) | (uint256(fuzzed.dstEid) << 200)
            | (uint256(fuzzed.amount) << 8);
        bytes32 owner = bytes32((uint256(uint160(fuzzed.owner)) << 96) | fuzzed.subaccount);
        bytes32 mark = isController ? bytes32(uint256(1) << 160) : bytes32(0);
        _expectPosted(0, Entry(word, owner, _toWord(fuzzed.recipient) | mark));
        address caller = isController ? stranger : fuzzed.owner;
        vm.prank(caller, caller);
        vault.requestWithdrawal(fuzzed);
    }

    function test_requestWithdrawal_stopsWithTheLane() public {
        uint64 until = _pause(Direction.Out);
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneIsPaused.selector, hubEid, Direction.Out, until));
        vm.prank(trader, trader);
        vault.requestWithdrawal(request);
        vm.warp(until);
        _haltByFalseAck();
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneIsHalted.selector, hubEid, Halt.FalseAck));
        vm.prank(trader, trader);
        vault.requestWithdrawal(request);
    }

    // ── by signature ────────────────────────────────────────────────────────────────────────────────────────────────

    function test_requestDigest_isEip712() public view {
        assertEq(
            vault.requestDigest(request, trader, 7, deadline),
            _digest(chains[A].id, address(vault), trader, 7),
            "as a wallet hashes it"
        );
    }

    function test_requestWithdrawalSigned_byTheOwnerBroughtByAnyone() public {
        bytes memory signature = _signed(traderKey, trader, 7);
        _expectPosted(0, _entryOf(_toWord(recipient)));
        assertEq(_bring(trader, 7, signature), 0, "the index of its entry");
        assertTrue(vault.isRequestNonceUsed(trader, 7), "the nonce is used");
        assertFalse(vault.isRequestNonceUsed(stranger, 7), "the owner's alone");
    }

    function test_requestWithdrawalSigned_byAController() public {
        request.recipient = stranger;
        bytes memory signature = _signed(strangerKey, stranger, 7);
        _expectPosted(0, _entryOf(_toWord(stranger) | bytes32(uint256(1) << 160)));
        _bring(stranger, 7, signature);
    }

    function test_requestWithdrawalSigned_refusesAControllerWhoAsksForOthers() public {
        bytes memory signature = _signed(strangerKey, stranger, 7);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.RequestRecipientInvalid.selector, stranger, recipient));
        _bring(stranger, 7, signature);
    }

    function test_requestWithdrawalSigned_refusesAReplay() public {
        bytes memory signature = _signed(traderKey, trader, 7);
        _bring(trader, 7, signature);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.RequestNonceUsed.selector, trader, 7));
        _bring(trader, 7, signature);
        // Nonces have no order.
        bytes memory earlier = _signed(traderKey, trader, 6);
        _bring(trader, 6, earlier);
        assertEq(_posted(), 2, "each once");
    }

    function test_requestWithdrawalSigned_countsUntilItsDeadline() public {
        bytes memory signature = _signed(traderKey, trader, 7);
        vm.warp(deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.SignatureExpired.selector, deadline));
        _bring(trader, 7, signature);
        vm.warp(deadline);
        _bring(trader, 7, signature);
        assertEq(_posted(), 1, "at its last second");
    }

    function _refuse(bytes memory signature) internal {
        (address signer,,) = ECDSA.tryRecover(vault.requestDigest(request, trader, 7, deadline), signature);
        assertTrue(signer != trader, "whoever this recovers to");
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.SignerMismatch.selector, trader, signer));
        _bring(trader, 7, signature);
        assertFalse(vault.isRequestNonceUsed(trader, 7), "a bad signature uses no nonce");
    }

    function test_requestWithdrawalSigned_refusesAnotherSigner() public {
        _refuse(_signed(strangerKey, trader, 7));
        assertEq(_posted(), 0, "nothing is posted");
    }

    function test_requestWithdrawalSigned_refusesAnotherVaultsAndChains() public {
        _refuse(_sign(traderKey, _digest(chains[B].id, address(vault), trader, 7)));
        _refuse(_sign(traderKey, _digest(chains[A].id, address(chains[B].vault), trader, 7)));
        // The same vault, after its chain took another id.
        bytes memory signature = _signed(traderKey, trader, 7);
        vm.chainId(424242);
        _refuse(signature);
    }

    function test_requestWithdrawalSigned_refusesWhateverWasNotSigned() public {
        bytes memory signature = _signed(traderKey, trader, 7);
        ICollateralVault.Request memory good = request;
        request.subaccount = 4;
        _refuse(signature);
        (request.subaccount, request.dstEid) = (good.subaccount, chains[A].eid);
        _refuse(signature);
        (request.dstEid, request.asset) = (good.dstEid, ETHER);
        _refuse(signature);
        (request.asset, request.amount) = (good.asset, 501);
        _refuse(signature);
        (request.amount, request.recipient) = (good.amount, stranger);
        _refuse(signature);
        (request.recipient, request.owner) = (good.recipient, stranger);
        _refuse(signature);
        request.owner = trader;
        deadline += 1;
        _refuse(signature);
        deadline -= 1;
        _refuse(_signed(traderKey, trader, 8));
        _refuse(_signed(traderKey, stranger, 7));
        _bring(trader, 7, signature);
        assertEq(_posted(), 1, "what was signed is posted");
    }

    /// @dev An owner's contract on the hub may be a thief's contract here, and that one says yes to everything.
    function test_requestWithdrawalSigned_believesNoContract() public {
        request.owner = address(new YesWallet());
        request.recipient = request.owner;
        bytes memory signature = _signed(strangerKey, request.owner, 7);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.SignerMismatch.selector, request.owner, stranger));
        _bring(request.owner, 7, signature);
        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureLength.selector, 2));
        _bring(request.owner, 7, "ok");
        assertEq(_posted(), 0, "nothing is posted");
    }

    function test_requestWithdrawalSigned_nobodyIsNoSigner() public {
        bytes memory junk = abi.encodePacked(bytes32(uint256(1)), bytes32(uint256(1)), uint8(29));
        vm.expectRevert(ECDSA.ECDSAInvalidSignature.selector);
        _bring(address(0), 7, junk);
    }
}
