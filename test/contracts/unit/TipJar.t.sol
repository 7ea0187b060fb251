// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Halt, IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {ITipJar} from "../../../contracts/interfaces/ITipJar.sol";
import {Deploy} from "../mocks/Deploy.sol";
import {RealPaths} from "../mocks/RealPaths.sol";

/// @dev A rewarded caller that tries everything while it is paid.
contract GreedyCaller {
    ITipJar internal immutable JAR;
    uint32[2] internal eids;
    bool public isRefusing;
    bytes[] public refusals;

    constructor(ITipJar jar, uint32 eid, uint32 otherEid) payable {
        JAR = jar;
        eids = [eid, otherEid];
    }

    function setRefusing(bool isIt) external {
        isRefusing = isIt;
    }

    function dispatch(uint8 paths) external returns (uint64 count, uint256 reward) {
        return JAR.dispatch(eids[0], paths);
    }

    receive() external payable {
        if (isRefusing) revert("no, thanks");
        for (uint256 i = 0; i < 2; ++i) {
            try JAR.dispatch(eids[i], 1) {}
            catch (bytes memory refusal) {
                refusals.push(refusal);
            }
            try JAR.tip{value: 1}(eids[i]) {}
            catch (bytes memory refusal) {
                refusals.push(refusal);
            }
        }
    }
}

/// @dev Takes an executor's place: it tips the jar in the middle of the dispatch that it is paid by.
contract TippingExecutor {
    ITipJar internal jar;
    uint32 internal eid;
    uint256 internal price;
    uint256 internal value;
    bytes public refusal;

    function set(ITipJar jar_, uint32 eid_, uint256 price_, uint256 value_) external payable {
        (jar, eid, price, value) = (jar_, eid_, price_, value_);
    }

    function getFee(uint32, address, uint256, bytes calldata) external view returns (uint256) {
        return price;
    }

    function assignJob(uint32, address, uint256, bytes calldata) external returns (uint256) {
        try jar.tip{value: value}(eid) {}
        catch (bytes memory reason) {
            refusal = reason;
        }
        return price;
    }
}

