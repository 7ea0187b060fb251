/** What can't be paid or credited at once, and how each of it ends. */

import { layout } from "@weighlock/core/abi/layout.ts";
import { chainByName, hubOf, keyOf } from "@weighlock/core/deployment.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { concat, createTestClient, type Hex, http, keccak256, publicActions } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseLane } from "./input.ts";
import { type LocalNetwork, startLocalNetwork } from "./testing/localNetwork.ts";
import { runner, type Weighlock, writeDeployment } from "./testing/runner.ts";

const cleanup = createCleanup();
let local: LocalNetwork;
let weighlock: Weighlock;

beforeAll(async () => {
  local = await startLocalNetwork({ cleanup });
  weighlock = runner(await writeDeployment({ cleanup, local }));
  await weighlock("deposit", "--chain", "beta", "--asset", "USDC", "--amount", "100");
  await carry("beta-hub");
}, 120_000);
afterAll(() => cleanup.run());

const carry = (name: string) => local.carry(parseLane(local.deployment, name));
const testClient = (name: string) =>
  createTestClient({ mode: "anvil", transport: http(chainByName(local.deployment, name).rpcUrl) }).extend(
    publicActions,
  );

/** While `action` runs, whatever asks beta's USDC is refused. */
async function whileTokenRefuses(action: () => Promise<unknown>): Promise<void> {
  const address = chainByName(local.deployment, "beta").assets.find(({ symbol }) => symbol === "USDC")?.token ?? "0x";
  const client = testClient("beta");
  const code = await client.getCode({ address });
  await client.setCode({ address, bytecode: "0x60006000fd" });
  await action();
  await client.setCode({ address, bytecode: code ?? "0x" });
}

/** As if the hub had not listed the asset for beta. @returns what lists it again. */
async function unlist(asset: bigint): Promise<() => Promise<void>> {
  const { clearingHouse: address } = hubOf(local.deployment);
  const client = testClient("hub");
  const word = (value: bigint | number): Hex => `0x${value.toString(16).padStart(64, "0")}`;
  const at = (key: bigint | number, slot: Hex) => keccak256(concat([word(key), slot]));
  const { _laneAsset, _eidsOf } = layout.ClearingHouse.variables;
  const listing = at(asset, at(chainByName(local.deployment, "beta").eid, word(_laneAsset.slot)));
  const eids = at(asset, word(_eidsOf.slot));
  const read = async (slot: Hex) => BigInt((await client.getStorageAt({ address, slot })) ?? 0n);
  const write = (index: Hex, value: bigint) => client.setStorageAt({ address, index, value: word(value) });
  // The word's low half is what is in suspense.
  const setMinimum = async (minimum: bigint) =>
    write(listing, (minimum << 128n) | ((await read(listing)) & ((1n << 128n) - 1n)));
  const before = { minimum: (await read(listing)) >> 128n, eids: await read(eids) };
  await setMinimum(0n);
  await write(eids, 0n);
  return async () => {
    await setMinimum(before.minimum);
    await write(eids, before.eids);
  };
}

async function park(): Promise<string> {
  const { json } = await weighlock("withdraw", "--to", "beta", "--asset", "USDC", "--amount", "5", "--json");
  await whileTokenRefuses(() => carry("hub-beta"));
  return json.id;
}

test("a parked release is listed with what ends it, refused while its reason lasts, and paid by anyone's retry", async () => {
  const id = await park();
  const { stdout } = await weighlock("parked");
  expect(stdout).toMatch(new RegExp(`${id} {2}Release of 5 USDC {2}account 0x.* is parked since 20`));
  expect(stdout).toContain("why: the token refused the payment");
  expect(stdout).toContain(`weighlock retry ${id}  pays it, once the reason is gone; by anyone`);
  expect(stdout).toMatch(new RegExp(`weighlock return ${id} .*; by anyone from 20`));

  await whileTokenRefuses(async () => {
    const refused = await weighlock("retry", id, "--key-role", "trader-2");
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain("can't be paid: the token refused it.");
  });
  const retried = await weighlock("retry", id, "--key-role", "trader-2", "--json");
  expect(retried).toMatchObject({ code: 0, json: { type: "paid", id } });
  const { settlement } = (await weighlock("status", id, "--json")).json;
  expect(settlement).toMatchObject({
    ...{ stage: "paid", isDone: true, waitsFor: [] },
    outcome: { transactionHash: retried.json.transactionHash },
  });
  expect((await weighlock("parked", "--json")).json.parked).toEqual([]);
  const again = await weighlock("retry", id);
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining(`${id} is neither parked nor held`) });
}, 90_000);

