// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Test} from "forge-std/Test.sol";
import {IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {Deployment} from "../mocks/Deployment.sol";
import {Stage} from "./Ghosts.sol";
import {Handler} from "./Handler.sol";

/// @dev docs/invariants.md, by number: what is read from the contracts beside what the ghosts know.
abstract contract Checks is Test {
    /// @dev Mainnet's cap is 16.78M; the design's own is 14M.
    uint256 internal constant WINDOW_GAS = 14_000_000;

    Handler internal handler;
    IClearingHouse internal hub;

    function _deployAll() internal {
        handler = Handler(vm.deployCode("Handler.sol:Handler"));
        handler.setUp();
        hub = handler.clearingHouse();
    }

    function _checkAll() internal view {
        _checkHoldings();
        _checkBooks();
        _checkConservation();
        _checkRules();
        _checkPrefix();
        _checkWords();
        _checkWindows();
    }

    /// 1
    function _checkHoldings() internal view {
        for (uint8 chain = 1; chain <= 2; ++chain) {
            for (uint16 asset = 1; asset <= 3; ++asset) {
                (uint128 deposited, uint128 released) = handler.site(chain).vault.book(asset);
                assertGe(
                    handler.held(chain, asset),
                    uint256(deposited - released) * handler.scale(chain, asset),
                    "1: a vault holds at least what it took minus what it paid"
                );
            }
        }
    }

    /// 2, and 3 for each lane and asset
    function _checkBooks() internal view {
        for (uint8 chain = 1; chain <= 2; ++chain) {
            uint32 eid = handler.site(chain).eid;
            for (uint16 asset = 1; asset <= 3; ++asset) {
                (uint128 deposited, uint128 released) = handler.site(chain).vault.book(asset);
                (uint128 credited, uint128 authorised) = hub.laneBook(eid, asset);
                uint256 suspense = hub.suspense(eid, asset);
                assertLe(credited, deposited, "2: the hub credits no more than the vault took");
                assertLe(released, authorised, "2: the vault pays no more than the hub authorised");
                assertLe(
                    authorised + suspense,
                    credited,
                    "2: the hub authorises no more than the vault's lane brought in, suspense aside"
                );
                assertEq(
                    deposited - credited, handler.depositing(chain, asset), "3: what is not credited yet is in flight"
                );
                assertEq(
                    authorised - released,
                    handler.leaving(chain, asset),
                    "3: what is authorised and not paid is in flight, parked, or on its way back"
                );
                assertEq(
                    suspense, handler.suspended(chain, asset), "3: suspense is the deposits that no account can have"
                );
            }
        }
    }

    /// 3
    function _checkConservation() internal view {
        for (uint16 asset = 1; asset <= 3; ++asset) {
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
                owed += handler.depositing(chain, asset) + handler.leaving(chain, asset);
            }
            assertEq(owed, inVaults, "3: with every entry on its way it is what the vaults hold, exactly");
        }
    }

    /// 4, 8, 11: what the actors saw while it happened
    function _checkRules() internal view {
        assertEq(
            handler.violations(),
            0,
            string.concat("4, 8, 10, 11: nothing breaks a rule, but this did: ", handler.firstViolation())
        );
    }

    /// 5, 6
    function _checkPrefix() internal view {
        for (uint8 chain = 1; chain <= 2; ++chain) {
            _checkLane(0, chain);
            _checkLane(chain, 0);
        }
        assertEq(handler.forgeriesExecuted(), 0, "6: nothing moves on one path's word");
    }

    function _checkLane(uint8 from, uint8 to) internal view {
        Deployment.Site memory src = handler.site(from);
        Deployment.Site memory dst = handler.site(to);
        (uint64 executed, bytes32 head) = dst.gateway.inbox(src.eid);
        (uint64 posted, uint64 sealed_,) = src.gateway.outbox(dst.eid);
        assertLe(executed, sealed_, "5: no more is executed than was sealed");
        assertEq(head, src.gateway.sealedHead(dst.eid, executed), "5: equal counts have equal heads");
        assertEq(head, handler.headAt(from, to, executed), "5: and it is the log's own hash");
        if (executed != 0) {
            assertGe(dst.gateway.quorum(src.eid, executed - 1), 2, "6: two paths vouch for all that is executed");
        }
        assertEq(
            handler.tally(from, to, Stage.InFlight), posted - executed, "10: what is executed has come to something"
        );
        if (from != 0) return;
        assertEq(
            handler.tally(from, to, Stage.Paid) + handler.tally(from, to, Stage.Parked)
                + handler.tally(from, to, Stage.Returned),
            executed,
            "10: a release is paid, parked or returned, and none of them vanishes"
        );
    }

    /// 10
    function _checkWords() internal view {
        assertTrue(handler.areWordsRight(), "10: a word is on chain just as long as its entry waits");
        for (uint8 chain = 1; chain <= 2; ++chain) {
            assertEq(
                handler.tally(0, chain, Stage.Returned),
                handler.givenBack(chain),
                "10: for each release that was given back, one entry says so"
            );
        }
    }

    /// 11
    function _checkWindows() internal view {
        assertLt(handler.mostGas(), WINDOW_GAS, "11: a window fits in one transaction");
    }

    /// 12: after an honest relayer came back
    function _checkHealed() internal view {
        _checkAll();
        for (uint8 chain = 1; chain <= 2; ++chain) {
            bool isOut = handler.isLiedAbout(0, chain);
            bool isIn = handler.isLiedAbout(chain, 0);
            if (!isOut) _checkHome(0, chain);
            if (!isIn) _checkHome(chain, 0);
            if (isOut || isIn) continue;
            assertEq(handler.tally(0, chain, Stage.Parked), 0, "12: every park can be ended");
            assertEq(handler.tally(chain, 0, Stage.Back), 0, "12: every return can be settled");
            assertEq(handler.tally(chain, 0, Stage.Suspended), 0, "12: no deposit stays in suspense");
        }
    }

    function _checkHome(uint8 from, uint8 to) internal view {
        assertEq(
            handler.tally(from, to, Stage.InFlight),
            0,
            "12: one honest relayer brings everything home, whatever was lost before"
        );
    }
}
