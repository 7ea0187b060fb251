/** What the monitor and the pauser say: whether every unit is accounted for, and what is stopped. */

import { readJsonObject } from "@weighlock/core/config.ts";
import { messageOf } from "@weighlock/core/errors.ts";
import { askStatus, MonitorStatus, PauserStatus } from "@weighlock/monitor/statusAnswer.ts";
import { OperationError, UsageError } from "./errors.ts";

export type MonitorReport = {
  isWell: boolean;
  /** Why it is not, one sentence each. */
  reasons: readonly string[];
  monitor: MonitorStatus;
  /** Undefined where it does not answer. */
  pauser: PauserStatus | undefined;
};

/** Where a deployment's services listen; throws UsageError where the file does not say and `given` does not either. */
export function apiOf({ file, name, given }: { file: string; name: string; given: string | undefined }): string {
  if (given !== undefined) {
    if (URL.canParse(given)) return given;
    throw new UsageError(`"${given}" is no URL; give the ${name}'s, as in http://127.0.0.1:8801`);
  }
  const { apis } = readJsonObject(file);
  const url = typeof apis === "object" && apis !== null ? (apis as Record<string, unknown>)[name] : undefined;
  if (typeof url === "string" && URL.canParse(url)) return url;
  throw new UsageError(`${file} names no ${name}; give its URL with --${name}`);
}

/** Throws OperationError where the monitor does not answer. A silent pauser is a reason. */
export async function monitorStatus({ monitor, pauser }: { monitor: string; pauser: string }): Promise<MonitorReport> {
  const [seen, guard] = await Promise.allSettled([
    askStatus({ schema: MonitorStatus, url: monitor }),
    askStatus({ schema: PauserStatus, url: pauser }),
  ]);
  if (seen.status === "rejected") {
    throw new OperationError("The monitor does not answer; look at its log, or name another one with --monitor.", {
      details: { url: monitor, reason: messageOf(seen.reason) },
      cause: seen.reason,
    });
  }
  const { facts, alerts, assets, chains, reading } = seen.value;
  const reasons = [
    ...facts.map(({ text, lane }) => `fact: ${text}${lane === undefined ? "" : ` (${lane})`}`),
    ...alerts.map(({ text, lane }) => `alert: ${text}${lane === undefined ? "" : ` (${lane})`}`),
    ...assets.flatMap(({ symbol, residual }) => (residual === 0n ? [] : [`${symbol}: the residual is ${residual}`])),
    ...chains.flatMap(({ chain, sources }) =>
      sources.flatMap(({ source, failure }) =>
        failure === undefined ? [] : [`${chain}, source ${source}: ${failure}`],
      ),
    ),
    ...(reading === undefined ? ["the monitor has not read all chains yet"] : []),
    ...(guard.status === "rejected"
      ? [`the pauser does not answer: ${messageOf(guard.reason)}`]
      : guard.value.obstacles),
  ];
  const found = guard.status === "fulfilled" ? guard.value : undefined;
  return { isWell: reasons.length === 0, reasons, monitor: seen.value, pauser: found };
}
