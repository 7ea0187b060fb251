/** The rounds, in the order that makes them the steady state of a lane with traffic both ways. */

import { type Floor, measureFloor } from "./floor.ts";
import type { BenchNetwork } from "./network.ts";
import { measureOft, type OftGas } from "./oft.ts";
import { type AskedBy, releaseRound } from "./releases.ts";
import { approveAll, depositRound, type Round } from "./rounds.ts";

/** Settlements in one commitment; a full window is 128. */
export const SIZES = [1, 10, 50, 128] as const;
export const MAX_SIZE = Math.max(...SIZES);
/** The size where a figure names none. */
export const REFERENCE_SIZE = 50;

export type Settlements = {
  deposits: { existing: Round[]; new: Round[] };
  /** By signatures of one owner: to recipients that held the token, and to new ones. */
  releases: { existing: Round[]; new: Round[] };
};
/** To existing recipients. */
export type OtherReleases = { manyOwners: Round[]; ownTransactions: Round[] };
export type Measurement = Settlements & { others: OtherReleases; oft: OftGas; floor: Floor };
type Progress = (step: string) => void;

// What the owner of the signed withdrawals brings in first: they take more than his deposits.
const OWNERS_DEPOSIT = 400_000_000_000n;

/**
 * A round of the other way stands between two of one way, so every commitment also acknowledges something new, as on a
 * lane in use. Rounds both ways come first: their second writes the slots of the first acknowledgement.
 */
function createRounds({ network }: { network: BenchNetwork }) {
  let rounds = 0;
  // Two ranges, since the owner of all is the first of many too.
  const nonces = { one: 0n, many: 1n << 32n };
  const next = (k: number) => {
    rounds += 1;
    return { network, k, round: rounds };
  };

  const deposit = (k: number, { subaccount = 0n } = {}) => depositRound({ ...next(k), subaccount });

  function release(k: number, { by = "one owner" as AskedBy, fresh = false } = {}): Promise<Round> {
    const isOne = by === "one owner";
    const nonce = isOne ? nonces.one : nonces.many;
    if (isOne) nonces.one += BigInt(k);
    else nonces.many += 1n;
    return releaseRound({ ...next(k), by, nonce, fresh });
  }

  async function warmUp(): Promise<void> {
    await approveAll({ network });
    await depositRound({ ...next(1), subaccount: 0n, amount: () => OWNERS_DEPOSIT });
    for (const k of [MAX_SIZE, 1]) {
      await deposit(k);
      await release(k, { by: "many owners" });
    }
    await deposit(1);
    await release(1);
  }
  return { deposit, release, warmUp };
}

export async function measure({
  network,
  onProgress,
}: {
  network: BenchNetwork;
  onProgress: Progress;
}): Promise<Measurement> {
  const { deposit, release, warmUp } = createRounds({ network });
  const deposits: Settlements["deposits"] = { existing: [], new: [] };
  const releases: Settlements["releases"] = { existing: [], new: [] };
  const others: OtherReleases = { manyOwners: [], ownTransactions: [] };
  onProgress("warming up: rounds both ways");
  await warmUp();
  for (const [i, k] of SIZES.entries()) {
    onProgress(`${k} to a commitment`);
    deposits.existing.push(await deposit(k));
    releases.existing.push(await release(k));
    deposits.new.push(await deposit(k, { subaccount: BigInt(i) + 1n }));
    releases.new.push(await release(k, { fresh: true }));
    await deposit(1);
    others.manyOwners.push(await release(k, { by: "many owners" }));
    await deposit(1);
    others.ownTransactions.push(await release(k, { by: "own transactions" }));
  }
  onProgress("LayerZero's OFT beside it");
  const oft = await measureOft({ network });
  onProgress("the floor");
  return { deposits, releases, others, oft, floor: await measureFloor({ network }) };
}

/** No more rounds than the figures of `GasFigures` need. */
export async function measureSettlements({ network }: { network: BenchNetwork }): Promise<Settlements> {
  const { deposit, release, warmUp } = createRounds({ network });
  const deposits: Settlements["deposits"] = { existing: [], new: [] };
  const releases: Settlements["releases"] = { existing: [], new: [] };
  await warmUp();
  for (const k of SIZES) {
    deposits.existing.push(await deposit(k));
    if (k === REFERENCE_SIZE) releases.existing.push(await release(k));
    else await release(1);
  }
  deposits.new.push(await deposit(REFERENCE_SIZE, { subaccount: 1n }));
  return { deposits, releases };
}
