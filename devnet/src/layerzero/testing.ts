/** Two chains with LayerZero between them, and an OApp that counts, for tests of what runs on it. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Address, concat, type Hex, pad, parseAbi, parseEventLogs, toHex } from "viem";
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { type AnvilNode, type DevAccount, startAnvil } from "../anvil.ts";
import type { Cleanup } from "../testing.ts";
import { createTransactor, type SentTransaction, type Transactor } from "../transactor.ts";
import { dvnAbi, endpointAbi, receiveUlnAbi } from "./abi.ts";
import { deployLayerZero } from "./deploy.ts";
import { signDvnCall, verifyCall } from "./dvnCall.ts";
import { decodePacket, type Packet } from "./packet.ts";
import { DEFAULT_PRICING, type LayerZeroDvn, type LayerZeroSpec, type LayerZeroStack } from "./stack.ts";

export type TestChain = {
  node: AnvilNode;
  transactor: Transactor;
  spec: LayerZeroSpec;
  stack: LayerZeroStack;
  sent: SentTransaction[];
};

/** Chains with LayerZero, deployed by each one's first account. DVN `weighlock` signs by the second, `stranger` the third. */
export async function startTestChains({
  dir,
  cleanup,
  chains,
  blockTime,
}: {
  dir: string;
  cleanup: Cleanup;
  chains: readonly { name: string; chainId: number; eid: number }[];
  blockTime: number;
}): Promise<{ chains: TestChain[]; signers: Record<"weighlock" | "stranger", PrivateKeyAccount> }> {
  const nodes = await Promise.all(
    chains.map(async ({ name, chainId }) => {
      const node = await startAnvil({ name, chainId, dir, blockTime });
      cleanup.add(() => node.stop());
      return node;
    }),
  );
  const keys = nodes[0]?.accounts.slice(1, 3).map(({ privateKey }) => privateKeyToAccount(privateKey)) ?? [];
  const [weighlock, stranger] = keys;
  if (weighlock === undefined || stranger === undefined) throw new Error("two signers are needed");
  const dvns = [
    { name: "weighlock", signers: [weighlock.address], quorum: 1 },
    { name: "stranger", signers: [stranger.address], quorum: 1 },
  ];
  const deployed = await Promise.all(
    nodes.map(async (node, index): Promise<TestChain> => {
      const { eid = 0 } = chains[index] ?? {};
      const remoteEids = chains.map((chain) => chain.eid).filter((other) => other !== eid);
      const spec = { eid, remoteEids, dvns, confirmations: 2n, pricing: DEFAULT_PRICING };
      const transactor = await createTransactor({ client: node.client, privateKey: accountOf(node, 0).privateKey });
      const stack = deployLayerZero({ transactor, chainId: node.chainId, spec });
      return { node, transactor, spec, stack, sent: await transactor.flush() };
    }),
  );
  return { chains: deployed, signers: { weighlock, stranger } };
}

export function accountOf(node: AnvilNode, index: number): DevAccount {
  const account = node.accounts[index];
  if (account === undefined) throw new Error(`${node.name} has no account ${index}`);
  return account;
}

export function dvnOf(stack: LayerZeroStack, name: string): LayerZeroDvn {
  const dvn = stack.dvns.find((each) => each.name === name);
  if (dvn === undefined) throw new Error(`there is no DVN ${name}`);
  return dvn;
}

const counterAbi = parseAbi([
  "constructor(address endpoint, address delegate)",
  "function setPeer(uint32 eid, bytes32 peer)",
  "function increment(uint32 eid, uint8 type, bytes options) payable",
  "function quote(uint32 eid, uint8 type, bytes options) view returns (uint256 nativeFee, uint256 lzTokenFee)",
  "function count() view returns (uint256)",
]);
const COUNTER = "@layerzerolabs/lz-evm-oapp-v2/artifacts/contracts/oapp/examples/OmniCounter.sol/OmniCounter.json";
const VANILLA = 1;
// Options of type 3: one executor option, lzReceive with 200,000 gas.
const OPTIONS = concat(["0x0003", "0x01", "0x0011", "0x01", toHex(200_000n, { size: 16 })]);

