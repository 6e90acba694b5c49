import { Inngest, type InngestFunction } from "inngest";
import { serve } from "inngest/edge";
import type { Database } from "@/server/adapters/db/database";
import { EmbeddedEngine } from "@/server/adapters/engine/embedded-engine";

export const ENGINE_ORIGIN = "http://127.0.0.1:4501";
export type Functions = (client: Inngest) => InngestFunction.Any[];

/** Runs like the machine's clock, and can be set forward. The SDK dates events by the machine's clock: a standing one would lag behind it. */
export class JumpingClock {
  #ahead = 0;
  now(): number {
    return Date.now() + this.#ahead;
  }
  jump(ms: number): void {
    this.#ahead += ms;
  }
  jumpTo(at: number): void {
    this.#ahead = at - Date.now();
  }
}

/** The embedded executor over a test database with real functions of the SDK, and a wall clock that the test moves forward. */
export function engineFixture(db: Database, functions: Functions, options: { clock?: JumpingClock; leaseMs?: number } = {}) {
  const clock = options.clock ?? new JumpingClock();
  const errors: unknown[] = [];
  const engine = new EmbeddedEngine({
    db,
    wall: clock,
    origin: ENGINE_ORIGIN,
    onError: (e) => void errors.push(e),
    ...(options.leaseMs ? { leaseMs: options.leaseMs } : {}),
  });
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
