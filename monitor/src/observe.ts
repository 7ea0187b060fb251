/** Reads what signing a reconciliation depends on: of every lane in question, both ends, by every source. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { pauseControllerAbi } from "@weighlock/core/abi/pauseController.ts";
import type { ChainClient } from "@weighlock/core/chains.ts";
import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import { RetryableError } from "@weighlock/core/errors.ts";
import { type LaneState, type Reconciliation, Scope, type ScopeName } from "@weighlock/core/reconciliation.ts";
import { type Hex, zeroHash } from "viem";
import type { AttestationWatch } from "./attestationWatch.ts";
import type { EntrySums, FigureName } from "./entrySums.ts";
import type { Finding } from "./findings.ts";
import { DEPOSITS_IDENTITY, describeFailure, type Failure, VAULTS_IDENTITY } from "./reconcile.ts";
import type { Reconciled } from "./reconciler.ts";
import type { Figure, LaneObservation, LaneSaid, Observation, WayObservation } from "./resumeCheck.ts";
import { type ChainSources, identify, within } from "./sources.ts";

export type Stopped = { chain: ChainDeployment; scope: ScopeName; id: number };

const ANSWER_MS = 3_000;
const DIRECTION = { in: 0, out: 1 } as const;
type DirectionName = keyof typeof DIRECTION;
/** Of these a fact may become, or not. */
const UNSETTLED = ["sources-disagree", "attestation-undecided", "source-broken"];

/** The reconciliation that would be signed, and all that speaks for and against signing it. */
export async function observe({
  stopped: { chain, scope, id },
  observedAt,
  sources,
  last,
  notReady,
  standing,
  dismissed,
  attestations,
  now = Date.now(),
}: {
  stopped: Stopped;
  /** Unix seconds of the chain's clock; its newest known block unless told. */
  observedAt?: bigint;
  sources: readonly ChainSources[];
  last: Reconciled;
  notReady: readonly string[];
  standing: readonly Finding[];
  dismissed: readonly string[];
  attestations: Pick<AttestationWatch, "open">;
  now?: number;
}): Promise<{ observation: Observation; reconciliation: Reconciliation }> {
  const here = sources.find(({ deployment }) => deployment.eid === chain.eid) as ChainSources;
  const blockNumber = last.reading.blocks[chain.name] ?? 0n;
  const [first] = here.chain.clients;
  const [tip, eids] = await Promise.all([
    within(ANSWER_MS, first.getBlock({ blockNumber })),
    // `ILaneApp.lanesOf`, which the vault has as well.
    scope === "asset"
      ? within(
          ANSWER_MS,
          first.readContract({ address: appOf(chain), abi: clearingHouseAbi, functionName: "lanesOf", args: [id] }),
        )
      : [id],
  ]);
  const peers = eids.map((eid) => {
    const peer = sources.find(({ deployment }) => deployment.eid === eid);
    if (peer === undefined) throw new RetryableError(`The deployment has no chain with eid ${eid}.`);
    return peer;
  });
  const direction = directionOf(chain, scope);
  const asset = scope === "asset" ? id : undefined;
  const at = observedAt ?? tip.timestamp;
  const isStill = scope === "in" || scope === "halt";
  const asOf = isStill ? blockNumber : await blockAt({ client: first, timestamp: at, upTo: blockNumber });

  const [stoppedAt, lanes, tipAges] = await Promise.all([
    ask(here, (client) =>
      client.readContract({
        address: chain.pauseController,
        abi: pauseControllerAbi,
        functionName: "stoppedAt",
        args: [Scope[scope], id],
      }),
    ),
    Promise.all(peers.map((peer) => observeLane({ here, peer, direction, asset, asOf, isStill, last, attestations }))),
    Promise.all([here, ...peers].map((each) => tipAge(each, last, now))),
  ]);
  const names = new Set([chain, ...peers.map(({ deployment }) => deployment)].map(({ name }) => name));
  const observation: Observation = {
    ...{ chain: chain.name, scope, id, notReady, tipAges, observedAt: at, stoppedAt },
    readingAge: (now - last.at.getTime()) / 1_000,
    chainTime: tip.timestamp,
    lanes: lanes.map(({ observed }) => observed),
    residuals: residualsOf(last, { names, asset, paidOut: chain.role === "hub" && scope === "out" ? lanes : [] }),
    findings: standing
      .filter(({ level, kind }) => level === "fact" || UNSETTLED.includes(kind))
      .filter(({ lane, chain: on }) => laneIsAmong(lane, names) || (on !== undefined && names.has(on)))
      .filter(({ id: finding }) => !dismissed.includes(finding)),
  };
  const stop = stoppedAt.find((each) => each !== "silent") ?? 0n;
  const states = lanes.map(({ state }) => state);
  return {
    observation,
    reconciliation: { scope: Scope[scope], id, stoppedAt: stop, lanes: states, observedAt: at },
  };
}

