/**
 * The peer: LayerZero's own OFT, locking and releasing the same token between the same chains, over the same libraries,
 * DVNs and confirmations as our path, which are read from it and set explicitly too.
 */

import { FatalError } from "@weighlock/core/errors.ts";
import type { DevAccount } from "@weighlock/devnet/anvil.ts";
import { type Address, concat, encodeAbiParameters, erc20Abi, maxUint256, pad, parseAbi, toHex } from "viem";
import { benchArtifact } from "./artifacts.ts";
import type { BenchNetwork } from "./network.ts";
import { packetOf, type ReceiveGas, receivePacket, verifyPacket } from "./packet.ts";
import { freshAddress } from "./rounds.ts";
import { type Call, callOf, type Site } from "./site.ts";

/** One transfer, in gas. */
export type OftTransfer = ReceiveGas & { send: number; verify: number; total: number };
export type OftGas = {
  lock: { existing: OftTransfer; new: OftTransfer };
  release: { existing: OftTransfer; new: OftTransfer };
  /** Transfers whose recipient did not get exactly the amount. */
  missing: number;
};

const oftAbi = parseAbi([
  "struct SendParam { uint32 dstEid; bytes32 to; uint256 amountLD; uint256 minAmountLD; bytes extraOptions; bytes composeMsg; bytes oftCmd; }",
  "struct MessagingFee { uint256 nativeFee; uint256 lzTokenFee; }",
  "function setPeer(uint32 eid, bytes32 peer)",
  "function decimals() view returns (uint8)",
  "function quoteSend(SendParam sendParam, bool payInLzToken) view returns (MessagingFee fee)",
  "function send(SendParam sendParam, MessagingFee fee, address refundAddress) payable",
]);
const ulnAbi = parseAbi([
  "struct UlnConfig { uint64 confirmations; uint8 requiredDVNCount; uint8 optionalDVNCount; uint8 optionalDVNThreshold; address[] requiredDVNs; address[] optionalDVNs; }",
  "function getAppUlnConfig(address oapp, uint32 remoteEid) view returns (UlnConfig)",
]);
const endpointAbi = parseAbi([
  "struct SetConfigParam { uint32 eid; uint32 configType; bytes config; }",
  "function setSendLibrary(address oapp, uint32 eid, address lib)",
  "function setReceiveLibrary(address oapp, uint32 eid, address lib, uint256 gracePeriod)",
  "function setConfig(address oapp, address lib, SetConfigParam[] params)",
]);
const ulnConfigType = [
  {
    type: "tuple",
    components: [
      { name: "confirmations", type: "uint64" },
      { name: "requiredDVNCount", type: "uint8" },
      { name: "optionalDVNCount", type: "uint8" },
      { name: "optionalDVNThreshold", type: "uint8" },
      { name: "requiredDVNs", type: "address[]" },
      { name: "optionalDVNs", type: "address[]" },
    ],
  },
] as const;
const CONFIG_ULN = 2;

// Options of type 3: one executor option, lzReceive with 100,000 gas.
const OPTIONS = concat(["0x0003", "0x01", "0x0011", "0x01", toHex(100_000n, { size: 16 })]);
// 100 units of a token with 6 decimals.
const AMOUNT = 100_000_000n;

