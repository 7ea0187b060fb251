/** What guardian, council, pauser and monitors do, as the contracts make them do it: delays are waited for, not patched. */

import { accessManagerAbi } from "@weighlock/core/abi/accessManager.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { pauseControllerAbi } from "@weighlock/core/abi/pauseController.ts";
import { explain } from "@weighlock/core/explain.ts";
import type { LaneState, Reconciliation } from "@weighlock/core/reconciliation.ts";
import type { DevAccount } from "@weighlock/devnet/anvil.ts";
import {
  type AuthorityCall,
  asCouncil,
  asGuardian,
  executeAsCouncil,
  passTime,
  scheduleAsCouncil,
} from "@weighlock/devnet/weighlock/authority.ts";
import {
  type Abi,
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  concat,
  type EncodeFunctionDataParameters,
  encodeFunctionData,
  type Hex,
  type TransactionReceipt,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { type AttackNetwork, type Chain, send } from "./network.ts";

/** `types/Scope.sol`. */
export const Scope = { In: 0, Out: 1, Halt: 2, Asset: 3 } as const;

type RoleCall<Contract extends Abi, Name extends ContractFunctionName<Contract, "nonpayable">> = {
  chain: Chain;
  address: Address;
  abi: Contract;
  functionName: Name;
  args: ContractFunctionArgs<Contract, "nonpayable", Name>;
};

/** At once, by the guardian's Safe. */
export function guardianDoes<const Contract extends Abi, Name extends ContractFunctionName<Contract, "nonpayable">>(
  { deployment }: AttackNetwork,
  call: RoleCall<Contract, Name>,
): Promise<TransactionReceipt> {
  return asGuardian(toSafeCall(deployment, call));
}

/** By the council's Safe: at once where its role has no delay, otherwise after waiting it out. */
export function councilDoes<const Contract extends Abi, Name extends ContractFunctionName<Contract, "nonpayable">>(
  { deployment }: AttackNetwork,
  call: RoleCall<Contract, Name>,
): Promise<TransactionReceipt> {
  return asCouncil(toSafeCall(deployment, call));
}

/** What the council schedules, waits out and executes, unless a guardian reads it in time. */
export async function councilSchedules<
  const Contract extends Abi,
  Name extends ContractFunctionName<Contract, "nonpayable">,
>({ deployment }: AttackNetwork, call: RoleCall<Contract, Name>, meanwhile: () => Promise<unknown>): Promise<void> {
  const safeCall = toSafeCall(deployment, call);
  const { readyAt } = await scheduleAsCouncil(safeCall);
  await meanwhile();
  await passTime({ rpcUrl: call.chain.rpcUrl, until: readyAt });
  await executeAsCouncil(safeCall);
}

/** A guardian's no to what the council scheduled. */
export function guardianCancels<const Contract extends Abi, Name extends ContractFunctionName<Contract, "nonpayable">>(
  network: AttackNetwork,
  call: RoleCall<Contract, Name>,
): Promise<TransactionReceipt> {
  const { chain } = call;
  const { to, data } = toSafeCall(network.deployment, call);
  return guardianDoes(network, {
    chain,
    address: chain.accessManager,
    abi: accessManagerAbi,
    functionName: "cancel",
    args: [chain.council, to, data],
  });
}

/** The name of the error with which a role's call is refused; undefined when it went through. */
export async function refusalBy(act: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    return explain(error).name;
  }
}

function toSafeCall<const Contract extends Abi, Name extends ContractFunctionName<Contract, "nonpayable">>(
  { keys }: AttackNetwork["deployment"],
  { chain, address, abi, functionName, args }: RoleCall<Contract, Name>,
): AuthorityCall {
  const data = encodeFunctionData({ abi, functionName, args } as unknown as EncodeFunctionDataParameters);
  return { chain, keys, to: address, data };
}

export async function pass({ client }: Chain, seconds: bigint): Promise<void> {
  await client.increaseTime({ seconds: Number(seconds) });
  await client.mine({ blocks: 1 });
}

export function pauserDoes<const Contract extends Abi, Name extends ContractFunctionName<Contract, "nonpayable">>(
  { keys }: AttackNetwork,
  call: RoleCall<Contract, Name>,
): Promise<TransactionReceipt> {
  return send({ ...call, from: keys.pauser } as unknown as Parameters<typeof send>[0]);
}

/** What stands still on `dst`, of the lane from or to `src`. */
export type Stop = { dst: Chain; src: Chain; scope: number };

/**
 * What an honest monitor finds about one lane on `dst`, from both ends.
 * @throws RangeError where the executed head is no sealed head of the source: it would not sign.
 */
export async function reconcile(stop: Stop): Promise<Reconciliation> {
  const { dst, src } = stop;
  const found = await stateOf(stop);
  const [{ executed, executedHead }] = found.lanes as [LaneState];
  const sealed = await src.client.readContract({
    address: src.gateway,
    abi: gatewayAbi,
    functionName: "sealedHead",
    args: [dst.eid, executed],
  });
  if (sealed !== executedHead) {
    throw new RangeError(`${dst.name} has executed at ${executed} what ${src.name} never sealed`);
  }
  return found;
}

/** What is on chain, in order or not. */
export async function stateOf({ dst, src, scope }: Stop): Promise<Reconciliation> {
  const { client, gateway, pauseController } = dst;
  const app = dst.role === "hub" ? dst.clearingHouse : dst.vault;
  const [[executed, executedHead], [assets, amounts], stoppedAt, { timestamp }] = await Promise.all([
    client.readContract({ address: gateway, abi: gatewayAbi, functionName: "inbox", args: [src.eid] }),
    client.readContract({
      address: app,
      abi: collateralVaultAbi,
      functionName: "figures",
      args: [src.eid, scope === Scope.Out ? 1 : 0],
    }),
    client.readContract({
      address: pauseController,
      abi: pauseControllerAbi,
      functionName: "stoppedAt",
      args: [scope, src.eid],
    }),
    client.getBlock(),
  ]);
  const lanes = [{ eid: src.eid, executed, executedHead, assets, amounts }];
  return { scope, id: src.eid, stoppedAt, lanes, observedAt: timestamp };
}

/** By as many monitors as it takes, or by the keys named. */
export async function signReconciliation(
  network: AttackNetwork,
  { client, pauseController }: Chain,
  reconciliation: Reconciliation,
  signers: readonly DevAccount[] = network.keys.monitors.slice(0, 2),
): Promise<Hex> {
  const hash = await client.readContract({
    address: pauseController,
    abi: pauseControllerAbi,
    functionName: "digestOf",
    args: [reconciliation],
  });
  const inOrder = [...signers].sort((a, b) => (a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1));
  return concat(await Promise.all(inOrder.map(({ privateKey }) => privateKeyToAccount(privateKey).sign({ hash }))));
}

/** Proposal, delay, reconciliation by honest monitors, and the end of the stop. */
export async function resume(network: AttackNetwork, { dst, src, scope }: Stop): Promise<void> {
  const at = { chain: dst, address: dst.pauseController, abi: pauseControllerAbi } as const;
  await councilDoes(network, { ...at, functionName: "proposeResume", args: [scope, src.eid] });
  const delay = await dst.client.readContract({ ...at, functionName: "resumeDelay" });
  await pass(dst, delay);
  const found = await reconcile({ dst, src, scope });
  const signatures = await signReconciliation(network, dst, found);
  await councilDoes(network, { ...at, functionName: "resume", args: [scope, src.eid, found, signatures] });
}
