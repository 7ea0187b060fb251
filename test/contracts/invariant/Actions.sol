// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Finishers} from "./Finishers.sol";
import {Guardians} from "./Guardians.sol";
import {Issuer} from "./Issuer.sol";
import {Operators} from "./Operators.sol";
import {Relayers} from "./Relayers.sol";
import {Thieves} from "./Thieves.sol";
import {Traders} from "./Traders.sol";

/// @dev All actions of the handler, as often as they shall come relative to one another.
library Actions {
    function all() internal pure returns (bytes4[] memory actions) {
        actions = new bytes4[](64);
        uint256 n = 0;
        n = _add(actions, n, Traders.deposit.selector, 2);
        n = _add(actions, n, Traders.depositMany.selector, 1);
        n = _add(actions, n, Traders.depositOfNobody.selector, 1);
        n = _add(actions, n, Traders.withdraw.selector, 2);
        n = _add(actions, n, Traders.withdrawMany.selector, 1);
        n = _add(actions, n, Traders.transfer.selector, 1);
        n = _add(actions, n, Traders.register.selector, 1);
        n = _add(actions, n, Traders.request.selector, 2);
        n = _add(actions, n, Operators.withdrawBatch.selector, 2);
        n = _add(actions, n, Operators.cancelNonce.selector, 1);
        n = _add(actions, n, Relayers.seal.selector, 1);
        n = _add(actions, n, Relayers.dispatch.selector, 3);
        n = _add(actions, n, Relayers.deliver.selector, 1);
        n = _add(actions, n, Relayers.deliverNewest.selector, 3);
        n = _add(actions, n, Relayers.carry.selector, 8);
        n = _add(actions, n, Relayers.execute.selector, 1);
        n = _add(actions, n, Relayers.executeAttested.selector, 3);
        n = _add(actions, n, Issuer.blacklist.selector, 1);
        n = _add(actions, n, Issuer.turn.selector, 1);
        n = _add(actions, n, Issuer.callBack.selector, 1);
        n = _add(actions, n, Finishers.retry.selector, 2);
        n = _add(actions, n, Finishers.giveBack.selector, 2);
        n = _add(actions, n, Finishers.settle.selector, 3);
        n = _add(actions, n, Finishers.finish.selector, 2);
        n = _add(actions, n, Finishers.refund.selector, 2);
        n = _add(actions, n, Guardians.pause.selector, 1);
        n = _add(actions, n, Guardians.resume.selector, 1);
        n = _add(actions, n, Guardians.list.selector, 1);
        n = _add(actions, n, Guardians.passTime.selector, 2);
        n = _add(actions, n, Thieves.lie.selector, 1);
        n = _add(actions, n, Thieves.forge.selector, 1);
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
