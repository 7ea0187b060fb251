/** Turns whatever a call threw into a name, its values and a sentence that says what to do. */

import { decodeErrorResult, type Hex, HttpRequestError, isHex, RpcRequestError, TimeoutError } from "viem";
import { errorsAbi } from "./abi/errors.ts";
import { messageOf, WeighlockError } from "./errors.ts";
import { formatPlain } from "./plain.ts";
import { sentences } from "./sentences.ts";

export type Explanation = {
  /** The revert's or the error's name. */
  name: string;
  /** By parameter name; unnamed parameters by position. */
  args: Readonly<Record<string, unknown>>;
  sentence: string;
};

export function explain(error: unknown): Explanation {
  const data = revertData(error);
  if (data !== undefined) return explainRevert(data);
  if (error instanceof WeighlockError) {
    return { name: error.name, args: error.details, sentence: error.shortMessage };
  }
  const failure = causes(error).find((cause) => cause instanceof HttpRequestError || cause instanceof TimeoutError);
  if (failure) {
    const sentence = "The chain's node does not answer; check that it runs and that its URL is right.";
    return { name: "ChainUnreachable", args: {}, sentence };
  }
  const root = causes(error).find((cause) => cause instanceof RpcRequestError) ?? error;
  const { details } = root as { details?: unknown };
  const sentence = typeof details === "string" && details !== "" ? details : messageOf(root);
  return { name: error instanceof Error ? error.name : "Error", args: {}, sentence };
}

/** As `explain`, from revert data alone. Data of an unknown error is named "UnknownRevert". */
export function explainRevert(data: Hex): Explanation {
  if (data === "0x") {
    const sentence = "The contract refused without a reason; check that the address is right and the gas enough.";
    return { name: "EmptyRevert", args: {}, sentence };
  }
  let decoded: { errorName: string; args?: readonly unknown[]; abiItem: { inputs?: readonly { name?: string }[] } };
  try {
    decoded = decodeErrorResult({ abi: errorsAbi as readonly unknown[], data }) as typeof decoded;
  } catch {
    const sentence = `The contract refused with an error that this version does not know: ${data.slice(0, 10)}.`;
    return { name: "UnknownRevert", args: { data }, sentence };
  }
  const { errorName: name, args: values = [], abiItem } = decoded;
  const args = Object.fromEntries(
    values.map((value, position) => [abiItem.inputs?.[position]?.name || String(position), value]),
  );
  return { name, args, sentence: sentences[name]?.(args) ?? genericSentence(name, args) };
}

/** The revert data that a call or an estimate failed with, from anywhere in the error's chain of causes. */
export function revertData(error: unknown): Hex | undefined {
  for (const cause of causes(error)) {
    const { data, raw } = cause as { data?: unknown; raw?: unknown };
    for (const candidate of [raw, data, (data as { data?: unknown } | undefined)?.data]) {
      if (isHex(candidate)) return candidate;
    }
  }
  return undefined;
}

function causes(error: unknown): object[] {
  const chain: object[] = [];
  for (let next = error; typeof next === "object" && next !== null; next = (next as { cause?: unknown }).cause) {
    if (chain.includes(next)) break;
    chain.push(next);
  }
  return chain;
}

function genericSentence(name: string, args: Readonly<Record<string, unknown>>): string {
  const values = Object.entries(args).map(([key, value]) => `${key} ${formatPlain(value)}`);
  return `The contract refused: ${name}${values.length > 0 ? ` (${values.join(", ")})` : ""}.`;
}
