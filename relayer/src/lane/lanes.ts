/** The lanes of a deployment, with the two paths that move each; adapters.ts follows them when others come. */

import {
  type ChainDeployment,
  lanesOf,
  type PathDeployment,
  type PublicDeployment,
} from "@weighlock/core/deployment.ts";
import { FatalError } from "@weighlock/core/errors.ts";
import { type Hex, pad } from "viem";

export type Lane = {
  /** "<source>→<destination>", in logs and metrics. */
  name: string;
  src: ChainDeployment;
  dst: ChainDeployment;
  layerZero: {
    src: PathDeployment;
    dst: PathDeployment;
    /** The two path addresses as LayerZero writes them. */
    sender: Hex;
    receiver: Hex;
  };
  /** The destination's WatcherPath. */
  watchers: PathDeployment;
};

/** Names of paths in the deployment; undefined takes the only one of its kind. */
export type PathNames = { layerZero?: string | undefined; watchers?: string | undefined };

export class PathMissingError extends FatalError {
  override name = "PathMissingError";
}

export function createLanes({ deployment, paths }: { deployment: PublicDeployment; paths: PathNames }): Lane[] {
  const network = (chain: ChainDeployment) => pick({ chain, isNetwork: true, name: paths.layerZero });
  return lanesOf(deployment).map(({ src, dst }) => ({
    name: `${src.name}→${dst.name}`,
    src,
    dst,
    layerZero: layerZeroOf({ src: network(src), dst: network(dst) }),
    watchers: pick({ chain: dst, isNetwork: false, name: paths.watchers }),
  }));
}

export function layerZeroOf({ src, dst }: { src: PathDeployment; dst: PathDeployment }): Lane["layerZero"] {
  const padded = ({ address }: PathDeployment) => pad(address, { size: 32 }).toLowerCase() as Hex;
  return { src, dst, sender: padded(src), receiver: padded(dst) };
}

/** Undefined when the deployment has no such lane, as when a job's coordinates are made up. */
export function findLane(
  lanes: readonly Lane[],
  { srcEid, dstEid }: { srcEid: number; dstEid: number },
): Lane | undefined {
  return lanes.find(({ src, dst }) => src.eid === srcEid && dst.eid === dstEid);
}

function pick({
  chain,
  isNetwork,
  name,
}: {
  chain: ChainDeployment;
  isNetwork: boolean;
  name: string | undefined;
}): PathDeployment {
  const found = chain.paths.filter(
    (path) => path.isNetwork === isNetwork && (name === undefined || path.name === name),
  );
  const [path] = found;
  if (path && found.length === 1) return path;
  throw new PathMissingError("The deployment does not name exactly one such path; set `paths` in the configuration.", {
    details: { chain: chain.name, isNetwork, name, known: chain.paths.map((each) => each.name) },
  });
}
