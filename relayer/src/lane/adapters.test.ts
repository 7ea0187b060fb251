import type { ChainClient } from "@weighlock/core/chains.ts";
import { createTestCommon } from "@weighlock/core/testing/common.ts";
import { type Address, pad, zeroAddress } from "viem";
import { afterAll, expect, test } from "vitest";
import { createPaperLane } from "../testing/deployment.ts";
import { createAdapterFollower } from "./adapters.ts";
import type { LaneChains } from "./chains.ts";

const common = createTestCommon();
afterAll(() => common.shutdown.stop("test"));
const added: Record<string, Address> = {
  src: "0xA1a1a1A1A1A1A1A1A1A1a1a1a1a1A1A1A1a1a1a1",
  dst: "0xb2b2B2b2B2B2B2b2b2B2B2b2B2b2b2B2b2B2b2b2",
  watchers: "0xC3c3c3C3C3c3C3c3c3C3c3C3c3c3c3c3C3C3c3c3",
};

function setUp() {
  const lane = createPaperLane();
  const masks = { src: { enabled: 0b11, networks: 0b01 }, dst: { enabled: 0b11, networks: 0b01 } };
  const adapters = {
    src: [lane.layerZero.src.address, zeroAddress, added.src],
    dst: [lane.layerZero.dst.address, lane.watchers.address, added.dst, added.watchers],
  };
  const clientOf = (side: "src" | "dst") =>
    ({
      readContract: async ({ functionName, address }: { functionName: string; address: Address }) => {
        if (functionName === "pathsOf") return [adapters[side], masks[side].enabled, masks[side].networks];
        if (functionName === "endpoint" && address === added.dst) return lane.dst.layerZero.endpoint;
        if (functionName === "peers") return pad(added.src as Address);
        if (functionName === "threshold" && address === added.watchers) return 2n;
        throw new RangeError("execution reverted");
      },
    }) as unknown as ChainClient;
  const end = (side: "src" | "dst") => ({ chain: { client: clientOf(side) } }) as unknown as LaneChains["src"];
  const follow = createAdapterFollower({ common, lane, chains: { src: end("src"), dst: end("dst") } });
  return { lane, masks, follow };
}

test("enabled adapters stay, whatever else is added", async () => {
  const { lane, masks, follow } = setUp();
  const before = { layerZero: lane.layerZero, watchers: lane.watchers };
  masks.dst = { enabled: 0b1111, networks: 0b0101 };
  await follow();
  expect(lane).toMatchObject(before);
});

test("one that is disabled on either side is replaced by one of its kind at a free index", async () => {
  const { lane, masks, follow } = setUp();
  masks.src = { enabled: 0b111, networks: 0b101 };
  masks.dst = { enabled: 0b1100, networks: 0b0100 };
  await follow();
  expect(lane.layerZero).toMatchObject({
    src: { address: added.src, index: 2 },
    dst: { address: added.dst, index: 2, isNetwork: true },
    sender: pad(added.src as Address).toLowerCase(),
  });
  expect(lane.watchers).toMatchObject({ address: added.watchers, index: 3, isNetwork: false });
});

test("without a replacement the lane keeps what it had, and goes on looking", async () => {
  const { lane, masks, follow } = setUp();
  const { index } = lane.watchers;
  masks.dst = { enabled: 0b01, networks: 0b01 };
  await follow();
  expect(lane.watchers.index).toBe(index);
  masks.dst = { enabled: 0b1001, networks: 0b01 };
  await follow();
  expect(lane.watchers.index).toBe(3);
});
