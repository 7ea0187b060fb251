/** Guardians stop and tighten at once; the council loosens, resumes and closes after its delay, unless a guardian says no. */

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ChainDeployment, chainByName, hubOf, keyOf } from "@weighlock/core/deployment.ts";
import { formatEvm } from "@weighlock/core/interop.ts";
import { toPlain } from "@weighlock/core/plain.ts";
import { signReconciliation } from "@weighlock/core/reconciliation.ts";
import { NETWORK } from "@weighlock/devnet/spec.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { type Address, concat, createTestClient, encodeAbiParameters, type Hex, http, numberToHex, size } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseLane } from "./input.ts";
import { type LocalNetwork, startLocalNetwork } from "./testing/localNetwork.ts";
import { readReconciliation } from "./testing/reconciliation.ts";
import { runner, type Weighlock, writeDeployment } from "./testing/runner.ts";

const cleanup = createCleanup();
let local: LocalNetwork;
let weighlock: Weighlock;

beforeAll(async () => {
  local = await startLocalNetwork({ cleanup });
  weighlock = runner(await writeDeployment({ cleanup, local }));
  await weighlock("deposit", "--chain", "beta", "--asset", "USDC", "--amount", "3000");
  await carry("beta-hub");
}, 120_000);
afterAll(() => cleanup.run());

const carry = (name: string) => local.carry(parseLane(local.deployment, name));
const testClient = (name: string) =>
  createTestClient({ mode: "anvil", transport: http(chainByName(local.deployment, name).rpcUrl) });

async function pass(name: string, seconds: number): Promise<void> {
  await testClient(name).increaseTime({ seconds });
  await testClient(name).mine({ blocks: 1 });
}

const council = (...argv: string[]) => weighlock("council", ...argv, "--json");
const guardian = (...argv: string[]) => weighlock("guardian", ...argv, "--json");

/** What the council schedules and carries out, with nobody's veto. */
async function byCouncil(chain: string, ...argv: string[]): Promise<void> {
  expect((await council(...argv)).json.outcome).toMatchObject({ type: "scheduled" });
  await pass(chain, NETWORK.councilDelay);
  expect(await council(...argv)).toMatchObject({ code: 0, json: { outcome: { type: "done" } } });
}

/** What monitors sign of a lane that is stopped on the hub, as files. */
async function signedBy(roles: readonly string[], peer: ChainDeployment): Promise<string[]> {
  const hub = hubOf(local.deployment);
  const reconciliation = await readReconciliation(local.network, peer);
  const dir = mkdtempSync(join(tmpdir(), "weighlock-signed-"));
  return Promise.all(
    roles.map(async (role) => {
      const account = privateKeyToAccount(keyOf(local.deployment, role).privateKey);
      const signature = await signReconciliation({ at: hub, reconciliation, account });
      const file = join(dir, `${role}.json`);
      writeFileSync(file, JSON.stringify(toPlain({ reconciliation, signature })));
      return file;
    }),
  );
}

test("a freeze ends by the council's proposal, its delay, and what two monitors signed", async () => {
  const frozen = await guardian("freeze", "in", "beta", "--chain", "hub");
  expect(frozen).toMatchObject({ code: 0, json: { chain: "hub", operation: "freeze", outcome: { type: "done" } } });
  expect((await weighlock("lanes", "beta-hub")).stdout).toContain(
    "✗ beta-hub: nothing is executed: paused until the council ends it",
  );
  const lane = parseLane(local.deployment, "beta-hub");
  const { json: waiting } = await weighlock("deposit", "--chain", "beta", "--asset", "USDC", "--amount", "1", "--json");
  await local.dispatch(lane);
  for (const path of [0, 1]) await local.attest(lane, path);
  expect((await weighlock("status", waiting.id)).stdout).toContain(
    "waits: execution: hub executes nothing from beta: paused until the council ends it",
  );
  const propose = ["propose-resume", "in", "beta", "--chain", "hub"];
  expect((await council(...propose)).json.outcome).toMatchObject({ type: "done" });
  expect((await guardian("veto-resume", "in", "beta", "--chain", "hub")).code).toBe(0);
  const beta = chainByName(local.deployment, "beta");
  const resume = async (roles: readonly string[]) => {
    const files = await signedBy(roles, beta);
    return council("resume", "in", "beta", "--chain", "hub", ...files.flatMap((file) => ["--signed", file]));
  };
  expect((await resume(["monitor", "monitor-2"])).json.error).toMatchObject({
    name: "TransactionRevertedError",
    message: expect.stringContaining("is not proposed; propose it first"),
  });
  expect((await weighlock("council", ...propose)).stdout).toMatch(
    /next, from 20.*Z on: weighlock council resume in beta --chain hub\nuntil then .*: weighlock guardian veto-resume in beta --chain hub\n$/,
  );
  const again = await council(...propose);
  expect(again).toMatchObject({ code: 1 });
  expect(again.json.error.message).toMatch(
    /is proposed already: weighlock council resume in beta --chain hub, from 20/,
  );
  const early = (await resume(["monitor", "monitor-2"])).json.error;
  expect(early.details).not.toHaveProperty("hash");
  expect(early.message).toMatch(/^It may be resumed from 20.* until 20/);
  await pass("hub", NETWORK.resumeDelay);
  expect((await resume(["monitor"])).json.error.message).toContain("are 65 bytes where 130 are needed");
  expect((await resume(["monitor", "trader"])).json.error.message).toContain("is not a monitor's key here");
  expect((await resume(["monitor", "monitor"])).json.error.message).toContain("are 65 bytes where 130 are needed");
  // More than it takes, and one of them nobody's: as many as it takes are brought.
  const all = ["monitor", "trader", "monitor-2", "monitor-3"];
  expect(await resume(all)).toMatchObject({ code: 0, json: { outcome: { type: "done" } } });
  expect((await weighlock("lanes", "beta-hub", "--json")).json.lanes[0]).not.toHaveProperty("executionPausedUntil");
  await local.execute(lane);
}, 60_000);

