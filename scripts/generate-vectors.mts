/**
 * Writes test/vectors/*.json, the worked examples of docs/messages.md. It builds every byte from that page with viem's
 * primitives and shares no code with the codec or the contracts, so both are tested against it.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Address,
  concat,
  encodeAbiParameters,
  encodePacked,
  type Hex,
  keccak256,
  numberToHex,
  padHex,
  stringToHex,
  toHex,
  zeroHash,
} from "viem";

const TARGET = join(import.meta.dirname, "../test/vectors");
const max = (bits: number) => 2n ** BigInt(bits) - 1n;
const word = (value: bigint | number): Hex => numberToHex(BigInt(value), { size: 32 });
/** Fixed pseudo-random bytes, so that the files are the same on every run. */
const bytes32 = (seed: string): Hex => keccak256(stringToHex(`weighlock vector ${seed}`));
const addressOf = (seed: string): Address => `0x${bytes32(seed).slice(26)}`;
const hashOf = (...words: Hex[]): Hex =>
  keccak256(
    encodeAbiParameters(
      words.map(() => ({ type: "bytes32" })),
      words,
    ),
  );

type Fields = { kind: number; asset: number; eid: number; ref: bigint; amount: bigint; spare: number };
const pack = ({ kind, asset, eid, ref, amount, spare }: Fields): Hex =>
  encodePacked(["uint8", "uint16", "uint32", "uint64", "uint128", "uint8"], [kind, asset, eid, ref, amount, spare]);
const accountOf = (owner: Address, subaccount: bigint): Hex => encodePacked(["address", "uint96"], [owner, subaccount]);

const plain: Fields = { kind: 1, asset: 1, eid: 30_101, ref: 0n, amount: 1_000_000n, spare: 0 };
const entryCases: (Fields & { account: Hex; party: Hex })[] = [
  { ...plain },
  { ...plain, kind: 2, eid: 30_110 },
  { ...plain, kind: 3, asset: 2, amount: 1n },
  { ...plain, kind: 4, ref: 77n, amount: 0n },
  { ...plain, kind: 5, asset: 0, amount: 0n },
  { ...plain, kind: 6 },
  { ...plain, kind: 7 },
  { ...plain, kind: 8 },
  { ...plain, kind: 0 },
  { ...plain, kind: 255 },
  { ...plain, spare: 1 },
  { ...plain, spare: 255 },
  { ...plain, asset: 0xffff },
  { ...plain, eid: 0xffff_ffff },
  { ...plain, ref: max(64) },
  { ...plain, amount: max(128) },
  { kind: 255, asset: 0xffff, eid: 0xffff_ffff, ref: max(64), amount: max(128), spare: 255 },
  { kind: 0, asset: 0, eid: 0, ref: 0n, amount: 0n, spare: 0 },
].map((fields, i, all) => ({
  ...fields,
  account:
    i === all.length - 1
      ? zeroHash
      : accountOf(addressOf(`owner ${i}`), i % 3 === 0 ? 0n : i % 3 === 1 ? BigInt(i) : max(96)),
  party:
    i === all.length - 1
      ? zeroHash
      : fields.kind === 4
        ? bytes32("release")
        : padHex(addressOf(`party ${i}`), { size: 32 }),
}));

const entries = entryCases.map(({ account, party, ...fields }) => ({
  account,
  amount: word(fields.amount),
  asset: word(fields.asset),
  eid: word(fields.eid),
  kind: word(fields.kind),
  nodeOfZero: hashOf(zeroHash, pack(fields), account, party),
  party,
  ref: word(fields.ref),
  spare: word(fields.spare),
  word: pack(fields),
}));

const entryWords = (count: number, seed: string) =>
  Array.from({ length: count }, (_, i) => ({
    word: pack({ ...plain, amount: BigInt(i + 1), ref: BigInt(i) }),
    account: accountOf(addressOf(`${seed} owner ${i}`), BigInt(i)),
    party: padHex(addressOf(`${seed} party ${i}`), { size: 32 }),
  }));
