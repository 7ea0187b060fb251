/** What a node says when it does not take a transaction. */

import { messageOf } from "./errors.ts";

export type Refusal = "nonce too low" | "insufficient funds" | "underpriced" | (string & {});

/** Undefined when the error leaves open whether the node took the transaction: then it is treated as sent. */
export function refusalOf(error: unknown): Refusal | undefined {
  const text = textOf(error);
  if (/nonce too low|nonce is too low/.test(text)) return "nonce too low";
  if (/insufficient funds/.test(text)) return "insufficient funds";
  if (/underpriced/.test(text)) return "underpriced";
  return isAnswer(error) ? messageOf(error) : undefined;
}

/** The node has these very bytes. */
export function isKnown(error: unknown): boolean {
  return /already known|already imported|already in mempool|known transaction/.test(textOf(error));
}

function textOf(error: unknown): string {
  return causesOf(error)
    .flatMap((cause) => [cause.message, String((cause as { details?: unknown }).details ?? "")])
    .join("\n")
    .toLowerCase();
}

/** A JSON-RPC error object is an answer; anything else is a broken connection. */
function isAnswer(error: unknown): boolean {
  return causesOf(error).some(
    (cause) => typeof (cause as { code?: unknown }).code === "number" && cause.name.includes("Rpc"),
  );
}

function causesOf(error: unknown): Error[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [];
}
