import { Inngest, type InngestFunction } from "inngest";
import { serve } from "inngest/edge";
import type { Database } from "@/server/adapters/db/database";
import { EmbeddedEngine } from "@/server/adapters/engine/embedded-engine";
import { TestClock } from "./live-agents";

export const ENGINE_ORIGIN = "http://127.0.0.1:4501";
export type Functions = (client: Inngest) => InngestFunction.Any[];

/** The embedded executor over a test database with real functions of the SDK, and a wall clock that the test moves forward. */
export function engineFixture(db: Database, functions: Functions, options: { clock?: TestClock } = {}) {
  // The SDK refuses signatures much older than the machine's own time, so the clock begins there.
  const clock = options.clock ?? new TestClock(Date.now());
  const errors: unknown[] = [];
  const engine = new EmbeddedEngine({ db, wall: clock, origin: ENGINE_ORIGIN, onError: (e) => void errors.push(e) });
  const client = new Inngest({
    id: "test",
    checkpointing: false,
    fetch: engine.fetch as typeof fetch,
    signingKey: engine.signingKey,
    eventKey: "embedded",
    isDev: false,
    logger: { info() {}, warn() {}, error() {}, debug() {} },
  });
  const handler = serve({ client, functions: functions(client) }) as (request: Request) => Promise<Response>;
  const runs = () =>
    db.raw.query<{ functionId: string; status: string; output: unknown }>(`SELECT "functionId", status, output FROM "EngineRun" ORDER BY id`);
  return { clock, engine, client, handler, errors, runs, start: () => engine.start(handler) };
}
