/** Storage patches: a defence taken out by what a contract remembers, found by the compiler's own layout. */

import { layout } from "@weighlock/core/abi/layout.ts";
import { accountOf } from "@weighlock/core/entry.ts";
import { type Address, encodeAbiParameters, type Hex, keccak256, numberToHex, parseAbiParameters } from "viem";
import type { Client } from "./network.ts";

/** The slot of `mapping[key]`, the mapping itself being at `slot`. */
export function slotOf(key: bigint | number, slot: bigint | number | Hex): Hex {
  return keccak256(encodeAbiParameters(parseAbiParameters("uint256, uint256"), [BigInt(key), BigInt(slot)]));
}

/** The slot of one of a lane's members on a gateway. */
export function laneSlot(eid: number, member: keyof (typeof layout.Gateway.structs)["Lane"]): Hex {
  const base = BigInt(slotOf(eid, layout.Gateway.variables._lanes.slot));
  return numberToHex(base + BigInt(layout.Gateway.structs.Lane[member].slot), { size: 32 });
}

/** Writes a part of a word and leaves the rest. */
export async function patch({
  client,
  address,
  slot,
  offset = 0,
  bytes = 32,
  value,
}: {
  client: Client;
  address: Address;
  slot: Hex;
  /** Of its lowest byte, from the word's end. */
  offset?: number;
  bytes?: number;
  value: bigint;
}): Promise<void> {
  const word = BigInt((await client.getStorageAt({ address, slot })) ?? "0x0");
  const shift = BigInt(8 * offset);
  const mask = ((1n << BigInt(8 * bytes)) - 1n) << shift;
  await client.setStorageAt({
    address,
    index: slot,
    value: numberToHex((word & ~mask) | (value << shift), { size: 32 }),
  });
}

/** The slot of an owner's balance (subaccount 0) in the clearing house. */
export function balanceSlot(owner: Address, asset: number): Hex {
  const account = BigInt(accountOf({ owner }));
  return slotOf(asset, slotOf(account, layout.ClearingHouse.variables.balanceOf.slot));
}
