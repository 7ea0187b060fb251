/** An answer of somebody who may be owned by now: read up to a size, and no further. */

import { RetryableError } from "@weighlock/core/errors.ts";

/** Throws RetryableError for what is longer. */
export async function readLimited({
  response: { body },
  maxBytes,
}: {
  response: Response;
  maxBytes: number;
}): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body ?? []) {
    bytes += part.length;
    if (bytes > maxBytes) throw new RetryableError("The monitor's answer is too long.");
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}
