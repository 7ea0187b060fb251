/** Three local chains with all contracts and no service: the tests carry the lanes themselves. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { encodeCommitment } from "@weighlock/core/commitment.ts";
import type { Deployment, LaneDeployment } from "@weighlock/core/deployment.ts";
import { formatEvm } from "@weighlock/core/interop.ts";
import { startAnvil } from "@weighlock/devnet/anvil.ts";
import { keysByRole, NETWORK, networkKeys } from "@weighlock/devnet/spec.ts";
import { type Cleanup, temporaryFolder } from "@weighlock/devnet/testing.ts";
import { deployNetwork } from "@weighlock/devnet/weighlock/network.ts";
import { createTestClient, type Hex, http, parseEther, publicActions, walletActions, zeroHash } from "viem";
import { createLaneReader } from "../laneReader.ts";
import { createNetwork, type Network } from "../network.ts";

export const EVERYTHING = (1n << 64n) - 1n;

export type LocalNetwork = {
  network: Network;
  deployment: Pick<Deployment, "chains" | "keys">;
  /** Seals what is open and sends it over LayerZero. Anyone may; here the trader does. */
  dispatch(lane: LaneDeployment): Promise<void>;
  /** Delivers the newest sealed commitment as a path would. */
  attest(lane: LaneDeployment, path: number, change?: { head?: Hex }): Promise<void>;
  /** Executes all sealed windows on both paths. */
  execute(lane: LaneDeployment): Promise<void>;
  /** All of it: what is posted is executed. */
  carry(lane: LaneDeployment): Promise<void>;
};

export async function startLocalNetwork({ cleanup }: { cleanup: Cleanup }): Promise<LocalNetwork> {
  const dir = await temporaryFolder({ cleanup });
  const nodes = await Promise.all(
    NETWORK.chains.map(async ({ name, chainId }) => {
      const node = await startAnvil({ name, chainId, dir, blockTime: 0.1 });
      cleanup.add(() => node.stop());
      return node;
    }),
  );
  const keys = networkKeys(NETWORK);
  const { chains } = await deployNetwork({ network: NETWORK, nodes, keys });
  const deployment = { chains, keys: keysByRole(keys) };
  const network = createNetwork(deployment);
  cleanup.add(() => network.close());
  const key = keys.traders[0]?.privateKey ?? "0x";

  const local: LocalNetwork = {
    network,
    deployment,
    async dispatch({ src, dst }) {
      const sender = await network.sender(src, key);
      const view = { address: src.gateway, abi: gatewayAbi } as const;
      const { client } = await network.connect(src);
      const value = await client.readContract({ ...view, functionName: "quoteDispatch", args: [dst.eid, 1] });
      const args = [dst.eid, EVERYTHING, 1, sender.address, false] as const;
      await sender.write({ ...view, functionName: "dispatch", args, value });
    },
    async attest(lane, path, { head } = {}) {
      const { src, dst } = lane;
      const reader = await createLaneReader({ network, lane });
      const outbox = await reader.outbox();
      const opposite = await createLaneReader({ network, lane: { src: dst, dst: src } });
      const ack = await opposite.inbox();
      const adapter = dst.paths.find(({ index }) => index === path)?.address ?? "0x";
      const client = createTestClient({ mode: "anvil", transport: http(dst.rpcUrl), pollingInterval: 50 })
        .extend(publicActions)
        .extend(walletActions);
      await client.setBalance({ address: adapter, value: parseEther("1") });
      await client.impersonateAccount({ address: adapter });
      const [laneId] = await reader.srcClient.readContract({
        address: src.gateway,
        abi: gatewayAbi,
        functionName: "laneIds",
        args: [dst.eid],
      });
      const payload = encodeCommitment({
        lane: laneId,
        count: outbox.sealed,
        head: head ?? outbox.head,
        ackCount: ack.executed,
        ackHead: ack.head,
      });
      const hash = await client.writeContract({
        address: dst.gateway,
        abi: gatewayAbi,
        functionName: "receiveMessage",
        args: [zeroHash, formatEvm({ chainId: src.chainId, address: src.gateway }), payload],
        account: adapter,
        chain: null,
      });
      await client.waitForTransactionReceipt({ hash });
      await client.stopImpersonatingAccount({ address: adapter });
    },
    async execute(lane) {
      const { src, dst } = lane;
      const reader = await createLaneReader({ network, lane });
      const [{ sealed }, { executed }] = await Promise.all([reader.outbox(), reader.inbox()]);
      const entries = (await reader.postedFrom(executed)).filter(({ args }) => args.index < sealed);
      const counts: bigint[] = [];
      for (let count = executed; count < sealed; ) {
        const seal = await reader.sealOf(count, BigInt(src.deployBlock));
        count = seal?.args.count ?? sealed;
        counts.push(count);
      }
      const sender = await network.sender(dst, key);
      const args = [src.eid, counts, entries.map(({ args: { entry } }) => entry), "0x", 3] as const;
      await sender.write({ address: dst.gateway, abi: gatewayAbi, functionName: "execute", args });
    },
    async carry(lane) {
      await local.dispatch(lane);
      await local.attest(lane, 0);
      await local.attest(lane, 1);
      await local.execute(lane);
    },
  };
  return local;
}
