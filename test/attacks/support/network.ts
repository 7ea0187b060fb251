/**
 * Three local chains with the real LayerZero contracts and ours, deployed as the devnet deploys them, and no service: an
 * attack carries honest and forged words by itself. Blocks are mined by transactions, so that blocks can be counted.
 */

import type { HubDeployment } from "@weighlock/core/deployment.ts";
import {
  type ChainDeployment,
  type Deployment,
  hubOf,
  type VaultDeployment,
  vaultsOf,
} from "@weighlock/core/deployment.ts";
import { explain } from "@weighlock/core/explain.ts";
import { type DevAccount, setBalances, startAnvil } from "@weighlock/devnet/anvil.ts";
import { type Keys, keysByRole, type NetworkSpec, networkKeys } from "@weighlock/devnet/spec.ts";
import { type Cleanup, temporaryFolder } from "@weighlock/devnet/testing.ts";
import type { ReplacedContracts } from "@weighlock/devnet/weighlock/contracts.ts";
import { deployNetwork } from "@weighlock/devnet/weighlock/network.ts";
import {
  type Abi,
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  createTestClient,
  type EncodeFunctionDataParameters,
  encodeFunctionData,
  type Hex,
  http,
  parseEther,
  publicActions,
  type TransactionReceipt,
  walletActions,
} from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { WIDE } from "./spec.ts";

// One transaction has mainnet's cap, and what is not used is not charged.
const GAS = 16_777_216n;

export type Client = ReturnType<typeof connect>;
export type Chain<Role extends ChainDeployment = ChainDeployment> = Role & { client: Client };

export type AttackNetwork = {
  deployment: Pick<Deployment, "chains" | "keys">;
  keys: Keys;
  hub: Chain<HubDeployment>;
  alpha: Chain<VaultDeployment>;
  beta: Chain<VaultDeployment>;
  chains: readonly Chain[];
  /** A new account with native currency on every chain. */
  newAccount(): Promise<DevAccount>;
  /** Runs `attack` and sets every chain back to before it. */
  rehearse<Result>(attack: () => Promise<Result>): Promise<Result>;
};

export type Call<
  Contract extends Abi = Abi,
  Name extends ContractFunctionName<Contract, "nonpayable" | "payable"> = ContractFunctionName<
    Contract,
    "nonpayable" | "payable"
  >,
> = {
  chain: Chain;
  from: DevAccount;
  address: Address;
  abi: Contract;
  functionName: Name;
  args: ContractFunctionArgs<Contract, "nonpayable" | "payable", Name>;
  value?: bigint;
  gas?: bigint;
};

/** `replaced`: by chain name, a contract with its main defence off in place of ours. */
export async function startNetwork({
  cleanup,
  replaced = {},
  spec = WIDE,
}: {
  cleanup: Cleanup;
  replaced?: Readonly<Record<string, ReplacedContracts>>;
  /** Limits as they are on the devnet: `NETWORK`. */
  spec?: NetworkSpec;
}): Promise<AttackNetwork> {
  const dir = await temporaryFolder({ cleanup });
  const nodes = await Promise.all(
    spec.chains.map(async ({ name, chainId }) => {
      const node = await startAnvil({ name, chainId, dir, blockTime: 1 });
      cleanup.add(() => node.stop());
      return node;
    }),
  );
  const keys = networkKeys(spec);
  const deployed = await deployNetwork({ network: spec, nodes, keys, replaced });
  const deployment = { chains: deployed.chains, keys: keysByRole(keys) };
  const chains = deployment.chains.map((chain) => ({ ...chain, client: connect(chain.rpcUrl) }));
  await Promise.all(
    chains.map(async ({ client }) => {
      await client.setIntervalMining({ interval: 0 });
      await client.setAutomine(true);
    }),
  );
  const of = <Role extends ChainDeployment>({ name }: Role) =>
    chains.find((chain) => chain.name === name) as unknown as Chain<Role>;
  const [alpha, beta] = vaultsOf(deployment) as [VaultDeployment, VaultDeployment];
  return {
    deployment,
    keys,
    hub: of(hubOf(deployment)),
    alpha: of(alpha),
    beta: of(beta),
    chains,
    async newAccount() {
      const privateKey = generatePrivateKey();
      const { address } = privateKeyToAccount(privateKey);
      await Promise.all(
        nodes.map(({ client }) => setBalances({ client, addresses: [address], wei: parseEther("100") })),
      );
      return { address, privateKey };
    },
    async rehearse(attack) {
      const before = await Promise.all(chains.map(({ client }) => client.snapshot()));
      try {
        return await attack();
      } finally {
        await Promise.all(chains.map(({ client }, i) => client.revert({ id: before[i] as Hex })));
      }
    },
  };
}

function connect(rpcUrl: string) {
  return createTestClient({ mode: "anvil", transport: http(rpcUrl), pollingInterval: 20, cacheTime: 0 })
    .extend(publicActions)
    .extend(walletActions);
}

/**
 * Sends one transaction and waits until it is mined.
 * @throws the contract's revert.
 */
export async function send<
  const Contract extends Abi,
  Name extends ContractFunctionName<Contract, "nonpayable" | "payable">,
>({
  chain,
  from,
  address,
  abi,
  functionName,
  args,
  value = 0n,
  gas = GAS,
}: Call<Contract, Name>): Promise<TransactionReceipt> {
  const account = privateKeyToAccount(from.privateKey);
  const data = encodeFunctionData({ abi, functionName, args } as unknown as EncodeFunctionDataParameters);
  const request = { account, to: address, data, value, gas } as const;
  // A revert is told by the call: a mined failure has no reason.
  await chain.client.call(request);
  const hash = await chain.client.sendTransaction({ ...request, chain: null });
  const receipt = await chain.client.waitForTransactionReceipt({ hash });
  if (receipt.status !== "success") throw new Error(`${functionName} reverted after its call had not`);
  return receipt;
}

/** The name of the error that a call reverts with; undefined when it goes through, and then it has been sent. */
export async function refusalOf<
  const Contract extends Abi,
  Name extends ContractFunctionName<Contract, "nonpayable" | "payable">,
>(call: Call<Contract, Name>): Promise<string | undefined> {
  try {
    await send(call);
    return undefined;
  } catch (error) {
    return explain(error).name;
  }
}
