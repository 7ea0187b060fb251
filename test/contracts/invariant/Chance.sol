// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {ICollateralVault} from "../../../contracts/interfaces/ICollateralVault.sol";
import {Limit} from "../../../contracts/types/Limit.sol";
import {Deployment} from "../mocks/Deployment.sol";

/// @dev As whom an action acts. What loosens is the council's alone.
enum Role {
    Anyone,
    Guardian,
    Council
}

/// @dev Choices, time, limits so small that they are met, and what must never have happened.
abstract contract Chance is Deployment {
    /// @dev Listed by the vaults from the start, by the hub only when somebody does.
    uint16 internal constant LATE = 3;
    uint8 internal constant LATE_DECIMALS = 8;
    uint16 internal constant ASSETS = 3;
    uint8 internal constant SITES = 3;
    uint256 internal constant TRADERS = 4;
    uint256 internal constant CALL_GAS = 3_000_000;
    uint256 internal constant BLOCK_SECONDS = 12;

    uint256 private _rolls;
    /// @dev What passes inside one call is kept here for the next.
    uint256 private _time;
    uint256 private _number;
    Role internal _role;
    address[] internal _traders;

    // ── violations, by the number of the invariant: each one's first name is kept for the message ───────────────────
    mapping(uint256 invariant => uint256) public violations;
    mapping(uint256 invariant => string) public firstViolation;

    // ── coverage ────────────────────────────────────────────────────────────────────────────────────────────────────
    mapping(string what => uint256) public times;

    modifier acting(uint256 seed) {
        _begin(seed);
        _;
        _end();
    }

    function setUp() public virtual override {
        super.setUp();
        for (uint256 i = 0; i < TRADERS; ++i) {
            _traders.push(vm.addr(_key(i)));
        }
        (_time, _number) = (block.timestamp, block.number);
    }

    function _begin(uint256 seed) private {
        _rolls = seed;
        vm.warp(_time);
        vm.roll(_number);
        _role = Role.Anyone;
    }

    function _end() private {
        _follow();
        (_time, _number) = (block.timestamp, block.number);
    }

    /// @dev What happened before was done by somebody else.
    function _as(Role role) internal {
        _follow();
        _role = role;
    }

    /// @dev The only way in which time passes: clocks that stand still need to be told.
    function _pass(uint256 seconds_, uint256 blocks) internal {
        _follow();
        _runClocks(seconds_);
        vm.warp(block.timestamp + seconds_);
        vm.roll(block.number + blocks);
        (_time, _number) = (block.timestamp, block.number);
    }

    function _runClocks(uint256 seconds_) internal virtual;

    // ── limits ──────────────────────────────────────────────────────────────────────────────────────────────────────

    function _vaultRules() internal pure override returns (ICollateralVault.AssetRules memory) {
        return ICollateralVault.AssetRules(uint48(MINIMUM), uint24(PUSH_GAS), Limit(3e5, 5, 2e5, 50));
    }

    function _laneRules() internal pure override returns (IClearingHouse.LaneRules memory) {
        return IClearingHouse.LaneRules(uint64(MINIMUM), 14e5, Limit(6e5, 10, 4e5, 75));
    }

    // ── chance ──────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev Hashed, since the fuzzer likes small numbers and edges, of which every choice would be the first.
    function _roll(uint256 n) internal returns (uint256) {
        _rolls = uint256(keccak256(abi.encode(_rolls, n)));
        return _rolls % n;
    }

    function _isLucky(uint256 n) internal returns (bool) {
        return _roll(n) == 0;
    }

    function _anyTrader() internal returns (address) {
        return _traders[_roll(TRADERS)];
    }

    function _anyVault() internal returns (uint8) {
        return uint8(A + _roll(2));
    }

    function _anyAsset() internal returns (uint16) {
        return uint16(1 + _roll(ASSETS));
    }

    function _anyLane() internal returns (uint8 from, uint8 to) {
        uint8 chain = _anyVault();
        return _isLucky(2) ? (chain, HUB) : (HUB, chain);
    }

    function _key(uint256 trader) internal pure returns (uint256) {
        return 0x7ade + trader;
    }

    function _keyOf(address trader) internal view returns (uint256) {
        for (uint256 i = 0; i < TRADERS; ++i) {
            if (_traders[i] == trader) return _key(i);
        }
        revert("no trader");
    }

    // ── what must hold ──────────────────────────────────────────────────────────────────────────────────────────────

    function _violated(uint256 invariant, string memory what) internal {
        if (violations[invariant]++ == 0) firstViolation[invariant] = what;
    }

    /// @dev An action against what the ghosts know: what has to work works, and what must not does not.
    function _expect(bool isDone, bool mustBe, bool mustNotBe, string memory what) internal {
        if (!isDone && mustBe) _violated(12, string.concat("refused without cause: ", what));
        if (isDone && mustNotBe) _violated(8, string.concat("done against the rules: ", what));
        ++times[isDone ? what : string.concat(what, ", refused")];
    }
}
