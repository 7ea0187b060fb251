/** The configuration file of the stranger's DVN. */

import { type Address, getAddress, type Hex, isAddress } from "viem";
import { z } from "zod";

const address = z
  .string()
  .refine((value) => isAddress(value, { strict: false }), "expected an address")
  .transform((value): Address => getAddress(value));
const privateKey = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, "expected 32 bytes of hex")
  .transform((value) => value as Hex);
const eid = z.number().int().min(1).max(0xffff_ffff);

const chainSchema = z.object({
  name: z.string().min(1),
  chainId: z.number().int().positive(),
  eid,
  rpcUrl: z.url(),
  endpoint: address,
  sendUln: address,
  receiveUln: address,
  /** This operator's DVN contract on that chain. */
  dvn: address,
  vid: z.number().int().nonnegative(),
  /** No packet is older. */
  fromBlock: z.number().int().nonnegative(),
});

export const strangerDvnConfigSchema = z.object({
  /** Signs verifications; the DVN's only signer. */
  signerKey: privateKey,
  /** Holds the DVN's ADMIN_ROLE, and gas. */
  adminKey: privateKey,
  chains: z.array(chainSchema).min(2),
  /** Where the scan's position is kept between runs. */
  cursorFile: z.string().min(1),
  host: z.string().default("127.0.0.1"),
  /** 0 takes a free one. */
  port: z.coerce.number().int().min(0).max(65_535).default(0),
  pollMs: z.number().int().positive().default(250),
  /** Packets verified in one transaction. */
  maxBatch: z.number().int().positive().max(100).default(25),
  /** How long a signature may be used, in seconds of the destination's clock. */
  expirySeconds: z.number().int().positive().default(3_600),
  logLevel: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
});

/** As written in the file. */
export type StrangerDvnConfigInput = z.input<typeof strangerDvnConfigSchema>;
export type StrangerDvnConfig = Readonly<z.output<typeof strangerDvnConfigSchema>>;
export type StrangerDvnChain = StrangerDvnConfig["chains"][number];
