/** The configuration's lists of nodes for the chains of a deployment. */

import { configError } from "@weighlock/core/config.ts";
import type { PublicDeployment } from "@weighlock/core/deployment.ts";
import { z } from "zod";

export const url = z.string().refine((value) => URL.canParse(value), "expected a URL");

export const Sources = z.record(
  z.string(),
  z
    .array(url)
    .min(1, "expected at least one RPC URL")
    .refine((urls) => new Set(urls).size === urls.length, "the same URL twice is one source"),
);

/** Throws ConfigError unless exactly the deployment's chains have sources. */
export function checkSources({
  file,
  sources,
  deployment,
}: {
  file: string;
  sources: z.output<typeof Sources>;
  deployment: PublicDeployment;
}): void {
  const problems: Record<string, string> = {};
  for (const { name } of deployment.chains) if (!sources[name]) problems[`sources.${name}`] = "expected RPC URLs";
  for (const name of Object.keys(sources)) {
    if (!deployment.chains.some((chain) => chain.name === name)) {
      problems[`sources.${name}`] = "the deployment has no such chain";
    }
  }
  if (Object.keys(problems).length > 0) throw configError(file, problems);
}
