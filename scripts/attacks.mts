/**
 * Runs the attack classes of test/attacks, each with its main defence on and off, and writes `.weighlock/attacks.json`
 * and the table in docs/attacks.md. `node scripts/attacks.mts [class…]` runs some of them.
 */

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

type Attack = {
  class: string;
  name: string;
  direction: string;
  path: string;
  defence: "on" | "off";
  /** How the defence was taken out. */
  how?: string;
  succeeded: boolean;
  loss: string;
  bound: string;
  blocksToDetect: number | null;
  blocksToHalt: number | null;
};

const ROOT = join(import.meta.dirname, "..");
const FOLDER = join(ROOT, "test/attacks");
const REPORT = join(ROOT, ".weighlock/attacks.json");
const PAGE = join(ROOT, "docs/attacks.md");

const known = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".test.ts"))
  .map((file) => file.replace(".test.ts", ""))
  .sort();
const wanted = process.argv.slice(2).map((each) => each.toUpperCase());
if (wanted.includes("--HELP") || wanted.includes("-H")) {
  console.log(
    `npm run attacks [class…]\n\nReplays attacks with their main defence on and off. Classes: ${known.join(", ")}.`,
  );
  process.exit(0);
}
const unknown = wanted.filter((each) => !known.includes(each));
if (unknown.length > 0) {
  console.error(`No attack class is called ${unknown.join(", ")}. There are: ${known.join(", ")}.`);
  process.exit(2);
}
const classes = wanted.length > 0 ? wanted : known;

const dir = await mkdtemp(join(tmpdir(), "weighlock-attacks-"));
const file = join(dir, "attacks.jsonl");
const exitCode = await run(classes.map((each) => join("test/attacks", `${each}.test.ts`)));
const attacks = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").map(parse).sort(inOrder) : [];
await rm(dir, { recursive: true });

print(attacks);
const missing = classes.filter((each) => ["on", "off"].some((defence) => !attacks.some(of(each, defence))));
for (const each of missing) console.error(`${each} was not tried both with its defence on and with it off.`);
mkdirSync(dirname(REPORT), { recursive: true });
writeFileSync(REPORT, `${JSON.stringify(attacks, null, 2)}\n`);
console.log(`\nreport: .weighlock/attacks.json`);
if (wanted.length === 0 && exitCode === 0) writeFileSync(PAGE, page(attacks));
process.exitCode = exitCode === 0 && missing.length === 0 ? 0 : 1;

function run(files: readonly string[]): Promise<number> {
  const child = spawn("vitest", ["run", "--project", "attacks", ...files], {
    cwd: ROOT,
    env: { ...process.env, WEIGHLOCK_ATTACKS_FILE: file },
    stdio: "inherit",
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}

function parse(line: string): Attack {
  return JSON.parse(line) as Attack;
}

function of(name: string, defence: string) {
  return (attack: Attack) => attack.class === name && attack.defence === defence;
}

function inOrder(a: Attack, b: Attack): number {
  const key = (each: Attack) =>
    [each.class, each.name, each.direction, each.path, each.defence === "on" ? 0 : 1].join(" ");
  return key(a) < key(b) ? -1 : 1;
}

function print(all: readonly Attack[]): void {
  console.log("\nclass  defence  outcome         loss  attack");
  for (const { class: name, defence, succeeded, loss, ...rest } of all) {
    const outcome = succeeded ? "succeeded" : "failed";
    console.log(
      `${name.padEnd(6)} ${defence.padEnd(7)}  ${outcome.padEnd(9)} ${loss.padStart(10)}  ${rest.name} (${rest.direction}, ${rest.path})`,
    );
  }
}

/** The same attack with its defence on and off is one row. */
function page(all: readonly Attack[]): string {
  const rows = all
    .filter(({ defence }) => defence === "on")
    .map((on) => {
      const offs = all.filter(
        (each) =>
          each.defence === "off" &&
          each.class === on.class &&
          each.name === on.name &&
          each.direction === on.direction &&
          each.path === on.path,
      );
      const blocks = [on.blocksToDetect, on.blocksToHalt].map((each) => (each === null ? "–" : `${each}`)).join(" / ");
      const control = offs.map((off) => `${off.how}: ${off.succeeded ? "succeeds" : "fails"}, ${off.loss}`).join("; ");
      return `| ${on.class} | ${on.name} | ${on.direction} | ${on.path} | ${on.succeeded ? "succeeds" : "fails"}, ${on.loss} of ${on.bound} | ${blocks} | ${control} |`;
    });
  return `# Attacks

What \`npm run attacks\` has replayed on the real contracts on local chains, each with its main defence on and, as a control, with it taken out: then the attack must succeed, or the test would prove nothing. Loss and bound are canonical units of an asset with six decimals, read from tokens and ledger; blocks count from the first evidence on chain to its detection and to the halt (– where nothing has to be seen or stopped). Written by \`scripts/attacks.mts\`; the classes are those of the threat list.

| class | attack | direction | path | defence on: outcome, loss of bound | blocks | defence off |
|---|---|---|---|---|---|---|
${rows.join("\n")}
`;
}
