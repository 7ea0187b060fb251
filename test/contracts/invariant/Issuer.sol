// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ICollateralVault} from "../../../contracts/interfaces/ICollateralVault.sol";
import {FickleToken, Mood} from "../mocks/Tokens.sol";
import {Ghosts} from "./Ghosts.sol";

/// @dev Who owns the tokens: blacklists, and makes them lie, burn gas, bomb and call back.
abstract contract Issuer is Ghosts {
    function blacklist(uint256 seed) external acting(seed) {
        tokenOf[_anyVault()][_anyAsset()].setBlacklisted(_anyTrader(), _roll(2) == 0);
    }

    function turn(uint256 seed) external acting(seed) {
        FickleToken token = tokenOf[_anyVault()][_anyAsset()];
        Mood mood = _roll(2) == 0 ? Mood.Honest : Mood(_roll(uint256(type(Mood).max)));
        token.setMood(mood);
    }

    /// @dev Into the vault that is just paying or taking. (What a call back does and a later revert undoes would still be
    /// among the recorded logs, so it calls nothing that may succeed.)
    function callBack(uint256 seed) external acting(seed) {
        if (_parks.length == 0) return;
        Park memory park = _parks[_roll(_parks.length)];
        bytes memory data = _roll(2) == 0
            ? abi.encodeCall(ICollateralVault.retry, (chains[HUB].eid, park.index, park.entry, park.terms, park.payee))
            : abi.encodeCall(ICollateralVault.returnRelease, (park.index, park.entry, park.terms, park.payee));
        tokenOf[park.chain][_anyAsset()].setHook(address(chains[park.chain].vault), data);
        ++times["hook"];
    }
}
