/** The least of some amounts, or `otherwise` of none. Math.min takes no bigints. */
export function leastOf(values: readonly bigint[], otherwise: bigint): bigint {
  let least: bigint | undefined;
  for (const value of values) if (least === undefined || value < least) least = value;
  return least ?? otherwise;
}
