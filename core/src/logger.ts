/** Structured logs: one JSON line each, bigints as decimal strings, secrets hidden. */

import { type DestinationStream, type Logger as PinoLogger, pino, stdTimeFunctions } from "pino";
import { hideSecrets, toPlain } from "./plain.ts";

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
/** Call as `logger.info({ lane, count, guid }, "sealed")`. */
export type Logger = PinoLogger;

export function createLogger({
  service,
  level = "info",
  destination,
}: {
  service: string;
  level?: LogLevel;
  /** stdout by default. */
  destination?: DestinationStream;
}): Logger {
  const options = {
    level,
    base: { service },
    timestamp: stdTimeFunctions.isoTime,
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (fields: object) => toPlain(fields) as Record<string, unknown>,
    },
    // The message passes no formatter, and may be that of an error.
    hooks: { streamWrite: hideSecrets },
    serializers: { err: (error: unknown) => toPlain(error) },
  };
  const logger = destination ? pino(options, destination) : pino(options);
  // pino gives a child's bindings to no formatter; children inherit this method.
  const { child } = logger;
  logger.child = function (this: Logger, bindings: object, childOptions?: object) {
    return child.call(this, toPlain(bindings) as Record<string, unknown>, childOptions);
  } as Logger["child"];
  return logger;
}
