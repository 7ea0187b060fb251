/**
 * Follows one chain through one node: logs in order, finality and reorgs as one stream of events.
 *
 * Blocks are linked by hash, because a node need not report removed logs. A range's logs count only when the block at
 * its end is the same before and after they were read and every log lies in it. The cursor is only a hint, since
 * anybody may have written it: one that the node's chain does not hold now is dropped, and one that was moved along the
 * chain costs time or events, so what must not be missed is checked against the chain's state.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { type Address, BlockNotFoundError, formatLog, type Hash, type Hex, type Log, numberToHex } from "viem";
import type { ChainClient } from "./chains.ts";
import type { BlockRef, Cursor } from "./cursor.ts";
import { FatalError, messageOf, RetryableError } from "./errors.ts";
import type { Logger } from "./logger.ts";

/** `cursor` is what to keep once the event has been handled. */
export type FollowerEvent = { cursor: Cursor } & (
  | {
      type: "logs";
      /** Of all blocks after the previous event's up to `block`, in order; may be empty. */
      logs: Log<bigint, number, false>[];
      block: BlockRef;
    }
  | { type: "finalized"; block: BlockRef }
  /** Everything after `commonAncestor` is void; what replaced it follows as logs. */
  | { type: "reorg"; commonAncestor: BlockRef }
);

export type LogFilter = {
  addresses: readonly Address[];
  /** As in eth_getLogs: a position is one topic, any of several, or null for any. */
  topics?: readonly (Hex | Hex[] | null)[];
};

export type FollowerOptions = {
  client: ChainClient;
  filter: LogFilter;
  /** Where the last run ended. Without it, or when it is dropped, the stream starts at `fromBlock`. */
  cursor?: Cursor | undefined;
  fromBlock: bigint;
  /** "finalized" yields final blocks alone and never a reorg. */
  tag?: "latest" | "finalized";
  /** Blocks in one eth_getLogs; halved while the node refuses. */
  maxRange?: number;
  pollMs?: number;
  /** Ends the stream. */
  signal: AbortSignal;
  logger?: Logger;
  /** Told of each failed attempt, with how many failed in a row, and of the first success after (undefined, 0). */
  onAttempt?: (error: unknown, failures: number) => void;
};

/** A block that was seen final in this run has been replaced: nothing read from this node or chain can be believed. */
export class BrokenFinalityError extends FatalError {
  override name = "BrokenFinalityError";
}
/** The node's answers do not fit together, as while it reorganises or when several nodes share one address. */
export class InconsistentNodeError extends RetryableError {
  override name = "InconsistentNodeError";
}

const MAX_BACKOFF_MS = 5_000;

