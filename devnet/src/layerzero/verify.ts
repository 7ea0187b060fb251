/** Reads a chain's LayerZero back and compares every setting with what was asked for. */

import { type Address, type PublicClient, zeroAddress } from "viem";
import { assertReadBack, check, type Read } from "../readBack.ts";
import { dvnAbi, endpointAbi, executorAbi, priceFeedAbi, receiveUlnAbi, sendUlnAbi } from "./abi.ts";
import { ADMIN_ROLE, verifyAdmins } from "./dvnAdmin.ts";
import { type LayerZeroDvn, type LayerZeroSpec, type LayerZeroStack, sortedDvns, versionOneEid } from "./stack.ts";

/**
 * Asserts the wiring of one chain. All calls go in one request.
 * @param admins who must hold each DVN's ADMIN_ROLE, by the DVN's name; nobody else may.
 * @returns how many values were compared.
 * @throws WiringMismatchError that lists every difference.
 */
export async function verifyLayerZero({
  client,
  stack,
  spec,
  deployer,
  admins,
}: {
  client: PublicClient;
  stack: LayerZeroStack;
  spec: LayerZeroSpec;
  deployer: Address;
  admins: Readonly<Record<string, readonly Address[]>>;
}): Promise<number> {
  const context = { client, stack, spec };
  const [checked] = await Promise.all([
    assertReadBack(`LayerZero on chain ${stack.chainId}`, [
      ...endpointChecks({ ...context, deployer }),
      ...ulnChecks(context),
      ...executorChecks({ ...context, deployer }),
      ...stack.dvns.flatMap((dvn) => dvnChecks({ ...context, dvn })),
      ...priceChecks(context),
    ]),
    ...stack.dvns.map((dvn) => verifyAdmins({ client, dvn: dvn.address, admins: admins[dvn.name] ?? [] })),
  ]);
  return checked;
}

type Context = { client: PublicClient; stack: LayerZeroStack; spec: LayerZeroSpec };

function endpointChecks({ client, stack, spec, deployer }: Context & { deployer: Address }): Read[] {
  const { sendUln, receiveUln } = stack;
  const at = { address: stack.endpoint, abi: endpointAbi } as const;
  return [
    check("endpoint eid", stack.eid, client.readContract({ ...at, functionName: "eid" })),
    check("endpoint owner", deployer, client.readContract({ ...at, functionName: "owner" })),
    ...[sendUln, receiveUln].map((lib) =>
      check(
        `library ${lib} registered`,
        true,
        client.readContract({ ...at, functionName: "isRegisteredLibrary", args: [lib] }),
      ),
    ),
    ...spec.remoteEids.flatMap((eid) => [
      check(
        `default send library to ${eid}`,
        sendUln,
        client.readContract({ ...at, functionName: "defaultSendLibrary", args: [eid] }),
      ),
      check(
        `default receive library from ${eid}`,
        receiveUln,
        client.readContract({ ...at, functionName: "defaultReceiveLibrary", args: [eid] }),
      ),
      check(
        `grace of an older receive library from ${eid}`,
        [zeroAddress, 0n],
        client.readContract({ ...at, functionName: "defaultReceiveLibraryTimeout", args: [eid] }),
      ),
    ]),
  ];
}

function ulnChecks({ client, stack, spec }: Context): Read[] {
  const requiredDVNs = sortedDvns(stack);
  const config = {
    confirmations: spec.confirmations,
    requiredDVNCount: requiredDVNs.length,
    optionalDVNCount: 0,
    optionalDVNThreshold: 0,
    requiredDVNs,
    optionalDVNs: [],
  };
  const send = { address: stack.sendUln, abi: sendUlnAbi } as const;
  const receive = { address: stack.receiveUln, abi: receiveUlnAbi } as const;
  const executor = { maxMessageSize: spec.pricing.maxMessageSize, executor: stack.executor };
  return [
    check("treasury", stack.treasury, client.readContract({ ...send, functionName: "treasury" })),
    // The zero address is the key under which the default is stored.
    ...spec.remoteEids.flatMap((eid) => [
      check(
        `send ULN default to ${eid}`,
        config,
        client.readContract({ ...send, functionName: "getUlnConfig", args: [zeroAddress, eid] }),
      ),
      check(
        `receive ULN default from ${eid}`,
        config,
        client.readContract({ ...receive, functionName: "getUlnConfig", args: [zeroAddress, eid] }),
      ),
      check(
        `executor default to ${eid}`,
        executor,
        client.readContract({ ...send, functionName: "getExecutorConfig", args: [zeroAddress, eid] }),
      ),
    ]),
  ];
}

