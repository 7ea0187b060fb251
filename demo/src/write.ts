/** A run's figures, where a script looks for them. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** @returns its path. */
export async function writeReport({
  dir,
  name,
  report,
}: {
  dir: string;
  name: string;
  report: object;
}): Promise<string> {
  const file = join(dir, name);
  await mkdir(dir, { recursive: true });
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
  return file;
}
