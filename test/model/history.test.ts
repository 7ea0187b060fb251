import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createHistory } from "./history.ts";
import { createRandom } from "./random.ts";
import { differences } from "./views.ts";
import { createWorld, type World } from "./world.ts";

const SEEDS = (process.env.LEDGER_MODEL_SEED ?? "1,2,3").split(",").map(Number);
const STEPS = Number(process.env.LEDGER_MODEL_STEPS ?? 300);

let world: World;
const counts = new Map<string, number>();

beforeAll(async () => {
  world = await createWorld();
});
beforeEach(() => world.reset());
afterAll(() => world?.stop());

test.each(SEEDS)("the chains agree with the model after every action of history %i", async (seed) => {
  const history = await createHistory({ world, random: createRandom(seed) });
  for (let step = 1; step <= STEPS; step++) {
    const again = `LEDGER_MODEL_SEED=${seed} LEDGER_MODEL_STEPS=${step}`;
    const action = await history.step().catch((cause: unknown) => {
      throw new Error(`step ${step}: ${(cause as Error).message} (again: ${again})`, { cause });
    });
    expect(await differences(world, history.ledger), `after step ${step}, ${action} (again: ${again})`).toEqual([]);
  }
  for (const [what, times] of history.counts) counts.set(what, (counts.get(what) ?? 0) + times);
});

// Only what is done by default is known to reach everything.
test.runIf(process.env.LEDGER_MODEL_SEED === undefined)("the histories reach every end", () => {
  const ends = ["deposit", "withdraw", "signed", "request", "signed request", "execute", "transfer"];
  const finishing = ["retry", "returnRelease", "settle", "finish", "refund", "vetoRelease", "clearRelease", "strike"];
  const roles = [
    "pause",
    "freeze",
    "proposeResume",
    "resume",
    "tighten lane",
    "loosen lane",
    "tighten vault",
    "loosen vault",
  ];
  const parked = ["Refused", "Large", "AccountShare", "OverLimit", "AssetPaused", "Vetoed", "None"];
  const held = ["AssetUnlisted", "Returned", "Large", "OverLimit", "OverExposure", "AssetPaused"];
  const wanted = [
    ...[...ends, ...finishing, ...roles].map((what) => `${what}: done`),
    ...parked.map((reason) => `parked: ${reason}`),
    ...held.map((reason) => `held: ${reason}`),
  ];
  const missing = wanted.filter((what) => !counts.has(what));
  expect(missing, JSON.stringify([...counts], null, 1)).toEqual([]);
});
