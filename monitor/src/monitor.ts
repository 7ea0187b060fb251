/**
 * The monitor: reads every chain for itself, reconciles every lane and asset at each block, and judges every attestation.
 * Where it has a key it signs what it finds in order, for whoever resumes what was stopped.
 *
 * It shares transport with the other services and nothing that decides for them, and sends nothing. What it knows is in
 * memory and read again from the deployment's block at each start.
 */

import type { Common } from "@weighlock/core/common.ts";
import { createHttpServer, type HttpServer } from "@weighlock/core/http.ts";
import { privateKeyToAccount } from "viem/accounts";
import { createAttestationWatch } from "./attestationWatch.ts";
import { createChainView } from "./chainView.ts";
import type { MonitorSetup } from "./config.ts";
import { bucketsInUse } from "./detectors/bucketUse.ts";
import { shownContradictions } from "./detectors/contradiction.ts";
import { closedLanes } from "./detectors/laneClosed.ts";
import { largeReleases } from "./detectors/largeRelease.ts";
import { longQuarantines } from "./detectors/longQuarantine.ts";
import { privilegedActions } from "./detectors/privilegedAction.ts";
import { findProvable } from "./evidence.ts";
import { createFindings, type Found } from "./findings.ts";
import { createReconciler, type Reconciled } from "./reconciler.ts";
import { createReconciliationRoute } from "./reconciliationRoute.ts";
import { createRoutes } from "./routes.ts";
import { createChainSources } from "./sources.ts";
import { createWording } from "./wording.ts";

/** A reading older than this is none. */
const READING_VALID_MS = 30_000;

/** Resolves when it listens; it is ready when it has caught up with every chain. Ends with the shutdown. */
export async function createMonitor({
  common,
  setup: { settings, deployment, signerKey },
}: {
  common: Common;
  setup: MonitorSetup;
}): Promise<HttpServer> {
  const { logger, metrics, shutdown } = common;
  const { pollMs, maxRange, undecidedAlertSeconds, actionAlertSeconds } = settings;
  const findings = createFindings({ common });
  const sources = createChainSources({ chains: deployment.chains, sources: settings.sources, pollMs });
  const attestations = createAttestationWatch({
    common,
    sources,
    findings,
    pollMs,
    undecidedAlertMs: undecidedAlertSeconds * 1_000,
  });
  const blockNumber = metrics.gauge({
    name: "monitor_block_number",
    help: "The newest block that was read from a source.",
    labels: ["chain", "source"],
  });

  const views = sources.flatMap(({ deployment: chain, chain: { clients } }) =>
    clients.map((client, source) =>
      createChainView({
        common,
        deployment: chain,
        client,
        source,
        pollMs,
        maxRange,
        onAttested: attestations.offer,
        onChange: () => onChange(chain.name, chain.eid, source),
      }),
    ),
  );
  const wording = createWording(deployment);
  const reconciler = createReconciler({ common, deployment, views, findings, actionAlertSeconds, detect });

  async function detect(reconciled: Reconciled): Promise<Found[]> {
    const { reading, stopped, buckets, quarantines, contradictions, actions, pins, journalOf } = reconciled;
    const { lanes } = reading;
    const facts = findings.standing("fact");
    return [
      ...closedLanes(stopped, wording),
      ...longQuarantines(quarantines, { afterSeconds: settings.quarantineAlertSeconds, wording }),
      ...largeReleases(reading, wording),
      ...bucketsInUse(buckets, wording),
      ...privilegedActions(actions, { forSeconds: actionAlertSeconds, wording }),
      ...shownContradictions(contradictions, wording),
      ...(await findProvable({ pins, stopped, journalOf, facts, lanes, attestations, wording })),
    ];
  }

  function onChange(name: string, eid: number, source: number): void {
    const view = views.find((each) => each.deployment.name === name && each.source === source);
    const tip = view?.tip();
    if (tip) blockNumber.set({ chain: name, source: String(source) }, Number(tip.number));
    if (view?.broken()) findings.report("sources", brokenSources());
    attestations.wake(eid);
    reconciler.wake();
  }

  function brokenSources(): Found[] {
    return views.flatMap(({ deployment: { name }, source, broken }): Found[] => {
      const error = broken();
      if (error === undefined) return [];
      const { shortMessage: text, details: evidence } = error;
      return [
        { id: `source-broken:${name}:${source}`, level: "alert", kind: "source-broken", chain: name, text, evidence },
      ];
    });
  }

  function notReady(): string[] {
    const waits = views.flatMap(({ deployment: { name }, source, failure, isCaughtUp }) => {
      const reason = failure() ?? (isCaughtUp() ? undefined : "reading history");
      return reason === undefined ? [] : [`${name}, source ${source}: ${reason}`];
    });
    const last = reconciler.last();
    const isFresh = last !== undefined && Date.now() - last.at.getTime() < READING_VALID_MS;
    return isFresh ? waits : [...waits, `not reconciled: ${reconciler.failure() ?? "the last reading is old"}`];
  }

  const signer = signerKey === undefined ? undefined : privateKeyToAccount(signerKey);
  const reconciliation = createReconciliationRoute({
    ...{ logger, deployment, sources, signer, reconciler, findings, attestations, notReady },
    dismissed: settings.dismissed,
  });
  const running = Promise.all([...views.map((view) => view.run()), attestations.run(), reconciler.run()]);
  shutdown.onStop("monitor", () => running);
  const server = await createHttpServer({
    common,
    host: settings.host,
    port: settings.port,
    ready: notReady,
    routes: createRoutes({
      ...{ sources, views, findings, reconciler, reconciliation },
      openAttestations: () => attestations.open(),
      signer: signer?.address,
    }),
  });
  logger.info(
    { url: server.url, signer: signer?.address, chains: deployment.chains.map(({ name }) => name) },
    "listening",
  );
  return server;
}
