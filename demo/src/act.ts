/**
 * One act: every DVN of the LayerZero path signs a deposit that never happened, which credits an attacker with everything
 * that a vault holds, and it is committed and attested. What follows is read from the chains.
 */

import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { pauseControllerAbi } from "@weighlock/core/abi/pauseController.ts";
import { assetById, type VaultDeployment } from "@weighlock/core/deployment.ts";
import { accountOf, EntryKind, type EntryWords, packEntry, partyOf, unpackEntry } from "@weighlock/core/entry.ts";
import { setBalances } from "@weighlock/devnet/anvil.ts";
import { type Forgery, forgeAttestation } from "@weighlock/devnet/layerzero/forgery.ts";
import { nextBlock } from "@weighlock/devnet/transactor.ts";
import { type Address, type Hex, parseEther, zeroHash } from "viem";
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { type Attempt, allMasks, attemptExecution, refusalNow } from "./attempt.ts";
import { type Backing, type Loss, lossBetween, readBacking, readTokens } from "./backing.ts";
import type { Site } from "./site.ts";

export type ActReport = {
  /** Chain names: the lane on which the deposits are forged. */
  src: string;
  dst: string;
  /** The vault that the attacker wants to empty. */
  target: string;
  watchersAlive: boolean;
  /** What the forged deposits credit the attacker with: all that the target holds, in canonical units. */
  forgedCredits: { asset: number; symbol: string; amount: string }[];
  attested: boolean;
  executed: boolean;
  /** Blocks of the hub, from the attestation to the pause; null: there was none in time. */
  pausedAfterBlocks: number | null;
  attestedBlock: number;
  pausedBlock: number | null;
  attempts: Attempt[];
  /** What the gateway says at the end to an execution that names every path. */
  refusalAtEnd: Attempt["refusal"];
  losses: Loss[];
};

export type Attack = {
  attacker: PrivateKeyAccount;
  privateKey: Hex;
  src: VaultDeployment;
  target: VaultDeployment;
  forgery: Forgery;
  before: Backing[];
};

/** Of the contracts' `Scope`. */
const IN = 0;
/** Beyond, the pause is missing. */
const PAUSE_BLOCKS = 15n;

/** Returns when the hub has attested the forged deposits. */
export async function forge({
  site,
  src,
  target,
}: {
  site: Site;
  src: VaultDeployment;
  target: VaultDeployment;
}): Promise<Attack> {
  const { common, deployment, hub } = site;
  const privateKey = generatePrivateKey();
  const attacker = privateKeyToAccount(privateKey);
  await setBalances({ client: site.clientOf(hub), addresses: [attacker.address], wei: parseEther("10") });
  const before = await readBacking({ site, attacker: attacker.address });
  const entries = await everythingOf({ site, src, target, attacker: attacker.address });
  const forgery = await forgeAttestation({ common, deployment, src, dst: hub, entries });
  return { attacker, privateKey, src, target, forgery, before };
}

/** The attacker tries with every set of paths, while the defences do what they do. */
export async function playAct({
  site,
  src,
  target,
  watchersAlive,
}: {
  site: Site;
  src: VaultDeployment;
  target: VaultDeployment;
  watchersAlive: boolean;
}): Promise<ActReport> {
  const attack = await forge({ site, src, target });
  const [attempts, pausedBlock] = await Promise.all([
    attemptExecution({ site, ...attack, masks: allMasks(site.hub) }),
    untilPaused({ site, ...attack }),
  ]);
  return reportAct({ site, attack, watchersAlive, attempts, pausedBlock });
}

export async function reportAct({
  site,
  attack,
  watchersAlive,
  attempts,
  pausedBlock,
}: {
  site: Site;
  attack: Attack;
  watchersAlive: boolean;
  attempts: Attempt[];
  pausedBlock: bigint | undefined;
}): Promise<ActReport> {
  const { attacker, src, target, forgery, before } = attack;
  const { hub } = site;
  const client = site.clientOf(hub);
  const [attested, executedHead, refusalAtEnd, after] = await Promise.all([
    client.getContractEvents({
      address: hub.gateway,
      abi: gatewayAbi,
      eventName: "Attested",
      args: { srcEid: src.eid, count: forgery.count },
      fromBlock: forgery.attestedBlock,
      toBlock: forgery.attestedBlock,
    }),
    client.readContract({
      address: hub.gateway,
      abi: gatewayAbi,
      functionName: "executedHead",
      args: [src.eid, forgery.count],
    }),
    refusalNow({ site, ...attack }),
    readBacking({ site, attacker: attacker.address }),
  ]);
  return {
    src: src.name,
    dst: hub.name,
    target: target.name,
    watchersAlive,
    forgedCredits: forgery.entries.map((words) => {
      const { asset, amount } = unpackEntry(words);
      return { asset, symbol: assetById(hub, asset).symbol, amount: `${amount}` };
    }),
    attested: attested.some(({ args }) => args.head === forgery.head),
    executed: executedHead !== zeroHash,
    pausedAfterBlocks: pausedBlock === undefined ? null : Number(pausedBlock - forgery.attestedBlock),
    attestedBlock: Number(forgery.attestedBlock),
    pausedBlock: pausedBlock === undefined ? null : Number(pausedBlock),
    attempts,
    refusalAtEnd,
    losses: lossBetween(before, after),
  };
}

/** Deposits on one lane, of all that the target holds of each asset. */
async function everythingOf({
  site,
  src,
  target,
  attacker,
}: {
  site: Site;
  src: VaultDeployment;
  target: VaultDeployment;
  attacker: Address;
}): Promise<EntryWords[]> {
  return Promise.all(
    target.assets.map(async ({ id: asset }) =>
      packEntry({
        kind: EntryKind.Deposit,
        asset,
        eid: src.eid,
        ref: 0n,
        amount: await readTokens({ site, vault: target, asset, holder: target.vault }),
        spare: 0,
        account: accountOf({ owner: attacker }),
        party: partyOf(attacker),
      }),
    ),
  );
}

/** The block in which a pauser stopped the lane; undefined when none did in time. */
async function untilPaused({
  site: { hub, clientOf },
  src,
  forgery: { attestedBlock },
}: {
  site: Site;
  src: VaultDeployment;
  forgery: Forgery;
}): Promise<bigint | undefined> {
  const client = clientOf(hub);
  for (;;) {
    const head = await client.getBlockNumber();
    const [paused] = await client.getContractEvents({
      address: hub.pauseController,
      abi: pauseControllerAbi,
      eventName: "Stopped",
      args: { scope: IN, id: src.eid },
      fromBlock: attestedBlock,
      toBlock: head,
    });
    if (paused !== undefined) return paused.blockNumber;
    if (head > attestedBlock + PAUSE_BLOCKS) return undefined;
    await nextBlock(client);
  }
}
