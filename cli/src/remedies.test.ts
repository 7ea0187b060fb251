import type { LaneDeployment } from "@weighlock/core/deployment.ts";
import { zeroAddress, zeroHash } from "viem";
import { expect, test } from "vitest";
import { Held, Parked } from "./reasons.ts";
import { remediesOf } from "./remedies.ts";
import type { Waiting } from "./waiting.ts";

const lane = (src: string, dst: string) => ({ src: { name: src }, dst: { name: dst } }) as unknown as LaneDeployment;
const common = { index: 3n, entry: { word: 0n, account: zeroHash, party: zeroHash }, parkedAt: 1_000n, block: 1n };
const parked = (reason: number) =>
  ({
    ...{ ...common, type: "parked", lane: lane("hub", "beta"), reason, unlockAt: 2_000n },
    ...{ payee: zeroAddress, transactionHash: zeroHash },
  }) as Waiting;
const held = (reason: number) =>
  ({ ...common, type: "held", lane: lane("beta", "hub"), reason, transactionHash: zeroHash }) as Waiting;
const shown = (waiting: Waiting) =>
  remediesOf(waiting).map(({ command, who, from }) => [command, who, from && from.getTime() / 1000]);

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
  [held(Held.NotCreditable), []],
  [held(Held.AssetUnlisted), [settle, refund]],
  [held(Held.OwnerZero), [refund]],
  [held(Held.BookFull), []],
  [held(Held.Returned), [settle]],
])("case %#: what can be done, by whom and from when", (waiting, remedies) => {
  expect(shown(waiting)).toEqual(remedies);
});
