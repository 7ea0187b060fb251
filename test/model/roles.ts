/** What guardians and the council do in a history: stop, resume with what a monitor signs, tighten and loosen. */

import { clearingHouseAbi } from "@weighlock/core/abi/clearingHouse.ts";
import { collateralVaultAbi } from "@weighlock/core/abi/collateralVault.ts";
import { gatewayAbi } from "@weighlock/core/abi/gateway.ts";
import { pauseControllerAbi } from "@weighlock/core/abi/pauseController.ts";
import { Scope, signReconciliation } from "@weighlock/core/reconciliation.ts";
import type { Direction, Ledger, Reasons } from "./ledger.ts";
import type { Random } from "./random.ts";
import { ASSETS, PUSH_GAS } from "./site.ts";
import type { LaneRules, Limit, VaultRules } from "./state.ts";
import { HUB, MONITOR, VAULTS, type World } from "./world.ts";

/** One direction of a lane, or an asset, on one chain. */
type Stop = { here: number } & ({ there: number; direction: Direction } | { asset: number });

const LANES = VAULTS.flatMap((vault) => [[HUB, vault] as const, [vault, HUB] as const]);
const STOPS: readonly Stop[] = [
  ...LANES.flatMap(([here, there]) => (["in", "out"] as const).map((direction) => ({ here, there, direction }))),
  ...[HUB, ...VAULTS].flatMap((here) => ASSETS.map((asset) => ({ here, asset }))),
];

