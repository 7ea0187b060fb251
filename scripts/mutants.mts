/** Breaks the contracts one mistake at a time, and says which test of theirs sees it. `--help` says how. */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { parseArgs } from "node:util";

/** A mistake, and the tests that have to see it. */
type Mutant = {
  name: string;
  file: string;
  from: string;
  to: string;
  /** A glob, as forge's --match-path takes it. */
  tests: string;
  /** Of those only these, as its --match-test takes them. */
  match?: string;
};

type Verdict = "seen" | "SURVIVED" | "does not compile" | "changes nothing" | "took too long";
type Outcome = { verdict: Verdict; detail: string };

/** What a run of forge said of one test. */
type Failure = { suite: string; test: string; reason: string };
type Report = { passed: number; failures: Failure[] };

/** What forge prints with --json, as far as it is read here. */
type Suites = Record<string, { test_results: Record<string, { status: string; reason: string | null }> }>;

type Ended = { code: number | null; output: string; errors: string; isLate: boolean };

const ROOT = join(import.meta.dirname, "..");
const LIST = "test/contracts/mutants.json";
/** What forge needs to build and to test. */
const PARTS = [
  "contracts",
  "foundry.toml",
  "scripts/package.json",
  "scripts/solc",
  "snapshots",
  "test/contracts",
  "test/vectors",
];
const BUILT = ["out", "cache"];
const AT_ONCE = Math.min(2, availableParallelism());
const WIDTH = 120;

const HELP = `npm run mutants [-- [--seconds n] [word…]]

Would the tests notice a contract that is broken? Each entry of ${LIST} is a mistake in a contract:

  name    what the contract does wrong then
  file    the contract
  from    text that stands in it just once
  to      the text in its place
  tests   which tests must fail, by their file (a glob, forge's --match-path)
  match   of those only some, by their name (a regular expression, forge's --match-test); may be left out

The mistakes are made in copies of the repository in a temporary folder, two at a time, never in the working tree. Each is
built as production builds it, and its tests run until the first one fails:

  seen              a test failed; it is named, with its reason, which should be one that the mistake explains
  SURVIVED          all of them passed: a test is missing, or the mistake is none
  changes nothing   the build deploys what it did before: the mistake is in nothing that is deployed
  does not compile  an error of the list

Before that the same tests must pass on the contracts as they are, and all code is built, which takes minutes where it has
not been built before. All but "seen" is a failure. What a mutant that survived says is either written as a test, or it
changes nothing that anybody can see, and leaves the list.

  --seconds n  give up on a mutant after n seconds, 900 if not given
  word…        only mutants that have one of these in their name, file or tests`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { help: { type: "boolean", short: "h" }, seconds: { type: "string", default: "900" } },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const limit = Number(values.seconds);
if (!Number.isInteger(limit) || limit < 1) refuse(`--seconds wants a number of seconds, not ${values.seconds}.`);
const mutants = readMutants();

const startedAt = performance.now();
const running = new Set<ChildProcess>();
const folder = mkdtempSync(join(tmpdir(), "weighlock-mutants-"));
process.once("exit", cleanUp);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(130));

const copies = await makeCopies();
await checkTests();
process.exitCode = (await tryMutants()) ? 0 : 1;

// ── the list ────────────────────────────────────────────────────────────────────────────────────────────────────────

function readMutants(): Mutant[] {
  const all = JSON.parse(readFileSync(join(ROOT, LIST), "utf8")) as Mutant[];
  for (const { name, file, from, to } of all) {
    const found = readFileSync(join(ROOT, file), "utf8").split(from).length - 1;
    if (found !== 1) refuse(`${name}: ${file} has "${from}" ${found} times, not once.`);
    if (from === to) refuse(`${name}: it puts the same text back.`);
  }
  const words = positionals.map((word) => word.toLowerCase());
  const wanted = all.filter(({ name, file, tests }) => {
    const text = `${name} ${file} ${tests}`.toLowerCase();
    return words.length === 0 || words.some((word) => text.includes(word));
  });
  if (wanted.length === 0) refuse(`No mutant of ${LIST} has any of these: ${positionals.join(", ")}.`);
  return wanted;
}

