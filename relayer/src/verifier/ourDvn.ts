/** Our DVN on each chain: which one it is, and whether the configured key can sign for it. */

import type { Chain } from "@weighlock/core/chains.ts";
import type { ChainDeployment, DvnDeployment } from "@weighlock/core/deployment.ts";
import { FatalError } from "@weighlock/core/errors.ts";
import { type Address, getAddress } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { dvnAbi } from "../layerzero/abi.ts";

export type OurDvn = DvnDeployment & { submitter: Address };

/** The configuration does not fit our DVN's contract. */
export class DvnMismatchError extends FatalError {
  override name = "DvnMismatchError";
}

/** `wanted` may be undefined where only one DVN has a submitter. Throws DvnMismatchError. */
export function findDvn({ name, layerZero }: ChainDeployment, wanted: string | undefined): OurDvn {
  const found = layerZero.dvns.flatMap(({ submitter, ...dvn }) =>
    submitter !== undefined && (wanted === undefined || dvn.name === wanted) ? [{ ...dvn, submitter }] : [],
  );
  const [dvn] = found;
  if (dvn && found.length === 1) return dvn;
  throw new DvnMismatchError("The deployment does not name exactly one DVN with a submitter; set `dvn`.", {
    details: { chain: name, dvn: wanted, known: layerZero.dvns.map((each) => each.name) },
  });
}

/** Throws DvnMismatchError unless the signer alone can sign for the DVN. */
export async function checkDvn({
  chain,
  dvn,
  signer,
}: {
  chain: Chain;
  dvn: OurDvn;
  signer: PrivateKeyAccount;
}): Promise<void> {
  const at = { address: dvn.address, abi: dvnAbi } as const;
  const [vid, quorum, signers] = await Promise.all([
    chain.client.readContract({ ...at, functionName: "vid" }),
    chain.client.readContract({ ...at, functionName: "quorum" }),
    chain.client.readContract({ ...at, functionName: "getSigners" }),
  ]);
  const isSigner = signers.some((each) => getAddress(each) === signer.address);
  if (vid === dvn.vid && quorum === 1n && isSigner) return;
  throw new DvnMismatchError(
    "Our DVN's contract does not fit the configuration; correct signerKey or the deployment.",
    {
      details: {
        chain: chain.name,
        dvn: dvn.address,
        vid,
        expectedVid: dvn.vid,
        quorum,
        signers,
        signer: signer.address,
      },
    },
  );
}
