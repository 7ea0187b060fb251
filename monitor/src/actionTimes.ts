/** When each privileged action was done, by its chain's clock. */

import type { Action } from "./actionLog.ts";
import type { TimedAction } from "./detectors/privilegedAction.ts";
import type { Pin } from "./pin.ts";

/** Action id → Unix seconds. It outlives one look. */
export type ActionTimes = Map<string, bigint>;

export async function timeActions({
  pin: { deployment: chain, client, blockNumber },
  actions,
  times,
}: {
  pin: Pin;
  actions: readonly Action[];
  times: ActionTimes;
}): Promise<TimedAction[]> {
  if (actions.length === 0) return [];
  const { timestamp: now } = await client.getBlock({ blockNumber });
  return Promise.all(
    actions.map(async (action): Promise<TimedAction> => {
      const at = times.get(action.id) ?? (await client.getBlock({ blockNumber: action.block })).timestamp;
      times.set(action.id, at);
      return { chain, action, at, now };
    }),
  );
}
