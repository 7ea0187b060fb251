import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import { EntryKind, packEntry } from "@weighlock/core/entry.ts";
import { createPaperDeployment } from "@weighlock/relayer/testing/deployment.ts";
import { encodeFunctionData, zeroHash } from "viem";
import { describe, expect, test } from "vitest";
import { createWording } from "../wording.ts";
import { differenceOf, privilegedActions } from "./privilegedAction.ts";

const asset = { id: 1, symbol: "USDC", token: null, decimals: 6, canonicalDecimals: 6 };
const chains = createPaperDeployment().chains.map((chain) => ({ ...chain, assets: [asset] }));
const wording = createWording({ chains });
const [hub] = chains as [ChainDeployment];
const WHO = `0x${"99".repeat(20)}` as const;
const eid = 40_702;

const find = (name: string, args: Record<string, unknown>, over: { at?: bigint; before?: object } = {}) => {
  const before = over.before as Record<string, unknown> | undefined;
  const action = {
    ...{ id: "0xabc:7", name, args, address: hub.gateway, transactionHash: zeroHash, block: 5n },
    ...(before && { before }),
  };
  const timed = { chain: hub, action, at: over.at ?? 1_000n, now: 1_100n };
  return privilegedActions([timed], { forSeconds: 100, wording });
};
const entry = packEntry({
  ...{ kind: EntryKind.Release, asset: 1, eid, ref: 0n, amount: 5_500_000n, spare: 0 },
  ...{ account: zeroHash, party: zeroHash },
});
const call = (functionName: "disablePath", args: readonly [number, number]) =>
  encodeFunctionData({ abi: gatewayAbi, functionName, args });

test.each<[string, Record<string, unknown>, RegExp]>([
  ["PathDisabled", { eid, path: 1 }, /path 1 of the lane with alpha is disabled/],
  ["PathAdded", { eid, path: 2, adapter: WHO, isNetwork: false }, /path 2 was added .* alpha: 0x99.*, watchers/],
  ["LaneClosed", { eid }, /closed the lane with alpha, for good/],
  ["HaltLifted", { eid, reason: 1 }, /halt of the lane with alpha for Contradiction was lifted/],
  ["QuarantineLifted", { srcEid: eid, path: 1, count: 7n }, /lifted the quarantine of what path 1 .* alpha at 7/],
  [
    "Stopped",
    { scope: 0, id: eid, by: WHO, until: (1n << 40n) - 1n },
    /0x99.* stopped what comes from alpha until the c/,
  ],
  ["Stopped", { scope: 3, id: 1, by: WHO, until: 86_400n }, /stopped USDC until 1970-01-02T00:00:00Z/],
  [
    "ResumeProposed",
    { scope: 2, id: eid, readyAt: 3_600n },
    /resume the halted lane from alpha from .*weighlock guardian veto-resume halt alpha --chain hub$/,
  ],
  ["ResumeVetoed", { scope: 1, id: eid, by: WHO }, /said no to resuming what goes to alpha/],
  ["Resumed", { scope: 0, id: eid }, /council resumed what comes from alpha/],
  ["KeySet", { who: WHO, key: 2 }, /0x99.* is a guardian in the pause controller/],
  ["KeySet", { who: WHO, key: 0 }, /is nobody any more/],
  ["ReleaseParked", { index: 9n, reason: 10, entry, payee: WHO }, /guardian vetoed release 9 of 5.5 USDC to 0x99/],
  ["ReleaseParked", { index: 9n, reason: 0, entry, payee: WHO }, /council cleared release 9 of 5.5 USDC/],
  ["ReleaseStruck", { index: 9n, entry }, /council struck release 9 of 5.5 USDC; it is paid to nobody/],
  ["RoleGranted", { roleId: 1n, account: WHO, delay: 60 }, /0x99.* has role 1, with a delay of 60 s/],
  ["RoleRevoked", { roleId: 1n, account: WHO }, /no longer has role 1/],
  [
    "OperationScheduled",
    { operationId: "0x77", caller: WHO, target: hub.gateway, data: call("disablePath", [eid, 1]), schedule: 3_600 },
    /scheduled disablePath\(40702, 1\) on the gateway, to be done from 1970-01-01T01:00:00Z on; .* guardian veto-operation 0x77 --chain hub$/,
  ],
  ["OperationScheduled", { caller: WHO, target: WHO, data: "0x1234", schedule: 0 }, /scheduled 0x1234 on 0x9999/],
  [
    "TargetFunctionRoleUpdated",
    { target: hub.gateway, selector: call("disablePath", [1, 1]).slice(0, 10), roleId: 2n },
    /disablePath of the gateway is for role 2/,
  ],
  ["Unheard", { of: 1n }, /Unheard .*1/],
])("%s is a sentence", (name, args, sentence) => {
  const [found] = find(name, args);
  expect(found).toMatchObject({ kind: "privileged-action", id: "privileged-action:hub:0xabc:7", chain: "hub" });
  expect(found?.text).toMatch(/^hub, 1970-01-01T00:16:40Z: /);
  expect(found?.text).toMatch(sentence);
});

test("rules are told by what changed", () => {
  const rules = { minWithdrawal: 5n, cap: 100n, limit: { capacity: 10n, refill: 1n, large: 5n, share: 80 } };
  const tighter = { ...rules, cap: 50n, limit: { ...rules.limit, share: 40 } };
  const [found] = find("LaneRulesSet", { eid, asset: 1, rules: tighter }, { before: { eid, asset: 1, rules } });
  expect(found?.text).toMatch(/rules of USDC from alpha were set: cap 100 → 50, limit.share 80 → 40$/);
});

test("it is an alert for as long as it is news", () => {
  expect(find("Resumed", { scope: 0, id: eid }, { at: 1_000n })).toHaveLength(1);
  expect(find("Resumed", { scope: 0, id: eid }, { at: 999n })).toEqual([]);
});

describe("differenceOf()", () => {
  test.each<[unknown, unknown, string]>([
    [undefined, { a: 1n, b: { c: 2n } }, "a 1, b.c 2"],
    [{ a: 1n }, { a: 1n }, "nothing changed"],
    [{ a: 1n }, { a: 2n, b: 3n }, "a 1 → 2, b 3"],
  ])("%#", (before, after, text) => {
    expect(differenceOf(before, after)).toBe(text);
  });
});
