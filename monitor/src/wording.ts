/** Words for what the contracts number: chains, assets, amounts and times, as a deployment knows them. */

import type { PublicDeployment } from "@weighlock/core/deployment.ts";
import { SCOPE_NAMES } from "@weighlock/core/reconciliation.ts";
import { formatUnits } from "viem";

export type Wording = {
  /** A chain's name by its eid. */
  chain(eid: unknown): string;
  asset(id: unknown): string;
  /** Canonical units with their symbol. */
  amount(asset: number, units: bigint): string;
  /** What a stop covers, of this chain. */
  scope(scope: unknown, id: unknown): string;
  /** The same as a command takes it: "in alpha". */
  scopeArguments(scope: unknown, id: unknown): string;
};

export function createWording({ chains }: Pick<PublicDeployment, "chains">): Wording {
  const assets = chains.flatMap((chain) => chain.assets);
  const chain = (eid: unknown) => chains.find((each) => each.eid === eid)?.name ?? `eid ${eid}`;
  const asset = (id: unknown) => assets.find((each) => each.id === id)?.symbol ?? `asset ${id}`;
  return {
    chain,
    asset,
    amount(id, units) {
      const decimals = assets.find((each) => each.id === id)?.canonicalDecimals ?? 0;
      return `${formatUnits(units, decimals)} ${asset(id)}`;
    },
    scope(scope, id) {
      switch (SCOPE_NAMES[Number(scope)]) {
        case "in":
          return `what comes from ${chain(id)}`;
        case "out":
          return `what goes to ${chain(id)}`;
        case "halt":
          return `the halted lane from ${chain(id)}`;
        default:
          return asset(id);
      }
    },
    scopeArguments(scope, id) {
      const name = SCOPE_NAMES[Number(scope)] ?? "asset";
      return `${name} ${name === "asset" ? asset(id) : chain(id)}`;
    },
  };
}

/** `types/Stops.sol`: until the council ends it. */
const NO_END = (1n << 40n) - 1n;

/** Unix seconds as a date. */
export function timeOf(seconds: bigint | number): string {
  return new Date(Number(seconds) * 1_000).toISOString().replace(".000Z", "Z");
}

export function untilOf(seconds: bigint): string {
  return seconds >= NO_END ? "until the council resumes it" : `until ${timeOf(seconds)}`;
}

/** The two largest units of a span. */
export function spanOf(seconds: bigint): string {
  const [days, hours, minutes] = [seconds / 86_400n, (seconds / 3_600n) % 24n, (seconds / 60n) % 60n];
  if (days > 0n) return `${days} d ${hours} h`;
  return hours > 0n ? `${hours} h ${minutes} min` : `${minutes} min ${seconds % 60n} s`;
}
