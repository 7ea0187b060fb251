/** The network that attacks run on. */

import { type LimitSpec, NETWORK, type NetworkSpec } from "@weighlock/devnet/spec.ts";

/** As wide as a limit can be: classes that are not about limits meet none, so that another defence can't hide theirs. */
const NO_LIMIT: LimitSpec = { capacity: 10n ** 24n, refill: 10n ** 18n, large: 10n ** 24n, share: 100 };

export const WIDE: NetworkSpec = {
  ...NETWORK,
  assets: NETWORK.assets.map((asset) => ({
    ...asset,
    vaultLimit: NO_LIMIT,
    laneLimit: NO_LIMIT,
    cap: 10n ** 30n,
  })),
};
