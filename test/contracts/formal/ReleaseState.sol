// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Barrier, Levels} from "../../../contracts/libraries/Levels.sol";
import {Limit} from "../../../contracts/types/Limit.sol";
import {NEVER, Stage, Terms} from "../../../contracts/types/Terms.sol";

/// @notice One release from its execution to its end, as a vault moves it: parked, retried, vetoed, cleared, returned, struck, in
/// any order, with any clocks, blocks, buckets and vouching paths. Each step starts from every state in which the invariant
/// holds. The limit is one set of numbers but for the level from which on an entry is large, which may change.
/// @custom:engine bmc
/// @custom:abstract contracts/libraries/Gcra.sol by test/contracts/formal/AnyBucket.sol
contract ReleaseState {
    enum End {
        None,
        Paid,
        Returned,
        Void
    }

    /// @dev What a vault finds when it tries to pay.
    struct Try {
        uint64 clock;
        uint64 blockNumber;
        uint128 amount;
        uint80 large;
        uint256 quorum;
        uint128 shareFullAt;
        uint128 fullAt;
        uint64 unlockAt; // what share or bucket say
        bool isBacked; // of this lane, listed, with a recipient, inside the book
        bool isPaused; // the asset
        bool isAccepted; // by the token
    }

    uint256 internal constant THREE = 3; // not the core's own constant, which a mistake may have changed
    uint64 internal constant LARGE_WAIT = 1 days;
    uint64 internal constant LARGE_BLOCKS = 7200;
    uint64 internal constant RETURNABLE_AFTER = 7 days;

    bool internal _isArrived;
    bool internal _isParked; // a word stands for it
    Terms internal _terms; // in that word
    bool internal _isVetoed;
    End internal _end;
    uint256 internal _ends;
    // Found large on fewer than three paths' word, and nothing has freed it: not its wait, nor a third path, nor the council.
    bool internal _mustWait;
    uint64 internal _waitUntil;
    uint64 internal _waitBlock;

    constructor() {
        // proves: a release that has not arrived satisfies the invariant
        assert(_isSound());
    }

    function _isSound() internal view returns (bool) {
        if (_ends != (_end == End.None ? 0 : 1)) return false;
        if (_isArrived ? _isParked != (_end == End.None) : _isParked || _end != End.None) return false;
        if (!_isParked) return _isArrived || !(_isVetoed || _mustWait);
        if (_isVetoed && _terms.unlockAt != NEVER) return false;
        return !_mustWait
            || (_terms.stage == Stage.Waited
                && _terms.unlockBlock == _waitBlock
                && _waitBlock != 0
                && (_terms.unlockAt == NEVER || _terms.unlockAt == _waitUntil));
    }

    // ── what happens to it ──────────────────────────────────────────────────────────────────────────────────────────

    function arrive(Try memory found) external {
        require(_isSound() && !_isArrived);
        _isArrived = true;
        (bool isPaid, Barrier barrier, Terms memory next) = _try(Stage.Unbacked, found);
        // proves: what arrives large on two paths' word is not paid
        assert(!isPaid || found.amount < found.large || found.quorum >= THREE);
        if (isPaid) _finish(End.Paid);
        else _park(barrier, next);
        // proves: arriving keeps the invariant: it is paid, or a word stands for it
        assert(_isSound());
        // reaches: it arrives and must wait
        assert(!_mustWait);
    }

    function retry(Try memory found) external {
        require(_isSound() && _isParked);
        bool mustWait = _mustWait;
        bool isDone = _tryAgain(found);
        require(isDone);
        // proves: retrying keeps the invariant: it is paid, or moves on and a word stands for it
        assert(_isSound());
        // reaches: what had to wait is paid
        assert(!mustWait || _end != End.Paid);
    }

    function giveBack(Try memory found, bool isByOwner) external {
        require(_isSound() && _isParked);
        if (!isByOwner) {
            require(!_terms.isVetoed() && found.clock >= _terms.unlockAt + RETURNABLE_AFTER);
            // proves: nobody but payee and owner gives back, or tries, what is vetoed
            assert(!_isVetoed);
        }
        bool isDone = !isByOwner && _tryAgain(found);
        if (!isDone) {
            require(_terms.stage != Stage.Drawn || _terms.isVetoed() || found.clock >= _terms.unlockAt);
            _finish(End.Returned);
        }
        // proves: giving back keeps the invariant: it is returned or paid, never both, or moves on and a word stands for it
        assert(_isSound());
        // reaches: a stranger gives back what is still refused
        assert(isByOwner || _end != End.Returned);
    }

    function veto() external {
        require(_isSound() && _isParked && !_terms.isVetoed());
        Stage before = _terms.stage;
        _terms = _terms.vetoed();
        _isVetoed = true;
        // proves: a veto keeps the invariant, and what the release has behind it
        assert(_isSound() && _terms.stage == before);
    }

    function clear(uint64 clock) external {
        require(_isSound() && _isParked && _terms.isVetoed());
        Stage before = _terms.stage;
        _terms = _terms.cleared(clock);
        (_isVetoed, _mustWait) = (false, false);
        // proves: the council's clearing keeps the invariant
        assert(_isSound());
        // proves: what the council clears has behind it what it had, but for the bucket
        assert(_terms.stage == before || (before == Stage.Drawn && _terms.stage == Stage.Waited));
        // proves: what the council clears draws from the bucket, anew where it had
        assert(_terms.stage != Stage.Drawn);
        // proves: what the council clears is unlocked at that moment
        assert(clock == NEVER || Levels.isUnlocked(_terms, clock, 0, 0));
    }

    function strike() external {
        require(_isSound() && _isParked);
        _finish(End.Void);
        // proves: a strike keeps the invariant: it ends void, and no word stands for it
        assert(_isSound());
    }

    // ── as in Releases ──────────────────────────────────────────────────────────────────────────────────────────────

    function _finish(End end) internal {
        (_isParked, _end, _ends) = (false, end, _ends + 1);
    }

    function _park(Barrier barrier, Terms memory next) internal {
        (_isParked, _terms) = (true, next);
        _mustWait = barrier == Barrier.Large;
        (_waitUntil, _waitBlock) = (next.unlockAt, next.unlockBlock);
    }

    function _tryAgain(Try memory found) internal returns (bool) {
        // The checker tries internal functions by themselves too: from the states in which they are called.
        require(_isSound() && _isParked && !found.isPaused);
        uint256 quorum = _terms.unlockBlock == 0 ? 0 : found.quorum;
        require(Levels.isUnlocked(_terms, found.clock, found.blockNumber, quorum));
        // proves: what is vetoed never unlocks
        assert(!_isVetoed);
        // proves: what must wait unlocks after its time and its blocks, or on three paths' word
        assert(!_mustWait || quorum >= THREE || (found.clock >= _waitUntil && found.blockNumber >= _waitBlock));
        Stage before = _terms.stage;
        (bool isPaid, Barrier barrier, Terms memory next) = _try(before, found);
        // proves: a large one that has not waited is not paid on two paths' word
        assert(!isPaid || before >= Stage.Waited || found.amount < found.large || found.quorum >= THREE);
        // proves: what has drawn from the bucket is held back by nothing more
        assert(before != Stage.Drawn || barrier == Barrier.None);
        if (isPaid) _finish(End.Paid);
        else if (next.stage > before) _park(barrier, next);
        else return false;
        return true;
    }

    function _try(Stage stage, Try memory found) internal pure returns (bool, Barrier, Terms memory) {
        if (!found.isBacked) return (false, Barrier.None, Terms(0, found.clock, 0, Stage.Unbacked));
        Stage asked = stage == Stage.Unbacked ? Stage.Arrived : stage;
        if (found.isPaused) return (false, Barrier.None, Terms(0, found.clock, 0, asked));
        Limit memory limit = Limit(1_000_000_000_000, 416_667, found.large, 20);
        (Barrier barrier, uint256 unlockAt,,) =
            Levels.pass(limit, asked, found.quorum, found.clock, found.amount, found.shareFullAt, found.fullAt);
        require(found.unlockAt == unlockAt);
        Stage behind = Levels.stageBehind(barrier, asked);
        // proves: whatever holds a release back, it moves on: nothing holds it back twice
        assert(barrier == Barrier.None || behind > asked);
        if (barrier != Barrier.Large) {
            return (barrier == Barrier.None && found.isAccepted, barrier, Terms(0, found.unlockAt, 0, behind));
        }
        return (false, barrier, Terms(0, found.clock + LARGE_WAIT, found.blockNumber + LARGE_BLOCKS, behind));
    }
}
