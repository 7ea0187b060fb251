/** Paths die. One of three makes no difference but for large entries; with two dead nothing moves and nothing is lost. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { NETWORK } from "@weighlock/devnet/spec.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { getAbiItem } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pendingWindows } from "../attacks/support/carry.ts";
import { depositAs, fundVaults } from "../attacks/support/fixture.ts";
import { ledgerOf, ONE, tokensOf, USDC } from "../attacks/support/holdings.ts";
import { haltOf } from "../attacks/support/liars.ts";
import { type AttackNetwork, refusalOf, send, startNetwork } from "../attacks/support/network.ts";
import { withdrawCall } from "../attacks/support/releases.ts";
import { balancesOf, bystanders, expectAlive, fundBystanders, residualOf } from "../attacks/support/story.ts";
import {
  addThirdPaths,
  attestBy,
  carryBy,
  executionBy,
  THIRD_PATH,
  type ThirdPaths,
} from "../attacks/support/thirdPath.ts";
import type { Ends } from "../attacks/support/words.ts";

const cleanup = createCleanup();
const NAMES = ["LayerZero", "the watchers", "the third path"];
const PATHS = [0, 1, THIRD_PATH];
const EntryHeld = getAbiItem({ abi: clearingHouseAbi, name: "EntryHeld" });
const HELD_LARGE = 6;
let network: AttackNetwork;
let third: ThirdPaths;
/** Just large, as the lane's limits are now. */
let large: bigint;

beforeAll(async () => {
  network = await startNetwork({ cleanup, spec: NETWORK });
  third = await addThirdPaths(network);
  await fundVaults(network);
  await fundBystanders(network);
  const { hub, alpha } = network;
  const view = { address: hub.clearingHouse, abi: clearingHouseAbi, functionName: "limitsNow" } as const;
  const [, limit] = await hub.client.readContract({ ...view, args: [alpha.eid, USDC] });
  large = limit.large + ONE;
});
afterAll(() => cleanup.run());

const others = (...dead: readonly number[]) => PATHS.filter((path) => !dead.includes(path));

function traderOf({ keys }: AttackNetwork) {
  const [trader] = keys.traders;
  if (trader === undefined) throw new RangeError("the network has no trader");
  return trader;
}

async function depositLarge(): Promise<Ends> {
  await depositAs({ trader: traderOf(network), vault: network.alpha, amount: large });
  return { src: network.alpha, dst: network.hub };
}

/** The last deposit that is held. */
async function lastHeld() {
  const { hub } = network;
  const at = { address: hub.clearingHouse, event: EntryHeld, fromBlock: 0n, strict: true } as const;
  const held = (await hub.client.getLogs(at)).at(-1);
  if (held === undefined) throw new Error("no deposit was held");
  return held.args;
}

test("with all three alive a large deposit is credited at once", () =>
  network.rehearse(async () => {
    const { address } = traderOf(network);
    const before = await ledgerOf(network, address);
    await carryBy(network, third, await depositLarge(), PATHS);
    expect((await ledgerOf(network, address)) - before).toBe(large);
  }));

test.each(PATHS)("path %i of three dead: all but large entries go on, and those wait for it", (dead) =>
  network.rehearse(async () => {
    const { hub, alpha, keys } = network;
    const { address } = traderOf(network);
    const untouched = await balancesOf(network, bystanders(network));
    const alive = others(dead);
    await expectAlive(network, (ends) => carryBy(network, third, ends, alive));

    const before = await ledgerOf(network, address);
    const ends = await depositLarge();
    await carryBy(network, third, ends, alive);
    const { srcEid, index, reason, entry, terms } = await lastHeld();
    expect(reason, `without ${NAMES[dead]} it waits`).toBe(HELD_LARGE);
    expect(await ledgerOf(network, address)).toBe(before);
    const held = [srcEid, index, entry, reason, terms] as const;
    const house = { chain: hub, from: keys.relayer, address: hub.clearingHouse, abi: clearingHouseAbi } as const;
    const finish = { ...house, functionName: "finish", args: held } as const;
    expect(await refusalOf(finish)).toBe("HeldLocked");

    // It comes back, says the same and vouches for what was executed without it.
    await attestBy(network, third, ends, [dead]);
    const gateway = { address: hub.gateway, abi: gatewayAbi } as const;
    const [executed] = await hub.client.readContract({ ...gateway, functionName: "inbox", args: [alpha.eid] });
    const args = [alpha.eid, dead, executed, "0x"] as const;
    await send({ chain: hub, from: keys.relayer, ...gateway, functionName: "vouch", args });
    await send(finish);
    expect((await ledgerOf(network, address)) - before).toBe(large);
    expect(await residualOf(network)).toBe(0n);
    expect(await balancesOf(network, bystanders(network))).toEqual(untouched);
  }),
);

const RETURNS = PATHS.flatMap((alone) => others(alone).map((back) => [alone, back] as const));

test.each(RETURNS)(
  "only path %i alive: nothing moves, nothing is lost; path %i comes back, and all of it flows",
  (alone, back) =>
    network.rehearse(async () => {
      const { hub, alpha } = network;
      const trader = traderOf(network);
      const untouched = await balancesOf(network, bystanders(network));
      const [ledger, tokens] = [await ledgerOf(network, trader.address), await tokensOf(alpha, trader.address)];
      const inward: Ends = { src: alpha, dst: hub };
      const outward: Ends = { src: hub, dst: alpha };

      // Traders go on meanwhile, in several windows.
      for (const amount of [10n * ONE, 7n * ONE]) {
        await depositAs({ trader, vault: alpha, amount });
        await send(withdrawCall(network, trader, alpha, { recipient: trader.address, amount: amount / 2n }));
        for (const ends of [inward, outward]) await attestBy(network, third, ends, [alone]);
      }
      const [deposited, withdrawn] = [17n * ONE, (17n * ONE) / 2n];
      for (const ends of [inward, outward]) {
        expect((await pendingWindows(ends)).counts, "posted, sealed, and not executed").toHaveLength(2);
        for (let set = 1; set < 8; set++) {
          const paths = PATHS.filter((path) => set & (1 << path));
          const refusal = await refusalOf(await executionBy(network, ends, paths));
          expect(refusal, `by ${paths}`).toBe(paths.length < 2 ? "PathsTooFew" : "PathsNotAttested");
        }
      }
      expect(await ledgerOf(network, trader.address), "only what was withdrawn is gone").toBe(ledger - withdrawn);
      expect(await tokensOf(alpha, trader.address), "and only what was deposited").toBe(tokens - deposited);
      // What left one side and has not come to the other, to the unit: nothing is lost on the way.
      expect(await residualOf(network)).toBe(deposited + withdrawn);

      for (const ends of [inward, outward]) await carryBy(network, third, ends, [back, alone]);
      expect(await ledgerOf(network, trader.address)).toBe(ledger + deposited - withdrawn);
      expect(await tokensOf(alpha, trader.address)).toBe(tokens - deposited + withdrawn);
      await expectAlive(network, (ends) => carryBy(network, third, ends, [alone, back]));
      expect(await residualOf(network)).toBe(0n);
      expect(await balancesOf(network, bystanders(network))).toEqual(untouched);
      expect(await haltOf(hub, alpha.eid)).toBe(0);
    }),
);
