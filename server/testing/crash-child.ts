import type { Database } from "@/server/adapters/db/database";
import { openDatabase } from "@/server/adapters/db/open-database";
import { PrismaOrderStore } from "@/server/adapters/db/prisma-order-store";
import { HttpExchangeClient } from "@/server/adapters/exchanges/paper/http-exchange-client";
import { systemScope } from "@/server/auth/scope";
import { HOUR_MS, MINUTE_MS } from "@/server/shared";
import { faultyDisk } from "./faulty-disk";
import { liveAgents } from "./live-agents";
import { ForgettingOrderStore, type NaiveStore, ResendingOrderStore } from "./naive-order-stores";
import { rolledModel } from "./rolled-model";
import type { TurnPoint } from "./turn-points";

/** Before or after the nth call of a port, or with half of the nth write to the data folder done, wherever that is. */
export type CrashPlace = `${"before" | "after"} ${TurnPoint}` | "within a write";

/** What one life of the process does: take up what was left, run ticks, and die at the nth time it comes to a point. */
export type CrashLife = {
  readonly database: { readonly databaseUrl: string } | { readonly dataDir: string };
  readonly venueUrl: string;
  readonly agent: { readonly workspaceId: string; readonly agentId: string };
  readonly seed: string;
  readonly start: number;
  readonly ticks: number;
  readonly crash: { readonly place: CrashPlace; readonly nth: number; readonly signal: "SIGKILL" | "SIGSTOP" } | null;
  readonly naive: NaiveStore | null;
};

const LEASE_OVER_MS = 3 * MINUTE_MS;
const HALT_EVERY = 7;

/** Ends (or stops) this very process when it comes to the place for the nth time. */
function dyingAt(crash: CrashLife["crash"]) {
  let seen = 0;
  const pass = (place: string): void => {
    if (!crash || place !== crash.place) return;
    seen += 1;
    if (seen === crash.nth) process.kill(process.pid, crash.signal);
  };
  return <T extends object>(name: string, port: T): T =>
    new Proxy(port, {
      get(target, key) {
        const member: unknown = Reflect.get(target, key, target);
        if (typeof member !== "function") return member;
        return (...args: unknown[]): unknown => {
          pass(`before ${name}.${String(key)}`);
          const answer: unknown = Reflect.apply(member, target, args);
          if (!(answer instanceof Promise)) return answer;
          return answer.then((value: unknown) => {
            pass(`after ${name}.${String(key)}`);
            return value;
          });
        };
      },
    });
}

async function storeOf({ naive, agent }: CrashLife, db: Database, exchange: HttpExchangeClient): Promise<PrismaOrderStore> {
  if (naive === "resends") return new ResendingOrderStore(db);
  if (naive === "forgets") return new ForgettingOrderStore(db, (await exchange.executions(agent.agentId, 0)).at(-1)?.sequence ?? 0);
  return new PrismaOrderStore(db);
}

async function live(life: CrashLife): Promise<void> {
  const db = await openDatabase(life.database);
  if (life.crash?.place === "within a write" && "dataDir" in life.database) {
    const disk = faultyDisk(life.database.dataDir);
    const { nth } = life.crash;
    disk.beforeWrite = (length) => (disk.writes === nth ? Math.floor(length / 2) : null);
  }
  const last = (await db.prisma.turn.aggregate({ where: { agentId: life.agent.agentId }, _max: { at: true } }))._max.at?.getTime();
  const start = last === undefined ? life.start : last + LEASE_OVER_MS;
  const exchange = new HttpExchangeClient(life.venueUrl);
  // The market went on while nobody was there: what was sent has been filled.
  await exchange.advanceTo(life.agent.agentId, start);
  const a = liveAgents(db, {
    start,
    exchange,
    model: rolledModel(life.seed),
    around: dyingAt(life.crash),
    owner: String(process.pid),
    orders: await storeOf(life, db, exchange),
  });
  const sweep = async (): Promise<void> => {
    for (const request of await a.runner.abandoned(100)) await a.runner.run(request);
    await a.runner.settleDue();
  };
  const scope = systemScope(life.agent.workspaceId);
  const { agentId, workspaceId } = life.agent;
  /** Whatever the last life left the agent in. */
  const ensureRunning = async (): Promise<void> => {
    const { status } = await a.agents.get(scope, agentId);
    if (status === "halted") await a.service.resume(scope, agentId);
    if (status === "halted" || status === "stopped") await a.service.start(scope, agentId);
    if (status !== "running") await a.scheduler.finishTransition(workspaceId, agentId);
  };
  await sweep();
  await ensureRunning();
  for (let i = 0; i < life.ticks; i++) {
    const at = (Math.floor(a.clock.time / HOUR_MS) + 1) * HOUR_MS;
    a.clock.time = at;
    await a.runner.run({ ...life.agent, tickId: `s:${at}`, at, trigger: { kind: "schedule" } });
    await sweep();
    // Now and then everything is halted and sold, and goes on afterwards.
    if (i % HALT_EVERY === HALT_EVERY - 1) {
      a.clock.time += MINUTE_MS;
      await a.service.kill(scope, { agentId, flatten: true });
      await ensureRunning();
    }
  }
  if (!life.crash) {
    a.clock.time += 3 * HOUR_MS;
    await sweep();
  }
  await db.close();
}

await live(JSON.parse(process.argv[2] ?? "{}") as CrashLife);