// ── copies ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Folders with the repository, all of it built, of which one is used at a time. */
async function makeCopies(): Promise<string[]> {
  const first = join(folder, "0");
  for (const part of PARTS) cpSync(join(ROOT, part), join(first, part), { recursive: true });
  for (const part of BUILT) cp("-a", join(ROOT, part), join(first, part));
  linkModules(first);
  const build = await forge(first, ["build"]);
  if (build.code !== 0) refuse(`The contracts don't build as they are:\n${build.errors || build.output}`);
  // A history that failed before would be tried first.
  for (const part of ["fuzz", "invariant", "test-failures"]) {
    rmSync(join(first, "cache", part), { recursive: true, force: true });
  }
  for (const part of BUILT) cp("-a", join(first, part), join(folder, part));
  say("built", `all contracts and tests`);

  const folders = [first];
  for (let i = 1; i < Math.min(AT_ONCE, mutants.length); ++i) {
    const next = join(folder, `${i}`);
    for (const part of PARTS) cpSync(join(first, part), join(next, part), { recursive: true });
    for (const part of BUILT) cp("-a", join(first, part), join(next, part));
    linkModules(next);
    folders.push(next);
  }
  return folders;
}

/** Hard links: forge takes a package behind a symbolic one for another. Between file systems there are none. */
function linkModules(copy: string): void {
  const [from, to] = [join(ROOT, "node_modules"), join(copy, "node_modules")];
  if (spawnSync("cp", ["-al", from, to]).status === 0) return;
  rmSync(to, { recursive: true, force: true });
  cp("-a", from, to);
}

function cp(how: string, from: string, to: string): void {
  const { status, stderr } = spawnSync("cp", [how, from, to]);
  if (status !== 0) refuse(`cp ${how} ${from} ${to}: ${stderr}`);
}

/** As it was built before anything was broken: what a mutant left behind would be built again. */
function restore(copy: string): void {
  for (const part of BUILT) {
    rmSync(join(copy, part), { recursive: true, force: true });
    cp("-a", join(folder, part), join(copy, part));
  }
}

/** Bytecode of what is deployed, by contract. */
function codeIn(copy: string): Map<string, string> {
  const sources = readdirSync(join(copy, "contracts"), { recursive: true, encoding: "utf8" });
  const names = sources.filter((path) => path.endsWith(".sol")).map((path) => basename(path, ".sol"));
  const codes = new Map<string, string>();
  for (const name of names) {
    for (const file of artifactsOf(copy, name)) {
      const artifact = JSON.parse(readFileSync(file, "utf8")) as { deployedBytecode?: { object: string } };
      const code = artifact.deployedBytecode?.object ?? "0x";
      if (code !== "0x") codes.set(basename(file), code);
    }
  }
  return codes;
}

function artifactsOf(copy: string, name: string): string[] {
  const path = join(copy, "out", `${name}.sol`);
  try {
    return readdirSync(path).map((file) => join(path, file));
  } catch {
    // Of types and free functions there are none.
    return [];
  }
}

function cleanUp(): void {
  for (const { pid } of running) {
    if (pid === undefined) continue;
    try {
      // The whole group: what is called forge only starts it.
      process.kill(-pid, "SIGKILL");
    } catch {
      // It has just ended.
    }
  }
  rmSync(folder, { recursive: true, force: true });
}

// ── as they are ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** A test that fails anyway sees nothing. */
async function checkTests(): Promise<void> {
  const sets = new Map(mutants.map(({ tests, match }) => [`${tests} ${match ?? ""}`.trim(), { tests, match }]));
  await inParallel([...sets], async ([label, { tests, match }], copy) => {
    const began = performance.now();
    const ended = await test(copy, tests, match);
    const report = ended.isLate ? undefined : reportOf(ended.output);
    if (!report) refuse(`${label}: the tests don't run on the contracts as they are:\n${ended.errors || ended.output}`);
    const [failure] = report.failures;
    if (failure) refuse(`${label}: fails on the contracts as they are: ${told(failure)}`);
    if (report.passed === 0) refuse(`${label}: there is no such test.`);
    say(`${seconds(began)} s`, `as they are, ${report.passed} passed: ${label}`);
  });
}

