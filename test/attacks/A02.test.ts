/** A02: a true event without value: a deposit of which nothing arrives. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import type { VaultDeployment } from "@weighlock/core/deployment.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { erc20Abi } from "viem";
import { afterAll, beforeAll } from "vitest";
import { harness } from "./support/artifacts.ts";
import { carry } from "./support/carry.ts";
import { DEPOSITED, fundVaults } from "./support/fixture.ts";
import { ledgerOf, tokensOf, USDC } from "./support/holdings.ts";
import { fickleToken, Mood } from "./support/hostile.ts";
import { type AttackNetwork, type Chain, refusalOf, send, startNetwork } from "./support/network.ts";
import { attackTest, type Outcome } from "./support/record.ts";

const cleanup = createCleanup();
let guarded: AttackNetwork;
/** Both vaults credit what was asked for, not what arrived. */
let unguarded: AttackNetwork;

beforeAll(async () => {
  const CollateralVault = harness("UnmeasuredVault");
  [guarded, unguarded] = await Promise.all([
    startNetwork({ cleanup }),
    startNetwork({ cleanup, replaced: { alpha: { CollateralVault }, beta: { CollateralVault } } }),
  ]);
  await Promise.all([fundVaults(guarded), fundVaults(unguarded)]);
});
afterAll(() => cleanup.run());

type Vault = "alpha" | "beta";
const other: Record<Vault, Vault> = { alpha: "beta", beta: "alpha" };

/** The token says yes and moves nothing, or less; what is credited is taken out of the other vault. */
function depositNothing(network: AttackNetwork, at: Vault, mood: number): Promise<Outcome> {
  return network.rehearse(async () => {
    const [, thief] = network.keys.traders;
    if (!thief) throw new RangeError("the network has no second trader");
    const vault: Chain<VaultDeployment> = network[at];
    const payer = network[other[at]];
    const token = await fickleToken(network, vault);
    await send({ ...token, functionName: "setMood", args: [mood] });
    const given = await tokensOf(vault, thief.address);
    const paid = await tokensOf(payer, thief.address);

    const asset = vault.assets.find(({ id }) => id === USDC);
    const local = DEPOSITED * 10n ** BigInt((asset?.decimals ?? 0) - (asset?.canonicalDecimals ?? 0));
    const by = { chain: vault, from: thief } as const;
    await send({ ...by, address: token.address, abi: erc20Abi, functionName: "approve", args: [vault.vault, local] });
    const deposit = [USDC, local, thief.address, 0n, thief.address, false] as const;
    await refusalOf({ ...by, address: vault.vault, abi: collateralVaultAbi, functionName: "deposit", args: deposit });
    await carry(network, { src: vault, dst: network.hub });

    const credited = await ledgerOf(network, thief.address);
    if (credited > 0n) {
      const { hub } = network;
      const args = [0n, payer.eid, USDC, credited, thief.address] as const;
      const at = { address: hub.clearingHouse, abi: clearingHouseAbi, functionName: "withdraw" } as const;
      await send({ chain: hub, from: thief, ...at, args });
      await carry(network, { src: hub, dst: payer });
    }
    const cost = given - (await tokensOf(vault, thief.address));
    const loss = (await tokensOf(payer, thief.address)) - paid - cost;
    return { succeeded: loss > 0n, loss };
  });
}

for (const [at, direction] of [
  ["alpha", "alpha → hub"],
  ["beta", "beta → hub"],
] as const) {
  const nothing = {
    class: "A02",
    name: "a token says yes to a deposit and moves nothing",
    direction,
    path: "none",
  } as const;
  const off = { off: "a vault that credits what was asked for" };
  attackTest({ ...nothing, defence: "on", run: () => depositNothing(guarded, at, Mood.MovesNothing) });
  attackTest({ ...nothing, defence: off, run: () => depositNothing(unguarded, at, Mood.MovesNothing) });
}
attackTest({
  class: "A02",
  name: "a token answers false to a deposit, and moves nothing",
  direction: "alpha → hub",
  path: "none",
  defence: "on",
  run: () => depositNothing(guarded, "alpha", Mood.ReturnsFalse),
});
