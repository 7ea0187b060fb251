import { createChain } from "@weighlock/core/chains.ts";
import { encodeCommitment } from "@weighlock/core/commitment.ts";
import type { Sender } from "@weighlock/core/sender.ts";
import { createTestCommon } from "@weighlock/core/testing/common.ts";
import { startAnvil } from "@weighlock/core/testing/processes.ts";
import { type Hex, keccak256, numberToHex, zeroHash } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { buildPacket } from "../layerzero/packet.ts";
import { createPaperLane } from "../testing/deployment.ts";
import { encodeHeader } from "./blockHeader.ts";
import { type Evidence, fetchEvidence } from "./evidence.ts";
import type { EvidenceStore } from "./evidenceStore.ts";
import { createPacketVerifier } from "./packetVerifier.ts";
import { executedHeadSlot, outboundNonceSlot, sealedHeadSlot } from "./slots.ts";
import { NotFinalizedError, type Sources } from "./sources.ts";

const lane = createPaperLane();
const claim = { count: 5n, ackCount: 2n };
const word = (digit: string): Hex => `0x${digit.repeat(64)}`;
const message = encodeCommitment({ lane: word("1"), head: word("2"), ackHead: word("3"), ...claim });
const { sender: from, receiver } = lane.layerZero;
const packet = buildPacket({ nonce: 9n, srcEid: lane.src.eid, sender: from, dstEid: lane.dst.eid, receiver, message });

const common = createTestCommon();
const anvil = await startAnvil({ chainId: lane.src.chainId });
afterAll(async () => {
  await common.shutdown.stop("test");
  await anvil.close();
});
const chain = await createChain({ name: "alpha", chainId: lane.src.chainId, rpcUrl: anvil.url });
const { client } = chain;
const request = (method: string, params: unknown[]) =>
  client.request({ method: method as never, params: params as never });
const newest = () => client.getBlockNumber({ cacheTime: 0 });

/** Before the packet's slots were written. */
let early: Evidence;
let sentIn: { number: bigint; hash: Hex };

beforeAll(async () => {
  const { gateway, layerZero } = lane.src;
  const dstEid = lane.dst.eid;
  for (const address of [gateway, layerZero.endpoint]) await request("anvil_setCode", [address, "0x00"]);
  const slots: [Hex, Hex, Hex][] = [
    [gateway, sealedHeadSlot({ dstEid, count: 0n }), word("1")],
    [gateway, sealedHeadSlot({ dstEid, count: 5n }), word("2")],
    [gateway, executedHeadSlot({ srcEid: dstEid, count: 2n }), word("3")],
    [
      layerZero.endpoint,
      outboundNonceSlot({ sender: lane.layerZero.src.address, dstEid, receiver }),
      numberToHex(9, { size: 32 }),
    ],
  ];
  await request("anvil_mine", ["0x2"]);
  early = await fetchEvidence({ client, lane, claim, block: { number: await newest() } });
  for (const slot of slots) await request("anvil_setStorageAt", slot);
  await request("anvil_mine", ["0x2"]);
  sentIn = await client.getBlock();
  await request("anvil_mine", ["0x5"]);
});

let kept: Evidence | undefined;
const store: EvidenceStore = {
  get: async () => kept,
  set: async (_, evidence) => {
    kept = evidence;
  },
  delete: async () => {
    kept = undefined;
  },
};
const write = vi.fn();
beforeEach(() => {
  kept = undefined;
  write.mockReset();
  write.mockRejectedValue(new RangeError("sent"));
});

/** The first source answers every question for a block with block 1. */
function setUp({ clockLead = 0n }: { clockLead?: bigint } = {}) {
  const liar: typeof client = {
    ...client,
    request: ((call: { method: string }) =>
      call.method.startsWith("eth_getBlockBy")
        ? request("eth_getBlockByNumber", ["0x1", false])
        : client.request(call as never)) as typeof client.request,
  };
  const sources: Sources = {
    chain: { ...chain, clients: [liar, client] },
    agree: async <Answer>() => [packet] as Answer,
    finalBlock: async (number) => {
      const { hash, number: final } = await client.getBlock({ blockTag: "latest" });
      if (number > final) throw new NotFinalizedError("not yet");
      return { hash: number === final ? hash : (await client.getBlock({ blockNumber: number })).hash, depth: 5n };
    },
    newestShared: newest,
  };
  const answers: Record<string, unknown> = {
    hashLookup: [false, 0n],
    inboundPayloadHash: zeroHash,
    lazyInboundNonce: 0n,
    getUlnConfig: { confirmations: 1n },
    verifiable: false,
  };
  const destinationClient = {
    getBlock: async () => ({ timestamp: BigInt(Math.floor(Date.now() / 1_000)) + clockLead }),
    readContract: async ({ functionName }: { functionName: string }) => answers[functionName],
  } as unknown as typeof client;
  const destination: Sources = {
    ...sources,
    chain: { ...chain, client: destinationClient, clients: [destinationClient] },
    agree: (_, ask) => ask(destinationClient),
  };
  return createPacketVerifier({
    common,
    lane,
    sources,
    destination,
    sender: { write } as unknown as Sender,
    dvn: { name: "ours", address: lane.dst.gateway, vid: 1, submitter: lane.dst.gateway } as Parameters<
      typeof createPacketVerifier
    >[0]["dvn"],
    signer: privateKeyToAccount(generatePrivateKey()),
    store,
    expirySeconds: 600n,
  });
}

const job = () => ({ srcEid: lane.src.eid, dstEid: lane.dst.eid, nonce: 9n, blockNumber: sentIn.number });

test("a source that answers with another block is passed over for the next", async () => {
  const verifier = setUp();
  await verifier.collect({ packet, blockHash: sentIn.hash });
  expect(kept?.blockHash).toBe(sentIn.hash);
  await expect(verifier.verify(job())).rejects.toThrow("sent");
});

test("kept evidence that is older than the packet is replaced, not held against the packet", async () => {
  const verifier = setUp();
  kept = early;
  await expect(verifier.verify(job())).rejects.toThrow(NotFinalizedError);
  expect(kept.blockHash).not.toBe(early.blockHash);
  await expect(verifier.verify(job())).rejects.toThrow("sent");
});

test("kept evidence of a block that nobody has reached is replaced, not waited for", async () => {
  const verifier = setUp();
  await verifier.collect({ packet, blockHash: sentIn.hash });
  const raw = (await request("eth_getBlockByHash", [sentIn.hash, false])) as Parameters<typeof encodeHeader>[0];
  const header = encodeHeader({ ...raw, number: "0xffffffff" });
  if (kept) kept = { ...kept, header, blockHash: keccak256(header) };
  await expect(verifier.verify(job())).rejects.toThrow(NotFinalizedError);
  await expect(verifier.verify(job())).rejects.toThrow("sent");
});

test("a destination's clock that runs far ahead does not make a signature last longer", async () => {
  const verifier = setUp({ clockLead: 1_000_000n });
  await verifier.collect({ packet, blockHash: sentIn.hash });
  await expect(verifier.verify(job())).rejects.toThrow("sent");
  const { expiration } = write.mock.calls[0]?.[0].args[0][0] ?? {};
  expect(expiration).toBeLessThanOrEqual(BigInt(Math.ceil(Date.now() / 1_000)) + 900n);
});
