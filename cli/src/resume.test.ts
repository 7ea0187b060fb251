/** `council resume` asks monitors: what they answer, wrong, late or not at all, and what owners elsewhere sign of it. */

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ChainDeployment, chainByName, hubOf, keyOf } from "@weighlock/core/deployment.ts";
import { toPlain } from "@weighlock/core/plain.ts";
import { type Reconciliation, signReconciliation } from "@weighlock/core/reconciliation.ts";
import { NETWORK } from "@weighlock/devnet/spec.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { createTestClient, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type LocalNetwork, startLocalNetwork } from "./testing/localNetwork.ts";
import { readReconciliation } from "./testing/reconciliation.ts";
import { runner, type Weighlock, writeDeployment } from "./testing/runner.ts";

const cleanup = createCleanup();
vi.setConfig({ testTimeout: 60_000 });
const RESUME = ["council", "resume", "in", "beta", "--chain", "hub"];
const SILENT = "http://127.0.0.1:9";
let local: LocalNetwork;
let file: string;
let weighlock: Weighlock;
let beta: ChainDeployment;

beforeAll(async () => {
  local = await startLocalNetwork({ cleanup });
  file = await writeDeployment({ cleanup, local });
  weighlock = runner(file);
  beta = chainByName(local.deployment, "beta");
}, 120_000);
afterAll(() => cleanup.run());

async function serve(answer: (query: URLSearchParams) => Promise<{ status: number; body: unknown }>): Promise<string> {
  const server = createServer(async (request, response) => {
    const { status, body } = await answer(new URL(request.url ?? "", "http://x").searchParams);
    response.writeHead(status).end(JSON.stringify(toPlain(body)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanup.add(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A monitor with that role's key. */
const monitor = (role: string, change: (honest: Reconciliation) => Reconciliation = (honest) => honest) =>
  serve(async (query) => {
    const honest = await readReconciliation(local.network, beta);
    const observedAt = BigInt(query.get("observedAt") ?? honest.observedAt);
    const reconciliation = change({ ...honest, observedAt });
    const account = privateKeyToAccount(keyOf(local.deployment, role).privateKey);
    const signature = await signReconciliation({ at: hubOf(local.deployment), reconciliation, account });
    return { status: 200, body: { reconciliation, signature } };
  });
const asked = (...urls: string[]) => urls.flatMap((url) => ["--monitor", url]);
const addressOf = (role: string) => keyOf(local.deployment, role).address;

/** As a devnet's file names them. */
function nameMonitors(...urls: string[]): void {
  const names = urls.map((url, i) => [i === 0 ? "monitor" : `monitor-${i + 1}`, url]);
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), apis: Object.fromEntries(names) }));
}

async function propose(): Promise<void> {
  expect((await weighlock("guardian", "freeze", "in", "beta", "--chain", "hub")).code).toBe(0);
  expect((await weighlock("council", "propose-resume", "in", "beta", "--chain", "hub")).code).toBe(0);
  const client = createTestClient({ mode: "anvil", transport: http(hubOf(local.deployment).rpcUrl) });
  await client.increaseTime({ seconds: NETWORK.resumeDelay });
  await client.mine({ blocks: 1 });
}

test("what is not stopped is not resumed, and nobody is asked", async () => {
  const resumed = await weighlock(...RESUME, ...asked(SILENT), "--json");
  expect(resumed).toMatchObject({
    code: 1,
    json: { error: { message: "Nothing is to be resumed: in beta is not stopped on hub." } },
  });
});

test("too few that sign the same: what each said, and nothing is sent", async () => {
  await propose();
  const honest = await monitor("monitor");
  const keyless = await serve(async () => ({ status: 501, body: { error: "this monitor has no key to sign with" } }));
  const refusing = await serve(async () => ({
    status: 409,
    body: { error: "not everything is in order", reasons: ["a residual stands: USDC", "beta→hub is forked"] },
  }));
  const other = await monitor("monitor-2", ({ lanes, ...rest }) => ({
    ...rest,
    lanes: lanes.map((lane) => ({ ...lane, executed: lane.executed + 1n })),
  }));
  const stranger = await monitor("trader");
  const twin = await monitor("monitor");
  const all = [honest, keyless, refusing, other, stranger, twin, SILENT];
  const { code, stderr } = await weighlock(...RESUME, ...asked(...all));
  expect(code).toBe(1);
  expect(stderr).toContain("Fewer than 2 monitors sign the same");
  expect(stderr).toContain(`  ${keyless}: this monitor has no key to sign with\n`);
  expect(stderr).toContain(`  ${refusing}:\n    a residual stands: USDC\n    beta→hub is forked\n`);
  expect(stderr).toMatch(new RegExp(`  ${honest}: it signs (0x[0-9a-f]{64}) as ${addressOf("monitor")}\n`));
  expect(stderr).toMatch(new RegExp(`  ${other}: it signs (0x[0-9a-f]{64}) as ${addressOf("monitor-2")}\n`));
  expect(stderr).toContain(`  ${stranger}: it signs as ${addressOf("trader")}, which is no monitor's key here\n`);
  expect(stderr).toContain(`  ${twin}: it signs as ${addressOf("monitor")}, as ${honest} does: one key counts once\n`);
  expect(stderr).toContain(`  ${SILENT}: Nothing answers there.\n`);
  const { json } = await weighlock(...RESUME, ...asked(honest, `${honest}/`), "--json");
  expect(json.error).toMatchObject({ name: "NotReconciledError", details: { [honest]: [expect.any(String)] } });
});

test("those that the file names are asked, and two of three are enough", async () => {
  nameMonitors(await monitor("monitor"), SILENT, await monitor("monitor-3"));
  const resumed = await weighlock(...RESUME);
  expect(resumed).toMatchObject({ code: 0, stderr: "" });
  expect(resumed.stdout).toContain(addressOf("monitor"));
  expect(resumed.stdout).toContain(addressOf("monitor-3"));
  expect(resumed.stdout).toMatch(/done in transaction 0x/);
});

test("owners elsewhere sign for what the first one collected, and monitors are not asked again", async () => {
  await propose();
  const dir = mkdtempSync(join(tmpdir(), "weighlock-resume-"));
  const [kept, first, second] = ["resume.json", "1.json", "2.json"].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  nameMonitors(await monitor("monitor"), await monitor("monitor-2"), await monitor("monitor-3"));
  const two = ["--key-role", "council", "--key-role", "council-2"];
  const unkept = await weighlock(...RESUME, ...two, "--signature-out", first);
  expect(unkept).toMatchObject({ code: 2, stderr: expect.stringContaining("give --signed-out <file> as well") });
  const begun = await weighlock(...RESUME, ...two, "--signed-out", kept, "--signature-out", first);
  expect(begun.code, begun.stderr).toBe(0);
  expect(begun.stdout).toContain(`the same command with --signed ${kept} --signature ${first}`);
  const again = await weighlock(...RESUME, "--key-role", "council-3", "--signature", first);
  expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining("give it with --signed") });
  // Time passes, and the monitors would sign another observation by now.
  nameMonitors(SILENT);
  const given = ["--signed", kept, "--signature"];
  const third = await weighlock(...RESUME, "--key-role", "council-3", ...given, first, "--signature-out", second);
  expect(third.stdout).toContain("3 of 4 owners have signed");
  const last = await weighlock(...RESUME, "--key-role", "council-4", ...given, second, "--json");
  expect(last).toMatchObject({ code: 0, json: { outcome: { type: "done" } } });
});

