/** A deployment of two chains that exists on paper: addresses to prove slots of, nothing behind them. */

import { PublicDeployment } from "@weighlock/core/deployment.ts";
import { createLanes, type Lane } from "../lane/lanes.ts";

const address = (digit: string) => `0x${digit.repeat(40)}`;

const chain = (name: string, eid: number, digits: [string, string, string, string]) => ({
  name,
  chainId: 31_337,
  eid,
  rpcUrl: "http://127.0.0.1:1",
  gateway: address(digits[0]),
  paths: [
    { name: "layerzero", address: address(digits[1]), index: 0, isNetwork: true },
    { name: "watcher", address: address(digits[2]), index: 1, isNetwork: false },
  ],
  assets: [],
  accessManager: address("f"),
  council: address("f"),
  guardian: address("f"),
  pauseController: address("f"),
  tipJar: address("f"),
  deployBlock: 0,
  layerZero: {
    endpoint: address(digits[3]),
    sendUln: address("f"),
    receiveUln: address("f"),
    executor: address("f"),
    dvns: [],
  },
});

export function createPaperDeployment(): PublicDeployment {
  return PublicDeployment.parse({
    chains: [
      { ...chain("hub", 40_701, ["1", "2", "3", "4"]), role: "hub", clearingHouse: address("a") },
      {
        ...chain("alpha", 40_702, ["5", "6", "7", "8"]),
        chainId: 31_338,
        role: "vault",
        vault: address("b"),
        permit2: address("b"),
      },
    ],
  });
}

/** alpha → hub. */
export function createPaperLane(): Lane {
  const [lane] = createLanes({ deployment: createPaperDeployment(), paths: {} });
  if (lane === undefined) throw new RangeError("the paper deployment has no lane");
  return lane;
}
