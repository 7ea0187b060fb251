// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Inbox} from "./Inbox.sol";
import {LaneStops} from "./LaneStops.sol";
import {Lanes} from "./Lanes.sol";
import {Outbox} from "./Outbox.sol";

/// @title Gateway
/// @notice Keeps one append-only log per lane and executes a peer's log once two paths attest its head.
///
/// Who acts. The app (vault or clearing house) posts entries. Anyone seals a window and dispatches a commitment: the
/// log's length and head, and how far this side has executed the opposite log. Each path delivers commitments to
/// `receiveMessage`, which only records them. Anyone executes: shows the entries of the next windows, and the roots of
/// later ones up to what the paths attested; every hash is made again from the executed head.
///
/// What fails, and what then. A lost, late, repeated or reordered commitment costs nothing: the next one says all that
/// it said. One lying path moves nothing, since two must agree, and is evidence as soon as another path speaks of that
/// count: the lane halts. A peer that acknowledges what was never sealed halts its lane too. A halted lane executes
/// nothing; what it holds stays where it is.
///
/// No entry and no commitment can change a role, a peer, a path or a limit.
contract Gateway is Outbox, Inbox, LaneStops {
    constructor(uint32 eid_, address app_, address pauseController_, address authority)
        Lanes(eid_, app_, pauseController_, authority)
    {}
}
