// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Entry} from "../../../contracts/types/Entry.sol";
import {Terms} from "../../../contracts/types/Terms.sol";
import {OneVault} from "../mocks/OneVault.sol";
import {Mood} from "../mocks/Tokens.sol";

/// @dev What is set aside for a release is free again when it ends, however it ends.
contract VaultQueuedTest is OneVault {
    Entry internal entry;
    Terms internal terms;

    function setUp() public override {
        super.setUp();
        _depositAs(trader, FICKLE, 10_000);
        (entry, terms) = _park();
    }

    function _assertFree() internal {
        (, uint128 queued) = vault.bucketOf(FICKLE);
        assertEq(queued, 0, "nothing waits, so nothing is set aside");
        fickle.setMood(Mood.Honest);
        (uint128 deposited, uint128 released) = vault.book(FICKLE);
        uint128 rest = deposited - released;
        _expectReleased(6, FICKLE, recipient, rest);
        _release(6, _releaseOf(FICKLE, rest, recipient));
    }

    function test_queued_isFreeWhenAStrangerReturnsWhatIsStillRefused() public {
        vm.warp(terms.unlockAt + 7 days);
        vm.prank(stranger);
        vault.returnRelease(5, entry, terms, recipient);
        assertEq(_parkOf(5), 0, "it went back");
        _assertFree();
    }

    function test_queued_isFreeWhenThePayeeReturns() public {
        vm.prank(recipient);
        vault.returnRelease(5, entry, terms, recipient);
        _assertFree();
    }

    function test_queued_isFreeWhenItIsPaid() public {
        fickle.setMood(Mood.Honest);
        vault.retry(hubEid, 5, entry, terms, recipient);
        _assertFree();
    }

    function test_queued_staysWhileItIsRefused() public {
        vm.expectRevert();
        vault.retry(hubEid, 5, entry, terms, recipient);
        (, uint128 queued) = vault.bucketOf(FICKLE);
        assertEq(queued, 100, "set aside once");
    }
}
