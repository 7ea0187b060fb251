import { accessManagerAbi } from "@weighlock/core/abi/accessManager.ts";
import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import { EntryKind, packEntry } from "@weighlock/core/entry.ts";
import { createPaperDeployment } from "@weighlock/relayer/testing/deployment.ts";
import {
  type Abi,
  type AbiEvent,
  type Address,
  encodeAbiParameters,
  encodeEventTopics,
  type Hex,
  type Log,
  zeroHash,
} from "viem";
import { expect, test } from "vitest";
import { createActionLog } from "./actionLog.ts";

const [hub, alpha] = createPaperDeployment().chains as [
  ChainDeployment & { role: "hub" },
  ChainDeployment & { role: "vault" },
];
const WHO = `0x${"99".repeat(20)}` as const;

function logOf(abi: Abi, address: Address, block: number, eventName: string, args: Record<string, unknown>) {
  const event = abi.find((item) => item.type === "event" && item.name === eventName) as AbiEvent;
  const plain = event.inputs.filter(({ indexed }) => !indexed);
  return {
    address,
    topics: encodeEventTopics({ abi: [event], eventName, args } as never) as [Hex, ...Hex[]],
    data: encodeAbiParameters(plain, plain.map(({ name = "" }) => args[name]) as never),
    blockNumber: BigInt(block),
    transactionHash: zeroHash,
    logIndex: block,
  } as unknown as Log<bigint, number, false>;
}
const disabled = (block: number, path: number, address: Address = hub.gateway) =>
  logOf(gatewayAbi, address, block, "PathDisabled", { eid: alpha.eid, path });
const handedOver = (block: number) =>
  logOf(accessManagerAbi, hub.accessManager, block, "RoleRevoked", { roleId: 0n, account: WHO });

test("what a deployer set up before it gave its power away is no action of anybody's", () => {
  const log = createActionLog({ deployment: hub });
  log.hear(disabled(1, 0));
  // A deployer that keeps its power is told of.
  expect(log.actions(9n)).toHaveLength(1);
  log.hear(handedOver(2));
  log.hear(disabled(3, 1));
  expect(log.actions(9n)).toMatchObject([{ name: "PathDisabled", args: { path: 1 }, id: `${zeroHash}:3`, block: 3n }]);
  expect(log.actions(2n)).toEqual([]);
  log.takeBack(2n);
  expect(log.actions(9n)).toEqual([]);
});

test("the same event of another contract says nothing", () => {
  const log = createActionLog({ deployment: hub });
  log.hear(disabled(1, 0, WHO));
  expect(log.actions(9n)).toEqual([]);
});

test("rules come with what they were, of that asset", () => {
  const log = createActionLog({ deployment: alpha });
  const limit = { capacity: 10n, refill: 1n, large: 5n, share: 25 };
  const set = (block: number, asset: number, pushGas: number) =>
    logOf(collateralVaultAbi, alpha.vault, block, "AssetRulesSet", {
      asset,
      rules: { minDeposit: 1n, pushGas, limit },
    });
  for (const each of [set(1, 1, 60_000), set(2, 2, 50_000), set(3, 1, 40_000)]) log.hear(each);
  const [first, second, third] = log.actions(9n);
  expect([first?.before, second?.before]).toEqual([undefined, undefined]);
  expect(third?.before).toMatchObject({ asset: 1, rules: { pushGas: 60_000 } });
});

test("what is final and over is forgotten, and rules are still compared with what they were", () => {
  const log = createActionLog({ deployment: hub });
  const set = (block: number, minWithdrawal: bigint) =>
    logOf(clearingHouseAbi, hub.clearingHouse, block, "LaneRulesSet", {
      ...{ eid: alpha.eid, asset: 1 },
      rules: { minWithdrawal, cap: 9n, limit: { capacity: 10n, refill: 1n, large: 5n, share: 25 } },
    });
  const paths = () => log.actions(9n).map(({ args }) => args.path);
  log.hear(set(1, 1n));
  log.hear(handedOver(2));
  for (const block of [3, 4, 5]) log.hear(disabled(block, block));
  log.forget({ final: 1n, isOver: () => true });
  // The hand-over itself may still be taken back, so what was before it is kept.
  expect(paths()).toEqual([3, 4, 5]);
  log.forget({ final: 4n, isOver: ({ args }) => args.path === 3 || args.path === 5 });
  expect(paths()).toEqual([4, 5]);
  log.takeBack(4n);
  log.forget({ final: 4n, isOver: () => true });
  expect(log.actions(9n)).toEqual([]);
  log.hear(set(6, 2n));
  expect(log.actions(9n)).toMatchObject([{ block: 6n, before: { rules: { minWithdrawal: 1n } } }]);
});

test("a deployer that keeps its power is forgotten like anybody", () => {
  const log = createActionLog({ deployment: hub });
  log.hear(disabled(1, 0));
  log.hear(disabled(2, 1));
  log.forget({ final: 2n, isOver: ({ block }) => block === 1n });
  expect(log.actions(9n)).toMatchObject([{ block: 2n }]);
});

test("of parks only a veto, and what clears it, are anybody's decision", () => {
  const log = createActionLog({ deployment: alpha });
  const entry = packEntry({
    ...{ kind: EntryKind.Release, asset: 1, eid: alpha.eid, ref: 0n, amount: 5n, spare: 0 },
    ...{ account: zeroHash, party: zeroHash },
  });
  const terms = { parkedAt: 1n, unlockAt: 2n, unlockBlock: 0n, stage: 1 };
  for (const reason of [0, 5, 6, 10]) {
    const args = { srcEid: hub.eid, index: 0n, reason, entry, terms, payee: WHO };
    log.hear(logOf(collateralVaultAbi, alpha.vault, reason + 1, "ReleaseParked", args));
  }
  expect(log.actions(99n).map(({ args }) => args.reason)).toEqual([0, 10]);
});