const fold = (from: Hex, list: ReturnType<typeof entryWords>) =>
  list.reduce((root, entry) => hashOf(root, entry.word, entry.account, entry.party), from);
const roots = [
  ...[0, 1, 2, 3, 7, 10, 50, 127, 128].map((count) => ({ count, from: zeroHash as Hex })),
  ...[0, 1, 5, 127].map((count) => ({ count, from: bytes32(`root ${count}`) })),
].map(({ count, from }, i) => {
  const list = entryWords(count, `roots ${i}`);
  return {
    accounts: list.map(({ account }) => account),
    from,
    parties: list.map(({ party }) => party),
    root: fold(from, list),
    words: list.map((entry) => entry.word),
  };
});

type LaneFields = {
  epoch: bigint;
  srcChainId: bigint;
  srcEid: number;
  srcGateway: Address;
  dstChainId: bigint;
  dstEid: number;
  dstGateway: Address;
};
const laneIdOf = (lane: LaneFields): Hex =>
  keccak256(
    encodeAbiParameters(
      ["bytes32", "uint256", "uint256", "uint32", "address", "uint256", "uint32", "address"].map((type) => ({ type })),
      [
        stringToHex("weighlock.lane.v1", { size: 32 }),
        lane.epoch,
        lane.srcChainId,
        lane.srcEid,
        lane.srcGateway,
        lane.dstChainId,
        lane.dstEid,
        lane.dstGateway,
      ],
    ),
  );
const arbitrum = { chainId: 42_161n, eid: 30_110, gateway: addressOf("gateway arbitrum") };
const ethereum = { chainId: 1n, eid: 30_101, gateway: addressOf("gateway ethereum") };
const base = { chainId: 8_453n, eid: 30_184, gateway: addressOf("gateway base") };
type End = typeof ethereum;
const lane = (src: End, dst: End, epoch = 0n): LaneFields => ({
  epoch,
  srcChainId: src.chainId,
  srcEid: src.eid,
  srcGateway: src.gateway,
  dstChainId: dst.chainId,
  dstEid: dst.eid,
  dstGateway: dst.gateway,
});
const largest: End = { chainId: max(256), eid: 0xffff_ffff, gateway: `0x${"ff".repeat(20)}` };
const smallest: End = { chainId: 0n, eid: 0, gateway: `0x${"00".repeat(20)}` };
const laneCases = [
  lane(ethereum, arbitrum),
  lane(arbitrum, ethereum),
  lane(base, arbitrum),
  lane(arbitrum, base),
  lane(ethereum, arbitrum, 1n),
  lane(ethereum, arbitrum, max(64)),
  lane(largest, smallest),
  lane(smallest, largest),
  lane(largest, largest, max(64)),
  lane(smallest, smallest),
  lane({ ...ethereum, eid: arbitrum.eid }, { ...arbitrum, eid: ethereum.eid }),
];
const lanes = laneCases.map((fields) => ({
  dstChainId: word(fields.dstChainId),
  dstEid: word(fields.dstEid),
  dstGateway: fields.dstGateway,
  epoch: word(fields.epoch),
  id: laneIdOf(fields),
  srcChainId: word(fields.srcChainId),
  srcEid: word(fields.srcEid),
  srcGateway: fields.srcGateway,
}));

const nextHead = (head: Hex, root: Hex, count: bigint) => hashOf(head, root, word(count));
const heads = [
  ...[1n, 2n, 10n, 127n, 128n, 129n, 65_536n, 2n ** 20n, max(63), max(64)].map((count, i) => ({
    count,
    head: bytes32(`head ${i}`),
    root: bytes32(`root of head ${i}`),
  })),
  { count: 1n, head: lanes[0]?.id ?? zeroHash, root: roots[1]?.root ?? zeroHash },
  { count: 128n, head: lanes[1]?.id ?? zeroHash, root: roots[8]?.root ?? zeroHash },
].map(({ count, head, root }) => ({ count: word(count), head, next: nextHead(head, root, count), root }));

