import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { watcherPathAbi } from "@weighlock/core/abi/watcherPath.ts";
import type { Common } from "@weighlock/core/common.ts";
import { createTestCommon } from "@weighlock/core/testing/common.ts";
import { type Abi, concat, type Hex } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { WatcherConfig } from "./config.ts";
import { finalize, postWindow, startGateways, writeGateway } from "./testing/gateways.ts";
import { type Liar, startLiar } from "./testing/liar.ts";
import { createWatcher } from "./watcher.ts";

const accounts = [generatePrivateKey(), generatePrivateKey()]
  .map((key) => privateKeyToAccount(key))
  .sort((a, b) => (a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1));
const WAIT = { timeout: 15_000, interval: 50 };

let chains: Awaited<ReturnType<typeof startGateways>>;
const watchers: Common[] = [];
const liars: Liar[] = [];

beforeAll(async () => {
  chains = await startGateways({ watchers: accounts.map(({ address }) => address) });
}, 60_000);
afterEach(async () => {
  for (const common of watchers.splice(0)) await common.shutdown.stop("test over");
  for (const liar of liars.splice(0)) await liar.close();
});
afterAll(() => chains.close());

async function startWatcher({ account = accounts[0], alpha = [chains.alpha.node.url] } = {}) {
  if (!account) throw new Error("no account");
  const common = createTestCommon("watcher");
  watchers.push(common);
  const settings = WatcherConfig.parse({
    deployment: "unused",
    sources: { hub: [chains.hub.node.url], alpha },
    pollMs: 20,
  });
  const { url } = await createWatcher({ common, setup: { settings, account, chains: [chains.hub, chains.alpha] } });
  const get = async (path: string) => {
    const response = await fetch(`${url}${path}`);
    return { status: response.status, body: (await response.json()) as Record<string, string> };
  };
  return {
    get,
    commitment: (count: bigint | number, ackCount = 0) =>
      get(`/commitment?srcEid=${chains.alpha.eid}&dstEid=${chains.hub.eid}&count=${count}&ackCount=${ackCount}`),
  };
}

async function posted(): Promise<bigint> {
  const { client, gateway } = chains.alpha;
  return (
    await client.readContract({ address: gateway, abi: gatewayAbi, functionName: "outbox", args: [chains.hub.eid] })
  )[0];
}

async function headOf(count: bigint): Promise<Hex> {
  const { client, gateway } = chains.alpha;
  const args = [chains.hub.eid, count] as const;
  return client.readContract({ address: gateway, abi: gatewayAbi, functionName: "sealedHead", args });
}

test("two watchers' signatures attest on the destination", async () => {
  const pair = await Promise.all(accounts.map((account) => startWatcher({ account })));
  await postWindow(chains.alpha, chains.hub, [1, 2, 3]);
  const count = await posted();
  await finalize(chains.alpha);
  await finalize(chains.hub);
  const answers = await Promise.all(
    pair.map((watcher) =>
      vi.waitFor(async () => {
        expect((await watcher.get("/ready")).status).toBe(200);
        const answer = await watcher.commitment(count);
        expect(answer.status).toBe(200);
        return answer.body;
      }, WAIT),
    ),
  );
  const { lane, head, ackHead } = answers[0] as Record<string, Hex>;
  expect(head).toBe(await headOf(count));
  await chains.hub.write({
    address: chains.hub.watcherPath,
    abi: watcherPathAbi as Abi,
    functionName: "attest",
    args: [
      chains.alpha.eid,
      { lane, count, head, ackCount: 0n, ackHead },
      concat(answers.map(({ signature }) => signature as Hex)),
    ],
  });
  const [attested] = await chains.hub.client.readContract({
    address: chains.hub.gateway,
    abi: gatewayAbi,
    functionName: "attestation",
    args: [chains.alpha.eid, 1, count],
  });
  expect(attested).toBe(head);
}, 60_000);

