/** Two Anvil chains with real gateways and watcher paths, whose app is a plain account so that a test can post. */

import { accessManagerAbi, accessManagerBytecode } from "@weighlock/core/abi/accessManager.ts";
import { gatewayAbi, gatewayBytecode } from "@weighlock/core/abi/gateway.ts";
import { watcherPathAbi, watcherPathBytecode } from "@weighlock/core/abi/watcherPath.ts";
import { startAnvil, type TestProcess } from "@weighlock/core/testing/processes.ts";
import {
  type Abi,
  type Address,
  createTestClient,
  type Hex,
  http,
  numberToHex,
  publicActions,
  walletActions,
} from "viem";
import type { WatchedChain } from "../deployment.ts";

export type TestChain = WatchedChain & {
  node: TestProcess;
  client: TestClient;
  app: Address;
  /** Sends and mines; throws when it reverts. */
  write(request: { address: Address; abi: Abi; functionName: string; args: readonly unknown[] }): Promise<void>;
};
type TestClient = ReturnType<typeof connect>;

const connect = (url: string) =>
  createTestClient({ mode: "anvil", transport: http(url), pollingInterval: 50 })
    .extend(publicActions)
    .extend(walletActions);

/** `finalized` is two blocks behind. Blocks are mined by transactions and by `mine`. */
async function startChain(name: string, role: "hub" | "vault", chainId: number, eid: number, watchers: Address[]) {
  const node = await startAnvil({ chainId, args: ["--slots-in-an-epoch", "1"] });
  const client = connect(node.url);
  const [app] = (await client.getAddresses()) as [Address];

  async function deploy(abi: Abi, bytecode: Hex, args: readonly unknown[]): Promise<Address> {
    const hash = await client.deployContract({ abi, bytecode, args, account: app, chain: null });
    const { contractAddress } = await client.waitForTransactionReceipt({ hash });
    if (!contractAddress) throw new Error("a test contract was not deployed");
    return contractAddress;
  }

  const authority = await deploy(accessManagerAbi as Abi, accessManagerBytecode, [app]);
  const gateway = await deploy(gatewayAbi as Abi, gatewayBytecode, [eid, app, app, authority]);
  const path = await deploy(watcherPathAbi as Abi, watcherPathBytecode, [gateway, authority, watchers, 2n]);
  const chain: TestChain = {
    name,
    role,
    chainId,
    eid,
    gateway,
    watcherPath: path,
    deployBlock: 0,
    node,
    client,
    app,
    async write({ address, abi, functionName, args }) {
      const hash = await client.writeContract({ address, abi, functionName, args, account: app, chain: null });
      const { status } = await client.waitForTransactionReceipt({ hash });
      if (status !== "success") throw new Error(`${functionName} reverted`);
    },
  };
  return chain;
}

export async function startGateways({ watchers }: { watchers: Address[] }) {
  const hub = await startChain("hub", "hub", 7101, 40_101, watchers);
  const alpha = await startChain("alpha", "vault", 7102, 40_102, watchers);
  const close = () => Promise.all([hub.node.close(), alpha.node.close()]);
  try {
    await connectChains(hub, alpha);
    await connectChains(alpha, hub);
  } catch (error) {
    await close();
    throw error;
  }
  return { hub, alpha, close };
}

async function connectChains(here: TestChain, there: TestChain): Promise<void> {
  const remote = [there.eid, BigInt(there.chainId), there.gateway];
  await writeGateway(here, "openLane", [...remote, 0n]);
  await here.write({ address: here.watcherPath, abi: watcherPathAbi as Abi, functionName: "openRemote", args: remote });
  await writeGateway(here, "addPath", [there.eid, 1, here.watcherPath, false]);
}

export function writeGateway(chain: TestChain, functionName: string, args: readonly unknown[]): Promise<void> {
  return chain.write({ address: chain.gateway, abi: gatewayAbi as Abi, functionName, args });
}

/** Posts entries to a lane and seals them as one window. */
export async function postWindow(src: TestChain, dst: TestChain, values: readonly number[]): Promise<void> {
  for (const value of values) {
    const account = numberToHex(value, { size: 32 });
    await writeGateway(src, "post", [dst.eid, { word: BigInt(value), account, party: account }]);
  }
  await writeGateway(src, "seal", [dst.eid]);
}

export async function finalize({ client }: TestChain): Promise<void> {
  await client.mine({ blocks: 3 });
}
