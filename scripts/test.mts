/** Runs every suite, one after the other, and prints what each took. `node scripts/test.mts [suite…]` runs some. */

import { spawn } from "node:child_process";

type Suite = { name: string; command: string; args: readonly string[] };
type Result = { name: string; seconds: number; passed: number; failed: number; exitCode: number };

/** What is proved in seconds; `npm run prove` takes minutes for all. */
const QUICK_PROOFS = ["BucketDraws", "LaneBookStep", "LaneCountersStep", "LaneStopsStep", "LimitOrder"];

const suites: readonly Suite[] = [
  { name: "build", command: "npm", args: ["run", "-s", "build"] },
  { name: "check", command: "npm", args: ["run", "-s", "check"] },
  { name: "forge", command: "forge", args: ["test"] },
  { name: "unit", command: "vitest", args: ["run", "--project", "unit"] },
  // Forge has compiled the contracts that lack a defence.
  { name: "attacks", command: "node", args: ["scripts/attacks.mts"] },
  { name: "proofs", command: "node", args: ["scripts/prove.mts", ...QUICK_PROOFS] },
  { name: "model", command: "vitest", args: ["run", "--project", "model"] },
  { name: "e2e", command: "vitest", args: ["run", "--project", "e2e"] },
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !suites.some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(`No suite is called ${unknown.join(", ")}. There are: ${suites.map(({ name }) => name).join(", ")}.`);
  process.exit(2);
}

const results: Result[] = [];
for (const suite of suites) {
  if (wanted.length > 0 && !wanted.includes(suite.name)) continue;
  console.log(`\n── ${suite.name}: ${suite.command} ${suite.args.join(" ")}`);
  const result = await run(suite);
  results.push(result);
  // Without a build, or with a type error, the later suites would only repeat the news.
  if (result.exitCode !== 0 && suite.name === "build") break;
}

console.log("\nsuite      seconds   passed   failed");
for (const { name, seconds, passed, failed } of results) {
  console.log(
    `${name.padEnd(8)} ${seconds.toFixed(1).padStart(9)} ${String(passed).padStart(8)} ${String(failed).padStart(8)}`,
  );
}
const total = (pick: (result: Result) => number) => results.map(pick).reduce((sum, value) => sum + value, 0);
const failed = total((result) => result.failed);
console.log(
  `${"total".padEnd(8)} ${total(({ seconds }) => seconds)
    .toFixed(1)
    .padStart(9)}`,
);
console.log(`\n${total(({ passed }) => passed)} passed, ${failed} failed`);
process.exitCode = results.every(({ exitCode }) => exitCode === 0) ? 0 : 1;

async function run({ name, command, args }: Suite): Promise<Result> {
  const startedAt = performance.now();
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    process.stdout.write(chunk);
    output += chunk.toString();
  });
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
  const { passed, failed } = countTests(output);
  return {
    name,
    seconds: (performance.now() - startedAt) / 1000,
    passed,
    // A suite that broke before it could count is a failure all the same.
    failed: exitCode !== 0 && failed === 0 ? 1 : failed,
    exitCode,
  };
}

/** From the last line with which forge and vitest sum up. */
function countTests(output: string): { passed: number; failed: number } {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes start with the escape character
  const plain = output.replace(/\u001b\[[0-9;]*m/g, "");
  const summary = /Ran \d+ test suites?[^\n]*/.exec(plain)?.[0] ?? /^ *Tests .*$/m.exec(plain)?.[0] ?? "";
  const count = (word: string) => Number(new RegExp(`(\\d+) (?:tests )?${word}`).exec(summary)?.[1] ?? 0);
  return { passed: count("passed"), failed: count("failed") };
}
