/** One chain of the model test: Anvil, our contracts as production builds them, and a sender that says why it reverted. */

import { readFileSync } from "node:fs";
import { accessManagerAbi, accessManagerBytecode } from "@weighlock/core/abi/accessManager.ts";
import { clearingHouseAbi, clearingHouseBytecode } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi, collateralVaultBytecode } from "@weighlock/core/abi/collateralVault.ts";
import { errorsAbi } from "@weighlock/core/abi/errors.ts";
import { gatewayAbi, gatewayBytecode } from "@weighlock/core/abi/gateway.ts";
import { pauseControllerAbi, pauseControllerBytecode } from "@weighlock/core/abi/pauseController.ts";
import { watcherPathAbi, watcherPathBytecode } from "@weighlock/core/abi/watcherPath.ts";
import { FatalError } from "@weighlock/core/errors.ts";
import { type AnvilNode, startAnvil } from "@weighlock/devnet/anvil.ts";
import { PERMIT2 } from "@weighlock/devnet/permit2.ts";
import { createTransactor } from "@weighlock/devnet/transactor.ts";
import {
  type Abi,
  type Address,
  BaseError,
  decodeErrorResult,
  encodeFunctionData,
  type Hex,
  type TransactionReceipt,
  toHex,
} from "viem";

/** Listed by vaults and, but for the last, by the hub. Decimals of the tokens differ by chain. */
export const ASSETS = [1, 2, 3] as const;
export const LATE = 3;
export const CANONICAL_DECIMALS = 6;
export const MINIMUM = 10n;
/** Low enough that the histories meet them: a deposit is up to a million. */
export const VAULT_RULES = {
  minDeposit: MINIMUM,
  limit: { capacity: 500_000n, refill: 20n, large: 600_000n, share: 70 },
};
/** They start with a tenth. */
export const LANE_RULES = {
  minWithdrawal: MINIMUM,
  cap: 6_000_000n,
  limit: { capacity: 3_000_000n, refill: 20n, large: 7_500_000n, share: 80 },
};
export const LARGE_WAIT = 5_000n;
export const LARGE_BLOCKS = 8n;

export type SiteSpec = {
  eid: number;
  hubEid: number;
  tokenDecimals: number;
  watchers: readonly Address[];
  /** Signs reconciliations. */
  monitor: Address;
  dir: string;
};
export type Call = { from: Address; to: Address; abi: Abi; functionName: string; args: readonly unknown[] };
export type Outcome = { error?: string; receipt: TransactionReceipt };

export type Site = SiteSpec & {
  readonly node: AnvilNode;
  readonly deployer: Address;
  readonly gateway: Address;
  /** The vault, or the clearing house. */
  readonly app: Address;
  readonly pauseController: Address;
  /** Two of them: what a path is made of is not the ledger's concern. */
  readonly paths: readonly [Address, Address];
  readonly tokens: readonly Address[];
  connect(peer: Site): Promise<void>;
  /** Mines one call at a time, and decodes its error. */
  send(call: Call, at: bigint): Promise<Outcome>;
};

const ARTIFACT = new URL("../../out/Tokens.sol/FickleToken.json", import.meta.url);
const GAS = 15_000_000n;
const BLOCK_TIME_SECONDS = 86_400;
export const PUSH_GAS = 60_000;
/** Shorter than the time between two actions. */
const RESUME_DELAY = 1n;
const KEY = { guardian: 2, monitor: 3 } as const;

function fickleToken(): { abi: Abi; bytecode: Hex } {
  try {
    const { abi, bytecode } = JSON.parse(readFileSync(ARTIFACT, "utf8"));
    return { abi, bytecode: bytecode.object };
  } catch (cause) {
    throw new FatalError("The tests' tokens are not built. Type: forge build test/contracts/mocks", { cause });
  }
}
const token = fickleToken();
export const tokenAbi = token.abi;
const allErrors = [...errorsAbi, ...tokenAbi.filter(({ type }) => type === "error")] as Abi;

