// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Halt, IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {accountOf} from "../../../contracts/types/Account.sol";
import {Commitment, Ignored} from "../../../contracts/types/Commitment.sol";
import {ILayerZeroPath, Origin} from "../mocks/Interfaces.sol";
import {ExecutorCall, IEndpoint, IUln, IWorker} from "../mocks/LayerZeroStack.sol";
import {Log, Logs} from "../mocks/Logs.sol";
import {Packet, RealPaths} from "../mocks/RealPaths.sol";

/// @dev The last steps of a packet, by anyone: `deliver`, `attestVerified`, and a stranger who is there first. On the real
/// EndpointV2, ReceiveUln302, DVN and Executor.
contract LayerZeroDeliveryTest is RealPaths {
    using Logs for Log;

    address internal trader = makeAddr("trader");
    address internal stranger = makeAddr("stranger");
    ILayerZeroPath internal path;
    IEndpoint internal endpoint;
    uint32 internal srcEid;

    bytes internal constant VERIFYING = abi.encodeWithSelector(IUln.LZ_ULN_Verifying.selector);
    bytes internal constant NOT_VERIFIABLE = abi.encodeWithSelector(IEndpoint.LZ_PathNotVerifiable.selector);

    function setUp() public override {
        super.setUp();
        path = ILayerZeroPath(chains[HUB].network);
        endpoint = stacks[HUB].endpoint;
        srcEid = chains[A].eid;
    }

    // ── a packet's steps ────────────────────────────────────────────────────────────────────────────────────────────

    function _sent() internal returns (Packet memory) {
        _deposit(A, USD, trader, 1000);
        _dispatch(A, HUB);
        vm.chainId(chains[HUB].id);
        return packet;
    }

    function _verified() internal returns (Packet memory sent) {
        sent = _sent();
        _verify(sent);
    }

    function _verify(Packet memory sent) internal {
        packet = sent;
        _verify(HUB, 0);
        _verify(HUB, 1);
    }

    function _committed() internal returns (Packet memory sent) {
        sent = _verified();
        _commit(HUB);
    }

    function _deliver(Packet memory sent) internal {
        path.deliver(srcEid, sent.nonce, sent.guid, sent.message);
    }

    function _attestVerified(Packet memory sent) internal {
        path.attestVerified(srcEid, sent.nonce, sent.guid, sent.message);
    }

    function _refuseBoth(Packet memory sent, bytes memory reason) internal {
        _refuseBoth(srcEid, sent, reason);
    }

    function _refuseBoth(uint32 eid, Packet memory sent, bytes memory reason) internal {
        vm.expectRevert(reason);
        path.deliver(eid, sent.nonce, sent.guid, sent.message);
        vm.expectRevert(reason);
        path.attestVerified(eid, sent.nonce, sent.guid, sent.message);
    }

    function _sender() internal view returns (bytes32) {
        return bytes32(uint256(uint160(chains[A].network)));
    }

    function _hashAt(uint64 nonce) internal view returns (bytes32) {
        return endpoint.inboundPayloadHash(address(path), srcEid, _sender(), nonce);
    }

    function _reached() internal view returns (uint64) {
        return endpoint.lazyInboundNonce(address(path), srcEid, _sender());
    }

    /// @dev Each packet here carries one entry more than the one before.
    function _isAttested(Packet memory sent) internal view returns (bool) {
        (bytes32 head,) = chains[HUB].gateway.attestation(srcEid, NETWORK, sent.nonce);
        return head == chains[A].gateway.sealedHead(chains[HUB].eid, sent.nonce);
    }

    function _assertDelivered(Packet memory sent) internal view {
        assertTrue(_isAttested(sent), "attested");
        assertEq(_hashAt(sent.nonce), 0, "its payload is cleared");
        assertEq(_reached(), sent.nonce, "and its nonce is done");
    }

    function _expectRepeat(Packet memory sent) internal {
        vm.expectEmit(address(chains[HUB].gateway));
        emit IGateway.AttestationIgnored(srcEid, NETWORK, sent.guid, Ignored.Repeat);
    }

    // ── deliver ─────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_deliver_commitsWhatNobodyHasCommitted() public {
        Packet memory sent = _verified();
        assertEq(_hashAt(1), 0, "not committed");
        vm.prank(stranger);
        _deliver(sent);
        _assertDelivered(sent);
    }

    function test_deliver_takesWhatIsCommitted() public {
        Packet memory sent = _committed();
        vm.prank(stranger);
        _deliver(sent);
        _assertDelivered(sent);
    }

    /// @dev Verified at the endpoint for ever, and worth nothing.
    function test_disabled_whatIsVerifiedForItIsVoid() public {
        Packet memory sent = _committed();
        chains[HUB].gateway.disablePath(srcEid, NETWORK);
        _refuseBoth(sent, abi.encodeWithSelector(IGateway.CallerNotPath.selector, srcEid, address(path)));
        (bytes32 head,) = chains[HUB].gateway.attestation(srcEid, NETWORK, 1);
        assertEq(head, 0, "nothing was recorded");
    }

    function test_deliver_revertsBeforeEveryVerifierHasSpoken() public {
        Packet memory sent = _sent();
        _refuseBoth(sent, VERIFYING);
        _verify(HUB, 0);
        _refuseBoth(sent, VERIFYING);
        _verify(HUB, 1);
        _deliver(sent);
    }

    function test_deliver_revertsForAnythingButThePacket() public {
        for (uint256 round = 0; round < 2; ++round) {
            Packet memory sent = round == 0 ? _verified() : _committed();
            Packet memory other = abi.decode(abi.encode(sent), (Packet));
            other.guid = keccak256(abi.encode(sent.guid));
            _refuseBoth(other, VERIFYING);
            other.guid = sent.guid;
            other.message = _commitment(A, HUB, 0).encode();
            _refuseBoth(other, VERIFYING);
            other.message = abi.encodePacked(sent.message, uint8(0));
            _refuseBoth(other, VERIFYING);
            other.message = sent.message;
            other.nonce = sent.nonce + 1;
            _refuseBoth(other, VERIFYING);
            // A byte less of the guid, and it again at the message's start: guid and message don't shift into another.
            other.nonce = sent.nonce;
            (other.guid, other.message) = (sent.guid >> 8, abi.encodePacked(uint8(uint256(sent.guid)), sent.message));
            _refuseBoth(other, VERIFYING);
            // Another lane of ours, and none.
            _refuseBoth(chains[B].eid, sent, VERIFYING);
            _refuseBoth(9, sent, abi.encodeWithSelector(ILayerZeroPath.NoPeer.selector, 9));
            assertFalse(_isAttested(sent), "none of it attests anything");
            _deliver(sent);
            _assertDelivered(sent);
        }
    }

    function test_deliver_once() public {
        Packet memory sent = _verified();
        _deliver(sent);
        _refuseBoth(sent, VERIFYING);
        // The verifiers say it all again: the endpoint knows the nonce.
        _verify(sent);
        _refuseBoth(sent, NOT_VERIFIABLE);
    }

    function test_deliver_takesNoValue() public {
        Packet memory sent = _verified();
        vm.deal(address(this), 1);
        (bool isDone,) = address(path).call{value: 1}(
            abi.encodeCall(ILayerZeroPath.deliver, (srcEid, sent.nonce, sent.guid, sent.message))
        );
        assertFalse(isDone, "nothing that could be left behind");
    }

    // ── a nonce gap ─────────────────────────────────────────────────────────────────────────────────────────────────

    function test_gap_stopsDeliveryAndNotAttesting() public {
        Packet memory missing = _sent();
        Packet memory next = _verified();
        bytes memory gap = abi.encodeWithSelector(IEndpoint.LZ_InvalidNonce.selector, missing.nonce);
        vm.expectRevert(gap);
        _deliver(next);
        assertEq(_hashAt(next.nonce), 0, "deliver undoes its commit");
        packet = next;
        _commit(HUB);
        vm.expectRevert(gap);
        _receive(A, HUB);
        vm.expectRevert(gap);
        _deliver(next);

        vm.prank(stranger);
        _attestVerified(next);
        assertTrue(_isAttested(next), "attested around the gap");
        assertEq(_reached(), 0, "the endpoint delivered nothing");
        assertFalse(_isAttested(missing), "what is not verified is not attested");
        // Commitments are cumulative: one packet and the watchers open both windows.
        _watch(A, HUB, _commitment(A, HUB, 2));
        _execute(A, HUB, laneLogs[A][HUB].prove(0, 2, 2));
        assertEq(hub.balanceOf(accountOf(trader, 0), USD), 2000, "both deposits");
    }

    function test_gap_attestVerifiedCommitsByItself() public {
        _sent();
        Packet memory next = _verified();
        _attestVerified(next);
        assertTrue(_isAttested(next), "in one transaction");
        assertEq(_hashAt(next.nonce), keccak256(next.payload), "committed, and not delivered");
    }

    function test_gap_healedLaterRepeats() public {
        Packet memory late = _sent();
        Packet memory next = _verified();
        _attestVerified(next);
        _verify(late);
        _deliver(late);
        assertTrue(_isAttested(late), "an older count, for whoever wants to compare");
        _expectRepeat(next);
        _deliver(next);
        _assertDelivered(next);
        assertEq(uint8(chains[HUB].gateway.haltOf(srcEid)), uint8(Halt.None), "and nobody lied");
    }

    function test_attestVerified_again() public {
        Packet memory sent = _verified();
        _attestVerified(sent);
        _expectRepeat(sent);
        _attestVerified(sent);
        _expectRepeat(sent);
        _deliver(sent);
        _assertDelivered(sent);
        _refuseBoth(sent, VERIFYING);
    }

    function test_attestVerified_needsTheEndpointsWord() public {
        Packet memory sent = _sent();
        // A library that says yes and commits nothing.
        vm.mockCall(stacks[HUB].receiveUln, abi.encodeWithSelector(IUln.commitVerification.selector), "");
        bytes32 payloadHash = keccak256(sent.payload);
        vm.expectRevert(
            abi.encodeWithSelector(ILayerZeroPath.NotVerified.selector, srcEid, sent.nonce, bytes32(0), payloadHash)
        );
        _attestVerified(sent);
        vm.expectRevert();
        _deliver(sent);
    }

    // ── made void ───────────────────────────────────────────────────────────────────────────────────────────────────

    function test_nilified_isVoidUntilItIsVerifiedAgain() public {
        Packet memory sent = _committed();
        path.nilify(srcEid, sent.nonce, keccak256(sent.payload));
        _refuseBoth(sent, VERIFYING);
        assertFalse(_isAttested(sent), "nothing said");
        _verify(sent);
        _attestVerified(sent);
        _deliver(sent);
        _assertDelivered(sent);
    }

    /// @dev What the guardian has to know: the verifiers' word stands until it is committed.
    function test_nilified_beforeItIsCommittedIsUndoneByACommit() public {
        Packet memory sent = _verified();
        path.nilify(srcEid, sent.nonce, 0);
        assertEq(_hashAt(sent.nonce), bytes32(type(uint256).max), "void");
        _deliver(sent);
        _assertDelivered(sent);
    }

    function test_skipped_isGoneForGood() public {
        Packet memory sent = _verified();
        path.skip(srcEid, sent.nonce);
        _refuseBoth(sent, NOT_VERIFIABLE);
        Packet memory next = _verified();
        _deliver(next);
        _assertDelivered(next);
        assertFalse(_isAttested(sent), "the next one says all of it");
    }

    /// @dev LayerZero would let the path or its delegate clear and burn: the path is its own, and has no function for it.
    function test_nobodyClearsOrBurns() public {
        Packet memory sent = _committed();
        bytes memory refusal = abi.encodeWithSelector(IEndpoint.LZ_Unauthorized.selector);
        vm.expectRevert(refusal);
        endpoint.clear(address(path), _origin(A), sent.guid, sent.message);
        vm.expectRevert(refusal);
        endpoint.burn(address(path), srcEid, _sender(), sent.nonce, keccak256(sent.payload));
        _deliver(sent);
        _assertDelivered(sent);
    }

    // ── liars ───────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev All verifiers of the path sign another payload for a nonce that is committed: LayerZero lets them.
    function _forged(Packet memory sent) internal view returns (Packet memory forged) {
        Commitment memory lie = _commitment(A, HUB, sent.nonce);
        lie.head = keccak256("forged");
        forged = abi.decode(abi.encode(sent), (Packet));
        forged.message = lie.encode();
        forged.payload = abi.encodePacked(sent.guid, forged.message);
    }

    function test_reverified_anotherHeadByOnePathHalts() public {
        Packet memory sent = _verified();
        _attestVerified(sent);
        Packet memory forged = _forged(sent);
        _verify(forged);
        bytes32 head = chains[A].gateway.sealedHead(chains[HUB].eid, sent.nonce);
        vm.expectEmit(address(chains[HUB].gateway));
        emit IGateway.Contradicted(srcEid, sent.nonce, NETWORK, keccak256("forged"), NETWORK, head);
        _deliver(forged);
        assertEq(uint8(chains[HUB].gateway.haltOf(srcEid)), uint8(Halt.Contradiction), "halted");
        (bytes32 kept,) = chains[HUB].gateway.attestation(srcEid, NETWORK, sent.nonce);
        assertEq(kept, head, "what was said first stays");
    }

    function test_reverified_theTruthAfterALieHaltsToo() public {
        Packet memory sent = _verified();
        Packet memory forged = _forged(sent);
        _verify(forged);
        _attestVerified(forged);
        assertEq(uint8(chains[HUB].gateway.haltOf(srcEid)), uint8(Halt.None), "one path's word moves nothing");
        _attestVerified(sent);
        assertEq(uint8(chains[HUB].gateway.haltOf(srcEid)), uint8(Halt.Contradiction), "halted");
    }

    // ── a stranger is there first ───────────────────────────────────────────────────────────────────────────────────

    function _receiveCall(Packet memory sent, bytes memory extraData) internal view returns (bytes memory) {
        return abi.encodeCall(IEndpoint.lzReceive, (_originOf(sent), address(path), sent.guid, sent.message, extraData));
    }

    function _originOf(Packet memory sent) internal view returns (Origin memory) {
        return Origin(srcEid, _sender(), sent.nonce);
    }

    /// @dev Calls with more and more gas until it succeeds. Whatever fails must have changed nothing.
    function _starve(address target, bytes memory call, bytes32 hashBefore, Packet memory sent)
        internal
        returns (uint256 failures)
    {
        for (uint256 gas_ = 5_000; gas_ < 400_000; gas_ += 1_237) {
            uint256 before = vm.snapshotState();
            vm.prank(stranger);
            (bool isDone,) = target.call{gas: gas_}(call);
            if (isDone) return failures;
            ++failures;
            assertEq(_hashAt(sent.nonce), hashBefore, "the payload stays as it was");
            assertEq(_reached(), sent.nonce - 1, "so does the nonce");
            assertFalse(_isAttested(sent), "and nothing is attested by half");
            // Still there for whoever brings enough.
            _deliver(sent);
            _assertDelivered(sent);
            vm.revertToState(before);
        }
        revert("no gas was enough");
    }

    function test_stranger_starvesLzReceive() public {
        Packet memory sent = _committed();
        uint256 failures = _starve(address(endpoint), _receiveCall(sent, ""), keccak256(sent.payload), sent);
        assertGt(failures, 20, "it was starved");
        _assertDelivered(sent);
    }

    function test_stranger_starvesCommit() public {
        Packet memory sent = _verified();
        bytes memory call = abi.encodeCall(IUln.commitVerification, (sent.header, keccak256(sent.payload)));
        assertGt(_starve(stacks[HUB].receiveUln, call, 0, sent), 10, "it was starved");
        _deliver(sent);
        _assertDelivered(sent);
    }

    function test_stranger_starvesDeliver() public {
        Packet memory sent = _verified();
        bytes memory call = abi.encodeCall(ILayerZeroPath.deliver, (srcEid, sent.nonce, sent.guid, sent.message));
        assertGt(_starve(address(path), call, 0, sent), 20, "it was starved");
        _assertDelivered(sent);
    }

    function test_stranger_starvesAttestVerified() public {
        Packet memory sent = _verified();
        bytes memory call = abi.encodeCall(ILayerZeroPath.attestVerified, (srcEid, sent.nonce, sent.guid, sent.message));
        assertGt(_starve(address(path), call, 0, sent), 20, "it was starved");
        assertTrue(_isAttested(sent), "attested");
        _deliver(sent);
        _assertDelivered(sent);
    }

    function test_stranger_sendsValue() public {
        Packet memory sent = _committed();
        vm.deal(stranger, 1 ether);
        vm.prank(stranger);
        (bool isDone,) = address(endpoint).call{value: 1}(_receiveCall(sent, ""));
        assertFalse(isDone, "refused");
        assertEq(stranger.balance, 1 ether, "he keeps it");
        assertEq(_hashAt(sent.nonce), keccak256(sent.payload), "the payload stays");
        _deliver(sent);
        _assertDelivered(sent);
    }

    function test_stranger_sendsHostileExtraData() public {
        Packet memory sent = _committed();
        bytes memory hostile = new bytes(100_000);
        for (uint256 i = 0; i < hostile.length; i += 32) {
            hostile[i] = 0xff;
        }
        vm.prank(stranger);
        (bool isDone,) = address(endpoint).call(_receiveCall(sent, hostile));
        assertTrue(isDone, "his gas for our delivery");
        _assertDelivered(sent);
    }

    /// @dev LayerZero's own executor swallows a revert and alerts: the transaction succeeds and delivers nothing.
    function test_executor_starvedByItsOwnGasLimit() public {
        Packet memory sent = _committed();
        IWorker(stacks[HUB].executor)
            .execute302(ExecutorCall(address(path), _originOf(sent), sent.guid, sent.message, "", 60_000));
        assertEq(_hashAt(sent.nonce), keccak256(sent.payload), "the payload stays");
        assertFalse(_isAttested(sent), "nothing said");
        IWorker(stacks[HUB].executor)
            .execute302(ExecutorCall(address(path), _originOf(sent), sent.guid, sent.message, "", RECEIVE_GAS));
        _assertDelivered(sent);
    }
}
