/** Values by eid, each with its block, in the order of the chain. */

type At<Value> = Value & { block: bigint };

export type BlockLists<Value extends object> = {
  add(eid: number, value: At<Value>): void;
  of(eid: number): At<Value>[];
  all(): At<Value>[];
  /** Everything after `block` is void. */
  takeBack(block: bigint): void;
};

export function createBlockLists<Value extends object>(): BlockLists<Value> {
  const lists = new Map<number, At<Value>[]>();
  return {
    add(eid, value) {
      const list = lists.get(eid);
      if (list) list.push(value);
      else lists.set(eid, [value]);
    },
    of: (eid) => lists.get(eid) ?? [],
    all: () => [...lists.values()].flat(),
    takeBack(block) {
      for (const list of lists.values()) {
        while ((list.at(-1)?.block ?? block) > block) list.pop();
      }
    },
  };
}
