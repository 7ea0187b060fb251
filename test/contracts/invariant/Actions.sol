// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Cartel} from "./Cartel.sol";
import {Council} from "./Council.sol";
import {Finishers} from "./Finishers.sol";
import {Guardians} from "./Guardians.sol";
import {Handler} from "./Handler.sol";
import {HotKeys} from "./HotKeys.sol";
import {Issuer} from "./Issuer.sol";
import {Operators} from "./Operators.sol";
import {Pausers} from "./Pausers.sol";
import {Relayers} from "./Relayers.sol";
import {Thieves} from "./Thieves.sol";
import {Traders} from "./Traders.sol";
import {Witnesses} from "./Witnesses.sol";

/// @dev All actions of the handler, as often as they shall come relative to one another.
library Actions {
    function ofOnePath() internal pure returns (bytes4[] memory actions) {
        actions = new bytes4[](192);
        uint256 n = _ofUsers(actions, 0);
        n = _ofRelayers(actions, n);
        n = _ofRoles(actions, n);
        _cut(actions, n);
    }

    function ofTwoPaths() internal pure returns (bytes4[] memory actions) {
        actions = new bytes4[](192);
        uint256 n = _ofUsers(actions, 0);
        n = _ofRelayers(actions, n);
        n = _ofRoles(actions, n);
        n = _add(actions, n, Cartel.steal.selector, 8);
        n = _add(actions, n, Cartel.collect.selector, 4);
        n = _add(actions, n, Handler.cashOut.selector, 2);
        _cut(actions, n);
    }

    function _ofUsers(bytes4[] memory actions, uint256 n) private pure returns (uint256) {
        n = _add(actions, n, Traders.deposit.selector, 4);
        n = _add(actions, n, Traders.depositMany.selector, 1);
        n = _add(actions, n, Traders.depositOfNobody.selector, 1);
        n = _add(actions, n, Traders.withdraw.selector, 5);
        n = _add(actions, n, Traders.withdrawMany.selector, 1);
        n = _add(actions, n, Traders.transfer.selector, 1);
        n = _add(actions, n, Traders.realise.selector, 1);
        n = _add(actions, n, Traders.register.selector, 1);
        n = _add(actions, n, Traders.request.selector, 2);
        n = _add(actions, n, Operators.withdrawBatch.selector, 2);
        n = _add(actions, n, Operators.cancelNonce.selector, 1);
        n = _add(actions, n, Issuer.blacklist.selector, 1);
        n = _add(actions, n, Issuer.turn.selector, 1);
        return _add(actions, n, Issuer.callBack.selector, 1);
    }

    function _ofRelayers(bytes4[] memory actions, uint256 n) private pure returns (uint256) {
        n = _add(actions, n, Relayers.seal.selector, 1);
        n = _add(actions, n, Relayers.dispatch.selector, 3);
        n = _add(actions, n, Relayers.deliver.selector, 1);
        n = _add(actions, n, Relayers.deliverNewest.selector, 3);
        n = _add(actions, n, Relayers.carry.selector, 10);
        n = _add(actions, n, Relayers.execute.selector, 1);
        n = _add(actions, n, Relayers.executeAttested.selector, 3);
        n = _add(actions, n, Witnesses.vouch.selector, 3);
        n = _add(actions, n, Witnesses.contradict.selector, 2);
        n = _add(actions, n, Witnesses.expose.selector, 2);
        n = _add(actions, n, Handler.hurry.selector, 2);
        n = _add(actions, n, Finishers.retry.selector, 5);
        n = _add(actions, n, Finishers.giveBack.selector, 2);
        n = _add(actions, n, Finishers.settle.selector, 3);
        n = _add(actions, n, Finishers.finish.selector, 5);
        return _add(actions, n, Finishers.refund.selector, 2);
    }

    function _ofRoles(bytes4[] memory actions, uint256 n) private pure returns (uint256) {
        n = _add(actions, n, Pausers.pause.selector, 2);
        n = _add(actions, n, Handler.carryUnderPause.selector, 1);
        n = _add(actions, n, Pausers.pauseAll.selector, 1);
        n = _add(actions, n, Pausers.quarantine.selector, 1);
        n = _add(actions, n, Pausers.passTime.selector, 5);
        n = _add(actions, n, Guardians.disablePath.selector, 3);
        n = _add(actions, n, Guardians.freeze.selector, 1);
        n = _add(actions, n, Guardians.vetoResume.selector, 1);
        n = _add(actions, n, Guardians.vetoRelease.selector, 2);
        n = _add(actions, n, Guardians.tighten.selector, 1);
        n = _add(actions, n, Guardians.removeKey.selector, 1);
        n = _add(actions, n, Council.list.selector, 1);
        n = _add(actions, n, Council.replacePath.selector, 3);
        n = _add(actions, n, Council.loosen.selector, 1);
        n = _add(actions, n, Council.clearRelease.selector, 2);
        n = _add(actions, n, Council.strike.selector, 3);
        n = _add(actions, n, Council.liftQuarantine.selector, 2);
        n = _add(actions, n, Council.proposeResume.selector, 4);
        n = _add(actions, n, Council.resume.selector, 5);
        n = _add(actions, n, Council.giveKey.selector, 1);
        n = _add(actions, n, Council.closeLane.selector, 1);
        n = _add(actions, n, HotKeys.overreach.selector, 2);
        n = _add(actions, n, Thieves.lie.selector, 2);
        return _add(actions, n, Thieves.forge.selector, 2);
    }

    function _cut(bytes4[] memory actions, uint256 n) private pure {
        assembly ("memory-safe") {
            mstore(actions, n)
        }
    }

    function _add(bytes4[] memory actions, uint256 n, bytes4 action, uint256 times) private pure returns (uint256) {
        for (uint256 i = 0; i < times; ++i) {
            actions[n + i] = action;
        }
        return n + times;
    }
}
