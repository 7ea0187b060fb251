/** The storage slots that the verifier's word rests on. */

import { layout } from "@weighlock/core/abi/layout.ts";
import { type Address, concat, type Hash, type Hex, keccak256, numberToHex, pad } from "viem";

/** `sealedHead[dstEid][count]` of a gateway. */
export function sealedHeadSlot({ dstEid, count }: { dstEid: number; count: bigint }): Hash {
  return nested(layout.Gateway.variables.sealedHead.slot, [word(dstEid), word(count)]);
}

/** `executedHead[srcEid][count]` of a gateway. */
export function executedHeadSlot({ srcEid, count }: { srcEid: number; count: bigint }): Hash {
  return nested(layout.Gateway.variables.executedHead.slot, [word(srcEid), word(count)]);
}

/**
 * `outboundNonce[sender][dstEid][receiver]` of LayerZero's EndpointV2: Ownable's owner has slot 0, and this is the third
 * mapping of MessagingChannel behind it.
 */
export function outboundNonceSlot({
  sender,
  dstEid,
  receiver,
}: {
  sender: Address;
  dstEid: number;
  /** bytes32. */
  receiver: Hex;
}): Hash {
  return nested(OUTBOUND_NONCE, [pad(sender, { size: 32 }), word(dstEid), receiver]);
}

const OUTBOUND_NONCE = 3;

/** The slot of `mapping[a][b]…` whose mapping lies at `base`. */
function nested(base: number, keys: readonly Hex[]): Hash {
  return keys.reduce<Hash>((slot, key) => keccak256(concat([key, slot])), word(base));
}

function word(value: number | bigint): Hash {
  return numberToHex(value, { size: 32 });
}
