import fs from "node:fs";
import http from "node:http";
import { Inngest } from "inngest";
import { serve as serveEdge } from "inngest/edge";
import { serve as serveNode } from "inngest/node";
import { openDatabase } from "@/server/adapters/db/open-database";
import { EmbeddedEngine } from "@/server/adapters/engine/embedded-engine";
import { casesOf } from "./all-cases";
import type { Note } from "./conformance-case";
import { dataOf } from "./conformance-case";

/** How a host runs: which functions, where it writes down what they say, and who drives them. */
export type HostConfig = {
  readonly port: number;
  /** Where an Inngest server reaches this host. */
  readonly origin: string;
  readonly journal: string;
  readonly kills: boolean;
  /** The embedded executor over this database; null: the Inngest server that INNGEST_* names. */
  readonly database: { readonly databaseUrl: string } | { readonly dataDir: string } | null;
  /** Breaks what a case looks for, to see that it looks. */
  readonly control?: "forgets event ids";
};

/** Short, so that what a killed process held is soon free for the next. */
const LEASE_MS = 6000;
const quiet = { info() {}, warn() {}, debug() {}, error() {} };

async function host(config: HostConfig): Promise<void> {
  const note: Note = (event, what, data) =>
    fs.appendFileSync(config.journal, `${JSON.stringify({ token: dataOf(event).token, what, data: data ?? null, at: Date.now() })}\n`);
  const onError = (error: unknown) => {
    if ((error as { code?: string }).code !== "FUNCTION_FAILED") console.error(error);
  };
  const db = config.database && (await openDatabase(config.database));
  const engine = db && new EmbeddedEngine({ db, wall: { now: () => Date.now() }, origin: config.origin, onError, leaseMs: LEASE_MS });
  const client = new Inngest({
    id: "memepulse-conformance",
    logger: quiet,
    ...(engine && { fetch: engine.fetch as typeof fetch, signingKey: engine.signingKey, eventKey: "embedded", isDev: false }),
  });
  const functions = casesOf(config.kills).flatMap((c) => [...c.functions(client, note)]);
  const inngest = serveNode({ client, functions });
  const server = http.createServer((req, res) => {
    const path = new URL(req.url ?? "/", config.origin).pathname;
    if (path === "/api/inngest") return inngest(req, res);
    void answer(path, req)
      .then((body) => res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body)))
      .catch((error: unknown) => res.writeHead(500).end(String(error)));
  });
  async function answer(path: string, req: http.IncomingMessage): Promise<unknown> {
    if (path === "/seen") return fs.existsSync(config.journal) ? fs.readFileSync(config.journal, "utf8") : "";
    if (path !== "/send") throw new Error(`there is no ${path}`);
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const events = JSON.parse(Buffer.concat(chunks).toString("utf8")) as { id?: string; name: string }[];
    return client.send(config.control ? events.map(({ id: _forgotten, ...event }) => event) : events);
  }
  await new Promise<void>((done) => server.listen(config.port, "0.0.0.0", done));
  if (engine) await engine.start(serveEdge({ client, functions }) as (request: Request) => Promise<Response>);
  else await register(config.origin);
  console.log("ready");
  process.on("SIGTERM", () => {
    void (engine?.stop() ?? Promise.resolve()).then(() => db?.close()).finally(() => process.exit(0));
  });
}

/** Tells the Inngest server, through the SDK, which functions are here. */
async function register(origin: string): Promise<void> {
  const answer = await fetch(`${origin}/api/inngest`, { method: "PUT", signal: AbortSignal.timeout(20_000) });
  if (!answer.ok) throw new Error(`the Inngest server did not take the functions (${answer.status}): ${await answer.text()}`);
}

await host(JSON.parse(process.argv[2] ?? "{}") as HostConfig);
