#!/usr/bin/env node
// Runs on whatever node is on PATH. The program itself is TypeScript and needs Node 24, which the repository brings
// along as the npm package `node`.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const NEEDED_MAJOR = 24;
const main = join(dirname(fileURLToPath(import.meta.url)), "../src/main.ts");

function packagedNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve("node/package.json");
    const binary = join(dirname(manifest), "bin", process.platform === "win32" ? "node.exe" : "node");
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

const isNewEnough = Number(process.versions.node.split(".")[0]) >= NEEDED_MAJOR;
const binary = isNewEnough ? process.execPath : packagedNode();
if (binary === undefined) {
  console.error(`weighlock needs Node ${NEEDED_MAJOR}, and this is ${process.versions.node}; run npm install first.`);
  process.exit(1);
}

const child = spawn(binary, [main, ...process.argv.slice(2)], { stdio: "inherit" });
// A terminal sends its signals to both; what is sent to this process alone is passed on.
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
process.on("SIGINT", () => undefined);
child.on("error", (error) => {
  console.error(`weighlock can't start ${binary}: ${error.message}`);
  process.exit(1);
});
child.on("exit", (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
