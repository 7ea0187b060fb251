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
/// it said. One lying path moves nothing, since two must agree.
///
/// What halts a lane: evidence, in the transaction that shows it. Two paths, or one path twice, or a path and the executed
/// log, have two heads at one count; or one's log jumps over a count of which the other has a head (`contradict`, by
/// anyone). A peer acknowledges what was never sealed here, or gives back what was never released. Nothing that came over
/// a halted or paused lane is executed, paid, credited or finished, and its clock, on which unlock times are told, stands
/// still. Attesting, sealing and dispatching go on, so that more evidence can arrive; after a false acknowledgement
/// nothing more is posted to that peer.
///
/// The way back. A guardian disables the path that lied: everything it ever said is void, no quorum falls, and another
/// adapter may come at a free index. Then the council lifts the halt, through the pause controller: after a delay, by what
/// monitors signed, and not while an attestation is in quarantine. Evidence that comes after it was proposed makes the
/// proposal worthless. Where two paths lied and their log was executed, nothing is repaired: the council closes the lane
/// for good, both ways, and what an escape has to prove stays as it is.
///
/// No entry and no commitment can change a role, a peer, a path or a limit, and none can resume anything.
contract Gateway is Outbox, Inbox, LaneStops {
    constructor(uint32 eid_, address app_, address pauseController_, address authority)
        Lanes(eid_, app_, pauseController_, authority)
    {}
}
