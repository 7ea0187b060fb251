import type { LaneDeployment } from "@weighlock/core/deployment.ts";
import { partyOf } from "@weighlock/core/entry.ts";
import type { Lock } from "@weighlock/core/lock.ts";
import { Held, NEVER, Parked, Stage } from "@weighlock/core/waiting.ts";
import { zeroAddress, zeroHash } from "viem";
import { expect, test } from "vitest";
import { lockWords } from "./lockWords.ts";
import { remediesOf } from "./remedies.ts";
import type { Waiting } from "./waiting.ts";

const lane = (src: string, dst: string) => ({ src: { name: src }, dst: { name: dst } }) as unknown as LaneDeployment;
const terms = { parkedAt: 1_000n, unlockAt: 2_000n, unlockBlock: 0n, stage: Stage.Arrived };
const common = { index: 3n, entry: { word: 0n, account: zeroHash, party: zeroHash }, terms, block: 1n };
const parked = (reason: number, change: Partial<typeof terms> = {}) =>
  ({
    ...{ ...common, type: "parked", lane: lane("hub", "beta"), reason, terms: { ...terms, ...change } },
    ...{ payee: zeroAddress, transactionHash: zeroHash },
  }) as Waiting;
const held = (reason: number) =>
  ({
    ...{ ...common, type: "held", lane: lane("beta", "hub"), reason, transactionHash: zeroHash },
    entry: { ...common.entry, party: partyOf("0x00000000000000000000000000000000000000aa") },
  }) as Waiting;
const open: Lock = {
  ...{ isOpen: true, isVetoed: false, halt: 0, pausedUntil: 0n, secondsLeft: 0n, blocksLeft: 0n },
  ...{ block: 50n, timestamp: 2_500n },
};
const locked: Lock = { ...open, isOpen: false, secondsLeft: 100n };
const shown = (waiting: Waiting, lock: Lock = open) =>
  remediesOf(waiting, lock).map(({ command, who, from }) => [command, who, from && from.getTime() / 1000]);

const retry = ["weighlock retry hub-beta:3", "anyone", undefined];
// Anyone may return a week after it unlocked, and refund a week after it was held.
const returns = [
  ["weighlock return hub-beta:3", "its payee or owner", undefined],
  ["weighlock return hub-beta:3", "anyone", 2_000 + 604_800],
];
const settle = ["weighlock settle beta-hub:3", "anyone", undefined];
const refund = ["weighlock settle beta-hub:3", "anyone", 1_000 + 604_800];

test.each([
  [parked(Parked.NotPayable), []],
  [parked(Parked.AssetUnlisted), [retry, ...returns]],
  [parked(Parked.RecipientInvalid), returns],
  [parked(Parked.BeyondBook), [retry, ...returns]],
  [parked(Parked.Refused), [retry, ...returns]],
  [parked(Parked.OverLimit), [retry, ...returns]],
  [held(Held.NotCreditable), []],
  [held(Held.AssetUnlisted), [settle, refund]],
  [held(Held.OwnerZero), [refund]],
  [held(Held.BookFull), []],
  [held(Held.Returned), [settle]],
  [held(Held.OverLimit), [settle]],
  [held(Held.OverExposure), [settle, refund]],
])("case %#: what can be done, by whom and from when", (waiting, remedies) => {
  expect(shown(waiting)).toEqual(remedies);
});

test("a release that came back and waits again has nobody to be refunded to", () => {
  const waiting = { ...held(Held.OverExposure), entry: common.entry } as Waiting;
  expect(shown(waiting)).toEqual([settle]);
});

test("what is locked is tried when it opens, and returned a week after", () => {
  const [later, , anyone] = shown(parked(Parked.OverLimit), locked);
  expect(later).toEqual(["weighlock retry hub-beta:3", "anyone", 2_600]);
  expect(anyone).toEqual(["weighlock return hub-beta:3", "anyone", 2_600 + 604_800]);
  expect(lockWords(locked)).toBe("waits until 1970-01-01T00:43:20.000Z");
});

test("a large one waits for a third path too", () => {
  const large = { ...locked, blocksLeft: 30n, quorum: 2n };
  expect(shown(parked(Parked.Large), large)[0]).toEqual(["weighlock vouch hub-beta", "anyone", undefined]);
  expect(lockWords(large)).toBe(
    "waits for the word of 3 paths (2 vouch now), or until 1970-01-01T00:43:20.000Z and block 80, 30 from now",
  );
});

test("a vetoed one is the council's, and its owner's to give back", () => {
  const vetoed = { ...locked, isVetoed: true };
  const commands = shown(parked(Parked.Vetoed, { unlockAt: NEVER }), vetoed).map(([command]) => command);
  expect(commands).toEqual([
    "weighlock council clear-release hub-beta:3",
    "weighlock council strike hub-beta:3",
    "weighlock return hub-beta:3",
  ]);
  expect(lockWords(vetoed)).toContain("a guardian vetoed it");
});

test("under a halt only a return is left, and under a pause the clock stands still", () => {
  const halted = { ...locked, halt: 1 };
  expect(shown(parked(Parked.OverLimit), halted).map(([command]) => command)).not.toContain(retry[0]);
  expect(shown(held(Held.OverLimit), halted)).toEqual([]);
  expect(lockWords(halted)).toMatch(/^its lane is halted \(two attestations contradict each other\)/);
  const paused = { ...locked, pausedUntil: 3_000n };
  expect(shown(parked(Parked.OverLimit), paused)[0]).toEqual(["weighlock retry hub-beta:3", "anyone", 3_100]);
  expect(lockWords({ ...locked, pausedUntil: (1n << 40n) - 1n })).toContain("paused until the council ends it");
});
