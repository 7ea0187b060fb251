/** The configuration's lists of nodes for the chains of a deployment. */

import { z } from "zod";
import { configError } from "./config.ts";
import type { Logger } from "./logger.ts";

export const url = z.string().refine((value) => URL.canParse(value), "expected a URL");

/** RPC URLs by chain name, in one spelling, so that a node named twice is seen. */
export const Sources = z.record(
  z.string(),
  z
    .array(url.transform(normalised))
    .min(1, "expected at least one RPC URL")
    .refine((urls) => new Set(urls).size === urls.length, "the same URL twice is one source"),
);
export type Sources = z.output<typeof Sources>;

/** Whether one source per chain is enough to sign: for local networks alone, where one node is all there is. */
export const AllowSingleSource = z.union([z.boolean(), z.stringbool()]).default(false);

/** Throws ConfigError unless exactly the deployment's chains have sources, and each at least `least`. */
export function checkSources({
  file,
  sources,
  chains,
  least = 1,
}: {
  file: string;
  sources: Sources;
  chains: readonly { name: string }[];
  least?: number;
}): void {
  const problems: Record<string, string> = {};
  for (const { name } of chains) {
    const count = sources[name]?.length ?? 0;
    if (count === 0) problems[`sources.${name}`] = "expected RPC URLs";
    else if (count < least) {
      problems[`sources.${name}`] =
        `expected at least ${least} different RPC URLs; for a local network, set allowSingleSource`;
    }
  }
  for (const name of Object.keys(sources)) {
    if (!chains.some((chain) => chain.name === name)) problems[`sources.${name}`] = "the deployment has no such chain";
  }
  if (Object.keys(problems).length > 0) throw configError(file, problems);
}

/** As `checkSources`, for who signs: two per chain, or a warning that names the chains where one decides alone. */
export function checkSigningSources({
  allowSingleSource,
  logger,
  ...checked
}: {
  file: string;
  sources: Sources;
  chains: readonly { name: string }[];
  allowSingleSource: boolean;
  logger: Logger;
}): void {
  checkSources({ ...checked, least: allowSingleSource ? 1 : 2 });
  const single = checked.chains.flatMap(({ name }) => (checked.sources[name]?.length === 1 ? [name] : []));
  if (single.length === 0) return;
  logger.warn({ chains: single }, "one source decides alone what is signed; use this on local networks only");
}

function normalised(text: string): string {
  const parsed = new URL(text);
  // Never sent, so it would tell apart what is one node.
  parsed.hash = "";
  return parsed.href;
}
