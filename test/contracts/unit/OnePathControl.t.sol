// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {Entry, KIND_DEPOSIT, makeEntry} from "../../../contracts/types/Entry.sol";
import {Proof} from "../mocks/Logs.sol";
import {TwoGateways} from "../mocks/TwoGateways.sol";
import {Deploy} from "../mocks/Deploy.sol";

/// @dev One path is owned by a thief, who makes up an entry and attests the log that would hold it.
abstract contract OnePathForgery is TwoGateways {
    function _forge(uint8 path) internal returns (Proof memory proof) {
        proof.counts = new uint64[](1);
        proof.counts[0] = 1;
        proof.entries = new Entry[](1);
        proof.entries[0] = makeEntry(KIND_DEPOSIT, 1, SRC, 0, 1e30, bytes32(uint256(1) << 96), bytes32(uint256(1)));
        bytes32 root =
            keccak256(abi.encode(bytes32(0), proof.entries[0].word, proof.entries[0].account, proof.entries[0].party));
        _attest(path, _commitment(1, keccak256(abi.encode(laneId, root, uint256(1)))));
    }
}

contract TwoPathRuleTest is OnePathForgery {
    function test_forgery_failsOnOnePath() public {
        Proof memory proof = _forge(NETWORK);
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathsTooFew.selector, SRC, 2, 1));
        _execute(proof, 1);
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathsNotAttested.selector, SRC, 2));
        _execute(proof, TWO);
        vm.expectRevert(abi.encodeWithSelector(IGateway.PathsNotAttested.selector, SRC, 4));
        _execute(proof, 5);
        assertEq(dstApp.executed(), 0, "one path moves nothing");
    }
}

/// @dev The control: with the rule off the same forgery goes through, or the test above proves nothing.
contract OnePathControlTest is OnePathForgery {
    function _newGateway(uint32 eid, address app) internal override returns (IGateway) {
        return Deploy.gateway("OnePathGateway.sol:OnePathGateway", eid, app, address(manager));
    }

    function test_forgery_succeedsWhenOnePathIsEnough() public {
        Proof memory proof = _forge(NETWORK);
        _execute(proof, 1);
        assertEq(dstApp.executed(), 1, "the forged entry was executed");
    }

    function test_forgery_byWatchersAloneStillNeedsANetwork() public {
        Proof memory proof = _forge(WATCHERS);
        vm.expectRevert(abi.encodeWithSelector(IGateway.NetworkPathMissing.selector, SRC, 5, 2));
        _execute(proof, 2);
    }
}
