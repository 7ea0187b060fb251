import { devnetTokenAbi } from "@weighlock/core/abi/devnetToken.ts";
import { chainByName, keyOf } from "@weighlock/core/deployment.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { createTestClient, encodeAbiParameters, type Hex, http, keccak256 } from "viem";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { parseLane } from "./input.ts";
import { type LocalNetwork, startLocalNetwork } from "./testing/localNetwork.ts";
import { runner, type Weighlock, writeDeployment } from "./testing/runner.ts";

const cleanup = createCleanup();
let local: LocalNetwork;
let weighlock: Weighlock;

beforeAll(async () => {
  local = await startLocalNetwork({ cleanup });
  weighlock = runner(await writeDeployment({ cleanup, local }));
}, 120_000);
afterAll(() => cleanup.run());

const lane = (name: string) => parseLane(local.deployment, name);

const carry = (name: string) => local.carry(lane(name));

test("a deposit is followed from its post to its credit", async () => {
  const made = await weighlock("deposit", "--chain", "beta", "--asset", "usdc", "--amount", "12.5000004", "--json");
  expect(made).toMatchObject({ code: 0, json: { id: "beta-hub:0", credited: "12500000", left: "400000000000" } });

  const posted = await weighlock("status", "beta-hub:0");
  expect(posted.stdout).toContain("beta-hub:0  Deposit of 12.5 USDC");
  expect(posted.stdout).toContain("waits: a seal");

  await local.dispatch(lane("beta-hub"));
  const dispatched = await weighlock("status", "beta-hub:0", "--json");
  expect(dispatched.json.settlement).toMatchObject({
    stage: "dispatched",
    sealed: { count: "1" },
  });
  expect(dispatched.json.settlement.waitsFor).toHaveLength(2);

  await local.attest(lane("beta-hub"), 1);
  const half = await weighlock("status", "beta-hub:0");
  expect(half.stdout).toContain("attested watcher");
  expect(half.stdout).toMatch(/waits: layerzero: /);

  await local.attest(lane("beta-hub"), 0);
  expect((await weighlock("status", "beta-hub:0")).stdout).toContain("waits: execution: anyone may execute");
  await local.execute(lane("beta-hub"));

  const { settlement } = (await weighlock("status", "beta-hub:0", "--json")).json;
  expect(settlement).toMatchObject({ stage: "credited", isDone: true, waitsFor: [], quantity: "12.5" });
  expect(settlement.executed.paths).toEqual(["layerzero", "watcher"]);
  const lines = (await weighlock("status", "beta-hub:0")).stdout
    .split("\n")
    .map((line) => line.trim().split(/ {2,}/)[0]);
  expect(lines.slice(1, -1)).toEqual(
    ["posted", "sealed", "dispatched layerzero", "attested watcher", "attested layerzero", "executed", "credited"].sort(
      (a, b) => lines.indexOf(a) - lines.indexOf(b),
    ),
  );
  const byHash = await weighlock("status", made.json.transactionHash);
  expect(byHash.stdout).toContain("mined on beta");
  expect(byHash.stdout).toContain("is credited");
  const byExecution = await weighlock("status", settlement.executed.transactionHash);
  expect(byExecution.stdout).toContain("executed beta-hub up to count 1 on layerzero and watcher");
}, 60_000);

test("a withdrawal that the vault can't back says what is where; one that it can is paid with --wait", async () => {
  await weighlock("deposit", "--chain", "alpha", "--asset", "USDC", "--amount", "3");
  await carry("alpha-hub");
  const refused = await weighlock("withdraw", "--to", "alpha", "--asset", "USDC", "--amount", "5");
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(
    "The vault on alpha backs less than 5 USDC; available are 3 USDC on alpha, 12.5 USDC on beta",
  );

  const recipient = "0x00000000000000000000000000000000000a11ce";
  const waiting = weighlock(
    ...["withdraw", "--to", "beta", "--asset", "USDC", "--amount", "5", "--recipient", recipient, "--wait"],
  );
  await vi.waitFor(async () => {
    expect((await weighlock("status", "--lane", "hub-beta", "--json")).json.total).toBe("1");
  }, 10_000);
  await carry("hub-beta");
  const paid = await waiting;
  expect(paid).toMatchObject({ code: 0, stderr: "" });
  for (const step of [
    "authorised as hub-beta:0",
    "sealed",
    "attested layerzero",
    "executed",
    "hub-beta:0: 5 USDC paid",
  ]) {
    expect(paid.stdout).toContain(step);
  }
  const beta = chainByName(local.deployment, "beta");
  const { client } = await local.network.connect(beta);
  const token = beta.assets[0]?.token ?? "0x";
  const args = [recipient] as const;
  expect(await client.readContract({ address: token, abi: devnetTokenAbi, functionName: "balanceOf", args })).toBe(
    5_000_000_000_000_000_000n,
  );
}, 60_000);

