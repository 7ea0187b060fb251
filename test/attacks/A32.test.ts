/** A32: two of three paths are owned, on a busy lane and a quiet one, in both directions; then the honest log goes on. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import type { DevAccount } from "@weighlock/devnet/anvil.ts";
import { NETWORK } from "@weighlock/devnet/spec.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { afterAll, beforeAll, expect } from "vitest";
import { harness } from "./support/artifacts.ts";
import { seal } from "./support/carry.ts";
import { depositEntry, releaseEntry } from "./support/entries.ts";
import { depositAs } from "./support/fixture.ts";
import { ONE, tokensOf } from "./support/holdings.ts";
import {
  contradictAt,
  forceWindow,
  fundDeeply,
  haltOf,
  inflowBound,
  ledgerOfMany,
  retryAll,
  retryFor,
  TO_PAUSE,
  vaultBound,
} from "./support/liars.ts";
import { type AttackNetwork, startNetwork } from "./support/network.ts";
import { attackTest, type Outcome } from "./support/record.ts";
import { releaseMany } from "./support/releases.ts";
import { councilDoes, pass } from "./support/roles.ts";
import { addThirdPaths, attestByThird, THIRD_PATH, type ThirdPaths } from "./support/thirdPath.ts";
import { type Ends, truth } from "./support/words.ts";

const cleanup = createCleanup();
const CLOSED = 4;
type Owned = AttackNetwork & { third: ThirdPaths; trader: DevAccount };
let guarded: Owned;
/** No levels and buckets out of the vaults, no bucket into the hub. */
let unlimited: Owned;

beforeAll(async () => {
  [guarded, unlimited] = await Promise.all([
    start({}),
    start({
      hub: { ClearingHouse: harness("BottomlessClearingHouse") },
      alpha: { CollateralVault: harness("UnlimitedVault") },
      beta: { CollateralVault: harness("UnlimitedVault") },
    }),
  ]);
});
afterAll(() => cleanup.run());

async function start(replaced: NonNullable<Parameters<typeof startNetwork>[0]["replaced"]>): Promise<Owned> {
  const network = await startNetwork({ cleanup, replaced, spec: NETWORK });
  const third = await addThirdPaths(network);
  const trader = await fundDeeply(network);
  return { ...network, third, trader };
}

/** Small releases to many accounts, one large one on top: whatever passes, passes. */
function forgeOut(network: Owned, isQuiet: boolean): Promise<Outcome> {
  return network.rehearse(async () => {
    const { hub, alpha, trader, third } = network;
    const ends: Ends = { src: hub, dst: alpha };
    const thief = await network.newAccount();
    const small = Array.from({ length: isQuiet ? 60 : 127 }, (_, i) =>
      releaseEntry({
        eid: alpha.eid,
        owner: thief.address,
        subaccount: BigInt(i),
        amount: 80n * ONE,
        party: thief.address,
      }),
    );
    const large = releaseEntry({ eid: alpha.eid, owner: thief.address, amount: 5_000n * ONE });
    const { blockNumber, refusal, count } = await forceWindow(network, ends, [...small, large], thief);
    expect(refusal, "two paths execute what they like").toBeUndefined();
    await retryFor(alpha, thief, { seconds: TO_PAUSE, step: 8n });

    // The honest log goes on, past the forged count where the lane is quiet.
    const wishes = isQuiet ? small.length + 2 : 1;
    await releaseMany(
      network,
      trader,
      alpha,
      Array.from({ length: wishes }, () => ({ recipient: trader.address, amount: ONE })),
    );
    await seal(network, ends);
    const told = await attestByThird(network, third, ends, await truth(ends));
    const halted = isQuiet
      ? await contradictAt(network, ends, { path: THIRD_PATH, count, otherPath: 0 })
      : told.blockNumber;
    return close(network, ends, { thief, blockNumber, halted, bound: vaultBound(TO_PAUSE) });
  });
}

/** Deposits that never were, as much as the lane may bring and more, to many accounts of the thief. */
function forgeIn(network: Owned, isQuiet: boolean): Promise<Outcome> {
  return network.rehearse(async () => {
    const { hub, alpha, trader, third } = network;
    const ends: Ends = { src: alpha, dst: hub };
    const thief = await network.newAccount();
    const bound = await inflowBound(network, TO_PAUSE);
    const deposits = Array.from({ length: isQuiet ? 16 : 128 }, (_, i) =>
      depositEntry({ eid: alpha.eid, owner: thief.address, subaccount: BigInt(i), amount: 4_000n * ONE }),
    );
    const { blockNumber, refusal, count } = await forceWindow(network, ends, deposits, thief);
    expect(refusal, "two paths execute what they like").toBeUndefined();
    await pass(hub, TO_PAUSE);
    const pieces = isQuiet ? deposits.length + 1 : 1;
    for (let i = 0; i < pieces; ++i) await depositAs({ trader, vault: alpha, amount: ONE });
    await seal(network, ends);
    const told = await attestByThird(network, third, ends, await truth(ends));
    const halted = isQuiet
      ? await contradictAt(network, ends, { path: THIRD_PATH, count, otherPath: 0 })
      : told.blockNumber;
    return close(network, ends, {
      thief,
      blockNumber,
      halted,
      bound,
      accounts: deposits.map(({ account }) => account),
    });
  });
}

/** Nothing more passes after the halt, whatever is tried and however long; the council closes the lane, and it stays so. */
async function close(
  network: Owned,
  { src, dst }: Ends,
  {
    thief,
    blockNumber,
    halted,
    bound,
    accounts = [],
  }: {
    thief: DevAccount;
    blockNumber: bigint;
    halted: bigint;
    bound: bigint;
    accounts?: readonly `0x${string}`[];
  },
): Promise<Outcome> {
  const { alpha } = network;
  const taken = async () => (await tokensOf(alpha, thief.address)) + (await ledgerOfMany(network, accounts));
  const loss = await taken();
  await pass(dst, 14n * 86_400n);
  if (dst === alpha) await retryAll(alpha, thief);
  expect(await taken(), "nothing leaves after the halt").toBe(loss);
  await councilDoes(network, {
    chain: dst,
    address: dst.gateway,
    abi: gatewayAbi,
    functionName: "closeLane",
    args: [src.eid],
  });
  expect(await haltOf(dst, src.eid)).toBe(CLOSED);
  const blocks = Number(halted - blockNumber);
  return { succeeded: loss > bound, loss, bound, blocksToDetect: blocks, blocksToHalt: blocks };
}

for (const [direction, run] of [
  ["hub → alpha", forgeOut],
  ["alpha → hub", forgeIn],
] as const) {
  for (const isQuiet of [false, true]) {
    const attack = {
      class: "A32",
      name: `verifiers and watchers forge a window on a ${isQuiet ? "quiet" : "busy"} lane`,
      direction,
      path: "both",
    } as const;
    attackTest({ ...attack, defence: "on", run: () => run(guarded, isQuiet) });
    attackTest({ ...attack, defence: { off: "no levels and no limits" }, run: () => run(unlimited, isQuiet) });
  }
}
