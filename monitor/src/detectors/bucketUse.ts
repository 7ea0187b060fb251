/** D07: how much of a bucket is drawn. Over the whole of it entries queue. An alert only: tightening is for people. */

import type { BucketReading } from "../buckets.ts";
import type { Found } from "../findings.ts";
import type { Wording } from "../wording.ts";

/** Percent; the highest that is passed counts. */
const MARKS = [80n, 50n] as const;

export function bucketsInUse(buckets: readonly BucketReading[], wording: Wording): Found[] {
  return buckets.flatMap((bucket): Found[] => {
    const { chain, lane, asset, capacity } = bucket;
    const used = usedOf(bucket);
    const mark = MARKS.find((each) => used * 100n > capacity * each);
    if (mark === undefined) return [];
    const symbol = wording.asset(asset);
    return [
      {
        id: `bucket-use:${lane}:${chain}:${asset}:${mark}`,
        level: "alert",
        kind: "bucket-use",
        chain,
        lane,
        asset: symbol,
        text:
          `${lane}: ${wording.amount(asset, used)} are drawn of a bucket of ${wording.amount(asset, capacity)}, over ` +
          `${mark}%; if that is not meant, have a guardian tighten it (weighlock guardian tighten ${symbol} --chain ${chain} …) or stop it (weighlock guardian freeze asset ${symbol} --chain ${chain})`,
        evidence: { ...bucket, used },
      },
    ];
  });
}

/** Canonical units, rounded up: what refills until the bucket is full. More than its capacity is promised already. */
export function usedOf({ fullAt, clock, refill }: Pick<BucketReading, "fullAt" | "clock" | "refill">): bigint {
  const ahead = fullAt - (clock << 64n);
  return ahead <= 0n ? 0n : (ahead * refill + (1n << 64n) - 1n) >> 64n;
}
