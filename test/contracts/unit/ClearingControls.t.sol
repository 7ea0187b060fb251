// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {Halt, IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {accountOf} from "../../../contracts/types/Account.sol";
import {Entry, KIND_RETURNED, makeEntry} from "../../../contracts/types/Entry.sol";
import {Limit} from "../../../contracts/types/Limit.sol";
import {SignedWithdrawal} from "../../../contracts/types/Withdrawal.sol";
import {Deploy} from "../mocks/Deploy.sol";
import {SignedWithdrawals} from "../mocks/SignedWithdrawals.sol";

/// @dev Attacks on the clearing house, each with the defence on and, as the control, with it off: off, it must succeed,
/// or the test proves nothing.
contract ClearingControlsTest is SignedWithdrawals {
    address internal thief = makeAddr("thief");

    function setUp() public override {
        super.setUp();
        _withdraw(A, USD, owner, 200, recipient);
        _sealTo(A);
    }

    /// @dev Puts a subclass in the clearing house's place; its state stays.
    function _become(string memory artifact) internal {
        address gateway = address(chains[HUB].gateway);
        bytes memory code = abi.encodePacked(
            vm.getCode(artifact), abi.encode(gateway, Deploy.LARGE_WAIT, Deploy.LARGE_BLOCKS, chains[HUB].manager)
        );
        address next = vm.computeCreateAddress(address(this), vm.getNonce(address(this)));
        vm.mockCall(gateway, abi.encodeCall(IGateway.app, ()), abi.encode(next));
        address deployed = Deploy.create(code);
        vm.clearMockedCalls();
        vm.etch(address(hub), deployed.code);
    }

    // ── A25: another recipient ──────────────────────────────────────────────────────────────────────────────────────

    function _substitute() internal returns (bool) {
        SignedWithdrawal memory item = _signed(_asked(1));
        item.withdrawal.recipient = thief;
        return _bringOne(item);
    }

    function test_substitution_fails() public {
        assertFalse(_substitute(), "not what the owner signed");
    }

    function test_substitution_succeedsWithoutSignatures() public {
        _become("UnsignedClearingHouse.sol:UnsignedClearingHouse");
        assertTrue(_substitute(), "the thief is paid");
        _follow();
        (uint64 posted,,) = chains[HUB].gateway.outbox(eidA);
        assertEq(laneLogs[HUB][A].entries[posted - 1].party, bytes32(uint256(uint160(thief))), "by a release to him");
    }

    // ── A25: the same withdrawal twice ──────────────────────────────────────────────────────────────────────────────

    function _replay() internal returns (uint256) {
        SignedWithdrawal[] memory items = new SignedWithdrawal[](3);
        for (uint256 i = 0; i < 3; ++i) {
            items[i] = _signed(_asked(1));
        }
        return _bring(items);
    }

    function test_replay_fails() public {
        assertEq(_replay(), 1, "signed once, done once");
    }

    function test_replay_succeedsWithoutNonces() public {
        _become("ReplayableClearingHouse.sol:ReplayableClearingHouse");
        assertEq(_replay(), 3, "signed once, done three times");
    }

    // ── A31: a forged return ────────────────────────────────────────────────────────────────────────────────────────

    function _forgeReturn() internal {
        Entry memory forged = makeEntry(KIND_RETURNED, USD, eidA, 0, 150, accountOf(thief, 0), "forged");
        _onEntry(eidA, 40, forged);
        (uint64 previousCount, Entry[] memory window) = _windowOf(A, 0);
        hub.settleReturned(eidA, 40, forged, _moneyless(_now()), previousCount, window);
    }

    function test_forgedReturn_fails() public {
        _forgeReturn();
        assertEq(hub.balanceOf(accountOf(thief, 0), USD), 0, "the thief has nothing");
        assertEq(uint8(chains[HUB].gateway.haltOf(eidA)), uint8(Halt.FalseReturn), "and the lane is halted");
    }

    function test_forgedReturn_succeedsWithoutOurOwnLog() public {
        _become("CredulousClearingHouse.sol:CredulousClearingHouse");
        _forgeReturn();
        assertEq(hub.balanceOf(accountOf(thief, 0), USD), 150, "the thief has what the message says");
    }

    // ── A05: a flood that two paths' owners forge ───────────────────────────────────────────────────────────────────

    /// @dev Ten times the lane's bucket, in parts below every level. The thief takes what he is credited out of the other vault.
    function _flood() internal returns (uint128 taken) {
        IClearingHouse.LaneRules memory rules = hub.rulesOf(eidA, USD);
        rules.limit = Limit(100, 1, 100, 100);
        hub.tightenAsset(eidA, USD, rules);
        vm.warp(vm.getBlockTimestamp() + 30 days);
        Entry[] memory flood = new Entry[](20);
        for (uint256 i = 0; i < flood.length; ++i) {
            flood[i] = _depositOf(eidA, USD, 50);
            flood[i].account = accountOf(thief, 0);
        }
        _onEntries(eidA, 10, flood);
        taken = uint128(uint256(hub.balanceOf(accountOf(thief, 0), USD)));
        uint128 there = hub.available(eidB, USD);
        if (taken > there) taken = there;
        _withdraw(B, USD, thief, taken, thief);
        _assertBacked(USD);
    }

    function test_flood_isBoundedByTheBucket() public {
        assertEq(_flood(), 100, "the capacity, and nothing more at once");
        assertEq(hub.suspense(eidA, USD), 900, "the rest can be seen for as long as it waits");
    }

    function test_flood_takesAllWithoutTheBucket() public {
        _become("BottomlessClearingHouse.sol:BottomlessClearingHouse");
        assertEq(_flood(), 300, "all that the other vault has");
        assertEq(hub.suspense(eidA, USD), 0, "at once");
    }
}