test("a parked release is given back by its owner and settled by anyone", async () => {
  const id = await park();
  const stranger = await weighlock("return", id, "--key-role", "trader-2");
  expect(stranger).toMatchObject({ code: 1, stderr: expect.stringMatching(/^Until 20.* only its payee or its owner/) });

  const returned = await weighlock("return", id, "--json");
  expect(returned).toMatchObject({ code: 0, json: { type: "returned", id, as: "beta-hub:1" } });
  const { settlement } = (await weighlock("status", id, "--json")).json;
  expect(settlement).toMatchObject({ stage: "returned", isDone: false, outcome: { as: "beta-hub:1" } });
  expect(settlement.waitsFor[0]).toContain("weighlock status beta-hub:1");

  await carry("beta-hub");
  const held = (await weighlock("status", "beta-hub:1")).stdout;
  expect(held).toMatch(/held .* its release was given back and waits to be settled/);
  expect(held).toContain("waits: weighlock settle beta-hub:1");
  const { json } = await weighlock("parked", "--account", keyOf(local.deployment, "trader").address, "--json");
  expect(json.parked).toMatchObject([{ id: "beta-hub:1", type: "held", kind: "Returned", quantity: "5" }]);
  const others = await weighlock("parked", "--account", keyOf(local.deployment, "trader-2").address);
  expect(others.stdout).toBe("Nothing is parked or held.\n");

  const settled = await weighlock("settle", "beta-hub:1", "--key-role", "trader-2");
  expect(settled).toMatchObject({ code: 0, stderr: "" });
  expect(settled.stdout).toContain(`the account of ${id} is credited again`);
  expect((await weighlock("status", "beta-hub:1")).stdout).toContain(`settled`);
  expect((await weighlock("status", id, "--json")).json.settlement).toMatchObject({ isDone: true, waitsFor: [] });
  const account = await weighlock("status", "--account", keyOf(local.deployment, "trader").address);
  expect(account.stdout).toMatch(/USDC +95/);
}, 90_000);

test("a deposit of an unlisted asset is credited once it is listed, or refunded after a week", async () => {
  const deposit = (amount: string) => weighlock("deposit", "--chain", "beta", "--asset", "WETH", "--amount", amount);
  const list = await unlist(2n);
  await deposit("1");
  await deposit("2");
  await carry("beta-hub");
  const [first, second] = (await weighlock("parked", "--json")).json.parked;
  expect(first).toMatchObject({ id: "beta-hub:2", type: "held", reason: "its asset is not listed for the lane" });
  const account = await weighlock("status", "--account", keyOf(local.deployment, "trader").address);
  expect(account.stdout).toMatch(/beta-hub:2 {2}Deposit of 1 WETH .* is held/);
  const early = await weighlock("settle", second.id);
  expect(early).toMatchObject({ code: 1, stderr: expect.stringContaining("can be refunded from 20") });

  await list();
  expect((await weighlock("settle", first.id, "--json")).json).toMatchObject({ type: "credited", id: first.id });
  expect((await weighlock("status", first.id, "--json")).json.settlement).toMatchObject({ stage: "credited" });

  const listAgain = await unlist(2n);
  for (const { name } of local.deployment.chains) {
    await testClient(name).increaseTime({ seconds: 604_801 });
    await testClient(name).mine({ blocks: 1 });
  }
  const refunded = await weighlock("settle", second.id, "--json");
  expect(refunded.json).toMatchObject({ type: "refunded", id: second.id });
  expect((await weighlock("status", second.id)).stdout).toMatch(new RegExp(`refunded .* as ${refunded.json.as}`));
  await listAgain();
  await carry("hub-beta");
  expect((await weighlock("status", refunded.json.as)).stdout).toContain("is paid");
}, 90_000);

test.each([
  [["retry", "beta-hub:0"], 2, "goes to the hub, where nothing is parked"],
  [["return", "beta-hub:0"], 2, "goes to the hub, where nothing is parked"],
  [["settle", "hub-beta:0"], 2, "goes to a vault, which parks"],
  [["settle", "beta-hub:0"], 1, "beta-hub:0 is neither parked nor held"],
  [["settle", "beta-hub:99"], 1, "beta-hub:99 is neither parked nor held"],
  [["retry", "12"], 2, '"12" is not lane:index'],
  [["retry", "hub-gamma:1"], 2, 'There is no lane "hub-gamma"'],
  [["parked", "--account", "me"], 2, '"me" is not an address for the account'],
])("%j exits %i with a sentence", async (argv, code, sentence) => {
  expect(await weighlock(...argv)).toMatchObject({ code, stderr: expect.stringContaining(sentence) });
});
