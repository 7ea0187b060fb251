/** How a vault is let take the depositor's token: an approval, a permit, or Permit2. */

import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import type { Chain } from "@weighlock/core/chains.ts";
import type { AssetDeployment, VaultDeployment } from "@weighlock/core/deployment.ts";
import type { Sender } from "@weighlock/core/sender.ts";
import { TransactionRevertedError } from "@weighlock/core/senderErrors.ts";
import { type Address, erc20Abi, type Hash, type Hex, type TransactionReceipt } from "viem";
import { PERMIT2_ALLOWANCE, signPermit, signPermit2 } from "./permits.ts";

export type AllowanceWay = "approve" | "permit" | "permit2";

export type AllowedDeposit = {
  client: Chain["client"];
  sender: Sender;
  privateKey: Hex;
  chain: VaultDeployment;
  asset: AssetDeployment & { token: Address };
  /** What is taken, local units. */
  amount: bigint;
  way: AllowanceWay;
  /** Owner, subaccount, refund address, and whether a contract holds its address on the hub. */
  account: readonly [Address, bigint, Address, boolean];
  onProgress: (step: string) => void;
  show: (units: bigint) => string;
};

/** One transaction where the vault may take the token already, or by a signature; two where it must be approved first. */
export async function sendDeposit(of: AllowedDeposit): Promise<{ receipt: TransactionReceipt; approveHash?: Hash }> {
  const { sender, chain, asset, amount, way, account, show, onProgress } = of;
  const vault = { address: chain.vault, abi: collateralVaultAbi, label: "deposit" } as const;
  const args = [asset.id, amount, ...account] as const;
  const step = () => onProgress(`depositing ${show(amount)} on ${chain.name}`);
  if (way === "permit2") {
    const approved = await approveIfNeeded(of, chain.permit2, PERMIT2_ALLOWANCE, "Permit2, once and for all");
    const permit = await signPermit2({ ...of, ...signed(of), permit2: chain.permit2 });
    step();
    const receipt = await sender.write({ ...vault, functionName: "depositWithPermit2", args: [...args, permit] });
    return { receipt, ...approved };
  }
  if (way === "permit" && (await allowanceOf(of, chain.vault)) < amount) {
    onProgress(`signing a permit of ${show(amount)} for the vault`);
    const permit = await signPermit({ ...of, ...signed(of) });
    step();
    return { receipt: await sender.write({ ...vault, functionName: "depositWithPermit", args: [...args, permit] }) };
  }
  const approved = await approveIfNeeded(of, chain.vault, amount, `${show(amount)} for the vault`);
  step();
  return { receipt: await sender.write({ ...vault, functionName: "deposit", args }), ...approved };
}

const signed = ({ chain, asset }: AllowedDeposit) => ({
  token: asset.token,
  symbol: asset.symbol,
  spender: chain.vault,
});

function allowanceOf({ client, sender, asset }: AllowedDeposit, spender: Address): Promise<bigint> {
  const args = [sender.address, spender] as const;
  return client.readContract({ address: asset.token, abi: erc20Abi, functionName: "allowance", args });
}

async function approveIfNeeded(
  of: AllowedDeposit,
  spender: Address,
  value: bigint,
  what: string,
): Promise<{ approveHash?: Hash }> {
  const { sender, asset, amount, onProgress } = of;
  const allowance = await allowanceOf(of, spender);
  if (allowance >= amount) return {};
  onProgress(`approving ${what}`);
  const set = (to: bigint) =>
    sender.write({
      ...{ address: asset.token, abi: erc20Abi, functionName: "approve", label: "approve" },
      args: [spender, to],
    });
  try {
    return { approveHash: (await set(value)).transactionHash };
  } catch (error) {
    // Some tokens refuse to change an allowance that is not zero.
    if (!(error instanceof TransactionRevertedError) || allowance === 0n) throw error;
    await set(0n);
    return { approveHash: (await set(value)).transactionHash };
  }
}
