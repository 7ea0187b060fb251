// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Test} from "forge-std/Test.sol";
import {Paths} from "../../../contracts/libraries/Paths.sol";
import {Attesters} from "../../../contracts/types/Attesters.sol";

/// @notice What the model checker gives up on: bits that are counted, and words of 256 of them. There are few enough sets of paths
/// to try all; the words are random, for each pair of paths.
contract Exhaustive is Test {
    function test_paths_sizeIsTheNumberOfMembers() external pure {
        for (uint256 set = 0; set < 256; ++set) {
            uint256 members;
            for (uint8 path = 0; path < Paths.MAX_INDICES; ++path) {
                if (Paths.has(uint8(set), path)) ++members;
            }
            assertEq(Paths.size(uint8(set)), members, "a set's size is the number of its members");
        }
    }

    function test_paths_disablingRaisesNoQuorum() external pure {
        for (uint256 enabled = 0; enabled < 256; ++enabled) {
            for (uint256 vouching = 0; vouching < 256; ++vouching) {
                uint256 before = Paths.size(uint8(enabled & vouching));
                for (uint8 path = 0; path < Paths.MAX_INDICES; ++path) {
                    uint8 left = uint8(enabled) & ~Paths.bit(path);
                    require(Paths.size(left & uint8(vouching)) <= before, "without a path no quorum is higher");
                }
            }
        }
    }

    function testFuzz_attesters_eachPathHasItsOwnBits(uint256 word, bool isDifferent, uint256 seconds_) external pure {
        seconds_ = bound(seconds_, 0, type(uint40).max);
        for (uint8 path = 0; path < Paths.MAX_INDICES; ++path) {
            // Its own bits are not there yet: who asks has checked that.
            Attesters before = _without(word, path);
            Attesters next = before.with(path, isDifferent, seconds_);
            assertTrue(next.has(path), "a path that has attested is there");
            assertEq(next.differs(path), isDifferent, "whether it differs is kept");
            uint256 kept = seconds_ < (1 << 30) ? seconds_ : (1 << 30) - 1;
            assertEq(next.sinceDeployment(path), kept, "when it attested is kept, or the last second there is");
            assertEq(
                Attesters.unwrap(_without(Attesters.unwrap(next), path)),
                Attesters.unwrap(before),
                "what one path attests changes nothing of another's"
            );
        }
    }

    function _without(uint256 word, uint8 path) internal pure returns (Attesters) {
        uint256 own = (uint256(0x0101) << path) | (((uint256(1) << 30) - 1) << (16 + 30 * uint256(path)));
        return Attesters.wrap(word & ~own);
    }
}
