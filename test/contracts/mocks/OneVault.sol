// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ICollateralVault, Parked} from "../../../contracts/interfaces/ICollateralVault.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {accountOf, partyAddress, toParty} from "../../../contracts/types/Account.sol";
import {Commitment} from "../../../contracts/types/Commitment.sol";
import {IPauseController} from "../../../contracts/interfaces/IPauseController.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {Entry, KIND_RELEASE, makeEntry} from "../../../contracts/types/Entry.sol";
import {LaneId} from "../../../contracts/types/LaneId.sol";
import {Limit} from "../../../contracts/types/Limit.sol";
import {Scope} from "../../../contracts/types/Scope.sol";
import {Stage, Terms} from "../../../contracts/types/Terms.sol";
import {Deploy} from "./Deploy.sol";
import {Deployment} from "./Deployment.sol";
import {IVault} from "./Interfaces.sol";
import {TestPath} from "./TestPath.sol";
import {FickleToken, Mood} from "./Tokens.sol";

/// @dev One vault, with an asset whose token can be told to misbehave, and the entries that its gateway would bring.
abstract contract OneVault is Deployment {
    uint16 internal constant FICKLE = 7;

    IVault internal vault;
    IGateway internal gateway;
    uint32 internal hubEid;
    FickleToken internal usd;
    FickleToken internal fickle;
    address internal trader;
    uint256 internal traderKey;
    address internal recipient = makeAddr("recipient");
    address internal stranger = makeAddr("stranger");
    bytes32 internal account;
    uint64 internal contradicted;

    function setUp() public virtual override {
        super.setUp();
        vm.chainId(chains[A].id);
        (trader, traderKey) = makeAddrAndKey("trader");
        (vault, gateway, hubEid) = (chains[A].vault, chains[A].gateway, chains[HUB].eid);
        usd = tokenOf[A][USD];
        fickle = Deploy.fickleToken(6);
        vault.listAsset(FICKLE, address(fickle), 6, _vaultRules());
        account = accountOf(trader, 0);
        _hold(usd, trader);
        _hold(fickle, trader);
    }

    function _hold(FickleToken token, address who) internal {
        token.mint(who, 1e12);
        vm.prank(who);
        token.approve(address(vault), type(uint256).max);
    }

    function _depositAs(address who, uint16 asset, uint256 amount) internal {
        vm.prank(who, who);
        vault.deposit(asset, amount, who, 0, who, false);
    }

    function _releaseOf(uint16 asset, uint128 amount, address to) internal view returns (Entry memory) {
        return makeEntry(KIND_RELEASE, asset, chains[A].eid, 0, amount, account, toParty(to));
    }

    /// @dev Of an account of `owner`.
    function _releaseFor(address owner, uint128 amount, address to) internal view returns (Entry memory) {
        return makeEntry(KIND_RELEASE, FICKLE, chains[A].eid, 0, amount, accountOf(owner, 0), toParty(to));
    }

    /// @dev The bucket is full then.
    function _limitTo(uint80 capacity, uint64 refill, uint80 large, uint8 share) internal {
        ICollateralVault.AssetRules memory rules = vault.rulesOf(FICKLE);
        rules.limit = Limit(capacity, refill, large, share);
        vault.loosenAsset(FICKLE, rules);
    }

    function _onEntries(uint32 srcEid, uint64 firstIndex, Entry[] memory entries) internal {
        vm.prank(address(gateway));
        vault.onEntries(srcEid, firstIndex, entries);
    }

    function _onEntry(uint32 srcEid, uint64 index, Entry memory entry) internal {
        Entry[] memory entries = new Entry[](1);
        entries[0] = entry;
        _onEntries(srcEid, index, entries);
    }

    function _release(uint64 index, Entry memory entry) internal {
        _onEntry(hubEid, index, entry);
    }

    function _parkOf(uint64 index) internal view returns (bytes32) {
        return vault.parkOf(hubEid, index);
    }

    /// @dev Parks a release of 100 at index 5, and goes three days on.
    function _park() internal returns (Entry memory entry, Terms memory terms) {
        entry = _releaseOf(FICKLE, 100, recipient);
        fickle.setMood(Mood.Reverts);
        _release(5, entry);
        terms = _termsNow(Stage.Arrived);
        vm.warp(terms.parkedAt + 3 days);
    }

    function _pause(Direction direction) internal returns (uint64 until) {
        chains[A].pauseController.setKey(address(this), IPauseController.Key.Pauser);
        chains[A].pauseController.pause(direction == Direction.In ? Scope.In : Scope.Out, hubEid);
        until = uint64(vm.getBlockTimestamp()) + 1 days;
    }

    function _pauseAsset(uint16 asset) internal returns (uint64 until) {
        chains[A].pauseController.setKey(address(this), IPauseController.Key.Pauser);
        chains[A].pauseController.pause(Scope.Asset, asset);
        until = uint64(vm.getBlockTimestamp()) + 1 days;
    }

    /// @dev As the pause controller does it, once the council has its signatures.
    function _resume(Direction direction) internal {
        vm.prank(address(chains[A].pauseController));
        gateway.setPause(hubEid, direction, 0);
    }

    function _resumeAsset(uint16 asset) internal {
        vm.prank(address(chains[A].pauseController));
        vault.setAssetPause(asset, 0);
    }

    function _liftHalt() internal {
        vm.prank(address(chains[A].pauseController));
        gateway.liftHalt(hubEid);
    }

    /// @dev Two paths, two heads, one count: another one each time.
    function _haltByContradiction() internal {
        (LaneId out, LaneId back) = gateway.laneIds(hubEid);
        Commitment memory lie = Commitment(back, ++contradicted, "one", 0, LaneId.unwrap(out));
        TestPath(chains[A].network).attest(chains[HUB].name, lie.encode());
        lie.head = "another";
        TestPath(chains[A].watchers).attest(chains[HUB].name, lie.encode());
    }

    /// @dev The hub's side says that it executed what this chain never posted.
    function _haltByFalseAck() internal {
        (, LaneId back) = gateway.laneIds(hubEid);
        bytes memory lie = Commitment(back, 0, LaneId.unwrap(back), 7, "never").encode();
        TestPath(chains[A].network).attest(chains[HUB].name, lie);
    }

    function _expectPosted(uint64 index, Entry memory entry) internal {
        vm.expectEmit(address(gateway));
        emit IGateway.EntryPosted(hubEid, index, entry);
    }

    function _expectReleased(uint64 index, uint16 asset, address to, uint128 amount) internal {
        vm.expectEmit(address(vault));
        emit ICollateralVault.Released(index, account, asset, to, amount);
    }

    function _expectParked(uint32 srcEid, uint64 index, Entry memory entry, Parked reason, address payee) internal {
        _expectParked(srcEid, index, entry, reason, _termsNow(_stageOf(reason)), payee);
    }

    function _expectParked(
        uint32 srcEid,
        uint64 index,
        Entry memory entry,
        Parked reason,
        Terms memory terms,
        address payee
    ) internal {
        vm.expectEmit(address(vault));
        emit ICollateralVault.ReleaseParked(srcEid, index, reason, entry, terms, payee);
    }

    function _now() internal view returns (uint64) {
        return uint64(vm.getBlockTimestamp());
    }

    /// @dev Of a park made now that waits for a time.
    function _termsUntil(uint64 unlockAt, Stage stage) internal view returns (Terms memory) {
        return Terms(_now(), unlockAt, 0, stage);
    }

    /// @dev Of a park made now that waits for time and blocks.
    function _termsLarge() internal view returns (Terms memory) {
        uint64 unlockBlock = uint64(vm.getBlockNumber()) + Deploy.LARGE_BLOCKS;
        return Terms(_now(), vault.clockOf(FICKLE) + Deploy.LARGE_WAIT, unlockBlock, Stage.Waited);
    }

    /// @dev A release that is parked now.
    function _parks(uint64 index, Entry memory entry, Parked reason, Terms memory terms) internal {
        _expectParked(hubEid, index, entry, reason, terms, partyAddress(entry.party));
        _release(index, entry);
    }

    /// @dev By anyone, to whom it was for.
    function _retry(uint64 index, Entry memory entry, Terms memory terms) internal {
        vault.retry(hubEid, index, entry, terms, partyAddress(entry.party));
    }

    function _expectLocked(uint64 index, Terms memory terms) internal {
        vm.expectRevert(
            abi.encodeWithSelector(
                ICollateralVault.ParkLocked.selector, hubEid, index, terms.unlockAt, terms.unlockBlock
            )
        );
    }

    function _expectUnknown(uint64 index) internal {
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.ParkUnknown.selector, hubEid, index));
    }

    /// @dev Of a park made now that has no wait.
    function _termsNow(Stage stage) internal view returns (Terms memory) {
        return Terms(uint64(vm.getBlockTimestamp()), vault.clockOf(FICKLE), 0, stage);
    }

    /// @dev Of a park made then, of a lane and an asset that were never stopped.
    function _termsAt(uint64 at, Stage stage) internal pure returns (Terms memory) {
        return Terms(at, at, 0, stage);
    }

    function _stageOf(Parked reason) internal pure returns (Stage) {
        return reason == Parked.Refused || reason == Parked.AssetPaused ? Stage.Arrived : Stage.Unbacked;
    }

    function _expectParked(uint64 index, Entry memory entry, Parked reason, address payee) internal {
        _expectParked(hubEid, index, entry, reason, payee);
    }

    /// @dev EIP-712 by hand, as a wallet does it.
    function _vaultDigest(uint256 chainId, address verifier, bytes32 structHash) internal pure returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Weighlock Vault"),
                keccak256("1"),
                chainId,
                verifier
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    function _sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }
}
