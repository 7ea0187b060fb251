/** A lane that the council has closed: it stands for good, and whoever holds a balance over it should know. */

import { HALT_CLOSED } from "@weighlock/core/halts.ts";
import type { Found } from "../findings.ts";
import type { Stopped } from "../stopped.ts";
import type { Wording } from "../wording.ts";

export function closedLanes(stopped: readonly Stopped[], wording: Wording): Found[] {
  return stopped
    .filter(({ what, reason }) => what === "halt" && reason === HALT_CLOSED)
    .map(({ chain, eid }): Found => {
      const peer = wording.chain(eid);
      return {
        id: `lane-closed:${chain}:${eid}`,
        level: "alert",
        kind: "lane-closed",
        chain,
        lane: `${peer}→${chain}`,
        text: `${chain}: the council closed the lane with ${peer}, for good and both ways; nothing more enters or leaves over it`,
        evidence: { eid, peer },
      };
    });
}
