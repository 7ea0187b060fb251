import { deposit } from "@weighlock/cli/index.ts";
import { startLocalNetwork } from "@weighlock/cli/testing/localNetwork.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { createUncheckedChain } from "@weighlock/core/chains.ts";
import { type ChainDeployment, hubOf, keyOf, type LaneDeployment, vaultsOf } from "@weighlock/core/deployment.ts";
import { createCleanup } from "@weighlock/devnet/testing.ts";
import { startLiar } from "@weighlock/watcher/testing/liar.ts";
import { type Hex, keccak256, toFunctionSelector, toHex, zeroHash } from "viem";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { ChainSources } from "./sources.ts";
import { type Attestation, agreedTime, isVoid, judgeAttestation, type Said, verdictOf } from "./unknownCommitment.ts";

describe("verdictOf()", () => {
  test.each<[Said[], string]>([
    [["unknown", "unknown"], "unknown"],
    [["known", "known"], "known"],
    [["unknown", "known"], "disagreement"],
    [["unknown", "unknown", "known"], "disagreement"],
    [["unknown", "silent"], "open"],
    [["unknown", "old"], "open"],
    [["known", "old"], "open"],
    [["old", "old"], "open"],
    [["silent", "silent"], "open"],
    [["unknown", "unknown", "silent"], "unknown"],
    [["unknown", "unknown", "old"], "unknown"],
    [["known", "known", "silent"], "known"],
    [["unknown"], "unknown"],
    [["known"], "known"],
    [["silent"], "open"],
  ])("%j is %s", (said, verdict) => {
    expect(verdictOf(said)).toBe(verdict);
  });
});

describe("agreedTime()", () => {
  const head: Hex = `0x${"11".repeat(32)}`;
  const at = (seenAt: bigint) => ({ head, seenAt });
  test.each<[string, Parameters<typeof agreedTime>[0], bigint | undefined]>([
    ["the only source's", [at(5n)], 5n],
    ["both sources'", [at(5n), at(5n)], 5n],
    ["none where times differ", [at(5n), at(6n)], undefined],
    ["none where one shows nothing", [at(5n), { head: zeroHash, seenAt: 0n }], undefined],
    ["none where one of two is silent", [at(5n), "silent"], undefined],
    ["two sources' where a third is silent", ["silent", at(5n), at(5n)], 5n],
  ])("is %s", (_, shown, time) => {
    expect(agreedTime(shown, head)).toBe(time);
  });
});

describe("isVoid()", () => {
  const shown = (isDisabled: boolean) => ({ head: zeroHash, seenAt: 5n, isDisabled });
  test.each<[string, Parameters<typeof isVoid>[0], boolean]>([
    ["the only source shows it disabled", [shown(true)], true],
    ["both do", [shown(true), shown(true)], true],
    ["two of three do and one is silent", [shown(true), "silent", shown(true)], true],
    ["one of two is silent", [shown(true), "silent"], false],
    ["one shows it enabled", [shown(true), shown(true), shown(false)], false],
    ["it is enabled", [shown(false)], false],
    ["all are silent", ["silent", "silent"], false],
  ])("where %s: %s", (_, destination, expected) => {
    expect(isVoid(destination)).toBe(expected);
  });
});

