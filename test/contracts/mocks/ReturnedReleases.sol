// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Vm} from "forge-std/Vm.sol";
import {Held} from "../../../contracts/interfaces/IClearingHouse.sol";
import {ICollateralVault} from "../../../contracts/interfaces/ICollateralVault.sol";
import {Entry, KIND_RETURNED, makeEntry} from "../../../contracts/types/Entry.sol";
import {Terms} from "../../../contracts/types/Terms.sol";
import {Clearing} from "./Clearing.sol";

/// @dev Releases that a vault gave back. Vault A is sent five, in windows of three and two.
abstract contract ReturnedReleases is Clearing {
    uint64 internal constant INDEX = 40;
    uint64 internal constant REF = 4;

    Terms internal parked;

    function setUp() public virtual override {
        super.setUp();
        _onEntry(eidA, 0, _depositOf(eidA, USD, 1000));
        _onEntry(eidB, 0, _depositOf(eidB, USD, 1000));
        for (uint128 i = 0; i < 5; ++i) {
            if (i == 3) _sealTo(A);
            _withdraw(A, USD, trader, 100 + i, recipient);
        }
        _sealTo(A);
        _withdraw(B, USD, trader, 100, recipient);
        _withdraw(B, USD, trader, 100, recipient);
        _sealTo(B);
    }

    /// @dev What a vault says of the release that it parked last.
    function _notice(Vm.Log memory seen) internal override {
        if (seen.topics[0] == ICollateralVault.ReleaseParked.selector) {
            (, parked,) = abi.decode(seen.data, (Entry, Terms, address));
        }
    }

    function _returnedOf(Entry memory release, uint64 ref) internal view returns (Entry memory) {
        return makeEntry(
            KIND_RETURNED,
            release.asset(),
            eidA,
            ref,
            release.amount(),
            release.account,
            keccak256(abi.encode(release.word, release.account, release.party))
        );
    }

    /// @dev What an honest vault says of a release of ours.
    function _returned(uint64 ref) internal view returns (Entry memory) {
        return _returnedOf(laneLogs[HUB][A].entries[ref], ref);
    }

    function _arrive(uint64 index, Entry memory entry) internal returns (uint64 parkedAt) {
        parkedAt = _now();
        _expectHeld(eidA, index, Held.Returned, entry);
        _onEntry(eidA, index, entry);
    }

    function _settle(uint64 index, Entry memory entry) internal {
        (uint64 previousCount, Entry[] memory window) = _windowOf(A, entry.ref());
        hub.settleReturned(eidA, index, entry, _moneyless(_now()), previousCount, window);
    }

    function _authorised() internal view returns (uint128 authorised) {
        (, authorised) = hub.laneBook(eidA, USD);
    }
}
