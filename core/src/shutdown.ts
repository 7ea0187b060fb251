/** One ordered, bounded stop per process: what was started last is closed first. */

import type { Logger } from "./logger.ts";

export type Shutdown = {
  /** Aborted as the first thing of a stop: loops, waits and requests end on it. */
  signal: AbortSignal;
  /** Registers a closer; they run one after another, the last registered first. */
  onStop(name: string, close: () => unknown): void;
  /** Stops once; later calls return the same promise. `failed` names closers that threw or ran out of time. */
  stop(reason: string): Promise<{ failed: string[] }>;
};

/**
 * With `signals`, SIGTERM and SIGINT stop and then exit: 0 when everything closed, 1 otherwise; a second signal exits
 * at once. `timeoutMs` bounds the whole stop.
 */
export function createShutdown({
  logger,
  timeoutMs = 10_000,
  signals = true,
  exit = process.exit,
}: {
  logger: Logger;
  timeoutMs?: number;
  signals?: boolean;
  exit?: (code: number) => void;
}): Shutdown {
  const controller = new AbortController();
  const closers: { name: string; close: () => unknown }[] = [];
  let stopping: Promise<{ failed: string[] }> | undefined;

  async function run(reason: string): Promise<{ failed: string[] }> {
    logger.info({ reason }, "stopping");
    controller.abort(reason);
    const deadline = Date.now() + timeoutMs;
    const failed: string[] = [];
    for (let next = closers.pop(); next; next = closers.pop()) {
      const { name, close } = next;
      try {
        await withTimeout(close, Math.max(deadline - Date.now(), 1));
      } catch (error) {
        failed.push(name);
        logger.error({ err: error, closer: name }, "could not close");
      }
    }
    process.off("SIGTERM", onSignal);
    process.off("SIGINT", onSignal);
    logger.info({ failed }, "stopped");
    return { failed };
  }

  async function onSignal(name: NodeJS.Signals): Promise<void> {
    if (stopping) return exit(1);
    const { failed } = await shutdown.stop(name);
    exit(failed.length === 0 ? 0 : 1);
  }

  const shutdown: Shutdown = {
    signal: controller.signal,
    onStop: (name, close) => {
      closers.push({ name, close });
    },
    stop: (reason) => {
      stopping ??= run(reason);
      return stopping;
    },
  };
  if (signals) {
    process.on("SIGTERM", onSignal);
    process.on("SIGINT", onSignal);
  }
  return shutdown;
}

async function withTimeout(close: () => unknown, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not closed within ${ms} ms`)), ms);
  });
  try {
    await Promise.race([close(), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
