// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {ICollateralVault, Parked} from "../../../contracts/interfaces/ICollateralVault.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {accountOf} from "../../../contracts/types/Account.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {Entry} from "../../../contracts/types/Entry.sol";
import {Limit} from "../../../contracts/types/Limit.sol";
import {Stage, Terms} from "../../../contracts/types/Terms.sol";
import {Deploy} from "../mocks/Deploy.sol";
import {Permit2} from "../mocks/Permit2.sol";
import {OneVault} from "../mocks/OneVault.sol";
import {TestToken} from "../mocks/Tokens.sol";

/// @dev What is said of an asset, by whom, and what of it may be changed how.
contract VaultRulesTest is OneVault {
    uint16 internal constant NEW = 9;
    uint256 internal constant MAX_PUSH_GAS = 60_000;
    uint256 internal constant MAX_ASSETS = 32;

    TestToken internal token;

    function setUp() public override {
        super.setUp();
        token = Deploy.token("NEW", 18);
    }

    function _rules() internal pure returns (ICollateralVault.AssetRules memory) {
        return ICollateralVault.AssetRules(20, 50_000, Limit(1000, 10, 500, 40));
    }

    function _expect(bytes4 selector, uint16 asset) internal {
        vm.expectRevert(abi.encodeWithSelector(selector, asset));
    }

    // ── deploying ───────────────────────────────────────────────────────────────────────────────────────────────────

    function _deploy(uint32 hubEid_, uint64 wait, uint64 blocks) internal returns (address) {
        bytes memory code = vm.getCode("CollateralVault.sol:CollateralVault");
        bytes memory args = abi.encode(gateway, hubEid_, Permit2.ADDRESS, wait, blocks, chains[A].manager);
        return Deploy.create(abi.encodePacked(code, args));
    }

    function _next() internal view returns (address) {
        return vm.computeCreateAddress(address(this), vm.getNonce(address(this)));
    }

    function test_constructor_revertsForAnotherAppsGateway() public {
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.GatewayNotOurs.selector, _next(), address(vault)));
        this.deploy(hubEid, 1, 1);
    }

    function test_constructor_revertsForAHubThatIsNone() public {
        uint32 own = gateway.eid();
        vm.mockCall(address(gateway), abi.encodeCall(IGateway.app, ()), abi.encode(_next()));
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.HubEidInvalid.selector, 0));
        this.deploy(0, 1, 1);
        vm.mockCall(address(gateway), abi.encodeCall(IGateway.app, ()), abi.encode(_next()));
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.HubEidInvalid.selector, own));
        this.deploy(own, 1, 1);
    }

    function test_constructor_revertsWithoutAWait() public {
        vm.mockCall(address(gateway), abi.encodeCall(IGateway.app, ()), abi.encode(_next()));
        vm.expectRevert(ICollateralVault.WaitZero.selector);
        this.deploy(hubEid, 0, 1);
        vm.mockCall(address(gateway), abi.encodeCall(IGateway.app, ()), abi.encode(_next()));
        vm.expectRevert(ICollateralVault.WaitZero.selector);
        this.deploy(hubEid, 1, 0);
    }

    /// @dev External, so that a revert is expected of one call.
    function deploy(uint32 hubEid_, uint64 wait, uint64 blocks) external returns (address) {
        return _deploy(hubEid_, wait, blocks);
    }

    // ── listing ─────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_listAsset_keepsWhatWasSaid() public {
        vm.expectEmit(address(vault));
        emit ICollateralVault.AssetListed(NEW, address(token), 18, 8);
        vm.expectEmit(address(vault));
        emit ICollateralVault.AssetRulesSet(NEW, _rules());
        vault.listAsset(NEW, address(token), 8, _rules());
        ICollateralVault.Asset memory listed = vault.assetOf(NEW);
        assertEq(listed.scale, 1e10, "local units in a canonical one");
        assertEq(listed.pushGas, 50_000, "the allowance");
        assertEq(listed.minDeposit, 20, "the minimum");
        assertEq(listed.token, address(token), "the token");
        assertEq(abi.encode(vault.rulesOf(NEW)), abi.encode(_rules()), "all that may change");
        (uint128 fullAt, uint128 queued) = vault.bucketOf(NEW);
        assertEq(fullAt, uint128(vm.getBlockTimestamp()) << 64, "the bucket is full");
        assertEq(queued, 0, "nothing waits");
        (uint16[] memory assets, uint128[] memory amounts) = vault.figures(hubEid, Direction.In);
        assertEq(assets[assets.length - 1], NEW, "it is among the figures");
        assertEq(amounts.length, assets.length, "each has one");
    }

    function test_listAsset_reverts() public {
        ICollateralVault.AssetRules memory rules = _rules();
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.AssetAlreadyListed.selector, USD, address(token)));
        vault.listAsset(USD, address(token), 6, rules);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.AssetAlreadyListed.selector, NEW, address(usd)));
        vault.listAsset(NEW, address(usd), 6, rules);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.TokenInvalid.selector, address(0xdead)));
        vault.listAsset(NEW, address(0xdead), 6, rules);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.DecimalsTooFew.selector, address(token), 19, 18));
        vault.listAsset(NEW, address(token), 19, rules);
        // A contract without decimals() is no token.
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.TokenInvalid.selector, address(vault)));
        vault.listAsset(NEW, address(vault), 6, rules);
        TestToken fine = Deploy.token("FINE", 37);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.TokenInvalid.selector, address(fine)));
        vault.listAsset(NEW, address(fine), 6, rules);
        vm.prank(trader);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, trader));
        vault.listAsset(NEW, address(token), 6, rules);
    }

    function test_listAsset_takesSoManyAndNoMore() public {
        (uint16[] memory assets,) = vault.figures(hubEid, Direction.In);
        for (uint256 i = assets.length; i < MAX_ASSETS; ++i) {
            vault.listAsset(uint16(100 + i), address(Deploy.token("ONE", 6)), 6, _rules());
        }
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.AssetsFull.selector, MAX_ASSETS));
        vault.listAsset(NEW, address(token), 6, _rules());
    }

    // ── bad rules, by each of the three doors ───────────────────────────────────────────────────────────────────────

    function _listWith(ICollateralVault.AssetRules memory rules) internal {
        vault.listAsset(NEW, address(token), 6, rules);
    }

    function _tightenWith(ICollateralVault.AssetRules memory rules) internal {
        vault.tightenAsset(FICKLE, rules);
    }

    function _loosenWith(ICollateralVault.AssetRules memory rules) internal {
        vault.loosenAsset(FICKLE, rules);
    }

    function _assertRefusesBadRules(function(ICollateralVault.AssetRules memory) internal door, uint16 asset) internal {
        ICollateralVault.AssetRules memory rules = _rules();
        rules.pushGas = 0;
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.PushGasInvalid.selector, MAX_PUSH_GAS, 0));
        door(rules);
        rules.pushGas = uint24(MAX_PUSH_GAS + 1);
        vm.expectRevert(
            abi.encodeWithSelector(ICollateralVault.PushGasInvalid.selector, MAX_PUSH_GAS, MAX_PUSH_GAS + 1)
        );
        door(rules);
        rules = _rules();
        rules.minDeposit = 0;
        vm.expectRevert(ICollateralVault.ZeroAmount.selector);
        door(rules);

        Limit[7] memory limits = [
            Limit(0, 10, 500, 40),
            Limit(1000, 0, 500, 40),
            Limit(1000, 10, 0, 40),
            Limit(1000, 10, 500, 0),
            Limit(1000, 10, 500, 101),
            // More than the refill brings in 30 days.
            Limit(10 * 30 days + 1, 10, 500, 40),
            Limit(type(uint80).max, 1, type(uint80).max, 100)
        ];
        for (uint256 i = 0; i < limits.length; ++i) {
            rules = _rules();
            rules.limit = limits[i];
            _expect(ICollateralVault.LimitInvalid.selector, asset);
            door(rules);
        }
    }

    function test_listAsset_revertsForBadRules() public {
        _assertRefusesBadRules(_listWith, NEW);
        ICollateralVault.AssetRules memory rules = _rules();
        rules.limit = Limit(10 * 30 days, 10, 1, 100);
        rules.pushGas = uint24(MAX_PUSH_GAS);
        _listWith(rules);
    }

    function test_tightenAsset_revertsForBadRules() public {
        _assertRefusesBadRules(_tightenWith, FICKLE);
    }

    function test_loosenAsset_revertsForBadRules() public {
        _assertRefusesBadRules(_loosenWith, FICKLE);
    }

    function test_rules_revertForAnUnlistedAsset() public {
        _expect(ICollateralVault.AssetNotListed.selector, NEW);
        vault.tightenAsset(NEW, _rules());
        _expect(ICollateralVault.AssetNotListed.selector, NEW);
        vault.loosenAsset(NEW, _rules());
        vm.prank(address(chains[A].pauseController));
        _expect(ICollateralVault.AssetNotListed.selector, NEW);
        vault.setAssetPause(NEW, 1);
    }

    function test_rules_revertForStrangers() public {
        bytes memory unauthorized = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger);
        vm.startPrank(stranger);
        vm.expectRevert(unauthorized);
        vault.tightenAsset(FICKLE, _rules());
        vm.expectRevert(unauthorized);
        vault.loosenAsset(FICKLE, _rules());
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.CallerNotPauseController.selector, stranger));
        vault.setAssetPause(FICKLE, 1);
        vm.stopPrank();
    }

    // ── tighten ─────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev From what it is now, one field each.
    function _tighter(uint256 field) internal view returns (ICollateralVault.AssetRules memory rules) {
        rules = vault.rulesOf(FICKLE);
        if (field == 0) rules.minDeposit += 1;
        if (field == 1) rules.pushGas -= 1;
        if (field == 2) rules.limit.capacity -= 1;
        if (field == 3) rules.limit.refill -= 1;
        if (field == 4) rules.limit.large -= 1;
        if (field == 5) rules.limit.share -= 1;
    }

    function _looser(uint256 field) internal view returns (ICollateralVault.AssetRules memory rules) {
        rules = vault.rulesOf(FICKLE);
        if (field == 0) rules.minDeposit -= 1;
        if (field == 1) rules.pushGas += 1;
        if (field == 2) rules.limit.capacity += 1;
        if (field == 3) rules.limit.refill += 1;
        if (field == 4) rules.limit.large += 1;
        if (field == 5) rules.limit.share += 1;
    }

    function test_tightenAsset_takesEachFieldStricter() public {
        vault.loosenAsset(FICKLE, _rules());
        for (uint256 field = 0; field < 6; ++field) {
            ICollateralVault.AssetRules memory rules = _tighter(field);
            vm.expectEmit(address(vault));
            emit ICollateralVault.AssetRulesSet(FICKLE, rules);
            vault.tightenAsset(FICKLE, rules);
            assertEq(abi.encode(vault.rulesOf(FICKLE)), abi.encode(rules), "as it was said");
        }
    }

    function test_tightenAsset_revertsForAnyFieldLooser() public {
        vault.loosenAsset(FICKLE, _rules());
        for (uint256 field = 0; field < 6; ++field) {
            ICollateralVault.AssetRules memory looser = _looser(field);
            _expect(ICollateralVault.RulesNotTighter.selector, FICKLE);
            vault.tightenAsset(FICKLE, looser);
            // Nor where all else is stricter.
            ICollateralVault.AssetRules memory rules = ICollateralVault.AssetRules(30, 40_000, Limit(900, 9, 400, 30));
            if (field == 0) rules.minDeposit = looser.minDeposit;
            if (field == 1) rules.pushGas = looser.pushGas;
            if (field == 2) rules.limit.capacity = looser.limit.capacity;
            if (field == 3) rules.limit.refill = looser.limit.refill;
            if (field == 4) rules.limit.large = looser.limit.large;
            if (field == 5) rules.limit.share = looser.limit.share;
            _expect(ICollateralVault.RulesNotTighter.selector, FICKLE);
            vault.tightenAsset(FICKLE, rules);
        }
        assertEq(abi.encode(vault.rulesOf(FICKLE)), abi.encode(_rules()), "they are what they were");
    }

    function test_tightenAsset_revertsForTheSame() public {
        vault.loosenAsset(FICKLE, _rules());
        _expect(ICollateralVault.RulesNotTighter.selector, FICKLE);
        vault.tightenAsset(FICKLE, _rules());
    }

    /// @dev A bucket counts in seconds of its refill: less of it must not give back what was drawn.
    function test_tightenAsset_ofTheRefillKeepsDrawnWhatWasDrawn() public {
        vault.loosenAsset(FICKLE, ICollateralVault.AssetRules(20, 50_000, Limit(1000, 10, 5000, 100)));
        _depositAs(trader, FICKLE, 10_000);
        _release(0, _releaseOf(FICKLE, 1000, recipient));
        assertEq(fickle.balanceOf(recipient), 1000, "all that the bucket holds");
        vault.tightenAsset(FICKLE, ICollateralVault.AssetRules(20, 50_000, Limit(1000, 1, 5000, 100)));

        uint64 now_ = uint64(vm.getBlockTimestamp());
        (uint128 fullAt,) = vault.bucketOf(FICKLE);
        assertEq(fullAt, uint128(now_ + 1000) << 64, "1,000 come back at 1 a second");
        Entry memory next = _releaseOf(FICKLE, 100, recipient);
        _expectParked(hubEid, 1, next, Parked.OverLimit, Terms(now_, now_ + 100, 0, Stage.Drawn), recipient);
        _release(1, next);
        assertEq(fickle.balanceOf(recipient), 1000, "and no sooner");
    }

    // ── loosen ──────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_loosenAsset_fillsTheBucket() public {
        vault.loosenAsset(FICKLE, ICollateralVault.AssetRules(20, 50_000, Limit(1000, 10, 5000, 100)));
        _depositAs(trader, FICKLE, 10_000);
        _release(0, _releaseOf(FICKLE, 1000, recipient));
        Entry memory second = _releaseOf(FICKLE, 1000, recipient);
        second.account = accountOf(stranger, 0);
        uint64 now_ = uint64(vm.getBlockTimestamp());
        _expectParked(hubEid, 1, second, Parked.OverLimit, Terms(now_, now_ + 100, 0, Stage.Drawn), recipient);
        _release(1, second);

        ICollateralVault.AssetRules memory rules =
            ICollateralVault.AssetRules(10, uint24(MAX_PUSH_GAS), Limit(2000, 20, 6000, 100));
        vm.expectEmit(address(vault));
        emit ICollateralVault.AssetRulesSet(FICKLE, rules);
        vault.loosenAsset(FICKLE, rules);
        (uint128 fullAt, uint128 queued) = vault.bucketOf(FICKLE);
        assertEq(fullAt, uint128(vm.getBlockTimestamp()) << 64, "it is full");
        assertEq(queued, 1000, "what waits still waits: its time was given");
        Entry memory third = _releaseOf(FICKLE, 2000, recipient);
        third.account = accountOf(recipient, 0);
        _release(2, third);
        assertEq(fickle.balanceOf(recipient), 3000, "as much as it holds now");
    }
}
