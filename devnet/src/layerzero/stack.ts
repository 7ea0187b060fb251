/** LayerZero V2 on one chain: what is asked for, and what was deployed. */

import type { Address } from "viem";

/** A DVN: whoever holds `quorum` of the signers' keys speaks for it. */
export type DvnSpec = { name: string; signers: readonly Address[]; quorum: number };

export type LayerZeroSpec = {
  /** Endpoint id of this chain. */
  eid: number;
  /** Endpoint ids of the chains it talks to. */
  remoteEids: readonly number[];
  /** All of them are required in the default configuration. Our paths set their own explicitly. */
  dvns: readonly DvnSpec[];
  /** Blocks on the source before a DVN's word counts. */
  confirmations: bigint;
  pricing: LayerZeroPricing;
};

export type LayerZeroPricing = {
  /** USD for one native token, times 1e20. */
  nativeTokenPriceUsd: bigint;
  /** One remote native token in local native tokens, times 1e20. */
  priceRatio: bigint;
  /** Wei of a unit of gas on the remote chain. */
  gasPrice: bigint;
  /** Gas of a byte of calldata. */
  gasPerByte: number;
  /** Gas that a DVN's verification is charged for. */
  dvnGas: bigint;
  /** Gas that lzReceive is charged for beyond what the options ask. */
  lzReceiveBaseGas: bigint;
  lzComposeBaseGas: bigint;
  /** Premium of the workers in basis points; 12000 is cost plus 20%. */
  multiplierBps: number;
  /** The most native token that an option may drop on the receiver, in wei. */
  nativeCap: bigint;
  maxMessageSize: number;
};

/** Three chains that cost the same: a fee is the remote gas at 1 gwei plus a fifth. */
export const DEFAULT_PRICING: LayerZeroPricing = {
  nativeTokenPriceUsd: 2_000n * 10n ** 20n,
  priceRatio: 10n ** 20n,
  gasPrice: 10n ** 9n,
  gasPerByte: 16,
  dvnGas: 80_000n,
  lzReceiveBaseGas: 60_000n,
  lzComposeBaseGas: 30_000n,
  multiplierBps: 12_000,
  nativeCap: 10n ** 18n,
  maxMessageSize: 10_000,
};

export type LayerZeroDvn = { name: string; address: Address; vid: number; signers: readonly Address[]; quorum: number };

export type LayerZeroStack = {
  chainId: number;
  eid: number;
  endpoint: Address;
  sendUln: Address;
  receiveUln: Address;
  treasury: Address;
  priceFeed: Address;
  executor: Address;
  executorFeeLib: Address;
  dvnFeeLib: Address;
  /** In the order of the specification. ULN lists want `sortedDvns`. */
  dvns: readonly LayerZeroDvn[];
};

/** Price feeds and DVNs name a chain by the id it would have in version 1. */
export const versionOneEid = (eid: number): number => eid % 30_000;

/** Addresses of DVNs as a ULN configuration wants them: ascending, no duplicates. */
export function sortedDvns(stack: Pick<LayerZeroStack, "dvns">): Address[] {
  return stack.dvns.map(({ address }) => address).sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
}