/// @dev On the real LayerZero contracts, whose fees the jar pays.
contract TipJarTest is RealPaths {
    uint256 internal constant MARGIN_BPS = 1_000;
    uint64 internal constant INTERVAL = 30;
    uint8 internal constant ONLY_WATCHERS = 2;
    uint256 internal constant OVERHEAD = 42_000;

    ITipJar internal jar;
    ITipJar internal hubJar;
    uint32 internal hubEid;
    address internal trader = makeAddr("trader");
    address internal operator = makeAddr("operator");

    function setUp() public override {
        super.setUp();
        vm.fee(20 gwei);
        jar = _jar(A, MARGIN_BPS);
        hubJar = _jar(HUB, MARGIN_BPS);
        hubEid = chains[HUB].eid;
        // An account that exists, as an operator's does.
        vm.deal(operator, 1);
        vm.chainId(chains[A].id);
    }

    function _jar(uint8 i, uint256 marginBps) internal returns (ITipJar) {
        return ITipJar(
            Deploy.create("TipJar.sol:TipJar", abi.encode(address(chains[i].gateway), marginBps, uint256(INTERVAL)))
        );
    }

    function _held(uint32 eid) internal view returns (uint256 held) {
        (held,,) = jar.jarOf(eid);
    }

    function _fee() internal view returns (uint256) {
        return chains[A].gateway.quoteDispatch(hubEid, ONLY_NETWORK);
    }

    function _post() internal {
        _deposit(A, USD, trader, MINIMUM);
    }

    function _dispatchPaid(uint8 paths) internal returns (uint64 count, uint256 reward) {
        vm.prank(operator);
        return jar.dispatch(hubEid, paths);
    }

    function _refuse(uint8 paths, bytes memory reason) internal {
        vm.expectRevert(reason);
        vm.prank(operator);
        jar.dispatch(hubEid, paths);
    }

    function _direct(uint8 paths) internal {
        chains[A].gateway.dispatch{value: 1 ether}(hubEid, EVERYTHING, paths, address(0xfee), false);
    }

    /// @dev What the jar says it holds is what it has.
    function _assertSolvent() internal view {
        assertEq(address(jar).balance, _held(hubEid), "held, and nothing else");
    }

    // ── tips ────────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_tip_byAnyone() public {
        vm.deal(trader, 1 ether);
        vm.expectEmit(address(jar));
        emit ITipJar.Tipped(hubEid, trader, 0.4 ether);
        vm.prank(trader);
        jar.tip{value: 0.4 ether}(hubEid);
        jar.tip{value: 0.1 ether}(hubEid);
        assertEq(_held(hubEid), 0.5 ether, "added up");
        _assertSolvent();
    }

    function test_tip_refusesWhatNobodyCouldSpend() public {
        vm.expectRevert(ITipJar.TipZero.selector);
        jar.tip(hubEid);
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneNotOpen.selector, 9));
        jar.tip{value: 1}(9);
        vm.expectRevert(abi.encodeWithSelector(ITipJar.PaymentUnexpected.selector, address(this)));
        this.sendTo{value: 1}(address(jar));
    }

    function test_tip_refusesAClosedLane() public {
        IGateway gateway = chains[A].gateway;
        _post();
        jar.tip{value: 1 ether}(hubEid);
        gateway.closeLane(hubEid);
        vm.expectRevert(abi.encodeWithSelector(IGateway.LaneIsHalted.selector, hubEid, Halt.Closed));
        jar.tip{value: 1}(hubEid);
        // What was posted before is still carried: it is evidence.
        vm.prank(operator);
        (uint64 count,) = jar.dispatch(hubEid, ONLY_NETWORK);
        assertEq(count, 1, "paid by what was there");
    }

    function sendTo(address to) external payable {
        (bool isTaken, bytes memory reason) = to.call{value: msg.value}("");
        if (!isTaken) {
            assembly {
                revert(add(reason, 32), mload(reason))
            }
        }
    }

    function test_constructor_refusesAMarginAboveHalf() public {
        vm.expectRevert(abi.encodeWithSelector(ITipJar.MarginTooHigh.selector, 5_000, 5_001));
        this.deployJar(5_001);
        this.deployJar(5_000);
    }

    function deployJar(uint256 marginBps) external {
        _jar(A, marginBps);
    }

    // ── a paid dispatch ─────────────────────────────────────────────────────────────────────────────────────────────

    function test_dispatch_paysTheFeeTheGasAndTheMargin() public {
        jar.tip{value: 1 ether}(hubEid);
        _post();
        uint256 fee = _fee();
        // What the sender offers on top is his own.
        vm.txGasPrice(500 gwei);
        (uint64 count, uint256 reward) = _dispatchPaid(ONLY_NETWORK);
        uint256 used = vm.lastCallGas().gasTotalUsed;
        assertEq(count, 1, "what was posted");
        assertEq(operator.balance, 1 + reward, "paid");
        assertEq(_held(hubEid), 1 ether - fee - reward, "out of the jar, with the network's fee");
        _assertSolvent();

        // 21,000 and 2 words and a selector of calldata are a transaction's own.
        uint256 cost = (used + 21_000 + 500) * block.basefee;
        assertGe(reward, cost + (cost + fee) * MARGIN_BPS / 10_000, "all of the cost and the margin");
        uint256 most = (used + OVERHEAD) * block.basefee;
        assertLe(reward, most + (most + fee) * MARGIN_BPS / 10_000, "and not more than that");
        _follow();
        assertEq(packet.message, _commitment(A, HUB, 1).encode(), "carried");
        (, uint64 paidCount, uint64 paidAt) = jar.jarOf(hubEid);
        assertEq(paidCount, 1, "remembered");
        assertEq(paidAt, vm.getBlockTimestamp(), "with its time");
    }

    function test_dispatch_marginOnTheFeeAloneWhereGasIsFree() public {
        vm.fee(0);
        jar.tip{value: 1 ether}(hubEid);
        _post();
        uint256 fee = _fee();
        (, uint256 reward) = _dispatchPaid(ONLY_NETWORK);
        assertEq(reward, fee * MARGIN_BPS / 10_000, "a tenth of the fee");
    }

    function testFuzz_dispatch_paysWhatIsLeftAfterTheFees(uint256 left) public {
        uint256 fee = _fee();
        left = bound(left, 0, 0.001 ether);
        jar.tip{value: fee + left}(hubEid);
        _post();
        (, uint256 reward) = _dispatchPaid(ONLY_NETWORK);
        assertEq(reward, left, "less than it cost");
        assertEq(address(jar).balance, 0, "the jar is empty");
        _assertSolvent();
    }

    function test_dispatch_revertsBelowTheFees() public {
        uint256 fee = _fee();
        _post();
        _refuse(ONLY_NETWORK, abi.encodeWithSelector(ITipJar.JarTooLow.selector, hubEid, 0, fee));
        jar.tip{value: fee - 1}(hubEid);
        _refuse(ONLY_NETWORK, abi.encodeWithSelector(ITipJar.JarTooLow.selector, hubEid, fee - 1, fee));
        jar.tip{value: 1}(hubEid);
        _dispatchPaid(ONLY_NETWORK);
    }

    /// @dev What the networks didn't take comes back to the lane that it came from.
    function test_dispatch_takesBackWhatTheNetworksLeave() public {
        jar.tip{value: 1 ether}(hubEid);
        _post();
        uint256 fee = _fee();
        bytes memory call = abi.encodeCall(IGateway.quoteDispatch, (hubEid, ONLY_NETWORK));
        vm.mockCall(address(chains[A].gateway), call, abi.encode(fee + 0.3 ether));
        (, uint256 reward) = _dispatchPaid(ONLY_NETWORK);
        assertEq(_held(hubEid), 1 ether - fee - reward, "only what was taken is gone");
        _assertSolvent();
    }

    // ── what is not paid for ────────────────────────────────────────────────────────────────────────────────────────

    function test_dispatch_paysOnceForACount() public {
        jar.tip{value: 1 ether}(hubEid);
        _post();
        _dispatchPaid(ONLY_NETWORK);
        vm.warp(vm.getBlockTimestamp() + INTERVAL);
        uint64 none = 0;
        _refuse(
            ONLY_NETWORK, abi.encodeWithSelector(IGateway.AlreadyDispatched.selector, hubEid, ONLY_NETWORK, 1, none)
        );
        // A newer acknowledgement makes it another message, and no newer count.
        _relay(A, HUB);
        _withdrawBack();
        vm.chainId(chains[A].id);
        _refuse(ONLY_NETWORK, abi.encodeWithSelector(ITipJar.NothingNewer.selector, hubEid, 1, 1));
        _post();
        (uint64 count,) = _dispatchPaid(ONLY_NETWORK);
        assertEq(count, 2, "a newer one is");
        _assertSolvent();
    }

    function _withdrawBack() internal {
        _withdraw(A, USD, trader, MINIMUM, trader);
        _relay(HUB, A);
    }

    function test_dispatch_notBeforeTheInterval() public {
        jar.tip{value: 1 ether}(hubEid);
        _post();
        _dispatchPaid(ONLY_NETWORK);
        uint64 payableAt = uint64(vm.getBlockTimestamp()) + INTERVAL;
        _post();
        vm.warp(payableAt - 1);
        _refuse(ONLY_NETWORK, abi.encodeWithSelector(ITipJar.TooSoon.selector, hubEid, payableAt));
        vm.warp(payableAt);
        _dispatchPaid(ONLY_NETWORK);
    }

    function test_dispatch_afterADirectOne() public {
        jar.tip{value: 1 ether}(hubEid);
        _post();
        _direct(ONLY_NETWORK);
        _refuse(ONLY_NETWORK, abi.encodeWithSelector(IGateway.AlreadyDispatched.selector, hubEid, ONLY_NETWORK, 1, 0));
        // The watchers' path was not told; telling it costs nothing, so it earns nothing.
        _refuse(BOTH, abi.encodeWithSelector(ITipJar.NetworkFeeZero.selector, hubEid, BOTH));
        _refuse(ONLY_WATCHERS, abi.encodeWithSelector(ITipJar.NetworkFeeZero.selector, hubEid, ONLY_WATCHERS));
        assertEq(_held(hubEid), 1 ether, "nothing is spent");
        _post();
        (uint64 count,) = _dispatchPaid(ONLY_NETWORK);
        assertEq(count, 2, "what came after is paid for");
    }

    /// @dev Told directly, and again with a newer acknowledgement: that carries something too, and is paid once.
    function test_dispatch_afterADirectOneWithANewerAcknowledgement() public {
        jar.tip{value: 1 ether}(hubEid);
        _deposit(A, USD, trader, 1000);
        _relay(A, HUB);
        for (uint256 i = 0; i < 2; ++i) {
            _withdrawBack();
            vm.chainId(chains[A].id);
            vm.warp(vm.getBlockTimestamp() + INTERVAL);
            if (i == 0) _dispatchPaid(ONLY_NETWORK);
            else _refuse(ONLY_NETWORK, abi.encodeWithSelector(ITipJar.NothingNewer.selector, hubEid, 1, 1));
        }
    }

    /// @dev A free dispatch over the watchers' path must not take a paid one its reward.
    function test_dispatch_afterADirectOneOverWatchersOnly() public {
        jar.tip{value: 1 ether}(hubEid);
        _post();
        _direct(ONLY_WATCHERS);
        (uint64 count, uint256 reward) = _dispatchPaid(BOTH);
        assertEq(count, 1, "the network carries it");
        assertGt(reward, 0, "and that is paid");
    }

    function test_dispatch_wrongPaths() public {
        jar.tip{value: 1 ether}(hubEid);
        _post();
        _refuse(0, abi.encodeWithSelector(IGateway.PathsNotEnabled.selector, hubEid, BOTH, 0));
        _refuse(255, abi.encodeWithSelector(IGateway.PathsNotEnabled.selector, hubEid, BOTH, 255));
    }

    function test_dispatch_spendsNoOtherLanesJar() public {
        _relayBothWays();
        vm.chainId(chains[HUB].id);
        hubJar.tip{value: 1 ether}(chains[A].eid);
        _withdraw(A, USD, trader, MINIMUM, trader);
        _withdraw(B, USD, trader, MINIMUM, trader);
        uint256 fee = chains[HUB].gateway.quoteDispatch(chains[B].eid, ONLY_NETWORK);
        vm.expectRevert(abi.encodeWithSelector(ITipJar.JarTooLow.selector, chains[B].eid, 0, fee));
        vm.prank(operator);
        hubJar.dispatch(chains[B].eid, ONLY_NETWORK);

        hubJar.tip{value: fee}(chains[B].eid);
        vm.prank(operator);
        (, uint256 reward) = hubJar.dispatch(chains[B].eid, ONLY_NETWORK);
        assertEq(reward, 0, "B's jar had no more");
        (uint128 heldA,,) = hubJar.jarOf(chains[A].eid);
        assertEq(heldA, 1 ether, "A's is untouched");
        assertEq(address(hubJar).balance, 1 ether, "to the wei");
        // B's payment does not make A's too soon.
        vm.prank(operator);
        hubJar.dispatch(chains[A].eid, ONLY_NETWORK);
    }

    function _relayBothWays() internal {
        _deposit(A, USD, trader, 1000);
        _deposit(B, USD, trader, 1000);
        _relay(A, HUB);
        _relay(B, HUB);
    }

    // ── thieves ─────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev Dust every ten seconds, for five minutes: the jar pays for one dispatch an interval.
    function test_drain_byDustIsBoundByTheInterval() public {
        jar.tip{value: 1 ether}(hubEid);
        uint256 start = vm.getBlockTimestamp();
        uint256 paid;
        uint256 dearest;
        for (uint256 at_ = 0; at_ <= 300; at_ += 10) {
            vm.warp(start + at_);
            _post();
            uint256 before = _held(hubEid);
            vm.prank(operator);
            (bool isDone,) = address(jar).call(abi.encodeCall(ITipJar.dispatch, (hubEid, ONLY_NETWORK)));
            if (isDone) ++paid;
            uint256 spent = before - _held(hubEid);
            if (spent > dearest) dearest = spent;
        }
        assertEq(paid, 300 / INTERVAL + 1, "once an interval");
        assertLe(1 ether - _held(hubEid), paid * dearest, "and never more than a dispatch costs");
        _assertSolvent();
    }

    function test_reentrancy_byTheRewardedCaller() public {
        jar.tip{value: 1 ether}(hubEid);
        GreedyCaller greedy = new GreedyCaller{value: 4}(jar, hubEid, chains[B].eid);
        _post();
        uint256 fee = _fee();
        (, uint256 reward) = greedy.dispatch(ONLY_NETWORK);
        bytes memory guard = abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        for (uint256 i = 0; i < 4; ++i) {
            assertEq(greedy.refusals(i), guard, "not while it is paid");
        }
        assertEq(address(greedy).balance, 4 + reward, "paid once");
        assertEq(_held(hubEid), 1 ether - fee - reward, "booked once");
        _assertSolvent();
    }

    function test_reward_refusedByTheCaller() public {
        jar.tip{value: 1 ether}(hubEid);
        GreedyCaller greedy = new GreedyCaller(jar, hubEid, chains[B].eid);
        greedy.setRefusing(true);
        _post();
        vm.expectPartialRevert(ITipJar.RewardNotPaid.selector);
        greedy.dispatch(ONLY_NETWORK);
        assertEq(_held(hubEid), 1 ether, "nothing is spent");
        _dispatchPaid(ONLY_NETWORK);
    }

    /// @dev A tip in the middle of a dispatch would look like a refund, or be lost when the jar is written.
    function test_topUp_whileADispatchRuns() public {
        jar.tip{value: 1 ether}(hubEid);
        _post();
        address executor = stacks[A].executor;
        vm.etch(executor, type(TippingExecutor).runtimeCode);
        uint256 price = 0.002 ether;
        TippingExecutor(executor).set{value: 1 ether}(jar, hubEid, price, 0.001 ether);
        uint256 fee = _fee();
        assertGt(fee, price, "it is asked for its price");
        (, uint256 reward) = _dispatchPaid(ONLY_NETWORK);
        assertEq(
            TippingExecutor(executor).refusal(),
            abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector),
            "it has to wait"
        );
        assertEq(_held(hubEid), 1 ether - fee - reward, "what the network took is seen whole");
        _assertSolvent();
    }

    function test_topUp_beforeADispatchIsSpentByIt() public {
        uint256 fee = _fee();
        _post();
        jar.tip{value: fee}(hubEid);
        jar.tip{value: 1 ether}(hubEid);
        (, uint256 reward) = _dispatchPaid(ONLY_NETWORK);
        assertGt(reward, 0, "the later tip pays the reward");
        _assertSolvent();
    }
}