const suffixCases: { start: bigint; counts: bigint[] }[] = [
  { start: 0n, counts: [] },
  { start: 0n, counts: [1n] },
  { start: 0n, counts: [128n] },
  { start: 0n, counts: [1n, 2n] },
  { start: 10n, counts: [60n, 70n, 198n] },
  { start: 127n, counts: [128n, 129n, 257n] },
  { start: 5n, counts: Array.from({ length: 10 }, (_, i) => 5n + 128n * BigInt(i + 1)) },
  { start: 0n, counts: Array.from({ length: 157 }, (_, i) => 128n * BigInt(i + 1)) },
  { start: 2n ** 40n, counts: [2n ** 40n + 1n, 2n ** 40n + 129n] },
  { start: max(64) - 130n, counts: [max(64) - 129n, max(64) - 1n, max(64)] },
];
const suffixes = suffixCases.map(({ start, counts }, i) => {
  const head = bytes32(`suffix ${i}`);
  const nodes = counts.map((count, j) => ({ root: bytes32(`suffix ${i} root ${j}`), count }));
  const reached: Hex[] = [];
  for (const { root, count } of nodes) reached.push(nextHead(reached.at(-1) ?? head, root, count));
  return {
    count: word(start),
    counts: counts.map(word),
    encoded: concat(["0x", ...nodes.map(({ root, count }) => encodePacked(["bytes32", "uint64"], [root, count]))]),
    head,
    heads: reached,
    roots: nodes.map(({ root }) => root),
  };
});

type CommitmentFields = { count: bigint; ackCount: bigint; version?: number; spare?: bigint };
const commitmentWord = ({ count, ackCount, version = 1, spare = 0n }: CommitmentFields): Hex =>
  encodePacked(["uint8", "uint64", "uint64", "uint120"], [version, count, ackCount, spare]);
const commitment = (seed: string, fields: CommitmentFields, reason = "") => {
  const [laneWord, head, ackHead] = [bytes32(`${seed} lane`), bytes32(`${seed} head`), bytes32(`${seed} ack`)];
  return {
    ackCount: word(fields.ackCount),
    ackHead,
    count: word(fields.count),
    encoded: concat([commitmentWord(fields), laneWord, head, ackHead]),
    head,
    lane: laneWord,
    reason,
  };
};
const withoutHead = (seed: string, field: "head" | "ackHead") => {
  const fields = { ...commitment(seed, { count: 12n, ackCount: 3n }, "head"), [field]: zeroHash };
  const first = commitmentWord({ count: 12n, ackCount: 3n });
  return { ...fields, encoded: concat([first, fields.lane, fields.head, fields.ackHead]) };
};
const cut = (seed: string, change: (encoded: Hex) => Hex) => {
  const good = commitment(seed, { count: 12n, ackCount: 3n });
  return { ...good, encoded: change(good.encoded), reason: "length" };
};
const commitments = [
  commitment("first", { count: 1n, ackCount: 0n }),
  commitment("window", { count: 128n, ackCount: 128n }),
  commitment("ack ahead", { count: 1n, ackCount: 20_000n }),
  commitment("zero", { count: 0n, ackCount: 0n }),
  commitment("max count", { count: max(64), ackCount: 0n }),
  commitment("max ack", { count: 0n, ackCount: max(64) }),
  commitment("max both", { count: max(64), ackCount: max(64) }),
  commitment("version 0", { count: 5n, ackCount: 1n, version: 0 }, "version"),
  commitment("version 2", { count: 5n, ackCount: 1n, version: 2 }, "version"),
  commitment("version 255", { count: 5n, ackCount: 1n, version: 255 }, "version"),
  commitment("version before spare", { count: 5n, ackCount: 1n, version: 2, spare: 1n }, "version"),
  commitment("lowest spare bit", { count: 5n, ackCount: 1n, spare: 1n }, "spare"),
  commitment("highest spare bit", { count: 5n, ackCount: 1n, spare: 1n << 119n }, "spare"),
  commitment("all spare bits", { count: 5n, ackCount: 1n, spare: max(120) }, "spare"),
  withoutHead("zero head", "head"),
  withoutHead("zero ack head", "ackHead"),
  cut("empty", () => "0x"),
  cut("one byte", () => "0x01"),
  cut("short", (encoded) => encoded.slice(0, -2) as Hex),
  cut("three words", (encoded) => encoded.slice(0, 2 + 192) as Hex),
  cut("long", (encoded) => concat([encoded, toHex(0, { size: 1 })])),
  cut("five words", (encoded) => concat([encoded, zeroHash])),
];

