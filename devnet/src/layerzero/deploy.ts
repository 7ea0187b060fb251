/** Deploys and wires LayerZero V2 on one chain. No chain needs another's addresses, so all chains go at once. */

import { type Address, zeroAddress } from "viem";
import type { Transactor } from "../transactor.ts";
import { type LayerZeroContract, layerZeroArtifact } from "./artifacts.ts";
import { type LayerZeroSpec, type LayerZeroStack, sortedDvns, versionOneEid } from "./stack.ts";

// As on the live networks: gas a treasury may use for its quote, and the cap on its fee.
const TREASURY_GAS = 100_000n;
const TREASURY_FEE_CAP = 10n ** 18n;
// Wei of one native token.
const NATIVE_DECIMALS_RATE = 10n ** 18n;

/**
 * Queues the whole stack on the transactor; the caller flushes it. The deployer ends as owner of every contract and
 * admin of the executor and of every DVN, until `handOverAdmin`.
 */
export function deployLayerZero({
  transactor,
  chainId,
  spec,
}: {
  transactor: Transactor;
  chainId: number;
  spec: LayerZeroSpec;
}): LayerZeroStack {
  const { eid, dvns: dvnSpecs } = spec;
  const deployer = transactor.address;
  const deploy = (name: LayerZeroContract, args: readonly unknown[] = [], label?: string): Address =>
    transactor.deploy({ artifact: layerZeroArtifact(name), args, label: label ?? `deploy ${name}` });

  const endpoint = deploy("EndpointV2", [eid, deployer]);
  const sendUln = deploy("SendUln302", [endpoint, TREASURY_GAS, TREASURY_FEE_CAP]);
  const receiveUln = deploy("ReceiveUln302", [endpoint]);
  const treasury = deploy("Treasury");
  const priceFeed = deploy("PriceFeed");
  const executor = deploy("Executor");
  const executorFeeLib = deploy("ExecutorFeeLib", [eid, NATIVE_DECIMALS_RATE]);
  const dvnFeeLib = deploy("DVNFeeLib", [eid, NATIVE_DECIMALS_RATE]);
  const vid = versionOneEid(eid);
  const dvns = dvnSpecs.map(({ name, signers, quorum }) => {
    const args = [eid, vid, [sendUln], priceFeed, signers, BigInt(quorum), [deployer]];
    return { name, address: deploy("DVN", args, `deploy DVN ${name}`), vid, signers, quorum };
  });
  const stack = {
    chainId,
    eid,
    endpoint,
    sendUln,
    receiveUln,
    treasury,
    priceFeed,
    executor,
    executorFeeLib,
    dvnFeeLib,
    dvns,
  };
  wire({ transactor, spec, stack });
  return stack;
}

function wire({
  transactor,
  spec,
  stack,
}: {
  transactor: Transactor;
  spec: LayerZeroSpec;
  stack: LayerZeroStack;
}): void {
  const { remoteEids, pricing, confirmations } = spec;
  const { endpoint, sendUln, receiveUln, priceFeed, executor } = stack;
  const deployer = transactor.address;
  const call = (name: LayerZeroContract, to: Address, functionName: string, args: readonly unknown[]): void =>
    transactor.call({ to, abi: layerZeroArtifact(name).abi, functionName, args, label: `${name}.${functionName}` });

  call("PriceFeed", priceFeed, "initialize", [deployer]);
  call("PriceFeed", priceFeed, "setNativeTokenPriceUSD", [pricing.nativeTokenPriceUsd]);
  const price = {
    priceRatio: pricing.priceRatio,
    gasPriceInUnit: pricing.gasPrice,
    gasPerByte: pricing.gasPerByte,
  };
  call("PriceFeed", priceFeed, "setPrice", [remoteEids.map((eid) => ({ eid: versionOneEid(eid), price }))]);

  call("Executor", executor, "initialize", [endpoint, zeroAddress, [sendUln], priceFeed, deployer, [deployer]]);
  call("Executor", executor, "setWorkerFeeLib", [stack.executorFeeLib]);
  const { lzReceiveBaseGas, lzComposeBaseGas, multiplierBps, nativeCap, dvnGas } = pricing;
  const executorConfig = { lzReceiveBaseGas, lzComposeBaseGas, multiplierBps, floorMarginUSD: 0n, nativeCap };
  call("Executor", executor, "setDstConfig", [remoteEids.map((dstEid) => ({ dstEid, ...executorConfig }))]);

  const dvnConfig = { gas: dvnGas, multiplierBps, floorMarginUSD: 0n };
  for (const { address } of stack.dvns) {
    call("DVN", address, "setWorkerFeeLib", [stack.dvnFeeLib]);
    call("DVN", address, "setDstConfig", [remoteEids.map((dstEid) => ({ dstEid, ...dvnConfig }))]);
  }

  const requiredDVNs = sortedDvns(stack);
  const config = {
    confirmations,
    requiredDVNCount: requiredDVNs.length,
    optionalDVNCount: 0,
    optionalDVNThreshold: 0,
    requiredDVNs,
    optionalDVNs: [],
  };
  const ulnConfigs = remoteEids.map((eid) => ({ eid, config }));
  call("SendUln302", sendUln, "setTreasury", [stack.treasury]);
  call("SendUln302", sendUln, "setDefaultUlnConfigs", [ulnConfigs]);
  call("SendUln302", sendUln, "setDefaultExecutorConfigs", [
    remoteEids.map((eid) => ({ eid, config: { maxMessageSize: pricing.maxMessageSize, executor } })),
  ]);
  call("ReceiveUln302", receiveUln, "setDefaultUlnConfigs", [ulnConfigs]);

  // A library is registered only once it supports the remote chains.
  for (const library of [sendUln, receiveUln]) call("EndpointV2", endpoint, "registerLibrary", [library]);
  for (const remote of remoteEids) {
    call("EndpointV2", endpoint, "setDefaultSendLibrary", [remote, sendUln]);
    // Grace 0: no older library stays valid beside this one.
    call("EndpointV2", endpoint, "setDefaultReceiveLibrary", [remote, receiveUln, 0n]);
  }
}
