import { EntryKind } from "@weighlock/core/entry.ts";
import { Parked, Stage } from "@weighlock/core/waiting.ts";
import { createPaperDeployment } from "@weighlock/relayer/testing/deployment.ts";
import { zeroHash } from "viem";
import { expect, test } from "vitest";
import type { LaneReading, VaultAssetReading, Waiting } from "../reading.ts";
import { createWording } from "../wording.ts";
import { largeReleases } from "./largeRelease.ts";

const wording = createWording(createPaperDeployment());
const payee = `0x${"77".repeat(20)}` as const;
const release = (amount: bigint, reason: number, stage: number = Stage.Waited): Waiting => ({
  ...{ index: 9n, kind: EntryKind.Release, asset: 1, amount, reason, payee },
  words: { word: 0n, account: `0x${"55".repeat(20)}${"00".repeat(12)}`, party: zeroHash },
  terms: { parkedAt: 1n, unlockAt: 2n, unlockBlock: 3n, stage },
});
const find = (parked: readonly Waiting[]) =>
  largeReleases(
    {
      lanes: [{ src: "hub", dst: "alpha", parked } as LaneReading],
      vaults: [{ chain: "alpha", asset: 1, deposited: 1_100n, released: 100n } as VaultAssetReading],
    },
    wording,
  );

test("a large release that waits is told with whose it is, to whom, and what stops it", () => {
  const [found] = find([release(150n, Parked.Large)]);
  expect(found).toMatchObject({ id: "large-release:alpha:9", kind: "large-release", lane: "hub→alpha" });
  expect(found?.text).toMatch(
    /release 9 of 150 .* from 0x5555.* to 0x7777.* is large .*: weighlock guardian veto-release hub-alpha:9$/,
  );
  expect(found?.evidence).toMatchObject({ terms: { unlockAt: 2n }, payee });
});

test("so is what is more than a fifth of the vault, whatever it waits for", () => {
  expect(find([release(201n, Parked.OverLimit, Stage.Drawn)])[0]?.text).toContain("more than 20% of the vault");
  expect(find([release(200n, Parked.OverLimit, Stage.Drawn)])).toEqual([]);
});

test("what is small, can't be paid anyway, or is no release is not", () => {
  expect(find([release(10n, Parked.Refused)])).toEqual([]);
  expect(find([release(900n, Parked.BeyondBook, Stage.Unbacked)])).toEqual([]);
  expect(find([{ ...release(900n, Parked.Large), kind: EntryKind.Checkpoint }])).toEqual([]);
});
