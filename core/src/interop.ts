/** ERC-7930 interoperable addresses of EVM accounts, version 1: how ERC-7786 names senders and recipients. */

import { type Address, concat, getAddress, type Hex, isHex, numberToHex, size, slice } from "viem";
import { FatalError } from "./errors.ts";
import { checkBytes, checkUint } from "./uint.ts";

/** Version 1, chain type eip155. */
const PREFIX = "0x00010000";
const PREFIX_BYTES = 4;

export type EvmAccount = { chainId: bigint; address: Address };

export class InteropAddressError extends FatalError {
  override name = "InteropAddressError";
}

export function formatEvm({ chainId, address }: { chainId: number | bigint; address: Address }): Hex {
  const digits = checkUint("chainId", chainId, 256).toString(16);
  const reference: Hex = `0x${digits.length % 2 ? "0" : ""}${digits}`;
  return concat([
    PREFIX,
    numberToHex(size(reference), { size: 1 }),
    reference,
    "0x14",
    checkBytes("address", address, 20).toLowerCase() as Hex,
  ]);
}

/** Throws InteropAddressError for anything but what `formatEvm` writes. */
export function parseEvm(interop: Hex): EvmAccount {
  const refuse = (reason: string) =>
    new InteropAddressError(`Not an EVM interoperable address: ${reason}.`, { details: { interop } });
  if (!isHex(interop) || interop.length % 2 !== 0) throw refuse("it is not hex");
  if (size(interop) < PREFIX_BYTES + 1 || slice(interop, 0, PREFIX_BYTES) !== PREFIX) {
    throw refuse(`it must start with ${PREFIX}`);
  }
  const length = Number(slice(interop, PREFIX_BYTES, PREFIX_BYTES + 1));
  const addressAt = PREFIX_BYTES + 1 + length + 1;
  if (length === 0 || length > 32 || size(interop) !== addressAt + 20) {
    throw refuse("its length does not fit its chain reference and a 20-byte address");
  }
  const reference = slice(interop, PREFIX_BYTES + 1, addressAt - 1);
  if (length > 1 && reference.startsWith("0x00")) throw refuse("its chain reference is not minimal");
  if (slice(interop, addressAt - 1, addressAt) !== "0x14") throw refuse("its address is not 20 bytes");
  return { chainId: BigInt(reference), address: getAddress(slice(interop, addressAt)) };
}
