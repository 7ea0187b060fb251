// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ICollateralVault} from "../../../contracts/interfaces/ICollateralVault.sol";
import {toParty} from "../../../contracts/types/Account.sol";
import {KIND_DEPOSIT, makeEntry} from "../../../contracts/types/Entry.sol";
import {Deploy} from "../mocks/Deploy.sol";
import {OneVault} from "../mocks/OneVault.sol";
import {Mood, PermitToken} from "../mocks/Tokens.sol";
import {Permit2} from "../mocks/Permit2.sol";

/// @dev 18 decimals of which 6 are canonical, so that there is dust.
contract VaultPermitTest is OneVault {
    uint16 internal constant PERMIT = 8;
    uint256 internal constant UNIT = 1e12;
    bytes32 internal constant PERMIT_TYPEHASH =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    bytes32 internal constant TOKEN_PERMISSIONS_TYPEHASH = keccak256("TokenPermissions(address token,uint256 amount)");
    bytes32 internal constant PERMIT2_TYPEHASH = keccak256(
        "PermitTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,uint256 deadline)TokenPermissions(address token,uint256 amount)"
    );

    // Permit2's own.
    error SignatureExpired(uint256 signatureDeadline);
    error InvalidNonce();
    error InvalidSigner();

    PermitToken internal token;
    uint256 internal deadline;
    address internal refund = makeAddr("refund");

    function setUp() public override {
        super.setUp();
        Permit2.etch();
        token = PermitToken(Deploy.create("Tokens.sol:PermitToken", abi.encode(18)));
        vault.listAsset(PERMIT, address(token), 6, _vaultRules());
        token.mint(trader, 1000 * UNIT);
        deadline = vm.getBlockTimestamp() + 1 hours;
    }

    function _permitOf(uint256 key, uint256 amount) internal view returns (ICollateralVault.Permit memory permit) {
        bytes32 structHash =
            keccak256(abi.encode(PERMIT_TYPEHASH, vm.addr(key), vault, amount, token.nonces(vm.addr(key)), deadline));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), structHash));
        permit.deadline = deadline;
        (permit.v, permit.r, permit.s) = vm.sign(key, digest);
    }

    function _permit2Of(uint256 key, address spender, uint256 amount, uint256 nonce)
        internal
        view
        returns (ICollateralVault.Permit2Transfer memory)
    {
        bytes32 permitted = keccak256(abi.encode(TOKEN_PERMISSIONS_TYPEHASH, token, amount));
        bytes32 structHash = keccak256(abi.encode(PERMIT2_TYPEHASH, permitted, spender, nonce, deadline));
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,uint256 chainId,address verifyingContract)"),
                keccak256("Permit2"),
                block.chainid,
                Permit2.ADDRESS
            )
        );
        bytes memory signature = _sign(key, keccak256(abi.encodePacked(hex"1901", domain, structHash)));
        return ICollateralVault.Permit2Transfer(nonce, deadline, signature);
    }

    function _assertNothingTaken() internal view {
        assertEq(token.balanceOf(trader), 1000 * UNIT, "the trader has all of it");
        assertEq(token.balanceOf(address(vault)), 0, "the vault has none");
        (uint128 deposited,) = vault.book(PERMIT);
        assertEq(deposited, 0, "and books none");
        (uint64 posted,,) = gateway.outbox(hubEid);
        assertEq(posted, 0, "nothing is posted");
    }

    function _expectDeposit(uint128 amount) internal {
        bytes32 owner = bytes32((uint256(uint160(trader)) << 96) | 3);
        _expectPosted(0, makeEntry(KIND_DEPOSIT, PERMIT, chains[A].eid, 0, amount, owner, toParty(refund)));
    }

    function _assertTaken(uint256 amount) internal view {
        assertEq(token.balanceOf(trader), 1000 * UNIT - amount, "whole canonical units left the trader");
        assertEq(token.balanceOf(address(vault)), amount, "the vault holds just these");
        (uint128 deposited,) = vault.book(PERMIT);
        assertEq(deposited, amount / UNIT, "and books them");
    }

    // ── EIP-2612 ────────────────────────────────────────────────────────────────────────────────────────────────────

    function _depositWithPermit(uint256 amount, ICollateralVault.Permit memory permit)
        internal
        returns (uint64 index, uint128 credited)
    {
        vm.prank(trader, trader);
        return vault.depositWithPermit(PERMIT, amount, trader, 3, refund, false, permit);
    }

    function test_depositWithPermit_needsNoApproval() public {
        uint256 amount = 100 * UNIT + UNIT - 1;
        ICollateralVault.Permit memory permit = _permitOf(traderKey, amount);
        _expectDeposit(100);
        (uint64 index, uint128 credited) = _depositWithPermit(amount, permit);
        assertEq(index, 0, "the lane's first entry");
        assertEq(credited, 100, "canonical units, rounded down");
        _assertTaken(100 * UNIT);
    }

    function test_depositWithPermit_worksWhenAnybodyUsedThePermitBefore() public {
        ICollateralVault.Permit memory permit = _permitOf(traderKey, 100 * UNIT);
        vm.prank(stranger);
        token.permit(trader, address(vault), 100 * UNIT, permit.deadline, permit.v, permit.r, permit.s);
        _expectDeposit(100);
        _depositWithPermit(100 * UNIT, permit);
        _assertTaken(100 * UNIT);
    }

    function test_depositWithPermit_revertsWithTheTokensErrorWithoutAllowance() public {
        bytes memory missing =
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(vault), 0, 100 * UNIT);
        (, uint256 otherKey) = makeAddrAndKey("other");
        ICollateralVault.Permit memory others = _permitOf(otherKey, 100 * UNIT);
        vm.expectRevert(missing);
        _depositWithPermit(100 * UNIT, others);
        ICollateralVault.Permit memory smaller = _permitOf(traderKey, 99 * UNIT);
        vm.expectRevert(missing);
        _depositWithPermit(100 * UNIT, smaller);
        ICollateralVault.Permit memory late = _permitOf(traderKey, 100 * UNIT);
        vm.warp(deadline + 1);
        vm.expectRevert(missing);
        _depositWithPermit(100 * UNIT, late);
        _assertNothingTaken();
    }

    /// @dev An allowance to the vault is of use to nobody but who gave it.
    function test_depositWithPermit_takesFromTheCallerAlone() public {
        ICollateralVault.Permit memory permit = _permitOf(traderKey, 100 * UNIT);
        token.permit(trader, address(vault), 100 * UNIT, permit.deadline, permit.v, permit.r, permit.s);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(vault), 0, 100 * UNIT)
        );
        vm.prank(stranger, stranger);
        vault.depositWithPermit(PERMIT, 100 * UNIT, stranger, 0, stranger, false, permit);
        _assertNothingTaken();
    }

    function test_depositWithPermit_isADeposit() public {
        ICollateralVault.Permit memory permit;
        vm.startPrank(trader, trader);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.AssetNotListed.selector, 99));
        vault.depositWithPermit(99, 100, trader, 0, trader, false, permit);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.BelowMinimum.selector, PERMIT, MINIMUM, 9));
        vault.depositWithPermit(PERMIT, 9 * UNIT, trader, 0, trader, false, permit);
        // The token knows no permit, and takes a fee; the allowance was given by hand.
        fickle.setMood(Mood.TakesFee);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.DepositNotReceived.selector, FICKLE, 1000, 990));
        vault.depositWithPermit(FICKLE, 1000, trader, 0, trader, false, permit);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.ContractOwnerNotConfirmed.selector, address(this)));
        vault.depositWithPermit(PERMIT, 100 * UNIT, address(this), 0, trader, false, permit);
    }

    // ── Permit2 ─────────────────────────────────────────────────────────────────────────────────────────────────────

    function _approvePermit2() internal {
        vm.prank(trader);
        token.approve(Permit2.ADDRESS, type(uint256).max);
    }

    function _depositWithPermit2(uint256 amount, ICollateralVault.Permit2Transfer memory permit)
        internal
        returns (uint64 index, uint128 credited)
    {
        vm.prank(trader, trader);
        return vault.depositWithPermit2(PERMIT, amount, trader, 3, refund, false, permit);
    }

    function test_depositWithPermit2_takesWhatWasSigned() public {
        _approvePermit2();
        uint256 amount = 100 * UNIT + UNIT - 1;
        ICollateralVault.Permit2Transfer memory permit = _permit2Of(traderKey, address(vault), amount, 77);
        _expectDeposit(100);
        (uint64 index, uint128 credited) = _depositWithPermit2(amount, permit);
        assertEq(index, 0, "the lane's first entry");
        assertEq(credited, 100, "canonical units, rounded down");
        _assertTaken(100 * UNIT);
    }

    function test_depositWithPermit2_revertsForAnotherSignature() public {
        _approvePermit2();
        (, uint256 otherKey) = makeAddrAndKey("other");
        ICollateralVault.Permit2Transfer[4] memory wrong = [
            _permit2Of(traderKey, address(this), 100 * UNIT, 1),
            _permit2Of(otherKey, address(vault), 100 * UNIT, 1),
            _permit2Of(traderKey, address(vault), 99 * UNIT, 1),
            _permit2Of(traderKey, address(vault), 100 * UNIT, 2)
        ];
        wrong[3].nonce = 1;
        for (uint256 i = 0; i < wrong.length; ++i) {
            vm.expectRevert(InvalidSigner.selector);
            _depositWithPermit2(100 * UNIT, wrong[i]);
        }
        _assertNothingTaken();
    }

    /// @dev Permit2 asks whether the caller signed, not whether anybody did.
    function test_depositWithPermit2_revertsForAnotherCallersSignature() public {
        _approvePermit2();
        ICollateralVault.Permit2Transfer memory permit = _permit2Of(traderKey, address(vault), 100 * UNIT, 1);
        vm.expectRevert(InvalidSigner.selector);
        vm.prank(stranger, stranger);
        vault.depositWithPermit2(PERMIT, 100 * UNIT, stranger, 0, stranger, false, permit);
        _assertNothingTaken();
    }

    function test_depositWithPermit2_revertsWhenExpired() public {
        _approvePermit2();
        ICollateralVault.Permit2Transfer memory permit = _permit2Of(traderKey, address(vault), 100 * UNIT, 1);
        vm.warp(deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(SignatureExpired.selector, deadline));
        _depositWithPermit2(100 * UNIT, permit);
        _assertNothingTaken();
    }

    function test_depositWithPermit2_revertsForAUsedNonce() public {
        _approvePermit2();
        ICollateralVault.Permit2Transfer memory permit = _permit2Of(traderKey, address(vault), 100 * UNIT, 1);
        _depositWithPermit2(100 * UNIT, permit);
        vm.expectRevert(InvalidNonce.selector);
        _depositWithPermit2(100 * UNIT, permit);
        _assertTaken(100 * UNIT);
    }

    function test_depositWithPermit2_isADeposit() public {
        ICollateralVault.Permit2Transfer memory permit;
        vm.startPrank(trader, trader);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.AssetNotListed.selector, 99));
        vault.depositWithPermit2(99, 100, trader, 0, trader, false, permit);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.BelowMinimum.selector, PERMIT, MINIMUM, 9));
        vault.depositWithPermit2(PERMIT, 9 * UNIT, trader, 0, trader, false, permit);
        vm.expectRevert(ICollateralVault.RefundAddressZero.selector);
        vault.depositWithPermit2(PERMIT, 100 * UNIT, trader, 0, address(0), false, permit);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.ContractOwnerNotConfirmed.selector, address(this)));
        vault.depositWithPermit2(PERMIT, 100 * UNIT, address(this), 0, trader, false, permit);
    }
}
