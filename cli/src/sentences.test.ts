/** Every refusal that a call of ours can meet has a sentence of its own, made of its values. */

import { accessManagerAbi } from "@weighlock/core/abi/accessManager.ts";
import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { dvnSubmitterAbi } from "@weighlock/core/abi/dvnSubmitter.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { layerZeroPathAbi } from "@weighlock/core/abi/layerZeroPath.ts";
import { pauseControllerAbi } from "@weighlock/core/abi/pauseController.ts";
import { tipJarAbi } from "@weighlock/core/abi/tipJar.ts";
import { watcherPathAbi } from "@weighlock/core/abi/watcherPath.ts";
import { explainRevert } from "@weighlock/core/explain.ts";
import { encodeErrorResult } from "viem";
import { expect, test } from "vitest";

type AbiError = { type: "error"; name: string; inputs: readonly { type: string; name: string }[] };

const contracts = {
  Gateway: gatewayAbi,
  CollateralVault: collateralVaultAbi,
  ClearingHouse: clearingHouseAbi,
  PauseController: pauseControllerAbi,
  TipJar: tipJarAbi,
  LayerZeroPath: layerZeroPathAbi,
  WatcherPath: watcherPathAbi,
  DvnSubmitter: dvnSubmitterAbi,
  AccessManager: accessManagerAbi,
};
const cases = Object.entries(contracts).flatMap(([contract, abi]) =>
  (abi as readonly { type: string }[])
    .filter((item): item is AbiError => item.type === "error")
    .map((error) => ({ name: `${contract}.${error.name}`, error })),
);

/** A value that is recognisable in the sentence, and valid for every type that an error carries. */
function sampleOf(type: string): unknown {
  if (type === "address") return `0x${"5a".repeat(20)}`;
  if (type === "string") return "sample";
  if (type === "bytes") return "0x5a5a";
  const bytes = /^bytes(\d+)$/.exec(type)?.[1];
  if (bytes) return `0x${"5a".repeat(Number(bytes))}`;
  const bits = Number(/^u?int(\d+)$/.exec(type)?.[1]);
  return bits <= 48 ? 2 : 2n;
}

test("there are errors to speak of", () => {
  expect(cases.length).toBeGreaterThan(80);
});

test.each(cases)("$name says what to do", ({ error }) => {
  const args = error.inputs.map(({ type }) => sampleOf(type));
  const data = encodeErrorResult({ abi: [error], errorName: error.name, args } as never);
  const { name, sentence } = explainRevert(data);
  expect(name).toBe(error.name);
  expect(sentence).not.toMatch(/^The contract refused: /);
  expect(sentence).not.toMatch(/undefined|NaN|\[object/);
  expect(sentence).toMatch(/[.]$/);
  // A fact and what to do: two clauses.
  expect(sentence).toMatch(/[;:,]|so |than /);
});
