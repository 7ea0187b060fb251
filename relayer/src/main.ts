/** The dispatcher and executor process. */

import { readRelayerSetup } from "./config.ts";
import { runService } from "./process.ts";
import { createRelayer } from "./relayer.ts";

await runService({
  service: "relayer",
  usage: "node relayer/src/main.ts --config <file>   dispatches, commits and executes; see relayer/config.example.json",
  read: readRelayerSetup,
  create: createRelayer,
});
