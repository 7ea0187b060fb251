/** A13: a nonce that nobody verifies, before all that come after it. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { layerZeroPathAbi } from "@weighlock/core/abi/layerZeroPath.ts";
import { pathByName, type VaultDeployment } from "@weighlock/core/deployment.ts";
import { endpointAbi, receiveUlnAbi } from "@weighlock/devnet/layerzero/abi.ts";
import { forgePacket } from "@weighlock/devnet/layerzero/forgedPacket.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { afterAll, beforeAll } from "vitest";
import { execution, pendingWindows, seal } from "./support/carry.ts";
import { DEPOSITED, depositAs, fundVaults } from "./support/fixture.ts";
import { ONE } from "./support/holdings.ts";
import { type AttackNetwork, type Chain, refusalOf, send, startNetwork } from "./support/network.ts";
import { attackTest, type Outcome } from "./support/record.ts";
import { withdrawCall } from "./support/releases.ts";
import { attestByWatchers, type Ends, truth, verifyByDvns } from "./support/words.ts";

const cleanup = createCleanup();
let network: AttackNetwork;

beforeAll(async () => {
  network = await startNetwork({ cleanup });
  await fundVaults(network);
});
afterAll(() => cleanup.run());

/** The next nonce is verified by nobody; the one after it is. Succeeds where what is honest does not arrive. */
function block(ends: Ends, isAround: boolean): Promise<Outcome> {
  return network.rehearse(async () => {
    const { src, dst } = ends;
    const { relayer } = network.keys;
    await move(ends);
    await seal(network, ends);
    const commitment = await truth(ends);
    const censored = await forgePacket({ src, dst, commitment });
    const packet = await forgePacket({ src, dst, commitment, nonce: censored.nonce + 1n });
    await verifyByDvns(network, dst, packet);
    const uln = { chain: dst, from: relayer, address: dst.layerZero.receiveUln, abi: receiveUlnAbi } as const;
    await send({ ...uln, functionName: "commitVerification", args: [packet.header, packet.payloadHash] });
    const { srcEid, sender, nonce, guid, message } = packet;
    if (isAround) {
      await send({
        chain: dst,
        from: relayer,
        address: pathByName(dst, "layerzero").address,
        abi: layerZeroPathAbi,
        functionName: "attestVerified",
        args: [srcEid, nonce, guid, message],
      });
    } else {
      await refusalOf({
        chain: dst,
        from: relayer,
        address: dst.layerZero.endpoint,
        abi: endpointAbi,
        functionName: "lzReceive",
        args: [{ srcEid, sender, nonce }, packet.receiverAddress, guid, message, "0x"],
      });
    }
    await attestByWatchers(network, ends, commitment);
    await refusalOf(execution(ends, await pendingWindows(ends), relayer));
    const [executed] = await dst.client.readContract({
      address: dst.gateway,
      abi: gatewayAbi,
      functionName: "inbox",
      args: [src.eid],
    });
    return { succeeded: executed < commitment.count, loss: 0n };
  });
}

async function move({ src, dst }: Ends): Promise<void> {
  const [trader] = network.keys.traders;
  if (trader === undefined) throw new RangeError("the network has no trader");
  if (src.role === "vault") await depositAs({ trader, vault: src as Chain<VaultDeployment>, amount: DEPOSITED });
  else
    await send(
      withdrawCall(network, trader, dst as Chain<VaultDeployment>, { recipient: trader.address, amount: ONE }),
    );
}

for (const [direction, ends] of [
  ["alpha → hub", () => ({ src: network.alpha, dst: network.hub })],
  ["hub → alpha", () => ({ src: network.hub, dst: network.alpha })],
] as const) {
  const attack = { class: "A13", name: "verifiers leave one nonce out", direction, path: "layerzero" } as const;
  attackTest({ ...attack, defence: "on", run: () => block(ends(), true) });
  attackTest({ ...attack, defence: { off: "delivered by the endpoint alone" }, run: () => block(ends(), false) });
}
