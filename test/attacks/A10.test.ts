/** A10: value made of decimals: dust, truncation, and a token that has other decimals on another chain. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { layout } from "@weighlock/core/abi/layout.ts";
import type { VaultDeployment } from "@weighlock/core/deployment.ts";
import type { DevAccount } from "@weighlock/devnet/anvil.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { erc20Abi } from "viem";
import { afterAll, beforeAll } from "vitest";
import { carry } from "./support/carry.ts";
import { fundVaults } from "./support/fixture.ts";
import { ledgerOf, ONE, USDC } from "./support/holdings.ts";
import { type AttackNetwork, type Chain, refusalOf, send, startNetwork } from "./support/network.ts";
import { attackTest, type Outcome } from "./support/record.ts";
import { patch, slotOf } from "./support/storage.ts";

const cleanup = createCleanup();
let network: AttackNetwork;

beforeAll(async () => {
  network = await startNetwork({ cleanup });
  await fundVaults(network);
});
afterAll(() => cleanup.run());

/**
 * Odd amounts go in on beta, where the token has 18 decimals, and everything comes out on alpha, where it has 6.
 * `locals` in local units; what the vault refuses is left out.
 */
function roundTrip(locals: readonly bigint[], weaken: () => Promise<void>): Promise<Outcome> {
  return network.rehearse(async () => {
    const [, thief] = network.keys.traders;
    if (!thief) throw new RangeError("the network has no second trader");
    await weaken();
    const before = await exactHoldings(thief);
    const { beta, hub, alpha } = network;
    const by = { chain: beta, from: thief } as const;
    const all = locals.reduce((sum, local) => sum + local, 0n);
    await send({ ...by, address: tokenOf(beta), abi: erc20Abi, functionName: "approve", args: [beta.vault, all] });
    for (const local of locals) {
      const args = [USDC, local, thief.address, 0n, thief.address, false] as const;
      await refusalOf({ ...by, address: beta.vault, abi: collateralVaultAbi, functionName: "deposit", args });
    }
    await carry(network, { src: beta, dst: hub });
    const credited = await ledgerOf(network, thief.address);
    if (credited > 0n) {
      const args = [0n, alpha.eid, USDC, credited, thief.address] as const;
      await send({
        chain: hub,
        from: thief,
        address: hub.clearingHouse,
        abi: clearingHouseAbi,
        functionName: "withdraw",
        args,
      });
      await carry(network, { src: hub, dst: alpha });
    }
    const gain = (await exactHoldings(thief)) - before;
    // Dust that stays in a vault is lost by the one who sent it, so nothing is gained by less than a unit either.
    return { succeeded: gain > 0n, loss: gain > 0n ? gain / SCALE : 0n };
  });
}

/** Local units of beta in a canonical unit. */
const SCALE = 10n ** 12n;

/** In beta's local units, so that a fraction of a canonical unit is seen. */
async function exactHoldings({ address }: DevAccount): Promise<bigint> {
  const onBeta = await network.beta.client.readContract({
    address: tokenOf(network.beta),
    abi: erc20Abi,
    functionName: "balanceOf",
    args: [address],
  });
  const onAlpha = await network.alpha.client.readContract({
    address: tokenOf(network.alpha),
    abi: erc20Abi,
    functionName: "balanceOf",
    args: [address],
  });
  return onBeta + (onAlpha + (await ledgerOf(network, address))) * SCALE;
}

function tokenOf(chain: Chain<VaultDeployment>) {
  const token = chain.assets.find(({ id }) => id === USDC)?.token;
  if (!token) throw new RangeError(`${chain.name} has no token of asset ${USDC}`);
  return token;
}

/** Beta's vault takes its token for one of 16 decimals. */
async function forgetDecimals(): Promise<void> {
  const { beta } = network;
  const { offset, bytes } = layout.CollateralVault.structs.Listing.scaleDecimals;
  const slot = slotOf(USDC, layout.CollateralVault.variables._listings.slot);
  await patch({ client: beta.client, address: beta.vault, slot, offset, bytes, value: 10n });
}

const DUST = [1n, SCALE - 1n, SCALE / 2n, 10_000n * SCALE - 1n];
const ODD = [10_000n * SCALE + 1n, ONE * SCALE + (SCALE - 1n), 3n * ONE * SCALE + SCALE / 2n];
const HUGE = [1n << 64n, (1n << 128n) * SCALE];
const attack = {
  class: "A10",
  name: "dust, odd and huge amounts go in where a token has 18 decimals and come out where it has 6",
  direction: "beta → hub → alpha",
  path: "both",
} as const;
attackTest({ ...attack, defence: "on", run: () => roundTrip([...DUST, ...ODD, ...HUGE], async () => undefined) });
attackTest({
  ...attack,
  defence: { off: "the vault's scale two decimals short in storage" },
  run: () => roundTrip([...DUST, ...ODD], forgetDecimals),
});
