import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { choosePrivateKey } from "./network.ts";
import { run } from "./program.ts";
import { formatTable } from "./table.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "weighlock-cli-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

async function weighlock(argv: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const streams = { stdout: (text: string) => out.push(text), stderr: (text: string) => err.push(text) };
  return { code: await run(argv, { streams, env: {} }), stdout: out.join(""), stderr: err.join("") };
}

const address = `0x${"11".repeat(20)}`;
const chain = (name: string, eid: number) => ({
  name,
  chainId: eid,
  eid,
  // Port 9 is "discard": nothing answers there.
  rpcUrl: "http://127.0.0.1:9",
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
function publicDeployment(): string {
  const file = join(directory, "deployment.json");
  const chains = [
    { ...chain("hub", 1), role: "hub", clearingHouse: address },
    { ...chain("alpha", 2), role: "vault", vault: address, permit2: address },
  ];
  writeFileSync(file, JSON.stringify({ chains }));
  return file;
}

test.each([
  [["--help"], "weighlock devnet up"],
  [["deposit", "--help"], "--amount is in whole tokens"],
  [["withdraw", "--help"], "Any vault will do"],
  [["status", "--help"], "A settlement's life"],
  [["devnet", "--help"], "Three local chains"],
  [["monitor", "status", "--help"], "A fact is certain"],
  [["quote", "--help"], "It sends nothing"],
  [["quote", "deposit", "--help"], "The time is measured"],
  [["submit", "--help"], "One that can't be done is skipped"],
  [["cancel", "--help"], "Uses up a nonce"],
  [["transfer", "--help"], "Nothing\n  leaves a vault"],
  [["request", "--help"], "Nobody on the hub can keep it out"],
  [["recipient", "add", "--help"], "weighlock recipient add 0x…"],
  [["controller", "clear", "--help"], "One chain has one controller"],
  [["parked", "--help"], "No money is lost"],
  [["retry", "--help"], "Anyone may"],
  [["return", "--help"], "anyone may 7 days after it"],
  [["settle", "--help"], "by whichever applies"],
  [["lanes", "--help"], "A lane is one log"],
  [["accounts", "--help"], "An account is an owner and a subaccount"],
])("%j teaches", async (argv, text) => {
  const { code, stdout } = await weighlock(argv);
  expect(code).toBe(0);
  expect(stdout).toContain(text);
  expect(stdout).toMatch(/\n$/);
});

test.each([
  [["frobnicate"], "unknown command 'frobnicate'"],
  [["deposit"], "required option '--chain <chain>'"],
  [["status", "--nonsense"], "unknown option '--nonsense'"],
  [["devnet", "up", "--block-time", "soon"], "is no block time"],
  [["devnet", "skip", "soon"], "is no time; give one as in 90s"],
  [["devnet", "skip", "6h", "--blocks", "0"], "is no number of blocks"],
  [["status", "--deployment", "/nowhere/devnet.json"], "There is no deployment at /nowhere/devnet.json"],
  [["monitor", "status", "--deployment", "/nowhere/devnet.json"], "There is no deployment at /nowhere/devnet.json"],
])("%j exits 2", async (argv, text) => {
  const { code, stderr } = await weighlock(argv);
  expect(code).toBe(2);
  expect(stderr).toContain(text);
});

const deposit = ["deposit", "--chain", "alpha", "--asset", "USDC", "--amount", "1"];
test("a deployment without keys says where a key may come from, and a node that is away is said to be", async () => {
  const deployment = ["--deployment", publicDeployment()];
  const noKey = await weighlock([...deposit, ...deployment]);
  expect(noKey).toMatchObject({ code: 2, stderr: expect.stringContaining("WEIGHLOCK_PRIVATE_KEY") });
  const key = join(directory, "key");
  writeFileSync(key, `0x${"17".repeat(32)}\n`);
  const away = await weighlock([...deposit, ...deployment, "--private-key-file", key]);
  expect(away).toMatchObject({ code: 1, stderr: expect.stringContaining("does not answer") });
  const asJson = await weighlock(["status", "--json", ...deployment]);
  expect(JSON.parse(asJson.stdout).error).toMatchObject({ name: "ChainUnreachableError" });
  expect(asJson.stderr).toBe("");
});

test("a devnet that is not up can't be set ahead", async () => {
  const dir = join(directory, "none");
  const { code, stderr } = await weighlock(["devnet", "skip", "6h", "--dir", dir]);
  expect(code).toBe(1);
  expect(stderr).toContain(`No devnet is up in this folder; start one with: npx weighlock devnet up --dir ${dir}\n`);
});

test("a deployment file that is none names its bad keys", async () => {
  const file = join(directory, "bad.json");
  writeFileSync(file, JSON.stringify({ chains: [{ name: "hub" }] }));
  const { code, stderr } = await weighlock(["status", "--deployment", file]);
  expect(code).toBe(2);
  expect(stderr).toContain("bad keys");
});

test("a key is taken from what was named, then the environment, then the trader", () => {
  const key = (digit: string) => `0x${digit.repeat(64)}` as const;
  const keys = [
    { role: "trader", address: "0x1", privateKey: key("1") },
    { role: "trader-2", address: "0x2", privateKey: key("2") },
  ] as const;
  const choose = (choice: object, env = {}) => choosePrivateKey({ deployment: { keys: [...keys] }, choice, env });
  const env = { WEIGHLOCK_PRIVATE_KEY: key("3") };
  expect(choose({})).toBe(key("1"));
  expect(choose({ keyRole: "trader-2" }, env)).toBe(key("2"));
  expect(choose({}, env)).toBe(key("3"));
  expect(() => choose({}, { WEIGHLOCK_PRIVATE_KEY: "secret" })).toThrow("64 hex digits");
  expect(() => choose({ keyRole: "x" })).toThrow("trader, trader-2");
  expect(() => choose({ keyRole: "trader", privateKeyFile: "f" })).toThrow("either");
  expect(() => choose({ privateKeyFile: join(directory, "none") })).toThrow("There is no key file");
});

test("tables are as wide as their cells", () => {
  const lines = formatTable(
    [
      ["a", "bb"],
      ["ccc", "1"],
    ],
    ["left", "right"],
  );
  expect(lines).toEqual(["a    bb", "ccc   1"]);
});

test("the launcher runs and passes the exit code on", async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, "../bin/weighlock.js"), "frobnicate"]);
  child.stdout.resume();
  child.stderr.resume();
  const [code] = await once(child, "exit");
  expect(code).toBe(2);
});
