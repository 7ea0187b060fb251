/**
 * What may be printed: bigints as decimal strings, errors as objects, secrets hidden. Of a URL only its origin is left,
 * because providers put the key into the path or the query, and viem's errors quote the whole URL.
 */

const SECRET_KEY = /private_?key|secret|password|passphrase|mnemonic|authorization|api_?key|access_?token/i;
/** Up to what no URL holds; what else may follow it in prose is told apart at its end. */
const SERVER_URL = /\b(https?|wss?|rediss?):\/\/[^\s"`<>\\]+/gi;
const PUNCTUATION = /[.,;:!?'()[\]{}]+$/;
const URL_CREDENTIALS = /(:\/\/)[^\s/@]+@/g;
const MAX_DEPTH = 12;
export const REDACTED = "[redacted]";

/** A copy of `value` that JSON.stringify accepts and that shows no secret. */
export function toPlain(value: unknown, depth = 0): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "string") return hideSecrets(value);
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  if (typeof value !== "object" || value === null) return value;
  if (depth >= MAX_DEPTH) return "[too deep]";
  if (value instanceof Error) return plainError(value, depth);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof URL) return toPlain(value.href);
  if (value instanceof Map) return toPlain([...value.entries()], depth);
  if (value instanceof Set) return toPlain([...value], depth);
  if (Array.isArray(value)) return value.map((item) => toPlain(item, depth + 1));
  return plainEntries(value, depth);
}

/** `text` with every server's URL reduced to its origin, and no other URL's credentials. */
export function hideSecrets(text: string): string {
  return text.replace(SERVER_URL, originOf).replace(URL_CREDENTIALS, `$1${REDACTED}@`);
}

function originOf(found: string): string {
  const bare = found.replace(PUNCTUATION, "");
  // The address of an IPv6 host ends in a bracket.
  const url = URL.canParse(bare) ? bare : found;
  if (!URL.canParse(url)) return `${found.slice(0, found.indexOf(":"))}://${REDACTED}`;
  // `origin` is null for schemes that the web does not know.
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}${found.slice(url.length)}`;
}

/** `value` on one line, for error texts and terminals. */
export function formatPlain(value: unknown): string {
  const plain = toPlain(value);
  return typeof plain === "string" ? plain : (JSON.stringify(plain) ?? String(plain));
}

function plainEntries(value: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      SECRET_KEY.test(key) && item !== undefined && item !== null ? REDACTED : toPlain(item, depth + 1),
    ]),
  );
}

function plainError(error: Error, depth: number): Record<string, unknown> {
  const { details } = error as { details?: unknown };
  return {
    type: error.name,
    message: toPlain(error.message),
    ...(typeof details === "object" && details !== null && { details: toPlain(details, depth + 1) }),
    ...(error.stack && { stack: toPlain(error.stack) }),
    ...(error.cause !== undefined && { cause: toPlain(error.cause, depth + 1) }),
  };
}
