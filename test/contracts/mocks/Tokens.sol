// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @dev A token that does what it says.
contract TestToken is ERC20 {
    uint8 internal immutable DECIMALS;

    constructor(string memory symbol_, uint8 decimals_) ERC20(symbol_, symbol_) {
        DECIMALS = decimals_;
    }

    function decimals() public view virtual override returns (uint8) {
        return DECIMALS;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function burn(address from, uint256 amount) external {
        _burn(from, amount);
    }
}

/// @dev How a transfer misbehaves.
enum Mood {
    Honest,
    TakesFee,
    ReturnsFalse,
    ReturnsNothing,
    Reverts,
    BurnsGas,
    ReturnBomb,
    RevertBomb,
    MovesTwice,
    MovesNothing,
    Hooks
}

/// @dev A token whose manners change: every way in which a listed token may turn against its vault.
contract FickleToken is TestToken {
    Mood public mood;
    /// @dev 30,000 bytes fit in a vault's allowance; 1 MB does not.
    uint256 public bombSize = 30_000;
    mapping(address => bool) public isBlacklisted;
    /// @dev What it adds to the balance it tells of.
    mapping(address => int256) public lieAbout;
    uint8 internal _decimals;
    address public hookTarget;
    bytes public hookData;
    bool public hookSucceeded;
    bytes public hookResult;

    error Blacklisted(address who);

    constructor(string memory symbol_, uint8 decimals_) TestToken(symbol_, decimals_) {
        _decimals = decimals_;
    }

    function decimals() public view override returns (uint8) {
        return _decimals;
    }

    function setDecimals(uint8 decimals_) external {
        _decimals = decimals_;
    }

    function balanceOf(address who) public view override returns (uint256) {
        return uint256(int256(super.balanceOf(who)) + lieAbout[who]);
    }

    function setLie(address who, int256 lie) external {
        lieAbout[who] = lie;
    }

    function setBomb(Mood mood_, uint256 size) external {
        (mood, bombSize) = (mood_, size);
    }

    function setMood(Mood mood_) external {
        mood = mood_;
    }

    function setBlacklisted(address who, bool isIt) external {
        isBlacklisted[who] = isIt;
    }

    function setHook(address target, bytes calldata data) external {
        (mood, hookTarget, hookData) = (Mood.Hooks, target, data);
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        if (isBlacklisted[to]) revert Blacklisted(to);
        return _move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        if (isBlacklisted[from]) revert Blacklisted(from);
        _spendAllowance(from, msg.sender, amount);
        return _move(from, to, amount);
    }

    function _move(address from, address to, uint256 amount) internal returns (bool) {
        Mood now_ = mood;
        if (now_ == Mood.ReturnsFalse) return false;
        if (now_ == Mood.Reverts) revert Blacklisted(to);
        if (now_ == Mood.BurnsGas) {
            assembly {
                invalid()
            }
        }
        if (now_ == Mood.RevertBomb) {
            uint256 size = bombSize;
            assembly {
                revert(0, size)
            }
        }
        if (now_ == Mood.MovesNothing) return true;
        if (now_ == Mood.TakesFee) {
            uint256 fee = amount / 100;
            _transfer(from, to, amount - fee);
            _burn(from, fee);
            return true;
        }
        _transfer(from, to, amount);
        if (now_ == Mood.MovesTwice) _transfer(from, to, amount);
        if (now_ == Mood.Hooks) (hookSucceeded, hookResult) = hookTarget.call(hookData);
        if (now_ == Mood.ReturnsNothing) {
            assembly {
                return(0, 0)
            }
        }
        if (now_ == Mood.ReturnBomb) {
            uint256 size = bombSize;
            assembly {
                mstore(0, 1)
                return(0, size)
            }
        }
        return true;
    }
}

/// @dev OpenZeppelin's, with EIP-2612.
contract PermitToken is TestToken, ERC20Permit {
    constructor(uint8 decimals_) TestToken("PMT", decimals_) ERC20Permit("PMT") {}

    function decimals() public view override(ERC20, TestToken) returns (uint8) {
        return TestToken.decimals();
    }
}

/// @dev Balances are shares of a supply that others change.
contract RebasingToken is TestToken {
    uint256 public percent = 100;

    constructor() TestToken("REB", 6) {}

    function rebase(uint256 percent_) external {
        percent = percent_;
    }

    function balanceOf(address who) public view override returns (uint256) {
        return super.balanceOf(who) * percent / 100;
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount * 100 / percent);
    }

    /// @dev Each transfer rebases: what arrives is not what was sent.
    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        super.transferFrom(from, to, amount);
        if (percent != 100) percent += 1;
        return true;
    }
}
