import { concat, encodeAbiParameters, encodePacked, type Hex, keccak256, toHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { expect, test } from "vitest";
import {
  type ControllerAt,
  type Reconciliation,
  reconciliationDigest,
  reconciliationSigner,
  Scope,
  signReconciliation,
} from "./reconciliation.ts";

const at: ControllerAt = { chainId: 7_001, pauseController: "0x00000000000000000000000000000000000c0de0" };
const reconciliation: Reconciliation = {
  scope: Scope.in,
  id: 40_702,
  stoppedAt: 1_700_000_000n,
  lanes: [
    { eid: 40_702, executed: 7n, executedHead: `0x${"ab".repeat(32)}`, assets: [1, 2], amounts: [5n, 1n << 127n] },
    { eid: 40_703, executed: 0n, executedHead: `0x${"cd".repeat(32)}`, assets: [], amounts: [] },
  ],
  observedAt: 1_700_003_000n,
};

/** `types/Reconciliation.sol`, word for word: the lengths of the inner arrays are not hashed, but every element is a word. */
function digestByHand({ scope, id, stoppedAt, lanes, observedAt }: Reconciliation): Hex {
  const laneType = "LaneState(uint32 eid,uint64 executed,bytes32 executedHead,uint16[] assets,uint128[] amounts)";
  const type = `Reconciliation(uint8 scope,uint32 id,uint64 stoppedAt,LaneState[] lanes,uint64 observedAt)${laneType}`;
  const hash = (text: string) => keccak256(toHex(text));
  const word = (value: number | bigint) => encodePacked(["uint256"], [BigInt(value)]);
  const hashed = lanes.map((lane) =>
    keccak256(
      concat([
        hash(laneType),
        word(lane.eid),
        word(lane.executed),
        lane.executedHead,
        keccak256(concat(["0x", ...lane.assets.map(word)])),
        keccak256(concat(["0x", ...lane.amounts.map(word)])),
      ]),
    ),
  );
  const struct = keccak256(
    concat([
      hash(type),
      word(scope),
      word(id),
      word(stoppedAt),
      keccak256(concat(["0x", ...hashed])),
      word(observedAt),
    ]),
  );
  const domain = keccak256(
    encodeAbiParameters(
      [{ type: "bytes32" }, { type: "bytes32" }, { type: "bytes32" }, { type: "uint256" }, { type: "address" }],
      [
        hash("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
        hash("Weighlock Monitor"),
        hash("1"),
        BigInt(at.chainId),
        at.pauseController,
      ],
    ),
  );
  return keccak256(concat(["0x1901", domain, struct]));
}

test("reconciliationDigest() is EIP-712 over the contract's own type strings", () => {
  expect(reconciliationDigest({ at, reconciliation })).toBe(digestByHand(reconciliation));
});

test("the signer is recovered, and another chain's is another's", async () => {
  const account = privateKeyToAccount(keccak256(toHex("monitor")));
  const signature = await signReconciliation({ at, reconciliation, account });
  expect(await reconciliationSigner({ at, reconciliation, signature })).toBe(account.address);
  const elsewhere = { at: { ...at, chainId: 1 }, reconciliation, signature };
  expect(await reconciliationSigner(elsewhere)).not.toBe(account.address);
});

test.each<[string, Partial<Reconciliation>]>([
  ["scope", { scope: Scope.halt }],
  ["id", { id: 1 }],
  ["stop", { stoppedAt: 1n }],
  ["time", { observedAt: 2n }],
  ["lanes", { lanes: reconciliation.lanes.slice(1) }],
])("another %s is another digest", (_, change) => {
  const other = { ...reconciliation, ...change };
  expect(reconciliationDigest({ at, reconciliation: other })).not.toBe(reconciliationDigest({ at, reconciliation }));
});