export async function createSite(spec: SiteSpec): Promise<Site> {
  const { eid, hubEid, dir, watchers, monitor, tokenDecimals } = spec;
  const chainId = 9_000 + (eid % 100);
  const node = await startAnvil({ name: `model-${eid}`, chainId, dir, blockTime: BLOCK_TIME_SECONDS });
  const { client } = node;
  const privateKey = node.accounts[0]?.privateKey;
  if (privateKey === undefined) throw new RangeError("Anvil has no account");
  const transactor = await createTransactor({ client, privateKey });
  const deploy = (name: string, abi: Abi, bytecode: Hex, args: readonly unknown[]) =>
    transactor.deploy({ artifact: { name, abi, bytecode }, args });

  const authority = deploy("AccessManager", accessManagerAbi, accessManagerBytecode, [transactor.address]);
  const [expectedApp, expectedController] = [1, 2].map((ahead) => transactor.nextAddress({ ahead }));
  const gateway = deploy("Gateway", gatewayAbi, gatewayBytecode, [eid, expectedApp, expectedController, authority]);
  const isHub = eid === hubEid;
  const app = isHub
    ? deploy("ClearingHouse", clearingHouseAbi, clearingHouseBytecode, [gateway, LARGE_WAIT, LARGE_BLOCKS, authority])
    : deploy("CollateralVault", collateralVaultAbi, collateralVaultBytecode, [
        ...[gateway, hubEid, PERMIT2, LARGE_WAIT, LARGE_BLOCKS, authority],
      ]);
  // What leaves: posting on the hub, paying in a vault.
  const pauseController = deploy("PauseController", pauseControllerAbi, pauseControllerBytecode, [
    ...[gateway, isHub ? 1 : 0, RESUME_DELAY, 1n, authority],
  ]);
  for (const args of [
    [transactor.address, KEY.guardian],
    [monitor, KEY.monitor],
  ]) {
    transactor.call({ to: pauseController, abi: pauseControllerAbi, functionName: "setKey", args });
  }
  const path = () => deploy("WatcherPath", watcherPathAbi, watcherPathBytecode, [gateway, authority, watchers, 2n]);
  const paths = [path(), path()] as const;
  const tokens = ASSETS.map((asset) => {
    const address = deploy("FickleToken", token.abi, token.bytecode, [`T${asset}`, tokenDecimals]);
    const args = [asset, address, CANONICAL_DECIMALS, { ...VAULT_RULES, pushGas: PUSH_GAS }];
    if (!isHub) transactor.call({ to: app, abi: collateralVaultAbi, functionName: "listAsset", args });
    return address;
  });
  await transactor.flush();
  await client.request<{ Method: "anvil_autoImpersonateAccount"; Parameters: [boolean]; ReturnType: null }>({
    method: "anvil_autoImpersonateAccount",
    params: [true],
  });

  return {
    ...spec,
    node,
    deployer: transactor.address,
    gateway,
    app,
    pauseController,
    paths,
    tokens,

    async connect(peer) {
      const remote = [peer.eid, BigInt(peer.node.chainId), peer.gateway];
      transactor.call({ to: gateway, abi: gatewayAbi, functionName: "openLane", args: [...remote, 0n] });
      paths.forEach((to, index) => {
        transactor.call({ to, abi: watcherPathAbi, functionName: "openRemote", args: remote });
        const args = [peer.eid, index, to, index === 0];
        transactor.call({ to: gateway, abi: gatewayAbi, functionName: "addPath", args });
      });
      for (const asset of ASSETS) {
        const args = [peer.eid, asset, CANONICAL_DECIMALS, LANE_RULES];
        if (isHub && asset !== LATE) {
          transactor.call({ to: app, abi: clearingHouseAbi, functionName: "listAsset", args });
        }
      }
      await transactor.flush();
    },

    async send({ from, to, abi, functionName, args }, at) {
      const data = encodeFunctionData({ abi, functionName, args });
      const transaction = { from, to, data, gas: toHex(GAS) };
      const hash = await client.request<{ Method: "eth_sendTransaction"; Parameters: [object]; ReturnType: Hex }>({
        method: "eth_sendTransaction",
        params: [transaction],
      });
      await client.request<{ Method: "evm_setNextBlockTimestamp"; Parameters: [Hex]; ReturnType: null }>({
        method: "evm_setNextBlockTimestamp",
        params: [toHex(at)],
      });
      await client.request<{ Method: "evm_mine"; Parameters: []; ReturnType: Hex }>({ method: "evm_mine", params: [] });
      const receipt = await client.getTransactionReceipt({ hash });
      if (receipt.status === "success") return { receipt };
      // A reverted call changed nothing, and its block is the newest: called there again it says why.
      const error = await client
        .call({ account: from, to, data, gas: GAS, blockNumber: receipt.blockNumber })
        .then(() => `${functionName} reverted, and does not when it is called again`, nameOfError);
      return { error, receipt };
    },
  };
}

function nameOfError(error: unknown): string {
  if (!(error instanceof BaseError)) throw error;
  const raw = error.walk((each) => typeof (each as { data?: unknown }).data === "string") as { data?: Hex } | null;
  if (raw?.data === undefined || raw.data === "0x") return error.shortMessage;
  return decodeErrorResult({ abi: allErrors, data: raw.data }).errorName;
}
