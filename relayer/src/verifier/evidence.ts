/** What a signature rests on: slots of the source's gateway and endpoint, proved under one block's hash. */

import type { ChainClient } from "@weighlock/core/chains.ts";
import { type Hash, type Hex, numberToHex, zeroHash } from "viem";
import { z } from "zod";
import type { Lane } from "../lane/lanes.ts";
import { encodeHeader, type HeaderFacts, HeaderMismatchError, readHeader } from "./blockHeader.ts";
import { executedHeadSlot, outboundNonceSlot, sealedHeadSlot } from "./slots.ts";
import { type AccountProof, ProofInvalidError, readProvenSlots } from "./storageProof.ts";

/** The boundary of a lane that a dispatch speaks of. */
export type Claim = { count: bigint; ackCount: bigint };

const hex = z
  .string()
  .regex(/^0x[0-9a-fA-F]*$/)
  // Nodes differ in case.
  .transform((value) => value.toLowerCase() as Hex);
const account = z.object({
  address: hex,
  accountProof: z.array(hex),
  storage: z.array(z.object({ slot: hex, proof: z.array(hex) })),
});

/** As kept; nothing of it is believed before `readEvidence` has checked it. */
export const Evidence = z.object({ blockHash: hex, header: hex, gateway: account, endpoint: account });
export type Evidence = z.output<typeof Evidence>;

export type ProvenFacts = {
  block: HeaderFacts;
  /** The lane's id: its head at count 0. */
  lane: Hex;
  /** Zero when no such count is sealed. */
  head: Hex;
  /** Zero when no such boundary is executed. */
  ackHead: Hex;
  outboundNonce: bigint;
};

/** Asks one node for everything at one block. Write-once slots hold at every later block too. */
export async function fetchEvidence({
  client,
  lane,
  claim,
  block,
}: {
  client: ChainClient;
  lane: Lane;
  claim: Claim;
  /** By hash where that block is the dispatch's own. */
  block: { hash: Hash } | { number: bigint };
}): Promise<Evidence> {
  const raw =
    "hash" in block
      ? await client.request({ method: "eth_getBlockByHash", params: [block.hash, false] })
      : await client.request({ method: "eth_getBlockByNumber", params: [numberToHex(block.number), false] });
  if (raw?.hash === undefined || raw.hash === null || raw.number === null) {
    throw new HeaderMismatchError("The node does not know the block.", { details: { chain: lane.src.name, ...block } });
  }
  const { number, hash } = raw;
  const isOther = "hash" in block ? hash.toLowerCase() !== block.hash.toLowerCase() : BigInt(number) !== block.number;
  if (isOther) {
    throw new HeaderMismatchError("The node answered with another block than it was asked for.", {
      details: { chain: lane.src.name, ...block, answered: { number: BigInt(number), hash } },
    });
  }
  const slots = slotsOf(lane, claim);
  const prove = async (address: AccountProof["address"], keys: readonly Hash[]) => {
    const proof = await client.request({ method: "eth_getProof", params: [address, [...keys], number] });
    return {
      address,
      accountProof: proof.accountProof,
      storage: keys.map((slot, index) => ({ slot, proof: proof.storageProof[index]?.proof ?? [] })),
    };
  };
  const [gateway, endpoint] = await Promise.all([
    prove(lane.src.gateway, slots.gateway),
    prove(lane.src.layerZero.endpoint, slots.endpoint),
  ]);
  return Evidence.parse({ blockHash: hash, header: encodeHeader({ ...raw }), gateway, endpoint });
}

/** Checks every byte from the block's hash down; throws HeaderMismatchError or ProofInvalidError. */
export async function readEvidence({
  evidence,
  lane,
  claim,
}: {
  evidence: Evidence;
  lane: Lane;
  claim: Claim;
}): Promise<ProvenFacts> {
  const block = readHeader({ header: evidence.header, hash: evidence.blockHash });
  const slots = slotsOf(lane, claim);
  const values = async (kept: AccountProof, address: AccountProof["address"], wanted: readonly Hash[]) => {
    const storage = wanted.map((slot) => {
      const found = kept.storage.find((each) => each.slot === slot);
      if (found === undefined) {
        throw new ProofInvalidError("The storage proof is of other slots; nothing is signed.", {
          details: { address, slot },
        });
      }
      return found;
    });
    // The address is ours, whatever the kept proof says.
    return readProvenSlots({
      stateRoot: block.stateRoot,
      account: { address, accountProof: kept.accountProof, storage },
    });
  };
  const [[laneWord = 0n, head = 0n, ackHead = 0n], [outboundNonce = 0n]] = await Promise.all([
    values(evidence.gateway, lane.src.gateway, slots.gateway),
    values(evidence.endpoint, lane.src.layerZero.endpoint, slots.endpoint),
  ]);
  return { block, lane: toWord(laneWord), head: toWord(head), ackHead: toWord(ackHead), outboundNonce };
}

export const isZero = (word: Hex): boolean => word === zeroHash;

function slotsOf(lane: Lane, { count, ackCount }: Claim): { gateway: readonly Hash[]; endpoint: readonly Hash[] } {
  const { eid: dstEid } = lane.dst;
  return {
    gateway: [
      sealedHeadSlot({ dstEid, count: 0n }),
      sealedHeadSlot({ dstEid, count }),
      executedHeadSlot({ srcEid: dstEid, count: ackCount }),
    ],
    endpoint: [outboundNonceSlot({ sender: lane.layerZero.src.address, dstEid, receiver: lane.layerZero.receiver })],
  };
}

const toWord = (value: bigint): Hex => numberToHex(value, { size: 32 });
