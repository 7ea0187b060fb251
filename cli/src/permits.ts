/** Signatures that let a vault take a token: the token's own permit (EIP-2612), or Uniswap's Permit2. */

import { randomBytes } from "node:crypto";
import type { ChainClient } from "@weighlock/core/chains.ts";
import {
  type Address,
  bytesToBigInt,
  ContractFunctionExecutionError,
  type Hex,
  HttpRequestError,
  maxUint256,
  parseAbi,
  parseSignature,
  type TypedDataDomain,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { OperationError } from "./errors.ts";

/** Seconds that a signature counts: enough for a deposit that is stuck for a while. */
const VALID_SECONDS = 1_800n;

export type PermitOf = {
  client: ChainClient;
  /** Its holder's. */
  privateKey: Hex;
  token: Address;
  symbol: string;
  /** The vault. */
  spender: Address;
  /** Local units. */
  amount: bigint;
};

const permitAbi = parseAbi([
  "function nonces(address owner) view returns (uint256)",
  "function name() view returns (string)",
  "function version() view returns (string)",
  "function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)",
]);

/** Throws OperationError when the token has no permit, or one that can't be signed here. */
export async function signPermit({ client, privateKey, token, symbol, spender, amount }: PermitOf) {
  const account = privateKeyToAccount(privateKey);
  const view = { address: token, abi: permitAbi } as const;
  const [nonce, name, version, { timestamp }] = await Promise.all([
    answered(client.readContract({ ...view, functionName: "nonces", args: [account.address] })),
    answered(client.readContract({ ...view, functionName: "name" })),
    answered(client.readContract({ ...view, functionName: "version" })),
    client.getBlock(),
  ]);
  if (nonce === undefined || name === undefined) {
    throw new OperationError(`${symbol} has no permit (EIP-2612) there; leave --permit out, or use --permit2.`, {
      details: { token },
    });
  }
  const domain: TypedDataDomain = {
    ...{ name, version: version ?? "1", chainId: client.chain.id, verifyingContract: token },
  };
  const deadline = timestamp + VALID_SECONDS;
  const signature = await account.signTypedData({
    domain,
    types: {
      Permit: [
        { name: "owner", type: "address" },
        { name: "spender", type: "address" },
        { name: "value", type: "uint256" },
        { name: "nonce", type: "uint256" },
        { name: "deadline", type: "uint256" },
      ],
    },
    primaryType: "Permit",
    message: { owner: account.address, spender, value: amount, nonce, deadline },
  });
  const { r, s, yParity } = parseSignature(signature);
  const v = 27 + yParity;
  // The vault passes over a permit that is refused, and would say no more than that it can't take the token.
  const args = [account.address, spender, amount, deadline, v, r, s] as const;
  const isTaken = await answered(client.simulateContract({ ...view, functionName: "permit", args }));
  if (isTaken) return { deadline, v, r, s };
  throw new OperationError(`${symbol}'s permit is of an unknown form; leave --permit out, or use --permit2.`, {
    details: { token },
  });
}

/** Permit2 is what the holder once approved; each signature names the vault and counts once. */
export async function signPermit2({
  client,
  privateKey,
  token,
  spender,
  amount,
  permit2,
}: PermitOf & { permit2: Address }) {
  const { timestamp } = await client.getBlock();
  const [nonce, deadline] = [bytesToBigInt(randomBytes(32)), timestamp + VALID_SECONDS];
  const signature = await privateKeyToAccount(privateKey).signTypedData({
    domain: { name: "Permit2", chainId: client.chain.id, verifyingContract: permit2 },
    types: {
      PermitTransferFrom: [
        { name: "permitted", type: "TokenPermissions" },
        { name: "spender", type: "address" },
        { name: "nonce", type: "uint256" },
        { name: "deadline", type: "uint256" },
      ],
      TokenPermissions: [
        { name: "token", type: "address" },
        { name: "amount", type: "uint256" },
      ],
    },
    primaryType: "PermitTransferFrom",
    message: { permitted: { token, amount }, spender, nonce, deadline },
  });
  return { nonce, deadline, signature };
}

/** What Permit2 is approved for, once: it takes nothing without a signature of its own. */
export const PERMIT2_ALLOWANCE = maxUint256;

/** Undefined when the contract does not know the call; a node that is away is no answer. */
function answered<Value>(call: Promise<Value>): Promise<Value | undefined> {
  return call.catch((error: unknown) => {
    const isRefusal =
      error instanceof ContractFunctionExecutionError && !error.walk((cause) => cause instanceof HttpRequestError);
    if (isRefusal) return undefined;
    throw error;
  });
}
