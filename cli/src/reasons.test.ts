/** The texts are as many, and in the order, as the contracts' enums. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { haltEnd, haltReason, heldReason, parkedReason, refusalReason } from "./reasons.ts";

function membersOf(file: string, name: string): string[] {
  const source = readFileSync(new URL(`../../contracts/${file}`, import.meta.url), "utf8");
  const body = new RegExp(`enum ${name} \\{([^}]*)\\}`).exec(source)?.[1] ?? "";
  return body
    .replace(/\/\/.*$/gm, "")
    .split(",")
    .map((member) => member.trim());
}

test.each([
  ["interfaces/IGateway.sol", "Halt", haltReason],
  ["interfaces/IClearingHouse.sol", "Held", heldReason],
  ["interfaces/ICollateralVault.sol", "Parked", parkedReason],
  ["types/Withdrawal.sol", "Refusal", refusalReason],
] as const)("%s: every %s has a text of its own", (file, name, reasonOf) => {
  const members = membersOf(file, name);
  expect(members[0]).toBe("None");
  const texts = members.map((_, number) => reasonOf(number));
  // A park without a reason is a veto that was cleared.
  expect(texts[0]).toBe(name === "Parked" ? "the council has cleared it" : "");
  expect(texts.filter((text) => /^reason \d/.test(text))).toEqual([]);
  expect(new Set(texts).size).toBe(members.length);
  expect(reasonOf(members.length)).toBe(`reason ${members.length}`);
});

test("a halt is the council's to end, and a closed lane nobody's", () => {
  const reasons = membersOf("interfaces/IGateway.sol", "Halt");
  const closed = haltReason(reasons.indexOf("Closed"));
  expect(haltEnd(closed)).toBe("");
  expect(haltEnd(haltReason(1))).toBe("; only the council can end that");
});