/** LayerZero's own example OApp on two chains, each the other's peer. */
export async function deployCounters(pair: readonly [TestChain, TestChain]): Promise<[Address, Address]> {
  const file = createRequire(import.meta.url).resolve(COUNTER);
  const { bytecode } = JSON.parse(readFileSync(file, "utf8")) as { bytecode: Hex };
  const deploy = ({ transactor, stack }: TestChain) =>
    transactor.deploy({
      artifact: { name: "OmniCounter", abi: counterAbi, bytecode },
      args: [stack.endpoint, transactor.address],
    });
  const counters: [Address, Address] = [deploy(pair[0]), deploy(pair[1])];
  pair.forEach(({ transactor }, index) => {
    const [own, peer, eid] =
      index === 0 ? [counters[0], counters[1], pair[1].stack.eid] : [counters[1], counters[0], pair[0].stack.eid];
    transactor.call({ to: own, abi: counterAbi, functionName: "setPeer", args: [eid, pad(peer)] });
  });
  await Promise.all(pair.map(({ transactor }) => transactor.flush()));
  return counters;
}

/** Sends one message for the fee that the counter quotes. */
export async function sendCount({
  src,
  dst,
  counter,
}: {
  src: TestChain;
  dst: TestChain;
  counter: Address;
}): Promise<{ packet: Packet; fee: bigint; gasUsed: bigint }> {
  const args = [dst.stack.eid, VANILLA, OPTIONS] as const;
  const [fee] = await src.node.client.readContract({ address: counter, abi: counterAbi, functionName: "quote", args });
  src.transactor.call({ to: counter, abi: counterAbi, functionName: "increment", args, value: fee });
  const [sent] = await src.transactor.flush();
  if (sent === undefined) throw new Error("nothing was sent");
  const [event] = parseEventLogs({ abi: endpointAbi, eventName: "PacketSent", logs: sent.receipt.logs });
  if (event === undefined) throw new Error("no packet was sent");
  return { packet: decodePacket(event.args.encodedPayload), fee, gasUsed: sent.gasUsed };
}

export function readCount({ chain, counter }: { chain: TestChain; counter: Address }): Promise<bigint> {
  return chain.node.client.readContract({ address: counter, abi: counterAbi, functionName: "count" });
}

/** Verifies by a DVN whose admin is the chain's deployer. */
export async function verifyAsAdmin({
  dst,
  dvn,
  packet,
  signer,
}: {
  dst: TestChain;
  dvn: LayerZeroDvn;
  packet: Packet;
  signer: PrivateKeyAccount;
}): Promise<SentTransaction[]> {
  const { header, payloadHash } = packet;
  const { timestamp } = await dst.node.client.getBlock();
  const call = verifyCall({
    vid: dvn.vid,
    receiveUln: dst.stack.receiveUln,
    header,
    payloadHash,
    confirmations: dst.spec.confirmations,
    expiration: timestamp + 3_600n,
  });
  const params = [await signDvnCall({ call, signers: [signer] })];
  dst.transactor.call({ to: dvn.address, abi: dvnAbi, functionName: "execute", args: [params] });
  return dst.transactor.flush();
}

/** Commits a packet that every required DVN verified, and delivers it. */
export async function deliver({ dst, packet }: { dst: TestChain; packet: Packet }): Promise<SentTransaction[]> {
  const { header, payloadHash, srcEid, sender, nonce, receiverAddress, guid, message } = packet;
  const { receiveUln, endpoint } = dst.stack;
  dst.transactor.call({
    to: receiveUln,
    abi: receiveUlnAbi,
    functionName: "commitVerification",
    args: [header, payloadHash],
  });
  const args = [{ srcEid, sender, nonce }, receiverAddress, guid, message, "0x"];
  dst.transactor.call({ to: endpoint, abi: endpointAbi, functionName: "lzReceive", args });
  return dst.transactor.flush();
}
