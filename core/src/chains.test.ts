import { afterAll, expect, test } from "vitest";
import { ChainUnreachableError, createChain, WrongChainIdError } from "./chains.ts";
import { freePort, startAnvil } from "./testing/processes.ts";

const anvil = await startAnvil({ chainId: 4_242 });
afterAll(() => anvil.close());

test("a chain has one client per source, in order", async () => {
  const chain = await createChain({ name: "test", chainId: 4_242, rpcUrls: [anvil.url, anvil.url] });
  expect(chain.clients).toHaveLength(2);
  expect(chain.client).toBe(chain.clients[0]);
  expect(await chain.client.getBlockNumber()).toBe(0n);
});

test("a node of another chain is refused, whichever source it is", async () => {
  const wrong = createChain({ name: "test", chainId: 1, rpcUrl: anvil.url });
  await expect(wrong).rejects.toBeInstanceOf(WrongChainIdError);
  await expect(wrong).rejects.toMatchObject({ details: { expected: 1, actual: 4_242 } });
});

test("a node that does not answer is named", async () => {
  const rpcUrl = `http://127.0.0.1:${await freePort()}`;
  await expect(createChain({ name: "test", chainId: 1, rpcUrl })).rejects.toBeInstanceOf(ChainUnreachableError);
});
