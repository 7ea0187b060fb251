// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @dev How a wallet answers when it is asked for its signature.
enum Answer {
    Honest,
    Slow,
    Garbage,
    Short,
    Bomb,
    Reverts,
    RevertsWithYes,
    BurnsGas,
    Reenters
}

/// @dev A contract wallet of one key (ERC-1271) whose manners change.
contract FickleWallet {
    uint256 internal constant SLOW_GAS = 270_000;

    address public signer;
    Answer public answer;
    address public target;
    bytes public data;

    function setSigner(address signer_) external {
        signer = signer_;
    }

    function setAnswer(Answer answer_) external {
        answer = answer_;
    }

    /// @dev A call to be made while it is asked; then it says yes.
    function setReentry(address target_, bytes calldata data_) external {
        (answer, target, data) = (Answer.Reenters, target_, data_);
    }

    function isValidSignature(bytes32 digest, bytes calldata signature) external returns (bytes4) {
        bytes32 yes = IERC1271.isValidSignature.selector;
        Answer now_ = answer;
        if (now_ == Answer.Garbage) return bytes4("junk");
        if (now_ == Answer.Short) {
            assembly {
                mstore(0, yes)
                return(0, 4)
            }
        }
        if (now_ == Answer.Bomb) {
            assembly {
                return(0, 200000)
            }
        }
        if (now_ == Answer.Reverts) revert("no");
        if (now_ == Answer.RevertsWithYes) {
            assembly {
                mstore(0, yes)
                revert(0, 32)
            }
        }
        if (now_ == Answer.BurnsGas) {
            assembly {
                invalid()
            }
        }
        if (now_ == Answer.Reenters) {
            (bool isDone,) = target.call(data);
            return isDone ? bytes4("done") : bytes4(yes);
        }
        if (now_ == Answer.Slow) _spend(SLOW_GAS);
        return ECDSA.recover(digest, signature) == signer ? bytes4(yes) : bytes4(0);
    }

    function _spend(uint256 gas_) internal view {
        uint256 start = gasleft();
        while (start - gasleft() < gas_) {}
    }
}
