import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DevAccount, setBalances } from "./anvil.ts";
import { receiveUlnAbi } from "./layerzero/abi.ts";
import { handOverAdmin } from "./layerzero/dvnAdmin.ts";
import type { Packet } from "./layerzero/packet.ts";
import {
  accountOf,
  deliver,
  deployCounters,
  dvnOf,
  readCount,
  sendCount,
  startTestChains,
  type TestChain,
  verifyAsAdmin,
} from "./layerzero/testing.ts";
import type { RunningProcess } from "./process.ts";
import { startService } from "./service.ts";
import type { StrangerDvnConfigInput } from "./strangerDvn/config.ts";
import { strangerDvnService } from "./strangerDvn/service.ts";
import { createCleanup, temporaryFolder } from "./testing.ts";

const cleanup = createCleanup();
afterAll(() => cleanup.run());

let chains: TestChain[];
let signers: Awaited<ReturnType<typeof startTestChains>>["signers"];
let dir: string;
let url: string;
let admin: DevAccount;

beforeAll(async () => {
  dir = await temporaryFolder({ cleanup });
  const names = [
    { name: "hub", chainId: 7001, eid: 40701 },
    { name: "alpha", chainId: 7002, eid: 40702 },
  ];
  ({ chains, signers } = await startTestChains({ dir, cleanup, chains: names, blockTime: 0.1 }));
  admin = accountOf(chainAt(0).node, 3);
  await Promise.all(
    chains.map(async ({ node: { client }, transactor, stack }) => {
      await setBalances({ client, addresses: [admin.address], wei: 10n ** 18n });
      await handOverAdmin({ client, transactor, dvn: dvnOf(stack, "stranger").address, to: admin.address });
    }),
  );
});

function chainAt(index: number): TestChain {
  const chain = chains[index];
  if (chain === undefined) throw new Error(`there is no chain ${index}`);
  return chain;
}

async function startStranger(settings: Partial<StrangerDvnConfigInput> = {}): Promise<RunningProcess> {
  const spec = strangerDvnService({
    cursorFile: join(dir, "stranger.cursor.json"),
    dvnName: "stranger",
    keys: { strangerSigner: accountOf(chainAt(0).node, 2), strangerAdmin: admin },
    chains: chains.map(({ node: { name, chainId, rpcUrl }, stack: { eid, dvns, ...contracts } }) => {
      const layerZero = { ...contracts, dvns: dvns.map(({ name, address, vid }) => ({ name, address, vid })) };
      return { name, chainId, eid, rpcUrl, deployBlock: 0, layerZero };
    }),
    settings: { pollMs: 50, ...settings },
  });
  const stranger = await startService({ spec, dir, detached: false });
  cleanup.add(() => stranger.process.stop());
  url = stranger.url;
  return stranger.process;
}

/** Asks the destination until the stranger's DVN stands behind the packet. */
async function untilVerified({ dst, packet }: { dst: TestChain; packet: Packet }): Promise<void> {
  const deadline = Date.now() + 10_000;
  const args = [packet.headerHash, packet.payloadHash, dvnOf(dst.stack, "stranger").address] as const;
  const lookup = { address: dst.stack.receiveUln, abi: receiveUlnAbi, functionName: "hashLookup", args } as const;
  for (;;) {
    const [submitted] = await dst.node.client.readContract(lookup);
    if (submitted) return;
    if (Date.now() > deadline)
      throw new Error(`not verified\n${await readFile(join(dir, "logs", "stranger-dvn.log"), "utf8")}`);
    await delay(25);
  }
}

async function untilNonePending(): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const pending = (await (await fetch(`${url}/pending`)).json()) as unknown[];
    if (pending.length === 0) return;
    if (Date.now() > deadline) throw new Error(`still pending: ${JSON.stringify(pending)}`);
    await delay(25);
  }
}

test("the stranger's DVN verifies what it was paid for, also what was sent while it was down", async () => {
  const [src, dst] = [chainAt(1), chainAt(0)];
  const [counter, peer] = await deployCounters([src, dst]);
  const missed = await sendCount({ src, dst, counter });

  const first = await startStranger();
  await untilVerified({ dst, packet: missed.packet });
  const live = await sendCount({ src, dst, counter });
  const back = await sendCount({ src: dst, dst: src, counter: peer });
  await untilVerified({ dst, packet: live.packet });
  await untilVerified({ dst: src, packet: back.packet });
  await untilNonePending();

  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toMatch(/weighlock_dvn_packets_total\{[^}]*dst="hub"[^}]*outcome="verified"[^}]*\} 2/);
  expect(metrics).toMatch(/weighlock_dvn_pending_packets\{[^}]*dst="hub"[^}]*\} 0/);
  expect((await fetch(`${url}/health`)).ok).toBe(true);
  await first.stop();
  expect(await first.exited).toEqual({ code: 0, signal: null });

  // Its word together with the other DVN's delivers the packet.
  for (const { packet } of [missed, live]) {
    await verifyAsAdmin({ dst, dvn: dvnOf(dst.stack, "weighlock"), packet, signer: signers.weighlock });
    await deliver({ dst, packet });
  }
  expect(await readCount({ chain: dst, counter: peer })).toBe(2n);

  const late = await sendCount({ src, dst, counter });
  const second = await startStranger();
  await untilVerified({ dst, packet: late.packet });
  await untilNonePending();
  await second.stop();
  // What was delivered before the restart was not verified again.
  const log = await readFile(join(dir, "logs", "stranger-dvn.log"), "utf8");
  expect(log.split("\n").filter((line) => line.includes('"verified"'))).toHaveLength(4);
});

test("without its cursor it reads the chains again, and verifies nothing twice", async () => {
  const stranger = await startStranger({ cursorFile: join(dir, "lost.json") });
  await untilNonePending();
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).not.toContain('outcome="verified"');
  await stranger.stop();
});

test("a signature that does not count is reported, and tried again", async () => {
  const [src, dst] = [chainAt(1), chainAt(0)];
  const [counter] = await deployCounters([src, dst]);
  const { packet } = await sendCount({ src, dst, counter });
  const wrong = await startStranger({ signerKey: accountOf(src.node, 2).privateKey });
  const deadline = Date.now() + 10_000;
  let metrics = "";
  while (!/outcome="failed"[^}]*\} [2-9]/.test(metrics) && Date.now() < deadline) {
    metrics = await (await fetch(`${url}/metrics`)).text();
    await delay(25);
  }
  expect(metrics).toMatch(/outcome="failed"[^}]*\} [2-9]/);
  expect(await readFile(join(dir, "logs", "stranger-dvn.log"), "utf8")).toContain("VerifySignaturesFailed");
  await wrong.stop();

  const right = await startStranger();
  await untilVerified({ dst, packet });
  await right.stop();
});