function executorChecks({ client, stack, spec, deployer }: Context & { deployer: Address }): Read[] {
  const at = { address: stack.executor, abi: executorAbi } as const;
  const { lzReceiveBaseGas, multiplierBps, nativeCap, lzComposeBaseGas } = spec.pricing;
  const config = [lzReceiveBaseGas, multiplierBps, 0n, nativeCap, lzComposeBaseGas];
  return [
    check("executor endpoint", stack.endpoint, client.readContract({ ...at, functionName: "endpoint" })),
    check("executor eid", stack.eid, client.readContract({ ...at, functionName: "localEidV2" })),
    check("executor fee library", stack.executorFeeLib, client.readContract({ ...at, functionName: "workerFeeLib" })),
    check("executor price feed", stack.priceFeed, client.readContract({ ...at, functionName: "priceFeed" })),
    check(
      "executor admin",
      true,
      client.readContract({ ...at, functionName: "hasRole", args: [ADMIN_ROLE, deployer] }),
    ),
    ...spec.remoteEids.map((eid) =>
      check(
        `executor config to ${eid}`,
        config,
        client.readContract({ ...at, functionName: "dstConfig", args: [eid] }),
      ),
    ),
  ];
}

function dvnChecks({ client, stack, spec, dvn }: Context & { dvn: LayerZeroDvn }): Read[] {
  const at = { address: dvn.address, abi: dvnAbi } as const;
  const { dvnGas, multiplierBps } = spec.pricing;
  const name = `DVN ${dvn.name}`;
  const signers = client.readContract({ ...at, functionName: "getSigners" });
  return [
    check(`${name} vid`, versionOneEid(stack.eid), client.readContract({ ...at, functionName: "vid" })),
    check(`${name} eid`, stack.eid, client.readContract({ ...at, functionName: "localEidV2" })),
    check(`${name} quorum`, BigInt(dvn.quorum), client.readContract({ ...at, functionName: "quorum" })),
    check(
      `${name} signers`,
      [...dvn.signers].sort(),
      signers.then((list) => [...list].sort()),
    ),
    check(`${name} fee library`, stack.dvnFeeLib, client.readContract({ ...at, functionName: "workerFeeLib" })),
    check(`${name} price feed`, stack.priceFeed, client.readContract({ ...at, functionName: "priceFeed" })),
    ...spec.remoteEids.flatMap((eid) => [
      check(
        `${name} config to ${eid}`,
        [dvnGas, multiplierBps, 0n],
        client.readContract({ ...at, functionName: "dstConfig", args: [eid] }),
      ),
      check(
        `${name} fee to ${eid} above zero`,
        true,
        client
          .readContract({ ...at, functionName: "getFee", args: [eid, spec.confirmations, zeroAddress, "0x"] })
          .then((fee) => fee > 0n),
      ),
    ]),
  ];
}

function priceChecks({ client, stack, spec }: Context): Read[] {
  const { pricing } = spec;
  const at = { address: stack.priceFeed, abi: priceFeedAbi } as const;
  const price = {
    priceRatio: pricing.priceRatio,
    gasPriceInUnit: pricing.gasPrice,
    gasPerByte: pricing.gasPerByte,
  };
  return [
    check(
      "native token price",
      pricing.nativeTokenPriceUsd,
      client.readContract({ ...at, functionName: "nativeTokenPriceUSD" }),
    ),
    ...spec.remoteEids.map((eid) =>
      check(
        `price of ${eid}`,
        price,
        client.readContract({ ...at, functionName: "getPrice", args: [versionOneEid(eid)] }),
      ),
    ),
  ];
}
