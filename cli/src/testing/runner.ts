/** Runs the command line inside the test's own process, against a local network. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Cleanup, temporaryFolder } from "@weighlock/devnet/testing.ts";
import { run } from "../program.ts";
import type { LocalNetwork } from "./localNetwork.ts";

export type Run = {
  code: number;
  stdout: string;
  stderr: string;
  /** With --json. */
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts what it holds.
  json: any;
};
export type Weighlock = (...argv: string[]) => Promise<Run>;

/** @returns its file. */
export async function writeDeployment({ cleanup, local }: { cleanup: Cleanup; local: LocalNetwork }): Promise<string> {
  const file = join(await temporaryFolder({ cleanup }), "devnet.json");
  const services = { redisUrl: "redis://127.0.0.1:1", apis: {} };
  writeFileSync(file, JSON.stringify({ ...local.deployment, ...services }));
  return file;
}

export function runner(file: string): Weighlock {
  return async (...argv) => {
    const out: string[] = [];
    const err: string[] = [];
    const streams = { stdout: (text: string) => out.push(text), stderr: (text: string) => err.push(text) };
    const code = await run([...argv, "--deployment", file], { streams, env: {} });
    const stdout = out.join("");
    return { code, stdout, stderr: err.join(""), json: argv.includes("--json") ? JSON.parse(stdout) : undefined };
  };
}
