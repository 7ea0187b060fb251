import { parseEventLogs } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createCleanup, temporaryFolder } from "../testing.ts";
import { dvnAbi, receiveUlnAbi } from "./abi.ts";
import { layerZeroArtifact } from "./artifacts.ts";
import { handOverAdmin, verifyAdmins } from "./dvnAdmin.ts";
import {
  deliver,
  deployCounters,
  dvnOf,
  readCount,
  sendCount,
  startTestChains,
  type TestChain,
  verifyAsAdmin,
} from "./testing.ts";
import { verifyLayerZero } from "./verify.ts";

const cleanup = createCleanup();
afterAll(() => cleanup.run());

let chains: TestChain[];
let signers: Awaited<ReturnType<typeof startTestChains>>["signers"];
beforeAll(async () => {
  const dir = await temporaryFolder({ cleanup });
  const names = [
    { name: "hub", chainId: 7001, eid: 40701 },
    { name: "alpha", chainId: 7002, eid: 40702 },
    { name: "beta", chainId: 7003, eid: 40703 },
  ];
  // Blocks come from the transactor alone.
  ({ chains, signers } = await startTestChains({ dir, cleanup, chains: names, blockTime: 3_600 }));
});

function chainAt(index: number): TestChain {
  const chain = chains[index];
  if (chain === undefined) throw new Error(`there is no chain ${index}`);
  return chain;
}

function verify({ node, stack, spec, transactor }: TestChain): Promise<number> {
  const deployer = transactor.address;
  const admins = { weighlock: [deployer], stranger: [deployer] };
  return verifyLayerZero({ client: node.client, stack, spec, deployer, admins });
}

test("every setting of three stacks reads back as it was asked for", async () => {
  expect(await Promise.all(chains.map(verify))).toEqual([47, 47, 47]);
  const gas = chainAt(0).sent.reduce((sum, { gasUsed }) => sum + gasUsed, 0n);
  expect(gas).toBeLessThan(36_000_000n);
});

test("no two chains share an address", () => {
  const all = chains.flatMap(({ stack: { endpoint, sendUln, receiveUln, executor, dvns } }) => [
    ...[endpoint, sendUln, receiveUln, executor],
    ...dvns.map(({ address }) => address),
  ]);
  expect(new Set(all).size).toBe(3 * 6);
});

test("verifyLayerZero() names each setting that differs", async () => {
  const chain = chainAt(2);
  const pricing = { ...chain.spec.pricing, dvnGas: 1n, lzReceiveBaseGas: 2n };
  const check = verify({ ...chain, spec: { ...chain.spec, pricing } });
  await expect(check).rejects.toThrow(/executor config to 40701[\s\S]*DVN weighlock config to 40701/);

  const { abi } = layerZeroArtifact("PriceFeed");
  const { transactor } = chain;
  transactor.call({ to: chain.stack.priceFeed, abi, functionName: "setNativeTokenPriceUSD", args: [5n] });
  await transactor.flush();
  await expect(verify(chain)).rejects.toThrow(/native token price: expected "2000\d+", is "5"/);
});

test("a message is quoted, sent, verified by two DVNs, committed and received", async () => {
  const [src, dst] = [chainAt(1), chainAt(0)];
  const [counter, peer] = await deployCounters([src, dst]);
  const { packet, fee } = await sendCount({ src, dst, counter });
  expect(packet).toMatchObject({ srcEid: 40702, dstEid: 40701, nonce: 1n, receiverAddress: peer.toLowerCase() });
  // Two DVNs and the executor at 1 gwei: some hundred thousand gas.
  expect(fee).toBeGreaterThan(10n ** 14n);
  expect(fee).toBeLessThan(10n ** 15n);

  for (const name of ["weighlock", "stranger"] as const) {
    await expect(deliver({ dst, packet })).rejects.toThrow("commitVerification reverted");
    const [sent] = await verifyAsAdmin({ dst, dvn: dvnOf(dst.stack, name), packet, signer: signers[name] });
    const [event] = parseEventLogs({
      abi: receiveUlnAbi,
      eventName: "PayloadVerified",
      logs: sent?.receipt.logs ?? [],
    });
    expect(event?.args).toMatchObject({ proofHash: packet.payloadHash, confirmations: 2n });
  }
  await deliver({ dst, packet });
  expect(await readCount({ chain: dst, counter: peer })).toBe(1n);
});

test("a signature by another key is an event, and verifies nothing", async () => {
  const [src, dst] = [chainAt(1), chainAt(2)];
  const [counter] = await deployCounters([src, dst]);
  const { packet } = await sendCount({ src, dst, counter });
  const dvn = dvnOf(dst.stack, "weighlock");
  const [sent] = await verifyAsAdmin({ dst, dvn, packet, signer: signers.stranger });
  const logs = sent?.receipt.logs ?? [];
  expect(parseEventLogs({ abi: dvnAbi, logs }).map(({ eventName }) => eventName)).toEqual(["VerifySignaturesFailed"]);
});

test("handOverAdmin() leaves exactly one admin, who alone can execute", async () => {
  const { node, transactor, stack } = chainAt(0);
  const { client } = node;
  const dvn = dvnOf(stack, "weighlock").address;
  const to = signers.stranger.address;
  await expect(verifyAdmins({ client, dvn, admins: [to] })).rejects.toThrow(/lacks role|has role/);
  await handOverAdmin({ client, transactor, dvn, to });
  await verifyAdmins({ client, dvn, admins: [to] });
  const execute = { address: dvn, abi: dvnAbi, functionName: "execute", args: [[]] } as const;
  await client.simulateContract({ ...execute, account: to });
  await expect(client.simulateContract({ ...execute, account: transactor.address })).rejects.toThrow(/revert/);
});
