/** Monitor and pauser as processes of their own. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createPaperDeployment } from "@weighlock/relayer/testing/deployment.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "weighlock-monitor-"));
  writeFileSync(join(directory, "deployment.json"), JSON.stringify(createPaperDeployment()));
});
afterAll(() => rmSync(directory, { recursive: true }));

function start(main: string, args: readonly string[]) {
  const env = { ...process.env, WEIGHLOCK_PORT: "" };
  return spawn(process.execPath, [join(import.meta.dirname, main), ...args], { env });
}

function configFile(over: Readonly<Record<string, unknown>>): string {
  const file = join(directory, "config.json");
  const config = {
    deployment: "deployment.json",
    // Port 9 is "discard": nothing answers there.
    sources: { hub: ["http://127.0.0.1:9"], alpha: ["http://127.0.0.1:9"] },
    allowSingleSource: true,
    ...over,
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

async function failsWith(main: string, args: readonly string[]): Promise<string> {
  const child = start(main, args);
  const lines: string[] = [];
  child.stderr.on("data", (chunk) => lines.push(String(chunk)));
  const [code] = await once(child, "exit");
  expect(code).toBe(1);
  return lines.join("");
}

const key = { privateKey: `0x${"17".repeat(32)}`, monitors: ["http://127.0.0.1:9"] };

describe.each([
  ["main.ts", {}],
  ["pauser/main.ts", key],
])("%s", (main, needed) => {
  test("without a configuration it says how to give one and exits 1", async () => {
    expect(await failsWith(main, [])).toContain("--config");
  });

  test("it wants two sources of each chain", async () => {
    const file = configFile({ ...needed, allowSingleSource: false });
    expect(await failsWith(main, ["--config", file])).toContain("at least 2 different RPC URLs");
  });

  test("it starts before its nodes do, is not ready, and stops on SIGTERM", async () => {
    const child = start(main, ["--config", configFile(needed)]);
    try {
      let url = "";
      for await (const line of createInterface({ input: child.stdout })) {
        const log = JSON.parse(line) as { msg: string; url?: string };
        if (log.msg === "listening") {
          url = log.url ?? "";
          break;
        }
      }
      expect((await fetch(`${url}/health`)).status).toBe(200);
      const ready = await fetch(`${url}/ready`);
      expect(ready.status).toBe(503);
      expect(((await ready.json()) as { reasons: string[] }).reasons.length).toBeGreaterThan(0);
      expect((await fetch(`${url}/status`)).status).toBe(200);
    } finally {
      child.kill("SIGTERM");
    }
    const [code] = await once(child, "exit");
    expect(code).toBe(0);
  });
});

test("a pauser without a key or a monitor does not start, and says what is missing", async () => {
  const said = await failsWith("pauser/main.ts", ["--config", configFile({ monitors: [] })]);
  expect(said).toContain("privateKey");
  expect(said).toContain("monitors");
});
