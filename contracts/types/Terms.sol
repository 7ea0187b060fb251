// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice What an entry that waits has behind it once it unlocks. It only moves on.
enum Stage {
    /// @dev Nothing is known of it: no money is set aside, and everything is asked anew.
    Unbacked,
    /// @dev Levels and limits are asked when it is tried.
    Arrived,
    /// @dev It has had its wait; the bucket is asked when it is tried.
    Waited,
    /// @dev It has drawn from the bucket.
    Drawn
}

/// @notice When an entry that was executed and not carried out may be.
/// @param parkedAt Unix seconds.
/// @param unlockAt Seconds of the lane's clock (`IGateway.clock`), which stands still while the lane does.
/// @param unlockBlock The first block, beside the time; zero where only time counts.
struct Terms {
    uint64 parkedAt;
    uint64 unlockAt;
    uint64 unlockBlock;
    Stage stage;
}

using {isVetoed, vetoed, cleared} for Terms global;

/// @dev The unlock time of what a guardian has vetoed: the council decides.
uint64 constant NEVER = type(uint64).max;

function isVetoed(Terms memory self) pure returns (bool) {
    return self.unlockAt == NEVER;
}

function vetoed(Terms memory self) pure returns (Terms memory) {
    return Terms(self.parkedAt, NEVER, self.unlockBlock, self.stage);
}

/// @dev The council's word stands for what was left of a wait. The time that the bucket gave is gone with the veto, and that is no
/// way past the bucket: it draws anew.
function cleared(Terms memory self, uint64 clock) pure returns (Terms memory) {
    return Terms(self.parkedAt, clock, 0, self.stage == Stage.Drawn ? Stage.Waited : self.stage);
}
