/** A11: tokens that take a fee, rebase, or call back. */

import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { layout } from "@weighlock/core/abi/layout.ts";
import { assetById, type VaultDeployment } from "@weighlock/core/deployment.ts";
import type { DevAccount } from "@weighlock/devnet/anvil.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { encodeFunctionData, erc20Abi, maxUint256 } from "viem";
import { generatePrivateKey, privateKeyToAddress } from "viem/accounts";
import { afterAll, beforeAll } from "vitest";
import { harness } from "./support/artifacts.ts";
import { carry } from "./support/carry.ts";
import { DEPOSITED, depositAs, fundVaults } from "./support/fixture.ts";
import { holdingsOf, ONE, tokensOf, USDC } from "./support/holdings.ts";
import { fickleToken, Mood, putCode } from "./support/hostile.ts";
import { type AttackNetwork, type Chain, refusalOf, send, startNetwork } from "./support/network.ts";
import { attackTest, type Outcome } from "./support/record.ts";
import { parksOf, retryCall, withdrawCall } from "./support/releases.ts";
import { patch, slotOf } from "./support/storage.ts";

const cleanup = createCleanup();
const AMOUNT = 100n * ONE;
let guarded: AttackNetwork;
/** Alpha's vault credits what was asked for; beta's what arrived, and has no lock. */
let unguarded: AttackNetwork;

beforeAll(async () => {
  [guarded, unguarded] = await Promise.all([
    startNetwork({ cleanup }),
    startNetwork({
      cleanup,
      replaced: {
        alpha: { CollateralVault: harness("UnmeasuredVault") },
        beta: { CollateralVault: harness("HookableVault") },
      },
    }),
  ]);
  await Promise.all([fundVaults(guarded), fundVaults(unguarded)]);
});
afterAll(() => cleanup.run());

function thiefOf({ keys }: AttackNetwork): DevAccount {
  const [, thief] = keys.traders;
  if (thief === undefined) throw new RangeError("the network has too few traders");
  return thief;
}

/** What a vault lacks of its book, canonical units: what its depositors lose. */
async function lackOf(vault: Chain<VaultDeployment>): Promise<bigint> {
  const at = { address: vault.vault, abi: collateralVaultAbi } as const;
  const [deposited, released] = await vault.client.readContract({ ...at, functionName: "book", args: [USDC] });
  const lack = deposited - released - (await tokensOf(vault, vault.vault));
  return lack > 0n ? lack : 0n;
}

/** Says whether it went through. */
function tryDeposit(vault: Chain<VaultDeployment>, trader: DevAccount, amount: bigint): Promise<boolean> {
  return depositAs({ trader, vault, amount }).then(
    () => true,
    () => false,
  );
}

/** The whole is credited, of which a part arrived. */
function depositWithFee(network: AttackNetwork): Promise<Outcome> {
  return network.rehearse(async () => {
    const { alpha } = network;
    const token = await fickleToken(network, alpha);
    await send({ ...token, functionName: "setMood", args: [Mood.TakesFee] });
    const succeeded = await tryDeposit(alpha, thiefOf(network), DEPOSITED);
    return { succeeded, loss: await lackOf(alpha) };
  });
}

/** While the vault waits for a deposit, the token calls the thief's contract, which deposits as well. */
function reenter(network: AttackNetwork): Promise<Outcome> {
  return network.rehearse(async () => {
    const { beta } = network;
    const thief = thiefOf(network);
    const token = await fickleToken(network, beta);
    const { scale } = await beta.client.readContract({
      address: beta.vault,
      abi: collateralVaultAbi,
      functionName: "assetOf",
      args: [USDC],
    });
    const artifact = harness("Puppet");
    const puppet = privateKeyToAddress(generatePrivateKey());
    await putCode({ network, chain: beta, address: puppet, artifact });
    const own = { chain: beta, from: thief, address: puppet, abi: artifact.abi } as const;
    const local = AMOUNT * scale;
    await send({ ...token, from: thief, abi: erc20Abi, functionName: "transfer", args: [puppet, local] });
    const approve = encodeFunctionData({ abi: erc20Abi, functionName: "approve", args: [beta.vault, maxUint256] });
    await send({ ...own, functionName: "run", args: [token.address, approve] });
    const again = encodeFunctionData({
      abi: collateralVaultAbi,
      functionName: "deposit",
      args: [USDC, local, thief.address, 0n, puppet, false],
    });
    await send({ ...own, functionName: "arm", args: [beta.vault, again] });
    const fire = encodeFunctionData({ abi: artifact.abi, functionName: "fire" });
    await send({ ...token, functionName: "setHook", args: [puppet, fire] });
    await depositAs({ trader: thief, vault: beta, amount: AMOUNT });
    const loss = await lackOf(beta);
    return { succeeded: loss > 0n, loss };
  });
}

