// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Held} from "../../../contracts/interfaces/IClearingHouse.sol";
import {Parked} from "../../../contracts/interfaces/ICollateralVault.sol";
import {Actions} from "./Actions.sol";
import {Checks} from "./Checks.sol";
import {Fate} from "./Ghosts.sol";

/// @dev The invariants say little if the actors never come to what they are for: here they do, over fixed seeds.
contract Endings is Checks {
    uint256 internal constant HISTORIES = 16;
    uint256 internal constant STEPS = 300;

    mapping(Fate => uint256) internal _reached;
    mapping(Parked => uint256) internal _parkedFor;
    mapping(Held => uint256) internal _heldFor;
    mapping(string => uint256) internal _times;

    function test_handler_reachesEveryEnding() public {
        // A test's own limit is that of a block; what windows take is measured by the invariants.
        vm.pauseGasMetering();
        string[] memory doings = _doings();
        for (uint256 history = 0; history < HISTORIES; ++history) {
            _act(history);
            for (uint8 fate = 1; fate <= uint8(type(Fate).max); ++fate) {
                _reached[Fate(fate)] += handler.reached(Fate(fate));
            }
            for (uint8 reason = 0; reason <= uint8(type(Parked).max); ++reason) {
                _parkedFor[Parked(reason)] += handler.parkedFor(Parked(reason));
            }
            for (uint8 reason = 1; reason <= uint8(type(Held).max); ++reason) {
                _heldFor[Held(reason)] += handler.heldFor(Held(reason));
            }
            for (uint256 i = 0; i < doings.length; ++i) {
                _times[doings[i]] += handler.times(doings[i]);
            }
        }
        _checkReached(doings);
    }

    function _act(uint256 history) internal {
        _deployAll();
        bytes4[] memory actions = history % 2 == 0 ? Actions.ofOnePath() : Actions.ofTwoPaths();
        for (uint256 step = 0; step < STEPS; ++step) {
            uint256 seed = uint256(keccak256(abi.encode(history, step)));
            Address.functionCall(address(handler), abi.encodeWithSelector(actions[seed % actions.length], seed));
            if (step % 16 == 0) _checkAll();
        }
        _checkAll();
        handler.heal();
        _checkHealed();
    }

    function _checkReached(string[] memory doings) private view {
        string[15] memory fates = [
            "in flight",
            "asked",
            "credited",
            "in suspense",
            "refunded",
            "served",
            "refused",
            "paid",
            "parked",
            "returned",
            "void",
            "on its way back",
            "settled",
            "falsely returned",
            "held without money"
        ];
        for (uint256 i = 0; i < fates.length; ++i) {
            // A forged deposit is the vault's own kind, so nothing is held without money but by overflow.
            if (Fate(i + 1) == Fate.Ignored) continue;
            assertGt(_reached[Fate(i + 1)], 0, string.concat("it comes to this: ", fates[i]));
        }
        Parked[7] memory parks = [
            Parked.BeyondBook,
            Parked.Refused,
            Parked.Large,
            Parked.AccountShare,
            Parked.OverLimit,
            Parked.AssetPaused,
            Parked.Vetoed
        ];
        for (uint256 i = 0; i < parks.length; ++i) {
            assertGt(_parkedFor[parks[i]], 0, string.concat("parked for reason ", vm.toString(uint256(parks[i]))));
        }
        Held[7] memory holds = [
            Held.AssetUnlisted,
            Held.OwnerZero,
            Held.Returned,
            Held.Large,
            Held.OverLimit,
            Held.OverExposure,
            Held.AssetPaused
        ];
        for (uint256 i = 0; i < holds.length; ++i) {
            assertGt(_heldFor[holds[i]], 0, string.concat("held for reason ", vm.toString(uint256(holds[i]))));
        }
        for (uint256 i = 0; i < doings.length; ++i) {
            assertGt(_times[doings[i]], 0, string.concat("it happens: ", doings[i]));
        }
    }

    function _doings() internal pure returns (string[] memory) {
        string memory all = "retried|finished|settled|signed|skipped|hook|realised|"
            "large, vouched for|large, waited|over limit, paid later|over a limit|over exposure finished|cleared|"
            "pause|pause all|freeze|quarantined|quarantine lifted|contradicted|halted|path disabled|path replaced|"
            "resumed|halt resumed|asset resumed|resumption vetoed|closed|loosen|tighten|overreach|"
            "lie|forgery|forgery behind truth|attest by a thief, refused|expose|vouch|vouch, refused|"
            "fork|convicted|cashed out|"
            "execute, refused|withdraw, refused|false request, refused|retry, refused|return, refused|resume, refused|"
            "settle by a false window, refused|finish, refused|refund, refused";
        return vm.split(all, "|");
    }
}
