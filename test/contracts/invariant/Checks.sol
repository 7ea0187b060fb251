// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Test} from "forge-std/Test.sol";
import {IClearingHouse} from "../../../contracts/interfaces/IClearingHouse.sol";
import {IGateway} from "../../../contracts/interfaces/IGateway.sol";
import {Direction} from "../../../contracts/types/Direction.sol";
import {Deployment} from "../mocks/Deployment.sol";
import {Fate} from "./Ghosts.sol";
import {Handler} from "./Handler.sol";
import {LaneGhosts} from "./LaneGhosts.sol";

/// @dev docs/invariants.md, by number: what is read from the contracts beside what the ghosts know. Of a lane that two paths
/// forged, only what the contracts owe to everybody else holds, and the bound.
abstract contract Checks is Test {
    /// @dev Mainnet's cap is 16.78M; the design's own is 14M.
    uint256 internal constant WINDOW_GAS = 14_000_000;
    uint16 internal constant ASSETS = 3;

    Handler internal handler;
    IClearingHouse internal hub;

    function _deployAll() internal {
        handler = Handler(vm.deployCode("Handler.sol:Handler"));
        handler.setUp();
        hub = handler.clearingHouse();
    }

    function _checkAll() internal view {
        _check1();
        _check2();
        _check3();
        _check4();
        _check5();
        _check6();
        _check7();
        _check8();
        _check9();
        _check10();
        _check11();
        _checkRefusals();
    }

    function _check1() internal view {
        for (uint8 chain = 1; chain <= 2; ++chain) {
            for (uint16 asset = 1; asset <= ASSETS; ++asset) {
                (uint128 deposited, uint128 released) = handler.site(chain).vault.book(asset);
                assertGe(
                    handler.held(chain, asset),
                    uint256(deposited - released) * handler.scale(chain, asset),
                    "1: a vault holds at least what it took minus what it paid"
                );
                (, uint128 queued) = handler.site(chain).vault.bucketOf(asset);
                assertEq(queued, handler.queued(chain, asset), "1: what waits to be paid is what was set aside for it");
                assertLe(queued, deposited - released, "1: and the book covers it");
            }
        }
    }

    function _check2() internal view {
        for (uint8 chain = 1; chain <= 2; ++chain) {
            uint32 eid = handler.site(chain).eid;
            for (uint16 asset = 1; asset <= ASSETS; ++asset) {
                (uint128 credited, uint128 authorised) = hub.laneBook(eid, asset);
                assertLe(
                    authorised + hub.suspense(eid, asset),
                    credited,
                    "2: the hub authorises no more than the vault's lane brought in, suspense aside"
                );
                assertEq(
                    int256(uint256(hub.available(eid, asset))),
                    handler.available(chain, asset),
                    "2: and no more is available than was credited and not let out"
                );
                if (handler.isTouched(chain)) continue;
                (uint128 deposited, uint128 released) = handler.site(chain).vault.book(asset);
                assertLe(credited, deposited, "2: the hub credits no more than the vault took");
                assertLe(released, authorised, "2: the vault pays no more than the hub authorised");
            }
        }
    }

    function _check3() internal view {
        for (uint16 asset = 1; asset <= ASSETS; ++asset) {
            uint256 owed = hub.totalLedger(asset);
            uint256 backing;
            for (uint8 chain = 1; chain <= 2; ++chain) {
                uint32 eid = handler.site(chain).eid;
                (uint128 credited, uint128 authorised) = hub.laneBook(eid, asset);
                backing += credited - authorised;
                owed += hub.suspense(eid, asset);
                if (!handler.isTouched(chain)) _checkInFlight(chain, asset, credited, authorised);
            }
            assertEq(owed, backing, "3: ledger and suspense are what the lanes brought in and did not let out");
        }
    }

    /// @dev With the books of all lanes it says: with every entry on its way, what is owed is what the vaults hold.
    function _checkInFlight(uint8 chain, uint16 asset, uint128 credited, uint128 authorised) private view {
        (uint128 deposited, uint128 released) = handler.site(chain).vault.book(asset);
        assertEq(
            deposited - credited, handler.depositing(chain, asset), "3: what is not credited yet is in flight, exactly"
        );
        assertEq(
            authorised - released,
            handler.leaving(chain, asset),
            "3: what is authorised and not paid is in flight, parked, or on its way back, exactly"
        );
        assertEq(
            hub.suspense(handler.site(chain).eid, asset),
            handler.suspended(chain, asset),
            "3: suspense is the deposits that no account can have yet"
        );
    }

    function _check4() internal view {
        _checkNone(4, "4: each entry takes effect at most once, and each nonce");
    }

    function _check5() internal view {
        _checkNone(5, "5: what is executed is what was posted, and evidence is never against the truth");
        for (uint8 chain = 1; chain <= 2; ++chain) {
            if (!handler.isForked(0, chain)) _checkPrefix(0, chain);
            if (!handler.isForked(chain, 0)) _checkPrefix(chain, 0);
        }
    }

    function _checkPrefix(uint8 from, uint8 to) private view {
        Deployment.Site memory src = handler.site(from);
        Deployment.Site memory dst = handler.site(to);
        (uint64 executed, bytes32 head) = dst.gateway.inbox(src.eid);
        (, uint64 sealed_,) = src.gateway.outbox(dst.eid);
        assertLe(executed, sealed_, "5: no more is executed than was sealed");
        assertEq(head, src.gateway.sealedHead(dst.eid, executed), "5: equal counts have equal heads");
        assertEq(head, handler.headAt(from, to, executed), "5: and it is the log's own hash");
        if (executed == 0) return;
        assertEq(
            dst.gateway.quorum(src.eid, executed - 1),
            handler.quorumOf(from, to, executed - 1),
            "5: as many vouch for it as said so and are not disabled"
        );
    }

    function _check6() internal view {
        _checkNone(6, "6: nothing moves on one path's word, and nothing large without a third one's or its wait");
        assertEq(handler.forgeriesExecuted(), 0, "6: one path's log is never executed");
    }

    function _check7() internal view {
        _checkNone(7, "7: what unlocks in any time is at most capacity + refill * time, of all that came since");
        for (uint8 chain = 1; chain <= 2; ++chain) {
            for (uint16 asset = 1; asset <= ASSETS; ++asset) {
                _checkLoss(0, chain, asset);
                _checkLoss(chain, 0, asset);
            }
        }
    }

    /// @dev The lane's clock stands still from its halt or pause on, so time is that until the lane stopped.
    function _checkLoss(uint8 from, uint8 to, uint16 asset) private view {
        assertLe(
            handler.lost(from, to, asset),
            handler.lossBound(from, to, asset),
            "7: two paths of three take at most capacity + refill * the time until the lane stops, and one takes nothing"
        );
    }

    function _check8() internal view {
        _checkNone(8, "8: what is paused or halted pays and authorises nothing, and pausing always succeeds");
        for (uint8 chain = 1; chain <= 2; ++chain) {
            _checkEnd(0, chain);
            _checkEnd(chain, 0);
            for (uint16 asset = 1; asset <= ASSETS; ++asset) {
                Deployment.Site memory vault = handler.site(chain);
                assertEq(
                    vault.vault.clockOf(asset), handler.clockOf(0, chain, asset), "8: a stopped clock stands still"
                );
                assertEq(hub.clockOf(vault.eid, asset), handler.clockOf(chain, 0, asset), "8: on the hub as well");
                _checkAssetPause(vault.vault.assetPausedUntil(asset), handler.assetUntil(chain, asset));
                _checkAssetPause(hub.assetPausedUntil(asset), handler.assetUntil(0, asset));
            }
        }
    }

    function _checkAssetPause(uint64 until, uint64 expected) private view {
        if (expected > block.timestamp) assertEq(until, expected, "8: an asset is paused until its pause ends");
        else assertLe(until, block.timestamp, "8: and no longer");
    }

    function _checkEnd(uint8 here, uint8 there) private view {
        LaneGhosts.End memory end = handler.end(here, there);
        IGateway gateway = handler.site(here).gateway;
        uint32 eid = handler.site(there).eid;
        assertEq(uint8(gateway.haltOf(eid)), uint8(end.halt), "8: a lane is halted by evidence until it is lifted");
        assertEq(gateway.pausedUntil(eid, Direction.In), end.pausedIn, "8: a lane's pause in");
        assertEq(gateway.pausedUntil(eid, Direction.Out), end.pausedOut, "8: a lane's pause out");
        assertEq(gateway.isFlowing(eid), handler.isFlowing(there, here), "8: nothing flows under either");
        assertEq(gateway.accepts(eid), handler.accepts(here, there), "8: nothing is posted under a pause out");
        assertEq(gateway.quarantined(eid), handler.quarantined(here, there), "8: what is in quarantine");
        (, uint8 enabled,) = gateway.pathsOf(eid);
        assertEq(enabled, end.enabled, "9: a disabled path is gone");
    }

    function _check9() internal view {
        _checkNone(9, "9: only the council makes anything looser");
    }

    function _check10() internal view {
        _checkNone(10, "10: a release ends in exactly one of paid, returned, void");
        assertTrue(handler.areWordsRight(), "10: a word is on chain just as long as its entry waits");
        for (uint8 chain = 1; chain <= 2; ++chain) {
            if (!handler.isForked(0, chain)) _checkEnds(chain);
            if (handler.isTouched(chain)) continue;
            assertEq(
                handler.tally(0, chain, Fate.Returned),
                handler.givenBack(chain),
                "10: for each release that was given back, one entry says so"
            );
        }
    }

    function _checkEnds(uint8 chain) private view {
        (uint64 executed,) = handler.site(chain).gateway.inbox(handler.site(0).eid);
        (uint64 posted,,) = handler.site(0).gateway.outbox(handler.site(chain).eid);
        assertEq(
            handler.tally(0, chain, Fate.InFlight), posted - executed, "10: what is executed has come to something"
        );
        assertEq(
            handler.tally(0, chain, Fate.Paid) + handler.tally(0, chain, Fate.Parked)
                + handler.tally(0, chain, Fate.Returned) + handler.tally(0, chain, Fate.Void),
            executed,
            "10: a release is paid, parked, returned or void, and none of them vanishes"
        );
    }

    function _check11() internal view {
        assertLt(handler.mostGas(), WINDOW_GAS, "11: a window fits in one transaction");
    }

    /// @dev 12
    function _checkRefusals() internal view {
        _checkNone(12, "12: what has to work works, whatever others do");
    }

    /// @dev 12: after an honest relayer, guardian and council came back.
    function _checkHealed() internal view {
        _checkAll();
        for (uint8 chain = 1; chain <= 2; ++chain) {
            if (handler.isEnded(chain)) continue;
            _checkHome(0, chain);
            _checkHome(chain, 0);
            assertEq(handler.tally(0, chain, Fate.Parked), 0, "12: every park can be ended");
            assertEq(handler.tally(chain, 0, Fate.Back), 0, "12: every return can be settled");
            assertEq(handler.tally(chain, 0, Fate.Suspended), 0, "12: no deposit stays in suspense");
        }
    }

    function _checkHome(uint8 from, uint8 to) private view {
        assertEq(
            handler.tally(from, to, Fate.InFlight),
            0,
            "12: one honest relayer brings everything home, whatever was lost before"
        );
        assertTrue(handler.isFlowing(from, to), "12: every lane that the council did not close is alive again");
        assertTrue(handler.accepts(from, to), "12: at both its ends, with the same gateways");
    }

    function _checkNone(uint256 invariant, string memory sentence) private view {
        assertEq(
            handler.violations(invariant), 0, string.concat(sentence, "; but: ", handler.firstViolation(invariant))
        );
    }
}
