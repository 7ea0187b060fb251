/** How an executed entry ended, or what it waits for at its destination. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { type HubDeployment, hubOf, type VaultDeployment } from "@weighlock/core/deployment.ts";
import type { Hash } from "viem";
import { readEvents } from "./events.ts";
import { laneName } from "./input.ts";
import { type LaneReader, type Place, placeOf } from "./laneReader.ts";
import { lockWords, readLockOf } from "./lockWords.ts";
import type { Network } from "./network.ts";
import { heldReason, parkedReason } from "./reasons.ts";
import { remediesOf } from "./remedies.ts";
import { outcomeOfRequest } from "./requestOutcome.ts";
import { readWaiting, type Waiting } from "./waiting.ts";

export type OutcomeType =
  | "credited"
  | "paid"
  | "held"
  | "parked"
  /** A release that its vault gave back. */
  | "returned"
  /** A release that the council found forged: void. */
  | "struck"
  /** An entry that gave a release back, credited to the account it was taken from. */
  | "settled"
  /** A deposit that no account could have, sent back to its vault. */
  | "refunded"
  /** A request that the hub paid out. */
  | "served"
  | "refused";

export type Outcome = Place & {
  type: OutcomeType;
  reason?: string;
  /** The entry by which it goes on: `hub-beta:9`. */
  as?: string;
  /** What has to happen next, and who may do it. */
  waitsFor: string[];
};

type At = { network: Network; reader: LaneReader; index: bigint; isRequest: boolean; executed: Place };

/** Undefined while the node does not show the events of what it has executed. */
export function readOutcome(of: At): Promise<Outcome | undefined> {
  const { dst } = of.reader;
  return dst.role === "hub" ? outcomeOnHub({ ...of, hub: dst }) : outcomeInVault({ ...of, vault: dst });
}

async function outcomeOnHub({ hub, ...of }: At & { hub: HubDeployment }): Promise<Outcome | undefined> {
  const { network, reader, index, executed } = of;
  const { src, dst, dstClient: client } = reader;
  const view = { client, address: hub.clearingHouse, abi: clearingHouseAbi, from: executed.block } as const;
  const credited = { ...view, eventName: "Credited", args: { srcEid: src.eid } } as const;
  const isThis = (log: { args: { index: bigint } }) => log.args.index === index;
  // Most end so, at once: then there is nothing more to look for.
  if ((await readEvents({ ...credited, to: executed.block })).some(isThis)) {
    return { type: "credited", waitsFor: [], ...placeOf(executed) };
  }
  const served = of.isRequest && (await outcomeOfRequest({ network, reader, hub, index, executed }));
  if (served) return served;
  const [waiting] = await readWaiting({ network, lane: { src, dst }, index, from: executed.block });
  if (waiting) return waitingOutcome({ network, reader, waiting, reason: heldReason(waiting.reason) });

  const args = { srcEid: src.eid, index } as const;
  const [credits, settled, refunded, falseReturns] = await Promise.all([
    readEvents({ ...credited, isEnough: (found) => found.some(isThis) }),
    readEvents({ ...view, eventName: "ReturnSettled", args }),
    readEvents({ ...view, eventName: "Refunded", args }),
    readEvents({ ...view, eventName: "FalselyReturned", args }),
  ]);
  const end = async (
    log: { transactionHash: Hash; blockNumber: bigint } | undefined,
    outcome: Omit<Outcome, keyof Place | "waitsFor">,
  ) => log && { ...outcome, waitsFor: [], ...(await reader.dstPlace(log)) };
  const back = (count: bigint | undefined) => `${laneName({ src: dst, dst: src })}:${count}`;
  // One that was settled into suspense may have been refunded since: the later end counts.
  return (
    (await end(refunded[0], { type: "refunded", as: back(refunded[0]?.args.releaseIndex) })) ??
    (await end(settled[0], { type: "settled", reason: `${back(settled[0]?.args.ref)} was given back` })) ??
    (await end(falseReturns[0], {
      type: "refused",
      reason: "no such release was made, or it came back before; the lane is halted for it",
    })) ??
    end(credits.find(isThis), { type: "credited" })
  );
}

async function outcomeInVault({ vault, ...of }: At & { vault: VaultDeployment }): Promise<Outcome | undefined> {
  const { network, reader, index, executed } = of;
  const { src, dst, dstClient: client, dstPlace } = reader;
  const [waiting] = await readWaiting({ network, lane: { src, dst }, index });
  if (waiting) return waitingOutcome({ network, reader, waiting, reason: parkedReason(waiting.reason) });

  const view = {
    client,
    address: vault.vault,
    abi: collateralVaultAbi,
    args: { index },
    from: executed.block,
  } as const;
  const isEnough = (found: readonly unknown[]) => found.length > 0;
  const [[paid], [returned], [struck]] = await Promise.all([
    readEvents({ ...view, eventName: "Released", isEnough }),
    readEvents({ ...view, eventName: "ReleaseReturned", isEnough }),
    readEvents({ ...view, eventName: "ReleaseStruck", args: { srcEid: src.eid, index }, isEnough }),
  ]);
  if (paid) return { type: "paid", waitsFor: [], ...(await dstPlace(paid)) };
  if (struck)
    return { type: "struck", reason: "the council found it forged", waitsFor: [], ...(await dstPlace(struck)) };
  if (!returned) return undefined;
  const as = `${laneName({ src: dst, dst: src })}:${returned.args.returnedIndex}`;
  const waitsFor = (await isSettled({ network, reader, index }))
    ? []
    : [`${as} to be carried to ${src.name} and settled there by anyone; follow it with: weighlock status ${as}`];
  return { type: "returned", as, waitsFor, ...(await dstPlace(returned)) };
}

function isSettled({ network, reader, index }: Pick<At, "network" | "reader" | "index">): Promise<boolean> {
  const { clearingHouse } = hubOf(network.deployment);
  const args = [reader.dst.eid, index] as const;
  const view = { address: clearingHouse, abi: clearingHouseAbi } as const;
  return reader.srcClient.readContract({ ...view, functionName: "isReturned", args });
}

async function waitingOutcome({
  network,
  reader,
  waiting,
  reason,
}: {
  network: Network;
  reader: LaneReader;
  waiting: Waiting;
  reason: string;
}): Promise<Outcome> {
  const { transactionHash, block } = waiting;
  const lock = await readLockOf({ network, waiting });
  const waits = lockWords(lock);
  return {
    type: waiting.type,
    reason,
    waitsFor: [
      ...(waits === "" ? [] : [waits]),
      ...remediesOf(waiting, lock).map(({ command, what, who, from }) => {
        const time = from === undefined ? "" : ` from ${from.toISOString()}`;
        return `${command}: ${what}; by ${who}${time}`;
      }),
    ],
    ...(await reader.dstPlace({ transactionHash, blockNumber: block })),
  };
}