test("the overview's residuals are zero with entries in flight, and one unit when one unit is missing", async () => {
  await weighlock("deposit", "--chain", "alpha", "--asset", "WETH", "--amount", "0.5");
  const read = async () => (await weighlock("status", "--json")).json.overview;
  const overview = await read();
  const weth = overview.books.find(({ chain, asset }: Record<string, string>) => chain === "alpha" && asset === "WETH");
  expect(weth).toMatchObject({ deposited: "500000000", depositsInFlight: "500000000", credited: "0", residual: "0" });
  for (const each of [...overview.books, ...overview.assets]) expect(each.residual).toBe("0");
  for (const { headsEqual, halt } of overview.lanes) expect([headsEqual, halt]).toEqual([true, ""]);
  expect((await weighlock("status")).stdout).toMatch(/lane +posted +sealed +dispatched +attested layerzero/);

  const hub = chainByName(local.deployment, "hub");
  if (hub.role !== "hub") throw new Error("no hub");
  const client = createTestClient({ mode: "anvil", transport: http(hub.rpcUrl) });
  const { layout } = await import("@weighlock/core/abi/layout.ts");
  const slot = keccak256(
    encodeAbiParameters(
      [{ type: "uint256" }, { type: "uint256" }],
      [2n, BigInt(layout.ClearingHouse.variables.totalLedger.slot)],
    ),
  );
  await client.setStorageAt({ address: hub.clearingHouse, index: slot, value: `0x${"1".padStart(64, "0")}` as Hex });
  const corrupted = await read();
  expect(corrupted.assets.find(({ asset }: Record<string, string>) => asset === "WETH").residual).toBe("-1");
  await client.setStorageAt({ address: hub.clearingHouse, index: slot, value: `0x${"0".repeat(64)}` as Hex });
}, 60_000);

test("a release that can't be paid is parked, with its reason, and leaves no residual", async () => {
  const beta = chainByName(local.deployment, "beta");
  if (beta.role !== "vault") throw new Error("beta has no vault");
  // Paying itself moves nothing, which is not the amount that was asked.
  const argv = ["withdraw", "--to", "beta", "--asset", "USDC", "--amount", "1", "--recipient", beta.vault, "--wait"];
  const waiting = weighlock(...argv);
  await vi.waitFor(async () => {
    expect((await weighlock("status", "--lane", "hub-beta", "--json")).json.total).toBe("1");
  }, 10_000);
  await carry("hub-beta");
  const parked = await waiting;
  expect(parked.code).toBe(1);
  expect(parked.stdout).toMatch(/hub-beta:1: 1 USDC parked after .*\n {2}waits: weighlock retry hub-beta:1: pays it/);
  const { stdout } = await weighlock("status", "hub-beta:1");
  expect(stdout).toContain("is parked");
  expect(stdout).toMatch(/parked .* the token refused the payment/);
  expect(stdout).toContain("waits: weighlock retry hub-beta:1: pays it, once the reason is gone; by anyone");
  const { overview } = (await weighlock("status", "--json")).json;
  expect(overview.books.find(({ chain }: Record<string, string>) => chain === "beta")).toMatchObject({
    releasesParked: "1000000",
    residual: "0",
  });
}, 60_000);

test("an account has its balances and its settlements", async () => {
  const { address } = keyOf(local.deployment, "trader");
  const { stdout, code } = await weighlock("status", "--account", address, "--limit", "1");
  expect(code).toBe(0);
  expect(stdout).toMatch(/USDC +9\.5/);
  expect(stdout).toContain("alpha-hub:1");
  expect(stdout).toContain("and 2 more (--limit)");
}, 60_000);

test.each([
  [["status", "alpha-hub:99"], 1, "Lane alpha-hub has no entry 99: its entries are 0 to 1"],
  [["status", `0x${"12".repeat(32)}`], 1, "No chain of this deployment has mined"],
  [["deposit", "--chain", "alpha", "--asset", "USDC", "--amount", "0.001"], 1, "is at least 0.01 USDC"],
  [["deposit", "--chain", "alpha", "--asset", "USDC", "--amount", "99999999"], 1, "lower the amount or top it up"],
  [["withdraw", "--to", "alpha", "--asset", "USDC", "--amount", "99999"], 1, "withdraw less, or wait"],
  [["withdraw", "--to", "alpha", "--asset", "USDC", "--amount", "0.001"], 1, "is at least 0.01 USDC"],
  [["deposit", "--chain", "alpha", "--asset", "USDC", "--amount", "1", "--key-role", "nobody"], 2, 'no key "nobody"'],
  [["status", "--lane", "alpha-beta"], 2, 'There is no lane "alpha-beta"'],
  [["status", "alpha-hub:0", "--lane", "alpha-hub"], 2, "Ask for one thing"],
])(
  "%j exits %i with a sentence",
  async (argv, code, sentence) => {
    const found = await weighlock(...argv);
    expect(found).toMatchObject({ code, stdout: expect.any(String) });
    expect(found.stderr).toContain(sentence);
    const asJson = await weighlock(...argv, "--json");
    expect(asJson.json.error.message).toContain(sentence);
  },
  30_000,
);

test("a wait that takes too long says what it waits for", async () => {
  const found = await weighlock(
    ...["deposit", "--chain", "alpha", "--asset", "USDC", "--amount", "1", "--wait", "--timeout", "0.5"],
  );
  expect(found.code).toBe(1);
  expect(found.stderr).toContain("follow it with: weighlock status alpha-hub:");
  expect(found.stderr).toContain("a seal");
}, 30_000);

test("a halted lane is said to be halted", async () => {
  await weighlock("deposit", "--chain", "beta", "--asset", "USDC", "--amount", "1");
  await local.dispatch(lane("beta-hub"));
  await local.attest(lane("beta-hub"), 0);
  await local.attest(lane("beta-hub"), 1, { head: `0x${"66".repeat(32)}` });
  const { json } = await weighlock("status", "--lane", "beta-hub", "--json");
  expect(json.lane.halt).toBe("two attestations contradict each other");
  expect(json.unfinished[0].waitsFor[0]).toContain("the lane is halted at hub");
}, 60_000);
