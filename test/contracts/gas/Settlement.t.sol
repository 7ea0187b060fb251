// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ICollateralVault} from "../../../contracts/interfaces/ICollateralVault.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {accountOf} from "../../../contracts/types/Account.sol";
import {Commitment} from "../../../contracts/types/Commitment.sol";
import {Limit} from "../../../contracts/types/Limit.sol";
import {Deploy} from "../mocks/Deploy.sol";
import {ILayerZeroPath, IVault, IWatcherPath} from "../mocks/Interfaces.sol";
import {DvnCall, IWorker, LayerZeroStack, Stack} from "../mocks/LayerZeroStack.sol";
import {Log, Logs, Proof} from "../mocks/Logs.sol";
import {RealPaths} from "../mocks/RealPaths.sol";
import {FickleToken, Mood} from "../mocks/Tokens.sol";

abstract contract GasTest is RealPaths {
    using Logs for Log;
    using LayerZeroStack for Stack;

    uint256 internal constant WINDOW_GAS = 14_000_000;

    uint256 internal limit = WINDOW_GAS;
    address internal trader = makeAddr("trader");

    function _accounts(uint256 i) internal pure returns (address) {
        return address(uint160(0xacc0_0000_0000_0000 + i));
    }

    function _snapshot(string memory name) internal returns (uint256 used) {
        used = vm.snapshotGasLastCall("settlement", name);
    }

    function _executeDeposits(uint256 size, bool isNew, string memory name) internal returns (uint256) {
        for (uint256 i = 0; i < size; ++i) {
            _deposit(A, USD, isNew ? _accounts(i + 1000) : _accounts(i), 1000);
        }
        return _executeWindow(A, HUB, name);
    }

    function _executeWindow(uint8 from, uint8 to, string memory name) internal returns (uint256 used) {
        (uint64 posted, uint64 sealed_,) = chains[from].gateway.outbox(chains[to].eid);
        if (posted != sealed_) chains[from].gateway.seal(chains[to].eid);
        _follow();
        _attest(from, to, posted);
        Proof memory proof = laneLogs[from][to].prove(_executed(from, to), 1, posted);
        IGateway gateway = chains[to].gateway;
        bytes memory call =
            abi.encodeCall(IGateway.execute, (chains[from].eid, proof.counts, proof.entries, proof.suffix, BOTH));
        vm.chainId(chains[to].id);
        // The whole transaction has so much: what is left for the call is less by the intrinsic gas. A refund comes after.
        (bool isDone,) = address(gateway).call{gas: limit - _intrinsic(call)}(call);
        assertTrue(isDone, "a window fits in one transaction");
        used = _snapshot(name);
    }

    function _intrinsic(bytes memory call) internal pure returns (uint256 gas_) {
        gas_ = 21_000;
        for (uint256 i = 0; i < call.length; ++i) {
            gas_ += call[i] == 0 ? 4 : 16;
        }
    }

    function _fund(uint256 size) internal {
        for (uint256 i = 0; i < size; ++i) {
            _deposit(A, USD, _accounts(i), 10_000);
        }
        _relay(A, HUB);
    }

    function _withdrawMany(uint256 size, uint256 salt) internal {
        for (uint256 i = 0; i < size; ++i) {
            _withdraw(A, USD, _accounts(i), 100, address(uint160(salt + i)));
        }
    }
}

