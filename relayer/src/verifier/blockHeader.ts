/** A block's header as it is hashed. */

import { RetryableError } from "@weighlock/core/errors.ts";
import { fromRlp, type Hash, type Hex, hexToBigInt, isHex, keccak256, numberToHex, toRlp } from "viem";

export type HeaderFacts = { hash: Hash; number: bigint; stateRoot: Hash };

/** The node's block and its header's RLP do not hash to the block's hash: it lies, or has fields not known here. */
export class HeaderMismatchError extends RetryableError {
  override name = "HeaderMismatchError";
}

/** In the order of the RLP list. Those from baseFeePerGas on came with forks, each with all before it. */
const FIELDS = [
  { name: "parentHash" },
  { name: "sha3Uncles" },
  { name: "miner" },
  { name: "stateRoot" },
  { name: "transactionsRoot" },
  { name: "receiptsRoot" },
  { name: "logsBloom" },
  { name: "difficulty", isNumber: true },
  { name: "number", isNumber: true },
  { name: "gasLimit", isNumber: true },
  { name: "gasUsed", isNumber: true },
  { name: "timestamp", isNumber: true },
  { name: "extraData" },
  { name: "mixHash" },
  { name: "nonce" },
  { name: "baseFeePerGas", isNumber: true },
  { name: "withdrawalsRoot" },
  { name: "blobGasUsed", isNumber: true },
  { name: "excessBlobGas", isNumber: true },
  { name: "parentBeaconBlockRoot" },
  { name: "requestsHash" },
] as const satisfies readonly { name: string; isNumber?: boolean }[];
const FIRST_OPTIONAL = 15;
const STATE_ROOT = 3;
const NUMBER = 8;

/** `block` is eth_getBlockBy*'s answer as it came. Throws HeaderMismatchError. */
export function encodeHeader(block: Readonly<Record<string, unknown>>): Hex {
  const present = FIELDS.findIndex(({ name }, index) => index >= FIRST_OPTIONAL && !isHex(block[name]));
  const fields = present === -1 ? FIELDS : FIELDS.slice(0, present);
  return toRlp(
    fields.map((field) => {
      const value = block[field.name];
      if (!isHex(value)) {
        throw new HeaderMismatchError("The node's block lacks a field of its header.", {
          details: { field: field.name, block: block.hash },
        });
      }
      return "isNumber" in field ? minimal(value) : value;
    }),
  );
}

/** Throws HeaderMismatchError unless the bytes hash to `hash`. */
export function readHeader({ header, hash }: { header: Hex; hash: Hash }): HeaderFacts {
  const actual = keccak256(header);
  if (actual !== hash) {
    throw new HeaderMismatchError("The header does not hash to its block's hash.", {
      details: { expected: hash, actual },
    });
  }
  const fields = fromRlp(header, "hex");
  const [stateRoot, number] = [fields[STATE_ROOT], fields[NUMBER]];
  if (!Array.isArray(fields) || !isHex(stateRoot) || !isHex(number)) {
    throw new HeaderMismatchError("The header is no list of fields.", { details: { hash } });
  }
  return { hash, stateRoot, number: number === "0x" ? 0n : hexToBigInt(number) };
}

/** RLP numbers have no leading zeros, and zero is empty. */
function minimal(value: Hex): Hex {
  const number = BigInt(value);
  if (number === 0n) return "0x";
  const digits = numberToHex(number);
  return digits.length % 2 === 0 ? digits : `0x0${digits.slice(2)}`;
}
