/** The stranger's DVN as one of the devnet's services. */

import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import { FatalError } from "@weighlock/core/errors.ts";
import type { ServiceSpec } from "../service.ts";
import type { Keys } from "../spec.ts";
import type { StrangerDvnConfigInput } from "./config.ts";

/** What the stranger needs to know of a chain: nothing of Weighlock. */
export type StrangerDvnSite = Pick<ChainDeployment, "name" | "chainId" | "eid" | "rpcUrl" | "deployBlock"> & {
  layerZero: Pick<ChainDeployment["layerZero"], "endpoint" | "sendUln" | "receiveUln" | "dvns">;
};

/** For `startService`. `settings` overrides what the configuration file says of polling, batches and logs. */
export function strangerDvnService({
  dvnName,
  keys,
  chains,
  cursorFile,
  settings = {},
}: {
  /** Which of each chain's DVNs is this operator's. */
  dvnName: string;
  keys: Pick<Keys, "strangerSigner" | "strangerAdmin">;
  chains: readonly StrangerDvnSite[];
  /** Where it keeps its position between runs. */
  cursorFile: string;
  settings?: Partial<StrangerDvnConfigInput>;
}): ServiceSpec {
  const config: StrangerDvnConfigInput = {
    signerKey: keys.strangerSigner.privateKey,
    adminKey: keys.strangerAdmin.privateKey,
    chains: chains.map((chain) => chainConfig({ chain, dvnName })),
    cursorFile,
    ...settings,
  };
  return { name: "stranger-dvn", main: "devnet/src/strangerDvn.ts", config };
}

function chainConfig({
  chain,
  dvnName,
}: {
  chain: StrangerDvnSite;
  dvnName: string;
}): StrangerDvnConfigInput["chains"][number] {
  const { name, chainId, eid, rpcUrl, deployBlock: fromBlock } = chain;
  const { endpoint, sendUln, receiveUln, dvns } = chain.layerZero;
  const dvn = dvns.find((each) => each.name === dvnName);
  if (dvn === undefined) throw new FatalError(`LayerZero on ${name} has no DVN called ${dvnName}.`);
  return { name, chainId, eid, rpcUrl, endpoint, sendUln, receiveUln, dvn: dvn.address, vid: dvn.vid, fromBlock };
}
