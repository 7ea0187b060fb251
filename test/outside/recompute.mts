/**
 * Makes the demo's table again from outside: knows `devnet.json`, the views below and nothing else of the project.
 * `node test/outside/recompute.mts [folder]` reads a network that `npm run demo -- --keep` left up, and compares what it
 * finds with `demo-report.json` beside it. Exits with 1 when they differ or when a unit is missing.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Address, createPublicClient, http, parseAbi } from "viem";

const abi = parseAbi([
  "function outbox(uint32 dstEid) view returns (uint64 posted, uint64 sealedCount, bytes32 head)",
  "function inbox(uint32 srcEid) view returns (uint64 executed, bytes32 head)",
  "function sealedHead(uint32 dstEid, uint64 count) view returns (bytes32)",
  "function executedHead(uint32 srcEid, uint64 count) view returns (bytes32)",
  "function book(uint16 asset) view returns (uint128 deposited, uint128 released)",
  "function laneBook(uint32 eid, uint16 asset) view returns (uint128 credited, uint128 authorised)",
  "function totalLedger(uint16 asset) view returns (uint256)",
  "function suspense(uint32 eid, uint16 asset) view returns (uint128)",
]);

type Chain = {
  name: string;
  role: "hub" | "vault";
  eid: number;
  rpcUrl: string;
  gateway: Address;
  vault?: Address;
  clearingHouse?: Address;
  assets: { id: number; symbol: string }[];
};

const folder = process.argv[2] ?? ".weighlock";
const read = (name: string) => JSON.parse(readFileSync(join(folder, name), "utf8"));
const { chains }: { chains: Chain[] } = read("devnet.json");
const report = read("demo-report.json");
const hub = chains.find(({ role }) => role === "hub") as Chain & { clearingHouse: Address };
const vaults = chains.filter(({ role }) => role === "vault") as (Chain & { vault: Address })[];
const clients = new Map(chains.map(({ name, rpcUrl }) => [name, createPublicClient({ transport: http(rpcUrl) })]));

type View = NonNullable<Parameters<ReturnType<typeof createPublicClient>["readContract"]>[0]["functionName"]>;
async function view(chain: Chain, address: Address, functionName: View, args: readonly unknown[]): Promise<unknown> {
  return clients.get(chain.name)?.readContract({ address, abi, functionName, args } as never);
}

const lanes = await Promise.all(
  vaults
    .flatMap((vault) => [
      { src: vault as Chain, dst: hub as Chain },
      { src: hub as Chain, dst: vault as Chain },
    ])
    .map(async ({ src, dst }) => {
      const [posted] = (await view(src, src.gateway, "outbox", [dst.eid])) as [bigint];
      const [executed] = (await view(dst, dst.gateway, "inbox", [src.eid])) as [bigint];
      const said = await view(src, src.gateway, "sealedHead", [dst.eid, executed]);
      const done = await view(dst, dst.gateway, "executedHead", [src.eid, executed]);
      return {
        src: src.name,
        dst: dst.name,
        posted: Number(posted),
        executed: Number(executed),
        headsEqual: said === done,
      };
    }),
);

const failures = lanes.flatMap(({ src, dst, posted, executed, headsEqual }) => [
  // With entries on their way the books alone do not say what is missing and what is travelling.
  ...(posted === executed ? [] : [`${src} → ${dst} is not at rest: ${executed} of ${posted}`]),
  ...(headsEqual ? [] : [`${src} → ${dst}: heads differ at ${executed}`]),
]);

const assets = await Promise.all(
  hub.assets.map(async ({ id, symbol }) => {
    const ledger = (await view(hub, hub.clearingHouse, "totalLedger", [id])) as bigint;
    const books = await Promise.all(
      vaults.map(async (vault) => {
        const [deposited, released] = (await view(vault, vault.vault, "book", [id])) as [bigint, bigint];
        const [credited, authorised] = (await view(hub, hub.clearingHouse, "laneBook", [vault.eid, id])) as [
          bigint,
          bigint,
        ];
        const suspense = (await view(hub, hub.clearingHouse, "suspense", [vault.eid, id])) as bigint;
        if (deposited !== credited)
          failures.push(`${vault.name} ${symbol}: deposited ${deposited}, credited ${credited}`);
        return { held: deposited - released, parked: authorised - released, suspense };
      }),
    );
    const sum = (pick: (book: (typeof books)[number]) => bigint) => books.map(pick).reduce((a, b) => a + b, 0n);
    const [held, parked, suspense] = [
      sum((book) => book.held),
      sum((book) => book.parked),
      sum((book) => book.suspense),
    ];
    const residual = held - ledger - suspense - parked;
    if (residual !== 0n) failures.push(`${symbol}: residual ${residual}`);
    const plain = { ledger, vaults: held, inFlight: 0n, suspense, parked, residual };
    return { asset: id, symbol, ...Object.fromEntries(Object.entries(plain).map(([key, value]) => [key, `${value}`])) };
  }),
);

console.table(lanes);
console.table(assets);
for (const [name, found] of Object.entries({ lanes, assets })) {
  found.forEach((row, i) => {
    for (const [key, value] of Object.entries(row)) {
      const theirs = report[name][i]?.[key];
      if (theirs !== value) failures.push(`${name}[${i}].${key}: the report says ${theirs}, the chains say ${value}`);
    }
  });
  if (report[name].length !== found.length)
    failures.push(`the report has ${report[name].length} ${name}, not ${found.length}`);
}
for (const failure of failures) console.error(`✗ ${failure}`);
if (failures.length === 0) console.log("The chains say what the report says, and every residual is 0.");
process.exit(failures.length === 0 ? 0 : 1);
