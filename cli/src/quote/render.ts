/** A quote as lines of text. */

import { formatEther } from "viem";
import { formatUnits } from "../amount.ts";
import type { AssetLimits } from "../limits.ts";
import type { DepositQuote } from "./quoteDeposit.ts";
import type { WithdrawalQuote } from "./quoteWithdraw.ts";
import type { Way } from "./way.ts";

const row = (name: string, text: string) => `  ${name.padEnd(14)}${text}`;

export function renderDepositQuote(quote: DepositQuote): string[] {
  const { chain, asset, quantity, left, minimum, gas, way, limits, waits, obstacles } = quote;
  const dust = left === "0" ? "" : `; ${left} is finer than one canonical unit and stays with you`;
  return [
    `deposit of ${asset} on ${chain}`,
    row("credited", `${quantity} ${asset}${dust}`),
    row("minimum", `${minimum} ${asset}`),
    row("fee", "none; you pay the gas of your own transaction"),
    row("gas", gas ? `${gas.gas}, now ${formatEther(gas.cost)} ETH (${gas.basis})` : NO_GAS),
    ...renderWay(way),
    ...renderWaits(limits, waits),
    ...renderVerdict(obstacles),
  ];
}

const NO_GAS = "can't be told: nobody has deposited it lately; name a funded address with --from";

export function renderWithdrawalQuote(quote: WithdrawalQuote): string[] {
  const { chain, asset, quantity, minimum, operatorFees, canonicalDecimals, paymentGas, available, balance, way } =
    quote;
  const show = (units: bigint) => `${formatUnits(units, canonicalDecimals)} ${asset}`;
  const signed = operatorFees
    ? `operators took ${formatUnits(operatorFees.lowest, canonicalDecimals)} to ${show(operatorFees.highest)} on the last ${operatorFees.samples} signed ones that paid`
    : "no operator has taken one on a signed withdrawal lately";
  return [
    `withdrawal of ${quantity} ${asset} to ${chain}`,
    row("minimum", minimum === undefined ? "not listed" : `${minimum} ${asset}, or the whole balance`),
    row("fee", `none when you send it yourself; ${signed}`),
    row("payment gas", `at most ${paymentGas}, paid by whoever executes it: a relayer`),
    row("available", available.map((each) => `${each.quantity} on ${each.chain}`).join(", ")),
    ...(balance === undefined ? [] : [row("balance", show(balance))]),
    ...renderWay(way),
    ...renderWaits(quote.limits, quote.waits),
    ...renderVerdict(quote.obstacles),
  ];
}

function renderWay({ lane, paths, required, times, finality, delays }: Way): string[] {
  const names = paths.map(({ name, isNetwork }) => (isNetwork ? `${name} (message network)` : name)).join(", ");
  const took = times
    ? `${seconds(times.medianSeconds)}, ${seconds(times.slowestSeconds)} at most, in the last ${times.windows} windows, the newest at ${times.newest.toISOString()}`
    : "no settlement on this lane yet";
  const { held, dispatchFee } = lane.tipJar;
  return [
    row(
      "lane",
      `${lane.lane}: ${lane.posted} posted, ${lane.sealed} sealed, ${lane.executed} executed, ${lane.backlog} waiting`,
    ),
    row("attested by", `${required} of ${names}; one of them a message network`),
    row("carried by", `a relayer, which pays ${formatEther(dispatchFee)} ETH for one dispatch of all that waits`),
    row("tip jar", `${formatEther(held)} ETH for anyone who dispatches the lane instead`),
    row("took", took),
    row(
      "finality",
      `${finality.chain} is final up to block ${finality.final} of ${finality.latest}, ${seconds(finality.secondsBehind)} behind`,
    ),
    ...delays.map((delay) => row("delayed", delay)),
  ];
}

function renderWaits(limits: AssetLimits | undefined, waits: readonly string[]): string[] {
  if (limits === undefined) return [];
  const { asset, canonicalDecimals, room, capacity, large } = limits;
  const show = (units: bigint) => formatUnits(units, canonicalDecimals);
  return [
    row("limits", `the bucket has ${show(room)} of ${show(capacity)} ${asset} now; large from ${show(large)}`),
    ...waits.map((wait) => row("waits", wait)),
  ];
}

function renderVerdict(obstacles: readonly string[]): string[] {
  return obstacles.length === 0 ? ["It can be done now."] : obstacles.map((obstacle) => `✗ ${obstacle}`);
}

const seconds = (number: number) => `${Math.round(number)} s`;
