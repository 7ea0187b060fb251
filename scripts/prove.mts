/** Proves what the harnesses of test/contracts/formal assert of the contracts' pure cores. `--help` says how. */

import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Answer, Question } from "./prove-one.mts";

type Engine = Question["engine"];

/** What became of an assertion. */
type Verdict = "proved" | "step" | "bounded" | "reached" | "unproved" | "violated" | "unreached";

/** An assertion and the sentence above it. */
type Property = { kind: "proves" | "reaches"; sentence: string; start: number };

type Harness = {
  name: string;
  path: string;
  engine: Engine;
  /** Zero: it has no loops. */
  loops: number;
  /** Each is a run of its own, with these numbers in the place of a constant's. */
  variants: { label: string; source: string }[];
  /** Text in the place of a file's, by path. */
  abstractions: Record<string, string>;
};

type Run = { harness: Harness; label: string; sources: Record<string, string> };
type Result = { harness: string; property: string; verdict: Verdict; seconds: number; detail: string };
type Expected = { harness: string; property: string; verdict: Verdict; why?: string };
type Mutant = { name: string; harness: string; file: string; from: string; to: string };

const ROOT = join(import.meta.dirname, "..");
const FOLDER = "test/contracts/formal";
const EXPECTED = join(ROOT, FOLDER, "expected.json");
const MUTANTS = join(ROOT, FOLDER, "mutants.json");
const AT_ONCE = Math.min(2, availableParallelism());

const SAFE = { chc: "9576", bmc: "2961" };
const VIOLATED = { chc: "6328", bmc: "4661" };
/** A regression is a fall in this. */
const RANK: Record<Verdict, number> = {
  proved: 3,
  step: 2,
  bounded: 1,
  reached: 1,
  unproved: 0,
  unreached: 0,
  violated: -1,
};