/// @dev What a settlement costs on the real LayerZero contracts, each call a transaction of its own (isolate): cold
/// slots, intrinsic gas and calldata included. The token is OpenZeppelin's ERC-20.
/// forge-config: default.isolate = true
contract SettlementGasTest is GasTest {
    using LayerZeroStack for Stack;
    using Logs for Log;

    function _token(uint8 decimals) internal override returns (FickleToken) {
        return FickleToken(Deploy.create("PlainToken.sol:PlainToken", abi.encode(decimals)));
    }

    function test_messageLeg() public {
        _deposit(A, USD, trader, 1000);
        _relay(A, HUB);
        // Everything below is the second time: the steady state.
        IVault vault = chains[A].vault;
        tokenOf[A][USD].mint(trader, 2000);
        vm.prank(trader, trader);
        vault.deposit(USD, 1000, trader, 0, trader, false);
        _snapshot("deposit, opens a window");
        vm.prank(trader, trader);
        vault.deposit(USD, 1000, trader, 0, trader, false);
        _snapshot("deposit warm");

        uint32 eid = chains[HUB].eid;
        vm.chainId(chains[A].id);
        chains[A].gateway.dispatch{value: 1 ether}(eid, EVERYTHING, ONLY_NETWORK, address(0xfee), false);
        // As relayers do: the watchers read the log by themselves.
        _snapshot("seal and dispatch over LayerZero, 2 DVNs");
        _follow();
        uint64 count = laneLogs[A][HUB].sealedCount();
        Commitment memory commitment = _commitment(A, HUB, count);

        vm.chainId(chains[HUB].id);
        bytes32 payloadHash = keccak256(packet.payload);
        for (uint256 i = 0; i < 2; ++i) {
            DvnCall[] memory calls = stacks[HUB].verification(i, packet.header, payloadHash);
            IWorker(stacks[HUB].dvns[i]).execute(calls);
            if (i == 0) _snapshot("DVN verify");
        }
        ILayerZeroPath(chains[HUB].network).deliver(chains[A].eid, packet.nonce, packet.guid, packet.message);
        _snapshot("LayerZero deliver: commit, receive and attest");
        bytes memory signatures = _signatures(HUB, commitment);
        IWatcherPath(chains[HUB].watchers).attest(chains[A].eid, commitment, signatures);
        _snapshot("watchers attest, 2 of 3");
    }

    /// @dev A dear attestation: it contradicts what it said before and halts the lane, and lies in its acknowledgement.
    function test_attestationFitsTheReceiveGas() public {
        _deposit(A, USD, trader, 1000);
        _relay(A, HUB);
        Commitment memory lie = _commitment(A, HUB, 1);
        (lie.head, lie.ackCount, lie.ackHead) = ("junk", 9, "junk");
        vm.prank(chains[HUB].network);
        chains[HUB].gateway.receiveMessage{gas: RECEIVE_GAS - 20_000}(0, chains[A].name, lie.encode());
        assertEq(uint8(chains[HUB].gateway.haltOf(chains[A].eid)), 3, "the lane is halted");
    }

    function test_execute_deposits() public {
        for (uint256 i = 0; i < 128; ++i) {
            _deposit(A, USD, _accounts(i), 1000);
        }
        _executeWindow(A, HUB, "execute 128 deposits, new accounts");
        _executeDeposits(1, false, "execute 1 deposit, existing account");
        _executeDeposits(50, false, "execute 50 deposits, existing accounts");
        _executeDeposits(128, false, "execute 128 deposits, existing accounts");
        _executeDeposits(1, true, "execute 1 deposit, new account");
        _executeDeposits(50, true, "execute 50 deposits, 49 of them to new accounts");
    }

    function test_execute_releases() public {
        _fund(128);
        _withdrawMany(1, 0xaaa0000);
        _executeWindow(HUB, A, "execute 1 release, new recipient");
        _withdrawMany(50, 0xbbb0000);
        _executeWindow(HUB, A, "execute 50 releases, new recipients");
        _withdrawMany(50, 0xbbb0000);
        _executeWindow(HUB, A, "execute 50 releases, known recipients");
    }
}

