import { pauseControllerAbi } from "@weighlock/core/abi/pauseController.ts";
import { tipJarAbi } from "@weighlock/core/abi/tipJar.ts";
import { chainByName, keyOf } from "@weighlock/core/deployment.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { createTestClient, http, parseEther } from "viem";
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
}, 120_000);
afterAll(() => cleanup.run());

const quoteDeposit = (chain: string, amount: string, ...more: string[]) =>
  weighlock("quote", "deposit", "--chain", chain, "--asset", "USDC", "--amount", amount, ...more);
const quoteWithdraw = (to: string, amount: string, ...more: string[]) =>
  weighlock("quote", "withdraw", "--to", to, "--asset", "USDC", "--amount", amount, ...more);

async function pause(at: string, peer: string, direction: 0 | 1): Promise<void> {
  const chain = chainByName(local.deployment, at);
  const sender = await local.network.sender(chain, keyOf(local.deployment, "pauser").privateKey);
  // Of the contracts' scopes, the first two are the directions.
  const args = [direction, chainByName(local.deployment, peer).eid] as const;
  await sender.write({ address: chain.pauseController, abi: pauseControllerAbi, functionName: "pause", args });
}

test("before anything has happened, a deposit's quote says what is not known yet", async () => {
  const { code, stdout } = await quoteDeposit("beta", "12.5000004");
  expect(code).toBe(0);
  expect(stdout).toContain("12.5 USDC; 0.0000004 is finer than one canonical unit and stays with you");
  expect(stdout).toMatch(/minimum +0\.01 USDC/);
  expect(stdout).toMatch(/fee +none/);
  expect(stdout).toMatch(/gas +can't be told: nobody has deposited it lately/);
  expect(stdout).toMatch(/attested by +2 of layerzero \(message network\), watcher/);
  expect(stdout).toMatch(/took +no settlement on this lane yet/);
  expect(stdout).toMatch(/limits +the bucket has 16\d{3}[.\d]* of 20\d{3}[.\d]* USDC now; large from 500\d/);
  expect(stdout).not.toMatch(/^ +waits/m);
  expect(stdout).toContain("It can be done now.");
}, 60_000);

test("what is large, or more than the bucket or an account's share has, says what it would wait for", async () => {
  const large = await quoteDeposit("beta", "20000");
  expect(large.code).toBe(0);
  // A new lane's limits rise by the second.
  expect(large.stdout).toMatch(
    /from 500\d[.\d]* USDC on it is large: this lane has 2 paths, so it waits 3600 s and 300 blocks, in which a guardian may veto it/,
  );
  expect(large.stdout).toMatch(
    /waits +the bucket has 16\d{3}(\.\d+)? USDC now: it is credited about (39\d|400) s later/,
  );
  const trader = keyOf(local.deployment, "trader").address;
  const { json } = await quoteWithdraw("beta", "600", "--account", trader, "--json");
  expect(json.limits).toMatchObject({ room: "2000000000", large: "1000000000", lossBound: { onePath: "0" } });
  expect(json.waits).toEqual([
    "one account may have 500 USDC now, 500 USDC of a full bucket: the rest of it refills at 450 USDC an hour",
  ]);
  expect((await quoteWithdraw("beta", "600", "--json")).json.waits).toEqual([
    "one account may have at most 500 USDC at once: the rest of it refills at 450 USDC an hour",
  ]);
}, 60_000);

test("after settlements, the quote's gas, time and backlog are what the chains show", async () => {
  await weighlock("deposit", "--chain", "beta", "--asset", "USDC", "--amount", "20");
  for (const { rpcUrl } of local.deployment.chains) {
    const client = createTestClient({ mode: "anvil", transport: http(rpcUrl) });
    await client.increaseTime({ seconds: 100 });
    await client.mine({ blocks: 1 });
  }
  await local.carry(parseLane(local.deployment, "beta-hub"));
  const last = await weighlock("deposit", "--chain", "beta", "--asset", "USDC", "--amount", "1", "--json");
  const beta = chainByName(local.deployment, "beta");
  const { client } = await local.network.connect(beta);
  const { gasUsed } = await client.getTransactionReceipt({ hash: last.json.transactionHash });
  const sender = await local.network.sender(beta, keyOf(local.deployment, "trader").privateKey);
  const tip = {
    functionName: "tip",
    args: [chainByName(local.deployment, "hub").eid],
    value: parseEther("0.25"),
  } as const;
  await sender.write({ address: beta.tipJar, abi: tipJarAbi, ...tip });

  const { json } = await quoteDeposit("beta", "12.5", "--json");
  expect(json.gas).toMatchObject({ gas: String(gasUsed), basis: expect.stringContaining(last.json.transactionHash) });
  expect(json.way.lane).toMatchObject({
    posted: "2",
    executed: "1",
    backlog: "1",
    tipJar: { held: String(parseEther("0.25")) },
  });
  expect(BigInt(json.way.lane.tipJar.dispatchFee)).toBeGreaterThan(0n);
  const life = (await weighlock("status", "beta-hub:0", "--json")).json.settlement;
  const seconds = (Date.parse(life.executed.at) - Date.parse(life.posted.at)) / 1000;
  expect(seconds).toBeGreaterThanOrEqual(99);
  expect(json.way.times).toMatchObject({ windows: 1, medianSeconds: seconds, slowestSeconds: seconds });

  // Two windows more: each counts from its own first entry.
  await local.carry(parseLane(local.deployment, "beta-hub"));
  await weighlock("deposit", "--chain", "beta", "--asset", "USDC", "--amount", "1");
  await local.carry(parseLane(local.deployment, "beta-hub"));
  const { times } = (await quoteDeposit("beta", "1", "--json")).json.way;
  expect(times).toMatchObject({ windows: 3, slowestSeconds: seconds });
  expect(times.medianSeconds).toBeLessThan(60);
}, 60_000);

test("a withdrawal's quote says what each vault has, and what operators took", async () => {
  const trader = keyOf(local.deployment, "trader").address;
  const { code, stdout } = await quoteWithdraw("beta", "5", "--account", trader);
  expect(code).toBe(0);
  expect(stdout).toMatch(/available +0 on alpha, 22 on beta/);
  expect(stdout).toMatch(/balance +22 USDC/);
  expect(stdout).toMatch(/fee +none when you send it yourself; no operator has taken one/);
  expect(stdout).toMatch(/payment gas +at most 60000/);

  expect(await quoteWithdraw("alpha", "5")).toMatchObject({
    code: 1,
    stdout: expect.stringContaining("✗ the vault on alpha backs 0 USDC"),
  });
  const tooMuch = await quoteWithdraw("beta", "23", "--account", trader, "--json");
  expect(tooMuch.code).toBe(1);
  expect(tooMuch.json.obstacles).toEqual(["the vault on beta backs 22 USDC", "the account has 22 USDC"]);
  expect((await quoteWithdraw("beta", "0.001")).stdout).toContain("✗ a withdrawal to beta is at least 0.01 USDC");
  expect(await quoteDeposit("alpha", "0.001")).toMatchObject({
    code: 1,
    stdout: expect.stringContaining("✗ a deposit on alpha is at least 0.01 USDC"),
  });
}, 60_000);

test("what is paused delays an execution, and keeps a post from happening", async () => {
  await pause("hub", "alpha", 0);
  const delayed = await quoteDeposit("alpha", "1");
  expect(delayed.code).toBe(0);
  expect(delayed.stdout).toMatch(/delayed +hub executes nothing from alpha: paused until 20/);
  await weighlock("guardian", "freeze", "asset", "USDC", "--chain", "beta");
  const stopped = await quoteDeposit("beta", "1");
  expect(stopped).toMatchObject({ code: 1, stdout: expect.stringContaining("✗ USDC is paused on beta until the co") });
  await pause("hub", "beta", 1);
  const refused = await quoteWithdraw("beta", "1");
  expect(refused.code).toBe(1);
  expect(refused.stdout).toMatch(/✗ hub takes nothing for beta now: paused until 20/);

  const { stdout } = await weighlock("lanes");
  expect(stdout).toMatch(
    /lane +posted +sealed +dispatched +attested layerzero +attested watcher +executed +acknowledged/,
  );
  expect(stdout).toMatch(/beta-hub +3 +3 +3 +3 +3 +3 .* equal +- +0\.25/);
  expect(stdout).toMatch(/✗ alpha-hub: nothing is executed: paused until 20/);
  expect(stdout).toMatch(/✗ hub-beta: nothing new is posted: paused until 20/);
  expect(stdout).toMatch(/lane +asset +large from +bucket +room now +refill\/h +share +owes +cap +loss bound/);
  expect(stdout).toMatch(/hub-alpha +USDC +1000 +2000 +2000 +1800 +25% +- +- +0 +0/);
  expect(stdout).toMatch(/beta-hub +USDC +50\d\d[.\d]* +200\d\d[.\d]* .* 80% +22 +1000\d\d[.\d]* +20\d{3}/);
  expect(stdout).toContain("alpha-hub: the lane is new: USDC's bucket rises to 200000, large to 50000, cap to 1000000");
  const one = await weighlock("lanes", "hub-alpha", "--json");
  expect(one.json.lanes).toMatchObject([{ lane: "hub-alpha", posted: "0", postingStopped: "", halt: "" }]);
}, 60_000);

test.each([
  [["quote", "deposit", "--chain", "hub", "--asset", "USDC", "--amount", "1"], '"hub" is the hub'],
  [["quote", "deposit", "--chain", "alpha", "--asset", "DOGE", "--amount", "1"], 'There is no asset "DOGE" on alpha'],
  [["quote", "deposit", "--chain", "alpha", "--asset", "USDC", "--amount", "1e3"], "is not an amount"],
  [["quote", "deposit", "--chain", "alpha", "--asset", "USDC", "--amount", "1", "--from", "x"], "for the sender"],
  [["quote", "withdraw", "--to", "gamma", "--asset", "USDC", "--amount", "1"], 'There is no chain "gamma"'],
  [["quote", "withdraw", "--to", "beta", "--asset", "USDC", "--amount", "0"], "The amount is zero"],
  [["quote", "withdraw", "--to", "beta", "--asset", "1", "--amount", "1", "--subaccount", "1"], "belongs to --account"],
  [["quote", "withdraw", "--to", "beta", "--asset", "1"], "--amount <amount>' not specified"],
  [["lanes", "alpha-beta"], 'There is no lane "alpha-beta"'],
])("%j exits 2 with a sentence", async (argv, sentence) => {
  expect(await weighlock(...argv)).toMatchObject({ code: 2, stderr: expect.stringContaining(sentence) });
});
