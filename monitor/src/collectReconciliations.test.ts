import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { toPlain } from "@weighlock/core/plain.ts";
import {
  type Reconciliation,
  reconciliationSigner,
  Scope,
  signReconciliation,
} from "@weighlock/core/reconciliation.ts";
import { type Hex, keccak256, toHex } from "viem";
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { afterEach, expect, test } from "vitest";
import { collectReconciliations, NotReconciledError } from "./collectReconciliations.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const chain = { name: "hub", chainId: 7_001, pauseController: "0x00000000000000000000000000000000000c0de0" } as const;
const at = { chainId: chain.chainId, pauseController: chain.pauseController };
const accounts = ["one", "two", "three"].map((name) => privateKeyToAccount(keccak256(toHex(name)))) as [
  PrivateKeyAccount,
  PrivateKeyAccount,
  PrivateKeyAccount,
];
const [one, two, three] = accounts;
const head: Hex = `0x${"ab".repeat(32)}`;
const observed = (observedAt: bigint, executed = 7n): Reconciliation => ({
  scope: Scope.in,
  id: 40_702,
  stoppedAt: 1_000n,
  lanes: [{ eid: 40_702, executed, executedHead: head, assets: [1], amounts: [5n] }],
  observedAt,
});

/** A monitor whose chain is at `now`; it signs the time that it is asked for unless that is ahead. */
async function monitor({
  account = one,
  now = 2_000n,
  executed = 7n,
  refuses = undefined as readonly string[] | undefined,
  change = (signed: object): unknown => signed,
} = {}): Promise<string> {
  const server = createServer(async (request, response) => {
    const query = new URL(request.url ?? "", "http://x").searchParams;
    const proposed = query.get("observedAt");
    const observedAt = proposed === null ? now : BigInt(proposed);
    const reasons = observedAt > now ? ["the proposed time is ahead"] : refuses;
    if (reasons !== undefined) {
      response.writeHead(409).end(JSON.stringify({ error: "not everything is in order", reasons }));
      return;
    }
    const reconciliation = observed(observedAt, executed);
    const signature = await signReconciliation({ at, reconciliation, account });
    response.end(JSON.stringify(change(toPlain({ reconciliation, signature }) as object)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const collect = (monitors: readonly string[], over: Partial<Parameters<typeof collectReconciliations>[0]> = {}) =>
  collectReconciliations({ monitors, chain, scope: "in", id: 40_702, threshold: 2, attempts: 1, ...over });

test("all sign a time that all have reached, and signatures are in the order of the signers", async () => {
  const monitors = await Promise.all([
    monitor({ account: one, now: 2_003n }),
    monitor({ account: two, now: 2_001n }),
    monitor({ account: three, now: 2_002n }),
  ]);
  const { reconciliation, signatures, signers } = await collect(monitors, { threshold: 3 });
  expect(reconciliation).toEqual(observed(2_001n));
  const sorted = accounts.map(({ address }) => address).sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  expect(signers).toEqual(sorted);
  const recovered = signatures.map((signature) => reconciliationSigner({ at, reconciliation, signature }));
  expect(await Promise.all(recovered)).toEqual(sorted);
});

test("as many are taken as it takes, and one that refuses or is away holds up nobody", async () => {
  const monitors = [
    await monitor({ account: one }),
    await monitor({ account: two, refuses: ["a residual stands"] }),
    "http://127.0.0.1:9",
    await monitor({ account: three }),
  ];
  const { signatures, signers } = await collect(monitors);
  expect(signatures).toHaveLength(2);
  expect(new Set(signers)).toEqual(new Set([one.address, three.address]));
});

test("two that sign different states are not two", async () => {
  const monitors = [await monitor({ account: one }), await monitor({ account: two, executed: 8n })];
  await expect(collect(monitors)).rejects.toThrow(NotReconciledError);
  const third = await monitor({ account: three, executed: 8n });
  expect((await collect([...monitors, third])).reconciliation.lanes[0]?.executed).toBe(8n);
});

test("one whose time the others do not sign is left behind", async () => {
  const lost = (signed: object): unknown => {
    const { reconciliation, signature } = signed as Signed;
    return { signature, reconciliation: { ...reconciliation, observedAt: "1" } };
  };
  const monitors = [await monitor({ account: one, change: lost }), await monitor({ account: two })];
  const { reconciliation, signers } = await collect([...monitors, await monitor({ account: three })]);
  expect(reconciliation.observedAt).toBe(2_000n);
  expect(new Set(signers)).toEqual(new Set([two.address, three.address]));
});

const refusalOf = async (collecting: Promise<unknown>) => {
  const error = await collecting.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(NotReconciledError);
  return (error as NotReconciledError).details as Record<string, readonly string[]>;
};

test("one key behind two URLs signs once", async () => {
  const [first, second] = [await monitor(), await monitor()];
  const said = await refusalOf(collect([first, second]));
  expect(said[first]?.[0]).toMatch(new RegExp(`^it signs 0x[0-9a-f]{64} as ${one.address}$`));
  expect(said[second]).toEqual([`it signs as ${one.address}, as ${first} does: one key counts once`]);
});

test("a key that the controller does not know is left out", async () => {
  const monitors = [await monitor({ account: one }), await monitor({ account: two })];
  const isMonitor = async (signer: string) => signer !== two.address;
  const said = await refusalOf(collect(monitors, { isMonitor }));
  expect(said[monitors[1] as string]).toEqual([`it signs as ${two.address}, which is no monitor's key here`]);
});

test("the error has what each monitor said", async () => {
  const monitors = [
    await monitor({ account: one }),
    await monitor({ account: two, refuses: ["a residual stands", "alpha→hub is forked"] }),
  ];
  const said = await refusalOf(collect([...monitors, "http://127.0.0.1:9"]));
  expect(said).toMatchObject({
    [monitors[1] as string]: ["a residual stands", "alpha→hub is forked"],
    "http://127.0.0.1:9": ["Nothing answers there."],
  });
});

type Signed = { reconciliation: object; signature: string };
test.each<[string, (signed: Signed) => unknown]>([
  ["another id", (signed) => ({ ...signed, reconciliation: { ...signed.reconciliation, id: 1 } })],
  ["another scope", (signed) => ({ ...signed, reconciliation: { ...signed.reconciliation, scope: 2 } })],
  ["a short signature", (signed) => ({ ...signed, signature: signed.signature.slice(0, -2) })],
  ["no signature", ({ reconciliation }) => ({ reconciliation })],
  ["what can't be read", () => "yes"],
  ["what never ends", (signed) => ({ ...signed, more: "x".repeat(1 << 20) })],
])("%s is no answer", async (_, change) => {
  const changed = await monitor({ account: two, change: (signed) => change(signed as Signed) });
  const said = await refusalOf(collect([await monitor(), changed]));
  expect(said[changed]).toHaveLength(1);
});
