import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "weighlock-watcher-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

function start(args: readonly string[]) {
  const env = { ...process.env, WEIGHLOCK_PORT: "" };
  return spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...args], { env });
}

test("without a configuration it says how to give one and exits 1", async () => {
  const child = start([]);
  const lines: string[] = [];
  child.stderr.on("data", (chunk) => lines.push(String(chunk)));
  const [code] = await once(child, "exit");
  expect(code).toBe(1);
  expect(lines.join("")).toContain("--config");
});

test("it starts before its nodes do, is not ready, and stops on SIGTERM", async () => {
  const chain = (name: string, role: string, digit: number) => ({
    name,
    role,
    chainId: digit,
    eid: digit,
    gateway: `0x${String(digit).repeat(40)}`,
    deployBlock: 0,
    paths: [{ name: "watcher", address: `0x${String(digit).repeat(40)}` }],
  });
  const deployment = { chains: [chain("hub", "hub", 1), chain("alpha", "vault", 2)] };
  writeFileSync(join(directory, "deployment.json"), JSON.stringify(deployment));
  const config = {
    privateKey: `0x${"17".repeat(32)}`,
    deployment: "deployment.json",
    // Port 9 is "discard": nothing answers there.
    sources: { hub: ["http://127.0.0.1:9"], alpha: ["http://127.0.0.1:9"] },
    allowSingleSource: true,
  };
  const file = join(directory, "watcher.json");
  writeFileSync(file, JSON.stringify(config));

  const child = start(["--config", file]);
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
    expect(await ready.json()).toMatchObject({ reasons: expect.arrayContaining([expect.stringContaining("alpha")]) });
  } finally {
    child.kill("SIGTERM");
  }
  const [code] = await once(child, "exit");
  expect(code).toBe(0);
});
