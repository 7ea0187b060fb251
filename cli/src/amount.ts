/** Amounts as people type and read them. */

import { UsageError } from "./errors.ts";

const UINT128_MAX = (1n << 128n) - 1n;

/** Units of 10^-decimals. Throws UsageError for anything but a positive decimal number that is exact in them. */
export function parseAmount({ text, decimals, symbol }: { text: string; decimals: number; symbol: string }): bigint {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text.trim());
  if (!match) {
    throw new UsageError(`"${text}" is not an amount; write it in ${symbol} with digits and one point, as in 12.5`);
  }
  const [, whole = "0", fraction = ""] = match;
  const digits = fraction.replace(/0+$/, "");
  if (digits.length > decimals) {
    const smallest = formatUnits(1n, decimals);
    throw new UsageError(`${text} is finer than ${symbol} goes here; the smallest step is ${smallest}`);
  }
  const units = BigInt(whole) * 10n ** BigInt(decimals) + BigInt(digits.padEnd(decimals, "0") || "0");
  if (units === 0n) throw new UsageError("The amount is zero; give a positive amount");
  if (units > UINT128_MAX * 10n ** 18n) throw new UsageError(`${text} ${symbol} is more than one entry can carry`);
  return units;
}

/** As `parseAmount`, and zero is one too. */
export function parseFee(of: { text: string; decimals: number; symbol: string }): bigint {
  return /^0+(\.0+)?$/.test(of.text.trim()) ? 0n : parseAmount(of);
}

/** Without trailing zeros: 12500000 of 6 decimals is "12.5". */
export function formatUnits(units: bigint, decimals: number): string {
  const sign = units < 0n ? "-" : "";
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, "0");
  const cut = digits.length - decimals;
  const fraction = digits.slice(cut).replace(/0+$/, "");
  return `${sign}${digits.slice(0, cut)}${fraction === "" ? "" : `.${fraction}`}`;
}

/** What of a token amount is whole canonical units, and what is left over; both in the token's units. */
export function splitRepresentable({
  local,
  decimals,
  canonicalDecimals,
}: {
  local: bigint;
  decimals: number;
  canonicalDecimals: number;
}): { canonical: bigint; taken: bigint; left: bigint } {
  const scale = 10n ** BigInt(decimals - canonicalDecimals);
  const canonical = local / scale;
  return { canonical, taken: canonical * scale, left: local % scale };
}
