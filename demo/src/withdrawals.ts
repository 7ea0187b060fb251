/** Owners sign withdrawals and send nothing; an operator brings them to the hub in batches, for a fee. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { keyOf } from "@weighlock/core/deployment.ts";
import { FatalError } from "@weighlock/core/errors.ts";
import { type SignedWithdrawal, signWithdrawal } from "@weighlock/core/withdrawal.ts";
import { parseEventLogs } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import type { PlannedWithdrawal } from "./plan.ts";
import type { Site } from "./site.ts";

/** Canonical units of the withdrawn asset, for the operator. */
export const OPERATOR_FEE = 1_000n;

// 50 of them take some 4M gas, far below one transaction's 16.7M.
const BATCH = 50;
const VALID_SECONDS = 3_600n;

/** Returns when the hub has taken all of them. */
export async function withdraw({
  site,
  withdrawals,
}: {
  site: Site;
  withdrawals: readonly PlannedWithdrawal[];
}): Promise<{ batches: number }> {
  const signed = await sign({ site, withdrawals });
  const batches = Array.from({ length: Math.ceil(signed.length / BATCH) }, (_, i) =>
    signed.slice(i * BATCH, (i + 1) * BATCH),
  );
  const operator = site.senderOf(site.hub, keyOf(site.deployment, "operator").privateKey);
  const receipts = await Promise.all(
    batches.map((batch) =>
      operator.write({
        address: site.hub.clearingHouse,
        abi: clearingHouseAbi,
        functionName: "withdrawBatch",
        args: [batch],
        label: "withdrawals",
      }),
    ),
  );
  const logs = receipts.flatMap((receipt) => receipt.logs);
  // A bad item is skipped, never the batch: what was taken is in the events alone.
  const skipped = parseEventLogs({ abi: clearingHouseAbi, eventName: "WithdrawalSkipped", logs });
  const taken = parseEventLogs({ abi: clearingHouseAbi, eventName: "Withdrawn", logs });
  if (skipped.length > 0 || taken.length !== signed.length) {
    throw new FatalError("The clearing house did not take every signed withdrawal.", {
      details: { signed: signed.length, taken: taken.length, skipped: skipped.map(({ args }) => args) },
    });
  }
  return { batches: batches.length };
}

async function sign({
  site: { hub, clientOf },
  withdrawals,
}: {
  site: Site;
  withdrawals: readonly PlannedWithdrawal[];
}): Promise<SignedWithdrawal[]> {
  const { timestamp } = await clientOf(hub).getBlock();
  return Promise.all(
    withdrawals.map(async ({ trader, subaccount, chain, asset, amount }, i) => {
      const account = privateKeyToAccount(trader.privateKey);
      const withdrawal = {
        owner: account.address,
        subaccount,
        dstEid: chain.eid,
        asset,
        amount,
        recipient: account.address,
        maxFee: OPERATOR_FEE,
        nonce: BigInt(i),
        deadline: timestamp + VALID_SECONDS,
      };
      return { withdrawal, fee: OPERATOR_FEE, signature: await signWithdrawal({ at: hub, withdrawal, account }) };
    }),
  );
}
