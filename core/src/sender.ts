/**
 * The one sender of a (chain, key): several transactions in flight, each under its own nonce.
 *
 * A nonce is taken only after the transaction was estimated against the pending state, so a call that would revert
 * leaves no gap. What was signed is kept and sent again, with higher fees when it is stuck, until one version of it is
 * mined. Fees rise only after a block has passed a transaction over, and never above the caps. After a restart the next
 * nonce is the node's pending one; a nonce below ours that nobody moves is filled with an empty transfer to oneself.
 */

import { setTimeout as sleep } from "node:timers/promises";
import {
  type Abi,
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type EncodeFunctionDataParameters,
  encodeFunctionData,
  type Hash,
  type Hex,
  keccak256,
  parseGwei,
  type TransactionReceipt,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import type { Chain } from "./chains.ts";
import type { Common } from "./common.ts";
import { messageOf, WeighlockError } from "./errors.ts";
import { type Explanation, explain, revertData } from "./explain.ts";
import { bounded, type Fees, raised, replaces, withHeadroom } from "./fees.ts";
import { isKnown, type Refusal, refusalOf } from "./refusal.ts";
import {
  FeesAboveCapError,
  GasAboveCapError,
  InsufficientFundsError,
  NonceTakenError,
  NonceTooFarError,
  SenderStoppedError,
  SubmissionError,
  TransactionRevertedError,
} from "./senderErrors.ts";

/** Mainnet's cap on one transaction's gas (EIP-7825). */
export const MAX_TRANSACTION_GAS = 16_777_216n;

export type SendRequest = {
  to: Address;
  data?: Hex;
  /** Wei. */
  value?: bigint;
  /** For logs: what this transaction does. */
  label?: string;
  /** Least gas to send with, where less would change what the call does. */
  minGas?: bigint;
};

export type Sender = {
  address: Address;
  /** Resolves with the receipt of a successful transaction; rejects with the errors below. */
  send(request: SendRequest): Promise<TransactionReceipt>;
  write<
    const Contract extends Abi,
    Name extends ContractFunctionName<Contract, "nonpayable" | "payable">,
    const Args extends ContractFunctionArgs<Contract, "nonpayable" | "payable", Name>,
  >(
    request: Omit<SendRequest, "to" | "data"> & { address: Address; abi: Contract; functionName: Name; args: Args },
  ): Promise<TransactionReceipt>;
  /** Transactions that are signed and not mined. */
  inFlight(): number;
};

export type SenderOptions = {
  common: Common;
  chain: Chain;
  privateKey: Hex;
  /** A transaction that is not mined for so long is sent again with higher fees. */
  stuckAfterMs?: number;
  pollMs?: number;
  maxInFlight?: number;
  /** Added to the estimate. */
  gasMarginPercent?: bigint;
  /** Wei; no transaction offers more, however long it is stuck and whatever the node quotes. */
  maxFeePerGas?: bigint;
  /** Wei; as `maxFeePerGas`. */
  maxPriorityFeePerGas?: bigint;
};

/** How long a node may take from counting a transaction to serving its receipt. */
const RECEIPT_GRACE_MS = 3_000;
/** More transactions than one key leaves unmined; beyond, filling one by one would pay for a node's lie. */
const MAX_NONCES_AHEAD = 1_000;

type InFlight = Required<Omit<SendRequest, "minGas">> & {
  nonce: number;
  gas: bigint;
  /** Of the newest version that the node accepted. */
  fees: Fees;
  /** A version the node did not answer for; its pool may hold it. */
  unanswered?: Fees | undefined;
  raw: Hex;
  /** The chain's height when it was sent or last raised. */
  head: bigint;
  /** Every version that was signed, the newest last. */
  hashes: Hash[];
  sentAt: number;
  /** Since when its nonce is used without a receipt of ours. */
  missingSince?: number;
  settle: (outcome: TransactionReceipt | Error) => void;
};

export function createSender({
  common,
  chain,
  privateKey,
  stuckAfterMs = 15_000,
  pollMs = 100,
  maxInFlight = 16,
  gasMarginPercent = 25n,
  maxFeePerGas = parseGwei("500"),
  maxPriorityFeePerGas = parseGwei("50"),
}: SenderOptions): Sender {
  const { client } = chain;
  const account = privateKeyToAccount(privateKey);
  const logger = common.logger.child({ chain: chain.name, sender: account.address });
  const labels = { chain: chain.name, sender: account.address };
  const sentTotal = common.metrics.counter({
    name: "transactions_total",
    help: "Transactions by outcome.",
    labels: ["chain", "sender", "outcome"],
  });
  const inFlightGauge = common.metrics.gauge({
    name: "transactions_in_flight",
    help: "Transactions signed and not mined.",
    labels: ["chain", "sender"],
  });
  const { signal } = common.shutdown;
  const caps: Fees = { maxFeePerGas, maxPriorityFeePerGas };

  const inFlight = new Map<number, InFlight>();
  const waiting: (() => void)[] = [];
  let occupied = 0;
  let lock: Promise<unknown> = Promise.resolve();
  let nextNonce = 0;
  let isWatching = false;
  let gap: Gap | undefined;

  /** Submissions follow one another, so that a refused one can give its nonce back. */
  function exclusive<Value>(task: () => Promise<Value>): Promise<Value> {
    const run = lock.then(task, task);
    lock = run.catch(() => undefined);
    return run;
  }

  async function acquire(label: string): Promise<void> {
    if (occupied < maxInFlight) occupied += 1;
    // A slot is handed over, so it stays counted.
    else await new Promise<void>((resolve) => waiting.push(resolve));
    if (!signal.aborted) return;
    release();
    throw stopped(label);
  }

  function release(): void {
    const next = waiting.shift();
    if (next) next();
    else occupied -= 1;
  }

  async function send({ to, data = "0x", value = 0n, label = "call", minGas = 0n }: SendRequest) {
    const request = { to, data, value, label };
    await acquire(label);
    let outcome: TransactionReceipt | Error;
    try {
      const submitted = exclusive(() => submit(request, minGas));
      outcome = await unlessStopped(
        submitted.then(({ settled }) => settled),
        label,
      );
    } finally {
      release();
    }
    if (outcome instanceof Error) throw outcome;
    if (outcome.status === "reverted") throw await unlessStopped(minedRevert(request, outcome), label);
    return outcome;
  }

  /** Wrapped in an object, because a promise of a promise would hold the lock until the receipt. */
  async function submit(request: Omit<InFlight, keyof Progress>, minGas: bigint) {
    if (signal.aborted) throw stopped(request.label);
    const gas = await estimate(request, minGas);
    const [fees, pending, head] = await Promise.all([firstFees(), pendingNonce(), client.getBlockNumber()]).catch(
      (cause) => {
        if (cause instanceof WeighlockError) throw cause;
        throw new SubmissionError("The node does not answer; nothing was sent.", { details: labels, cause });
      },
    );
    const lowest = Math.min(...inFlight.keys());
    // The node's count may be behind what was just sent, or ahead of a process that used the same key.
    let nonce = Math.max(pending, Number.isFinite(lowest) ? nextNonce : 0);
    for (let attempt = 0; ; attempt += 1) {
      const { raw, hash } = await sign(request, { nonce, gas, fees });
      const { refusal } = await broadcast(raw);
      if (refusal === "nonce too low" && attempt < 3) {
        nonce = Math.max(nonce + 1, await pendingNonce());
        continue;
      }
      if (refusal !== undefined) throw refusalError(refusal, request.label);
      nextNonce = nonce + 1;
      const { promise: settled, resolve } = Promise.withResolvers<TransactionReceipt | Error>();
      inFlight.set(nonce, {
        ...request,
        nonce,
        gas,
        fees,
        raw,
        head,
        hashes: [hash],
        sentAt: Date.now(),
        settle: (outcome) => {
          if (!inFlight.delete(nonce)) return;
          inFlightGauge.set(labels, inFlight.size);
          sentTotal.inc({ ...labels, outcome: outcome instanceof Error ? outcome.name : outcome.status });
          resolve(outcome);
        },
      });
      inFlightGauge.set(labels, inFlight.size);
      logger.debug({ label: request.label, nonce, hash, gas }, "sent");
      // The stop may have come between the estimate and here.
      if (signal.aborted) stopAll();
      else void watch();
      return { settled };
    }
  }

  async function estimate(request: Omit<SendRequest, "minGas"> & { label: string }, minGas: bigint): Promise<bigint> {
    const { to, data, value, label } = request;
    const needed = await client
      .estimateGas({
        account: account.address,
        to,
        ...(data && { data }),
        ...(value && { value }),
        blockTag: "pending",
      })
      .catch((cause: unknown) => {
        throw simulationError(cause, label);
      });
    const least = needed > minGas ? needed : minGas;
    if (least > MAX_TRANSACTION_GAS) {
      throw new GasAboveCapError("The transaction needs more gas than one transaction may have; send less at once.", {
        details: { ...labels, label, needed: least, cap: MAX_TRANSACTION_GAS },
      });
    }
    const withMargin = (least * (100n + gasMarginPercent)) / 100n;
    return withMargin < MAX_TRANSACTION_GAS ? withMargin : MAX_TRANSACTION_GAS;
  }

  /** Bounded by the caps; throws FeesAboveCapError when they would not pay for a block now. */
  async function firstFees(): Promise<Fees> {
    const quote = await client.estimateFeesPerGas();
    if (quote.maxFeePerGas > caps.maxFeePerGas || quote.maxPriorityFeePerGas > caps.maxPriorityFeePerGas) {
      throw new FeesAboveCapError("The node quotes fees above the cap; wait until gas is cheaper, or raise the cap.", {
        details: {
          ...labels,
          maxFeePerGas: quote.maxFeePerGas,
          maxFeePerGasCap: caps.maxFeePerGas,
          maxPriorityFeePerGas: quote.maxPriorityFeePerGas,
          maxPriorityFeePerGasCap: caps.maxPriorityFeePerGas,
        },
      });
    }
    return bounded(withHeadroom(quote), caps);
  }

  /** Enough to replace `before`; undefined where the caps leave no room for that. */
  async function higherFees(before: Fees): Promise<Fees | undefined> {
    const fees = bounded(raised(before, withHeadroom(await client.estimateFeesPerGas())), caps);
    return replaces(fees, before) ? fees : undefined;
  }

  /** Throws NonceTooFarError. */
  async function pendingNonce(): Promise<number> {
    const [mined, pending] = await Promise.all([transactionCount("latest"), transactionCount("pending")]);
    if (pending - mined <= MAX_NONCES_AHEAD) return pending;
    throw new NonceTooFarError("The node counts more pending transactions than the key can have; ask another node.", {
      details: { ...labels, mined, pending, limit: MAX_NONCES_AHEAD },
    });
  }

  async function sign(
    { to, data, value }: Pick<SendRequest, "to" | "data" | "value">,
    { nonce, gas, fees }: { nonce: number; gas: bigint; fees: Fees },
  ): Promise<{ raw: Hex; hash: Hash }> {
    const raw = await account.signTransaction({
      type: "eip1559",
      chainId: chain.chainId,
      to,
      nonce,
      gas,
      ...(data && { data }),
      ...(value && { value }),
      ...fees,
    });
    return { raw, hash: keccak256(raw) };
  }

  /** With a `refusal`, the transaction is certainly not in the pool; without one it is, or may be. */
  async function broadcast(raw: Hex): Promise<{ isAccepted: boolean; refusal?: Refusal | undefined }> {
    try {
      await client.sendRawTransaction({ serializedTransaction: raw });
      return { isAccepted: true };
    } catch (error) {
      return isKnown(error) ? { isAccepted: true } : { isAccepted: false, refusal: refusalOf(error) };
    }
  }

  /** Runs while anything is in flight. */
  async function watch(): Promise<void> {
    if (isWatching) return;
    isWatching = true;
    while (inFlight.size > 0 && !signal.aborted) {
      await look().catch((error: unknown) => logger.warn({ err: error }, "can't see what was mined"));
      if (inFlight.size > 0) await sleep(pollMs, undefined, { signal }).catch(() => undefined);
    }
    isWatching = false;
  }

  async function look(): Promise<void> {
    const mined = await transactionCount("latest");
    const items = [...inFlight.values()].sort((a, b) => a.nonce - b.nonce);
    const [lowest] = items;
    const isReachable = lowest !== undefined && lowest.nonce - mined <= MAX_NONCES_AHEAD;
    if (isReachable && mined < lowest.nonce) await fillGap(mined);
    else gap = undefined;
    for (const item of items) {
      const isStuck = Date.now() - item.sentAt >= stuckAfterMs;
      if (item.nonce < mined) await settleMined(item);
      else if (isStuck && !isReachable) item.settle(tooFar(item, mined));
      else if (isStuck) await exclusive(() => raise(item));
    }
  }

  const tooFar = ({ label, nonce }: InFlight, mined: number) =>
    new NonceTooFarError("The node now counts far fewer transactions than when this was sent; ask another node.", {
      details: { ...labels, label, nonce, mined, limit: MAX_NONCES_AHEAD },
    });

  async function settleMined(item: InFlight): Promise<void> {
    for (const hash of item.hashes.toReversed()) {
      const receipt = await client.getTransactionReceipt({ hash }).catch(ignoreNotFound);
      if (!receipt) continue;
      logger.debug({ label: item.label, nonce: item.nonce, hash, block: receipt.blockNumber }, "mined");
      return item.settle(receipt);
    }
    // A node may count a transaction just before it serves the receipt.
    item.missingSince ??= Date.now();
    if (Date.now() - item.missingSince < Math.min(stuckAfterMs, RECEIPT_GRACE_MS)) return;
    item.settle(
      new NonceTakenError("Another process used this key's nonce; give each process its own key, then try again.", {
        details: { ...labels, label: item.label, nonce: item.nonce },
      }),
    );
  }

  async function raise(item: InFlight): Promise<void> {
    if (!inFlight.has(item.nonce)) return;
    const head = await client.getBlockNumber();
    // Without a block since, no fee would have had it mined.
    const fees = head > item.head ? await higherFees(item.fees) : undefined;
    if (fees === undefined) {
      // The pool may have lost it.
      await broadcast(item.raw);
      item.sentAt = Date.now();
      return;
    }
    const { raw, hash } = await sign(item, { ...item, fees });
    const { isAccepted, refusal } = await broadcast(raw);
    item.sentAt = Date.now();
    if (!isAccepted) {
      // What the pool holds may be the version it did not answer for; the next must be above that one.
      if (refusal === "underpriced" && item.unanswered) item.fees = item.unanswered;
      item.unanswered = refusal === undefined ? fees : undefined;
      if (refusal === undefined && !item.hashes.includes(hash)) item.hashes.push(hash);
      // The version before may have left the pool; the same bytes can always be shown again.
      await broadcast(item.raw);
      logger.warn({ label: item.label, nonce: item.nonce, refusal }, "could not raise the fees");
      return;
    }
    Object.assign(item, { fees, raw, head, unanswered: undefined });
    if (!item.hashes.includes(hash)) item.hashes.push(hash);
    logger.info({ label: item.label, nonce: item.nonce, hash, ...fees }, "stuck, sent again with higher fees");
  }

  /** `nonce` is below all of ours: left by an earlier run, or dropped by the pool. */
  async function fillGap(nonce: number): Promise<void> {
    if (gap?.nonce !== nonce) gap = { nonce, since: Date.now() };
    const current = gap;
    if (Date.now() - current.since < stuckAfterMs) return;
    current.since = Date.now();
    const head = await client.getBlockNumber();
    const { last } = current;
    const higher = last && head > last.head ? await higherFees(last.fees) : undefined;
    const fees = higher ?? last?.fees ?? bounded(withHeadroom(await client.estimateFeesPerGas()), caps);
    const { raw } = await sign({ to: account.address }, { nonce, gas: 21_000n, fees });
    const { isAccepted, refusal } = await broadcast(raw);
    const isNew = higher !== undefined || last === undefined;
    // When it is underpriced, the nonce is held by a transaction that pays about as much, so the next must pay more.
    if (isNew && (isAccepted || refusal === "underpriced")) current.last = { fees, head };
    logger.warn({ nonce, refusal }, "filling a nonce that holds back later ones");
  }

  async function minedRevert(request: Pick<InFlight, "to" | "data" | "value" | "label">, receipt: TransactionReceipt) {
    const { to, data, value, label } = request;
    const cause = await client
      .call({
        account: account.address,
        to,
        ...(data && { data }),
        ...(value && { value }),
        blockNumber: receipt.blockNumber,
      })
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    const revert: Explanation =
      cause !== undefined && revertData(cause) !== undefined
        ? explain(cause)
        : {
            name: "Reverted",
            args: {},
            sentence: "The transaction reverted when it was mined, and would not now; look at the chain and try again.",
          };
    return new TransactionRevertedError({ revert, label, receipt, cause });
  }

  const transactionCount = (blockTag: "latest" | "pending") =>
    client.getTransactionCount({ address: account.address, blockTag });

  function refusalError(refusal: Refusal, label: string): Error {
    const details = { ...labels, label, reason: refusal };
    if (refusal === "insufficient funds") {
      return new InsufficientFundsError("The sender can't pay for gas; send it native currency.", { details });
    }
    return new SubmissionError("The node refused the transaction; nothing was sent.", { details });
  }

  function simulationError(cause: unknown, label: string): Error {
    if (revertData(cause) !== undefined || /revert/i.test(messageOf(cause))) {
      return new TransactionRevertedError({ revert: explain(cause), label, cause });
    }
    const refusal = refusalOf(cause);
    if (refusal === "insufficient funds") return refusalError(refusal, label);
    return new SubmissionError("The node can't estimate the transaction; nothing was sent.", {
      details: { ...labels, label, reason: messageOf(cause) },
      cause,
    });
  }

  const stopped = (label: string) =>
    new SenderStoppedError("The process is stopping; what was signed may still be mined.", {
      details: { ...labels, label },
    });

  function stopAll(): void {
    for (const item of [...inFlight.values()]) item.settle(stopped(item.label));
  }

  /** Rejects with SenderStoppedError as soon as the process stops, so that nobody who waits holds the stop up. */
  async function unlessStopped<Value>(promise: Promise<Value>, label: string): Promise<Value> {
    const { promise: halt, reject } = Promise.withResolvers<never>();
    const onAbort = () => reject(stopped(label));
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await Promise.race([promise, halt]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  // On the signal, not as a closer: the closers of the queues come first and wait for the jobs that wait here.
  signal.addEventListener("abort", stopAll, { once: true });

  return {
    address: account.address,
    send,
    write: ({ address, abi, functionName, args, ...rest }) =>
      send({
        ...rest,
        to: address,
        data: encodeFunctionData({ abi, functionName, args } as unknown as EncodeFunctionDataParameters),
      }),
    inFlight: () => inFlight.size,
  };
}

type Progress = Omit<InFlight, "to" | "data" | "value" | "label">;
/** `last`: the newest version and the chain's height when it was sent. */
type Gap = { nonce: number; since: number; last?: { fees: Fees; head: bigint } };

function ignoreNotFound(error: unknown): undefined {
  if (error instanceof Error && error.name === "TransactionReceiptNotFoundError") return undefined;
  throw error;
}
