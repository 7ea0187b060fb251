// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {Entry} from "../../../contracts/types/Entry.sol";
import {Proof} from "../mocks/Logs.sol";
import {TwoGateways} from "../mocks/TwoGateways.sol";

/// @dev Figures with an empty app behind the gateway: what the log itself costs. One transaction for each call.
/// forge-config: default.isolate = true
contract BacklogTest is TwoGateways {
    uint64 internal constant BACKLOG = 20_000;
    uint64 internal constant WINDOW = 128;

    /// @dev Every entry is the same, so that a window's root depends on its size alone.
    function _rootOf(uint256 size) internal pure returns (bytes32 root) {
        Entry memory entry = _entry(0);
        for (uint256 i = 0; i < size; ++i) {
            root = keccak256(abi.encode(root, entry.word, entry.account, entry.party));
        }
    }

    /// @dev External, so that its memory is free again.
    /// @return call The execution of the next window, with the nodes of all after it.
    function executionAt(uint64 executed) external pure returns (bytes memory call, uint64 count) {
        Proof memory proof;
        uint64 size = BACKLOG - executed < WINDOW ? BACKLOG - executed : WINDOW;
        proof.counts = new uint64[](1);
        proof.counts[0] = executed + size;
        proof.entries = new Entry[](size);
        for (uint256 i = 0; i < size; ++i) {
            proof.entries[i] = _entry(0);
        }
        call = abi.encodeCall(IGateway.execute, (SRC, proof.counts, proof.entries, _nodes(executed), TWO));
        count = proof.counts[0];
    }

    function _nodes(uint64 executed) internal pure returns (bytes memory nodes) {
        bytes32 full = _rootOf(WINDOW);
        bytes32 last = _rootOf(BACKLOG % WINDOW);
        uint64 from = executed + WINDOW;
        while (from < BACKLOG) {
            uint64 to = from + WINDOW > BACKLOG ? BACKLOG : from + WINDOW;
            nodes = abi.encodePacked(nodes, to - from == WINDOW ? full : last, to);
            from = to;
        }
    }

    function test_backlog_oneDispatchHeals20000() public {
        for (uint256 i = 0; i < 10; ++i) {
            srcApp.postMany(DST, _entry(0), BACKLOG / 10);
        }
        uint64 count = src.dispatch(DST, EVERYTHING, TWO, address(this), false);
        assertEq(count, BACKLOG, "one dispatch says all of it");
        for (uint8 path = 0; path < 2; ++path) {
            dstPaths[path].attest(srcName, srcPaths[path].lastPayload());
        }
        uint64 executed;
        while (executed < BACKLOG) {
            (bytes memory call, uint64 next) = this.executionAt(executed);
            (bool isDone,) = address(dst).call(call);
            assertTrue(isDone, "the next window is executed");
            if (executed == 0) vm.snapshotGasLastCall("backlog", "execute 128 of 20,000, 156 windows of suffix");
            executed = next;
            if (executed == BACKLOG - BACKLOG % WINDOW) {
                vm.snapshotGasLastCall("backlog", "execute 128 of 20,000, one window of suffix");
            }
        }
        assertEq(dstApp.executed(), BACKLOG, "and all of it is executed");
        (, bytes32 head) = dst.inbox(SRC);
        assertEq(head, src.sealedHead(DST, BACKLOG), "with equal heads");
    }

    /// @dev Anyone may seal after every entry; what that costs the one who executes.
    function test_windowsOfOne() public {
        Entry memory entry = _entry(0);
        Proof memory proof;
        proof.counts = new uint64[](128);
        proof.entries = new Entry[](128);
        for (uint64 i = 0; i < 128; ++i) {
            srcApp.post(DST, entry);
            src.seal(DST);
            proof.counts[i] = i + 1;
            proof.entries[i] = entry;
        }
        src.dispatch(DST, EVERYTHING, TWO, address(this), false);
        for (uint8 path = 0; path < 2; ++path) {
            dstPaths[path].attest(srcName, srcPaths[path].lastPayload());
        }
        dst.execute(SRC, proof.counts, proof.entries, "", TWO);
        uint256 used = vm.snapshotGasLastCall("backlog", "execute 128 windows of one");
        assertEq(dstApp.executed(), 128, "many small windows are executed in one call");
        assertLt(used, 14_000_000, "and fit in one transaction");
    }
}
