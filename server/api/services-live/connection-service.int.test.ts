import { expect, it, vi } from "vitest";
import { readAudit } from "@/server/adapters/db/audit";
import type { Database } from "@/server/adapters/db/database";
import { PrismaMarketSourceRepository } from "@/server/adapters/db/prisma-market-source-repository";
import { workspaceOfAgent } from "@/server/adapters/db/workspace-of-agent";
import { VenueRegistry } from "@/server/adapters/market/exchange/venue-registry";
import { SimulatedMarketFeed } from "@/server/adapters/market/simulated-market-feed";
import { WorkspaceFeeds } from "@/server/adapters/market/workspace-feeds";
import { describeDatabase } from "@/server/testing/database";
import { krakenPublicApi } from "@/server/testing/public-venues/kraken-public-api";
import { PublicMarket, priceText } from "@/server/testing/public-venues/public-market";
import { VenueServer } from "@/server/testing/public-venues/venue-server";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { LiveConnectionService } from "./connection-service";

const NOW = Date.UTC(2026, 10, 20, 12, 0, 30);

async function connections(db: Database, live = true) {
  const { scope } = await seedWorkspace(db);
  const market = new PublicMarket(NOW);
  const server = await VenueServer.start(krakenPublicApi, market);
  const wall = { now: () => market.now };
  const base = new SimulatedMarketFeed(7);
  const venues = new VenueRegistry({
    wall,
    sleep: (ms) => new Promise((done) => setTimeout(done, Math.min(ms, 20))),
    random: () => 0.5,
    spacingMs: 1,
    symbols: base.symbols().map((s) => s.symbol),
    staleAfterMs: 180_000,
    urls: { kraken: server.urls },
  });
  const sources = new PrismaMarketSourceRepository(db);
  const feeds = new WorkspaceFeeds({ base, venues, choices: () => sources.all(), workspaceOf: workspaceOfAgent(db), wall });
  const service = new LiveConnectionService({ base, live, venues, feeds, sources, clocks: { wall, market: wall } });
  const btc = async () => (await service.get(scope)).symbols.find((s) => s.symbol === "BTC/USDT");
  return { scope, market, server, service, feeds, btc, close: () => Promise.all([venues.close(), server.stop()]) };
}

describeDatabase("connections", (db) => {
  it("tells what a venue answers when asked now, and why it does not", async () => {
    const c = await connections(db());
    const good = await c.service.test({ symbol: "BTC/USDT", source: "kraken" });
    const last = priceText(c.market.last("BTC/USDT").price).replace(/\.?0+$/, "");
    expect(good).toMatchObject({ ok: true, lastPrice: last, newestBarAt: NOW - 30_000, tickSize: "0.1", minNotional: "0.5", takerFeeBp: "40" });
    expect(await c.service.test({ symbol: "SOL/USDT", source: "kraken" })).toMatchObject({ ok: false, problem: expect.stringContaining("SOL/USDT") });
    c.market.frozenFrom = NOW - 20 * 60_000;
    c.market.now += 10 * 60_000;
    expect(await c.service.test({ symbol: "ETH/USDT", source: "kraken" })).toMatchObject({
      ok: false,
      problem: expect.stringMatching(/^Kraken sent its last price/),
    });
    await c.close();
  });

  it("uses a chosen source at once, shows how fresh it is, and keeps a record of the choice", async () => {
    const c = await connections(db());
    expect(await c.btc()).toMatchObject({ source: "installation", state: "simulated" });
    await c.service.set(c.scope, { symbol: "BTC/USDT", source: "kraken" });
    expect((await c.feeds.of(c.scope.workspaceId)).sourceOf?.("BTC/USDT").label).toBe("Kraken public data");
    await vi.waitFor(async () => expect(await c.btc()).toMatchObject({ source: "kraken", state: "live", lastPriceAt: NOW }), {
      timeout: 10_000,
      interval: 50,
    });
    c.market.now += 200_000;
    expect(await c.btc()).toMatchObject({ state: "stale" });
    c.server.dropStreams();
    await vi.waitFor(async () => expect(await c.btc()).toMatchObject({ state: "live" }), { timeout: 10_000, interval: 50 });
    expect(await readAudit(db(), c.scope, 5)).toMatchObject([{ action: "market.source.set", subject: "BTC/USDT", data: { source: "kraken" } }]);
    await c.close();
  });

  it("refuses a source that does not list the symbol, and any venue where market time is not now", async () => {
    const c = await connections(db());
    await expect(c.service.set(c.scope, { symbol: "SOL/USDT", source: "kraken" })).rejects.toMatchObject({ code: "UNKNOWN_SYMBOL" });
    await expect(c.service.set(c.scope, { symbol: "NOPE/USDT", source: "installation" })).rejects.toMatchObject({ code: "UNKNOWN_SYMBOL" });
    await c.close();
    const recorded = await connections(db(), false);
    await expect(recorded.service.set(recorded.scope, { symbol: "BTC/USDT", source: "kraken" })).rejects.toMatchObject({
      code: "SOURCE_UNAVAILABLE",
    });
    expect(await recorded.service.test({ symbol: "BTC/USDT", source: "kraken" })).toMatchObject({ ok: false });
    expect((await recorded.service.get(recorded.scope)).venuesUsable).toBe(false);
    await recorded.close();
  });
});
