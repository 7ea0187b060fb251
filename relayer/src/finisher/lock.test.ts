/** What waits is tried when it may pass, and not before: on clocks that the test moves. */

import type { Chain } from "@weighlock/core/chains.ts";
import { vaultsOf } from "@weighlock/core/deployment.ts";
import { EntryKind, packEntry, partyOf } from "@weighlock/core/entry.ts";
import { NEVER, Parked, Stage, type Terms } from "@weighlock/core/waiting.ts";
import { zeroHash } from "viem";
import { expect, test } from "vitest";
import { createPaperDeployment } from "../testing/deployment.ts";
import { readLock } from "./lock.ts";
import type { ParkedRelease } from "./waiting.ts";

const [deployment] = vaultsOf(createPaperDeployment());
const payee = "0x00000000000000000000000000000000000000aa";
const entry = packEntry({
  ...{ kind: EntryKind.Release, asset: 1, eid: 40_702, ref: 0n, amount: 5n, spare: 0 },
  ...{ account: zeroHash, party: partyOf(payee) },
});
const terms: Terms = { parkedAt: 900n, unlockAt: 1_000n, unlockBlock: 0n, stage: Stage.Drawn };
const parkOf = (change: Partial<Terms>): ParkedRelease => ({
  ...{ kind: "parked", srcEid: 40_701, index: 3n, entry, reason: Parked.OverLimit, payee, block: 7n },
  terms: { ...terms, ...change },
});

type Figures = { clockOf: bigint; haltOf?: number; pausedUntil?: bigint; assetPausedUntil?: bigint; quorum?: bigint };

function lockOf(waiting: ParkedRelease, { block = 50n, ...figures }: Figures & { block?: bigint }) {
  const answers: Record<string, unknown> = { haltOf: 0, pausedUntil: 0n, assetPausedUntil: 0n, quorum: 2n, ...figures };
  const client = {
    getBlock: async () => ({ number: block, timestamp: 5_000n }),
    readContract: async ({ functionName }: { functionName: string }) => answers[functionName],
  };
  const chain = { client } as unknown as Chain;
  if (deployment === undefined) throw new RangeError("the paper deployment has no vault");
  return readLock({ chain, deployment, waiting });
}

test("over the bucket: locked on its own clock, then open", async () => {
  expect(await lockOf(parkOf({}), { clockOf: 940n })).toEqual({ type: "locked", seconds: 60n, needsPath: false });
  expect(await lockOf(parkOf({}), { clockOf: 1_000n })).toMatchObject({ type: "open" });
});

test("large: by time and blocks, or by a third path's word", async () => {
  const large = parkOf({ unlockBlock: 80n, stage: Stage.Waited });
  expect(await lockOf(large, { clockOf: 1_000n })).toEqual({ type: "locked", seconds: 30n, needsPath: true });
  expect(await lockOf(large, { clockOf: 1_000n, block: 79n })).toMatchObject({ type: "open" });
  expect(await lockOf(large, { clockOf: 900n, quorum: 3n })).toMatchObject({ type: "open" });
});

test("vetoed: by nothing", async () => {
  const vetoed = parkOf({ unlockAt: NEVER, unlockBlock: 80n });
  expect(await lockOf(vetoed, { clockOf: 1n << 60n, quorum: 3n })).toEqual({ type: "vetoed" });
});

test("a pause of lane or asset, or a halt, locks what its time would open", async () => {
  expect(await lockOf(parkOf({}), { clockOf: 1_000n, pausedUntil: 5_100n })).toMatchObject({ seconds: 100n });
  expect(await lockOf(parkOf({}), { clockOf: 1_000n, assetPausedUntil: 5_200n })).toMatchObject({ seconds: 200n });
  expect(await lockOf(parkOf({}), { clockOf: 1_000n, haltOf: 1 })).toMatchObject({ type: "locked" });
});
