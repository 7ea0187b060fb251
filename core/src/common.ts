/** What every component of a process is given: logger, metrics and the one shutdown. */

import { createLogger, type Logger, type LogLevel } from "./logger.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { createShutdown, type Shutdown } from "./shutdown.ts";

export type Common = { service: string; logger: Logger; metrics: Metrics; shutdown: Shutdown };

export function createCommon({
  service,
  logLevel = "info",
  signals = true,
  stopTimeoutMs = 10_000,
}: {
  service: string;
  logLevel?: LogLevel;
  /** Whether SIGTERM and SIGINT stop this process. */
  signals?: boolean;
  stopTimeoutMs?: number;
}): Common {
  const logger = createLogger({ service, level: logLevel });
  return {
    service,
    logger,
    metrics: createMetrics({ service }),
    shutdown: createShutdown({ logger, timeoutMs: stopTimeoutMs, signals }),
  };
}
