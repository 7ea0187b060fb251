/** An asset's rules as they are, with what is to change: on a vault, or on the hub for one lane. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import type { AssetDeployment, ChainDeployment } from "@weighlock/core/deployment.ts";
import { type Address, encodeFunctionData, type Hex } from "viem";
import { formatUnits, parseAmount } from "./amount.ts";
import { UsageError } from "./errors.ts";
import type { Network } from "./network.ts";

/** Amounts as decimal numbers of the asset; the refill by the hour. What is not given stays. */
export type RulesChange = {
  capacity?: string | undefined;
  refill?: string | undefined;
  large?: string | undefined;
  share?: string | undefined;
  /** Vault only. */
  minDeposit?: string | undefined;
  pushGas?: string | undefined;
  /** Hub only. */
  minWithdrawal?: string | undefined;
  cap?: string | undefined;
};

type Limit = { capacity: bigint; refill: bigint; large: bigint; share: number };
export type RulesCall = { to: Address; data: Hex; before: Record<string, string>; after: Record<string, string> };

const HOUR = 3_600n;
const VAULT_ONLY = ["minDeposit", "pushGas"] as const;
const HUB_ONLY = ["minWithdrawal", "cap"] as const;

/** Throws UsageError for what can't be meant there. The contract judges whether it is stricter. */
export async function rulesCall({
  network,
  chain,
  peer,
  asset,
  change,
  verb,
}: {
  network: Network;
  chain: ChainDeployment;
  /** Of the hub: whose lane. */
  peer: ChainDeployment | undefined;
  asset: AssetDeployment;
  change: RulesChange;
  verb: "tightenAsset" | "loosenAsset";
}): Promise<RulesCall> {
  const wrong = (chain.role === "vault" ? HUB_ONLY : VAULT_ONLY).filter((name) => change[name] !== undefined);
  if (wrong.length > 0) throw new UsageError(`${chain.name} has no such rule: ${wrong.map(optionOf).join(", ")}`);
  if (Object.values(change).every((value) => value === undefined)) {
    throw new UsageError("Nothing is to change; give one of the rules, as in --capacity 1000");
  }
  const { client } = await network.connect(chain);
  const units = (text: string | undefined, now: bigint) =>
    text === undefined ? now : parseAmount({ text, decimals: asset.canonicalDecimals, symbol: asset.symbol });
  const limitOf = (limit: Limit): Limit => ({
    capacity: units(change.capacity, limit.capacity),
    refill: change.refill === undefined ? limit.refill : units(change.refill, 0n) / HOUR,
    large: units(change.large, limit.large),
    share: whole(change.share, limit.share, "share"),
  });
  if (chain.role === "vault") {
    const at = { address: chain.vault, abi: collateralVaultAbi } as const;
    const now = await client.readContract({ ...at, functionName: "rulesOf", args: [asset.id] });
    const rules = {
      minDeposit: Number(units(change.minDeposit, BigInt(now.minDeposit))),
      pushGas: whole(change.pushGas, now.pushGas, "push-gas"),
      limit: limitOf(now.limit),
    };
    const data = encodeFunctionData({ abi: collateralVaultAbi, functionName: verb, args: [asset.id, rules] });
    const told = ({ minDeposit, pushGas, limit }: typeof rules) => ({
      ...tell(asset, { minDeposit: BigInt(minDeposit) }),
      pushGas: `${pushGas}`,
      ...tellLimit(asset, limit),
    });
    return { to: chain.vault, data, before: told(now), after: told(rules) };
  }
  if (peer === undefined) throw new UsageError("The hub has rules for each lane; name one with --peer");
  const at = { address: chain.clearingHouse, abi: clearingHouseAbi } as const;
  const now = await client.readContract({ ...at, functionName: "rulesOf", args: [peer.eid, asset.id] });
  const rules = {
    minWithdrawal: units(change.minWithdrawal, now.minWithdrawal),
    cap: units(change.cap, now.cap),
    limit: limitOf(now.limit),
  };
  const data = encodeFunctionData({ abi: clearingHouseAbi, functionName: verb, args: [peer.eid, asset.id, rules] });
  const told = ({ minWithdrawal, cap, limit }: typeof rules) => ({
    ...tell(asset, { minWithdrawal, cap }),
    ...tellLimit(asset, limit),
  });
  return { to: chain.clearingHouse, data, before: told(now), after: told(rules) };
}

const optionOf = (name: string) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

function whole(text: string | undefined, now: number, name: string): number {
  if (text === undefined) return now;
  if (!/^\d{1,8}$/.test(text)) throw new UsageError(`"${text}" is no --${name}; give a whole number`);
  return Number(text);
}

function tell(asset: AssetDeployment, amounts: Readonly<Record<string, bigint>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(amounts).map(([name, units]) => [name, formatUnits(units, asset.canonicalDecimals)]),
  );
}

const tellLimit = (asset: AssetDeployment, { capacity, refill, large, share }: Limit) => ({
  ...tell(asset, { capacity, refillPerHour: refill * HOUR, large }),
  share: `${share}%`,
});