export async function measureOft({ network }: { network: BenchNetwork }): Promise<OftGas> {
  const { hub, vault, asset, keys } = network;
  const [user] = keys.traders;
  if (user === undefined) throw new RangeError("the network has no trader");
  const lock = await vault.deploy(benchArtifact("OftLock"), [
    asset.token,
    vault.chain.layerZero.endpoint,
    vault.deployer.address,
  ]);
  const mint = await hub.deploy(benchArtifact("OftMint"), [
    "Weighlock bench OFT",
    "OFT",
    hub.chain.layerZero.endpoint,
    hub.deployer.address,
  ]);
  await open({ site: vault, oft: lock, remote: hub, peer: mint });
  await open({ site: hub, oft: mint, remote: vault, peer: lock });
  await vault.send([
    callOf({ from: user, address: asset.token, abi: erc20Abi, functionName: "approve", args: [lock, maxUint256] }),
  ]);
  const minted = await hub.client.readContract({ address: mint, abi: oftAbi, functionName: "decimals" });
  const locked = await vault.client.readContract({ address: asset.token, abi: erc20Abi, functionName: "decimals" });
  const scale = 10n ** BigInt(minted - locked);

  const there = { network, src: vault, dst: hub, oft: lock, token: mint, user, amount: AMOUNT, scale };
  // Twice as much came in as each release takes out, so no balance ends at zero.
  const back = { network, src: hub, dst: vault, oft: mint, token: asset.token, user, amount: AMOUNT * scale, scale };
  const release = (to: Address) => transfer({ ...back, amount: back.amount / 2n, received: AMOUNT / 2n, to });
  const lockTo = (to: Address) => transfer({ ...there, received: AMOUNT * scale, to });

  // The first of each way writes slots that every later one finds written.
  const warm = [await lockTo(user.address), await release(user.address)];
  const transfers = {
    lock: { existing: await lockTo(user.address), new: await lockTo(freshAddress("oft lock")) },
    release: { existing: await release(user.address), new: await release(freshAddress("oft release")) },
  };
  const all = [...warm, ...Object.values(transfers.lock), ...Object.values(transfers.release)];
  const gas = (each: Transfer) => each.gas;
  return {
    lock: { existing: gas(transfers.lock.existing), new: gas(transfers.lock.new) },
    release: { existing: gas(transfers.release.existing), new: gas(transfers.release.new) },
    missing: all.filter(({ hasArrived }) => !hasArrived).length,
  };
}

/** Everything that our own path sets for its remote, set for an OFT by its owner. */
async function open({ site, oft, remote, peer }: { site: Site; oft: Address; remote: Site; peer: Address }) {
  const { endpoint, sendUln, receiveUln } = site.chain.layerZero;
  const { eid } = remote.chain;
  const path = site.chain.paths.find(({ isNetwork }) => isNetwork)?.address;
  if (path === undefined) throw new FatalError("The chain has no LayerZero path.");
  const configOf = async (uln: Address) => {
    const config = await site.client.readContract({
      address: uln,
      abi: ulnAbi,
      functionName: "getAppUlnConfig",
      args: [path, eid],
    });
    return [{ eid, configType: CONFIG_ULN, config: encodeAbiParameters(ulnConfigType, [config]) }];
  };
  const from: DevAccount = site.deployer;
  const at = { from, address: endpoint, abi: endpointAbi } as const;
  const calls: Call[] = [
    callOf({ from, address: oft, abi: oftAbi, functionName: "setPeer", args: [eid, pad(peer)] }),
    callOf({ ...at, functionName: "setSendLibrary", args: [oft, eid, sendUln] }),
    callOf({ ...at, functionName: "setReceiveLibrary", args: [oft, eid, receiveUln, 0n] }),
    callOf({ ...at, functionName: "setConfig", args: [oft, sendUln, await configOf(sendUln)] }),
    callOf({ ...at, functionName: "setConfig", args: [oft, receiveUln, await configOf(receiveUln)] }),
  ];
  await site.send(calls);
}

type Transfer = { gas: OftTransfer; hasArrived: boolean };

async function transfer({
  network,
  src,
  dst,
  oft,
  token,
  user,
  amount,
  received: arriving,
  to,
}: {
  network: BenchNetwork;
  src: Site;
  dst: Site;
  oft: Address;
  /** What the recipient gets, on `dst`. */
  token: Address;
  user: DevAccount;
  /** Local units of `src`. */
  amount: bigint;
  /** Local units of `dst`. */
  received: bigint;
  to: Address;
}): Promise<Transfer> {
  const sendParam = {
    dstEid: dst.chain.eid,
    to: pad(to),
    amountLD: amount,
    minAmountLD: amount,
    extraOptions: OPTIONS,
    composeMsg: "0x",
    oftCmd: "0x",
  } as const;
  const balance = () =>
    dst.client.readContract({ address: token, abi: erc20Abi, functionName: "balanceOf", args: [to] });
  const before = await balance();
  const fee = await src.client.readContract({
    address: oft,
    abi: oftAbi,
    functionName: "quoteSend",
    args: [sendParam, false],
  });
  const args = [sendParam, fee, user.address] as const;
  const call = callOf({ from: user, address: oft, abi: oftAbi, functionName: "send", args, value: fee.nativeFee });
  const [sent] = await src.send([call]);
  const at = { network, dst, packet: packetOf(sent) };
  const send = Number(sent?.gasUsed);
  const verify = await verifyPacket(at);
  const received = await receivePacket(at);
  return {
    gas: { send, verify, ...received, total: send + verify + received.commit + received.receive },
    hasArrived: (await balance()) - before === arriving,
  };
}
