import { createChain } from "@weighlock/core/chains.ts";
import { startAnvil } from "@weighlock/core/testing/processes.ts";
import { type Address, type Hash, type Hex, numberToHex, pad } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPaperLane } from "../testing/deployment.ts";
import { encodeHeader, HeaderMismatchError, readHeader } from "./blockHeader.ts";
import { type Evidence, fetchEvidence, isZero, readEvidence } from "./evidence.ts";
import { executedHeadSlot, outboundNonceSlot, sealedHeadSlot } from "./slots.ts";
import { ProofInvalidError } from "./storageProof.ts";

const lane = createPaperLane();
const claim = { count: 5n, ackCount: 2n };
const word = (digit: string): Hex => `0x${digit.repeat(64)}`;
const dstEid = lane.dst.eid;
const outbound = { sender: lane.layerZero.src.address, dstEid, receiver: lane.layerZero.receiver };

const anvil = await startAnvil({ chainId: lane.src.chainId });
afterAll(() => anvil.close());
const { client } = await createChain({ name: "alpha", chainId: lane.src.chainId, rpcUrl: anvil.url });
let evidence: Evidence;

async function setSlot(address: Address, slot: Hash, value: Hex): Promise<void> {
  await client.request({ method: "anvil_setStorageAt" as never, params: [address, slot, value] as never });
}
const mine = () => client.request({ method: "evm_mine" as never, params: [] as never });

beforeAll(async () => {
  const { gateway, layerZero } = lane.src;
  for (const address of [gateway, layerZero.endpoint]) {
    await client.request({ method: "anvil_setCode" as never, params: [address, "0x00"] as never });
  }
  await setSlot(gateway, sealedHeadSlot({ dstEid, count: 0n }), word("1"));
  await setSlot(gateway, sealedHeadSlot({ dstEid, count: 5n }), word("2"));
  await setSlot(gateway, executedHeadSlot({ srcEid: dstEid, count: 2n }), word("3"));
  await setSlot(layerZero.endpoint, outboundNonceSlot(outbound), numberToHex(9, { size: 32 }));
  await mine();
  evidence = await fetchEvidence({
    client,
    lane,
    claim,
    block: { number: await client.getBlockNumber({ cacheTime: 0 }) },
  });
});

test("proves the slots under the block's hash", async () => {
  const { hash, number, stateRoot } = await client.getBlock({ blockHash: evidence.blockHash });
  expect(await readEvidence({ evidence, lane, claim })).toEqual({
    block: { hash, number, stateRoot },
    lane: word("1"),
    head: word("2"),
    ackHead: word("3"),
    outboundNonce: 9n,
  });
});

test("a slot that was never written is proved to be zero", async () => {
  const other = { count: 6n, ackCount: 3n };
  const absent = await fetchEvidence({ client, lane, claim: other, block: { hash: evidence.blockHash } });
  const facts = await readEvidence({ evidence: absent, lane, claim: other });
  expect(isZero(facts.head) && isZero(facts.ackHead)).toBe(true);
  expect(facts.lane).toBe(word("1"));
});

test("evidence of a block stays valid when the state has moved on", async () => {
  // Anvil files a block's state when the next one is mined, so what is set at once would still count for this one.
  await mine();
  await setSlot(lane.src.layerZero.endpoint, outboundNonceSlot(outbound), pad("0x0a"));
  await mine();
  const later = await fetchEvidence({
    client,
    lane,
    claim,
    block: { number: await client.getBlockNumber({ cacheTime: 0 }) },
  });
  expect((await readEvidence({ evidence: later, lane, claim })).outboundNonce).toBe(10n);
  const again = await fetchEvidence({ client, lane, claim, block: { hash: evidence.blockHash } });
  expect((await readEvidence({ evidence: again, lane, claim })).outboundNonce).toBe(9n);
});

test("a node that answers with another block proves nothing", async () => {
  const elsewhere: typeof client = {
    ...client,
    request: ((call: { method: string; params: unknown }) =>
      client.request(
        (call.method.startsWith("eth_getBlockBy")
          ? { method: "eth_getBlockByNumber", params: ["0x0", false] }
          : call) as never,
      )) as typeof client.request,
  };
  const asked = { client: elsewhere, lane, claim };
  await expect(fetchEvidence({ ...asked, block: { hash: evidence.blockHash } })).rejects.toThrow(HeaderMismatchError);
  await expect(fetchEvidence({ ...asked, block: { number: 1n } })).rejects.toThrow(HeaderMismatchError);
});

