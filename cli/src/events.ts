/** One contract's events of one kind, over ranges of blocks of any length. */

import type { ChainClient } from "@weighlock/core/chains.ts";
import { readRanges } from "@weighlock/core/ranges.ts";
import type { Abi, Address, ContractEventArgs, ContractEventName, GetContractEventsReturnType } from "viem";

export type EventLog<Contract extends Abi, Name extends ContractEventName<Contract>> = GetContractEventsReturnType<
  Contract,
  Name,
  true,
  bigint,
  bigint
>[number];

/** In block order, up to the newest block unless told. `isEnough` stops it; `newestFirst` starts at the end. */
export async function readEvents<const Contract extends Abi, Name extends ContractEventName<Contract>>({
  client,
  address,
  abi,
  eventName,
  args,
  from,
  to,
  newestFirst = false,
  isEnough,
}: {
  client: ChainClient;
  address: Address;
  abi: Contract;
  eventName: Name;
  /** Only indexed ones; an array means any of its values. */
  args?: ContractEventArgs<Contract, Name>;
  from: bigint | number;
  to?: bigint | undefined;
  newestFirst?: boolean;
  isEnough?: (logs: readonly EventLog<Contract, Name>[]) => boolean;
}): Promise<EventLog<Contract, Name>[]> {
  return readRanges({
    from: BigInt(from),
    to: to ?? (await client.getBlockNumber()),
    newestFirst,
    ...(isEnough && { isEnough }),
    // Which type `args` has depends on the event, and viem can't tell that for an event that is still open.
    read: (fromBlock, toBlock) =>
      client.getContractEvents({ address, abi, eventName, args, fromBlock, toBlock, strict: true } as never) as Promise<
        EventLog<Contract, Name>[]
      >,
  });
}
