/** `node monitor/src/pauser/main.ts --config <file>`: one key, which can only pause. Exit 1 when it can't start. */

import { parseArgs } from "node:util";
import { createCommon } from "@weighlock/core/common.ts";
import { WeighlockError } from "@weighlock/core/errors.ts";
import { readSetup } from "./config.ts";
import { createPauser } from "./pauser.ts";

try {
  const { values } = parseArgs({ options: { config: { type: "string" } } });
  if (values.config === undefined) {
    throw new WeighlockError("Say which configuration to use: node monitor/src/pauser/main.ts --config <file>");
  }
  const setup = readSetup({ file: values.config, env: process.env });
  const common = createCommon({ service: "pauser", logLevel: setup.settings.logLevel });
  await createPauser({ common, setup });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
