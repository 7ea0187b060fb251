/** Arguments for any function of any ABI, filled in as a thief would: himself, all there is, the highest role. */

import { type AbiParameter, type Address, type Hex, pad } from "viem";

export type Wishes = {
  who: Address;
  eid: number;
  asset: number;
  amount: bigint;
  /** Of what has 64 bits, as roles have. */
  role: bigint;
  word: Hex;
  /** Of what takes a call or a message. */
  data: Hex;
};

export function argumentsFor(inputs: readonly AbiParameter[], wishes: Wishes): unknown[] {
  return inputs.map((input) => argumentFor(input, wishes));
}

function argumentFor(input: AbiParameter, wishes: Wishes): unknown {
  const list = /^(.*)\[(\d*)\]$/.exec(input.type);
  if (list !== null) {
    const [, type = "", size] = list;
    return Array.from({ length: Number(size || 1) }, () => argumentFor({ ...input, type } as AbiParameter, wishes));
  }
  if (input.type === "tuple") {
    const { components } = input as { components: readonly AbiParameter[] };
    return Object.fromEntries(components.map((each) => [each.name, argumentFor(each, wishes)]));
  }
  return plainArgument(input.type, wishes);
}

function plainArgument(type: string, { who, eid, asset, amount, role, word, data }: Wishes): unknown {
  if (type === "address") return who;
  if (type === "bool") return true;
  if (type === "string") return "";
  if (type === "bytes") return data;
  if (type.startsWith("bytes")) return pad(word, { size: 32 }).slice(0, 2 + 2 * Number(type.slice(5)));
  if (type === "uint8") return 1;
  if (type === "uint16") return asset;
  if (type === "uint32") return eid;
  if (type === "uint24" || type === "uint40" || type === "uint48") return Number(role);
  if (type === "uint64") return role;
  if (/^u?int(80|96|128|160|256)?$/.test(type)) return amount;
  throw new RangeError(`nobody has thought of what to put into a ${type}`);
}
