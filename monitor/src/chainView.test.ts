import { createUncheckedChain } from "@weighlock/core/chains.ts";
import type { ChainDeployment } from "@weighlock/core/deployment.ts";
import { createTestCommon } from "@weighlock/core/testing/common.ts";
import {
  finalize,
  postWindow,
  startGateways,
  type TestChain,
  writeGateway,
} from "@weighlock/watcher/testing/gateways.ts";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type ChainView, createChainView } from "./chainView.ts";

let chains: Awaited<ReturnType<typeof startGateways>>;
const stops: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  chains = await startGateways({ watchers: [`0x${"01".repeat(20)}`, `0x${"02".repeat(20)}`] });
  stops.push(chains.close);
});
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

function view(
  chain: TestChain,
  { rpcUrl = chain.node.url, chainId = chain.chainId, maxRange = 1_000 } = {},
): ChainView {
  const common = createTestCommon();
  const { name, eid, gateway, deployBlock } = chain;
  const made = createChainView({
    common,
    // No other part of a deployment is read here.
    deployment: {
      ...{ name, eid, chainId, gateway, deployBlock, role: "vault" },
      ...{ vault: gateway, pauseController: gateway, accessManager: gateway },
    } as ChainDeployment,
    client: createUncheckedChain({ name, chainId, rpcUrl }).client,
    source: 0,
    pollMs: 20,
    maxRange,
    onChange: () => undefined,
    onAttested: () => undefined,
  });
  const running = made.run();
  stops.push(async () => {
    await common.shutdown.stop("test");
    await running;
  });
  return made;
}

/** Entries by the amounts that their words hold. */
const amounts = ({ journal }: ChainView, dstEid: number, length: number) =>
  Array.from({ length }, (_, i) => journal.posted(dstEid, BigInt(i))?.amount);
const word = (amount: number) => amount << 8;
const post = ({ alpha, hub }: typeof chains, ...values: number[]) => postWindow(alpha, hub, values.map(word));

test("history is heard once, in ranges, and then what is new", async () => {
  const { alpha, hub } = chains;
  await post(chains, 1, 2);
  await post(chains, 3);
  const alphaView = view(alpha, { maxRange: 2 });
  await vi.waitFor(() => expect(alphaView.isCaughtUp()).toBe(true));
  expect(amounts(alphaView, hub.eid, 4)).toEqual([1n, 2n, 3n, undefined]);
  await post(chains, 4);
  await vi.waitFor(() => expect(amounts(alphaView, hub.eid, 4)).toEqual([1n, 2n, 3n, 4n]));
});

test("what a reorg dropped is taken back, and what replaced it stands at its index", async () => {
  const { alpha, hub } = chains;
  await post(chains, 1);
  await finalize(alpha);
  const alphaView = view(alpha);
  await post(chains, 2);
  await vi.waitFor(() => expect(amounts(alphaView, hub.eid, 2)).toEqual([1n, 2n]));
  // The post and its seal.
  await alpha.client.request({ method: "anvil_reorg", params: [2, []] } as never);
  await vi.waitFor(() => expect(amounts(alphaView, hub.eid, 2)).toEqual([1n, undefined]));
  await post(chains, 3);
  await vi.waitFor(() => expect(amounts(alphaView, hub.eid, 3)).toEqual([1n, 3n, undefined]));
  expect(alphaView.broken()).toBeUndefined();
});

test("what was forgotten is unknown, and what comes after keeps its index", async () => {
  const { alpha, hub } = chains;
  await post(chains, 1, 2, 3);
  const alphaView = view(alpha);
  await vi.waitFor(() => expect(amounts(alphaView, hub.eid, 3)).toEqual([1n, 2n, 3n]));
  alphaView.journal.forget(hub.eid, 2n);
  await post(chains, 4);
  await vi.waitFor(() => expect(amounts(alphaView, hub.eid, 4)).toEqual([undefined, undefined, 3n, 4n]));
});

test("a pause is known as soon as it was once set", async () => {
  const { alpha, hub } = chains;
  const alphaView = view(alpha);
  await vi.waitFor(() => expect(alphaView.isCaughtUp()).toBe(true));
  expect(alphaView.journal.stops()).toEqual([]);
  await writeGateway(alpha, "setPause", [hub.eid, 1, 10n ** 9n]);
  await writeGateway(alpha, "setPause", [hub.eid, 1, 0n]);
  await vi.waitFor(() => expect(alphaView.journal.stops()).toEqual([{ eid: hub.eid, what: "out" }]));
});

test("a node of another chain is never followed", async () => {
  const alphaView = view(chains.alpha, { chainId: 1 });
  await vi.waitFor(() => expect(alphaView.broken()?.shortMessage).toContain("another chain"));
  expect(alphaView.tip()).toBeUndefined();
});

test("a node that is away is waited for", async () => {
  const alphaView = view(chains.alpha, { rpcUrl: "http://127.0.0.1:9" });
  await vi.waitFor(() => expect(alphaView.failure()).toBe("the node does not answer"));
  expect(alphaView.isCaughtUp()).toBe(false);
});
