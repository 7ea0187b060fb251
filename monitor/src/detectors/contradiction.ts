/** D03: two heads at one count. Shown on chain, it says whose path to disable; to be shown, it says what to send. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { encodeSuffix } from "@weighlock/core/laneLog.ts";
import { type Address, encodeFunctionData, type Hex } from "viem";
import type { Found } from "../findings.ts";
import type { Contradiction, SealedWindow } from "../journal.ts";
import type { Attestation } from "../unknownCommitment.ts";
import type { Wording } from "../wording.ts";

/** As an other path: what the destination has executed. */
export const EXECUTED_LOG = 255;

/** One that was shown, while its lane is halted, with what the source has sealed at that count: zero where nothing. */
export type ShownContradiction = Omit<Contradiction, "block"> & { chain: string; sealedHead: Hex };

export function shownContradictions(shown: readonly ShownContradiction[], wording: Wording): Found[] {
  return shown.map((contradiction): Found => {
    const { chain, srcEid, count, path, head, otherPath, otherHead, sealedHead } = contradiction;
    const peer = wording.chain(srcEid);
    const lane = `${peer}→${chain}`;
    const liars = [
      { path, head },
      { path: otherPath, head: otherHead },
    ].filter((each) => each.head !== sealedHead);
    const todo = liars.some((each) => each.path === EXECUTED_LOG)
      ? `what was executed is not ${peer}'s log: the council closes the lane (closeLane ${srcEid}); it is never resumed`
      : `the guardian disables what is not ${peer}'s word (${liars
          .map((each) => `disablePath ${srcEid} ${each.path}`)
          .join(", ")}), then the council proposes to resume the halt`;
    return {
      id: `contradiction:${chain}:${srcEid}:${count}:${path}:${otherPath}`,
      level: "alert",
      kind: "contradiction",
      chain,
      lane,
      text: `${lane}: ${nameOf(path)} and ${nameOf(otherPath)} have different heads at ${count}; ${todo}`,
      evidence: { srcEid, count, path, head, otherPath, otherHead, sealedHead },
    };
  });
}

function nameOf(path: number): string {
  return path === EXECUTED_LOG ? "the executed log" : `path ${path}`;
}

export type ContradictArgs = readonly [
  srcEid: number,
  startHead: Hex,
  nodes: Hex,
  path: number,
  count: bigint,
  otherPath: number,
];

/**
 * What `contradict` takes to show that `forged` is not the log: the source's own windows up to a head that another witness
 * stands for, in which the forged count has another head or none. Undefined where nobody stands for one that far, or where
 * the windows do not reach back to it.
 */
export function contradictionProof({
  forged,
  witnesses,
  windows,
  laneStart,
}: {
  forged: Pick<Attestation, "srcEid" | "path" | "count">;
  /** Known to the source: what other paths attested, or the executed log. */
  witnesses: readonly { path: number; count: bigint }[];
  /** The source's, in order. */
  windows: readonly SealedWindow[];
  /** The head before the first window of all; undefined where `windows` does not begin there. */
  laneStart: Hex | undefined;
}): ContradictArgs | undefined {
  const { srcEid, path, count } = forged;
  const at = windows.findIndex((window) => window.count >= count);
  if (at < 0) return undefined;
  // A head proves its count only as a node, or as the lane's beginning: what jumps over the count takes the window before
  // as well, where there is one.
  const from = windows[at]?.count === count ? at : Math.max(at - 1, 0);
  const startHead = from === 0 ? laneStart : windows[from - 1]?.head;
  if (startHead === undefined) return undefined;
  const reach = witnesses
    .filter((witness) => witness.path !== path && witness.count >= count)
    .map((witness) => ({ ...witness, end: windows.findIndex((window) => window.count === witness.count) }))
    .filter(({ end }) => end >= at)
    .sort((a, b) => a.end - b.end)[0];
  if (reach === undefined) return undefined;
  const nodes = encodeSuffix(windows.slice(from, reach.end + 1).map(({ root, count: end }) => ({ root, count: end })));
  return [srcEid, startHead, nodes, reach.path, count, path];
}

/** An alert with the very transaction that halts the lane. Anyone may send it. */
export function provableContradiction({
  forged,
  args,
  chain,
  gateway,
  wording,
}: {
  forged: Attestation;
  args: ContradictArgs;
  chain: string;
  gateway: Address;
  wording: Wording;
}): Found {
  const { srcEid, dstEid, path, count, head } = forged;
  const lane = `${wording.chain(srcEid)}→${chain}`;
  const calldata = encodeFunctionData({ abi: gatewayAbi, functionName: "contradict", args });
  return {
    id: `contradiction-provable:${dstEid}:${srcEid}:${path}:${count}:${head}`,
    level: "alert",
    kind: "contradiction",
    chain,
    lane,
    text:
      `${lane}: it can be shown on ${chain} that path ${path} lied at ${count}, which halts the lane; ` +
      `anyone sends: cast send ${gateway} ${calldata}`,
    evidence: { srcEid, path, count, head, witness: args[3], gateway, calldata },
  };
}