// ── broken ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** @returns whether each was seen. */
async function tryMutants(): Promise<boolean> {
  const codes = codeIn(copies[0] as string);
  let seen = 0;
  let done = 0;
  await inParallel(mutants, async (mutant, copy) => {
    const began = performance.now();
    const { verdict, detail } = await tryMutant(mutant, copy, codes);
    if (verdict === "seen") seen += 1;
    done += 1;
    const place = `${done} of ${mutants.length}`;
    say(`${seconds(began)} s`, `${place}  ${verdict}: ${subjectOf(mutant)}: ${mutant.name}`);
    for (const line of detail.split("\n")) console.log(`${" ".repeat(12)}${line}`);
  });
  console.log(`\nTests  ${seen} passed, ${mutants.length - seen} failed in ${seconds(startedAt)} s`);
  return seen === mutants.length;
}

async function tryMutant(mutant: Mutant, copy: string, codes: Map<string, string>): Promise<Outcome> {
  const path = join(copy, mutant.file);
  const original = readFileSync(path, "utf8");
  // Not with a string, in which a dollar would mean something.
  writeFileSync(
    path,
    original.replace(mutant.from, () => mutant.to),
  );
  try {
    const build = await forge(copy, ["build", "contracts"]);
    if (build.isLate) return { verdict: "took too long", detail: "to build" };
    if (build.code !== 0) return { verdict: "does not compile", detail: (build.errors || build.output).trim() };
    const changed = [...codeIn(copy)].filter(([name, code]) => codes.get(name) !== code).map(([name]) => name);
    if (changed.length === 0) return { verdict: "changes nothing", detail: `in ${mutant.file}` };

    const ended = await test(copy, mutant.tests, mutant.match);
    if (ended.isLate) return { verdict: "took too long", detail: mutant.tests };
    const report = reportOf(ended.output);
    if (!report) return { verdict: "does not compile", detail: (ended.errors || ended.output).trim() };
    const [failure] = report.failures;
    return failure ? { verdict: "seen", detail: told(failure) } : { verdict: "SURVIVED", detail: mutant.tests };
  } finally {
    writeFileSync(path, original);
    restore(copy);
  }
}

function subjectOf({ file }: Mutant): string {
  return basename(file, ".sol");
}

// ── forge ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function test(copy: string, tests: string, match: string | undefined): Promise<Ended> {
  const only = match === undefined ? [] : ["--match-test", match];
  return forge(copy, ["test", "--json", "--fail-fast", "--match-path", tests, ...only]);
}

/** @returns nothing if forge got no further than building. */
function reportOf(output: string): Report | undefined {
  const json = output.split("\n").findLast((line) => line.startsWith("{"));
  if (json === undefined) return undefined;
  const report: Report = { passed: 0, failures: [] };
  for (const [suite, { test_results }] of Object.entries(JSON.parse(json) as Suites)) {
    for (const [test, { status, reason }] of Object.entries(test_results)) {
      if (status === "Success") report.passed += 1;
      else report.failures.push({ suite: suite.split(":").at(-1) ?? suite, test, reason: reason ?? "it failed" });
    }
  }
  return report;
}

function told({ suite, test, reason }: Failure): string {
  const text = `${suite}.${test.split("(")[0]}: ${reason.replaceAll("\n", " ")}`;
  return text.length > WIDTH ? `${text.slice(0, WIDTH - 1)}…` : text;
}

/** In a process group of its own, which is killed when it takes too long. */
function forge(copy: string, args: readonly string[]): Promise<Ended> {
  const child = spawn("forge", args, {
    cwd: copy,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      PATH: [join(copy, "node_modules/.bin"), dirname(process.execPath), process.env.PATH].join(delimiter),
      // A shorter history would tell no more than that there is one.
      FOUNDRY_INVARIANT_SHRINK_RUN_LIMIT: "0",
    },
  });
  running.add(child);
  let output = "";
  let errors = "";
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  }, limit * 1000);
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(timer);
      running.delete(child);
      resolve({ code, output, errors, isLate });
    });
  });
}

// ── order ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Each in a copy that nobody else uses meanwhile. */
async function inParallel<T>(items: readonly T[], run: (item: T, copy: string) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (copy: string) => {
    for (let i = next++; i < items.length; i = next++) await run(items[i] as T, copy);
  };
  await Promise.all(copies.map(worker));
}

function say(before: string, text: string): void {
  console.log(`${before.padStart(10)}  ${text}`);
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}

function refuse(message: string): never {
  console.error(message);
  process.exit(2);
}
