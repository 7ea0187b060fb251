import { accessManagerAbi } from "@weighlock/core/abi/accessManager.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { type ChainDeployment, type Deployment, hubOf } from "@weighlock/core/deployment.ts";
import { readSafe } from "@weighlock/core/safe.ts";
import { type Address, encodeFunctionData } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AnvilNode, startAnvil } from "../anvil.ts";
import { keysByRole, NETWORK, networkKeys } from "../spec.ts";
import { createCleanup, temporaryFolder } from "../testing.ts";
import {
  type AuthorityCall,
  asCouncil,
  asGuardian,
  executeAsCouncil,
  passTime,
  scheduleAsCouncil,
} from "./authority.ts";
import { ADMIN_ROLE, COUNCIL_ROLE, GUARDIAN_ROLE, RESUMER_ROLE } from "./contracts.ts";
import { deployNetwork } from "./network.ts";
import { readRoleHolders } from "./roleHolders.ts";

const cleanup = createCleanup();
afterAll(() => cleanup.run());

let node: AnvilNode;
let keys: Deployment["keys"];
let hub: ChainDeployment;
let peer: ChainDeployment;

beforeAll(async () => {
  const dir = await temporaryFolder({ cleanup });
  const chains = NETWORK.chains.slice(0, 2);
  const network = { ...NETWORK, chains };
  const nodes = await Promise.all(
    chains.map(async ({ name, chainId }) => {
      const started = await startAnvil({ name, chainId, dir, blockTime: 0.1 });
      cleanup.add(() => started.stop());
      return started;
    }),
  );
  keys = keysByRole(networkKeys(network));
  const deployed = await deployNetwork({ network, nodes, keys: networkKeys(network) });
  hub = hubOf(deployed);
  [node, peer] = [nodes[0] as AnvilNode, deployed.chains[1] as ChainDeployment];
});

const windowLimit = () =>
  node.client.readContract({ address: hub.gateway, abi: gatewayAbi, functionName: "windowLimit", args: [peer.eid] });
const limit = (functionName: "tightenWindow" | "loosenWindow", entries: number): AuthorityCall => ({
  chain: hub,
  keys,
  to: hub.gateway,
  data: encodeFunctionData({ abi: gatewayAbi, functionName, args: [peer.eid, entries] }),
});
const grant = (role: bigint, account: Address, delay: number): AuthorityCall => ({
  chain: hub,
  keys,
  to: hub.accessManager,
  data: encodeFunctionData({ abi: accessManagerAbi, functionName: "grantRole", args: [role, account, delay] }),
});
const clock = async () => Number((await node.client.getBlock()).timestamp);

test("the Safes have the owners and thresholds of the network, and no key owns both", async () => {
  const [council, guardian] = await Promise.all(
    [hub.council, hub.guardian].map((safe) => readSafe({ client: node.client, safe })),
  );
  const of = (role: string) => keys.filter((key) => key.role.replace(/-\d+$/, "") === role).map((key) => key.address);
  expect(council).toMatchObject({ owners: of("council"), threshold: 4n });
  expect(guardian).toMatchObject({ owners: of("guardian"), threshold: 2n });
  expect(new Set([...of("council"), ...of("guardian")]).size).toBe(12);
  expect(hub.council).not.toBe(peer.council);
});

test("asGuardian() tightens at once, and may not loosen", async () => {
  const before = await clock();
  await asGuardian(limit("tightenWindow", 100));
  expect(await windowLimit()).toBe(100);
  expect(await clock()).toBeLessThan(before + 60);
  await expect(asGuardian(limit("loosenWindow", 128))).rejects.toMatchObject({
    revert: { name: "AccessManagedUnauthorized", args: { caller: hub.guardian } },
  });
});

test("asCouncil() loosens after the delay, and may not tighten", async () => {
  await asGuardian(limit("tightenWindow", 90));
  const before = await clock();
  await asCouncil(limit("loosenWindow", 110));
  expect(await windowLimit()).toBe(110);
  expect(await clock()).toBeGreaterThanOrEqual(before + NETWORK.councilDelay);
  await expect(asCouncil(limit("tightenWindow", 1))).rejects.toMatchObject({
    revert: { name: "AccessManagedUnauthorized", args: { caller: hub.council } },
  });
});

test("what the council has scheduled waits for its delay, and the guardian vetoes it", async () => {
  const call = limit("loosenWindow", 128);
  const before = await windowLimit();
  const { operationId, readyAt } = await scheduleAsCouncil(call);
  await expect(executeAsCouncil(call)).rejects.toMatchObject({
    revert: { name: "AccessManagerNotReady", args: { operationId } },
  });
  const veto = [hub.council, call.to, call.data] as const;
  await asGuardian({
    ...call,
    to: hub.accessManager,
    data: encodeFunctionData({ abi: accessManagerAbi, functionName: "cancel", args: veto }),
  });
  await passTime({ rpcUrl: hub.rpcUrl, until: readyAt });
  await expect(executeAsCouncil(call)).rejects.toMatchObject({ revert: { name: "AccessManagerNotScheduled" } });
  expect(await windowLimit()).toBe(before);
});

test("readRoleHolders() tells the Safes, and everybody whom the council adds", async () => {
  const at = { client: node.client, accessManager: hub.accessManager };
  const before = await readRoleHolders(at);
  expect(before.map(({ role, account }) => [role, account])).toEqual([
    [ADMIN_ROLE, hub.council],
    [COUNCIL_ROLE, hub.council],
    [GUARDIAN_ROLE, hub.guardian],
    [RESUMER_ROLE, hub.council],
  ]);
  const [key] = keys as [Deployment["keys"][number]];
  await asCouncil(grant(COUNCIL_ROLE, key.address, 5));
  const after = await readRoleHolders(at);
  expect(after.filter(({ account }) => account === key.address)).toEqual([
    { role: COUNCIL_ROLE, account: key.address, delay: 5 },
  ]);
});

test("asCouncil() makes a call without a delay at once", async () => {
  await asCouncil(grant(GUARDIAN_ROLE, hub.council, 0));
  const before = await clock();
  await asCouncil(limit("tightenWindow", 80));
  expect(await windowLimit()).toBe(80);
  expect(await clock()).toBeLessThan(before + 60);
});
