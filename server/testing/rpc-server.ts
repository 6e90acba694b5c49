import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type RpcServer = Awaited<ReturnType<typeof startRpcServer>>;

/** A local HTTP server in the place of a chain's JSON-RPC address. Remembers what it was asked. */
export async function startRpcServer(answer: (request: { method: string; id: number }, response: ServerResponse, raw: IncomingMessage) => void) {
  const requests: string[] = [];
  const server = createServer((raw, response) => {
    let body = "";
    raw.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    raw.on("end", () => {
      const request = JSON.parse(body || "{}") as { method: string; id: number };
      requests.push(request.method ?? raw.url ?? "");
      answer(request, response, raw);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