test("a reorg before finality leaves no trace: what was dropped is never signed", async () => {
  const watcher = await startWatcher();
  const { alpha, hub } = chains;
  await finalize(alpha);
  const before = await posted();
  await postWindow(alpha, hub, [70]);
  const dropped = await headOf(before + 1n);
  await vi.waitFor(async () => expect((await watcher.get("/ready")).status).toBe(200), WAIT);
  expect((await watcher.commitment(before + 1n)).body).toMatchObject({ reason: "count-not-final" });

  // The two newest blocks: the post and the seal.
  await alpha.client.request({ method: "anvil_reorg", params: [2, []] } as never);
  expect(await posted()).toBe(before);
  await postWindow(alpha, hub, [71, 72]);
  await finalize(alpha);
  const answer = await vi.waitFor(async () => {
    const found = await watcher.commitment(before + 2n);
    expect(found.status).toBe(200);
    return found.body;
  }, WAIT);
  expect(answer.head).toBe(await headOf(before + 2n));
  expect(answer.head).not.toBe(dropped);
  expect((await watcher.commitment(before + 1n)).body).toMatchObject({ reason: "count-not-final" });
}, 60_000);

test("a source that alters an entry silences the lane", async () => {
  const { alpha, hub } = chains;
  const liar = await startLiar({ target: alpha.node.url });
  liars.push(liar);
  const before = await posted();
  const watcher = await startWatcher({ alpha: [alpha.node.url, liar.url] });
  liar.lie("eth_getLogs", (result) =>
    (result as { data: Hex; topics: Hex[] }[]).map((log) =>
      log.data.length === 2 + 3 * 64 && BigInt(log.topics[2] ?? 0) === before
        ? { ...log, data: `0xff${log.data.slice(4)}` }
        : log,
    ),
  );
  await postWindow(alpha, hub, [80]);
  await finalize(alpha);
  await vi.waitFor(async () => {
    expect(await watcher.commitment(before + 1n)).toMatchObject({ status: 409, body: { reason: "log-mismatch" } });
  }, WAIT);
}, 60_000);

test("a source that is behind delays; when it has caught up, both are believed", async () => {
  const { alpha, hub } = chains;
  const liar = await startLiar({ target: alpha.node.url });
  liars.push(liar);
  const watcher = await startWatcher({ alpha: [alpha.node.url, liar.url] });
  await vi.waitFor(async () => expect((await watcher.get("/ready")).status).toBe(200), WAIT);
  const frozen = await alpha.client.getBlock({ blockTag: "finalized" });
  const raw = await alpha.client.request({ method: "eth_getBlockByNumber", params: ["finalized", false] } as never);
  let isBehind = true;
  liar.lie("eth_getBlockByNumber", (result) => {
    const { number } = result as { number: Hex };
    return isBehind && BigInt(number) > frozen.number ? raw : result;
  });
  await writeGateway(alpha, "post", [
    hub.eid,
    { word: 1n, account: `0x${"01".repeat(32)}`, party: `0x${"02".repeat(32)}` },
  ]);
  await writeGateway(alpha, "seal", [hub.eid]);
  const count = await posted();
  await finalize(alpha);
  const direct = await startWatcher();
  await vi.waitFor(async () => expect((await direct.commitment(count)).status).toBe(200), WAIT);
  expect((await watcher.commitment(count)).body).toMatchObject({ reason: "count-not-final" });
  isBehind = false;
  await vi.waitFor(async () => expect((await watcher.commitment(count)).status).toBe(200), WAIT);
}, 60_000);

test("a source of another chain is never read", async () => {
  const watcher = await startWatcher({ alpha: [chains.hub.node.url] });
  await vi.waitFor(async () => {
    expect(await watcher.commitment(0)).toMatchObject({ status: 409, body: { reason: "source-broken" } });
  }, WAIT);
  const { status, body } = await watcher.get("/ready");
  expect(status).toBe(503);
  expect(body.reasons).toContain("alpha, source 0: The source answers for another chain; correct `sources`.");
}, 30_000);

test("a key that no path knows is not ready", async () => {
  const watcher = await startWatcher({ account: privateKeyToAccount(generatePrivateKey()) });
  await vi.waitFor(async () => {
    const { body } = await watcher.get("/ready");
    expect(body.reasons).toEqual([
      "hub: its WatcherPath does not know this key (yet)",
      "alpha: its WatcherPath does not know this key (yet)",
    ]);
  }, WAIT);
}, 30_000);
