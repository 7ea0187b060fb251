// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Test} from "forge-std/Test.sol";
import {IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {Entry} from "../../../contracts/types/Entry.sol";
import {Deployment} from "../mocks/Deployment.sol";
import {Handler} from "./Handler.sol";

/// @dev docs/invariants.md, by number. A call of a handler that reverts is a failure too.
/// forge-config: default.invariant.fail-on-revert = true
/// forge-config: deep.invariant.fail-on-revert = true
contract SettlementInvariants is Test {
    Handler internal handler;
    IClearingHouse internal hub;

    function setUp() public {
        handler = Handler(vm.deployCode("Handler.sol:Handler"));
        handler.setUp();
        hub = handler.clearingHouse();
        bytes4[] memory selectors = new bytes4[](14);
        selectors[0] = Handler.deposit.selector;
        selectors[1] = Handler.depositMany.selector;
        selectors[2] = Handler.withdraw.selector;
        selectors[3] = Handler.withdraw.selector;
        selectors[4] = Handler.seal.selector;
        selectors[5] = Handler.dispatch.selector;
        selectors[6] = Handler.dispatch.selector;
        selectors[7] = Handler.deliver.selector;
        selectors[8] = Handler.deliverNewest.selector;
        selectors[9] = Handler.execute.selector;
        selectors[10] = Handler.executeAttested.selector;
        selectors[11] = Handler.blacklist.selector;
        selectors[12] = Handler.retry.selector;
        selectors[13] = Handler.lie.selector;
        targetSelector(FuzzSelector(address(handler), selectors));
        bytes4[] memory forging = new bytes4[](1);
        forging[0] = Handler.forge.selector;
        targetSelector(FuzzSelector(address(handler), forging));
        targetContract(address(handler));
    }

    /// 1
    function _checkHoldings() internal view {
        for (uint8 chain = 1; chain <= 2; ++chain) {
            for (uint16 asset = 1; asset <= 2; ++asset) {
                (uint128 deposited, uint128 released) = handler.site(chain).vault.book(asset);
                assertGe(
                    handler.held(chain, asset),
                    uint256(deposited - released) * handler.scale(chain, asset),
                    "1: a vault holds at least what it took minus what it paid"
                );
            }
        }
    }

    /// 2
    function _checkBooks() internal view {
        for (uint8 chain = 1; chain <= 2; ++chain) {
            uint32 eid = handler.site(chain).eid;
            for (uint16 asset = 1; asset <= 2; ++asset) {
                (uint128 deposited, uint128 released) = handler.site(chain).vault.book(asset);
                (uint128 credited, uint128 authorised) = hub.laneBook(eid, asset);
                assertLe(credited, deposited, "2: the hub credits no more than the vault took");
                assertLe(released, authorised, "2: the vault pays no more than the hub authorised");
                assertLe(
                    uint256(authorised) + hub.suspense(eid, asset),
                    credited,
                    "2: the hub authorises no more than the vault's lane brought in, suspense aside"
                );
            }
        }
    }

    /// 3
    function _checkConservation() internal view {
        for (uint16 asset = 1; asset <= 2; ++asset) {
            uint256 owed = hub.totalLedger(asset);
            uint256 backing;
            uint256 inVaults;
            for (uint8 chain = 1; chain <= 2; ++chain) {
                uint32 eid = handler.site(chain).eid;
                (uint128 credited, uint128 authorised) = hub.laneBook(eid, asset);
                backing += credited - authorised;
                owed += hub.suspense(eid, asset);
                (uint128 deposited, uint128 released) = handler.site(chain).vault.book(asset);
                inVaults += deposited - released;
            }
            assertEq(owed, backing, "3: ledger and suspense are what the lanes brought in and did not let out");
            for (uint8 chain = 1; chain <= 2; ++chain) {
                owed += handler.inFlight(chain, asset) + handler.parked(chain, asset);
            }
            assertEq(owed, inVaults, "3: with every entry in flight or parked it is what the vaults hold, exactly");
        }
    }

    /// 4
    function _checkOnce() internal view {
        assertEq(handler.effectsTwice(), 0, "4: each entry takes effect at most once");
    }

    /// 5, 6
    function _checkPrefix() internal view {
        uint8[2][4] memory lanes = handler.lanes();
        for (uint256 i = 0; i < lanes.length; ++i) {
            Deployment.Site memory src = handler.site(lanes[i][0]);
            Deployment.Site memory dst = handler.site(lanes[i][1]);
            (uint64 executed, bytes32 head) = dst.gateway.inbox(src.eid);
            (, uint64 sealed_,) = src.gateway.outbox(dst.eid);
            assertLe(executed, sealed_, "5: no more is executed than was sealed");
            assertEq(head, src.gateway.sealedHead(dst.eid, executed), "5: equal counts have equal heads");
            assertEq(head, handler.headAt(lanes[i][0], lanes[i][1], executed), "5: and it is the log's own hash");
            if (executed != 0) {
                assertGe(dst.gateway.quorum(src.eid, executed - 1), 2, "6: two paths vouch for all that is executed");
            }
        }
        assertEq(handler.forgeriesExecuted(), 0, "6: nothing moves on one path's word");
    }

    /// 11
    function _checkWindows() internal view {
        assertEq(handler.refusedThoughAttested(), 0, "11: what two paths attested can be executed");
        assertLt(handler.mostGas(), handler.WINDOW_GAS(), "11: and a window fits in one transaction");
    }

    function invariant_settlement() public view {
        _checkHoldings();
        _checkBooks();
        _checkConservation();
        _checkOnce();
        _checkPrefix();
        _checkWindows();
    }

    function afterInvariant() public {
        bool isComplete = handler.heal();
        invariant_settlement();
        assertGt(handler.effects(), 0, "the run did something");
        if (isComplete) {
            for (uint16 asset = 1; asset <= 2; ++asset) {
                assertEq(
                    handler.inFlight(1, asset) + handler.inFlight(2, asset),
                    0,
                    "one honest relayer brings everything home, whatever was lost before"
                );
            }
        }
    }
}

/// @dev The invariants say little if the actors can't do what they are for: here each does it once.
contract HandlerTest is Test {
    Handler internal handler;

    function setUp() public {
        handler = Handler(vm.deployCode("Handler.sol:Handler"));
        handler.setUp();
    }

    /// @dev Both paths hear of all that is posted from one side to the other.
    function _relay(uint256 lane) internal {
        handler.dispatch(lane | 0x200, 0, true);
        handler.deliverNewest(0);
        handler.deliverNewest(1);
        handler.executeAttested(lane);
    }

    function test_handler_reachesWhatItIsFor() public {
        uint256 toHub = 0;
        uint256 fromHub = 2;
        handler.depositMany(0, 200);
        handler.deposit(0, 500);
        handler.seal(toHub);
        _relay(toHub);
        assertEq(handler.delivered(), 2, "relayers deliver");
        assertEq(handler.windowsExecuted(), 1, "and execute a window");
        assertGt(handler.mostGas(), 500_000, "whose gas is measured");
        handler.execute(toHub | 0x100, 3, 100);
        assertEq(handler.windowsExecuted(), 2, "by any proof that is whole");

        uint256 before = handler.effects();
        handler.blacklist(0, true);
        handler.withdraw(0, 500);
        _relay(fromHub);
        assertEq(handler.parked(1, 1), 500, "a refused release parks");
        handler.retry(0);
        assertEq(handler.retried(), 0, "and stays refused");
        handler.blacklist(0, false);
        handler.retry(0);
        assertEq(handler.retried(), 1, "until it is not");
        assertEq(handler.effects(), before + 1, "it took effect once");

        handler.forge(0x300, Entry(1, 0, 0));
        assertEq(handler.forgeries(), 1, "the thief forges");
        handler.deposit(1, 700);
        handler.seal(1);
        handler.forge(0x10100, Entry(1, 0, 0));
        assertEq(handler.forgedBehindTruth(), 1, "also behind what is true");
        handler.lie(0x100, "junk", 3, true);
        assertTrue(handler.isLiedAbout(2, 0), "and lies");
        assertFalse(handler.heal(), "of which a lane does not recover by itself");
    }
}
