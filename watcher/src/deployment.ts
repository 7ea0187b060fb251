/** What the watcher takes from the public deployment file: where each gateway is and which lanes there are. */

import { readConfig } from "@weighlock/core/config.ts";
import { FatalError } from "@weighlock/core/errors.ts";
import { type Address, getAddress, isAddress } from "viem";
import { z } from "zod";

const address = z
  .string()
  .refine((value) => isAddress(value, { strict: false }), "expected an address")
  .transform((value): Address => getAddress(value));

const Chain = z.object({
  name: z.string().min(1),
  role: z.enum(["hub", "vault"]),
  chainId: z.number().int().positive(),
  eid: z.number().int().min(1).max(0xffff_ffff),
  gateway: address,
  /** No log of this deployment is older. */
  deployBlock: z.number().int().min(0),
  paths: z.array(z.object({ name: z.string().min(1), address })),
});

const PublicDeployment = z.object({
  chains: z
    .array(Chain)
    .refine((chains) => chains.filter(({ role }) => role === "hub").length === 1, "expected exactly one hub")
    .refine((chains) => chains.some(({ role }) => role === "vault"), "expected at least one vault chain")
    .superRefine((chains, { addIssue }) => {
      for (const field of ["name", "eid", "chainId"] as const) {
        if (new Set(chains.map((chain) => chain[field])).size === chains.length) continue;
        addIssue({ code: "custom", message: `two chains share one ${field}` });
      }
    }),
});

export type WatchedChain = Readonly<Omit<z.output<typeof Chain>, "paths">> & {
  /** The WatcherPath whose `attest` takes the signatures: the verifying contract of lanes that end here. */
  watcherPath: Address;
};

/** An ordered pair; its log is written by `src`'s gateway and executed by `dst`'s. */
export type Lane = { name: string; src: WatchedChain; dst: WatchedChain };

/** `pathName` is the watchers' path in each chain's `paths`. Throws ConfigError, or FatalError without that path. */
export function readPublicDeployment({ file, pathName }: { file: string; pathName: string }): WatchedChain[] {
  return readConfig({ schema: PublicDeployment, file }).chains.map(({ paths, ...chain }) => {
    const path = paths.find(({ name }) => name === pathName);
    if (path) return { ...chain, watcherPath: path.address };
    throw new FatalError("A chain of the deployment has no path for watchers; correct `path` in the configuration.", {
      details: { chain: chain.name, path: pathName, known: paths.map(({ name }) => name) },
    });
  });
}

/** Both directions between the hub and each vault chain. */
export function lanesBetween(chains: readonly WatchedChain[]): Lane[] {
  const lane = (src: WatchedChain, dst: WatchedChain): Lane => ({ name: `${src.name}→${dst.name}`, src, dst });
  const hubs = chains.filter(({ role }) => role === "hub");
  const vaults = chains.filter(({ role }) => role === "vault");
  return hubs.flatMap((hub) => vaults.flatMap((vault) => [lane(vault, hub), lane(hub, vault)]));
}
