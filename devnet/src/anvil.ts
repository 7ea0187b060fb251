/** One local chain: Anvil with mainnet's cap on a transaction's gas and a `finalized` that follows two blocks behind. */

import { createRequire } from "node:module";
import { join } from "node:path";
import {
  type Address,
  createPublicClient,
  createTestClient,
  type Hex,
  http,
  type PublicClient,
  publicActions,
  toHex,
} from "viem";
import { mnemonicToAccount, privateKeyToAddress } from "viem/accounts";
import { ProgramMissingError } from "./errors.ts";
import { freePort } from "./ports.ts";
import { type RunningProcess, startProcess } from "./process.ts";

export type AnvilSpec = {
  name: string;
  chainId: number;
  /** Folder for the log and for the states that Anvil moves to disk; the caller removes it. */
  dir: string;
  /** Seconds between blocks, fractions allowed; 1 unless told. */
  blockTime?: number;
  /** Any free port unless told. */
  port?: number;
  /** Funded development accounts; 4 unless told. The first is the deployer. */
  accounts?: number;
  /** Gas of a block. One transaction has mainnet's cap of 16.78M whatever this is. */
  blockGasLimit?: bigint;
  /** Keep only this many old states in memory: for load tests, which need no proofs of old blocks. */
  pruneHistory?: number;
  /** True: outlives this process. */
  detached?: boolean;
};

export type DevAccount = { address: Address; privateKey: Hex };

export type AnvilNode = {
  readonly name: string;
  readonly chainId: number;
  readonly rpcUrl: string;
  readonly port: number;
  readonly accounts: readonly DevAccount[];
  readonly client: PublicClient;
  readonly process: RunningProcess;
  stop(): Promise<void>;
};

/** The mnemonic that every development chain uses. Each chain derives from it by its own path. */
export const DEV_MNEMONIC = "test test test test test test test test test test test junk";

const BALANCE_ETHER = 1_000_000;
// Room for a whole deployment, declared at the cap each, in one block.
const BLOCK_GAS_LIMIT = 1_000_000_000n;

/**
 * Development accounts of a chain. The chain id is in the derivation path, so no two chains share an address: equal
 * addresses would hide a mix-up of source and destination.
 */
export function devAccounts({ chainId, count }: { chainId: number; count: number }): DevAccount[] {
  // The seed is stretched once for all of them: that takes about 50 ms.
  const branch = mnemonicToAccount(DEV_MNEMONIC, { path: `m/44'/60'/${chainId}'/0` }).getHdKey();
  return Array.from({ length: count }, (_, index) => {
    const key = branch.deriveChild(index).privateKey;
    if (!key) throw new Error(`account ${index} of chain ${chainId} has no private key`);
    const privateKey = toHex(key);
    return { address: privateKeyToAddress(privateKey), privateKey };
  });
}

/**
 * Starts a chain that mines by interval from its first second, so that blocks become final without anybody sending.
 * A caller in a hurry mines at once with `evm_mine`, as `createTransactor` does.
 * @throws ProcessNotReadyError when Anvil does not answer; ProgramMissingError when its binary is not installed.
 */
export async function startAnvil(spec: AnvilSpec): Promise<AnvilNode> {
  const { name, chainId, dir } = spec;
  const port = spec.port ?? (await freePort());
  const rpcUrl = `http://127.0.0.1:${port}`;
  // Calls of one tick share a request.
  const client = createPublicClient({ transport: http(rpcUrl, { batch: { batchSize: 1_000 }, retryCount: 0 }) });
  const count = spec.accounts ?? 4;
  const args = [
    ["--host", "127.0.0.1"],
    ["--port", `${port}`],
    ["--chain-id", `${chainId}`],
    ["--block-time", `${spec.blockTime ?? 1}`],
    ["--gas-limit", `${spec.blockGasLimit ?? BLOCK_GAS_LIMIT}`],
    ["--slots-in-an-epoch", "1"],
    ["--enable-tx-gas-limit"],
    ["--accounts", `${count}`],
    ["--balance", `${BALANCE_ETHER}`],
    ["--mnemonic", DEV_MNEMONIC],
    ["--derivation-path", `m/44'/60'/${chainId}'/0/`],
    ["--cache-path", join(dir, `anvil-${name}`)],
    spec.pruneHistory === undefined ? [] : ["--prune-history", `${spec.pruneHistory}`],
    ["--quiet"],
  ].flat();
  const child = await startProcess({
    name: `anvil ${name}`,
    file: anvilBinary(),
    args,
    logFile: join(dir, `anvil-${name}.log`),
    isReady: async () => (await client.getChainId()) === chainId,
    detached: spec.detached ?? false,
  });
  const accounts = devAccounts({ chainId, count });
  return { name, chainId, rpcUrl, port, accounts, client, process: child, stop: () => child.stop() };
}

/** Sets balances, in wei, as Anvil alone can. */
export async function setBalances({
  client,
  addresses,
  wei,
}: {
  client: PublicClient;
  addresses: readonly Address[];
  wei: bigint;
}): Promise<void> {
  await Promise.all(
    addresses.map((address) =>
      client.request<{ Method: "anvil_setBalance"; Parameters: [Address, Hex]; ReturnType: null }>({
        method: "anvil_setBalance",
        params: [address, toHex(wei)],
      }),
    ),
  );
}

/** The native binary. The package's own wrapper is a Node process more, and a signal sent to it ends only the wrapper. */
function anvilBinary(): string {
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  const native = `@foundry-rs/anvil-${process.platform}-${arch}/package.json`;
  try {
    const wrapper = createRequire(import.meta.url).resolve("@foundry-rs/anvil/package.json");
    return join(createRequire(wrapper).resolve(native), "..", "bin", "anvil");
  } catch (cause) {
    throw new ProgramMissingError("Anvil is not installed. Type: npm install", { details: { package: native }, cause });
  }
}

const SKIP_TIMEOUT_MS = 300_000;

/** Sets a running chain ahead, and has it mine there: a call is judged by the time of the newest block. */
export async function skip({ rpcUrl, seconds, blocks }: { rpcUrl: string; seconds: number; blocks: number }) {
  // Neither call may be made twice: a slow machine needs time for many blocks, not a second try that mines them again.
  const transport = http(rpcUrl, { timeout: SKIP_TIMEOUT_MS, retryCount: 0 });
  const client = createTestClient({ mode: "anvil", transport, cacheTime: 0 }).extend(publicActions);
  await client.increaseTime({ seconds });
  await client.mine({ blocks });
  const { number, timestamp } = await client.getBlock();
  return { block: number, timestamp };
}
