/** What people with keys do on a devnet: the guardian at once, the council after its delay, which no test waits for. */

import { accessManagerAbi } from "@weighlock/core/abi/accessManager.ts";
import { createChain } from "@weighlock/core/chains.ts";
import type { Common } from "@weighlock/core/common.ts";
import { type ChainDeployment, type Deployment, keyOf } from "@weighlock/core/deployment.ts";
import { createSender, type Sender } from "@weighlock/core/sender.ts";
import { type Abi, type Address, createTestClient, encodeFunctionData, type Hex, http } from "viem";

export type Call = { chain: ChainDeployment; to: Address; abi: Abi; functionName: string; args: readonly unknown[] };

export type Offices = {
  /** Does it at once, or throws the contract's refusal. Returns the block. */
  act(role: string, call: Call): Promise<bigint>;
  /** Has the council schedule calls that have a delay; `act` does them once it is over. */
  schedule(call: Call): Promise<void>;
  /** On every chain, by as much. */
  passTime(seconds: number): Promise<void>;
};

export function createOffices({ common, deployment }: { common: Common; deployment: Deployment }): Offices {
  const senders = new Map<string, Promise<Sender>>();
  const senderOf = (role: string, chain: ChainDeployment): Promise<Sender> => {
    const key = `${role} ${chain.name}`;
    const { privateKey } = keyOf(deployment, role);
    const sender = senders.get(key) ?? createChain(chain).then((on) => createSender({ common, chain: on, privateKey }));
    senders.set(key, sender);
    return sender;
  };
  const dataOf = ({ abi, functionName, args }: Call): Hex => encodeFunctionData({ abi, functionName, args });

  return {
    async act(role, call) {
      const sender = await senderOf(role, call.chain);
      const { blockNumber } = await sender.send({ to: call.to, data: dataOf(call), label: call.functionName });
      return blockNumber;
    },
    async schedule(call) {
      const sender = await senderOf("council", call.chain);
      await sender.write({
        address: call.chain.accessManager,
        abi: accessManagerAbi,
        functionName: "schedule",
        args: [call.to, dataOf(call), 0],
      });
    },
    async passTime(seconds) {
      await Promise.all(
        deployment.chains.map(({ rpcUrl }) =>
          createTestClient({ mode: "anvil", transport: http(rpcUrl) }).increaseTime({ seconds }),
        ),
      );
    },
  };
}