test("what was frozen as a whole is resumed lane by lane, which is said", async () => {
  const { code, stderr } = await weighlock("council", "propose-resume", "all", "--chain", "hub");
  expect(code).toBe(2);
  expect(stderr).toContain("resumed lane by lane; on hub: out alpha, out beta");
});

test("rules are tightened at once, and loosened after the council's delay", async () => {
  const tighten = await weighlock("guardian", "tighten", "USDC", "--chain", "beta", "--capacity", "1900");
  expect(tighten.stdout).toMatch(/^beta: tighten: USDC: capacity 2000 → 1900\ndone in transaction 0x/);
  expect((await guardian("tighten", "USDC", "--chain", "beta", "--capacity", "1950")).json.error.message).toContain(
    "loosening takes the council",
  );
  const loosen = ["loosen", "USDC", "--chain", "beta", "--capacity", "2000"];
  const scheduled = await weighlock("council", ...loosen);
  expect(scheduled.stdout).toMatch(/scheduled as 0x[0-9a-f]{64} .*: it may be executed from 20.* until 20/);
  expect(scheduled.stdout).toContain("next: the same command again, then");
  expect((await council(...loosen)).json.outcome).toMatchObject({ type: "waiting" });
  await pass("beta", NETWORK.councilDelay);
  expect((await council(...loosen)).json.outcome).toMatchObject({ type: "done" });
  const [lane] = (await weighlock("lanes", "hub-beta", "--json")).json.lanes;
  expect(lane.limits[0]).toMatchObject({ asset: "USDC", capacity: "2000000000" });
  const onHub = await guardian("tighten", "USDC", "--chain", "hub", "--peer", "beta", "--min-withdrawal", "0.02");
  expect(onHub.json.what).toBe("USDC from beta: minWithdrawal 0.01 → 0.02");
  const window = await guardian("tighten", "--window", "100", "--chain", "hub", "--peer", "beta");
  expect(window).toMatchObject({ code: 0, json: { what: "windows to beta seal at 100 entries" } });
}, 60_000);

test("a guardian says no to what the council has scheduled", async () => {
  const { outcome } = (await council("close-lane", "--chain", "alpha", "--peer", "hub")).json;
  const veto = await guardian("veto-operation", outcome.operation, "--chain", "alpha");
  expect(veto).toMatchObject({ code: 0, json: { outcome: { type: "done" } } });
  const again = await guardian("veto-operation", outcome.operation, "--chain", "alpha");
  expect(again).toMatchObject({
    code: 1,
    json: { error: { message: expect.stringContaining("Nothing is scheduled") } },
  });
}, 60_000);