const HELP = `npm run prove [-- [--update] [--seconds n] [harness…]]
npm run prove -- --mutants [harness…]

Runs the Solidity compiler's model checker over the harnesses of ${FOLDER}, each in a process of its own, and compares
what it proves with ${FOLDER}/expected.json. It fails when something that was proved is proved no longer, is violated, or
is not listed.

  proved    for any sequence of calls (CHC)
  step      for any one step from any state in which the harness's invariant holds, and that keeps it (BMC, no loops):
            with the invariant at the start, an induction over any sequence; for a function without state, all there is
  bounded   as step, with loops unrolled as often as it says
  reached   a control: the checker found a way to a state, so what is proved beside it is not proved of nothing
  unproved  the solver gave up; expected.json says why

A harness is a contract named like its file, over the real core. Above each assert stands its sentence: "// proves: …" or
"// reaches: …", where the assert says that the state is not reached. Its tags:

  @custom:engine chc|bmc
  @custom:loops n                      unroll loops n times
  @custom:with NAME a, b               a run for each value of the constant NAME
  @custom:abstract path by path        another file in the place of a core, for proofs about what follows from it

  --update     write expected.json (reasons are kept)
  --mutants    break each core in the ways of ${FOLDER}/mutants.json, in memory: each must be seen
  --seconds n  give up on a harness after n seconds, 900 if not given

Harnesses: ${names().join(", ")}.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: "boolean", short: "h" },
    mutants: { type: "boolean" },
    seconds: { type: "string", default: "900" },
    update: { type: "boolean" },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const limit = Number(values.seconds);
if (!Number.isInteger(limit) || limit < 1) refuse(`--seconds wants a number of seconds, not ${values.seconds}.`);
const unknown = positionals.filter((name) => !names().includes(name));
if (unknown.length > 0) refuse(`No harness is called ${unknown.join(", ")}. There are: ${names().join(", ")}.`);
const wanted = positionals.length > 0 ? positionals : names();

const startedAt = performance.now();
process.exitCode = (await (values.mutants ? tryMutants() : prove())) ? 0 : 1;

// ── proving ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** @returns whether all is as expected. */
async function prove(): Promise<boolean> {
  const runs = wanted.map(readHarness).flatMap((harness) => runsOf(harness));
  const results = (await inParallel({ items: runs, run: check, labelOf: ({ label }) => label })).flat();
  print(results);

  const expected = existsSync(EXPECTED) ? (JSON.parse(readFileSync(EXPECTED, "utf8")) as Expected[]) : [];
  if (values.update) {
    writeFileSync(EXPECTED, `${JSON.stringify(updated(expected, results), null, 2)}\n`);
    console.log(`\nwritten: ${FOLDER}/expected.json`);
  }
  const failures = values.update ? results.filter(isWrong).map(told) : differences(expected, results);
  for (const failure of failures) console.error(`\n${failure}`);
  const passed = results.length - Math.min(results.length, failures.length);
  console.log(`\nTests  ${passed} passed, ${failures.length} failed in ${seconds(performance.now() - startedAt)} s`);
  return failures.length === 0;
}

function isWrong({ verdict }: Result): boolean {
  return verdict === "violated" || verdict === "unreached";
}

function told({ harness, property, verdict, detail }: Result): string {
  return `${harness}: ${verdict}: ${property}${detail === "" ? "" : `\n${detail}`}`;
}

/** What is worse than expected, not listed, or listed and not there any more. */
function differences(expected: readonly Expected[], results: readonly Result[]): string[] {
  const isSame = (a: { harness: string; property: string }) => (b: { harness: string; property: string }) =>
    a.harness === b.harness && a.property === b.property;
  const worse = results.flatMap((result) => {
    const before = expected.find(isSame(result));
    if (!before) return [`${told(result)}\n  It is not in expected.json; list it with --update.`];
    if (isWrong(result)) return [told(result)];
    return RANK[result.verdict] < RANK[before.verdict] ? [`${told(result)}\n  It was ${before.verdict}.`] : [];
  });
  const gone = expected.filter(
    (each) => wanted.includes(nameOf(each.harness)) && !results.some((result) => isSame(each)(result)),
  );
  return [
    ...worse,
    ...gone.map(({ harness, property }) => `${harness}: listed and not asserted any more: ${property}`),
  ];
}

function updated(expected: readonly Expected[], results: readonly Result[]): Expected[] {
  const fresh = results.map(({ harness, property, verdict }): Expected => {
    const why = expected.find((each) => each.harness === harness && each.property === property)?.why;
    return { harness, property, verdict, ...(verdict === "unproved" ? { why: why ?? "the solver gave up" } : {}) };
  });
  const kept = expected.filter(({ harness }) => !wanted.includes(nameOf(harness)) && names().includes(nameOf(harness)));
  const key = ({ harness }: Expected) => names().indexOf(nameOf(harness));
  return [...kept, ...fresh].sort((a, b) => key(a) - key(b));
}

function print(results: readonly Result[]): void {
  let last = "";
  for (const { harness, property, verdict, seconds: taken } of results) {
    if (harness !== last)
      console.log(`\n${harness}${" ".repeat(Math.max(1, 60 - harness.length))}${taken.toFixed(1)} s`);
    last = harness;
    console.log(`  ${verdict.padEnd(9)} ${property}`);
  }
  const count = (verdict: Verdict) => results.filter((result) => result.verdict === verdict).length;
  const verdicts = (Object.keys(RANK) as Verdict[]).filter((verdict) => count(verdict) > 0);
  console.log(`\n${verdicts.map((verdict) => `${count(verdict)} ${verdict}`).join(", ")}`);
}

// ── mutants ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** @returns whether each mutant was seen: something that is proved of the core is violated by it. */
async function tryMutants(): Promise<boolean> {
  const mutants = (JSON.parse(readFileSync(MUTANTS, "utf8")) as Mutant[]).filter(({ harness }) =>
    wanted.includes(harness),
  );
  const run = async (mutant: Mutant) => {
    const harness = readHarness(mutant.harness);
    const original = readFileSync(join(ROOT, mutant.file), "utf8");
    if (original.split(mutant.from).length !== 2)
      refuse(`${mutant.name}: ${mutant.file} has not one "${mutant.from}".`);
    const whole = runsOf(harness)[0];
    if (!whole) return { mutant, broken: [] };
    const results = await check({
      ...whole,
      sources: { ...whole.sources, [mutant.file]: original.replace(mutant.from, mutant.to) },
    });
    return { mutant, broken: results.filter(({ verdict }) => verdict === "violated") };
  };
  const labelOf = ({ harness, name }: Mutant) => `${harness}: ${name}`;
  const outcomes = await inParallel({ items: mutants, run, labelOf });
  for (const { mutant, broken } of outcomes) {
    console.log(`\n${broken.length > 0 ? "seen    " : "SURVIVED"} ${mutant.harness}: ${mutant.name}`);
    for (const { property } of broken) console.log(`           violated: ${property}`);
  }
  const seen = outcomes.filter(({ broken }) => broken.length > 0).length;
  const took = seconds(performance.now() - startedAt);
  console.log(`\nTests  ${seen} passed, ${outcomes.length - seen} failed in ${took} s`);
  return seen === outcomes.length;
}

// ── one run of the model checker ────────────────────────────────────────────────────────────────────────────────────

async function check({ harness, label, sources }: Run): Promise<Result[]> {
  const began = performance.now();
  const text = sources[harness.path] ?? "";
  const { engine, loops, name, path } = harness;
  const answer = await ask({ path, contract: name, engine, loops, sources });
  const taken = (performance.now() - began) / 1000;
  if (answer !== "late" && answer.errors.length > 0) refuse(answer.errors.join("\n"));
  return propertiesOf(text, name).map(({ kind, sentence, start }): Result => {
    const said = answer === "late" ? [] : answer.said.filter((each) => each.start === start);
    const violation = said.find(({ code, message }) => code === VIOLATED[engine] && message.includes("happens here"));
    const isSafe = said.length > 0 && said.every(({ code }) => code === SAFE[engine]);
    const base = { harness: label, property: sentence, seconds: taken };
    if (kind === "reaches") {
      const verdict = violation ? "reached" : isSafe ? "unreached" : "unproved";
      return { ...base, verdict, detail: "" };
    }
    if (violation) return { ...base, verdict: "violated", detail: shown(violation) };
    if (!isSafe) return { ...base, verdict: "unproved", detail: answer === "late" ? `not within ${limit} s` : "" };
    return { ...base, verdict: engine === "chc" ? "proved" : loops > 0 ? "bounded" : "step", detail: "" };
  });
}

function shown({ message, counterexample }: Answer["said"][number]): string {
  return [message, counterexample]
    .join("\n")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => `  ${line}`)
    .join("\n");
}

/** In a process of its own, which is killed when it takes too long. */
function ask(question: Question): Promise<Answer | "late"> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "prove-one.mts")], {
    cwd: ROOT,
    stdio: ["pipe", "pipe", "inherit"],
  });
  let output = "";
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill("SIGKILL");
  }, limit * 1000);
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stdin.end(JSON.stringify(question));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      if (isLate) resolve("late");
      else if (code === 0) resolve(JSON.parse(output) as Answer);
      else reject(new Error(`The model checker ended with ${signal ?? code} on ${question.contract}.`));
    });
  });
}

/** Tells on stderr what is done: the whole takes minutes. */
async function inParallel<T, R>({
  items,
  run,
  labelOf,
}: {
  items: readonly T[];
  run: (item: T) => Promise<R>;
  labelOf: (item: T) => string;
}): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  let done = 0;
  const worker = async () => {
    for (let i = next++; i < items.length; i = next++) {
      const item = items[i] as T;
      results[i] = await run(item);
      done += 1;
      const elapsed = seconds(performance.now() - startedAt).padStart(6);
      console.error(`${elapsed} s  ${done} of ${items.length}: ${labelOf(item)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

// ── harnesses ───────────────────────────────────────────────────────────────────────────────────────────────────────

function names(): string[] {
  return readdirSync(join(ROOT, FOLDER))
    .filter(
      (file) => file.endsWith(".sol") && readFileSync(join(ROOT, FOLDER, file), "utf8").includes("@custom:engine"),
    )
    .map((file) => file.replace(".sol", ""))
    .sort();
}

/** A variant's label is its harness's name and a constant's value. */
function nameOf(label: string): string {
  return label.split(" ")[0] ?? "";
}

function readHarness(name: string): Harness {
  const path = `${FOLDER}/${name}.sol`;
  const source = readFileSync(join(ROOT, path), "utf8");
  const tag = (key: string) => new RegExp(`@custom:${key} (.+)`).exec(source)?.[1]?.trim();
  const engine = tag("engine");
  if (engine !== "chc" && engine !== "bmc") refuse(`${name}: the engine is chc or bmc, not ${engine}.`);
  const [replaced, by] = tag("abstract")?.split(" by ") ?? [];
  return {
    name,
    path,
    engine,
    loops: Number(tag("loops") ?? 0),
    variants: variantsOf(name, source, tag("with")),
    abstractions: replaced && by ? { [replaced]: readFileSync(join(ROOT, by), "utf8") } : {},
  };
}

function variantsOf(name: string, source: string, tag: string | undefined): Harness["variants"] {
  if (!tag) return [{ label: name, source }];
  const constant = tag.split(" ")[0] ?? "";
  const declaration = new RegExp(`(constant ${constant} = )[^;]+;`);
  if (!declaration.test(source)) refuse(`${name}: there is no constant ${constant}.`);
  return tag
    .slice(constant.length)
    .split(",")
    .map((value) => value.trim())
    .map((value) => ({
      label: `${name} (${constant} = ${value})`,
      source: source.replace(declaration, `$1${value};`),
    }));
}

function runsOf(harness: Harness): Run[] {
  return harness.variants.map(({ label, source }) => ({
    harness,
    label,
    sources: { ...harness.abstractions, [harness.path]: source },
  }));
}

/** @returns each assert, where it is in bytes, and its sentence: what has none would be proved and never told. */
function propertiesOf(source: string, name: string): Property[] {
  const properties: Property[] = [];
  for (const found of source.matchAll(/^( *\/\/ (proves|reaches): (.+)\n)?( *)assert\(/gm)) {
    const [text, comment, kind, sentence] = found;
    if (!comment || !sentence) refuse(`${name}: an assert has no sentence: ${text.trim()}`);
    const start = Buffer.byteLength(source.slice(0, found.index + text.length - "assert(".length));
    if (properties.some((each) => each.sentence === sentence)) refuse(`${name}: two asserts say: ${sentence}`);
    properties.push({ kind: kind === "reaches" ? "reaches" : "proves", sentence, start });
  }
  return properties;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}

function refuse(message: string): never {
  console.error(message);
  process.exit(2);
}
