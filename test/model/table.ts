/** Amounts under keys of several parts; what was never written is zero. */

export type Key = string | number | bigint;

export type Table = {
  get(...key: readonly Key[]): bigint;
  set(value: bigint, ...key: readonly Key[]): void;
  add(value: bigint, ...key: readonly Key[]): void;
};

export function createTable(): Table {
  const values = new Map<string, bigint>();
  const nameOf = (key: readonly Key[]) => key.join(":");
  return {
    get: (...key) => values.get(nameOf(key)) ?? 0n,
    set: (value, ...key) => void values.set(nameOf(key), value),
    add: (value, ...key) => void values.set(nameOf(key), (values.get(nameOf(key)) ?? 0n) + value),
  };
}
