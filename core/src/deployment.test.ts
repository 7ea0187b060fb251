import type { Address } from "viem";
import { expect, test } from "vitest";
import { ConfigError } from "./config.ts";
import {
  chainByEid,
  chainByName,
  hubOf,
  keyOf,
  lanesOf,
  NotDeployedError,
  parseDeployment,
  vaultsOf,
} from "./deployment.ts";

const address = (digit: number): Address => `0x${String(digit).repeat(40)}`;
const chain = (name: string, chainId: number, eid: number) => ({
  name,
  chainId,
  eid,
  rpcUrl: "http://127.0.0.1:8545",
  gateway: address(1),
  paths: [{ name: "layerzero", address: address(2), index: 0, isNetwork: true }],
  assets: [{ id: 1, symbol: "USDC", token: address(3), decimals: 6, canonicalDecimals: 6 }],
  accessManager: address(4),
  pauseController: address(4),
  council: address(4),
  guardian: address(4),
  tipJar: address(4),
  deployBlock: 1,
  layerZero: { endpoint: address(5), sendUln: address(6), receiveUln: address(7), executor: address(8), dvns: [] },
});
const good = () => ({
  chains: [
    { ...chain("hub", 1, 101), role: "hub", clearingHouse: address(9) },
    { ...chain("north", 2, 102), role: "vault", vault: address(9), permit2: address(9) },
    { ...chain("south", 3, 103), role: "vault", vault: address(9), permit2: address(9) },
  ],
  keys: [{ role: "deployer", address: address(1), privateKey: `0x${"ab".repeat(32)}` }],
  redisUrl: "redis://127.0.0.1:6379",
  apis: { monitor: "http://127.0.0.1:1" },
});

test("helpers find what is there", () => {
  const deployment = parseDeployment(good());
  expect(hubOf(deployment).name).toBe("hub");
  expect(vaultsOf(deployment).map(({ name }) => name)).toEqual(["north", "south"]);
  expect(chainByEid(deployment, 103)).toBe(chainByName(deployment, "south"));
  expect(keyOf(deployment, "deployer").address).toBe(address(1));
  expect(lanesOf(deployment).map(({ src, dst }) => `${src.name}→${dst.name}`)).toEqual([
    "north→hub",
    "hub→north",
    "south→hub",
    "hub→south",
  ]);
});

test("what is not there is named, with what is", () => {
  expect(() => chainByName(parseDeployment(good()), "west")).toThrow(NotDeployedError);
  expect(() => keyOf(parseDeployment(good()), "pauser")).toThrow('known: ["deployer"]');
});

test("a bad file gives every bad key at once and no private key", () => {
  const bad = good();
  const [hub] = bad.chains;
  if (hub) Object.assign(hub, { gateway: "0x12", eid: 0 });
  try {
    parseDeployment({ ...bad, redisUrl: 3 });
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    expect(Object.keys((error as ConfigError).details).sort()).toEqual([
      "chains.0.eid",
      "chains.0.gateway",
      "redisUrl",
    ]);
  }
  expect(JSON.stringify(parseDeployment(good()))).not.toContain("abab");
});

test("two hubs, or one eid twice, are refused", () => {
  const { chains, ...rest } = good();
  expect(() => parseDeployment({ ...rest, chains: [chains[0], chains[0]] })).toThrow(ConfigError);
});