export function createRoles({
  world,
  ledger,
  random,
  agree,
}: {
  world: World;
  ledger: Ledger;
  random: Random;
  agree: (what: string, reasons: Reasons, error: string | undefined) => void;
}) {
  const scopeOf = (stop: Stop) =>
    "asset" in stop ? { scope: Scope.asset, id: stop.asset } : { scope: Scope[stop.direction], id: stop.there };
  const isStopped = (stop: Stop) =>
    "asset" in stop
      ? ledger.isAssetPaused(stop.here, stop.asset)
      : ledger.isPaused(stop.here, stop.there, stop.direction);

  function onController(here: number, functionName: string, args: readonly unknown[]) {
    const { pauseController: to, deployer: from } = world.site(here);
    return world.send(here, { from, to, abi: pauseControllerAbi, functionName, args }, ledger.now);
  }

  async function stop(): Promise<void> {
    const chosen = random.pick(STOPS);
    const isFreeze = random.oneIn(5);
    const { scope, id } = scopeOf(chosen);
    const { error } = await onController(chosen.here, isFreeze ? "freeze" : "pause", [scope, id]);
    if ("asset" in chosen) {
      if (isFreeze) ledger.freezeAsset(chosen.here, chosen.asset);
      else ledger.pauseAsset(chosen.here, chosen.asset);
    } else if (isFreeze) ledger.freeze(chosen.here, chosen.there, chosen.direction);
    else ledger.pause(chosen.here, chosen.there, chosen.direction);
    agree(isFreeze ? "freeze" : "pause", [], error);
  }

  /** As the model has them: a monitor that signs another figure would be refused. */
  function figures(here: number, there: number, direction: Direction) {
    const vault = here === HUB ? there : here;
    const assets = ASSETS.filter((asset) => here !== HUB || ledger.isListed(vault, asset));
    const table =
      here === HUB
        ? direction === "in"
          ? ledger.credited
          : ledger.authorised
        : direction === "in"
          ? ledger.released
          : ledger.deposited;
    return assets.map((asset) => ({ asset, amount: table.get(vault, asset) }));
  }

  async function laneState(here: number, there: number, stopped: Stop) {
    const { node, gateway } = world.site(here);
    const read = { address: gateway, abi: gatewayAbi, functionName: "inbox", args: [there] } as const;
    const [, executedHead] = await node.client.readContract(read);
    const valueOut: Direction = here === HUB ? "out" : "in";
    const all = figures(here, there, "asset" in stopped ? valueOut : stopped.direction);
    const shown = all.filter(({ asset }) => !("asset" in stopped) || asset === stopped.asset);
    return {
      eid: there,
      executed: BigInt(ledger.lane(there, here).executed),
      executedHead,
      assets: shown.map(({ asset }) => asset),
      amounts: shown.map(({ amount }) => amount),
    };
  }

  async function resume(): Promise<void> {
    const stopped = STOPS.filter(isStopped);
    const chosen = random.pick(stopped.length === 0 || random.oneIn(8) ? STOPS : stopped);
    const { here } = chosen;
    const { scope, id } = scopeOf(chosen);
    const proposed = await onController(here, "proposeResume", [scope, id]);
    agree("proposeResume", isStopped(chosen) ? [] : ["NotStopped"], proposed.error);
    if (proposed.error !== undefined) return;
    ledger.pass(10n);
    const { stops, laneKey, assetKey, now } = ledger;
    const key = "asset" in chosen ? assetKey(here, chosen.asset) : laneKey(here, chosen.there, chosen.direction);
    const peers = "asset" in chosen ? ledger.lanesOf(here, chosen.asset) : [chosen.there];
    const lanes = await Promise.all(peers.map((peer) => laneState(here, peer, chosen)));
    const stoppedAt = stops.startedAt(key, now);
    const reconciliation = { scope, id, stoppedAt, lanes, observedAt: now };
    const { node, pauseController } = world.site(here);
    const at = { chainId: node.chainId, pauseController };
    const signature = await signReconciliation({ at, reconciliation, account: MONITOR });
    const { error } = await onController(here, "resume", [scope, id, reconciliation, signature]);
    agree("resume", isStopped(chosen) ? [] : ["NotStopped"], error);
    if ("asset" in chosen) ledger.resumeAsset(here, chosen.asset);
    else ledger.resume(here, chosen.there, chosen.direction);
  }

  /** Somewhere from `least` to `most` percent of it. */
  const changed = (value: bigint, least: number, most: number): bigint => {
    const percent = BigInt(least + random.below(most - least + 1));
    return (value * percent) / 100n + 1n;
  };
  function limitOf({ capacity, refill, large, share }: Limit, least: number, most: number): Limit {
    const grow = (value: bigint) => (random.oneIn(2) ? value : changed(value, least, most));
    const next = Number(changed(BigInt(share), least, most));
    return {
      ...{ capacity: grow(capacity), refill: grow(refill), large: grow(large) },
      share: random.oneIn(2) ? share : Math.min(100, Math.max(20, next)),
    };
  }

  async function setRules(verb: "tighten" | "loosen", least: number, most: number): Promise<void> {
    const [vault, asset] = [random.pick(VAULTS), random.pick(ASSETS)];
    const here = random.oneIn(2) ? HUB : vault;
    const { app: to, deployer: from } = world.site(here);
    const functionName = `${verb}Asset`;
    const minimum = (now: bigint) => (random.oneIn(6) ? now + BigInt(random.below(3)) : now);
    if (here === HUB) {
      const now: LaneRules = ledger.laneRules.get(`${vault}:${asset}`) ?? ledger.spec.laneRules;
      const next = {
        minWithdrawal: minimum(now.minWithdrawal),
        cap: random.oneIn(2) ? now.cap : changed(now.cap, least, most),
        limit: limitOf(now.limit, least, most),
      };
      const call = { from, to, abi: clearingHouseAbi, functionName, args: [vault, asset, next] };
      const { error } = await world.send(here, call, ledger.now);
      const told = verb === "tighten" ? ledger.tightenLane : ledger.loosenLane;
      return agree(`${verb} lane`, told(vault, asset, next), error);
    }
    const now: VaultRules = ledger.vaultRules.get(`${vault}:${asset}`) ?? ledger.spec.vaultRules;
    const next = { minDeposit: minimum(now.minDeposit), limit: limitOf(now.limit, least, most) };
    const args = [asset, { ...next, pushGas: PUSH_GAS }];
    const { error } = await world.send(here, { from, to, abi: collateralVaultAbi, functionName, args }, ledger.now);
    const told = verb === "tighten" ? ledger.tightenVault : ledger.loosenVault;
    return agree(`${verb} vault`, told(vault, asset, next), error);
  }

  return {
    stop,
    resume,
    tighten: () => setRules("tighten", 70, 102),
    loosen: () => setRules("loosen", 95, 135),
  };
}