test.each([
  [["--monitor", "nowhere"], '"nowhere" is no URL'],
  [["--monitor", "localhost:8801"], '"localhost:8801" is no URL'],
  [["--monitor", SILENT, "--signed", "x.json"], "Give either --signed"],
  [["--signed", "x.json"], "There is no signed reconciliation at x.json"],
  [[], "names no monitor"],
])("%j exits 2 with a sentence", async (argv, sentence) => {
  nameMonitors();
  expect(await weighlock(...RESUME, ...argv)).toMatchObject({ code: 2, stderr: expect.stringContaining(sentence) });
});

test.each<[string, (reconciliation: unknown) => unknown, string]>([
  ["no reconciliation", () => ({}), "reconciliation"],
  ["no signature", (reconciliation) => ({ reconciliation, signatures: [] }), "expected 65 bytes of hex"],
  ["a short signature", (reconciliation) => ({ reconciliation, signatures: ["0x12"] }), "expected 65 bytes of hex"],
  [
    "a signature of nobody",
    (reconciliation) => ({ reconciliation, signatures: [`0x${"ff".repeat(65)}`] }),
    "is no signed",
  ],
])("a file with %s exits 2 with a sentence", async (_, change, sentence) => {
  const path = join(mkdtempSync(join(tmpdir(), "weighlock-signed-")), "signed.json");
  writeFileSync(path, JSON.stringify(change(toPlain(await readReconciliation(local.network, beta)))));
  expect(await weighlock(...RESUME, "--signed", path)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(sentence),
  });
});