describe("tampered evidence proves nothing", () => {
  /** Flips one bit in the middle. */
  const flip = (hex: Hex): Hex => {
    const at = hex.length >> 1;
    return `${hex.slice(0, at)}${hex[at] === "0" ? "1" : "0"}${hex.slice(at + 1)}` as Hex;
  };
  const flipNode = (nodes: Hex[], index: number) => nodes.map((node, i) => (i === index ? flip(node) : node));
  const cases: [string, (honest: Evidence) => Evidence, typeof ProofInvalidError | typeof HeaderMismatchError][] = [
    ["the header", (e) => ({ ...e, header: flip(e.header) }), HeaderMismatchError],
    ["the block's hash", (e) => ({ ...e, blockHash: flip(e.blockHash) }), HeaderMismatchError],
    [
      "a node of the account's proof",
      (e) => ({ ...e, gateway: { ...e.gateway, accountProof: flipNode(e.gateway.accountProof, 0) } }),
      ProofInvalidError,
    ],
    [
      "the last node of the account's proof",
      (e) => {
        const { accountProof } = e.gateway;
        return { ...e, gateway: { ...e.gateway, accountProof: flipNode(accountProof, accountProof.length - 1) } };
      },
      ProofInvalidError,
    ],
    [
      "a slot's value",
      (e) => ({
        ...e,
        gateway: {
          ...e.gateway,
          storage: e.gateway.storage.map((slot, i) =>
            i === 1 ? { ...slot, proof: flipNode(slot.proof, slot.proof.length - 1) } : slot,
          ),
        },
      }),
      ProofInvalidError,
    ],
    [
      "another slot's proof",
      (e) => ({
        ...e,
        gateway: {
          ...e.gateway,
          storage: e.gateway.storage.map((slot, i) =>
            i === 1 ? { ...slot, proof: e.gateway.storage[2]?.proof ?? [] } : slot,
          ),
        },
      }),
      ProofInvalidError,
    ],
    [
      "another contract's proof",
      (e) => ({ ...e, gateway: { ...e.endpoint, storage: e.gateway.storage } }),
      ProofInvalidError,
    ],
    [
      "a proof without its leaf",
      (e) => ({
        ...e,
        gateway: { ...e.gateway, storage: e.gateway.storage.map((s) => ({ ...s, proof: s.proof.slice(0, -1) })) },
      }),
      ProofInvalidError,
    ],
    ["no proof at all", (e) => ({ ...e, endpoint: { ...e.endpoint, accountProof: [] } }), ProofInvalidError],
    [
      "a slot that was not asked for",
      (e) => ({ ...e, endpoint: { ...e.endpoint, storage: e.gateway.storage } }),
      ProofInvalidError,
    ],
  ];
  test.each(cases)("%s", async (_, tamper, error) => {
    await expect(readEvidence({ evidence: tamper(evidence), lane, claim })).rejects.toThrow(error);
  });

  test("honest evidence of one boundary is none for another", async () => {
    await expect(readEvidence({ evidence, lane, claim: { count: 6n, ackCount: 2n } })).rejects.toThrow(
      ProofInvalidError,
    );
  });
});

test("encodeHeader() hashes blocks of earlier forks, which have fewer fields", () => {
  // Ethereum's block 0, before EIP-1559.
  const genesis = {
    parentHash: `0x${"00".repeat(32)}`,
    sha3Uncles: "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
    miner: `0x${"00".repeat(20)}`,
    stateRoot: "0xd7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544",
    transactionsRoot: "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
    receiptsRoot: "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
    logsBloom: `0x${"00".repeat(256)}`,
    difficulty: "0x400000000",
    number: "0x0",
    gasLimit: "0x1388",
    gasUsed: "0x0",
    timestamp: "0x0",
    extraData: "0x11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa",
    mixHash: `0x${"00".repeat(32)}`,
    nonce: "0x0000000000000042",
  };
  const hash = "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3";
  expect(readHeader({ header: encodeHeader(genesis), hash })).toMatchObject({
    number: 0n,
    stateRoot: genesis.stateRoot,
  });
  expect(() => encodeHeader({ ...genesis, receiptsRoot: undefined })).toThrow(HeaderMismatchError);
});
