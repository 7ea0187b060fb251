/** A silent `common` that leaves the test process's signals alone. */

import { type Common, createCommon } from "../common.ts";

export function createTestCommon(service = "test"): Common {
  return createCommon({ service, logLevel: "silent", signals: false, stopTimeoutMs: 2_000 });
}