describe("judgeAttestation() on real chains", () => {
  const cleanup = createCleanup();
  const SETTLED = { timeout: 10_000, interval: 50 };
  const FORGED = keccak256(toHex("forged"));
  let lane: LaneDeployment;
  let genuine: Attestation;
  let forged: Attestation;
  let second: string;
  const sources = (deployment: ChainDeployment, ...more: string[]): ChainSources => {
    const { name, chainId, rpcUrl } = deployment;
    return { deployment, chain: createUncheckedChain({ name, chainId, rpcUrls: [rpcUrl, ...more] }) };
  };

  beforeAll(async () => {
    const { network, deployment, dispatch, attest } = await startLocalNetwork({ cleanup });
    const [src] = vaultsOf(deployment);
    if (src === undefined) throw new RangeError("no vault");
    lane = { src, dst: hubOf(deployment) };
    const { privateKey } = keyOf(deployment, "trader");
    await deposit({ network, privateKey, chain: src.name, asset: "USDC", amount: "5" });
    await dispatch(lane);
    await attest(lane, 0);
    await attest(lane, 1, { head: FORGED });
    const [, count, head] = await sources(src).chain.client.readContract({
      address: src.gateway,
      abi: gatewayAbi,
      functionName: "outbox",
      args: [lane.dst.eid],
    });
    const where = { srcEid: src.eid, dstEid: lane.dst.eid, count };
    genuine = { ...where, path: 0, head };
    forged = { ...where, path: 1, head: FORGED };
    const honest = await startLiar({ target: src.rpcUrl });
    cleanup.add(() => honest.close());
    second = honest.url;
  }, 60_000);
  afterAll(() => cleanup.run());

  const judge = (attestation: Attestation, src: ChainSources, dst = sources(lane.dst)) =>
    judgeAttestation({ attestation, src, dst, answerMs: 500 });
  /** The verdict once the source has a block that is newer than the attestation. */
  const settled = (attestation: Attestation, src: ChainSources) =>
    vi.waitFor(async () => {
      const judgement = await judge(attestation, src);
      expect(judgement.source.every(({ says }) => says !== "old")).toBe(true);
      return judgement;
    }, SETTLED);

  test("what the source sealed is known, by one source or two", async () => {
    expect((await judge(genuine, sources(lane.src))).verdict).toBe("known");
    expect((await judge(genuine, sources(lane.src, second))).verdict).toBe("known");
  });

  test("what it never sealed is unknown, when its newest block is newer than the attestation", async () => {
    const { verdict, source, attestedAt } = await settled(forged, sources(lane.src, second));
    expect(verdict).toBe("unknown");
    for (const answer of source) expect(answer.timestamp).toBeGreaterThan(attestedAt ?? 0n);
  });

  test("a source that is older than the attestation decides nothing", async () => {
    const late = await startLiar({ target: lane.src.rpcUrl });
    cleanup.add(() => late.close());
    late.lie("eth_getBlockByNumber", (block) => ({ ...(block as object), timestamp: "0x1" }));
    const { verdict, source } = await judge(forged, sources(lane.src, late.url));
    expect(verdict).toBe("open");
    expect(source[1]?.says).toBe("old");
  });

  test("sources that differ are a disagreement, whichever of them lies", async () => {
    const liar = await startLiar({ target: lane.src.rpcUrl });
    cleanup.add(() => liar.close());
    const selector = toFunctionSelector("sealedHead(uint32,uint64)");
    let lie: Hex = zeroHash;
    liar.lie("eth_call", (result, [call]) => {
      const { data, input = data } = call as { data?: string; input?: string };
      return input?.startsWith(selector) ? lie : result;
    });
    expect((await settled(genuine, sources(lane.src, liar.url))).verdict).toBe("disagreement");
    lie = FORGED;
    expect((await settled(forged, sources(lane.src, liar.url))).verdict).toBe("disagreement");
  });

  test("a source that is away, or of another chain, says nothing", async () => {
    for (const url of ["http://127.0.0.1:9", lane.dst.rpcUrl]) {
      const { verdict, source } = await judge(forged, sources(lane.src, url));
      expect(verdict).toBe("open");
      expect(source[1]?.says).toBe("silent");
    }
  });

  test("what the destination does not show is gone, unless one of its sources is silent", async () => {
    const never = { ...forged, count: forged.count + 1n };
    expect((await judge(never, sources(lane.src))).verdict).toBe("gone");
    expect((await judge(never, sources(lane.src), sources(lane.dst, "http://127.0.0.1:9"))).verdict).toBe("open");
  });
});
