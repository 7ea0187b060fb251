/** Something in quarantine keeps a lane stopped until people act: after a while they are reminded. */

import type { Found } from "../findings.ts";
import type { StandingQuarantine } from "../quarantines.ts";
import { spanOf, type Wording } from "../wording.ts";

export function longQuarantines(
  quarantines: readonly StandingQuarantine[],
  { afterSeconds, wording }: { afterSeconds: number; wording: Wording },
): Found[] {
  return quarantines
    .filter(({ seconds }) => seconds >= BigInt(afterSeconds))
    .map(({ chain, srcEid, path, count, head, seconds }): Found => {
      const peer = wording.chain(srcEid);
      return {
        id: `quarantine-waits:${chain}:${srcEid}:${path}:${count}`,
        level: "alert",
        kind: "quarantine-waits",
        chain,
        lane: `${peer}→${chain}`,
        text:
          `${peer}→${chain}: what path ${path} attested at ${count} has been in quarantine for ${spanOf(seconds)}; the guardian ` +
          `disables the path (disablePath ${srcEid} ${path}), or the council lifts it (liftQuarantine ${srcEid} ${path} ${count})`,
        evidence: { srcEid, path, count, head, seconds },
      };
    });
}