/** A tenth of what the vault holds is gone: the next depositor must not fill the hole. */
function depositAfterRebase(network: AttackNetwork, weaken?: () => Promise<void>): Promise<Outcome> {
  return network.rehearse(async () => {
    const { alpha } = network;
    const { decimals, canonicalDecimals } = assetById(alpha, USDC);
    const gone = (DEPOSITED / 10n) * 10n ** BigInt(decimals - canonicalDecimals);
    const token = await fickleToken(network, alpha);
    await send({ ...token, functionName: "setLie", args: [alpha.vault, -gone] });
    const loss = await lackOf(alpha);
    await weaken?.();
    const succeeded = await tryDeposit(alpha, thiefOf(network), AMOUNT);
    return { succeeded, loss };
  });
}

/** As if the vault's book followed its balance. */
function followBalance({ alpha }: AttackNetwork): () => Promise<void> {
  const slot = slotOf(USDC, layout.CollateralVault.variables.book.slot);
  const value = (DEPOSITED * 9n) / 10n;
  return () => patch({ client: alpha.client, address: alpha.vault, slot, bytes: 16, value });
}

/** A payment to a blocked recipient waits; a thief retries it, naming himself as its payee. */
function retryToThief(network: AttackNetwork): Promise<Outcome> {
  return network.rehearse(async () => {
    const { alpha, hub, keys } = network;
    const [trader] = keys.traders;
    if (trader === undefined) throw new RangeError("the network has no trader");
    const [thief, payee] = [await network.newAccount(), await network.newAccount()];
    const token = await fickleToken(network, alpha);
    await send({ ...token, functionName: "setBlacklisted", args: [payee.address, true] });
    await send(withdrawCall(network, trader, alpha, { recipient: payee.address, amount: AMOUNT }));
    await carry(network, { src: hub, dst: alpha });
    const [park] = await parksOf(alpha);
    if (park === undefined) throw new Error("the release is not parked");
    const refusal = await refusalOf(retryCall(alpha, thief, { ...park, payee: thief.address }));
    return { succeeded: refusal === undefined, loss: await holdingsOf(network, [thief.address]) };
  });
}

const IN = { class: "A11", direction: "alpha → hub", path: "none" } as const;
const FEE = { ...IN, name: "a token takes a fee from a deposit" };
attackTest({ ...FEE, defence: "on", run: () => depositWithFee(guarded) });
attackTest({
  ...FEE,
  defence: { off: "a vault that credits what was asked for" },
  run: () => depositWithFee(unguarded),
});

const HOOK = { ...IN, direction: "beta → hub", name: "a token's hook deposits inside a deposit" };
attackTest({ ...HOOK, defence: "on", run: () => reenter(guarded) });
attackTest({
  ...HOOK,
  defence: { off: "a vault without a lock that credits whatever arrived" },
  run: () => reenter(unguarded),
});

const REBASE = {
  ...IN,
  name: "a token rebases downwards, and the next deposit fills the hole",
  bound: DEPOSITED / 10n,
};
attackTest({ ...REBASE, defence: "on", run: () => depositAfterRebase(guarded) });
attackTest({
  ...REBASE,
  defence: { off: "a book that follows the balance" },
  run: () => depositAfterRebase(guarded, followBalance(guarded)),
});

attackTest({
  ...IN,
  direction: "hub → alpha",
  name: "a thief retries the payment to a blocked recipient for himself",
  defence: "on",
  run: () => retryToThief(guarded),
});
