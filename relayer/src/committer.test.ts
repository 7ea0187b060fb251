import { layout } from "@weighlock/core/abi/layout.ts";
import type { ChainClient } from "@weighlock/core/chains.ts";
import { encodeCommitment } from "@weighlock/core/commitment.ts";
import { createTestCommon } from "@weighlock/core/testing/common.ts";
import { concat, encodeAbiParameters, encodeEventTopics, type Hex, numberToHex, zeroHash } from "viem";
import { afterAll, expect, test, vi } from "vitest";
import { createCommitter, PacketNotVerifiableError } from "./committer.ts";
import type { LaneChains } from "./lane/chains.ts";
import { endpointAbi } from "./layerzero/abi.ts";
import { buildPacket } from "./layerzero/packet.ts";
import { createPaperLane } from "./testing/deployment.ts";

const lane = createPaperLane();
const common = createTestCommon();
afterAll(() => common.shutdown.stop("test"));
const word = (n: bigint): Hex => numberToHex(n, { size: 32 });
const head = word(77n);
const packet = buildPacket({
  nonce: 3n,
  srcEid: lane.src.eid,
  sender: lane.layerZero.sender,
  dstEid: lane.dst.eid,
  receiver: lane.layerZero.receiver,
  message: encodeCommitment({ lane: word(1n), count: 9n, head, ackCount: 4n, ackHead: word(2n) }),
});
const sentLog = {
  address: lane.src.layerZero.endpoint,
  topics: encodeEventTopics({ abi: endpointAbi, eventName: "PacketSent" }),
  data: encodeAbiParameters(
    [{ type: "bytes" }, { type: "bytes" }, { type: "address" }],
    [concat([packet.header, packet.guid, packet.message]), "0x", lane.src.layerZero.sendUln],
  ),
};
const job = { srcEid: lane.src.eid, dstEid: lane.dst.eid, nonce: 3n, blockNumber: 8n };

/** `upTo`: the last nonce that is verified with all before it. */
function setUp({
  isVerifiable = true,
  committed = zeroHash,
  lazy = 0n,
  upTo = 2n,
  attestedHead = zeroHash,
  acknowledged = 0n,
}: {
  isVerifiable?: boolean;
  committed?: Hex;
  lazy?: bigint;
  upTo?: bigint;
  attestedHead?: Hex;
  acknowledged?: bigint;
}) {
  const answers: Record<string, unknown> = {
    inboundPayloadHash: committed,
    lazyInboundNonce: lazy,
    inboundNonce: upTo,
    getUlnConfig: {},
    verifiable: isVerifiable,
    attestation: [attestedHead, 1n],
  };
  const { offset } = layout.Gateway.structs.PathState.ackCount;
  const destination = {
    readContract: async ({ functionName }: { functionName: string }) => answers[functionName],
    getStorageAt: async () => word(acknowledged << BigInt(8 * offset)),
  };
  const source = { getBlock: async () => ({ number: 10n, hash: word(8n) }), getLogs: async () => [sentLog] };
  const write = vi.fn(async (_: { address: string; functionName: string; args: readonly unknown[] }) => ({
    transactionHash: "0x00",
    gasUsed: 1n,
  }));
  const chains = {
    src: { chain: { client: source as unknown as ChainClient } },
    dst: { chain: { client: destination as unknown as ChainClient }, sender: { write } },
  } as unknown as LaneChains;
  return { commit: createCommitter({ common, lane, chains }), write };
}
const called = (write: ReturnType<typeof setUp>["write"]) => write.mock.calls.map(([{ functionName }]) => functionName);

test("a packet that every DVN has verified is committed and delivered at once", async () => {
  const { commit, write } = setUp({});
  await commit(job);
  expect(called(write)).toEqual(["deliver"]);
  expect(write.mock.calls[0]?.[0]).toMatchObject({
    address: lane.layerZero.dst.address,
    args: [lane.src.eid, 3n, packet.guid, packet.message],
  });
});

test("so is one that somebody else has committed", async () => {
  const { commit, write } = setUp({ committed: packet.payloadHash, upTo: 3n });
  await commit(job);
  expect(called(write)).toEqual(["deliver"]);
});

test.each([
  ["verified", {}],
  ["committed", { committed: packet.payloadHash }],
])("a %s packet behind a nonce gap is attested without being delivered", async (_, state) => {
  const { commit, write } = setUp({ ...state, upTo: 1n });
  await commit(job);
  expect(called(write)).toEqual(["attestVerified"]);
  expect(write.mock.calls[0]?.[0].args).toEqual([lane.src.eid, 3n, packet.guid, packet.message]);
});

test("behind a gap it is attested once", async () => {
  const said = { committed: packet.payloadHash, upTo: 1n, attestedHead: head, acknowledged: 4n };
  const { commit, write } = setUp(said);
  await commit(job);
  expect(write).not.toHaveBeenCalled();
});

test.each([
  ["a newer acknowledgement", { attestedHead: head, acknowledged: 3n }],
  ["another head than was attested, which is evidence", { attestedHead: word(78n), acknowledged: 4n }],
])("behind a gap %s is worth a transaction", async (_, said) => {
  const { commit, write } = setUp({ committed: packet.payloadHash, upTo: 1n, ...said });
  await commit(job);
  expect(called(write)).toEqual(["attestVerified"]);
});

test("a delivered packet costs nothing, and one that is not verified waits", async () => {
  const done = setUp({ lazy: 3n, upTo: 3n });
  await done.commit(job);
  expect(done.write).not.toHaveBeenCalled();
  const early = setUp({ isVerifiable: false });
  await expect(early.commit(job)).rejects.toThrow(PacketNotVerifiableError);
  expect(early.write).not.toHaveBeenCalled();
});

test.each([
  ["a nonce that the block did not send", { ...job, nonce: 4n }],
  ["a block that does not exist yet", { ...job, blockNumber: 11n }],
])("a job that names %s is dropped", async (_, lie) => {
  const { commit, write } = setUp({});
  await commit(lie);
  expect(write).not.toHaveBeenCalled();
});
