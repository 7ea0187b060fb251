/** A listed token that turns hostile: other code at its address, with the balances and allowances that are there. */

import { assetById, type VaultDeployment } from "@weighlock/core/deployment.ts";
import type { Artifact } from "@weighlock/devnet/transactor.ts";
import { type Address, encodeDeployData } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { harness } from "./artifacts.ts";
import { USDC } from "./holdings.ts";
import type { AttackNetwork, Chain } from "./network.ts";

/** As in test/contracts/mocks/Tokens.sol. */
export const Mood = {
  Honest: 0,
  TakesFee: 1,
  ReturnsFalse: 2,
  Reverts: 4,
  BurnsGas: 5,
  ReturnBomb: 6,
  RevertBomb: 7,
  MovesNothing: 9,
} as const;

export type HostileToken = { chain: Chain; from: AttackNetwork["keys"]["operator"]; address: Address } & Pick<
  Artifact,
  "abi"
>;

/** A token whose manners change, in place of the vault's. */
export function fickleToken(network: AttackNetwork, vault: Chain<VaultDeployment>): Promise<HostileToken> {
  const { decimals } = assetById(vault, USDC);
  return replaceToken({ network, vault, artifact: harness("FickleToken", "Tokens"), args: ["USDC", decimals] });
}

export async function replaceToken({
  network,
  vault,
  artifact,
  args,
}: {
  network: AttackNetwork;
  vault: Chain<VaultDeployment>;
  artifact: Artifact;
  args: readonly unknown[];
}): Promise<HostileToken> {
  const { token } = assetById(vault, USDC);
  if (!token) throw new RangeError(`${vault.name} has no token of asset ${USDC}`);
  await putCode({ network, chain: vault, address: token, artifact, args });
  return { chain: vault, from: network.keys.operator, address: token, abi: artifact.abi };
}

/** The contract's code at any address, as its constructor leaves it; its storage is what is there. */
export async function putCode({
  network,
  chain,
  address,
  artifact: { name, abi, bytecode },
  args = [],
}: {
  network: AttackNetwork;
  chain: Chain;
  address: Address;
  artifact: Artifact;
  args?: readonly unknown[];
}): Promise<void> {
  const { client } = chain;
  const account = privateKeyToAccount(network.keys.operator.privateKey);
  const hash = await client.sendTransaction({
    account,
    chain: null,
    data: encodeDeployData({ abi, bytecode, args }),
    gas: 10_000_000n,
  });
  const { contractAddress } = await client.waitForTransactionReceipt({ hash });
  const code = contractAddress ? await client.getCode({ address: contractAddress }) : undefined;
  if (code === undefined) throw new Error(`${name} was not deployed`);
  await client.setCode({ address, bytecode: code });
}