function appOf(chain: ChainDeployment) {
  return chain.role === "hub" ? chain.clearingHouse : chain.vault;
}

/** Of which direction the figures are that a scope stops. */
function directionOf({ role }: ChainDeployment, scope: ScopeName): DirectionName {
  if (scope === "asset") return role === "hub" ? "out" : "in";
  return scope === "out" ? "out" : "in";
}

const FIGURE_OF: Readonly<Record<ChainDeployment["role"], Record<DirectionName, FigureName>>> = {
  hub: { in: "credited", out: "authorised" },
  vault: { in: "released", out: "deposited" },
};

async function observeLane({
  here,
  peer,
  direction,
  asset,
  asOf,
  isStill,
  last: { reading, sums, journalOf },
  attestations,
}: {
  here: ChainSources;
  peer: ChainSources;
  direction: DirectionName;
  asset: number | undefined;
  /** The block here by which what was executed is signed. */
  asOf: bigint;
  isStill: boolean;
  last: Reconciled;
  attestations: Pick<AttestationWatch, "open">;
}): Promise<{ observed: LaneObservation; state: LaneState }> {
  const { deployment: chain } = here;
  const { eid, name } = peer.deployment;
  const read = (src: string, dst: string) =>
    reading.lanes.find((lane) => lane.src === src && lane.dst === dst)?.executed ?? 0n;
  const executed = isStill ? read(name, chain.name) : journalOf(chain.eid).executed(eid, asOf);
  const gateway = { address: chain.gateway, abi: gatewayAbi } as const;
  const [said, inward, outward, adapters] = await Promise.all([
    ask(here, (client) => readSaid({ client, chain, eid, direction, asset })),
    observeWay({ src: peer, dst: here, count: executed, attestations }),
    observeWay({ src: here, dst: peer, count: read(chain.name, name), attestations }),
    within(ANSWER_MS, here.chain.client.readContract({ ...gateway, functionName: "pathsOf", args: [eid] })),
  ]);
  const [, enabled] = adapters;
  const falseAcks = journalOf(chain.eid)
    .falseAcks(reading.blocks[chain.name] ?? 0n)
    .filter(({ dstEid, path }) => dstEid === eid && ((enabled >> path) & 1) === 1)
    .map(({ path }) => path);
  const vault = chain.role === "vault" ? chain.name : name;
  const figure = FIGURE_OF[chain.role][direction];
  const figures = said.find((each) => each !== "silent")?.figures ?? [];
  const observed: LaneObservation = {
    ...{ peer: name, executed, figures, said, falseAcks: [...new Set(falseAcks)] },
    sums: sumsOf({ sums, figures, vault, figure }),
    ways: [inward, outward],
  };
  const state: LaneState = {
    eid,
    executed,
    executedHead: inward.executed.find((head) => head !== "silent") ?? zeroHash,
    assets: figures.map((each) => each.asset),
    amounts: figures.map((each) => each.amount),
  };
  return { observed, state };
}

/** Undefined where one of the assets has no sum. */
function sumsOf({
  sums,
  figures,
  vault,
  figure,
}: {
  sums: readonly EntrySums[] | undefined;
  figures: readonly Figure[];
  vault: string;
  figure: FigureName;
}): Figure[] | undefined {
  const found = figures.flatMap(({ asset }): Figure[] => {
    const sum = sums?.find((each) => each.chain === vault && each.asset === asset);
    return sum === undefined ? [] : [{ asset, amount: sum[figure] }];
  });
  return sums === undefined || found.length < figures.length ? undefined : found;
}

async function observeWay({
  src,
  dst,
  count,
  attestations,
}: {
  src: ChainSources;
  dst: ChainSources;
  count: bigint;
  attestations: Pick<AttestationWatch, "open">;
}): Promise<WayObservation> {
  const [srcEid, dstEid] = [src.deployment.eid, dst.deployment.eid];
  const head = (
    client: ChainClient,
    { gateway }: ChainDeployment,
    functionName: "executedHead" | "sealedHead",
    eid: number,
  ) => client.readContract({ address: gateway, abi: gatewayAbi, functionName, args: [eid, count] });
  const [executed, sealed]: (Hex | "silent")[][] = await Promise.all([
    ask(dst, (client) => head(client, dst.deployment, "executedHead", srcEid)),
    ask(src, (client) => head(client, src.deployment, "sealedHead", dstEid)),
  ]);
  const openAttestations = attestations.open({ srcEid, dstEid });
  const names = { src: src.deployment.name, dst: dst.deployment.name };
  return { ...names, count, executed: executed ?? [], sealed: sealed ?? [], openAttestations };
}

