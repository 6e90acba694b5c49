import { expect, it } from "vitest";
import type { Database } from "@/server/adapters/db/database";
import { PrismaMarketSourceRepository } from "@/server/adapters/db/prisma-market-source-repository";
import { PrismaMonitorStore } from "@/server/adapters/db/prisma-monitor-store";
import { workspaceOfAgent } from "@/server/adapters/db/workspace-of-agent";
import { systemScope } from "@/server/auth/scope";
import { type BreakerAnswer, type BreakerInputs, DEFAULT_BREAKERS, type MitigationStep, Monitor, replayBreakers } from "@/server/risk";
import { fixed, HOUR_MS } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import { liveAgents, TEST_CONFIG } from "@/server/testing/live-agents";
import { binancePublicApi } from "@/server/testing/public-venues/binance-public-api";
import { coinbasePublicApi } from "@/server/testing/public-venues/coinbase-public-api";
import { krakenPublicApi } from "@/server/testing/public-venues/kraken-public-api";
import { PublicMarket } from "@/server/testing/public-venues/public-market";
import { VenueServer } from "@/server/testing/public-venues/venue-server";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { VenueRegistry } from "./exchange/venue-registry";
import { SimulatedMarketFeed } from "./simulated-market-feed";
import { WorkspaceFeeds } from "./workspace-feeds";
import { WorkspaceVenuePrices } from "./workspace-venue-prices";

const START = Date.UTC(2026, 10, 20, 9, 30);
const MINUTE = 60_000;
/** Two and a half per cent of the price of BTC, in hundredths: a little more than the threshold of two. */
const DRIFT = 242_500;

/** A workspace on Binance, with Kraken and a Coinbase that is down beside it: servers that speak the venues' public REST. */
async function besideEachOther(db: Database) {
  const seeded = await seedWorkspace(db);
  const [binance, kraken, coinbase] = [new PublicMarket(START), new PublicMarket(START), new PublicMarket(START)];
  const servers = {
    binance: await VenueServer.start(binancePublicApi, binance),
    kraken: await VenueServer.start(krakenPublicApi, kraken),
    coinbase: await VenueServer.start(coinbasePublicApi, coinbase),
  };
  const urls = { binance: servers.binance.urls, kraken: servers.kraken.urls, coinbase: servers.coinbase.urls };
  await servers.coinbase.stop();
  const pass = (ms: number): void => {
    for (const m of [binance, kraken, coinbase]) m.now += ms;
  };
  const wall = { now: () => binance.now };
  const base = new SimulatedMarketFeed(7);
  const venues = new VenueRegistry({
    wall,
    sleep: async (ms) => pass(ms),
    random: () => 0.5,
    spacingMs: 1,
    symbols: base.symbols().map((s) => s.symbol),
    staleAfterMs: 3 * MINUTE,
    urls,
  });
  const sources = new PrismaMarketSourceRepository(db);
  const feeds = new WorkspaceFeeds({ base, venues, choices: () => sources.all(), workspaceOf: workspaceOfAgent(db), wall });
  await sources.set(seeded.scope, "BTC/USDT", "binance", START);
  feeds.forget();
  const live = liveAgents(db, { start: START, feed: base, feeds });
  live.clock.now = wall.now;
  const { agentId } = await live.service.create(seeded.scope, { config: TEST_CONFIG, capital: fixed("1000") });
  await live.service.start(seeded.scope, agentId);
  await live.scheduler.finishTransition(seeded.workspaceId, agentId);
  const monitor = new Monitor({
    store: new PrismaMonitorStore(db),
    mitigation: live.service,
    feeds,
    venues: new WorkspaceVenuePrices({ feeds, venues, wall, sleep: (ms) => new Promise((done) => setTimeout(done, ms).unref()) }),
    clocks: { wall: live.clock, market: live.market },
    build: "test",
    scopeOf: systemScope,
  });
  const { workspaceId } = seeded;
  const goesTo = async (upTo: MitigationStep) => {
    const settings = { workspace: { "venue-divergence": { ...DEFAULT_BREAKERS["venue-divergence"], upTo } }, agents: {} };
    await db.prisma.breakerSettings.upsert({ where: { workspaceId }, create: { workspaceId, settings }, update: { settings } });
  };
  /** Time passes, and the monitoring looks. */
  const later = async (ms: number) => {
    pass(ms);
    return monitor.check();
  };
  const state = async () => (await db.prisma.agent.findUniqueOrThrow({ where: { id: agentId } })).tradingState;
  const alerts = () => db.prisma.alert.findMany({ where: { workspaceId, kind: "venue-divergence" }, orderBy: { raisedAt: "asc" } });
  const decisions = () => db.prisma.breakerDecision.findMany({ where: { workspaceId, agentId }, orderBy: { decidedAt: "asc" } });
  const close = () => Promise.all([venues.close(), servers.binance.stop(), servers.kraken.stop()]);
  return { ...seeded, ...live, agentId, kraken, goesTo, later, state, alerts, decisions, close };
}

describeDatabase("venues whose prices drift apart", (db) => {
  it("are told of, then trading is reduced and halted as far as is set, and goes on when they agree again", async () => {
    const a = await besideEachOther(db());
    try {
      await a.goesTo("alert");
      expect(await a.later(2 * MINUTE)).toMatchObject({ acted: 0, raised: 0 });
      // Kraken drifts; Coinbase, which is down, is left out.
      a.kraken.shift = DRIFT;
      expect(await a.later(3 * MINUTE)).toMatchObject({ raised: 1 });
      expect(await a.state()).toBe("active");
      const [told] = await a.alerts();
      expect(told?.text).toMatch(/^BTC\/USDT: prices of two venues are apart by 2\.[45]\d %, the threshold is 2\.00 %/);

      await a.goesTo("halt");
      await a.later(HOUR_MS);
      expect(await a.state()).toBe("reducing");
      await a.later(MINUTE);
      expect(await a.state()).toBe("reducing");
      await a.later(HOUR_MS);
      expect(await a.state()).toBe("halted");
      for (const d of await a.decisions())
        expect(replayBreakers(d.inputs as unknown as BreakerInputs, d.answers as unknown as BreakerAnswer[])).toMatchObject({ identical: true });

      a.kraken.shift = 0;
      // The bars that drifted are past once they are no longer the last ones.
      await a.later(3 * MINUTE);
      expect((await a.alerts()).every((x) => x.openKey === null)).toBe(true);
      // A breaker never lets trading go on by itself: a person does, and nothing stops it again.
      expect(await a.state()).toBe("halted");
      await a.service.letTrade(a.scope, a.agentId);
      expect(await a.later(2 * MINUTE)).toMatchObject({ acted: 0, raised: 0 });
      expect(await a.state()).toBe("active");
    } finally {
      await a.close();
    }
  });
});
