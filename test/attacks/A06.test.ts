/** A06: a default or a zero that somebody else decides about. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { encodeCommitment } from "@weighlock/core/commitment.ts";
import { pathByName } from "@weighlock/core/deployment.ts";
import { endpointAbi, receiveUlnAbi } from "@weighlock/devnet/layerzero/abi.ts";
import { forgePacket } from "@weighlock/devnet/layerzero/forgedPacket.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { type Address, encodeAbiParameters, parseAbi, parseAbiParameters } from "viem";
import { afterAll, beforeAll } from "vitest";
import { depositEntry } from "./support/entries.ts";
import { DEPOSITED, fundVaults } from "./support/fixture.ts";
import { holdingsOf } from "./support/holdings.ts";
import { type AttackNetwork, type Client, refusalOf, startNetwork } from "./support/network.ts";
import { attackTest, type Outcome } from "./support/record.ts";
import { forged } from "./support/words.ts";

const cleanup = createCleanup();
const CONFIG_ULN = 2;
const NIL = 255;
let network: AttackNetwork;

beforeAll(async () => {
  network = await startNetwork({ cleanup });
  await fundVaults(network);
});
afterAll(() => cleanup.run());

const configAbi = parseAbi([
  "struct SetConfigParam { uint32 eid; uint32 configType; bytes config; }",
  "function setConfig(address oapp, address lib, SetConfigParam[] params)",
]);
const ulnAdminAbi = parseAbi([
  "struct UlnConfig { uint64 confirmations; uint8 requiredDVNCount; uint8 optionalDVNCount; uint8 optionalDVNThreshold; address[] requiredDVNs; address[] optionalDVNs; }",
  "struct SetDefaultUlnConfigParam { uint32 eid; UlnConfig config; }",
  "function owner() view returns (address)",
  "function setDefaultUlnConfigs(SetDefaultUlnConfigParam[] params)",
]);

async function as(client: Client, account: Address, write: () => Promise<`0x${string}`>): Promise<void> {
  await client.impersonateAccount({ address: account });
  await client.setBalance({ address: account, value: 10n ** 18n });
  await client.waitForTransactionReceipt({ hash: await write() });
  await client.stopImpersonatingAccount({ address: account });
}

/** As a deployment that left every field to LayerZero: a zero means "the default". */
async function leaveToDefaults({ hub, alpha }: AttackNetwork): Promise<void> {
  const { client, layerZero } = hub;
  const path = pathByName(hub, "layerzero").address;
  const config = encodeAbiParameters(parseAbiParameters("(uint64, uint8, uint8, uint8, address[], address[])"), [
    [0n, 0, 0, 0, [], []],
  ]);
  await as(client, path, () =>
    client.writeContract({
      account: path,
      chain: null,
      address: layerZero.endpoint,
      abi: configAbi,
      functionName: "setConfig",
      args: [path, layerZero.receiveUln, [{ eid: alpha.eid, configType: CONFIG_ULN, config }]],
    }),
  );
}

/** Whoever owns LayerZero's defaults makes the thief the one verifier of the lane. */
function ownDefaults(isLoose: boolean): Promise<Outcome> {
  return network.rehearse(async () => {
    const { hub, alpha } = network;
    const { client, layerZero } = hub;
    const thief = await network.newAccount();
    if (isLoose) await leaveToDefaults(network);
    const uln = { address: layerZero.receiveUln, abi: ulnAdminAbi } as const;
    const owner = await client.readContract({ ...uln, functionName: "owner" });
    const config = {
      confirmations: 1n,
      requiredDVNCount: 1,
      optionalDVNCount: NIL,
      optionalDVNThreshold: 0,
      requiredDVNs: [thief.address],
      optionalDVNs: [],
    };
    await as(client, owner, () =>
      client.writeContract({
        account: owner,
        chain: null,
        ...uln,
        functionName: "setDefaultUlnConfigs",
        args: [[{ eid: alpha.eid, config: { ...config, optionalDVNCount: 0 } }]],
      }),
    );

    const entry = depositEntry({ eid: alpha.eid, owner: thief.address, amount: DEPOSITED });
    const commitment = await forged({ src: alpha, dst: hub }, [entry]);
    const packet = await forgePacket({ src: alpha, dst: hub, commitment });
    const by = { chain: hub, from: thief, address: layerZero.receiveUln, abi: receiveUlnAbi } as const;
    // A verifier is whoever calls, in its own name.
    await refusalOf({ ...by, functionName: "verify", args: [packet.header, packet.payloadHash, 1_000n] });
    await refusalOf({ ...by, functionName: "commitVerification", args: [packet.header, packet.payloadHash] });
    const { srcEid, sender, nonce, receiverAddress, guid } = packet;
    await refusalOf({
      chain: hub,
      from: thief,
      address: layerZero.endpoint,
      abi: endpointAbi,
      functionName: "lzReceive",
      args: [{ srcEid, sender, nonce }, receiverAddress, guid, encodeCommitment(commitment), "0x"],
    });
    const [head] = await client.readContract({
      address: hub.gateway,
      abi: gatewayAbi,
      functionName: "attestation",
      args: [alpha.eid, 0, commitment.count],
    });
    return { succeeded: head === commitment.head, loss: await holdingsOf(network, [thief.address]) };
  });
}

const attack = {
  class: "A06",
  name: "LayerZero's owner makes a thief the default verifier",
  direction: "alpha → hub",
  path: "layerzero",
} as const;
attackTest({ ...attack, defence: "on", run: () => ownDefaults(false) });
attackTest({
  ...attack,
  defence: { off: "a path that leaves its verifiers to the default" },
  run: () => ownDefaults(true),
});
