/** Range checks of wire fields. */

import { type Hex, isHex, size } from "viem";
import { ByteLengthError, FieldRangeError } from "./errors.ts";

/** `value` as a bigint, when it fits `bits`; throws FieldRangeError with the field's name otherwise. */
export function checkUint(field: string, value: number | bigint, bits: number): bigint {
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw rangeError(field, value, bits);
  const wide = BigInt(value);
  if (wide < 0n || wide >> BigInt(bits) !== 0n) throw rangeError(field, value, bits);
  return wide;
}

/** `value` unchanged, when it is exactly `bytes` long; throws ByteLengthError otherwise. */
export function checkBytes(field: string, value: Hex, bytes: number): Hex {
  if (!isHex(value) || value.length !== 2 + 2 * bytes) {
    const actual = isHex(value) ? size(value) : "not hex";
    throw new ByteLengthError(`${field} must be ${bytes} bytes of hex.`, {
      details: { field, expected: bytes, actual, value },
    });
  }
  return value;
}

function rangeError(field: string, value: number | bigint, bits: number): FieldRangeError {
  return new FieldRangeError(`${field} does not fit its ${bits} bits; give a whole number from 0 to 2^${bits} - 1.`, {
    details: { field, value, bits },
  });
}
