/** The production bytecode of LayerZero V2, from the npm packages that its source lives in. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Abi, Hex } from "viem";
import { z } from "zod";
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

const artifactSchema = z.object({
  abi: z.custom<Abi>(Array.isArray),
  bytecode: z.custom<Hex>((value) => typeof value === "string" && /^0x([0-9a-f]{2})+$/i.test(value), {
    message: "is not linked bytecode",
  }),
});

const require = createRequire(import.meta.url);
const read = new Map<LayerZeroContract, Artifact>();

/** An artifact, read once a process. */
export function layerZeroArtifact(name: LayerZeroContract): Artifact {
  const known = read.get(name);
  if (known !== undefined) return known;
  const artifact = { name, ...artifactSchema.parse(JSON.parse(readFileSync(require.resolve(FILES[name]), "utf8"))) };
  read.set(name, artifact);
  return artifact;
}
