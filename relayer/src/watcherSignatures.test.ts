import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { watcherPathAbi, watcherPathBytecode } from "@weighlock/core/abi/watcherPath.ts";
import { createChain } from "@weighlock/core/chains.ts";
import type { Commitment } from "@weighlock/core/commitment.ts";
import { createSender } from "@weighlock/core/sender.ts";
import { createTestCommon } from "@weighlock/core/testing/common.ts";
import { startAnvil } from "@weighlock/core/testing/processes.ts";
import { createWalletClient, type Hex, http, keccak256, size, toHex } from "viem";
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LaneChains } from "./lane/chains.ts";
import type { Lane } from "./lane/lanes.ts";
import { createPaperLane } from "./testing/deployment.ts";
import { createSignatureCollector, SignaturesMissingError } from "./watcherSignatures.ts";

const paper = createPaperLane();
const common = createTestCommon();
const anvil = await startAnvil({ chainId: paper.dst.chainId });
const chain = await createChain({ name: "hub", chainId: paper.dst.chainId, rpcUrl: anvil.url });
const deployer = privateKeyToAccount("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
const watchers = [1, 2, 3].map(() => privateKeyToAccount(generatePrivateKey()));
const stranger = privateKeyToAccount(generatePrivateKey());
const word = (name: string): Hex => keccak256(toHex(name));
const commitment: Commitment = {
  lane: word("lane"),
  count: 12n,
  head: word("head"),
  ackCount: 3n,
  ackHead: word("ack"),
};

let lane: Lane;
let chains: LaneChains;
const servers: Server[] = [];

beforeAll(async () => {
  const wallet = createWalletClient({ account: deployer, chain: chain.viemChain, transport: http(anvil.url) });
  const hash = await wallet.deployContract({
    abi: watcherPathAbi,
    bytecode: watcherPathBytecode,
    args: [paper.dst.gateway, deployer.address, watchers.map(({ address }) => address), 2n],
  });
  const { contractAddress } = await chain.client.waitForTransactionReceipt({ hash });
  if (!contractAddress) throw new RangeError("the path was not deployed");
  lane = { ...paper, watchers: { ...paper.watchers, address: contractAddress } };
  const feed = { tip: () => undefined, finalized: () => undefined, isCaughtUp: () => true, rescan: () => false };
  const end = { chain, feed, sender: createSender({ common, chain, privateKey: generatePrivateKey() }) };
  chains = { src: end, dst: end };
});
afterAll(async () => {
  for (const server of servers) server.close();
  await common.shutdown.stop("test");
  await anvil.close();
});

async function sign(account: PrivateKeyAccount, said: Commitment): Promise<Hex> {
  const digest = await chain.client.readContract({
    address: lane.watchers.address,
    abi: watcherPathAbi,
    functionName: "digestOf",
    args: [said],
  });
  return account.sign({ hash: digest });
}

/** A watcher's process; `answer` may be anything it could send. */
async function serve(
  answer: (query: URLSearchParams) => { status?: number; body: string } | Promise<{ status?: number; body: string }>,
) {
  const server = createServer((request, response) => {
    void Promise.resolve(answer(new URL(request.url ?? "/", "http://localhost").searchParams)).then(
      ({ status = 200, body }) => response.writeHead(status).end(body),
    );
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const watcher = (account: PrivateKeyAccount, said: Commitment = commitment) =>
  serve(async () => ({
    body: JSON.stringify({
      ...said,
      count: `${said.count}`,
      ackCount: Number(said.ackCount),
      signature: await sign(account, said),
      watcher: account.address,
    }),
  }));
const collect = (watcherUrls: readonly string[]) =>
  createSignatureCollector({ common, lane, chains, watcherUrls, timeoutMs: 500 }).collect(commitment);

const [one, two, three] = watchers as [PrivateKeyAccount, PrivateKeyAccount, PrivateKeyAccount];

test("collects exactly the threshold, in the order in which the path takes them", async () => {
  const signatures = await collect(await Promise.all(watchers.map((each) => watcher(each))));
  expect(size(signatures)).toBe(130);
  // The gateway behind the path is nobody here: getting as far as to it means that the signatures were taken.
  await expect(
    chain.client.simulateContract({
      address: lane.watchers.address,
      abi: watcherPathAbi,
      functionName: "attest",
      args: [1, commitment, signatures],
    }),
  ).rejects.toThrow("RemoteEidUnknown");
});

test("asks for the lane's boundary by its coordinates", async () => {
  const asked: string[] = [];
  const url = await serve((query) => {
    asked.push(query.toString());
    return { status: 404, body: '{"error":"not final yet"}' };
  });
  await expect(collect([url])).rejects.toThrow(SignaturesMissingError);
  expect(asked).toEqual([`dstEid=${lane.dst.eid}&srcEid=${lane.src.eid}&count=12&ackCount=3`]);
});

test("the same watcher twice is one", async () => {
  await expect(collect([await watcher(one), await watcher(one)])).rejects.toThrow(SignaturesMissingError);
});

test("a bad answer is no signature, and the good ones still count", async () => {
  const bad = await Promise.all([
    watcher(stranger),
    watcher(three, { ...commitment, head: word("other") }),
    serve(() => ({ body: "not JSON" })),
    serve(() => ({ body: JSON.stringify({ ...commitment, count: "12", ackCount: "3", signature: "0x00" }) })),
    serve(async () => ({
      // What it says is right, what it signed is not.
      body: JSON.stringify({
        ...commitment,
        count: "12",
        ackCount: "3",
        signature: await sign(three, { ...commitment, count: 13n }),
      }),
    })),
    serve(() => ({ body: "x".repeat(100_000) })),
    serve(() => new Promise(() => undefined)),
    "http://127.0.0.1:1",
  ]);
  await expect(collect([...bad, await watcher(one)])).rejects.toThrow(SignaturesMissingError);
  expect(size(await collect([...bad, await watcher(one), await watcher(two)]))).toBe(130);
});