type WithdrawalFields = {
  chainId: bigint;
  clearingHouse: Address;
  owner: Address;
  subaccount: bigint;
  dstEid: number;
  asset: number;
  amount: bigint;
  recipient: Address;
  maxFee: bigint;
  nonce: bigint;
  deadline: bigint;
};
const textHash = (text: string): Hex => keccak256(stringToHex(text));
const DOMAIN_TYPE = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
const WITHDRAWAL_TYPE =
  "Withdrawal(address owner,uint96 subaccount,uint32 dstEid,uint16 asset,uint128 amount,address recipient,uint128 maxFee,uint256 nonce,uint256 deadline)";
const withdrawal = (seed: string, changes: Partial<WithdrawalFields> = {}) => {
  const fields: WithdrawalFields = {
    chainId: arbitrum.chainId,
    clearingHouse: addressOf("clearing house"),
    owner: addressOf(`${seed} owner`),
    subaccount: 0n,
    dstEid: ethereum.eid,
    asset: 1,
    amount: 25_000_000n,
    recipient: addressOf(`${seed} recipient`),
    maxFee: 100_000n,
    nonce: 7n,
    deadline: 1_800_000_000n,
    ...changes,
  };
  const domain = hashOf(
    textHash(DOMAIN_TYPE),
    textHash("Weighlock Clearing House"),
    textHash("1"),
    word(fields.chainId),
    padHex(fields.clearingHouse, { size: 32 }),
  );
  const struct = hashOf(
    textHash(WITHDRAWAL_TYPE),
    padHex(fields.owner, { size: 32 }),
    word(fields.subaccount),
    word(fields.dstEid),
    word(fields.asset),
    word(fields.amount),
    padHex(fields.recipient, { size: 32 }),
    word(fields.maxFee),
    word(fields.nonce),
    word(fields.deadline),
  );
  return {
    amount: word(fields.amount),
    asset: word(fields.asset),
    chainId: word(fields.chainId),
    clearingHouse: fields.clearingHouse,
    deadline: word(fields.deadline),
    digest: keccak256(concat(["0x1901", domain, struct])),
    dstEid: word(fields.dstEid),
    maxFee: word(fields.maxFee),
    nonce: word(fields.nonce),
    owner: fields.owner,
    recipient: fields.recipient,
    subaccount: word(fields.subaccount),
  };
};
const withdrawals = [
  withdrawal("first"),
  withdrawal("another chain", { chainId: 31_337n }),
  withdrawal("another hub", { clearingHouse: addressOf("another clearing house") }),
  withdrawal("subaccount", { subaccount: 3n }),
  withdrawal("no fee", { maxFee: 0n }),
  withdrawal("largest", {
    owner: largest.gateway,
    subaccount: max(96),
    dstEid: 0xffff_ffff,
    asset: 0xffff,
    amount: max(128),
    recipient: largest.gateway,
    maxFee: max(128),
    nonce: max(256),
    deadline: max(256),
  }),
  withdrawal("smallest", {
    owner: smallest.gateway,
    dstEid: 0,
    asset: 0,
    amount: 0n,
    recipient: smallest.gateway,
    maxFee: 0n,
    nonce: 0n,
    deadline: 0n,
  }),
];

mkdirSync(TARGET, { recursive: true });
const files = { entries, roots, lanes, heads, suffixes, commitments, withdrawals };
for (const [name, cases] of Object.entries(files)) {
  writeFileSync(join(TARGET, `${name}.json`), `${JSON.stringify(cases, null, 2)}\n`);
}
console.log(`test/vectors: ${Object.keys(files).join(", ")}`);
