/** The whole bench, in the order that makes it the steady state of a lane with traffic both ways. */

import { type Floor, measureFloor } from "./floor.ts";
import type { BenchNetwork } from "./network.ts";
import { measureOft, type OftGas } from "./oft.ts";
import { approveAll, depositRound, type Round, releaseRound } from "./rounds.ts";

/** Settlements in one commitment; a full window is 128. */
export const SIZES = [1, 10, 50, 128] as const;
export const MAX_SIZE = Math.max(...SIZES);

export type Way = { existing: Round[]; new: Round[] };
export type Measurement = { deposits: Way; releases: Way; oft: OftGas; floor: Floor };

/**
 * A round of the other way stands between two of one way, so every commitment also acknowledges something new, as on a
 * lane in use. Two rounds both ways come first: the second writes the slots of the first acknowledgement.
 */
export async function measure({
  network,
  onProgress,
}: {
  network: BenchNetwork;
  onProgress: (step: string) => void;
}): Promise<Measurement> {
  const deposits: Way = { existing: [], new: [] };
  const releases: Way = { existing: [], new: [] };
  onProgress("warming up: two rounds both ways");
  await approveAll({ network });
  let rounds = 0;
  const next = (k: number, subaccount: bigint) => {
    rounds += 1;
    return { network, k, subaccount, round: rounds };
  };
  for (const k of [MAX_SIZE, 1]) {
    await depositRound(next(k, 0n));
    await releaseRound(next(k, 0n));
  }
  for (const [i, k] of SIZES.entries()) {
    onProgress(`${k} to a commitment`);
    const fresh = BigInt(i) + 1n;
    deposits.existing.push(await depositRound(next(k, 0n)));
    releases.existing.push(await releaseRound(next(k, 0n)));
    deposits.new.push(await depositRound(next(k, fresh)));
    releases.new.push(await releaseRound({ ...next(k, fresh), fresh: true }));
  }
  onProgress("LayerZero's OFT beside it");
  const oft = await measureOft({ network });
  onProgress("the floor");
  return { deposits, releases, oft, floor: await measureFloor({ network }) };
}
