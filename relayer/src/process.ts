/** What both processes do around their service: read the command line, serve HTTP, run, and stop in order. */

import { parseArgs } from "node:util";
import { type Common, createCommon } from "@weighlock/core/common.ts";
import { messageOf, WeighlockError } from "@weighlock/core/errors.ts";
import { createHttpServer } from "@weighlock/core/http.ts";
import type { LogLevel } from "@weighlock/core/logger.ts";

type Settings = { host: string; port: number; logLevel: LogLevel };
export type Service = { notReady(): string[]; run(): Promise<void> };

/** Runs until it is told to stop; sets the exit code 1 when it could not start or had to give up. */
export async function runService<Setup extends { settings: Settings }>({
  service,
  usage,
  read,
  create,
}: {
  service: string;
  usage: string;
  read: (options: { file: string; env: NodeJS.ProcessEnv }) => Setup;
  create: (options: { common: Common; setup: Setup }) => Service | Promise<Service>;
}): Promise<void> {
  let setup: Setup;
  try {
    const { values } = parseArgs({ options: { config: { type: "string" }, help: { type: "boolean", short: "h" } } });
    if (values.help) {
      process.stdout.write(`${usage}\n`);
      return;
    }
    if (values.config === undefined) throw new WeighlockError(`--config is missing.\n${usage}`);
    setup = read({ file: values.config, env: process.env });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : messageOf(error)}\n`);
    process.exitCode = 1;
    return;
  }
  const { host, port, logLevel } = setup.settings;
  const common = createCommon({ service, logLevel });
  const { logger, shutdown } = common;
  try {
    const running = await create({ common, setup });
    const http = await createHttpServer({ common, host, port, ready: () => running.notReady() });
    logger.info({ url: http.url }, "listening");
    await running.run();
  } catch (error) {
    if (shutdown.signal.aborted) return;
    logger.fatal({ err: error }, "gave up");
    process.exitCode = 1;
    await shutdown.stop("gave up");
  }
}
