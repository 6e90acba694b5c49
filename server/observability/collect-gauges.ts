import type { Database } from "@/server/adapters/db/database";
import type { MarketFeed } from "@/server/market";
import type { Clocks } from "@/server/shared";
import type { Metrics } from "./metrics";

type From = {
  readonly db: Database;
  readonly feed: MarketFeed;
  readonly clocks: Clocks;
  /** Whether durable work is embedded: an Inngest server keeps its own books. */
  readonly embedded: boolean;
  readonly onError: (error: unknown) => void;
};

/** Asks for what is only true at the moment: jobs, lags, the age of prices. A part that fails is counted and left out, the rest is still told. */
export async function collectGauges(m: Metrics, from: From): Promise<void> {
  const parts: Readonly<Record<string, () => Promise<void>>> = {
    events: () => collectEvents(m, from),
    market: () => collectPrices(m, from),
    alerts: () => collectAlerts(m, from),
    ...(from.embedded ? { engine: () => collectJobs(m, from) } : {}),
  };
  for (const [part, collect] of Object.entries(parts)) {
    await collect().catch((error: unknown) => {
      m.scrapeFailures.inc({ part });
      from.onError(error);
    });
  }
}

async function collectJobs(m: Metrics, { db, clocks }: From): Promise<void> {
  const now = new Date(clocks.wall.now());
  // Leases go by the database's clock, as where jobs are taken; what is due by the clock that planned it.
  const [jobs] = await db.prisma.$queryRaw<{ due: number; running: number; planned: number; oldest: Date | null }[]>`
    SELECT count(*) FILTER (WHERE free AND "dueAt" <= ${now}::timestamptz)::int AS due, count(*) FILTER (WHERE NOT free)::int AS running,
           count(*) FILTER (WHERE free AND "dueAt" > ${now}::timestamptz)::int AS planned,
           min("dueAt") FILTER (WHERE free AND "dueAt" <= ${now}::timestamptz) AS oldest
      FROM (SELECT "dueAt", coalesce("leaseUntil" < clock_timestamp(), true) AS free FROM "EngineJob") j`;
  if (!jobs) return;
  for (const state of ["due", "running", "planned"] as const) m.engineJobs.set({ state }, jobs[state]);
  m.engineLag.set(secondsBetween(jobs.oldest, now));
}

async function collectEvents(m: Metrics, { db, clocks }: From): Promise<void> {
  const waiting = await db.prisma.event.aggregate({ where: { seq: null }, _count: true, _min: { at: true } });
  m.eventsUnsequenced.set(waiting._count);
  m.eventLag.set(secondsBetween(waiting._min.at, new Date(clocks.wall.now())));
}

async function collectAlerts(m: Metrics, { db }: From): Promise<void> {
  for (const severity of ["warning", "critical"])
    m.alerts.set({ severity }, await db.prisma.alert.count({ where: { severity, openKey: { not: null } } }));
}

async function collectPrices(m: Metrics, { feed, clocks }: From): Promise<void> {
  const at = clocks.market.now();
  m.priceAge.reset();
  for (const { symbol } of feed.symbols()) {
    const price = await feed.price({ symbol, at });
    if (price) m.priceAge.set({ symbol }, Math.max(0, at - price.at) / 1000);
  }
}

/** 0 when there is nothing that waits, or clocks differ. */
const secondsBetween = (from: Date | null, to: Date): number => (from ? Math.max(0, to.getTime() - from.getTime()) / 1000 : 0);
