/** On clocks that the test moves. */

import { zeroHash } from "viem";
import { expect, test } from "vitest";
import type { ChainClient } from "./chains.ts";
import type { VaultDeployment } from "./deployment.ts";
import { EntryKind, packEntry, partyOf } from "./entry.ts";
import { opensAt, readLock } from "./lock.ts";
import { NEVER, Stage, type Terms } from "./waiting.ts";

const address = "0x00000000000000000000000000000000000000aa";
const deployment = { role: "vault", vault: address, gateway: address } as unknown as VaultDeployment;
const entry = packEntry({
  ...{ kind: EntryKind.Release, asset: 1, eid: 40_702, ref: 0n, amount: 5n, spare: 0 },
  ...{ account: zeroHash, party: partyOf(address) },
});
const terms: Terms = { parkedAt: 900n, unlockAt: 1_000n, unlockBlock: 0n, stage: Stage.Drawn };
const parkOf = (change: Partial<Terms>) => ({ srcEid: 40_701, index: 3n, entry, terms: { ...terms, ...change } });

type Figures = { clockOf: bigint; haltOf?: number; pausedUntil?: bigint; assetPausedUntil?: bigint; quorum?: bigint };

function lockOf(waiting: ReturnType<typeof parkOf>, { block = 50n, ...figures }: Figures & { block?: bigint }) {
  const answers: Record<string, unknown> = { haltOf: 0, pausedUntil: 0n, assetPausedUntil: 0n, quorum: 2n, ...figures };
  const client = {
    getBlock: async () => ({ number: block, timestamp: 5_000n }),
    readContract: async ({ functionName }: { functionName: string }) => answers[functionName],
  } as unknown as ChainClient;
  return readLock({ client, deployment, waiting });
}

test("over the bucket: locked on its own clock, then open", async () => {
  const locked = await lockOf(parkOf({}), { clockOf: 940n });
  expect(locked).toMatchObject({ isOpen: false, secondsLeft: 60n, blocksLeft: 0n });
  expect(locked).not.toHaveProperty("quorum");
  expect(opensAt(locked)).toBe(5_060n);
  expect(await lockOf(parkOf({}), { clockOf: 1_000n })).toMatchObject({ isOpen: true, secondsLeft: 0n });
});

test("large: by time and blocks, or by a third path's word", async () => {
  const large = parkOf({ unlockBlock: 80n, stage: Stage.Waited });
  expect(await lockOf(large, { clockOf: 1_000n })).toMatchObject({ isOpen: false, blocksLeft: 30n, quorum: 2n });
  expect(await lockOf(large, { clockOf: 1_000n, block: 79n })).toMatchObject({ isOpen: true });
  expect(await lockOf(large, { clockOf: 900n, quorum: 3n })).toMatchObject({ isOpen: true });
});

test("vetoed: by nothing", async () => {
  const vetoed = await lockOf(parkOf({ unlockAt: NEVER, unlockBlock: 80n }), { clockOf: 1n << 60n, quorum: 3n });
  expect(vetoed).toMatchObject({ isOpen: false, isVetoed: true });
  expect(opensAt(vetoed)).toBe(NEVER);
});

test("a pause of lane or asset, or a halt, locks what its time would open", async () => {
  expect(await lockOf(parkOf({}), { clockOf: 1_000n, pausedUntil: 4_999n })).toMatchObject({ isOpen: true });
  const paused = await lockOf(parkOf({}), { clockOf: 990n, pausedUntil: 5_100n, assetPausedUntil: 5_200n });
  expect(paused).toMatchObject({ isOpen: false, pausedUntil: 5_200n });
  expect(opensAt(paused)).toBe(5_210n);
  const halted = await lockOf(parkOf({}), { clockOf: 1_000n, haltOf: 1 });
  expect(halted).toMatchObject({ isOpen: false, halt: 1 });
  expect(opensAt(halted)).toBe(NEVER);
});
