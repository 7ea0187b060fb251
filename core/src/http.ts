/** The HTTP face of a process: /health, /ready, /metrics and its own read-only JSON routes. */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Common } from "./common.ts";
import { WeighlockError } from "./errors.ts";
import { toPlain } from "./plain.ts";

const MAX_HEADER_BYTES = 8 * 1024;
const MAX_TARGET_LENGTH = 2_048;

export type RouteRequest = { params: Readonly<Record<string, string>>; query: URLSearchParams; signal: AbortSignal };
/** What it returns is sent as JSON (bigints as strings); undefined is a 404. */
export type Route = (request: RouteRequest) => unknown;
/** Keys are paths; a segment `:name` fills `params.name`: `/signatures/:lane/:count`. */
export type Routes = Readonly<Record<string, Route>>;
/** The reasons for not being ready; none means ready. */
export type ReadyCheck = () => readonly string[] | Promise<readonly string[]>;

export type HttpServer = { host: string; port: number; url: string; close(): Promise<void> };

/** Thrown by a route to answer with its status and message. */
export class HttpError extends WeighlockError {
  override name = "HttpError";
  readonly status: number;
  constructor(status: number, shortMessage: string, details: Readonly<Record<string, unknown>> = {}) {
    super(shortMessage, { details });
    this.status = status;
  }
}

/** Resolves when it listens; closes on shutdown. Port 0 takes a free one. GET and HEAD only, no request bodies. */
export async function createHttpServer({
  common,
  port = 0,
  host = "127.0.0.1",
  ready = () => [],
  routes = {},
}: {
  common: Common;
  port?: number;
  host?: string;
  ready?: ReadyCheck;
  routes?: Routes;
}): Promise<HttpServer> {
  const { logger, metrics, shutdown } = common;
  const startedAt = Date.now();
  const all: Routes = {
    ...routes,
    "/health": () => ({ status: "ok", service: common.service, uptimeSeconds: (Date.now() - startedAt) / 1000 }),
    "/ready": async () => {
      const reasons = shutdown.signal.aborted ? ["stopping"] : await ready();
      if (reasons.length > 0) throw new HttpError(503, "not ready", { reasons });
      return { status: "ready" };
    },
  };
  const table = Object.entries(all).map(([path, route]) => ({ segments: path.split("/"), route }));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== "GET" && request.method !== "HEAD") throw new HttpError(405, "only GET is served here");
    if (request.headers["transfer-encoding"] || Number(request.headers["content-length"] ?? 0) > 0) {
      throw new HttpError(413, "a request here has no body");
    }
    const target = request.url ?? "/";
    if (target.length > MAX_TARGET_LENGTH) throw new HttpError(414, "the address is too long");
    if (!URL.canParse(target, "http://localhost")) throw new HttpError(400, "the address can't be read");
    const { pathname, searchParams } = new URL(target, "http://localhost");
    if (pathname === "/metrics") {
      const text = await metrics.registry.metrics();
      response.writeHead(200, { "content-type": metrics.registry.contentType }).end(text);
      return;
    }
    for (const { segments, route } of table) {
      const params = matchPath(segments, pathname.split("/"));
      if (!params) continue;
      const body = await route({ params, query: searchParams, signal: shutdown.signal });
      if (body === undefined) throw new HttpError(404, "nothing is known under this address", { path: pathname });
      send(response, 200, body);
      return;
    }
    throw new HttpError(404, "no such address", { path: pathname, known: [...Object.keys(all), "/metrics"] });
  }

  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: 10_000, headersTimeout: 5_000, keepAliveTimeout: 2_000 },
    (request, response) => {
      answer(request, response).catch((error: unknown) => {
        if (response.headersSent) return response.destroy();
        if (error instanceof HttpError) {
          if (error.status === 413) response.setHeader("connection", "close");
          return send(response, error.status, { error: error.shortMessage, ...error.details });
        }
        logger.error({ err: error, path: request.url }, "request failed");
        return send(response, 500, { error: "internal error; the log has the cause" });
      });
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });

  const { port: boundPort } = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
    });
    return closing;
  };
  shutdown.onStop("http", close);
  return { host, port: boundPort, url: `http://${host.includes(":") ? `[${host}]` : host}:${boundPort}`, close };
}

function matchPath(pattern: readonly string[], path: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== path.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const actual = path[index] ?? "";
    if (!expected.startsWith(":")) {
      if (expected !== actual) return undefined;
      continue;
    }
    try {
      params[expected.slice(1)] = decodeURIComponent(actual);
    } catch {
      throw new HttpError(400, "the address can't be read");
    }
  }
  return params;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(`${JSON.stringify(toPlain(body))}\n`);
}
