/** The stranger's DVN as a process: `node devnet/src/strangerDvn.ts --config <file>`. */

import { parseArgs } from "node:util";
import { createCommon } from "@weighlock/core/common.ts";
import { readConfig } from "@weighlock/core/config.ts";
import { createHttpServer } from "@weighlock/core/http.ts";
import { strangerDvnConfigSchema } from "./strangerDvn/config.ts";
import { createStrangerDvn } from "./strangerDvn/worker.ts";

const { values } = parseArgs({ options: { config: { type: "string" } } });
if (values.config === undefined) {
  console.error("usage: node devnet/src/strangerDvn.ts --config <file>");
  process.exit(2);
}

const config = readConfig({ schema: strangerDvnConfigSchema, file: values.config });
const common = createCommon({ service: "stranger-dvn", logLevel: config.logLevel });
try {
  const dvn = await createStrangerDvn({ common, config });
  const { url } = await createHttpServer({
    common,
    host: config.host,
    port: config.port,
    ready: dvn.notReady,
    routes: { "/pending": () => dvn.pending() },
  });
  common.logger.info({ url, chains: config.chains.map(({ name }) => name) }, "started");
  await dvn.run();
} catch (error) {
  common.logger.fatal({ err: error }, "stopped by an error");
  await common.shutdown.stop("error");
  process.exitCode = 1;
}
