import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { readVectors } from "@weighlock/core/testing/vectors.ts";
import { encodeAbiParameters, encodeEventTopics, type Hex, toEventSelector } from "viem";
import { expect, test } from "vitest";
import { decodeLog, LogUnreadableError, TOPICS } from "./decode.ts";
import { ALPHA, entryOf, executedLog, HUB, openedLog, postedLog, sealedLog, TO_HUB } from "./testing/logs.ts";

const head: Hex = `0x${"cd".repeat(32)}`;
const root: Hex = `0x${"ab".repeat(32)}`;

test("topics are those of the deployed gateway", () => {
  const selectors = gatewayAbi.filter(({ type }) => type === "event").map((event) => toEventSelector(event as never));
  for (const topic of Object.values(TOPICS)) expect(selectors).toContain(topic);
});

test("an entry is the 96 bytes that the gateway's own encoder writes", () => {
  const cases = readVectors<{ word: Hex; account: Hex; party: Hex }>("entries");
  for (const { word, account, party } of cases) {
    const topics = encodeEventTopics({ abi: gatewayAbi, eventName: "EntryPosted", args: { dstEid: 7, index: 9n } });
    const data = encodeAbiParameters(
      [{ type: "uint256" }, { type: "bytes32" }, { type: "bytes32" }],
      [BigInt(word), account, party],
    );
    const entry: Hex = `0x${[word, account, party].map((each) => each.slice(2)).join("")}`;
    const log = { address: ALPHA.gateway, topics: topics as Hex[], data };
    expect(decodeLog(log)).toEqual({ type: "posted", dstEid: 7, index: 9n, entry });
  }
});

test("every event is read", () => {
  expect(decodeLog(openedLog(ALPHA, HUB))).toMatchObject({
    type: "opened",
    eid: HUB.eid,
    peer: HUB.gateway,
    epoch: 0n,
  });
  expect(decodeLog(sealedLog(TO_HUB, 5, root, head))).toEqual({
    type: "sealed",
    dstEid: HUB.eid,
    count: 5n,
    root,
    head,
  });
  expect(decodeLog(executedLog(TO_HUB, 5, head))).toEqual({ type: "executed", srcEid: ALPHA.eid, count: 5n, head });
});

const good = postedLog(TO_HUB, 0, entryOf(1));
test.each([
  ["an unknown event", { ...good, topics: [root, ...good.topics.slice(1)] }],
  ["no topics", { ...good, topics: [] }],
  ["a topic too few", { ...good, topics: good.topics.slice(0, 2) }],
  ["a topic too many", { ...good, topics: [...good.topics, root] }],
  ["a word too few", { ...good, data: good.data.slice(0, -64) as Hex }],
  ["a word too many", { ...good, data: `${good.data}${"00".repeat(32)}` as Hex }],
  ["data that is not hex", { ...good, data: `${good.data.slice(0, -1)}z` as Hex }],
  ["an eid above 32 bits", { ...good, topics: [TOPICS.posted, root, root] }],
  ["paths above 8 bits", { ...executedLog(TO_HUB, 1, head), data: `${head}${root.slice(2)}` as Hex }],
])("refuses %s", (_, log) => {
  expect(() => decodeLog(log)).toThrow(LogUnreadableError);
});
