/** EIP-1559 fees of a transaction that may have to be replaced. Wei. */

export type Fees = { maxFeePerGas: bigint; maxPriorityFeePerGas: bigint };

/** Twice the base fee outlasts six full blocks; what is not needed is not paid. */
export function withHeadroom({ maxFeePerGas, maxPriorityFeePerGas }: Fees): Fees {
  return { maxFeePerGas: maxFeePerGas * 2n, maxPriorityFeePerGas };
}

export function bounded(fees: Fees, caps: Fees): Fees {
  const least = (a: bigint, b: bigint) => (a < b ? a : b);
  const maxFeePerGas = least(fees.maxFeePerGas, caps.maxFeePerGas);
  // A tip above the whole fee is no valid transaction.
  const tip = least(fees.maxPriorityFeePerGas, caps.maxPriorityFeePerGas);
  return { maxFeePerGas, maxPriorityFeePerGas: least(tip, maxFeePerGas) };
}

/** Nodes replace a transaction only when both fees rise by at least 10%. */
export function replaces(fees: Fees, before: Fees): boolean {
  const isMore = (now: bigint, then: bigint) => now * 10n >= then * 11n && now > then;
  return (
    isMore(fees.maxFeePerGas, before.maxFeePerGas) && isMore(fees.maxPriorityFeePerGas, before.maxPriorityFeePerGas)
  );
}

/** Replacing needs at least 10% more of both fees; a quarter also outruns a rising base fee. */
export function raised(fees: Fees, current: Fees): Fees {
  const up = (before: bigint, now: bigint) => {
    const quarterMore = (before * 5n) / 4n + 1n;
    return quarterMore > now ? quarterMore : now;
  };
  return {
    maxFeePerGas: up(fees.maxFeePerGas, current.maxFeePerGas),
    maxPriorityFeePerGas: up(fees.maxPriorityFeePerGas, current.maxPriorityFeePerGas),
  };
}
