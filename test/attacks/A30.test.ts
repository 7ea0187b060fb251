/** A30: one owned path says whatever stops the others, at every count and before they come to it. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { keccak256, toHex } from "viem";
import { afterAll, beforeAll, expect } from "vitest";
import { harness } from "./support/artifacts.ts";
import { pendingWindows, seal } from "./support/carry.ts";
import { DEPOSITED, depositAs, fundVaults } from "./support/fixture.ts";
import { holdingsOf } from "./support/holdings.ts";
import { haltOf } from "./support/liars.ts";
import { type AttackNetwork, refusalOf, startNetwork } from "./support/network.ts";
import { attackTest, type Outcome } from "./support/record.ts";
import { guardianDoes, resume, Scope } from "./support/roles.ts";
import { addThirdPaths, attestByThird, type ThirdPaths } from "./support/thirdPath.ts";
import { attestByNetwork, attestByWatchers, type Ends, truth } from "./support/words.ts";

const cleanup = createCleanup();
const LAYER_ZERO = 0;
const WATCHERS = 1;
const AHEAD = 6n;
type Owned = AttackNetwork & { third: ThirdPaths };
let guarded: Owned;
/** What a disabled path has said still counts. */
let undead: Owned;

beforeAll(async () => {
  const start = async (replaced: NonNullable<Parameters<typeof startNetwork>[0]["replaced"]>) => {
    const network = await startNetwork({ cleanup, replaced });
    const third = await addThirdPaths(network);
    await fundVaults(network);
    return { ...network, third };
  };
  const Gateway = harness("UndeadPathGateway");
  [guarded, undead] = await Promise.all([start({}), start({ hub: { Gateway } })]);
});
afterAll(() => cleanup.run());

/** The path's owner claims every count to come, one beyond what is looked at, and some that are past, with junk. */
async function squat(network: Owned, ends: Ends, owned: number): Promise<bigint> {
  const speak = owned === LAYER_ZERO ? attestByNetwork : attestByWatchers;
  const honest = await truth(ends);
  const counts = Array.from({ length: Number(AHEAD) }, (_, i) => honest.count + BigInt(i) + 1n);
  const far = honest.count + (1n << 21n);
  let first: bigint | undefined;
  for (const count of [...counts, far]) {
    const head = keccak256(toHex(`junk at ${count}`));
    const { blockNumber } = await speak(network, ends, { ...honest, count, head });
    first ??= blockNumber;
  }
  return first as bigint;
}

/**
 * Honest paths go on; where the lane halts, the guardian ends the owned path and the council resumes. Succeeds where a deposit
 * made meanwhile is not credited after that.
 */
function stopLane(network: Owned, owned: number): Promise<Outcome> {
  return network.rehearse(async () => {
    const { alpha, hub, third, keys } = network;
    const ends: Ends = { src: alpha, dst: hub };
    const trader = keys.traders[1];
    if (trader === undefined) throw new RangeError("the network has too few traders");
    const shown = await squat(network, ends, owned);
    for (let i = 0; i < Number(AHEAD) - 1; ++i) await depositAs({ trader, vault: alpha, amount: DEPOSITED });
    await seal(network, ends);
    const commitment = await truth(ends);
    const other = owned === LAYER_ZERO ? attestByWatchers : attestByNetwork;
    const { blockNumber: exposed } = await other(network, ends, commitment);
    await attestByThird(network, third, ends, commitment);
    expect(await haltOf(hub, alpha.eid), "the junk is evidence").not.toBe(0);

    await guardianDoes(network, {
      chain: hub,
      address: hub.gateway,
      abi: gatewayAbi,
      functionName: "disablePath",
      args: [alpha.eid, owned],
    });
    await resume(network, { dst: hub, src: alpha, scope: Scope.Halt });
    const { counts, entries } = await pendingWindows(ends);
    const paths = owned === LAYER_ZERO ? 6 : 5;
    const refusal = await refusalOf({
      chain: hub,
      from: keys.relayer,
      address: hub.gateway,
      abi: gatewayAbi,
      functionName: "execute",
      args: [alpha.eid, counts, entries, "0x", paths],
    });
    const blocks = Number(exposed - shown);
    const credited = await holdingsOf(network, [trader.address]);
    return {
      succeeded: refusal !== undefined || credited === 0n,
      loss: 0n,
      blocksToDetect: blocks,
      blocksToHalt: blocks,
    };
  });
}

for (const [path, owned] of [
  ["layerzero", LAYER_ZERO],
  ["watcher", WATCHERS],
] as const) {
  const attack = {
    class: "A30",
    name: "an owned path claims every count to come with junk",
    direction: "alpha → hub",
    path,
  } as const;
  attackTest({ ...attack, defence: "on", run: () => stopLane(guarded, owned) });
  attackTest({
    ...attack,
    defence: { off: "a disabled path's word still counts" },
    run: () => stopLane(undead, owned),
  });
}
