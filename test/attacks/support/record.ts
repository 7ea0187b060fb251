/** One attack, with its main defence on or off: run, judged and written down for `npm run attacks`. */

import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "vitest";

/** What an attack came to. `loss` in canonical units, read back; blocks count from the first evidence on chain. */
export type Outcome = {
  succeeded: boolean;
  loss: bigint;
  /** To the block in which something on chain showed it, null where there is nothing to see. */
  blocksToDetect?: number | null;
  /** To the block in which the lane stopped, null where it need not stop. */
  blocksToHalt?: number | null;
  /** Canonical units, where it depends on how things stand before the attack. */
  bound?: bigint;
};

export type Attack = {
  /** "A01" */
  class: string;
  /** What is tried, in a few words; one sentence in docs/attacks.md. */
  name: string;
  /** "alpha → hub"; "any" where it makes no difference. */
  direction: string;
  /** "layerzero", "watcher", "both", or "none" where no path takes part. */
  path: string;
  /** "on", or in a few words how the main defence is off. */
  defence: "on" | { off: string };
  /** Canonical units: what may be lost at most. */
  bound?: bigint;
  run: () => Promise<Outcome>;
};

/**
 * With its defence on an attack must fail and take no more than its bound; with it off it must succeed, or the test
 * proves nothing.
 */
export function attackTest(attack: Attack): void {
  const isOn = attack.defence === "on";
  const label = isOn ? "defence on" : `defence off (${(attack.defence as { off: string }).off})`;
  test(`${attack.class} ${attack.direction}, ${attack.path}: ${attack.name}; ${label}`, async () => {
    const {
      succeeded,
      loss,
      blocksToDetect = null,
      blocksToHalt = null,
      bound = attack.bound ?? 0n,
    } = await attack.run();
    write({ ...attack, succeeded, loss, blocksToDetect, blocksToHalt, bound });
    expect(succeeded, isOn ? "the attack succeeded" : "the attack failed without the defence").toBe(!isOn);
    if (isOn) expect(loss, "the loss is above its bound").toBeLessThanOrEqual(bound);
  });
}

function write({ run: _, defence, bound, loss, ...rest }: Attack & Required<Outcome>): void {
  const file = process.env.WEIGHLOCK_ATTACKS_FILE;
  // Only scripts/attacks.mts asks for records.
  if (file === undefined) return;
  const record = {
    ...rest,
    defence: defence === "on" ? "on" : "off",
    ...(defence !== "on" && { how: defence.off }),
    loss: loss.toString(),
    bound: bound.toString(),
  };
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, `${JSON.stringify(record)}\n`);
}
