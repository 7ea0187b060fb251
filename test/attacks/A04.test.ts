/** A04: the keys of k of n verifiers, up to both of the paths that must agree. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { encodeCommitment } from "@weighlock/core/commitment.ts";
import { pathByName } from "@weighlock/core/deployment.ts";
import type { DevAccount } from "@weighlock/devnet/anvil.ts";
import { endpointAbi, receiveUlnAbi } from "@weighlock/devnet/layerzero/abi.ts";
import { forgePacket } from "@weighlock/devnet/layerzero/forgedPacket.ts";
import { NETWORK } from "@weighlock/devnet/spec.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { OUR_DVN } from "@weighlock/devnet/weighlock/contracts.ts";
import { encodeAbiParameters, parseAbi, parseAbiParameters } from "viem";
import { afterAll, beforeAll, expect } from "vitest";
import { harness } from "./support/artifacts.ts";
import { depositEntry, releaseEntry } from "./support/entries.ts";
import { holdingsOf, ONE, tokensOf } from "./support/holdings.ts";
import { DEEP, forceWindow, fundDeeply, retryFor, TO_PAUSE, vaultBound } from "./support/liars.ts";
import { type AttackNetwork, refusalOf, startNetwork } from "./support/network.ts";
import { attackTest, type Outcome } from "./support/record.ts";
import { forged, verifyByDvns } from "./support/words.ts";

const cleanup = createCleanup();
const AN_HOUR = 3_600n;
const CONFIG_ULN = 2;
let guarded: AttackNetwork;
/** No levels, no buckets. */
let unlimited: AttackNetwork;

beforeAll(async () => {
  const CollateralVault = harness("UnlimitedVault");
  [guarded, unlimited] = await Promise.all([
    startNetwork({ cleanup, spec: NETWORK }),
    startNetwork({ cleanup, spec: NETWORK, replaced: { alpha: { CollateralVault } } }),
  ]);
  await Promise.all([fundDeeply(guarded), fundDeeply(unlimited)]);
});
afterAll(() => cleanup.run());

/** One of the two DVNs that the path asks for; without the defence the path asks for that one alone. */
function oneVerifier(network: AttackNetwork, isLoose: boolean): Promise<Outcome> {
  return network.rehearse(async () => {
    const { hub, alpha } = network;
    const thief = await network.newAccount();
    if (isLoose) await askForOne(network);
    const entry = depositEntry({ eid: alpha.eid, owner: thief.address, amount: 10n * DEEP });
    const commitment = await forged({ src: alpha, dst: hub }, [entry]);
    const packet = await forgePacket({ src: alpha, dst: hub, commitment });
    await verifyByDvns(network, hub, packet, [OUR_DVN]);
    await refusalOf({
      chain: hub,
      from: thief,
      address: hub.layerZero.receiveUln,
      abi: receiveUlnAbi,
      functionName: "commitVerification",
      args: [packet.header, packet.payloadHash],
    });
    const { srcEid, sender, nonce, receiverAddress, guid } = packet;
    await refusalOf({
      chain: hub,
      from: thief,
      address: hub.layerZero.endpoint,
      abi: endpointAbi,
      functionName: "lzReceive",
      args: [{ srcEid, sender, nonce }, receiverAddress, guid, encodeCommitment(commitment), "0x"],
    });
    const [head] = await hub.client.readContract({
      address: hub.gateway,
      abi: gatewayAbi,
      functionName: "attestation",
      args: [alpha.eid, 0, commitment.count],
    });
    return { succeeded: head === commitment.head, loss: await holdingsOf(network, [thief.address]) };
  });
}

const configAbi = parseAbi([
  "struct SetConfigParam { uint32 eid; uint32 configType; bytes config; }",
  "function setConfig(address oapp, address lib, SetConfigParam[] params)",
]);

async function askForOne({ hub, alpha }: AttackNetwork): Promise<void> {
  const path = pathByName(hub, "layerzero").address;
  const dvn = hub.layerZero.dvns.find(({ name }) => name === OUR_DVN);
  if (dvn === undefined) throw new RangeError("there is no DVN of ours");
  const config = encodeAbiParameters(parseAbiParameters("(uint64, uint8, uint8, uint8, address[], address[])"), [
    [NETWORK.confirmations, 1, 255, 0, [dvn.address], []],
  ]);
  await hub.client.impersonateAccount({ address: path });
  await hub.client.setBalance({ address: path, value: 10n ** 18n });
  const hash = await hub.client.writeContract({
    account: path,
    chain: null,
    address: hub.layerZero.endpoint,
    abi: configAbi,
    functionName: "setConfig",
    args: [path, hub.layerZero.receiveUln, [{ eid: alpha.eid, configType: CONFIG_ULN, config }]],
  });
  await hub.client.waitForTransactionReceipt({ hash });
  await hub.client.stopImpersonatingAccount({ address: path });
}

/** Both paths sign a release of all that the vault has. */
function atOnce(network: AttackNetwork): Promise<Outcome> {
  return drain(network, TO_PAUSE, (thief) => [
    releaseEntry({ eid: network.alpha.eid, owner: thief.address, amount: DEEP }),
  ]);
}

/** Both paths sign as many small ones, which nobody would call large. */
function trickle(network: AttackNetwork): Promise<Outcome> {
  return drain(network, AN_HOUR, (thief) =>
    Array.from({ length: 128 }, (_, i) =>
      releaseEntry({
        eid: network.alpha.eid,
        owner: thief.address,
        subaccount: BigInt(i),
        amount: 80n * ONE,
        party: thief.address,
      }),
    ),
  );
}

function drain(
  network: AttackNetwork,
  seconds: bigint,
  entriesOf: (thief: DevAccount) => Parameters<typeof forceWindow>[2],
): Promise<Outcome> {
  return network.rehearse(async () => {
    const { hub, alpha } = network;
    const thief = await network.newAccount();
    const { refusal } = await forceWindow(network, { src: hub, dst: alpha }, entriesOf(thief), thief);
    expect(refusal, "two paths execute what they like").toBeUndefined();
    await retryFor(alpha, thief, { seconds, step: seconds / 6n });
    const [loss, bound] = [await tokensOf(alpha, thief.address), vaultBound(seconds)];
    return { succeeded: loss > bound, loss, bound };
  });
}

const ONE_KEY = { class: "A04", name: "one of two required verifiers signs", direction: "alpha → hub" } as const;
attackTest({ ...ONE_KEY, path: "layerzero", defence: "on", run: () => oneVerifier(guarded, false) });
attackTest({
  ...ONE_KEY,
  path: "layerzero",
  defence: { off: "the path asks for one verifier" },
  run: () => oneVerifier(guarded, true),
});
for (const [name, run] of [
  ["verifiers and watchers sign all that a vault has", atOnce],
  ["verifiers and watchers sign small releases, for an hour", trickle],
] as const) {
  const attack = { class: "A04", name, direction: "hub → alpha", path: "both" } as const;
  attackTest({ ...attack, defence: "on", run: () => run(guarded) });
  attackTest({ ...attack, defence: { off: "no levels and no limits" }, run: () => run(unlimited) });
}
