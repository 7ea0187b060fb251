/** Asks every monitor for its facts, each on its own: one that is silent holds up no other. */

import { setTimeout as sleep } from "node:timers/promises";
import type { Common } from "@weighlock/core/common.ts";
import { messageOf } from "@weighlock/core/errors.ts";
import type { Attestation } from "../unknownCommitment.ts";
import { askFacts } from "./facts.ts";

export type MonitorState = { monitor: string; answeredAt?: Date; version?: number; failure?: string };
export type Monitors = { states(): readonly MonitorState[]; silent(): string[]; run(): Promise<void> };

/** Longer than a monitor waits before it says that nothing has changed. */
const WAIT_SECONDS = 10;
const ANSWER_MS = 15_000;
/** A monitor that always answers at once must not keep this process busy. */
const PAUSE_MS = 50;

export function createMonitors({
  common: { logger, metrics, shutdown },
  urls,
  silentMs,
  pollMs,
  onFacts,
}: {
  common: Common;
  urls: readonly string[];
  silentMs: number;
  pollMs: number;
  onFacts: (facts: readonly Attestation[], monitor: string) => void;
}): Monitors {
  const { signal } = shutdown;
  const startedAt = Date.now();
  const states = urls.map((monitor): MonitorState => ({ monitor }));
  const isSilent = ({ answeredAt }: MonitorState) => Date.now() - (answeredAt?.getTime() ?? startedAt) > silentMs;
  const silentGauge = metrics.gauge({
    name: "pauser_monitor_silent",
    help: "1 while a monitor does not answer.",
    labels: ["monitor"],
  });

  async function follow(state: MonitorState): Promise<void> {
    const { monitor } = state;
    while (!signal.aborted) {
      try {
        const { version, facts } = await askFacts({
          monitor,
          since: state.version,
          waitSeconds: WAIT_SECONDS,
          signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
        });
        if (state.failure !== undefined) logger.info({ monitor }, "the monitor answers again");
        state.answeredAt = new Date();
        state.version = version;
        delete state.failure;
        onFacts(facts, monitor);
      } catch (error) {
        if (signal.aborted) return;
        if (state.failure === undefined)
          logger.warn({ monitor, reason: messageOf(error) }, "a monitor does not answer");
        state.failure = messageOf(error);
        // It may be another process by now, which counts from the start.
        delete state.version;
      }
      silentGauge.set({ monitor }, isSilent(state) ? 1 : 0);
      const pause = state.failure === undefined ? PAUSE_MS : pollMs;
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  }

  return {
    states: () => states,
    silent: () =>
      states.flatMap((state) => {
        if (state.answeredAt === undefined) return [`${state.monitor}: has not answered yet`];
        return isSilent(state) ? [`${state.monitor}: silent since ${state.answeredAt.toISOString()}`] : [];
      }),
    run: async () => {
      await Promise.all(states.map(follow));
    },
  };
}
