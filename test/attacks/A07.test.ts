/** A07: an initialiser that nobody has called yet. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { pathByName } from "@weighlock/core/deployment.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { type Address, type EncodeFunctionDataParameters, encodeFunctionData, parseAbi } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll } from "vitest";
import { harness } from "./support/artifacts.ts";
import { depositEntry } from "./support/entries.ts";
import { DEPOSITED, fundVaults } from "./support/fixture.ts";
import { holdingsOf } from "./support/holdings.ts";
import { type AttackNetwork, type Chain, startNetwork } from "./support/network.ts";
import { attackTest, type Outcome } from "./support/record.ts";
import { attestByWatchers, forged } from "./support/words.ts";

const cleanup = createCleanup();
let guarded: AttackNetwork;
/** The watchers' path gets its watchers by an initialiser. */
let initialisable: AttackNetwork;

beforeAll(async () => {
  const WatcherPath = harness("InitialisableWatcherPath");
  [guarded, initialisable] = await Promise.all([
    startNetwork({ cleanup }),
    startNetwork({ cleanup, replaced: { hub: { WatcherPath } } }),
  ]);
  await Promise.all([fundVaults(guarded), fundVaults(initialisable)]);
});
afterAll(() => cleanup.run());

/** Whatever ways there are to initialise something, in the names that are used for them. */
const initialisers = parseAbi([
  "function initialize()",
  "function initialize(address)",
  "function initialize(address[])",
  "function initialize(address,address)",
  "function init(address)",
  "function setUp(address)",
  "function reinitialize(uint64)",
  "function upgradeTo(address)",
  "function upgradeToAndCall(address,bytes)",
  "function transferOwnership(address)",
  "function setAuthority(address)",
]);

function contractsOf(chain: Chain): Address[] {
  const app = chain.role === "hub" ? chain.clearingHouse : chain.vault;
  return [
    chain.gateway,
    app,
    chain.pauseController,
    chain.accessManager,
    chain.tipJar,
    ...chain.paths.map((path) => path.address),
  ];
}

/** The thief initialises what he can with keys of his own, and then speaks as the watchers. */
function initialise(network: AttackNetwork): Promise<Outcome> {
  return network.rehearse(async () => {
    const { hub, alpha } = network;
    const keys = [await network.newAccount(), await network.newAccount()];
    const [thief] = keys;
    if (thief === undefined) throw new RangeError("there is no thief");
    for (const address of contractsOf(hub)) {
      for (const item of initialisers) {
        const args = item.inputs.map(({ type }) => {
          if (type === "address[]") return keys.map((key) => key.address);
          if (type === "uint64") return 2n;
          return type === "bytes" ? "0x" : thief.address;
        });
        const data = encodeFunctionData({ abi: [item], args } as unknown as EncodeFunctionDataParameters);
        const account = privateKeyToAccount(thief.privateKey);
        const hash = await hub.client.sendTransaction({ account, chain: null, to: address, data, gas: 500_000n });
        await hub.client.waitForTransactionReceipt({ hash });
      }
    }
    const entry = depositEntry({ eid: alpha.eid, owner: thief.address, amount: DEPOSITED });
    const ends = { src: alpha, dst: hub };
    const commitment = await forged(ends, [entry]);
    await attestByWatchers(network, ends, commitment, keys).catch(() => undefined);
    const [head] = await hub.client.readContract({
      address: hub.gateway,
      abi: gatewayAbi,
      functionName: "attestation",
      args: [alpha.eid, pathByName(hub, "watcher").index, commitment.count],
    });
    return { succeeded: head === commitment.head, loss: await holdingsOf(network, [thief.address]) };
  });
}

const attack = {
  class: "A07",
  name: "a thief initialises what he finds, and speaks as the watchers",
  direction: "alpha → hub",
  path: "watcher",
} as const;
attackTest({ ...attack, defence: "on", run: () => initialise(guarded) });
attackTest({
  ...attack,
  defence: { off: "a path whose watchers come by an initialiser" },
  run: () => initialise(initialisable),
});
