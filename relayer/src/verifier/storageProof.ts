/** Checks EIP-1186 proofs: what a contract's storage slots hold under a state root. */

import { verifyMerkleProof } from "@ethereumjs/mpt";
import { RetryableError } from "@weighlock/core/errors.ts";
import { type Address, fromRlp, type Hash, type Hex, isHex, keccak256, toBytes, toHex, toRlp } from "viem";

export type SlotProof = { slot: Hash; proof: readonly Hex[] };
export type AccountProof = { address: Address; accountProof: readonly Hex[]; storage: readonly SlotProof[] };

/** The proof does not lead from the root to an account or slot; another source or a later try may give a good one. */
export class ProofInvalidError extends RetryableError {
  override name = "ProofInvalidError";
}

const EMPTY_TRIE = keccak256(toRlp("0x"));
const STORAGE_ROOT = 2;

/** The value of each slot, in order; throws ProofInvalidError. */
export async function readProvenSlots({
  stateRoot,
  account: { address, accountProof, storage },
}: {
  stateRoot: Hash;
  account: AccountProof;
}): Promise<bigint[]> {
  const details = { address, stateRoot };
  const account = await provenValue({ root: stateRoot, key: address, proof: accountProof, details });
  if (account === undefined) throw invalid("the account does not exist", details);
  const fields = decode(account, details);
  const storageRoot = Array.isArray(fields) ? fields[STORAGE_ROOT] : undefined;
  if (!isHex(storageRoot)) throw invalid("the account is no list of fields", details);
  return Promise.all(
    storage.map(async ({ slot, proof }) => {
      const at = { ...details, slot, storageRoot };
      if (storageRoot === EMPTY_TRIE) return 0n;
      const value = await provenValue({ root: storageRoot, key: slot, proof, details: at });
      if (value === undefined) return 0n;
      const word = decode(value, at);
      if (!isHex(word)) throw invalid("the slot holds no word", at);
      return word === "0x" ? 0n : BigInt(word);
    }),
  );
}

/** Undefined where the trie provably has nothing. */
async function provenValue({
  root,
  key,
  proof,
  details,
}: {
  root: Hash;
  key: Hex;
  proof: readonly Hex[];
  details: Record<string, unknown>;
}): Promise<Hex | undefined> {
  const [first] = proof;
  if (first === undefined || keccak256(first) !== root) throw invalid("it does not start at the root", details);
  const value = await verifyMerkleProof(
    toBytes(key),
    proof.map((node) => toBytes(node)),
    { root: toBytes(root), useKeyHashing: true },
  ).catch((cause: unknown) => {
    throw invalid("a node is missing or altered", details, cause);
  });
  return value === null ? undefined : toHex(value);
}

function decode(value: Hex, details: Record<string, unknown>): ReturnType<typeof fromRlp<"hex">> {
  try {
    return fromRlp(value, "hex");
  } catch (cause) {
    throw invalid("a value is no RLP", details, cause);
  }
}

function invalid(reason: string, details: Record<string, unknown>, cause?: unknown): ProofInvalidError {
  return new ProofInvalidError(`The storage proof is not valid: ${reason}; nothing is signed.`, { details, cause });
}
