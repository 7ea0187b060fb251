/**
 * Writes docs/pauses.md: what each function of each contract does under each pause, from test/vectors/pauses.json. Exits 1
 * when a function that changes state is missing there, or one that is there is gone, or a cell names neither an error nor an
 * event; with --check also when the page is stale. test/contracts/unit/Paused.t.sol calls every cell.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Abi } from "viem";

const ROOT = join(import.meta.dirname, "..");
const TABLE = "test/vectors/pauses.json";
const PAGE = "docs/pauses.md";
const CONTRACTS = [
  "Gateway",
  "CollateralVault",
  "ClearingHouse",
  "PauseController",
  "LayerZeroPath",
  "WatcherPath",
  "TipJar",
] as const;
const SCOPES = {
  in: "in",
  out: "out",
  asset: "asset",
  halt: "halt",
  falseAck: "false ack",
  closed: "closed",
} as const;

type Scope = keyof typeof SCOPES;
type Row = Record<Scope, string> & { note?: string };
type Table = Record<string, Record<string, Row>>;

const abiOf = (contract: string): Abi =>
  JSON.parse(readFileSync(join(ROOT, "out", `${contract}.sol`, `${contract}.json`), "utf8")).abi;
const table: Table = JSON.parse(readFileSync(join(ROOT, TABLE), "utf8"));
const abis = new Map(CONTRACTS.map((contract) => [contract, abiOf(contract)]));
const scopes = Object.keys(SCOPES) as Scope[];

const namesOf = (type: "error" | "event") =>
  new Set([...abis.values()].flat().flatMap((item) => (item.type === type ? [item.name] : [])));
const errors = namesOf("error");
const events = namesOf("event");

function functionsOf(abi: Abi): string[] {
  const names = abi.flatMap((item) =>
    item.type === "function" && item.stateMutability !== "view" && item.stateMutability !== "pure" ? [item.name] : [],
  );
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice) throw new Error(`Two functions are named ${twice}; the table has one row for a name.`);
  return names.sort();
}

function* complaints(): Generator<string> {
  for (const contract of Object.keys(table)) {
    if (!abis.has(contract as (typeof CONTRACTS)[number])) yield `${contract} is in the table and no contract of ours.`;
  }
  for (const [contract, abi] of abis) {
    const rows = table[contract] ?? {};
    const functions = functionsOf(abi);
    for (const name of functions) if (!rows[name]) yield `${contract}.${name} is missing.`;
    for (const [name, row] of Object.entries(rows)) {
      if (!functions.includes(name)) yield `${contract}.${name} is gone.`;
      for (const scope of scopes) {
        const cell = row[scope];
        if (cell !== "open" && cell !== "n/a" && !errors.has(cell) && !events.has(cell)) {
          yield `${contract}.${name} under ${scope}: ${cell ?? "nothing"} is neither an error nor an event.`;
        }
      }
      for (const key of Object.keys(row)) {
        if (key !== "note" && !(key in SCOPES)) yield `${contract}.${name}: ${key} is no scope.`;
      }
    }
  }
}

const show = (cell: string) =>
  cell === "open" ? "open" : cell === "n/a" ? "–" : events.has(cell) ? `*\`${cell}\`*` : `\`${cell}\``;

function sectionOf(contract: string): string {
  const rows = Object.entries(table[contract] ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const isAlwaysOpen = ([, row]: [string, Row]) => scopes.every((scope) => row[scope] === "open");
  const isNever = ([, row]: [string, Row]) => scopes.every((scope) => row[scope] === "n/a");
  const others = rows.filter((row) => !isAlwaysOpen(row) && !isNever(row));
  const list = (some: [string, Row][]) =>
    some.map(([name, { note }]) => (note ? `\`${name}\` (${note.replace(/\.$/, "")})` : `\`${name}\``)).join(", ");
  const lines = [`## ${contract}`, ""];
  if (others.length > 0) {
    lines.push(`| function | ${Object.values(SCOPES).join(" | ")} | |`);
    lines.push(`|---|${scopes.map(() => "---|").join("")}---|`);
    for (const [name, row] of others) {
      lines.push(`| \`${name}\` | ${scopes.map((scope) => show(row[scope])).join(" | ")} | ${row.note ?? ""} |`);
    }
    lines.push("");
  }
  const open = rows.filter(isAlwaysOpen);
  if (open.length > 0) lines.push(`Always open: ${list(open)}.`, "");
  const never = rows.filter(isNever);
  if (never.length > 0) lines.push(`Never to be called: ${list(never)}.`, "");
  return lines.join("\n");
}

const page = `# What stays open under which pause

Generated from the contracts' ABIs and [${TABLE}](../${TABLE}) by \`npm run pauses\`; not edited by hand. Every function that changes state is here, and \`test/contracts/unit/Paused.t.sol\` calls each of them under each stop: a new function can't be forgotten.

Each stop is of one lane, or one asset, on the chain of the contract. *In*: what the lane brings. *Out*: what is posted to its other end. *Asset*: paused on this chain. *Halt*: evidence, a contradiction or a false return. *False ack*: the peer acknowledged what was never sealed. *Closed*: by the council, for good. A pause and a freeze stop the same.

An error's name: it reverts. An event's name in italics: it does this instead. A dash: nobody can call it then. Stopping, tightening and evidence are open under every stop. Giving back is open until a false acknowledgement or closing, after which nothing more is posted to that peer.

${CONTRACTS.map(sectionOf).join("\n")}`.trimEnd();

const found = [...complaints()];
if (found.length > 0) {
  console.error(`${TABLE} does not fit the contracts:\n${found.map((line) => `  ${line}`).join("\n")}`);
  process.exit(1);
}
const text = `${page}\n`;
if (!process.argv.includes("--check")) {
  writeFileSync(join(ROOT, PAGE), text);
  console.log(`${PAGE}: ${Object.values(table).reduce((sum, rows) => sum + Object.keys(rows).length, 0)} functions`);
} else if (readFileSync(join(ROOT, PAGE), "utf8") !== text) {
  console.error(`${PAGE} is stale. Run npm run pauses.`);
  process.exit(1);
}
