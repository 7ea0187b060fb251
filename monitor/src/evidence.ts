/** Contradictions that a gateway has seen, with what their source has sealed, and those that it could be shown. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { headOf } from "@weighlock/core/laneLog.ts";
import type { Hex } from "viem";
import type { AttestationWatch } from "./attestationWatch.ts";
import {
  contradictionProof,
  EXECUTED_LOG,
  provableContradiction,
  type ShownContradiction,
} from "./detectors/contradiction.ts";
import type { Finding, Found } from "./findings.ts";
import type { Journal } from "./journal.ts";
import type { Pin } from "./pin.ts";
import type { Reading } from "./reading.ts";
import type { Stopped } from "./stopped.ts";
import type { Attestation } from "./unknownCommitment.ts";
import type { Wording } from "./wording.ts";

type Of = { pins: readonly Pin[]; stopped: readonly Stopped[]; journalOf: (eid: number) => Journal };

/** Of the lanes that are halted now. */
export async function readContradictions({ pins, stopped, journalOf }: Of): Promise<ShownContradiction[]> {
  const found = pins.flatMap(({ deployment: { eid, name: chain }, blockNumber }) =>
    journalOf(eid)
      .contradictions(blockNumber)
      .filter(({ srcEid }) => isHalted(stopped, chain, srcEid))
      .map(async ({ block: _, ...contradiction }): Promise<ShownContradiction[]> => {
        const src = pins.find(({ deployment }) => deployment.eid === contradiction.srcEid);
        if (src === undefined) return [];
        const sealedHead = await readSealed(src, eid, contradiction.count);
        return [{ ...contradiction, chain, sealedHead }];
      }),
  );
  return (await Promise.all(found)).flat();
}

/** Facts whose lane is not halted, and which could be shown to the gateway: then it halts by itself, for everybody. */
export async function findProvable({
  pins,
  stopped,
  journalOf,
  facts,
  lanes,
  attestations,
  wording,
}: Of & {
  facts: readonly Finding[];
  lanes: Reading["lanes"];
  attestations: Pick<AttestationWatch, "known">;
  wording: Wording;
}): Promise<Found[]> {
  const found = facts
    .filter(({ kind }) => kind === "unknown-commitment")
    .map(async ({ evidence }): Promise<Found[]> => {
      const forged = evidence as unknown as Attestation;
      const { srcEid, dstEid, count } = forged;
      const [src, dst] = [srcEid, dstEid].map((eid) => pins.find(({ deployment }) => deployment.eid === eid));
      if (src === undefined || dst === undefined) return [];
      const { name: chain, gateway } = dst.deployment;
      if (isHalted(stopped, chain, srcEid)) return [];
      const lane = lanes.find((each) => each.src === src.deployment.name && each.dst === chain);
      const executed = lane?.headsEqual ? [{ path: EXECUTED_LOG, count: lane.executed }] : [];
      const witnesses = [...executed, ...attestations.known(srcEid, dstEid)];
      if (!witnesses.some((witness) => witness.count >= count)) return [];
      const windows = journalOf(srcEid).windows(dstEid);
      const laneStart = await readSealed(src, dstEid, 0n);
      const args = contradictionProof({
        ...{ forged, witnesses, windows },
        laneStart: isWhole(windows, laneStart) ? laneStart : undefined,
      });
      return args === undefined ? [] : [provableContradiction({ forged, args, chain, gateway, wording })];
    });
  return (await Promise.all(found)).flat();
}

/** Whether the first of them begins where the lane does. */
function isWhole([first]: ReturnType<Journal["windows"]>, laneStart: Hex): boolean {
  return first !== undefined && headOf({ ...first, head: laneStart }) === first.head;
}

function isHalted(stopped: readonly Stopped[], chain: string, eid: number): boolean {
  return stopped.some((each) => each.what === "halt" && each.chain === chain && each.eid === eid);
}

/** At the source's newest block: what is sealed stays. */
function readSealed({ deployment, client }: Pin, dstEid: number, count: bigint) {
  return client.readContract({
    address: deployment.gateway,
    abi: gatewayAbi,
    functionName: "sealedHead",
    args: [dstEid, count],
  });
}
