/** D08: a large release that waits, or a fifth of its vault: somebody says that it is meant, or a guardian vetoes it. */

import { EntryKind, parseAccount } from "@weighlock/core/entry.ts";
import { Parked, Stage } from "@weighlock/core/waiting.ts";
import type { Found } from "../findings.ts";
import type { Reading } from "../reading.ts";
import type { Wording } from "../wording.ts";

/** Percent of what the vault's book holds. */
const SHARE_OF_VAULT = 20n;

export function largeReleases({ lanes, vaults }: Pick<Reading, "lanes" | "vaults">, wording: Wording): Found[] {
  return lanes.flatMap(({ src, dst, parked }) =>
    parked
      .filter(({ kind, terms }) => kind === EntryKind.Release && terms.stage !== Stage.Unbacked)
      .flatMap((release): Found[] => {
        const { index, asset, amount, reason, terms, words, payee } = release;
        const book = vaults.find((vault) => vault.chain === dst && vault.asset === asset);
        if (book === undefined) return [];
        const isLarge = reason === Parked.Large;
        const isShare = amount * 100n > (book.deposited - book.released) * SHARE_OF_VAULT;
        if (!isLarge && !isShare) return [];
        const { owner } = parseAccount(words.account);
        const what = `release ${index} of ${wording.amount(asset, amount)} from ${owner} to ${payee}`;
        const why = isLarge ? "is large and waits" : `is more than ${SHARE_OF_VAULT}% of the vault and waits`;
        return [
          {
            id: `large-release:${dst}:${index}`,
            level: "alert",
            kind: "large-release",
            chain: dst,
            lane: `${src}→${dst}`,
            asset: wording.asset(asset),
            text: `${dst}: ${what} ${why}; find out whether it is meant, or have a guardian stop it: weighlock guardian veto-release ${src}-${dst}:${index}`,
            evidence: { index, asset, amount, payee, owner, reason, terms, entry: words },
          },
        ];
      }),
  );
}
