/** Until when something waits, and what ends it, in words. */

import { type Lock, opensAt, readLock } from "@weighlock/core/lock.ts";
import { LARGE_QUORUM, NEVER } from "@weighlock/core/waiting.ts";
import type { Network } from "./network.ts";
import { haltEnd, haltReason } from "./reasons.ts";
import type { Waiting } from "./waiting.ts";

/** `PauseController`: until somebody ends it. */
const NO_END = (1n << 40n) - 1n;

export async function readLockOf({ network, waiting }: { network: Network; waiting: Waiting }): Promise<Lock> {
  const { lane, index, entry, terms } = waiting;
  const { client } = await network.connect(lane.dst);
  const of = { srcEid: lane.src.eid, index, entry, terms };
  return readLock({ client, deployment: lane.dst, waiting: of });
}

export const dateOf = (seconds: bigint): Date => new Date(Number(seconds) * 1000);
export const secondsOf = (date: Date): bigint => BigInt(date.getTime()) / 1000n;

/** "until 2030-01-31T12:00:00.000Z", or by whom it is ended. */
export function untilOf(seconds: bigint): string {
  return seconds >= NO_END ? "until the council ends it" : `until ${dateOf(seconds).toISOString()}`;
}

/** Undefined where only a decision ends it. */
export function opening(lock: Lock): Date | undefined {
  const at = opensAt(lock);
  return at === NEVER || at >= NO_END ? undefined : dateOf(at);
}

/** Empty when it can be tried at once. */
export function lockWords(lock: Lock): string {
  if (lock.isOpen) return "";
  if (lock.isVetoed)
    return "a guardian vetoed it: the council clears or strikes it; its payee and owner may give it back";
  if (lock.halt !== 0) {
    const reason = haltReason(lock.halt);
    return `its lane is halted (${reason})${haltEnd(reason)}`;
  }
  const { pausedUntil, secondsLeft, blocksLeft, block, quorum } = lock;
  if (pausedUntil !== 0n) {
    const rest = secondsLeft > 0n ? `; its clock stands still meanwhile, and has ${secondsLeft} s to go` : "";
    return `its lane or asset is paused ${untilOf(pausedUntil)}${rest}`;
  }
  const at = opening(lock);
  const ends = [
    ...(secondsLeft > 0n && at !== undefined ? [at.toISOString()] : []),
    ...(blocksLeft > 0n ? [`block ${block + blocksLeft}, ${blocksLeft} from now`] : []),
  ];
  const until = `until ${ends.join(" and ")}`;
  if (quorum === undefined) return `waits ${until}`;
  return `waits for the word of ${LARGE_QUORUM} paths (${quorum} vouch now), or ${until}`;
}