test("a large withdrawal waits; vetoed it is the council's, and cleared it goes on", async () => {
  const { id } = (await weighlock("withdraw", "--to", "beta", "--asset", "USDC", "--amount", "1200", "--json")).json;
  await carry("hub-beta");
  const waiting = await weighlock("status", id);
  expect(waiting.stdout).toContain("it is large, and fewer than three paths vouch for it");
  expect(waiting.stdout).toMatch(
    /waits: waits for the word of 3 paths \(2 vouch now\), or until 20.* and block \d+, \d+ from now/,
  );
  expect((await weighlock("retry", id)).stderr).toMatch(/is locked until 20.* and block \d+, or a third path vouches/);
  expect((await weighlock("accounts")).stdout).toMatch(new RegExp(`Release ${id} of 1200 USDC waits: it is large`));

  expect((await guardian("veto-release", id)).json).toMatchObject({ chain: "beta", outcome: { type: "done" } });
  const [vetoed] = (await weighlock("parked", "--json")).json.parked;
  expect(vetoed).toMatchObject({ id, waits: expect.stringContaining("a guardian vetoed it") });
  expect((await weighlock("retry", id)).stderr).toContain("is locked until the council decides");
  await byCouncil("beta", "clear-release", id);
  expect((await weighlock("parked")).stdout).toContain("why: the council has cleared it");
  // It has had its wait, and the bucket is full again after the council's.
  expect((await weighlock("retry", id, "--json")).json).toMatchObject({ type: "paid", id });
}, 60_000);

test("what was forged and waits is struck", async () => {
  const { id } = (await weighlock("withdraw", "--to", "beta", "--asset", "USDC", "--amount", "600", "--json")).json;
  await carry("hub-beta");
  const [waiting] = (await weighlock("parked", "--json")).json.parked;
  expect(waiting).toMatchObject({ id, reason: "it is more than its account's share of the bucket" });
  expect(waiting.waits).toMatch(/^waits until 20/);
  await byCouncil("beta", "strike", id);
  expect((await weighlock("parked")).stdout).toBe("Nothing is parked or held.\n");
  expect((await weighlock("status", id)).stdout).toMatch(
    /is struck\n(.*\n)+ {2}struck .* the council found it forged\n$/,
  );
  expect((await weighlock("status")).stdout).toMatch(
    /released +parked +struck +available .*(\n.*)+USDC +beta .* 0 +600 /,
  );
}, 60_000);

test("keys are given by the council and taken by a guardian", async () => {
  const who = privateKeyToAccount(keyOf(local.deployment, "operator").privateKey).address;
  await byCouncil("hub", "set-key", who, "pauser", "--chain", "hub");
  const paused = await weighlock("guardian", "freeze", "all", "--chain", "hub", "--key-role", "operator");
  expect(paused.stderr).toContain("None of the keys here is an owner of the Safe");
  expect((await guardian("remove-key", who, "--chain", "hub")).json.what).toContain(
    "no pauser and no monitor any more",
  );
  const stranger = await weighlock("council", "strike", "hub-beta:0", "--key-role", "trader");
  expect(stranger.code).toBe(1);
}, 60_000);

/** A path of the gateway that says nothing by itself: `gateway()`, and the same `remoteGateway` for every eid. */
function silentPath(gateway: Address, remote: Hex): Hex {
  const answer = encodeAbiParameters([{ type: "bytes" }], [remote]);
  const jump = 0x22;
  const offset = jump + 14;
  const length = numberToHex(size(answer), { size: 2 });
  return concat([
    ...(["0x36", "0x6004", "0x10", `0x60${jump.toString(16)}`, "0x57"] as const),
    ...(["0x73", gateway, "0x5f", "0x52", "0x6020", "0x5f", "0xf3"] as const),
    ...(["0x5b", "0x61", length, "0x61", numberToHex(offset, { size: 2 }), "0x5f", "0x39"] as const),
    ...(["0x61", length, "0x5f", "0xf3", answer] as const),
  ]);
}

test("a third path is added by the council, and vouches for what two let execute", async () => {
  const beta = chainByName(local.deployment, "beta");
  const hub = chainByName(local.deployment, "hub");
  const adapter: Address = "0x00000000000000000000000000000000000f0002";
  const remote = formatEvm({ chainId: hub.chainId, address: hub.gateway });
  await testClient("beta").setCode({ address: adapter, bytecode: silentPath(beta.gateway, remote) });
  await byCouncil("beta", "add-path", "2", adapter, "--chain", "beta", "--peer", "hub", "--network");
  const { id } = (await weighlock("withdraw", "--to", "beta", "--asset", "USDC", "--amount", "1000", "--json")).json;
  await carry("hub-beta");
  expect((await weighlock("vouch", "hub-beta")).stderr).toContain("Nothing to show of hub-beta");
  const path = { name: "third", address: adapter, index: 2, isNetwork: true };
  const lane = parseLane(local.deployment, "hub-beta");
  await local.attest({ ...lane, dst: { ...lane.dst, paths: [...lane.dst.paths, path] } }, 2);
  const vouched = await weighlock("vouch", "hub-beta");
  expect(vouched.stdout).toMatch(/^path 2 vouches for the first \d+ entries of hub-beta, in transaction 0x/);
  expect((await weighlock("status", id)).stdout).not.toContain("waits for the word of 3 paths");
}, 60_000);

