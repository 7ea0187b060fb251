import { createUncheckedChain } from "@weighlock/core/chains.ts";
import { createTestCommon } from "@weighlock/core/testing/common.ts";
import { freePort, startAnvil, type TestProcess } from "@weighlock/core/testing/processes.ts";
import { afterAll, expect, test } from "vitest";
import { createSources, NotFinalizedError, SourceSilentError, SourcesDisagreeError } from "./sources.ts";

const common = createTestCommon();
const args = ["--slots-in-an-epoch", "1", "--timestamp"];
const honest = await startAnvil({ args: [...args, "1700000000"] });
const liar = await startAnvil({ args: [...args, "1700000001"] });
const silentUrl = `http://127.0.0.1:${await freePort()}`;
afterAll(async () => {
  await common.shutdown.stop("test");
  await Promise.all([honest.close(), liar.close()]);
});

const sourcesOf = (...rpcUrls: string[]) =>
  createSources({ common, chain: createUncheckedChain({ name: "alpha", chainId: 31_337, rpcUrls }) });
const mine = async ({ url }: TestProcess, blocks: number) => {
  for (let i = 0; i < blocks; i += 1) {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "evm_mine", params: [] });
    await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
  }
};

test("one answer of all", async () => {
  await mine(honest, 4);
  const { hash, depth } = await sourcesOf(honest.url, honest.url).finalBlock(1n);
  expect(hash).toMatch(/^0x[0-9a-f]{64}$/);
  expect(depth).toBe(3n);
});

test("a block that is not final everywhere waits", async () => {
  await expect(sourcesOf(honest.url).finalBlock(4n)).rejects.toThrow(NotFinalizedError);
});

test("a source with another chain is a no", async () => {
  await mine(liar, 4);
  await expect(sourcesOf(honest.url, liar.url).finalBlock(1n)).rejects.toThrow(SourcesDisagreeError);
});

test("a silent source is a no, never a fail-over to the others", async () => {
  await expect(sourcesOf(honest.url, silentUrl).finalBlock(1n)).rejects.toThrow(SourceSilentError);
  await expect(sourcesOf(silentUrl, honest.url).finalBlock(1n)).rejects.toThrow(SourceSilentError);
});
