/**
 * A round of releases: k withdrawals, one commitment that carries them, and a look at the recipients, who are all
 * different. An operator brings signed withdrawals in one batch for the window and takes its fee of each.
 */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { signWithdrawal, type Withdrawal } from "@weighlock/core/withdrawal.ts";
import type { DevAccount } from "@weighlock/devnet/anvil.ts";
import { type Address, erc20Abi } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import type { BenchNetwork } from "./network.ts";
import { carry } from "./relay.ts";
import { freshAddress, gasOf, missingOf, type Round, type RoundOptions } from "./rounds.ts";
import { type Call, callOf } from "./site.ts";

/**
 * Who asks: one owner for all, by signatures whose nonces follow one another; an owner for each, by signatures; an owner
 * for each, in a transaction of his own.
 */
export type AskedBy = "one owner" | "many owners" | "own transactions";

/** Local units, which are canonical here. No two of a bench are equal. */
const withdrawalAmount = (round: number) => (i: number) => 30_000_000n + BigInt(i) * 0x0101n + BigInt(round);
const FEE = 1_000n;
// 2100-01-01. Not counted from now: the signed bytes, and so the gas, would differ from run to run.
const DEADLINE = 4_102_444_800n;

/** `fresh`: recipients that never held the token. `nonce`: the first one; nobody has used it or what follows. */
export async function releaseRound({
  network,
  k,
  round,
  by,
  nonce,
  fresh = false,
}: RoundOptions & { by: AskedBy; nonce: bigint; fresh?: boolean }): Promise<Round> {
  const { hub, vault, asset, keys } = network;
  const amount = withdrawalAmount(round);
  const traders = keys.traders.slice(0, k);
  const recipients = traders.map(({ address }, i) => (fresh ? freshAddress(`release ${round} ${i}`) : address));
  const balances = () =>
    Promise.all(
      recipients.map((recipient) =>
        vault.client.readContract({
          address: asset.token,
          abi: erc20Abi,
          functionName: "balanceOf",
          args: [recipient],
        }),
      ),
    );
  const before = await balances();
  const asked = recipients.map((recipient, i) => ({
    owner: traders[by === "one owner" ? 0 : i] as DevAccount,
    recipient,
    amount: amount(i),
    nonce: by === "one owner" ? nonce + BigInt(i) : nonce,
  }));
  const posted = await hub.send(
    by === "own transactions" ? ownCalls({ network, asked }) : [await batchCall({ network, asked })],
  );
  const carried = await carry({ network, src: hub, dst: vault, posted });
  return { k, user: gasOf(posted), carried, missing: missingOf(before, await balances(), amount) };
}

type Asked = { owner: DevAccount; recipient: Address; amount: bigint; nonce: bigint };
type Asking = { network: BenchNetwork; asked: readonly Asked[] };

function ownCalls({ network: { hub, vault, asset }, asked }: Asking): Call[] {
  return asked.map(({ owner, recipient, amount }) =>
    callOf({
      from: owner,
      address: hub.chain.clearingHouse,
      abi: clearingHouseAbi,
      functionName: "withdraw",
      args: [0n, vault.chain.eid, asset.id, amount, recipient],
    }),
  );
}

async function batchCall({ network: { hub, vault, asset, keys }, asked }: Asking): Promise<Call> {
  const { chainId, clearingHouse } = hub.chain;
  const items = await Promise.all(
    asked.map(async ({ owner, ...rest }) => {
      const withdrawal: Withdrawal = {
        ...rest,
        owner: owner.address,
        subaccount: 0n,
        dstEid: vault.chain.eid,
        asset: asset.id,
        maxFee: FEE,
        deadline: DEADLINE,
      };
      const account = privateKeyToAccount(owner.privateKey);
      const signature = await signWithdrawal({ at: { chainId, clearingHouse }, withdrawal, account });
      return { withdrawal, fee: FEE, signature };
    }),
  );
  return callOf({
    from: keys.relayer,
    address: clearingHouse,
    abi: clearingHouseAbi,
    functionName: "withdrawBatch",
    args: [items],
  });
}
