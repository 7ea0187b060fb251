/** What monitors sign before something that was stopped is resumed: `contracts/types/Reconciliation.sol`. */

import type { Address, Hex, TypedDataDomain } from "viem";
import { hashTypedData, recoverTypedDataAddress } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";

/** `contracts/types/Scope.sol`, by the names that people type. */
export const Scope = { in: 0, out: 1, halt: 2, asset: 3 } as const;
export type ScopeName = keyof typeof Scope;

export const SCOPE_NAMES = Object.keys(Scope) as ScopeName[];

/** One lane from `eid`, as far as it is executed on the chain that is resumed. */
export type LaneState = {
  eid: number;
  executed: bigint;
  executedHead: Hex;
  assets: readonly number[];
  /** Canonical units, one for each of `assets`. */
  amounts: readonly bigint[];
};

export type Reconciliation = {
  /** A value of `Scope`; `id` is its eid or asset. */
  scope: number;
  id: number;
  /** Unix seconds: of the stop that is to end. */
  stoppedAt: bigint;
  lanes: readonly LaneState[];
  /** Unix seconds, of the clock of the chain that is resumed. */
  observedAt: bigint;
};

export const reconciliationTypes = {
  Reconciliation: [
    { name: "scope", type: "uint8" },
    { name: "id", type: "uint32" },
    { name: "stoppedAt", type: "uint64" },
    { name: "lanes", type: "LaneState[]" },
    { name: "observedAt", type: "uint64" },
  ],
  LaneState: [
    { name: "eid", type: "uint32" },
    { name: "executed", type: "uint64" },
    { name: "executedHead", type: "bytes32" },
    { name: "assets", type: "uint16[]" },
    { name: "amounts", type: "uint128[]" },
  ],
} as const;

/** The chain and contract that are told: what is signed for one chain is worth nothing on another. */
export type ControllerAt = { chainId: number; pauseController: Address };

export function reconciliationDomain({ chainId, pauseController }: ControllerAt): TypedDataDomain {
  return { name: "Weighlock Monitor", version: "1", chainId, verifyingContract: pauseController };
}

type Of = { at: ControllerAt; reconciliation: Reconciliation };

function typedData({ at, reconciliation }: Of) {
  return {
    domain: reconciliationDomain(at),
    types: reconciliationTypes,
    primaryType: "Reconciliation",
    message: reconciliation,
  } as const;
}

/** What `PauseController.digestOf` returns. */
export function reconciliationDigest(of: Of): Hex {
  return hashTypedData(typedData(of));
}

export function signReconciliation({ account, ...of }: Of & { account: PrivateKeyAccount }): Promise<Hex> {
  return account.signTypedData(typedData(of));
}

/** Who signed it; rejects where the signature is none at all. */
export function reconciliationSigner({ signature, ...of }: Of & { signature: Hex }): Promise<Address> {
  return recoverTypedDataAddress({ ...typedData(of), signature });
}
