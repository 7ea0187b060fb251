/**
 * Evidence between its fetching and its use, a file each: a full node forgets old state long before a slow chain is
 * final. A file that is lost or altered costs a new fetch, never a wrong signature.
 */

import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Lane } from "../lane/lanes.ts";
import { type Claim, Evidence } from "./evidence.ts";

export type EvidenceStore = {
  get(key: EvidenceKey): Promise<Evidence | undefined>;
  set(key: EvidenceKey, evidence: Evidence): Promise<void>;
  delete(key: EvidenceKey): Promise<void>;
};
export type EvidenceKey = { lane: Lane; claim: Claim; nonce: bigint };

export async function createEvidenceStore({ directory }: { directory: string }): Promise<EvidenceStore> {
  const folder = join(directory, "evidence");
  await mkdir(folder, { recursive: true });
  const fileOf = ({ lane, claim, nonce }: EvidenceKey) =>
    join(folder, `${lane.src.eid}-${lane.dst.eid}-${nonce}-${claim.count}-${claim.ackCount}.json`);
  return {
    async get(key) {
      const text = await readFile(fileOf(key), "utf8").catch(() => undefined);
      if (text === undefined) return undefined;
      try {
        return Evidence.parse(JSON.parse(text));
      } catch {
        return undefined;
      }
    },
    async set(key, evidence) {
      const file = fileOf(key);
      // Whole or not at all: a process may end while it writes.
      await writeFile(`${file}.part`, JSON.stringify(evidence));
      await rename(`${file}.part`, file);
    },
    delete: (key) => rm(fileOf(key), { force: true }),
  };
}
