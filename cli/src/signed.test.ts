/** What owners sign, ask for from a vault's chain, and allow; and who has what after it. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { keyOf } from "@weighlock/core/deployment.ts";
import { createCleanup, temporaryFolder } from "@weighlock/devnet/testing.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseLane } from "./input.ts";
import { type LocalNetwork, startLocalNetwork } from "./testing/localNetwork.ts";
import { runner, type Weighlock, writeDeployment } from "./testing/runner.ts";

const cleanup = createCleanup();
let local: LocalNetwork;
let weighlock: Weighlock;
let folder: string;

beforeAll(async () => {
  local = await startLocalNetwork({ cleanup });
  weighlock = runner(await writeDeployment({ cleanup, local }));
  folder = await temporaryFolder({ cleanup });
  await weighlock("deposit", "--chain", "alpha", "--asset", "USDC", "--amount", "100");
  await carry("alpha-hub");
}, 120_000);
afterAll(() => cleanup.run());

const carry = (name: string) => local.carry(parseLane(local.deployment, name));
const address = (role: string) => keyOf(local.deployment, role).address;
const AS_OPERATOR = ["--key-role", "trader-2"];

async function sign(name: string, amount: string, ...more: string[]): Promise<string> {
  const file = join(folder, `${name}.json`);
  const withdraw = ["withdraw", "--to", "alpha", "--asset", "USDC", "--amount", amount];
  const signed = await weighlock(...withdraw, "--sign", "--out", file, ...more);
  expect(signed).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining(`weighlock submit ${file}`) });
  return file;
}
async function balance(owner: string, subaccount = "0"): Promise<string> {
  const { accounts } = (await weighlock("accounts", owner, "--json")).json;
  const found = accounts.find((each: Record<string, string>) => each.subaccount === subaccount);
  return found?.balances[0].balance ?? "0";
}

test("signing prints the withdrawal and sends nothing", async () => {
  const { stdout, json } = await weighlock(
    ...["withdraw", "--to", "alpha", "--asset", "USDC", "--amount", "5", "--sign", "--max-fee", "0.5", "--json"],
  );
  expect(json.withdrawal).toMatchObject({ owner: address("trader"), amount: "5000000", maxFee: "500000", asset: 1 });
  expect(BigInt(json.withdrawal.nonce) >> 200n).toBeGreaterThan(0n);
  const again = await weighlock("withdraw", "--to", "alpha", "--asset", "USDC", "--amount", "5", "--sign");
  expect(JSON.parse(again.stdout).withdrawal.nonce).not.toBe(json.withdrawal.nonce);
  expect(stdout).toContain('"signature": "0x');
  expect((await weighlock("status", "--lane", "hub-alpha", "--json")).json.lane.posted).toBe("0");
}, 60_000);

test("an operator brings a batch, is paid its fees, and is told of each what became of it", async () => {
  const good = await sign("good", "5", "--max-fee", "0.5");
  const stingy = await sign("stingy", "5", "--max-fee", "0.1");
  const second = await sign("second", "7", "--max-fee", "0.25", "--recipient", address("trader-3"));
  const tooMuch = await sign("tooMuch", "1000", "--max-fee", "0.25");
  const forged = JSON.parse(readFileSync(good, "utf8"));
  forged.withdrawal = { ...forged.withdrawal, nonce: "7", recipient: address("trader-2") };
  const list = join(folder, "list.json");
  writeFileSync(list, JSON.stringify([forged, JSON.parse(readFileSync(good, "utf8"))]));

  const brought = await weighlock("submit", good, stingy, second, tooMuch, list, "--fee", "0.25", ...AS_OPERATOR);
  expect(brought).toMatchObject({ code: 1, stderr: "" });
  const lines = brought.stdout.trim().split("\n").slice(1);
  expect(lines[0]).toMatch(/done +5 USDC of 0x\w+ as hub-alpha:0, fee 0.25 USDC/);
  expect(lines[1]).toMatch(/skipped +5 USDC .*: the fee is above what the owner signed; .* lower --fee/);
  expect(lines[2]).toMatch(/done +7 USDC of 0x\w+ as hub-alpha:1, fee 0.25 USDC/);
  expect(lines[3]).toMatch(/skipped +1000 USDC .*: the account has less than the amount and the fee/);
  expect(lines[4]).toMatch(/skipped +5 USDC .*, nonce 7: the signature is not the owner's/);
  expect(lines[5]).toMatch(/skipped +5 USDC .*: its nonce was used or cancelled/);
  expect(await balance(address("trader-2"))).toBe("500000");
  expect(await balance(address("trader"))).toBe(String(100_000_000 - 12_500_000));

  const { json } = await weighlock("submit", stingy, "--fee", "0.1", "--json", ...AS_OPERATOR);
  expect(json.withdrawals).toMatchObject([{ type: "done", id: "hub-alpha:2", fee: "0.1" }]);
  const quote = await weighlock("quote", "withdraw", "--to", "alpha", "--asset", "USDC", "--amount", "1");
  expect(quote.stdout).toContain("operators took 0.1 to 0.25 USDC on the last 3 signed ones that paid");
  await carry("hub-alpha");
  expect((await weighlock("status", "hub-alpha:1")).stdout).toContain(`→ ${address("trader-3")}  is paid`);
}, 60_000);

test("what was signed is worth nothing after its nonce is cancelled, or its deadline passed", async () => {
  const file = await sign("cancelled", "5", "--nonce", "12345");
  const cancelled = await weighlock("cancel", "--nonce", "12345");
  expect(cancelled).toMatchObject({ code: 0, stdout: expect.stringContaining("nonce 12345 of 0x") });
  const skipped = await weighlock("submit", file, "--json", ...AS_OPERATOR);
  expect(skipped).toMatchObject({ code: 1, json: { withdrawals: [{ type: "skipped" }] } });
  expect(skipped.json.withdrawals[0].reason).toContain("its nonce was used or cancelled");
  const again = await weighlock("cancel", "--nonce", "12345");
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining("has used nonce 12345 before") });

  const expired = JSON.parse(readFileSync(await sign("expired", "5"), "utf8"));
  expired.withdrawal.deadline = "1000";
  writeFileSync(join(folder, "expired.json"), JSON.stringify(expired));
  const late = await weighlock("submit", join(folder, "expired.json"), ...AS_OPERATOR);
  expect(late.stdout).toContain("its deadline has passed; sign a new one");
}, 60_000);

test("balances move between subaccounts and owners, and are listed", async () => {
  const before = BigInt(await balance(address("trader")));
  const inside = await weighlock("transfer", "--asset", "USDC", "--amount", "10", "--to-subaccount", "2");
  expect(inside).toMatchObject({ code: 0, stdout: expect.stringMatching(/^10 USDC moved to 0x\w+\/2 in transaction/) });
  const out = ["transfer", "--asset", "USDC", "--amount", "4", "--subaccount", "2", "--to-owner", address("trader-4")];
  expect((await weighlock(...out)).code).toBe(0);
  expect(await balance(address("trader"))).toBe(String(before - 10_000_000n));
  expect(await balance(address("trader"), "2")).toBe("6000000");
  const listed = await weighlock("accounts");
  expect(listed.stdout).toMatch(/owner +subaccount +USDC +WETH/);
  expect(listed.stdout).toMatch(new RegExp(`${address("trader")} +2 +6 +0`));
  expect(listed.stdout).toMatch(new RegExp(`${address("trader-4")} +0 +4 +0`));
  expect(listed.stdout).toContain("USDC available: 83 on alpha, 0 on beta");
  expect((await weighlock("accounts", address("trader-5"))).stdout).toContain("has received nothing yet");
  const poor = await weighlock(...out.with(4, "40"));
  expect(poor).toMatchObject({ code: 1, stderr: expect.stringContaining("Subaccount 2 has 6 USDC and 40 was asked") });
}, 60_000);

test("requests from a vault's chain are served as releases, or refused with the reason", async () => {
  const request = (amount: string, ...more: string[]) =>
    weighlock("request", "--chain", "beta", "--to", "alpha", "--asset", "USDC", "--amount", amount, ...more);
  const friend = address("trader-6");
  const first = await request("1");
  expect(first).toMatchObject({ code: 0, stderr: "" });
  expect(first.stdout).toContain("requested as beta-hub:0");
  expect((await request("2", "--recipient", friend)).stdout).toContain(
    `the hub will refuse it unless you run before: weighlock recipient add ${friend} --chain alpha`,
  );
  await request("1000");
  await request("3");
  // Something else in the same window, which ends in an event of its own.
  await weighlock("deposit", "--chain", "beta", "--asset", "USDC", "--amount", "1");
  const waits = (await weighlock("status", "--account", address("trader"))).stdout;
  expect(waits).toMatch(/beta-hub:3 {2}WithdrawalRequest of 3 USDC .* is posted/);
  await carry("beta-hub");
  const settlement = async (id: string) => (await weighlock("status", id, "--json")).json.settlement;
  const releaseOf = async (id: string) => settlement((await settlement(id)).outcome.as);
  expect(await settlement("beta-hub:0")).toMatchObject({ stage: "served", isDone: true, waitsFor: [] });
  expect(await releaseOf("beta-hub:0")).toMatchObject({ kind: "Release", quantity: "1", party: address("trader") });
  expect(await settlement("beta-hub:1")).toMatchObject({
    outcome: { type: "refused", reason: expect.stringContaining("the recipient is not registered") },
  });
  expect((await weighlock("status", "beta-hub:2")).stdout).toContain("the account has less than the amount");
  expect(await releaseOf("beta-hub:3")).toMatchObject({ quantity: "3" });

  expect((await weighlock("recipient", "add", friend, "--chain", "alpha")).code).toBe(0);
  expect((await request("2", "--recipient", friend)).stdout).not.toContain("will refuse");
  await carry("beta-hub");
  expect(await releaseOf("beta-hub:5")).toMatchObject({ quantity: "2", party: friend });
  await weighlock("recipient", "remove", friend, "--chain", "alpha");
  expect((await request("2", "--recipient", friend)).stdout).toContain("will refuse");
}, 60_000);

test("a controller asks for the owner, and is paid itself", async () => {
  const [owner, controller] = [address("trader"), address("trader-7")];
  const request = () =>
    weighlock(
      ...["request", "--chain", "beta", "--to", "alpha", "--asset", "USDC", "--amount", "1"],
      ...["--owner", owner, "--key-role", "trader-7"],
    );
  expect((await request()).stdout).toContain(`unless ${owner} runs before: weighlock controller set ${controller}`);
  const set = await weighlock("controller", "set", controller, "--chain", "beta");
  expect(set).toMatchObject({ code: 0, stdout: expect.stringContaining(`${controller} may request for ${owner}`) });
  expect((await request()).stdout).not.toContain("will refuse");
  await carry("beta-hub");
  const { outcome } = (await weighlock("status", "beta-hub:8", "--json")).json.settlement;
  expect((await weighlock("status", outcome.as, "--json")).json.settlement).toMatchObject({ owner, party: controller });
  expect((await weighlock("controller", "clear", "--chain", "beta")).stdout).toContain("nobody may request for");
  expect((await request()).stdout).toContain("will refuse");
}, 60_000);

const withdraw = ["withdraw", "--to", "alpha", "--asset", "USDC", "--amount", "1"];
test.each([
  [[...withdraw, "--max-fee", "1"], "--max-fee belongs to --sign"],
  [[...withdraw, "--nonce", "1"], "--nonce belongs to --sign"],
  [[...withdraw, "--sign", "--wait"], "--sign sends nothing that --wait could follow"],
  [[...withdraw, "--sign", "--nonce", "-1"], '"-1" is not a nonce'],
  [[...withdraw, "--sign", "--nonce", `${1n << 256n}`], "is not a nonce"],
  [[...withdraw, "--sign", "--max-fee", "lots"], '"lots" is not an amount'],
  [[...withdraw, "--sign", "--deadline", "soon"], '"soon" is not a deadline'],
  [[...withdraw, "--sign", "--deadline", "2001-01-01"], "The deadline 2001-01-01 has passed"],
  [["submit", "/nowhere.json"], "There is no file at /nowhere.json"],
  [["cancel", "--nonce", "x"], '"x" is not a nonce'],
  [["transfer", "--asset", "USDC", "--amount", "1"], "From and to are one account"],
  [["transfer", "--asset", "USDC", "--amount", "1", "--to-subaccount", "-1"], "is not a subaccount"],
  [["request", "--chain", "hub", "--to", "alpha", "--asset", "USDC", "--amount", "1"], '"hub" is the hub'],
  [["recipient", "add", "0x12", "--chain", "alpha"], "is not an address for the recipient"],
  [["controller", "set", `0x${"0".repeat(40)}`, "--chain", "alpha"], "The zero address can't be the controller"],
  [["accounts", "me"], '"me" is not an address for the owner'],
])("%j exits 2 with a sentence", async (argv, sentence) => {
  expect(await weighlock(...argv)).toMatchObject({ code: 2, stderr: expect.stringContaining(sentence) });
});

test("asking for another's account with a recipient is refused before anything is sent", async () => {
  const asked = await weighlock(
    ...["request", "--chain", "beta", "--to", "alpha", "--asset", "USDC", "--amount", "1"],
    ...["--owner", address("trader-2"), "--recipient", address("trader-3")],
  );
  expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining("is paid itself; leave --recipient out") });
});

test.each([
  ["{", "is not JSON"],
  ["{}", "is no signed withdrawal: chainId"],
  ["[]", "is no signed withdrawal"],
])("a file of %s is no signed withdrawal", async (text, sentence) => {
  const file = join(folder, "bad.json");
  writeFileSync(file, text);
  expect(await weighlock("submit", file)).toMatchObject({ code: 2, stderr: expect.stringContaining(sentence) });
});

test("a file names its bad fields, and the hub that it is for", async () => {
  const good = JSON.parse(readFileSync(await sign("fields", "1"), "utf8"));
  const file = join(folder, "bad.json");
  writeFileSync(file, JSON.stringify({ ...good, withdrawal: { ...good.withdrawal, amount: -1, owner: "me" } }));
  const fields = await weighlock("submit", file);
  expect(fields).toMatchObject({ code: 2 });
  expect(fields.stderr).toContain("withdrawal.owner: expected an address");
  expect(fields.stderr).toContain("withdrawal.amount: ");
  writeFileSync(file, JSON.stringify({ ...good, chainId: 1 }));
  expect((await weighlock("submit", file)).stderr).toContain("on chain 1; this hub is");
}, 60_000);
