/**
 * An attack, for tests and the demo: every DVN of the path signs a commitment to entries that nobody ever posted, and it
 * is committed and delivered as LayerZero allows anybody to. It is what a poisoned node made one verifier sign in April
 * 2026, with all verifiers fooled at once.
 */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { type Chain, createChain } from "@weighlock/core/chains.ts";
import type { Common } from "@weighlock/core/common.ts";
import { type ChainDeployment, type Deployment, keyOf } from "@weighlock/core/deployment.ts";
import type { EntryWords } from "@weighlock/core/entry.ts";
import { FatalError } from "@weighlock/core/errors.ts";
import { type Boundary, MAX_WINDOW } from "@weighlock/core/laneLog.ts";
import { createSender, type Sender } from "@weighlock/core/sender.ts";
import { type Hash, isAddressEqual, parseEther, parseEventLogs } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { setBalances } from "../anvil.ts";
import { OUR_DVN, STRANGER_DVN } from "../weighlock/contracts.ts";
import { dvnAbi, endpointAbi, receiveUlnAbi } from "./abi.ts";
import { signDvnCall, verifyCall } from "./dvnCall.ts";
import { forgeCommitment, forgePacket } from "./forgedPacket.ts";
import type { Packet } from "./packet.ts";

export type Forgery = Boundary & {
  /** Of the real log: what the forged window was put on. */
  base: Boundary;
  entries: readonly EntryWords[];
  nonce: bigint;
  attestedBlock: bigint;
  attestedAt: bigint;
  /** Verifications by each DVN, commit, delivery. */
  txs: readonly Hash[];
};

type Signatory = { signer: string; admin: string | undefined };
/** Whose key signs for a DVN, and who may hand the signature in: for ours anybody, through its submitter. */
const SIGNATORIES: Readonly<Record<string, Signatory>> = {
  [OUR_DVN]: { signer: "verifier-signer", admin: undefined },
  [STRANGER_DVN]: { signer: "stranger-signer", admin: "stranger-admin" },
};

// The endpoint keeps a failed lzReceive to itself where it runs out of gas: enough for any delivery.
const DELIVERY_GAS = 400_000n;
const VERIFY_GAS = 250_000n;
const EXPIRY_SECONDS = 3_600n;

/** Returns when the destination's gateway has attested the forged head over LayerZero. */
export async function forgeAttestation({
  common,
  deployment,
  src,
  dst,
  entries,
}: {
  common: Common;
  deployment: Pick<Deployment, "keys">;
  src: ChainDeployment;
  dst: ChainDeployment;
  /** 1 to 128: one window on top of what the source has sealed. */
  entries: readonly EntryWords[];
}): Promise<Forgery> {
  if (entries.length === 0 || entries.length > MAX_WINDOW) {
    throw new FatalError(`A forged window holds 1 to ${MAX_WINDOW} entries.`, { details: { actual: entries.length } });
  }
  const chain = await createChain(dst);
  const nobody = generatePrivateKey();
  const { address } = privateKeyToAccount(nobody);
  await setBalances({ client: chain.client, addresses: [address], wei: parseEther("10") });
  const anybody = createSender({ common, chain, privateKey: nobody });

  const { commitment, base } = await forgeCommitment({ src, dst, entries });
  const packet = await forgePacket({ src, dst, commitment });
  const verified = await verifyByAll({ common, deployment, chain, dst, packet, anybody });
  const { header, payloadHash, sender, nonce, receiverAddress, guid, message } = packet;
  const { endpoint, receiveUln } = dst.layerZero;
  const committed = await anybody.write({
    address: receiveUln,
    abi: receiveUlnAbi,
    functionName: "commitVerification",
    args: [header, payloadHash],
    label: "forge: commit",
  });
  const delivered = await anybody.write({
    address: endpoint,
    abi: endpointAbi,
    functionName: "lzReceive",
    args: [{ srcEid: src.eid, sender, nonce }, receiverAddress, guid, message, "0x"],
    minGas: DELIVERY_GAS,
    label: "forge: deliver",
  });
  const { count, head } = commitment;
  const attested = parseEventLogs({ abi: gatewayAbi, eventName: "Attested", logs: delivered.logs });
  if (!attested.some(({ args }) => args.srcEid === src.eid && args.count === count && args.head === head)) {
    throw new FatalError("The gateway did not attest the forged head.", {
      details: { count, head, transactionHash: delivered.transactionHash },
    });
  }
  const { timestamp: attestedAt } = await chain.client.getBlock({ blockNumber: delivered.blockNumber });
  return {
    base,
    count,
    head,
    entries,
    nonce,
    attestedBlock: delivered.blockNumber,
    attestedAt,
    txs: [...verified, committed.transactionHash, delivered.transactionHash],
  };
}

/** Has every DVN that the receiver requires sign the packet, and hands the signatures in. */
async function verifyByAll({
  common,
  deployment,
  chain,
  dst,
  packet: { srcEid, receiverAddress, header, payloadHash },
  anybody,
}: {
  common: Common;
  deployment: Pick<Deployment, "keys">;
  chain: Chain;
  dst: ChainDeployment;
  packet: Packet;
  anybody: Sender;
}): Promise<Hash[]> {
  const { receiveUln, dvns } = dst.layerZero;
  const [{ requiredDVNs, confirmations }, { timestamp }] = await Promise.all([
    chain.client.readContract({
      address: receiveUln,
      abi: receiveUlnAbi,
      functionName: "getUlnConfig",
      args: [receiverAddress, srcEid],
    }),
    chain.client.getBlock(),
  ]);
  const expiration = timestamp + EXPIRY_SECONDS;
  return Promise.all(
    requiredDVNs.map(async (address) => {
      const dvn = dvns.find((each) => isAddressEqual(each.address, address));
      const signatory = dvn && SIGNATORIES[dvn.name];
      if (!dvn || !signatory) throw new FatalError("Nobody here signs for that DVN.", { details: { address } });
      const call = verifyCall({ vid: dvn.vid, receiveUln, header, payloadHash, confirmations, expiration });
      const signer = privateKeyToAccount(keyOf(deployment, signatory.signer).privateKey);
      const param = await signDvnCall({ call, signers: [signer] });
      const sender =
        signatory.admin === undefined
          ? anybody
          : createSender({ common, chain, privateKey: keyOf(deployment, signatory.admin).privateKey });
      const { transactionHash, logs } = await sender.write({
        address: signatory.admin === undefined ? (dvn.submitter ?? address) : address,
        abi: dvnAbi,
        functionName: "execute",
        args: [[param]],
        minGas: VERIFY_GAS,
        label: `forge: verify by ${dvn.name}`,
      });
      // DVN.execute never reverts: what took effect is in the events alone.
      const verified = parseEventLogs({ abi: receiveUlnAbi, eventName: "PayloadVerified", logs });
      if (verified.some(({ args }) => isAddressEqual(args.dvn, address))) return transactionHash;
      throw new FatalError(`The DVN ${dvn.name} verified nothing.`, { details: { transactionHash } });
    }),
  );
}
