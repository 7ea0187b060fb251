/** A node's proxy that changes its answers: a source that lies to one reader. */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

type Lie = (result: unknown, params: readonly unknown[]) => unknown;

export type Liar = {
  url: string;
  /** Changes every later result of a method. */
  lie(method: string, change: Lie): void;
  close(): Promise<void>;
};

export async function startLiar({ target }: { target: string }): Promise<Liar> {
  const lies = new Map<string, Lie>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const answer = await fetch(target, { method: "POST", body, headers: { "content-type": "application/json" } });
    const json = (await answer.json()) as { result?: unknown };
    const { method, params = [] } = JSON.parse(body) as { method: string; params?: unknown[] };
    const change = lies.get(method);
    if (change && json.result !== undefined) json.result = change(json.result, params);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(json));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lie: (method, change) => lies.set(method, change),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
