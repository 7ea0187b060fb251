import { chainByName, hubOf, keyOf, type VaultDeployment } from "@weighlock/core/deployment.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { createTestClient, erc20Abi, http, maxUint256, pad, stringToHex } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseLane } from "./input.ts";
import { signPermit } from "./permits.ts";
import { type LocalNetwork, startLocalNetwork } from "./testing/localNetwork.ts";
import { runner, type Weighlock, writeDeployment } from "./testing/runner.ts";

const TIMEOUT = 60_000;
const cleanup = createCleanup();
let local: LocalNetwork;
let weighlock: Weighlock;
let alpha: VaultDeployment;

beforeAll(async () => {
  local = await startLocalNetwork({ cleanup });
  weighlock = runner(await writeDeployment({ cleanup, local }));
  alpha = chainByName(local.deployment, "alpha") as VaultDeployment;
}, 120_000);
afterAll(() => cleanup.run());

const trader = () => keyOf(local.deployment, "trader");
const token = () => alpha.assets.find(({ symbol }) => symbol === "USDC")?.token ?? "0x";
const deposit = (...more: string[]) =>
  weighlock("deposit", "--chain", "alpha", "--asset", "USDC", "--amount", "12.5", ...more);
async function allowance(spender: `0x${string}`): Promise<bigint> {
  const { client } = await local.network.connect(alpha);
  const args = [trader().address, spender] as const;
  return client.readContract({ address: token(), abi: erc20Abi, functionName: "allowance", args });
}
/** Transactions that the trader has sent on alpha. */
async function sent(): Promise<number> {
  const { client } = await local.network.connect(alpha);
  return client.getTransactionCount({ address: trader().address });
}

test(
  "with a permit a deposit is one transaction, and leaves no allowance",
  async () => {
    const before = await sent();
    const made = await deposit("--permit");
    expect(made).toMatchObject({ code: 0, stderr: "" });
    expect(made.stdout).toContain("signing a permit of 12.5 USDC for the vault");
    expect((await sent()) - before).toBe(1);
    expect(await allowance(alpha.vault)).toBe(0n);
  },
  TIMEOUT,
);

test(
  "with Permit2 only the first deposit approves, and each is credited",
  async () => {
    const before = await sent();
    expect((await deposit("--permit2")).stdout).toContain("approving Permit2, once and for all");
    expect((await sent()) - before).toBe(2);
    const second = await deposit("--permit2", "--json");
    expect(second.json).toMatchObject({ id: "alpha-hub:2", credited: "12500000" });
    expect(second.json.approveHash).toBeUndefined();
    expect((await sent()) - before).toBe(3);
    expect(await allowance(alpha.permit2)).toBe(maxUint256);
    expect(await allowance(alpha.vault)).toBe(0n);
    await local.carry(parseLane(local.deployment, "alpha-hub"));
    expect((await weighlock("accounts", trader().address)).stdout).toMatch(/ 0 +37\.5 +0/);
  },
  TIMEOUT,
);

test("both at once are refused", async () => {
  const both = await deposit("--permit", "--permit2");
  expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining("Give either --permit or --permit2") });
});

test(
  "a token without a permit, or with one of another form, is said to have none",
  async () => {
    const { client } = await local.network.connect(alpha);
    const of = { client, privateKey: trader().privateKey, symbol: "USDC", spender: alpha.vault, amount: 1n };
    await expect(signPermit({ ...of, token: alpha.gateway })).rejects.toThrow("USDC has no permit (EIP-2612) there");
    await expect(signPermit({ ...of, token: hubOf(local.deployment).clearingHouse })).rejects.toThrow("has no permit");

    // Its name no longer is the one in its domain: an OpenZeppelin ERC-20 keeps it in slot 3.
    const testClient = createTestClient({ mode: "anvil", transport: http(alpha.rpcUrl) });
    const value = `${pad(stringToHex("Other"), { dir: "right", size: 31 })}0a` as const;
    await testClient.setStorageAt({ address: token(), index: 3, value });
    const refused = await deposit("--permit");
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("permit is of an unknown form") });
  },
  TIMEOUT,
);
