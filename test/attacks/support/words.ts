/** What the two paths are made to say: the truth in honest hands, anything at all in owned ones. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { watcherPathAbi } from "@weighlock/core/abi/watcherPath.ts";
import type { Commitment } from "@weighlock/core/commitment.ts";
import { pathByName } from "@weighlock/core/deployment.ts";
import type { EntryWords } from "@weighlock/core/entry.ts";
import { headOf, rootOf } from "@weighlock/core/laneLog.ts";
import type { DevAccount } from "@weighlock/devnet/anvil.ts";
import { dvnAbi, endpointAbi, receiveUlnAbi } from "@weighlock/devnet/layerzero/abi.ts";
import { signDvnCall, verifyCall } from "@weighlock/devnet/layerzero/dvnCall.ts";
import { forgePacket } from "@weighlock/devnet/layerzero/forgedPacket.ts";
import type { Packet } from "@weighlock/devnet/layerzero/packet.ts";
import { OUR_DVN } from "@weighlock/devnet/weighlock/contracts.ts";
import { signCommitment } from "@weighlock/watcher/signature.ts";
import { concat, type TransactionReceipt } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { type AttackNetwork, type Chain, send } from "./network.ts";

export type Ends = { src: Chain; dst: Chain };

/** What the source's gateway says now, of everything that it has sealed. */
export async function truth({ src, dst }: Ends): Promise<Commitment> {
  const at = { address: src.gateway, abi: gatewayAbi } as const;
  const [[, count, head], [ackCount, ackHead], [lane]] = await Promise.all([
    src.client.readContract({ ...at, functionName: "outbox", args: [dst.eid] }),
    src.client.readContract({ ...at, functionName: "inbox", args: [dst.eid] }),
    src.client.readContract({ ...at, functionName: "laneIds", args: [dst.eid] }),
  ]);
  return { lane, count, head, ackCount, ackHead };
}

/** What it would say had these entries been posted and sealed as one window on top. */
export async function forged(ends: Ends, entries: readonly EntryWords[]): Promise<Commitment> {
  const commitment = await truth(ends);
  const count = commitment.count + BigInt(entries.length);
  return { ...commitment, count, head: headOf({ head: commitment.head, root: rootOf(entries), count }) };
}

/** Every DVN of the destination signs, and it is committed and delivered. */
export async function attestByNetwork(
  network: AttackNetwork,
  { src, dst }: Ends,
  commitment: Commitment,
): Promise<TransactionReceipt> {
  return deliver(network, dst, await forgePacket({ src, dst, commitment }));
}

/** Every DVN of the destination signs the packet, and it is committed and delivered. */
export async function deliver(network: AttackNetwork, dst: Chain, packet: Packet): Promise<TransactionReceipt> {
  const from = network.keys.relayer;
  await verifyByDvns(network, dst, packet);
  const { endpoint, receiveUln } = dst.layerZero;
  const { srcEid, header, payloadHash, sender, nonce, receiverAddress, guid, message } = packet;
  await send({
    chain: dst,
    from,
    address: receiveUln,
    abi: receiveUlnAbi,
    functionName: "commitVerification",
    args: [header, payloadHash],
  });
  return send({
    chain: dst,
    from,
    address: endpoint,
    abi: endpointAbi,
    functionName: "lzReceive",
    args: [{ srcEid, sender, nonce }, receiverAddress, guid, message, "0x"],
  });
}

/** `names`: the DVNs that sign; all unless told. */
export async function verifyByDvns(
  { keys }: AttackNetwork,
  dst: Chain,
  { srcEid, receiverAddress, header, payloadHash }: Packet,
  names: readonly string[] = dst.layerZero.dvns.map(({ name }) => name),
): Promise<void> {
  const { receiveUln, dvns } = dst.layerZero;
  const [{ confirmations }, { timestamp }] = await Promise.all([
    dst.client.readContract({
      address: receiveUln,
      abi: receiveUlnAbi,
      functionName: "getUlnConfig",
      args: [receiverAddress, srcEid],
    }),
    dst.client.getBlock(),
  ]);
  for (const { name, vid, address, submitter } of dvns) {
    if (!names.includes(name)) continue;
    const [signer, from] =
      name === OUR_DVN ? [keys.verifierSigner, keys.verifierGas] : [keys.strangerSigner, keys.strangerAdmin];
    const call = verifyCall({ vid, receiveUln, header, payloadHash, confirmations, expiration: timestamp + 3_600n });
    const param = await signDvnCall({ call, signers: [privateKeyToAccount(signer.privateKey)] });
    await send({
      chain: dst,
      from,
      address: submitter ?? address,
      abi: dvnAbi,
      functionName: "execute",
      args: [[param]],
    });
  }
}

/** `signers`: the keys that sign, threshold watchers unless told. */
export async function attestByWatchers(
  network: AttackNetwork,
  { src, dst }: Ends,
  commitment: Commitment,
  signers: readonly DevAccount[] = network.keys.watchers.slice(0, 2),
): Promise<TransactionReceipt> {
  const watcherPath = pathByName(dst, "watcher").address;
  const inOrder = [...signers].sort((a, b) => (a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1));
  const signatures = await Promise.all(
    inOrder.map(({ privateKey }) =>
      signCommitment({
        account: privateKeyToAccount(privateKey),
        commitment,
        dst: { chainId: dst.chainId, watcherPath },
      }),
    ),
  );
  return send({
    chain: dst,
    from: network.keys.relayer,
    address: watcherPath,
    abi: watcherPathAbi,
    functionName: "attest",
    args: [src.eid, commitment, concat(signatures)],
  });
}
