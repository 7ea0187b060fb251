import { createServer } from "node:net";

// The system may offer a port again as soon as it is closed, before the child that was promised it has bound it.
const promised = new Set<number>();

/** A TCP port on 127.0.0.1 that was free a moment ago, and that this process has not given out before. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = await probe();
    if (promised.has(port)) continue;
    promised.add(port);
    return port;
  }
}

function probe(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port: 0, host: "127.0.0.1" }, () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === "string") reject(new Error("the probe socket has no port"));
        else resolve(address.port);
      });
    });
  });
}