test("two words that can't both be true halt the lane, and the liar's path is disabled", async () => {
  const lane = parseLane(local.deployment, "beta-hub");
  expect((await weighlock("contradict", "beta-hub")).stderr).toContain("No two words about beta-hub contradict");
  const deposit = () => weighlock("deposit", "--chain", "beta", "--asset", "USDC", "--amount", "1");
  await deposit();
  await local.dispatch(lane);
  await local.attest(lane, 1, { head: `0x${"ee".repeat(32)}` });
  await deposit();
  await local.dispatch(lane);
  await local.attest(lane, 0);
  const shown = await weighlock("contradict", "beta-hub");
  expect(shown.stdout).toMatch(/^beta-hub is halted in transaction .*: layerzero and watcher differ at count \d+/);
  const lanes = await weighlock("lanes", "beta-hub");
  expect(lanes.stdout).toContain("halted (two attestations contradict each other)");
  const disabled = await weighlock("guardian", "disable-path", "watcher", "--chain", "hub", "--peer", "beta");
  expect(disabled.stdout).toContain("path watcher of the lanes with beta: all that it ever attested on hub is void");
}, 60_000);

test.each([
  [["guardian", "freeze", "up", "alpha", "--chain", "hub"], '"up" is nothing that is stopped or resumed'],
  [["guardian", "freeze", "in", "--chain", "hub"], '"in" of what? Name the chain'],
  [["guardian", "freeze", "in", "beta", "--chain", "alpha"], "alpha has no lane with beta"],
  [["guardian", "tighten", "USDC", "--chain", "beta"], "Nothing is to change"],
  [["guardian", "tighten", "USDC", "--chain", "beta", "--cap", "1"], "beta has no such rule: --cap"],
  [["guardian", "tighten", "USDC", "--chain", "hub", "--cap", "1"], "name one with --peer"],
  [["guardian", "disable-path", "x", "--chain", "hub", "--peer", "beta"], 'There is no path "x" on hub'],
  [["guardian", "veto-operation", "0x12", "--chain", "hub"], "is no operation's id"],
  [["council", "resume", "in", "beta", "--chain", "hub"], "Give what the monitors signed"],
  [["council", "set-key", `0x${"11".repeat(20)}`, "king", "--chain", "hub"], 'There is no power "king"'],
  [["council", "add-path", "8", `0x${"11".repeat(20)}`, "--chain", "hub", "--peer", "beta"], "is no path index"],
])("%j exits 2 with a sentence", async (argv, sentence) => {
  expect(await weighlock(...argv)).toMatchObject({ code: 2, stderr: expect.stringContaining(sentence) });
});

test("owners on different machines sign one after the other, and what is signed for something else is refused", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "weighlock-owners-")), "signed.json");
  const freeze = ["freeze", "out", "alpha", "--chain", "hub"];
  const first = await weighlock("guardian", ...freeze, "--key-role", "guardian-2", "--signature-out", file);
  expect(first).toMatchObject({ code: 0 });
  expect(first.stdout).toContain("nothing was sent: 1 of 2 owners have signed");
  expect(first.stdout).toContain(`the same command with --signature ${file}`);
  const other = await guardian(
    "freeze",
    "in",
    "alpha",
    "--chain",
    "hub",
    "--key-role",
    "guardian-3",
    "--signature",
    file,
  );
  expect(other.json.error.message).toContain("A signature is for another transaction");
  const stranger = await guardian(...freeze, "--key-role", "trader");
  expect(stranger.json.error.message).toContain("None of the keys here is an owner of the Safe");
  const second = await guardian(...freeze, "--key-role", "guardian-3", "--signature", file);
  expect(second).toMatchObject({ code: 0, json: { outcome: { type: "done" } } });
  const unreadable = await guardian(...freeze, "--key-role", "guardian-3", "--signature", import.meta.filename);
  expect(unreadable).toMatchObject({
    code: 2,
    json: { error: { message: expect.stringContaining("holds no signatures") } },
  });
}, 60_000);
