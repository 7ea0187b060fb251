/** What a deposit would credit, cost and wait for. Nothing is sent. */

import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { hubOf } from "@weighlock/core/deployment.ts";
import { type Address, zeroAddress } from "viem";
import { formatUnits, parseAmount, splitRepresentable } from "../amount.ts";
import { availabilityOf } from "../availability.ts";
import { parseAsset, parseVaultChain } from "../input.ts";
import { type AssetLimits, readHubLimits, readVaultLimits } from "../limits.ts";
import { secondsOf, untilOf } from "../lockWords.ts";
import type { Network } from "../network.ts";
import { type GasQuote, readDepositGas } from "./depositGas.ts";
import { waitsOf } from "./waits.ts";
import { readWay, type Way } from "./way.ts";

export type DepositQuote = {
  chain: string;
  asset: string;
  canonicalDecimals: number;
  /** Canonical units. */
  credited: bigint;
  /** Decimal numbers of the asset. */
  quantity: string;
  /** Finer than one canonical unit: it stays with the depositor. */
  left: string;
  minimum: string;
  /** The protocol takes none of a deposit. */
  fee: "0";
  gas?: GasQuote;
  way: Way;
  /** What may be credited of it how fast; absent where the hub does not list it. */
  limits?: AssetLimits;
  /** What it would wait for on the hub, if it were executed now. */
  waits: string[];
  /** Why it can't be done now; empty when it can. */
  obstacles: string[];
};

/** Throws UsageError. */
export async function quoteDeposit({
  network,
  chain: chainText,
  asset: assetText,
  amount,
  from,
}: {
  network: Network;
  /** A vault chain's name or eid. */
  chain: string;
  /** Symbol or id. */
  asset: string;
  /** A decimal number of the asset: "12.5". */
  amount: string;
  /** Who would send it: for the gas. */
  from?: Address | undefined;
}): Promise<DepositQuote> {
  const chain = parseVaultChain(network.deployment, chainText);
  const asset = parseAsset(chain, assetText);
  const { symbol, decimals, canonicalDecimals } = asset;
  const local = parseAmount({ text: amount, decimals, symbol });
  const { canonical, taken, left } = splitRepresentable({ local, decimals, canonicalDecimals });
  const hub = hubOf(network.deployment);
  const { client } = await network.connect(chain);
  const [{ token, minDeposit }, way, gas, available, limits, vaultLimits] = await Promise.all([
    client.readContract({ address: chain.vault, abi: collateralVaultAbi, functionName: "assetOf", args: [asset.id] }),
    readWay({ network, lane: { src: chain, dst: hub } }),
    readDepositGas({ network, chain, asset, amount: taken, from }),
    availabilityOf({ network, asset }),
    readHubLimits({ network, hub, eid: chain.eid, asset }),
    readVaultLimits({ network, vault: chain, asset }),
  ]);
  const minimum = formatUnits(minDeposit, canonicalDecimals);
  const pausedUntil = vaultLimits?.pausedUntil;
  const isListedOnHub = available.some((each) => each.chain === chain.name);
  return {
    chain: chain.name,
    asset: symbol,
    canonicalDecimals,
    credited: canonical,
    quantity: formatUnits(canonical, canonicalDecimals),
    left: formatUnits(left, decimals),
    minimum,
    fee: "0",
    ...(gas && { gas }),
    way,
    ...(limits && { limits }),
    waits: limits ? waitsOf({ limits, amount: canonical, ends: "credited", way }) : [],
    obstacles: [
      ...(token === zeroAddress ? [`the vault on ${chain.name} does not take ${symbol}`] : []),
      ...(pausedUntil ? [`${symbol} is paused on ${chain.name} ${untilOf(secondsOf(pausedUntil))}`] : []),
      ...(canonical < minDeposit ? [`a deposit on ${chain.name} is at least ${minimum} ${symbol}`] : []),
      ...(isListedOnHub ? [] : [`${hub.name} does not list ${symbol} of ${chain.name}, and would hold it uncredited`]),
      ...way.obstacles,
    ],
  };
}
