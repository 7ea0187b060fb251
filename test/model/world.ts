/** A hub and two vault chains, and a relayer between them that does what it is told. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { watcherPathAbi } from "@weighlock/core/abi/watcherPath.ts";
import { packEntry } from "@weighlock/core/entry.ts";
import { encodeSuffix, rootOf } from "@weighlock/core/laneLog.ts";
import { setBalances } from "@weighlock/devnet/anvil.ts";
import { concat, type Hex, parseEther, toHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import type { Lane } from "./ledger.ts";
import { type Call, createSite, type Outcome, type Site } from "./site.ts";

export const HUB = 30_201;
export const VAULTS = [30_202, 30_203] as const;

const accountsFrom = (first: bigint, count: number) =>
  Array.from({ length: count }, (_, index) => privateKeyToAccount(toHex(first + BigInt(index), { size: 32 })));
const WATCHERS = accountsFrom(0x3a7c_0001n, 2).sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
export const TRADERS = accountsFrom(0x7ade_0001n, 3);
export const MONITOR = accountsFrom(0x3031_0001n, 1)[0] as (typeof TRADERS)[number];
/** Of nobody who owns anything. */
export const STRANGER = accountsFrom(0x5742_0001n, 1)[0] as (typeof TRADERS)[number];

export type World = {
  site(eid: number): Site;
  send(eid: number, call: Call, at: bigint): Promise<Outcome>;
  /** Seals what is open and has both paths attest it. */
  attest(from: number, to: number, isOpen: boolean, at: bigint): Promise<void>;
  /** Executes the next window. */
  execute(from: number, to: number, lane: Lane, at: bigint): Promise<Outcome>;
  /** All chains as they were deployed, for the next history. */
  reset(): Promise<void>;
  /** Later than every block so far. */
  startsAt(): Promise<bigint>;
  stop(): Promise<void>;
};

export async function createWorld(): Promise<World> {
  const dir = await mkdtemp(join(tmpdir(), "weighlock-model-"));
  const watchers = WATCHERS.map(({ address }) => address);
  const sites = await Promise.all(
    [HUB, ...VAULTS].map((eid, index) =>
      createSite({ eid, hubEid: HUB, tokenDecimals: index === 2 ? 18 : 6, watchers, monitor: MONITOR.address, dir }),
    ),
  );
  const site = (eid: number): Site => {
    const found = sites.find((each) => each.eid === eid);
    if (found === undefined) throw new RangeError(`no site has the eid ${eid}`);
    return found;
  };
  for (const eid of VAULTS) {
    await site(HUB).connect(site(eid));
    await site(eid).connect(site(HUB));
  }
  const people = [...TRADERS, STRANGER].map(({ address }) => address);
  for (const { node } of sites)
    await setBalances({ client: node.client, addresses: people, wei: parseEther("100000") });
  let snapshots = await snapshot(sites);

  const must = async (eid: number, call: Call, at: bigint): Promise<void> => {
    const { error } = await site(eid).send(call, at);
    if (error !== undefined) throw new RangeError(`${call.functionName} on ${eid} reverted: ${error}`);
  };

  return {
    site,
    send: (eid, call, at) => site(eid).send(call, at),

    async attest(from, to, isOpen, at) {
      const [src, dst] = [site(from), site(to)];
      const anyone = { from: STRANGER.address };
      if (isOpen) {
        await must(from, { ...anyone, to: src.gateway, abi: gatewayAbi, functionName: "seal", args: [to] }, at);
      }
      const read = { address: src.gateway, abi: gatewayAbi } as const;
      const { client } = src.node;
      const [[lane], [, count, head], [ackCount, ackHead]] = await Promise.all([
        client.readContract({ ...read, functionName: "laneIds", args: [to] }),
        client.readContract({ ...read, functionName: "outbox", args: [to] }),
        client.readContract({ ...read, functionName: "inbox", args: [to] }),
      ]);
      const commitment = { lane, count, head, ackCount, ackHead };
      let time = at;
      for (const path of dst.paths) {
        const hash = await dst.node.client.readContract({
          address: path,
          abi: watcherPathAbi,
          functionName: "digestOf",
          args: [commitment],
        });
        const signatures = concat(await Promise.all(WATCHERS.map((watcher) => watcher.sign({ hash }))));
        const args = [from, commitment, signatures];
        await must(to, { ...anyone, to: path, abi: watcherPathAbi, functionName: "attest", args }, ++time);
      }
    },

    execute(from, to, { entries, seals, executed }, at) {
      const next = seals.findIndex((count) => count > executed);
      const [end, ...later] = seals.slice(next).map(BigInt);
      if (next < 0 || end === undefined) throw new RangeError(`nothing is sealed from ${from} to ${to}`);
      const shown = (first: bigint, last: bigint) => entries.slice(Number(first), Number(last)).map(packEntry);
      const suffix = later.map((count, index) => ({ count, root: rootOf(shown(later[index - 1] ?? end, count)) }));
      const args = [from, [end], shown(BigInt(executed), end), encodeSuffix(suffix), 3];
      const call = { from: STRANGER.address, to: site(to).gateway, abi: gatewayAbi, functionName: "execute", args };
      return site(to).send(call, at);
    },

    async reset() {
      for (const [index, { node }] of sites.entries()) {
        await node.client.request<{ Method: "evm_revert"; Parameters: [Hex]; ReturnType: boolean }>({
          method: "evm_revert",
          params: [snapshots[index] as Hex],
        });
      }
      snapshots = await snapshot(sites);
    },

    async startsAt() {
      const blocks = await Promise.all(sites.map(({ node }) => node.client.getBlock()));
      return blocks.map(({ timestamp }) => timestamp).reduce((a, b) => (a > b ? a : b)) + 1_000n;
    },

    async stop() {
      await Promise.all(sites.map(({ node }) => node.stop()));
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function snapshot(sites: readonly Site[]): Promise<Hex[]> {
  return Promise.all(
    sites.map(({ node }) =>
      node.client.request<{ Method: "evm_snapshot"; Parameters: []; ReturnType: Hex }>({
        method: "evm_snapshot",
        params: [],
      }),
    ),
  );
}
