/** A12: a token, a recipient or a message that is meant to stop whatever else comes with it. */

import { forgePacket } from "@weighlock/devnet/layerzero/forgedPacket.ts";
import { decodePacket, encodePacket } from "@weighlock/devnet/layerzero/packet.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { type Address, erc20Abi, pad } from "viem";
import { generatePrivateKey, privateKeyToAddress } from "viem/accounts";
import { afterAll, beforeAll } from "vitest";
import { harness } from "./support/artifacts.ts";
import { attest, carry, execution } from "./support/carry.ts";
import { depositAs, fundVaults } from "./support/fixture.ts";
import { holdingsOf, ledgerOf, ONE } from "./support/holdings.ts";
import { fickleToken, Mood } from "./support/hostile.ts";
import { type AttackNetwork, refusalOf, send, startNetwork } from "./support/network.ts";
import { attackTest, type Outcome } from "./support/record.ts";
import { releaseMany, type Wish } from "./support/releases.ts";
import { deliver, type Ends, truth } from "./support/words.ts";

const cleanup = createCleanup();
/** The asset whose token stays honest, and a tenth of one. */
const WETH = 2;
const SHARE = 100_000_000n;
/** So many hostile releases, and as many honest ones between them. */
const PAIRS = 8;
const MEGABYTE = 1_000_000n;
let guarded: AttackNetwork;
/** Alpha's vault pushes without an allowance, beta's parks nothing. */
let unguarded: AttackNetwork;

beforeAll(async () => {
  [guarded, unguarded] = await Promise.all([
    startNetwork({ cleanup }),
    startNetwork({
      cleanup,
      replaced: {
        alpha: { CollateralVault: harness("UnboundedVault") },
        beta: { CollateralVault: harness("UnparkedVault") },
      },
    }),
  ]);
  await Promise.all([fund(guarded), fund(unguarded)]);
});
afterAll(() => cleanup.run());

async function fund(network: AttackNetwork): Promise<void> {
  const trader = await fundVaults(network);
  for (const vault of [network.alpha, network.beta]) {
    await depositAs({ trader, vault, amount: SHARE * BigInt(PAIRS), assetId: WETH });
    await carry(network, { src: vault, dst: network.hub });
  }
}

type Vault = "alpha" | "beta";

/** Releases of a token that has turned hostile, each followed by one of a token that has not. */
function stopWindow(network: AttackNetwork, at: Vault, mood: number): Promise<Outcome> {
  return network.rehearse(async () => {
    const [trader] = network.keys.traders;
    if (trader === undefined) throw new RangeError("the network has no trader");
    const vault = network[at];
    const ends: Ends = { src: network.hub, dst: vault };
    const recipients = Array.from({ length: 2 * PAIRS }, () => privateKeyToAddress(generatePrivateKey()));
    const wishes = recipients.map(
      (recipient, i): Wish => (i % 2 === 0 ? { recipient, amount: ONE } : { recipient, amount: SHARE, asset: WETH }),
    );
    const token = await fickleToken(network, vault);
    await send({ ...token, functionName: "setBomb", args: [mood, MEGABYTE] });
    await releaseMany(network, trader, vault, wishes);
    const pending = await attest(network, ends);
    await refusalOf(execution(ends, pending, network.keys.relayer));

    const honest = recipients.filter((_, i) => i % 2 === 1);
    const paid = await Promise.all(honest.map((recipient) => wethOf(network, at, recipient)));
    const hostile = recipients.filter((_, i) => i % 2 === 0);
    return { succeeded: paid.some((amount) => amount === 0n), loss: await holdingsOf(network, hostile) };
  });
}

function wethOf(network: AttackNetwork, at: Vault, owner: Address): Promise<bigint> {
  const { client, assets } = network[at];
  const token = assets.find(({ id }) => id === WETH)?.token;
  if (!token) throw new RangeError(`${at} has no token of asset ${WETH}`);
  return client.readContract({ address: token, abi: erc20Abi, functionName: "balanceOf", args: [owner] });
}

/** All verifiers sign a message ten times as large as any may be. Honest words after it must still be taken. */
function sendHugeMessage(network: AttackNetwork, ends: Ends): Promise<Outcome> {
  return network.rehearse(async () => {
    const packet = await forgePacket({ ...ends, commitment: await truth(ends) });
    await deliver(
      network,
      ends.dst,
      decodePacket(encodePacket({ ...packet, message: pad("0x01", { size: 100_000 }) })),
    );

    const [, trader] = network.keys.traders;
    if (trader === undefined) throw new RangeError("the network has too few traders");
    await depositAs({ trader, vault: network.alpha, amount: ONE });
    await carry(network, { src: network.alpha, dst: network.hub });
    const credited = await ledgerOf(network, trader.address);
    const recipient = privateKeyToAddress(generatePrivateKey());
    await releaseMany(network, trader, network.alpha, [{ recipient, amount: ONE }]);
    await carry(network, { src: network.hub, dst: network.alpha });
    const paid = await holdingsOf(network, [recipient]);
    return { succeeded: credited !== ONE || paid !== ONE, loss: credited - ONE };
  });
}

const UNBOUNDED = { off: "a vault whose pushes have no allowance and copy all that is returned" };
const UNPARKED = { off: "a vault that parks no refusal" };
const CASES = [
  ["a token returns a megabyte from each payment", "alpha", Mood.ReturnBomb, UNBOUNDED],
  ["a token reverts with a megabyte", "alpha", Mood.RevertBomb, UNBOUNDED],
  ["a token burns all gas that it is given", "alpha", Mood.BurnsGas, UNBOUNDED],
  ["a token refuses its recipients", "beta", Mood.Reverts, UNPARKED],
] as const;
for (const [name, at, mood, off] of CASES) {
  const attack = { class: "A12", name, direction: `hub → ${at}`, path: "none" } as const;
  attackTest({ ...attack, defence: "on", run: () => stopWindow(guarded, at, mood) });
  attackTest({ ...attack, defence: off, run: () => stopWindow(unguarded, at, mood) });
}
for (const direction of ["alpha → hub", "hub → alpha"] as const) {
  attackTest({
    class: "A12",
    name: "all verifiers of the network path sign a message of 100 KB",
    direction,
    path: "layerzero",
    defence: "on",
    run: () => {
      const [src, dst] = direction === "alpha → hub" ? [guarded.alpha, guarded.hub] : [guarded.hub, guarded.alpha];
      return sendHugeMessage(guarded, { src, dst });
    },
  });
}
