/** The local network: which chains there are, what they carry, and who holds which key. Data, not code. */

import type { DevAccount } from "./anvil.ts";
import { devAccounts } from "./anvil.ts";

export type ChainSpec = { name: string; role: "hub" | "vault"; chainId: number; eid: number };

/** What may pass of an asset, as `types/Limit.sol` has it: canonical units, a second, from which on it is large, percent. */
export type LimitSpec = { capacity: bigint; refill: bigint; large: bigint; share: number };

export type AssetSpec = {
  id: number;
  symbol: string;
  name: string;
  canonicalDecimals: number;
  /** Chain name → decimals of its token there. */
  decimals: Readonly<Record<string, number>>;
  /** Canonical units. */
  minDeposit: bigint;
  minWithdrawal: bigint;
  /** Gas a payment may use, balance reads included. */
  pushGas: number;
  /** Out of each vault. */
  vaultLimit: LimitSpec;
  /** Into the hub, on each lane. It starts with a tenth, and so does `cap`. */
  laneLimit: LimitSpec;
  /** The most that a lane may owe, canonical units. */
  cap: bigint;
  /** Canonical units that each trader starts with on each vault chain. */
  grant: bigint;
};

export type NetworkSpec = {
  chains: readonly ChainSpec[];
  assets: readonly AssetSpec[];
  traders: number;
  watchers: { count: number; threshold: number };
  /** Whose word a resumption needs, and of how many. They are no path's keys. */
  monitors: { count: number; threshold: number };
  /** Owners of the Safe that sets up and loosens, and how many of them act for it. */
  council: { count: number; threshold: number };
  /** Owners of the Safe that tightens and vetoes, and how many of them act for it. */
  guardian: { count: number; threshold: number };
  /** Blocks on the source that a DVN must state before its word counts. The verifiers wait for finality by themselves. */
  confirmations: bigint;
  /** Gas that the remote executor is paid to bring to an attestation. */
  receiveGas: bigint;
  /** Seconds that the council waits for anything that loosens. */
  councilDelay: number;
  /** Seconds between the proposal to end a stop and its end: long enough for a veto, shorter than a pause. */
  resumeDelay: number;
  /** How long a large entry waits for want of a third path: seconds and blocks. */
  largeWait: bigint;
  largeBlocks: bigint;
  /** What the lanes' tip jars pay on top of a dispatch's cost, and how often at most. */
  tipJar: { marginBps: bigint; intervalSeconds: bigint };
};

/**
 * One asset has 6 decimals on one chain and 18 on the other, as USDC has on Ethereum and BNB Chain. Limits are for vaults of
 * some 7,000 USDC and 1,750 WETH, as the demo fills them: a seventh of a vault is large, and a bucket holds two of these.
 */
export const NETWORK: NetworkSpec = {
  chains: [
    { name: "hub", role: "hub", chainId: 7001, eid: 40701 },
    { name: "alpha", role: "vault", chainId: 7002, eid: 40702 },
    { name: "beta", role: "vault", chainId: 7003, eid: 40703 },
  ],
  assets: [
    {
      id: 1,
      symbol: "USDC",
      name: "Devnet USD Coin",
      canonicalDecimals: 6,
      decimals: { alpha: 6, beta: 18 },
      minDeposit: 10_000n,
      minWithdrawal: 10_000n,
      pushGas: 60_000,
      vaultLimit: { capacity: 2_000_000_000n, refill: 500_000n, large: 1_000_000_000n, share: 25 },
      laneLimit: { capacity: 200_000_000_000n, refill: 10_000_000n, large: 50_000_000_000n, share: 80 },
      cap: 1_000_000_000_000n,
      grant: 1_000_000_000_000n,
    },
    {
      id: 2,
      symbol: "WETH",
      name: "Devnet Wrapped Ether",
      canonicalDecimals: 9,
      decimals: { alpha: 18, beta: 18 },
      minDeposit: 10_000n,
      minWithdrawal: 10_000n,
      pushGas: 60_000,
      vaultLimit: { capacity: 500_000_000_000n, refill: 125_000_000n, large: 250_000_000_000n, share: 25 },
      laneLimit: { capacity: 50_000_000_000_000n, refill: 2_500_000_000n, large: 12_500_000_000_000n, share: 80 },
      cap: 250_000_000_000_000n,
      grant: 1_000_000_000_000n,
    },
  ],
  traders: 8,
  watchers: { count: 3, threshold: 2 },
  monitors: { count: 3, threshold: 2 },
  // More than half: two councils can't both decide.
  council: { count: 7, threshold: 4 },
  // Few, because what they do is in a hurry and can only tighten.
  guardian: { count: 5, threshold: 2 },
  confirmations: 2n,
  receiveGas: 200_000n,
  // 72 hours: longer than a weekend's staffing needs.
  councilDelay: 259_200,
  resumeDelay: 21_600,
  // Short, so that whoever tries a large withdrawal here sees its end; where money is, hours and thousands of blocks.
  largeWait: 3_600n,
  largeBlocks: 300n,
  tipJar: { marginBps: 1_000n, intervalSeconds: 30n },
};

/** Who holds a key on the local network. Every role has one of its own. */
export type Keys = {
  verifierSigner: DevAccount;
  verifierGas: DevAccount;
  strangerSigner: DevAccount;
  strangerAdmin: DevAccount;
  relayer: DevAccount;
  watchers: readonly DevAccount[];
  monitors: readonly DevAccount[];
  /** Owners of the Safes. No key owns two of them. */
  council: readonly DevAccount[];
  guardian: readonly DevAccount[];
  pauser: DevAccount;
  traders: readonly DevAccount[];
  operator: DevAccount;
};

/** Well-known development keys: worth nothing outside a local chain. */
export function networkKeys({
  traders,
  watchers,
  monitors,
  council,
  guardian,
}: Pick<NetworkSpec, "traders" | "watchers" | "monitors" | "council" | "guardian">): Keys {
  const several = council.count + guardian.count + watchers.count + traders + monitors.count;
  const accounts = devAccounts({ chainId: 0, count: 7 + several });
  const take = () => {
    const account = accounts.shift();
    if (account === undefined) throw new RangeError("more roles than accounts");
    return account;
  };
  return {
    verifierSigner: take(),
    verifierGas: take(),
    strangerSigner: take(),
    strangerAdmin: take(),
    relayer: take(),
    council: accounts.splice(0, council.count),
    guardian: accounts.splice(0, guardian.count),
    pauser: take(),
    watchers: accounts.splice(0, watchers.count),
    traders: accounts.splice(0, traders),
    operator: take(),
    monitors: accounts.splice(0, monitors.count),
  };
}

/** The same keys as a list by role, as the deployment file has them. Of several, the first has the bare name. */
export function keysByRole(keys: Keys): ({ role: string } & DevAccount)[] {
  const several = (role: string, list: readonly DevAccount[]) =>
    list.map((account, i) => ({ role: i === 0 ? role : `${role}-${i + 1}`, ...account }));
  return [
    { role: "verifier-signer", ...keys.verifierSigner },
    { role: "verifier-gas", ...keys.verifierGas },
    { role: "stranger-signer", ...keys.strangerSigner },
    { role: "stranger-admin", ...keys.strangerAdmin },
    { role: "relayer", ...keys.relayer },
    ...several("council", keys.council),
    ...several("guardian", keys.guardian),
    { role: "pauser", ...keys.pauser },
    ...several("watcher", keys.watchers),
    ...several("monitor", keys.monitors),
    ...several("trader", keys.traders),
    { role: "operator", ...keys.operator },
  ];
}
