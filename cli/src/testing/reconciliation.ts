/** What an honest monitor would sign of a lane that is stopped in on the hub. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { pauseControllerAbi } from "@weighlock/core/abi/pauseController.ts";
import { type ChainDeployment, hubOf } from "@weighlock/core/deployment.ts";
import { type Reconciliation, Scope } from "@weighlock/core/reconciliation.ts";
import type { Network } from "../network.ts";

export async function readReconciliation(network: Network, peer: ChainDeployment): Promise<Reconciliation> {
  const hub = hubOf(network.deployment);
  const { client } = await network.connect(hub);
  const [stoppedAt, [executed, executedHead], [assets, amounts], { timestamp }] = await Promise.all([
    client.readContract({
      ...{ address: hub.pauseController, abi: pauseControllerAbi, functionName: "stoppedAt" },
      args: [Scope.in, peer.eid],
    }),
    client.readContract({ address: hub.gateway, abi: gatewayAbi, functionName: "inbox", args: [peer.eid] }),
    client.readContract({
      ...{ address: hub.clearingHouse, abi: clearingHouseAbi, functionName: "figures" },
      args: [peer.eid, 0],
    }),
    client.getBlock(),
  ]);
  const lanes = [{ eid: peer.eid, executed, executedHead, assets, amounts }];
  return { scope: Scope.in, id: peer.eid, stoppedAt, lanes, observedAt: timestamp };
}
