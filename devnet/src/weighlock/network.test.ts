import { afterEach, expect, test } from "vitest";
import { startAnvil } from "../anvil.ts";
import { NETWORK, networkKeys } from "../spec.ts";
import { createCleanup, temporaryFolder } from "../testing.ts";
import { deployNetwork } from "./network.ts";

const cleanup = createCleanup();
afterEach(() => cleanup.run());

test("deployNetwork() wires three chains, gives every role away, and reads all of it back", async () => {
  const dir = await temporaryFolder({ cleanup });
  const nodes = await Promise.all(
    NETWORK.chains.map(async ({ name, chainId }) => {
      const node = await startAnvil({ name, chainId, dir });
      cleanup.add(() => node.stop());
      return node;
    }),
  );
  const startedAt = performance.now();
  const { chains, checked } = await deployNetwork({ network: NETWORK, nodes, keys: networkKeys(NETWORK) });
  console.log(
    `three chains wired in ${((performance.now() - startedAt) / 1000).toFixed(1)} s, ${checked} values read back`,
  );

  expect(chains.map(({ name, role }) => [name, role])).toEqual([
    ["hub", "hub"],
    ["alpha", "vault"],
    ["beta", "vault"],
  ]);
  expect(checked).toBeGreaterThan(200);
  const gateways = new Set(chains.map(({ gateway }) => gateway));
  expect(gateways.size).toBe(3);
});
