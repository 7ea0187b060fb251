import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { concat, parseAbi, parseEther, toFunctionSelector, toHex } from "viem";
import { privateKeyToAddress } from "viem/accounts";
import { afterEach, expect, test } from "vitest";
import { devAccounts, setBalances, skip, startAnvil } from "./anvil.ts";
import { createCleanup, isRunning, temporaryFolder } from "./testing.ts";
import { createTransactor } from "./transactor.ts";

const cleanup = createCleanup();
afterEach(() => cleanup.run());

async function node(spec: { chainId?: number; blockTime?: number } = {}) {
  const dir = await temporaryFolder({ cleanup });
  const anvil = await startAnvil({ name: "hub", chainId: 7001, dir, blockTime: 0.05, ...spec });
  cleanup.add(() => anvil.stop());
  return anvil;
}

test("startAnvil() gives a chain with funded accounts whose blocks become final by themselves", async () => {
  const { client, accounts } = await node();
  expect(await client.getChainId()).toBe(7001);
  for (const { address, privateKey } of accounts) {
    expect(privateKeyToAddress(privateKey)).toBe(address);
    expect(await client.getBalance({ address })).toBe(parseEther("1000000"));
  }
  const { number: before } = await client.getBlock();
  const deadline = Date.now() + 5_000;
  let final = 0n;
  while (final <= before && Date.now() < deadline) final = (await client.getBlock({ blockTag: "finalized" })).number;
  expect(final).toBeGreaterThan(before);
});

test("the chain refuses a transaction above mainnet's gas cap", async () => {
  const { client, accounts } = await node({ blockTime: 60 });
  const [{ address: from }] = accounts as [(typeof accounts)[0]];
  const send = (gas: bigint) =>
    client.request<{ Method: "eth_sendTransaction"; Parameters: unknown[]; ReturnType: string }>({
      method: "eth_sendTransaction",
      params: [{ from, to: from, gas: toHex(gas) }],
    });
  await expect(send(16_777_217n)).rejects.toThrow(/gas/i);
  await expect(send(16_777_216n)).resolves.toMatch(/^0x/);
});

test("stop() leaves no process", async () => {
  const anvil = await node();
  await anvil.stop();
  expect(await isRunning(anvil.process.pid)).toBe(false);
  await expect(anvil.client.getChainId()).rejects.toThrow();
});

test("no two chains share an account", () => {
  const all = [7001, 7002, 7003].flatMap((chainId) => devAccounts({ chainId, count: 4 }));
  expect(new Set(all.map(({ address }) => address)).size).toBe(12);
});

test("setBalances() sets balances", async () => {
  const { client } = await node();
  const addresses = devAccounts({ chainId: 1, count: 2 }).map(({ address }) => address);
  await setBalances({ client, addresses, wei: 5n });
  for (const address of addresses) expect(await client.getBalance({ address })).toBe(5n);
});

test("a transactor says which transaction reverted, and why", async () => {
  const { client, accounts } = await node({ blockTime: 60 });
  const [deployer] = accounts as [(typeof accounts)[0]];
  const transactor = await createTransactor({ client, privateKey: deployer.privateKey });
  const abi = parseAbi(["error TooMuch(uint256 asked)"]);
  const selector = toFunctionSelector("TooMuch(uint256)");
  // mstore(0, selector << 224), mstore(4, 7), revert(0, 36)
  const bytecode = concat(["0x63", selector, "0x60e01b600052", "0x6007600452", "0x60246000fd"]);
  transactor.deploy({ artifact: { name: "Reverts", abi, bytecode } });
  await expect(transactor.flush()).rejects.toThrow(/deploy Reverts reverted[\s\S]*TooMuch\(7\)/);
});

test("skip() asks for its blocks once: a node that has not answered may have mined them", async () => {
  const methods: string[] = [];
  const server = createServer((request, response) => {
    request.setEncoding("utf8").once("data", (body: string) => {
      const { id, method } = JSON.parse(body) as { id: number; method: string };
      methods.push(method);
      response.statusCode = method === "anvil_mine" ? 503 : 200;
      response.end(JSON.stringify({ jsonrpc: "2.0", id, result: "0x1" }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanup.add(() => void server.close());
  const rpcUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await expect(skip({ rpcUrl, seconds: 60, blocks: 2 })).rejects.toThrow();
  expect(methods.filter((method) => method === "anvil_mine")).toHaveLength(1);
});
