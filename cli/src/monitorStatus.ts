/** What the monitors and the pauser say: whether every unit is accounted for, and what is stopped. */

import { messageOf } from "@weighlock/core/errors.ts";
import { askStatus, MonitorStatus, PauserStatus } from "@weighlock/monitor/statusAnswer.ts";
import type { Api } from "./apis.ts";
import { OperationError } from "./errors.ts";

export type MonitorSaid = Api & {
  /** Why all is not well by this one, one sentence each. */
  reasons: readonly string[];
  /** Undefined where it does not answer. */
  status: MonitorStatus | undefined;
};

export type MonitorReport = {
  isWell: boolean;
  /** Why it is not, one sentence each. What not every monitor that answers says has the names of those that do. */
  reasons: readonly string[];
  monitors: readonly MonitorSaid[];
  /** Undefined where it does not answer. */
  pauser: PauserStatus | undefined;
};

/** Throws OperationError where no monitor answers. One that is silent, and a silent pauser, are reasons. */
export async function monitorStatus({
  monitors: apis,
  pauser,
}: {
  monitors: readonly Api[];
  pauser: string;
}): Promise<MonitorReport> {
  const failures = new Map<string, string>();
  const [monitors, guard] = await Promise.all([
    Promise.all(
      apis.map(async ({ name, url }): Promise<MonitorSaid> => {
        try {
          const status = await askStatus({ schema: MonitorStatus, url });
          return { name, url, reasons: reasonsOf(status), status };
        } catch (error) {
          failures.set(url, messageOf(error));
          return { name, url, reasons: [`it does not answer: ${messageOf(error)}`], status: undefined };
        }
      }),
    ),
    askStatus({ schema: PauserStatus, url: pauser }).catch((error: unknown) => messageOf(error)),
  ]);
  if (failures.size === monitors.length) {
    const who = monitors.length === 1 ? "The monitor does not answer" : "No monitor answers";
    throw new OperationError(`${who}; look at its log, or name another one with --monitor.`, {
      details: Object.fromEntries(failures),
    });
  }
  const reasons = [
    ...merged(monitors),
    ...(typeof guard === "string" ? [`the pauser does not answer: ${guard}`] : guard.obstacles),
    ...(typeof guard === "string" ? [] : unheardOf(guard)),
  ];
  const found = typeof guard === "string" ? undefined : guard;
  return { isWell: reasons.length === 0, reasons, monitors, pauser: found };
}

function reasonsOf({ facts, alerts, assets, chains, reading }: MonitorStatus): string[] {
  return [
    ...facts.map(({ text, lane }) => `fact: ${text}${lane === undefined ? "" : ` (${lane})`}`),
    ...alerts.map(({ text, lane }) => `alert: ${text}${lane === undefined ? "" : ` (${lane})`}`),
    ...assets.flatMap(({ symbol, residual }) => (residual === 0n ? [] : [`${symbol}: the residual is ${residual}`])),
    ...chains.flatMap(({ chain, sources }) =>
      sources.flatMap(({ source, failure }) =>
        failure === undefined ? [] : [`${chain}, source ${source}: ${failure}`],
      ),
    ),
    ...(reading === undefined ? ["the monitor has not read all chains yet"] : []),
  ];
}

/** Each once; where not all monitors that answer say so, who does. */
function merged(monitors: readonly MonitorSaid[]): string[] {
  const answering = monitors.filter(({ status }) => status !== undefined);
  const sayers = new Map<string, string[]>();
  for (const { name, reasons } of monitors) {
    for (const reason of reasons) sayers.set(reason, [...(sayers.get(reason) ?? []), name]);
  }
  return [...sayers].map(([reason, names]) =>
    answering.every(({ name }) => names.includes(name)) ? reason : `${names.join(", ")}: ${reason}`,
  );
}

/** A monitor that answers here and not there is none to the pauser. */
function unheardOf({ monitors }: PauserStatus): string[] {
  return monitors.flatMap(({ monitor, failure }) =>
    failure === undefined ? [] : [`the pauser does not hear the monitor at ${monitor}: ${failure}`],
  );
}
