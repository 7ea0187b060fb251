/** Releases that are given back, or are said to be. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { EntryKind, type EntryWords, packEntry, unpackEntry } from "@weighlock/core/entry.ts";
import { encodeAbiParameters, getAbiItem, keccak256, parseAbiParameters } from "viem";
import { type AttackNetwork, refusalOf } from "./network.ts";

const EntryHeld = getAbiItem({ abi: clearingHouseAbi, name: "EntryHeld" });
const EntryPosted = getAbiItem({ abi: gatewayAbi, name: "EntryPosted" });

/** What a vault posts for a release that it gives back. */
export function returnedOf(release: EntryWords, ref: bigint): EntryWords {
  const { word, account, party } = release;
  const hash = keccak256(encodeAbiParameters(parseAbiParameters("uint256, bytes32, bytes32"), [word, account, party]));
  return packEntry({ ...unpackEntry(release), kind: EntryKind.Returned, ref, party: hash });
}

/** Settles every Returned that the hub holds, by the window of the hub's own log that each names. */
export async function settleAll({ hub, alpha, keys }: AttackNetwork): Promise<void> {
  const at = { address: hub.clearingHouse, abi: clearingHouseAbi } as const;
  const logs = { fromBlock: 0n, strict: true } as const;
  const held = await hub.client.getLogs({ address: hub.clearingHouse, event: EntryHeld, ...logs });
  const posted = await hub.client.getLogs({
    address: hub.gateway,
    event: EntryPosted,
    args: { dstEid: alpha.eid },
    ...logs,
  });
  for (const { args } of held) {
    const { ref } = unpackEntry(args.entry);
    // Each release here was sealed alone.
    const window = posted.filter(({ args: { index } }) => index === ref).map((log) => log.args.entry);
    await refusalOf({
      chain: hub,
      from: keys.relayer,
      ...at,
      functionName: "settleReturned",
      args: [args.srcEid, args.index, args.entry, args.terms, ref, window],
    });
  }
}