/// @dev Windows as dear as they get: the token burns its whole allowance, so every release parks.
/// forge-config: default.isolate = true
contract WorstWindowTest is GasTest {
    function test_execute_worstWindow() public {
        _fund(128);
        _withdrawMany(128, 0xccc0000);
        tokenOf[A][USD].setMood(Mood.BurnsGas);
        uint256 used = _executeWindow(HUB, A, "execute 128 releases that burn 60,000 each and park");
        assertLt(used, WINDOW_GAS, "11: the dearest window fits in one transaction");
        for (uint64 i = 0; i < 128; ++i) {
            assertTrue(chains[A].vault.parkOf(chains[HUB].eid, i) != 0, "each is parked");
        }
    }

    uint16 internal constant FIRST = 100;
    /// @dev As many as a vault lists beside the two that are there.
    uint16 internal constant ASSETS = 30;

    function _listMany() internal {
        for (uint16 asset = FIRST; asset < FIRST + ASSETS; ++asset) {
            _list(A, asset, 6, 6);
        }
    }

    /// @dev The i-th of 128 entries is about the i-th asset, and then over again.
    function _assetOf(uint256 i) internal pure returns (uint16) {
        return FIRST + uint16(i % ASSETS);
    }

    /// @dev Worse still: a book, a token and a listing of its own for as many as there can be.
    function test_execute_worstWindowOfManyAssets() public {
        _listMany();
        for (uint256 i = 0; i < 128; ++i) {
            _deposit(A, _assetOf(i), trader, 1000);
        }
        _executeWindow(A, HUB, "execute 128 deposits of 30 assets");
        for (uint256 i = 0; i < 128; ++i) {
            _withdraw(A, _assetOf(i), trader, 100, address(uint160(0xddd0000 + i)));
            tokenOf[A][_assetOf(i)].setMood(Mood.BurnsGas);
        }
        uint256 used = _executeWindow(HUB, A, "execute 128 releases of 30 assets that burn 60,000 each and park");
        assertLt(used, WINDOW_GAS, "11: the dearest window fits in one transaction");
    }

    function _limitAll(Limit memory rule) internal {
        for (uint16 asset = FIRST; asset < FIRST + ASSETS; ++asset) {
            ICollateralVault.AssetRules memory rules = _vaultRules();
            rules.limit = rule;
            chains[A].vault.tightenAsset(asset, rules);
        }
    }

    function _windowUnder(Limit memory rule, string memory name) internal {
        _listMany();
        for (uint256 i = 0; i < 128; ++i) {
            _deposit(A, _assetOf(i), _accounts(i), 1000);
        }
        _relay(A, HUB);
        _limitAll(rule);
        for (uint256 i = 0; i < 128; ++i) {
            _withdraw(A, _assetOf(i), _accounts(i), 100, address(uint160(0xeee0000 + i)));
        }
        uint256 used = _executeWindow(HUB, A, name);
        assertLt(used, WINDOW_GAS, "11: the dearest window fits in one transaction");
        for (uint64 i = 0; i < 128; ++i) {
            assertTrue(chains[A].vault.parkOf(chains[HUB].eid, i) != 0, "each is parked");
        }
    }

    function test_execute_worstWindowOfLarge() public {
        Limit memory rule = _noLimit();
        rule.large = 1;
        _windowUnder(rule, "execute 128 large releases of 30 assets");
    }

    /// @dev Each writes what a new account has drawn, and parks.
    function test_execute_worstWindowOverTheLimit() public {
        Limit memory rule = _noLimit();
        (rule.capacity, rule.refill) = (1, 1);
        _windowUnder(rule, "execute 128 releases of 30 assets over the limit, by new accounts");
    }

    function _request(uint8 to, uint16 asset, address owner, uint128 amount) internal {
        vm.prank(owner, owner);
        chains[A].vault.requestWithdrawal(ICollateralVault.Request(owner, 0, chains[to].eid, asset, amount, owner));
    }

    /// @dev A request is an entry that posts an entry.
    function test_execute_worstWindowOfRequests() public {
        _fund(128);
        for (uint256 i = 0; i < 128; ++i) {
            _request(A, USD, _accounts(i), 100);
        }
        uint256 used = _executeWindow(A, HUB, "execute 128 withdrawal requests, all served");
        assertLt(used, WINDOW_GAS, "11: the dearest window fits in one transaction");
        (uint64 posted,,) = chains[HUB].gateway.outbox(chains[A].eid);
        assertEq(posted, 128, "each is served");
    }

    /// @dev Refused as late as can be: the last check is what the vault has, and none of theirs came from there.
    function test_execute_worstWindowOfRefusedRequests() public {
        _fund(128);
        for (uint256 i = 0; i < 128; ++i) {
            _request(B, USD, _accounts(i), 100);
        }
        uint256 used = _executeWindow(A, HUB, "execute 128 withdrawal requests, all refused");
        assertLt(used, WINDOW_GAS, "11: the dearest window fits in one transaction");
        (uint64 posted,,) = chains[HUB].gateway.outbox(chains[B].eid);
        assertEq(posted, 0, "each is refused");
        assertEq(hub.balanceOf(accountOf(_accounts(127), 0), USD), 10_000, "and nothing is taken");
    }

    /// @dev Worse still: a balance, a book and a listing of its own for each of the 128.
    function test_execute_worstWindowOfRequestsOfManyAssets() public {
        _listMany();
        for (uint256 i = 0; i < 128; ++i) {
            _deposit(A, _assetOf(i), trader, 1000);
        }
        _relay(A, HUB);
        for (uint256 i = 0; i < 128; ++i) {
            _request(A, _assetOf(i), trader, 100);
        }
        uint256 used = _executeWindow(A, HUB, "execute 128 withdrawal requests of 30 assets, all served");
        assertLt(used, WINDOW_GAS, "11: the dearest window fits in one transaction");
        (uint64 posted,,) = chains[HUB].gateway.outbox(chains[A].eid);
        assertEq(posted, 128, "each is served");
    }
}
