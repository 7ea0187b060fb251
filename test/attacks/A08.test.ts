/** A08: a peer, a path or a configuration that is not ours. */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { layerZeroPathAbi } from "@weighlock/core/abi/layerZeroPath.ts";
import { encodeCommitment } from "@weighlock/core/commitment.ts";
import { pathByName } from "@weighlock/core/deployment.ts";
import { formatEvm } from "@weighlock/core/interop.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { pad, parseAbi } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll } from "vitest";
import { harness } from "./support/artifacts.ts";
import { depositEntry } from "./support/entries.ts";
import { DEPOSITED, fundVaults } from "./support/fixture.ts";
import { holdingsOf } from "./support/holdings.ts";
import { type AttackNetwork, refusalOf, send, startNetwork } from "./support/network.ts";
import { attackTest, type Outcome } from "./support/record.ts";
import { councilDoes, councilSchedules, guardianCancels, refusalBy } from "./support/roles.ts";
import { WIDE } from "./support/spec.ts";
import { forged } from "./support/words.ts";

const cleanup = createCleanup();
let guarded: AttackNetwork;
/** The council waits for nothing. */
let hasty: AttackNetwork;

beforeAll(async () => {
  [guarded, hasty] = await Promise.all([
    startNetwork({ cleanup }),
    startNetwork({ cleanup, spec: { ...WIDE, councilDelay: 0 } }),
  ]);
  await Promise.all([fundVaults(guarded), fundVaults(hasty)]);
});
afterAll(() => cleanup.run());

/** With the council's keys two paths of the thief's own are added, and say what he likes. */
function addPaths(network: AttackNetwork): Promise<Outcome> {
  return network.rehearse(async () => {
    const { hub, alpha } = network;
    const thief = await network.newAccount();
    const account = privateKeyToAccount(thief.privateKey);
    const { abi, bytecode } = harness("TestPath");
    const remote = formatEvm({ chainId: alpha.chainId, address: alpha.gateway });
    const entry = depositEntry({ eid: alpha.eid, owner: thief.address, amount: DEPOSITED });
    const commitment = await forged({ src: alpha, dst: hub }, [entry]);
    for (const index of [2, 3]) {
      const hash = await hub.client.deployContract({ account, chain: null, abi, bytecode, args: [hub.gateway] });
      const { contractAddress } = await hub.client.waitForTransactionReceipt({ hash });
      if (!contractAddress) throw new Error("the thief's path was not deployed");
      const own = { chain: hub, from: thief, address: contractAddress, abi } as const;
      await send({ ...own, functionName: "setRemote", args: [alpha.eid, remote] });
      const call = {
        chain: hub,
        address: hub.gateway,
        abi: gatewayAbi,
        functionName: "addPath",
        args: [alpha.eid, index, contractAddress, true],
      } as const;
      // Without a delay there is nothing to veto.
      if (network === hasty) await councilDoes(network, call);
      else await refusalBy(() => councilSchedules(network, call, () => guardianCancels(network, call)));
      await refusalOf({ ...own, functionName: "attest", args: [remote, encodeCommitment(commitment)] });
    }
    const refusal = await refusalOf({
      chain: hub,
      from: thief,
      address: hub.gateway,
      abi: gatewayAbi,
      functionName: "execute",
      args: [alpha.eid, [commitment.count], [entry], "0x", 12],
    });
    return { succeeded: refusal === undefined, loss: await holdingsOf(network, [thief.address]) };
  });
}

const endpointAdminAbi = parseAbi([
  "function setDelegate(address delegate)",
  "function setSendLibrary(address oapp, uint32 eid, address lib)",
  "function setReceiveLibrary(address oapp, uint32 eid, address lib, uint256 gracePeriod)",
]);

/** Every owner of council and guardian, relayer, pauser and thief all try to give the LayerZero path another peer, delegate or library. */
function takePeer(network: AttackNetwork, isOwned: boolean): Promise<Outcome> {
  return network.rehearse(async () => {
    const { hub, alpha, keys } = network;
    const thief = await network.newAccount();
    const address = pathByName(hub, "layerzero").address;
    const { endpoint, receiveUln } = hub.layerZero;
    const peer = () =>
      hub.client.readContract({ address, abi: layerZeroPathAbi, functionName: "peers", args: [alpha.eid] });
    const before = await peer();
    if (isOwned) {
      await hub.client.impersonateAccount({ address });
      await hub.client.setBalance({ address, value: 10n ** 18n });
      const args = [thief.address] as const;
      const hash = await hub.client.writeContract({
        account: address,
        chain: null,
        address,
        abi: layerZeroPathAbi,
        functionName: "transferOwnership",
        args,
      });
      await hub.client.waitForTransactionReceipt({ hash });
      await hub.client.stopImpersonatingAccount({ address });
    }
    for (const from of [thief, keys.relayer, keys.pauser, ...keys.council, ...keys.guardian]) {
      const onPath = { chain: hub, from, address, abi: layerZeroPathAbi } as const;
      await refusalOf({ ...onPath, functionName: "setPeer", args: [alpha.eid, pad(thief.address, { size: 32 })] });
      await refusalOf({ ...onPath, functionName: "setDelegate", args: [thief.address] });
      const onEndpoint = { chain: hub, from, address: endpoint, abi: endpointAdminAbi } as const;
      await refusalOf({ ...onEndpoint, functionName: "setSendLibrary", args: [address, alpha.eid, receiveUln] });
      await refusalOf({ ...onEndpoint, functionName: "setReceiveLibrary", args: [address, alpha.eid, receiveUln, 9n] });
    }
    return { succeeded: (await peer()) !== before, loss: await holdingsOf(network, [thief.address]) };
  });
}

const PATHS = {
  class: "A08",
  name: "the council's keys add two paths of a thief's own",
  direction: "alpha → hub",
  path: "none",
} as const;
attackTest({ ...PATHS, defence: "on", run: () => addPaths(guarded) });
attackTest({ ...PATHS, defence: { off: "a council without a delay" }, run: () => addPaths(hasty) });
const PEER = {
  class: "A08",
  name: "every key there is tries to set a path's peer, delegate and libraries",
  direction: "alpha → hub",
  path: "layerzero",
} as const;
attackTest({ ...PEER, defence: "on", run: () => takePeer(guarded, false) });
attackTest({ ...PEER, defence: { off: "a path with an owner" }, run: () => takePeer(guarded, true) });