async function readSaid({
  client,
  chain,
  eid,
  direction,
  asset,
}: {
  client: ChainClient;
  chain: ChainDeployment;
  eid: number;
  direction: DirectionName;
  asset: number | undefined;
}): Promise<LaneSaid> {
  const gateway = { address: chain.gateway, abi: gatewayAbi } as const;
  const [[executed], quarantined, halt, [assets, amounts]] = await Promise.all([
    client.readContract({ ...gateway, functionName: "inbox", args: [eid] }),
    client.readContract({ ...gateway, functionName: "quarantined", args: [eid] }),
    client.readContract({ ...gateway, functionName: "haltOf", args: [eid] }),
    // `ILaneApp.figures`, which the vault has as well.
    client.readContract({
      address: appOf(chain),
      abi: clearingHouseAbi,
      functionName: "figures",
      args: [eid, DIRECTION[direction]],
    }),
  ]);
  const figures = assets
    .map((each, i): Figure => ({ asset: each, amount: amounts[i] ?? 0n }))
    .filter((each) => asset === undefined || each.asset === asset);
  return { executed, figures, quarantined, halt };
}

/** Every source, each for itself and in time, and only where it is one of this chain. */
function ask<Answer>({ chain, deployment }: ChainSources, question: (client: ChainClient) => Promise<Answer>) {
  return Promise.all(
    chain.clients.map((client) =>
      within(
        ANSWER_MS,
        Promise.all([question(client), identify({ client, chainId: deployment.chainId })]).then(([answer]) => answer),
      ).catch(() => "silent" as const),
    ),
  );
}

async function tipAge({ deployment: { name }, chain }: ChainSources, { reading }: Reconciled, now: number) {
  const { timestamp } = await within(ANSWER_MS, chain.client.getBlock({ blockNumber: reading.blocks[name] ?? 0n }));
  return { chain: name, seconds: now / 1_000 - Number(timestamp) };
}

/** The last block at or before a time, so that every monitor that is told the same time looks at the same block. */
async function blockAt({
  client,
  timestamp,
  upTo,
}: {
  client: ChainClient;
  timestamp: bigint;
  upTo: bigint;
}): Promise<bigint> {
  const isBy = async (blockNumber: bigint) =>
    (await within(ANSWER_MS, client.getBlock({ blockNumber }))).timestamp <= timestamp;
  let low = upTo;
  for (let step = 1n; low > 0n && !(await isBy(low)); step *= 2n) low = low > step ? low - step : 0n;
  let high = upTo;
  while (low < high) {
    const middle = (low + high + 1n) / 2n;
    if (await isBy(middle)) low = middle;
    else high = middle - 1n;
  }
  return low;
}

/**
 * Of the identities that fail, those that say something about these chains. The one over all vaults is made of theirs.
 * @param paidOut Lanes that value leaves the hub by: what was credited over any other without a deposit would leave by them.
 */
function residualsOf(
  { assets, unsummed }: Reconciled,
  {
    names,
    asset,
    paidOut,
  }: { names: ReadonlySet<string>; asset: number | undefined; paidOut: readonly { observed: LaneObservation }[] },
): string[] {
  const ofAsset = (each: number) => asset === undefined || each === asset;
  const leaves = (each: number) => paidOut.some(({ observed }) => observed.figures.some((of) => of.asset === each));
  const matters = (each: number, { chain, identity, residual }: Failure) => {
    if (ofAsset(each) && (chain === undefined ? identity !== VAULTS_IDENTITY : names.has(chain))) return true;
    return identity === DEPOSITS_IDENTITY && residual < 0n && leaves(each);
  };
  const books = assets.flatMap(({ asset: each, symbol, failures }) =>
    failures.filter((failure) => matters(each, failure)).map((failure) => `${symbol}: ${describeFailure(failure)}`),
  );
  const sums = unsummed
    .filter((each) => ofAsset(each.asset) && names.has(each.chain ?? ""))
    .map(({ asset: _, ...failure }) => describeFailure(failure));
  return [...books, ...sums];
}

function laneIsAmong(lane: string | undefined, names: ReadonlySet<string>): boolean {
  return lane?.split("→").every((name) => names.has(name)) ?? false;
}
