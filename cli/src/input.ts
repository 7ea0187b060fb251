/** Names, addresses and lanes as people type them. All throw UsageError. */

import {
  type AssetDeployment,
  type ChainDeployment,
  type Deployment,
  type LaneDeployment,
  lanesOf,
} from "@weighlock/core/deployment.ts";
import { type Address, getAddress, type Hash, isAddress, isAddressEqual, zeroAddress } from "viem";
import { UsageError } from "./errors.ts";

type Chains = Pick<Deployment, "chains">;
const SUBACCOUNT_BITS = 96n;

export function parseAddress(text: string, what: string): Address {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) {
    throw new UsageError(`"${text}" is not an address for ${what}; it is 0x and 40 hex digits`);
  }
  if (!isAddress(text)) {
    throw new UsageError(`${text} has a wrong checksum for ${what}; a letter may be mistyped, so copy it again`);
  }
  if (isAddressEqual(text, zeroAddress)) throw new UsageError(`The zero address can't be ${what}; name another one`);
  return getAddress(text);
}

export function parseSubaccount(text: string | undefined): bigint {
  if (text === undefined) return 0n;
  if (!/^\d+$/.test(text) || BigInt(text) >> SUBACCOUNT_BITS !== 0n) {
    throw new UsageError(`"${text}" is not a subaccount; it is a whole number from 0 to 2^96 - 1`);
  }
  return BigInt(text);
}

/** A chain by its name or its eid. */
export function parseChain(deployment: Chains, text: string): ChainDeployment {
  const chain = deployment.chains.find(({ name, eid }) => name === text.toLowerCase() || String(eid) === text);
  if (chain) return chain;
  const known = deployment.chains.map(({ name }) => name).join(", ");
  throw new UsageError(`There is no chain "${text}"; this deployment has ${known}`);
}

export function parseVaultChain(deployment: Chains, text: string): ChainDeployment & { role: "vault" } {
  const chain = parseChain(deployment, text);
  if (chain.role === "vault") return chain;
  const known = deployment.chains.filter(({ role }) => role === "vault").map(({ name }) => name);
  throw new UsageError(`"${text}" is the hub, which has no vault; choose one of ${known.join(", ")}`);
}

/** An asset of a chain by its symbol or its id. */
export function parseAsset(chain: ChainDeployment, text: string): AssetDeployment {
  const asset = chain.assets.find(
    ({ symbol, id }) => symbol.toLowerCase() === text.toLowerCase() || String(id) === text,
  );
  if (asset) return asset;
  const known = chain.assets.map(({ symbol }) => symbol).join(", ");
  throw new UsageError(`There is no asset "${text}" on ${chain.name}; it has ${known}`);
}

export const laneName = ({ src, dst }: LaneDeployment): string => `${src.name}-${dst.name}`;

/** A lane as source and destination: alpha-hub, alpha→hub, alpha>hub. */
export function parseLane(deployment: Chains, text: string): LaneDeployment {
  const wanted = text.toLowerCase();
  const lanes = lanesOf(deployment);
  const lane = lanes.find(({ src, dst }) =>
    ["-", "→", "->", ">", "/"].some((between) => wanted === `${src.name}${between}${dst.name}`),
  );
  if (lane) return lane;
  throw new UsageError(`There is no lane "${text}"; this deployment has ${lanes.map(laneName).join(", ")}`);
}

export type Subject = { type: "entry"; lane: LaneDeployment; index: bigint } | { type: "transaction"; hash: Hash };

/** What `status` is asked about: `alpha-hub:12` or a transaction's hash. */
export function parseSubject(deployment: Chains, text: string): Subject {
  if (/^0x[0-9a-fA-F]{64}$/.test(text)) return { type: "transaction", hash: text.toLowerCase() as Hash };
  return {
    type: "entry",
    ...parseEntry(deployment, text, "neither lane:index (as alpha-hub:12) nor a transaction's hash"),
  };
}

/** `alpha-hub:12`. */
export function parseEntry(
  deployment: Chains,
  text: string,
  otherwise = "not lane:index, as in alpha-hub:12",
): { lane: LaneDeployment; index: bigint } {
  const match = /^(.+):(\d+)$/.exec(text);
  if (!match?.[1] || !match[2]) throw new UsageError(`"${text}" is ${otherwise}`);
  const index = BigInt(match[2]);
  if (index >> 64n !== 0n) throw new UsageError(`${match[2]} is no entry's index; an index is below 2^64`);
  return { lane: parseLane(deployment, match[1]), index };
}

/** Milliseconds. */
export function parseSeconds(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new UsageError(`"${text}" is no number of seconds; give one as in 120`);
  return Number(text) * 1000;
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
const MOST_DAYS = 90;

/** Seconds, from a time as people say it: 90s, 30m, 6h, 3d. */
export function parseDuration(text: string): number {
  const [, count, unit] = /^([1-9]\d{0,6})([smhd])$/.exec(text.trim()) ?? [];
  const seconds = Number(count) * (UNITS[unit ?? ""] ?? Number.NaN);
  if (Number.isNaN(seconds)) throw new UsageError(`"${text}" is no time; give one as in 90s, 30m, 6h or 3d`);
  if (seconds <= MOST_DAYS * 86_400) return seconds;
  throw new UsageError(`${text} is more than ${MOST_DAYS} days; give less`);
}

export function parseLimit(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new UsageError(`"${text}" is no limit; give a whole number above 0`);
  return Number(text);
}

/** A nonce is any number below 2^256 that was not used. */
export function parseNonce(text: string): bigint {
  if (!/^(\d+|0x[0-9a-fA-F]+)$/.test(text) || BigInt(text) >> 256n !== 0n) {
    throw new UsageError(`"${text}" is not a nonce; it is a whole number from 0 to 2^256 - 1`);
  }
  return BigInt(text);
}

/** Unix seconds. As typed: +seconds from `now`, or a date as 2030-01-31T12:00Z. */
export function parseDeadline(text: string, now: bigint): bigint {
  const later = /^\+(\d{1,12})$/.exec(text)?.[1];
  const at = later === undefined ? BigInt(Math.floor(dateOf(text) / 1000)) : now + BigInt(later);
  if (at > now) return at;
  throw new UsageError(`The deadline ${text} has passed; give one to come, as in +3600`);
}

function dateOf(text: string): number {
  const milliseconds = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(milliseconds)) return milliseconds;
  throw new UsageError(`"${text}" is not a deadline; give +seconds from now, or a date as 2030-01-31T12:00Z`);
}

/** An operation's id at the access manager. */
export function parseOperation(text: string): Hash {
  if (/^0x[0-9a-fA-F]{64}$/.test(text)) return text.toLowerCase() as Hash;
  throw new UsageError(`"${text}" is no operation's id; it is 0x and 64 hex digits`);
}

/** A count of a lane. */
export function parseCount(text: string): bigint {
  if (/^\d{1,20}$/.test(text) && BigInt(text) >> 64n === 0n) return BigInt(text);
  throw new UsageError(`"${text}" is no count; it is a whole number below 2^64`);
}

/** Entries in a window. */
export function parseWindow(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text) && Number(text) <= 128) return Number(text);
  throw new UsageError(`"${text}" is no window; it holds 1 to 128 entries`);
}
