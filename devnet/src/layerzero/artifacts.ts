/** The production bytecode of LayerZero V2, from the npm packages that its source lives in. */

import { packagedArtifact } from "../packagedArtifact.ts";
import type { Artifact } from "../transactor.ts";

const PROTOCOL = "@layerzerolabs/lz-evm-protocol-v2/artifacts/contracts";
const MESSAGELIB = "@layerzerolabs/lz-evm-messagelib-v2/artifacts/contracts";

const FILES = {
  EndpointV2: `${PROTOCOL}/EndpointV2.sol/EndpointV2.json`,
  SendUln302: `${MESSAGELIB}/uln/uln302/SendUln302.sol/SendUln302.json`,
  ReceiveUln302: `${MESSAGELIB}/uln/uln302/ReceiveUln302.sol/ReceiveUln302.json`,
  Treasury: `${MESSAGELIB}/Treasury.sol/Treasury.json`,
  PriceFeed: `${MESSAGELIB}/PriceFeed.sol/PriceFeed.json`,
  Executor: `${MESSAGELIB}/Executor.sol/Executor.json`,
  ExecutorFeeLib: `${MESSAGELIB}/ExecutorFeeLib.sol/ExecutorFeeLib.json`,
  DVNFeeLib: `${MESSAGELIB}/uln/dvn/DVNFeeLib.sol/DVNFeeLib.json`,
  DVN: `${MESSAGELIB}/uln/dvn/DVN.sol/DVN.json`,
} as const;

export type LayerZeroContract = keyof typeof FILES;

export function layerZeroArtifact(name: LayerZeroContract): Artifact {
  return packagedArtifact({ name, file: FILES[name] });
}
