/** Reading a deployment back: what was asked for beside what the chain says, all differences at once. */

import { WiringMismatchError } from "./errors.ts";

export type Check = { what: string; expected: unknown; actual: unknown };
export type Read = Promise<Check>;

export async function check(what: string, expected: unknown, actual: Promise<unknown>): Read {
  return { what, expected, actual: await actual };
}

/**
 * @returns how many values were compared.
 * @throws WiringMismatchError that lists every difference.
 */
export async function assertReadBack(subject: string, reads: readonly Read[]): Promise<number> {
  const checks = await Promise.all(reads);
  const wrong = checks.filter(({ expected, actual }) => canonical(expected) !== canonical(actual));
  if (wrong.length > 0) {
    throw new WiringMismatchError(`${subject} is not wired as it was asked for.`, {
      details: Object.fromEntries(
        wrong.map(({ what, expected, actual }) => [what, `expected ${canonical(expected)}, is ${canonical(actual)}`]),
      ),
    });
  }
  return checks.length;
}

/** One text for equal values: addresses in lower case, integers without their type, structs with sorted fields. */
function canonical(value: unknown): string {
  const text = JSON.stringify(value, (_, each: unknown) => {
    if (typeof each === "bigint" || typeof each === "number") return String(each);
    if (typeof each === "string") return each.toLowerCase();
    if (typeof each === "object" && each !== null && !Array.isArray(each)) {
      return Object.fromEntries(Object.entries(each).sort(([a], [b]) => a.localeCompare(b)));
    }
    return each;
  });
  return text ?? "undefined";
}
