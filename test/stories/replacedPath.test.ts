/** One path of two is owned: the lane halts, waits with one path, gets another at a free index, and goes on. */

import { accessManagerAbi } from "@weighlock/core/abi/accessManager.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { watcherPathAbi, watcherPathBytecode } from "@weighlock/core/abi/watcherPath.ts";
import { pathByName } from "@weighlock/core/deployment.ts";
import type { DevAccount } from "@weighlock/devnet/anvil.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { COUNCIL_ROLE } from "@weighlock/devnet/weighlock/contracts.ts";
import { signCommitment } from "@weighlock/watcher/signature.ts";
import { type Address, concat, toFunctionSelector } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pendingWindows, seal } from "../attacks/support/carry.ts";
import { depositEntry } from "../attacks/support/entries.ts";
import { depositAs, fundVaults } from "../attacks/support/fixture.ts";
import { holdingsOf, ONE } from "../attacks/support/holdings.ts";
import { haltOf } from "../attacks/support/liars.ts";
import { type AttackNetwork, refusalOf, send, startNetwork } from "../attacks/support/network.ts";
import { councilDoes, guardianDoes, resume, Scope } from "../attacks/support/roles.ts";
import { balancesOf, bystanders, fundBystanders, residualOf } from "../attacks/support/story.ts";
import { attestByNetwork, attestByWatchers, type Ends, forged, truth } from "../attacks/support/words.ts";

const cleanup = createCleanup();
const WATCHERS = 1;
const FREE = 2;
const OPEN_REMOTE = toFunctionSelector("openRemote(uint32,uint256,address)");
let network: AttackNetwork;

beforeAll(async () => {
  network = await startNetwork({ cleanup });
  await fundVaults(network);
  await fundBystanders(network);
});
afterAll(() => cleanup.run());

/** Other watchers, at a new contract: what was signed for the old one stays signed for ever. */
async function replaceWatchers(watchers: readonly DevAccount[]): Promise<Address> {
  const { hub, alpha, keys } = network;
  const hash = await hub.client.deployContract({
    account: privateKeyToAccount(keys.relayer.privateKey),
    chain: null,
    abi: watcherPathAbi,
    bytecode: watcherPathBytecode,
    args: [hub.gateway, hub.accessManager, watchers.map(({ address }) => address), 2n],
  });
  const { contractAddress } = await hub.client.waitForTransactionReceipt({ hash });
  if (!contractAddress) throw new Error("the new path was not deployed");
  // Whoever deploys it can't open it: only the access manager's admin could, so the council does all of it.
  await councilDoes(network, {
    chain: hub,
    address: hub.accessManager,
    abi: accessManagerAbi,
    functionName: "setTargetFunctionRole",
    args: [contractAddress, [OPEN_REMOTE], COUNCIL_ROLE],
  });
  await councilDoes(network, {
    chain: hub,
    address: contractAddress,
    abi: watcherPathAbi,
    functionName: "openRemote",
    args: [alpha.eid, BigInt(alpha.chainId), alpha.gateway],
  });
  await councilDoes(network, {
    chain: hub,
    address: hub.gateway,
    abi: gatewayAbi,
    functionName: "addPath",
    args: [alpha.eid, FREE, contractAddress, false],
  });
  return contractAddress;
}

async function attestByNew(watcherPath: Address, watchers: readonly DevAccount[], { src, dst }: Ends): Promise<void> {
  const commitment = await truth({ src, dst });
  const inOrder = [...watchers].sort((a, b) => (a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1));
  const signatures = await Promise.all(
    inOrder.map(({ privateKey }) =>
      signCommitment({
        account: privateKeyToAccount(privateKey),
        commitment,
        dst: { chainId: dst.chainId, watcherPath },
      }),
    ),
  );
  await send({
    chain: dst,
    from: network.keys.relayer,
    address: watcherPath,
    abi: watcherPathAbi,
    functionName: "attest",
    args: [src.eid, commitment, concat(signatures)],
  });
}

function execute({ src, dst }: Ends, pending: Awaited<ReturnType<typeof pendingWindows>>, paths: number) {
  return refusalOf({
    chain: dst,
    from: network.keys.relayer,
    address: dst.gateway,
    abi: gatewayAbi,
    functionName: "execute",
    args: [src.eid, pending.counts, pending.entries, "0x", paths],
  });
}

test("owned watchers are replaced, and the lane goes on where it stopped", async () => {
  const { alpha, hub, keys } = network;
  const ends: Ends = { src: alpha, dst: hub };
  const [trader] = keys.traders;
  if (trader === undefined) throw new RangeError("the network has no trader");
  const thief = await network.newAccount();
  const untouched = await balancesOf(network, bystanders(network));

  // Attack and halt: threshold watchers sign what never was; LayerZero speaks of the same count.
  const lie = depositEntry({ eid: alpha.eid, owner: thief.address, amount: 500n * ONE });
  const { blockNumber: shown } = await attestByWatchers(network, ends, await forged(ends, [lie]));
  await depositAs({ trader, vault: alpha, amount: 7n * ONE });
  await seal(network, ends);
  const { blockNumber: halted } = await attestByNetwork(network, ends, await truth(ends));
  expect(await haltOf(hub, alpha.eid)).toBe(1);

  // The guardian: weighlock guardian disable-path.
  await guardianDoes(network, {
    chain: hub,
    address: hub.gateway,
    abi: gatewayAbi,
    functionName: "disablePath",
    args: [alpha.eid, WATCHERS],
  });
  await resume(network, { dst: hub, src: alpha, scope: Scope.Halt });

  // One path is left, and one moves nothing: no quorum fell.
  const pending = await pendingWindows(ends);
  expect(await execute(ends, pending, 1)).toBe("PathsTooFew");
  expect(await execute(ends, pending, 3)).toBe("PathsNotEnabled");

  // The council: weighlock council add-path. The old watchers speak, and nobody listens.
  const watchers = [await network.newAccount(), await network.newAccount()];
  const watcherPath = await replaceWatchers(watchers);
  const refused = await attestByWatchers(network, ends, await truth(ends)).then(
    () => "heard",
    () => "refused",
  );
  expect(refused).toBe("refused");
  expect(pathByName(hub, "watcher").address).not.toBe(watcherPath);
  await attestByNew(watcherPath, watchers, ends);
  expect(await execute(ends, pending, 5)).toBeUndefined();
  const recovered = await hub.client.getBlockNumber();

  expect(await holdingsOf(network, [thief.address])).toBe(0n);
  expect(await residualOf(network)).toBe(0n);
  expect(await balancesOf(network, bystanders(network))).toEqual(untouched);
  expect(Number(halted - shown), "blocks from the lie to the halt").toBeLessThanOrEqual(6);
  expect(Number(recovered - halted), "blocks from the halt to the first credit").toBeLessThanOrEqual(24);
});
