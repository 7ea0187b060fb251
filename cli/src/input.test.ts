import { parseDeployment } from "@weighlock/core/deployment.ts";
import { expect, test } from "vitest";
import { UsageError } from "./errors.ts";
import {
  laneName,
  parseAddress,
  parseAsset,
  parseChain,
  parseDeadline,
  parseDuration,
  parseEntry,
  parseLane,
  parseNonce,
  parseSubaccount,
  parseSubject,
  parseVaultChain,
} from "./input.ts";

const address = `0x${"11".repeat(20)}`;
const chain = (name: string, eid: number) => ({
  name,
  chainId: eid,
  eid,
  rpcUrl: "http://127.0.0.1:1",
  gateway: address,
  paths: [],
  assets: [{ id: 1, symbol: "USDC", token: address, decimals: 18, canonicalDecimals: 6 }],
  accessManager: address,
  council: address,
  guardian: address,
  pauseController: address,
  tipJar: address,
  deployBlock: 0,
  layerZero: { endpoint: address, sendUln: address, receiveUln: address, executor: address, dvns: [] },
});
const deployment = parseDeployment({
  chains: [
    { ...chain("hub", 101), role: "hub", clearingHouse: address },
    { ...chain("alpha", 102), role: "vault", vault: address, permit2: address },
    { ...chain("op-beta", 103), role: "vault", vault: address, permit2: address },
  ],
  keys: [],
  redisUrl: "redis://127.0.0.1:1",
  apis: {},
});

test("chains, assets and lanes by what people type", () => {
  expect(parseChain(deployment, "Alpha").eid).toBe(102);
  expect(parseChain(deployment, "103").name).toBe("op-beta");
  expect(parseAsset(parseChain(deployment, "alpha"), "usdc").id).toBe(1);
  expect(parseAsset(parseChain(deployment, "alpha"), "1").symbol).toBe("USDC");
  for (const text of ["op-beta-hub", "op-beta→hub", "op-beta->hub", "op-beta>hub", "OP-BETA/hub"]) {
    expect(laneName(parseLane(deployment, text))).toBe("op-beta-hub");
  }
});

test("a subject is an entry or a transaction", () => {
  const entry = parseSubject(deployment, "hub-alpha:12");
  expect(entry).toMatchObject({ type: "entry", index: 12n });
  const hash = `0x${"AB".repeat(32)}`;
  expect(parseSubject(deployment, hash)).toEqual({ type: "transaction", hash: hash.toLowerCase() });
});

test("addresses and subaccounts", () => {
  const checksummed = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";
  expect(parseAddress(checksummed.toLowerCase(), "the owner")).toBe(checksummed);
  expect(parseSubaccount(undefined)).toBe(0n);
  expect(parseSubaccount(String((1n << 96n) - 1n))).toBe((1n << 96n) - 1n);
});

test("nonces and deadlines", () => {
  expect(parseNonce("0")).toBe(0n);
  expect(parseNonce("0xff")).toBe(255n);
  expect(parseNonce(String((1n << 256n) - 1n))).toBe((1n << 256n) - 1n);
  expect(parseDeadline("+60", 1_000n)).toBe(1_060n);
  expect(parseDeadline("2030-01-31T12:00Z", 1_000n)).toBe(1_896_091_200n);
});

test.each([
  [() => parseNonce("1.5"), "is not a nonce"],
  [() => parseNonce(String(1n << 256n)), "is not a nonce"],
  [() => parseDeadline("3600", 0n), "is not a deadline"],
  [() => parseDeadline("2030-13-31", 0n), "is not a deadline"],
  [() => parseDeadline("+0", 5n), "The deadline +0 has passed"],
  [() => parseDeadline("2001-01-01", 2_000_000_000n), "has passed"],
  [() => parseEntry(deployment, "alpha-hub"), "is not lane:index"],
  [() => parseChain(deployment, "gamma"), "this deployment has hub, alpha, op-beta"],
  [() => parseVaultChain(deployment, "hub"), "choose one of alpha, op-beta"],
  [() => parseAsset(parseChain(deployment, "alpha"), "DOGE"), "it has USDC"],
  [() => parseLane(deployment, "alpha-op-beta"), "alpha-hub, hub-alpha, op-beta-hub, hub-op-beta"],
  [() => parseSubject(deployment, "alpha-hub"), "is neither lane:index"],
  [() => parseSubject(deployment, "alpha-hub:-1"), "is neither lane:index"],
  [() => parseSubject(deployment, `alpha-hub:${1n << 64n}`), "below 2^64"],
  [() => parseSubject(deployment, "0x1234"), "is neither lane:index"],
  [() => parseAddress("0x12", "the owner"), "is not an address for the owner"],
  [() => parseAddress("0xD8dA6BF26964aF9D7eEd9e03E53415D37aA96045", "the owner"), "wrong checksum"],
  [() => parseAddress(`0x${"0".repeat(40)}`, "the recipient"), "The zero address can't be the recipient"],
  [() => parseSubaccount("-1"), "is not a subaccount"],
  [() => parseSubaccount(String(1n << 96n)), "is not a subaccount"],
])("bad input %# says what would do", (parse, sentence) => {
  expect(parse).toThrow(UsageError);
  expect(parse).toThrow(sentence);
});

test("parseDuration() takes times as people say them", () => {
  expect(["90s", "30m", "6h", "3d", " 1s "].map(parseDuration)).toEqual([90, 1_800, 21_600, 259_200, 1]);
  for (const text of ["", "6", "h", "0h", "-1h", "1.5h", "6 h", "6H", "1w", "99999999s"]) {
    expect(() => parseDuration(text), text).toThrow(UsageError);
  }
  expect(() => parseDuration("91d")).toThrow("is more than 90 days");
});
