/** What the devnet's own tests share: temporary folders, and processes that must be gone at the end. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readProcessIdentity } from "./processIdentity.ts";

export type Cleanup = {
  /** Runs at the end, the last registered first. */
  add(close: () => unknown): void;
  run(): Promise<void>;
};

export function createCleanup(): Cleanup {
  const closers: (() => unknown)[] = [];
  return {
    add: (close) => {
      closers.push(close);
    },
    run: async () => {
      for (let close = closers.pop(); close !== undefined; close = closers.pop()) await close();
    },
  };
}

/** A new empty folder, removed by the cleanup. */
export async function temporaryFolder({ cleanup }: { cleanup: Cleanup }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "weighlock-devnet-"));
  cleanup.add(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function isRunning(pid: number): Promise<boolean> {
  return (await readProcessIdentity(pid)) !== undefined;
}