/** Retries RetryableError and node failures for ever, with backoff; throws FatalError. Ends when `signal` aborts. */
export async function* followChain({
  client,
  filter,
  cursor,
  fromBlock,
  tag = "latest",
  maxRange = 1_000,
  pollMs = 200,
  signal,
  logger,
  onAttempt,
}: FollowerOptions): AsyncGenerator<FollowerEvent, void, void> {
  const reader = createReader({ client, filter, logger, signal });
  /** Handled blocks from the last final one to the tip; sparse where ranges were read. */
  let known: BlockRef[] = [];
  /** Seen final in this run, so that its replacement is the chain's fault and not the cursor's. */
  let finalized: BlockRef | undefined;
  let hint = cursor;
  let range = maxRange;
  let failures = 0;

  const position = (): Cursor => ({ block: tipOf(known), finalized });

  async function findAncestor(): Promise<BlockRef | undefined> {
    for (const ref of known.toReversed()) {
      if ((await reader.block(ref.number)).hash === ref.hash) return ref;
      if (tag === "finalized" || (finalized && ref.number <= finalized.number)) throw brokenFinality(client, ref);
    }
    return undefined;
  }

  /** One observation of the chain; yields what became known by it. True when there is more to read at once. */
  async function* observe(): AsyncGenerator<FollowerEvent, boolean, void> {
    const final = await reader.block("finalized").catch(ignoreMissing);
    if (finalized && final) await checkFinality(finalized, final);
    const head = tag === "finalized" ? final : await reader.block("latest");
    if (!head) return false;

    if (hint) {
      const resumed = await resume(hint, head, final);
      if (!resumed) logger?.warn({ chain: client.chain.name, hint, head }, "dropped a cursor the chain does not hold");
      known = resumed?.known ?? [];
      finalized = resumed?.finalized;
      hint = undefined;
    }

    if (known.length === 0) {
      const start = fromBlock > 0n ? fromBlock - 1n : 0n;
      if (head.number < start) return false;
      known = [await reader.block(start)];
    }

    if (await isReorganised(head)) {
      const ancestor = await findAncestor();
      const commonAncestor = ancestor ?? (await reader.block(known[0]?.number ?? 0n));
      known = [...known.filter(({ number }) => number < commonAncestor.number), commonAncestor];
      yield { type: "reorg", commonAncestor, cursor: position() };
      return true;
    }

    const tip = tipOf(known);
    if (head.number > tip.number) {
      const from = tip.number + 1n;
      const last = from + BigInt(range) - 1n;
      const to = last < head.number ? await reader.block(last) : head;
      const first = to.number === from ? to : await reader.block(from);
      // The next observation sees the reorg, if it is one.
      if (first.parentHash !== tip.hash) throw inconsistent("a block does not follow its parent", { from, tip });
      const logs = await reader.logs(from, to);
      known.push(to);
      yield { type: "logs", logs, block: to, cursor: position() };
    }

    const next = finalUpTo(final);
    if (next && (!finalized || next.number > finalized.number)) {
      finalized = next;
      known = known.filter(({ number }) => number >= next.number);
      if (known[0]?.number !== next.number) known.unshift(next);
      yield { type: "finalized", block: next, cursor: position() };
    }
    return head.number > tipOf(known).number;
  }

  /** Undefined unless the node's chain holds both of the hint's blocks now. */
  async function resume(hint: Cursor, head: BlockRef, final: BlockRef | undefined) {
    const isOrdered = hint.block.number + 1n >= fromBlock && (hint.finalized?.number ?? 0n) <= hint.block.number;
    if (!isOrdered || hint.block.number > head.number) return undefined;
    // The node's own blocks, because a right hash may stand beside a wrong parent.
    const block = await reader.block(hint.block.number);
    const before = hint.finalized && (await reader.block(hint.finalized.number));
    if (block.hash !== hint.block.hash || before?.hash !== hint.finalized?.hash) return undefined;
    const isFinal = before !== undefined && final !== undefined && before.number <= final.number;
    return { known: dedupe([before, block]), finalized: isFinal ? before : undefined };
  }

  async function checkFinality(before: BlockRef, now: BlockRef): Promise<void> {
    // A node that is behind answers with an older final block; that is no contradiction.
    if (now.number < before.number) return;
    const canonical = now.number === before.number ? now : await reader.block(before.number);
    if (canonical.hash !== before.hash) throw brokenFinality(client, before, canonical);
  }

  async function isReorganised(head: BlockRef): Promise<boolean> {
    const tip = tipOf(known);
    if (head.number === tip.number) return head.hash !== tip.hash;
    if (head.number > tip.number) {
      return head.number === tip.number + 1n
        ? head.parentHash !== tip.hash
        : (await reader.block(tip.number)).hash !== tip.hash;
    }
    // Shorter than what was seen: a node that is behind, unless it disagrees about a block that both have.
    const shared = known.findLast(({ number }) => number <= head.number);
    if (!shared) return false;
    const there = shared.number === head.number ? head : await reader.block(shared.number);
    return there.hash !== shared.hash;
  }

  /** The newest final block that has been handled: final events never overtake logs. */
  function finalUpTo(final: BlockRef | undefined): BlockRef | undefined {
    if (!final) return undefined;
    if (final.number > tipOf(known).number) return undefined;
    return known.findLast(({ number }) => number === final.number) ?? final;
  }

  while (!signal.aborted) {
    let more = false;
    try {
      // Delegated by hand: what the consumer throws must not be retried here.
      const events = observe();
      for (let step = await events.next(); ; step = await events.next()) {
        if (step.done) {
          more = step.value;
          break;
        }
        if (signal.aborted) return;
        yield step.value;
      }
      if (failures > 0) onAttempt?.(undefined, 0);
      failures = 0;
      range = Math.min(range * 2, maxRange);
    } catch (error) {
      if (error instanceof FatalError) throw error;
      if (signal.aborted) return;
      failures += 1;
      range = Math.max(1, Math.floor(range / 2));
      onAttempt?.(error, failures);
      if (failures === 2) logger?.warn({ err: error, chain: client.chain.name }, "the node gives no usable answer");
      logger?.debug({ chain: client.chain.name, failures, reason: messageOf(error) }, "attempt failed");
    }
    const pause = failures === 0 ? pollMs : Math.min(pollMs * 2 ** failures, MAX_BACKOFF_MS);
    if (!more) await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}

function createReader({
  client,
  filter,
  logger,
  signal,
}: {
  client: ChainClient;
  filter: LogFilter;
  logger: Logger | undefined;
  signal: AbortSignal;
}) {
  async function block(at: bigint | "latest" | "finalized"): Promise<BlockRef> {
    const { number, hash, parentHash, timestamp } = await unlessAborted(
      client.getBlock(typeof at === "bigint" ? { blockNumber: at } : { blockTag: at }),
      signal,
    );
    if (number === null || hash === null || (typeof at === "bigint" && number !== at)) {
      throw inconsistent("the node answered with another block", { asked: at, number, hash });
    }
    return { number, hash, parentHash, timestamp };
  }

  async function getLogs(where: { blockHash: Hash } | { fromBlock: Hex; toBlock: Hex }) {
    const query = { address: [...filter.addresses], topics: [...(filter.topics ?? [])], ...where };
    const raw = await unlessAborted(client.request({ method: "eth_getLogs", params: [query] }), signal);
    return raw.map((log) => formatLog(log)) as Log<bigint, number, false>[];
  }

  /** The logs of the blocks `from` … `to`, where `to` was canonical before and after they were read. */
  async function logs(from: bigint, to: BlockRef): Promise<Log<bigint, number, false>[]> {
    if (filter.addresses.length === 0) return [];
    // By hash a node must know the block or fail, so one that is behind can't answer with nothing.
    if (from === to.number) return ordered(await getLogs({ blockHash: to.hash }), from, to);
    const found = await getLogs({ fromBlock: numberToHex(from), toBlock: numberToHex(to.number) });
    const after = await block(to.number);
    if (after.hash !== to.hash) throw inconsistent("a block changed while its logs were read", { to, after });
    logger?.trace({ chain: client.chain.name, from, to: to.number, count: found.length }, "read logs");
    return ordered(found, from, to);
  }

  return { block, logs };
}

/** Rejects as soon as `signal` aborts, so that a node that hangs does not hold up a stop. */
async function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function ordered(logs: Log<bigint, number, false>[], from: bigint, to: BlockRef): Log<bigint, number, false>[] {
  for (const log of logs) {
    const outside = log.blockNumber < from || log.blockNumber > to.number;
    if (outside || log.removed || (log.blockNumber === to.number && log.blockHash !== to.hash)) {
      throw inconsistent("a log lies outside the range that was asked for", { from, to, log });
    }
  }
  return logs.sort((a, b) => Number(a.blockNumber - b.blockNumber) || a.logIndex - b.logIndex);
}

function tipOf(known: readonly BlockRef[]): BlockRef {
  const tip = known.at(-1);
  if (!tip) throw new FatalError("The follower has no block yet.");
  return tip;
}

function dedupe(refs: readonly (BlockRef | undefined)[]): BlockRef[] {
  const present = refs.filter((ref) => ref !== undefined);
  return present.filter(({ number }, index) => index === present.length - 1 || number !== present[index + 1]?.number);
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof BlockNotFoundError) return undefined;
  throw error;
}

function inconsistent(fact: string, details: Record<string, unknown>): InconsistentNodeError {
  return new InconsistentNodeError(`The node's answers do not fit together: ${fact}.`, { details });
}

function brokenFinality(client: ChainClient, before: BlockRef, now?: BlockRef): BrokenFinalityError {
  return new BrokenFinalityError(
    `A finalized block of ${client.chain.name} was replaced; stop signing and compare the chain's nodes.`,
    { details: { chain: client.chain.name, number: before.number, expected: before.hash, actual: now?.hash } },
  );
}
