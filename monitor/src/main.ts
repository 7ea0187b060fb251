/**
 * `node monitor/src/main.ts --config <file>`: reads every chain and judges; at most it holds a key that signs
 * reconciliations. Exit 1 when it can't start.
 */

import { parseArgs } from "node:util";
import { createCommon } from "@weighlock/core/common.ts";
import { WeighlockError } from "@weighlock/core/errors.ts";
import { readSetup } from "./config.ts";
import { createMonitor } from "./monitor.ts";

try {
  const { values } = parseArgs({ options: { config: { type: "string" } } });
  if (values.config === undefined) {
    throw new WeighlockError("Say which configuration to use: node monitor/src/main.ts --config <file>");
  }
  const setup = readSetup({ file: values.config, env: process.env });
  const common = createCommon({ service: "monitor", logLevel: setup.settings.logLevel });
  await createMonitor({ common, setup });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
