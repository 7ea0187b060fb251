/** The verifier process of our DVN. */

import { runService } from "../process.ts";
import { readVerifierSetup } from "./config.ts";
import { createVerifier } from "./verifier.ts";

await runService({
  service: "verifier",
  usage:
    "node relayer/src/verifier/main.ts --config <file>   signs as our DVN; see relayer/src/verifier/config.example.json",
  read: readVerifierSetup,
  create: createVerifier,
});
