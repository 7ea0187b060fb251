import { createTestCommon } from "@weighlock/core/testing/common.ts";
import { expect, test } from "vitest";
import { createFindings, type Found } from "./findings.ts";

const fact = (id: string): Found => ({ id, level: "fact", kind: "unknown-commitment", text: id, evidence: {} });
const alert = (id: string): Found => ({ id, level: "alert", kind: "residual", text: id, evidence: {} });

function start() {
  let time = 0;
  const now = () => {
    time += 1_000;
    return new Date(time);
  };
  return createFindings({ common: createTestCommon(), now });
}

test("a finding keeps its beginning while it is found, and has an end after", () => {
  const findings = start();
  findings.report("a", [fact("one")]);
  findings.report("a", [fact("one"), alert("two")]);
  expect(findings.standing().map(({ id, since }) => [id, since.getTime()])).toEqual([
    ["one", 1_000],
    ["two", 2_000],
  ]);
  findings.report("a", [alert("two")]);
  expect(findings.standing("fact")).toEqual([]);
  expect(findings.ended()).toMatchObject([{ id: "one", since: new Date(1_000), until: new Date(3_000) }]);
});

test("a detector's findings are no other's", () => {
  const findings = start();
  findings.report("a", [fact("one")]);
  findings.report("b", []);
  expect(findings.standing()).toHaveLength(1);
});

test("whoever waits learns at once of a beginning and of an end, and of nothing else", async () => {
  const findings = start();
  const { signal } = new AbortController();
  for (const found of [[fact("one")], []]) {
    const seen = findings.version();
    const changed = findings.changed(seen, signal);
    findings.report("b", []);
    expect(findings.version()).toBe(seen);
    findings.report("a", found);
    await changed;
    expect(findings.version()).toBe(seen + 1);
  }
});

test("waiting ends with its signal", async () => {
  const findings = start();
  await findings.changed(findings.version(), AbortSignal.timeout(10));
  expect(findings.version()).toBe(0);
});
