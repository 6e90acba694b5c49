import { expect, it } from "vitest";
import type { Database } from "@/server/adapters/db/database";
import { PrismaMarketSourceRepository } from "@/server/adapters/db/prisma-market-source-repository";
import { workspaceOfAgent } from "@/server/adapters/db/workspace-of-agent";
import { InMemoryPaperAccountStore } from "@/server/adapters/exchanges/paper/in-memory-paper-account-store";
import { PaperExchangeClient } from "@/server/adapters/exchanges/paper/paper-exchange-client";
import { turnCode } from "@/server/agents";
import { fixed, HOUR_MS, toText } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import { decides } from "@/server/testing/fixed-decision";
import { liveAgents, TEST_CONFIG } from "@/server/testing/live-agents";
import { binancePublicApi } from "@/server/testing/public-venues/binance-public-api";
import { PublicMarket } from "@/server/testing/public-venues/public-market";
import { VenueServer } from "@/server/testing/public-venues/venue-server";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import type { PlaceOrder } from "@/server/trading";
import { VenueRegistry } from "./exchange/venue-registry";
import { SimulatedMarketFeed } from "./simulated-market-feed";
import { WorkspaceFeeds } from "./workspace-feeds";

const START = Date.UTC(2026, 10, 20, 9, 30);
const MINUTE = 60_000;
const BUY = { ...turnCode("test"), decideByRules: decides({ action: "buy", size: { unit: "quote", amount: "300" } }) };

/** Agents whose workspace takes BTC/USDT from a Binance that tests hold; everything the paper venue is sent is kept. */
async function withBinance(db: Database) {
  const seeded = await seedWorkspace(db);
  const market = new PublicMarket(START);
  const server = await VenueServer.start(binancePublicApi, market);
  const time = { now: () => market.now };
  const sleep = async (ms: number) => {
    market.now += ms;
  };
  const base = new SimulatedMarketFeed(7);
  const venues = new VenueRegistry({
    wall: time,
    sleep,
    random: () => 0.5,
    spacingMs: 1,
    symbols: base.symbols().map((s) => s.symbol),
    staleAfterMs: 3 * MINUTE,
    urls: { binance: server.urls },
  });
  const sources = new PrismaMarketSourceRepository(db);
  const feeds = new WorkspaceFeeds({ base, venues, choices: () => sources.all(), workspaceOf: workspaceOfAgent(db), wall: time });
  const paper = new PaperExchangeClient({
    feed: base,
    feedOf: (account) => feeds.ofAccount(account),
    rulesOf: (account, symbol) => feeds.rulesOfAccount(account, symbol),
    store: new InMemoryPaperAccountStore(),
  });
  const sent: PlaceOrder[] = [];
  const place = paper.place.bind(paper);
  paper.place = async (account, order, signal) => {
    sent.push(order);
    return place(account, order, signal);
  };
  await sources.set(seeded.scope, "BTC/USDT", "binance", START);
  feeds.forget();
  const live = liveAgents(db, { start: START, feed: base, feeds, exchange: paper, code: BUY });
  // One clock for the venue, the market and the product.
  live.clock.now = () => market.now;
  const { agentId } = await live.service.create(seeded.scope, { config: TEST_CONFIG, capital: fixed("10000") });
  await live.service.start(seeded.scope, agentId);
  await live.scheduler.finishTransition(seeded.workspaceId, agentId);
  const tick = async () => {
    const [next] = await live.scheduler.plan(HOUR_MS);
    if (!next) throw new Error("no tick was planned");
    market.now = next.wallAt;
    return live.runner.run(next);
  };
  return { ...seeded, ...live, agentId, market, server, sources, feeds, sent, tick, close: () => Promise.all([venues.close(), server.stop()]) };
}

describeDatabase("a workspace that takes a symbol from a venue", (db) => {
  it("decides on the venue's prices and is filled at them, by the venue's rules", async () => {
    const a = await withBinance(db());
    const { turnId, phase } = await a.tick();
    expect(phase).toBe("executing");
    expect(a.sent).toHaveLength(1);
    a.market.now += 2 * MINUTE;
    await a.exchange.advanceTo(a.agentId, a.market.now);
    const [fill] = await a.exchange.executions(a.agentId, 0);
    const bar = a.market.bars("BTC/USDT", "1m", START + 30 * MINUTE, START + 30 * MINUTE)[0];
    // Half a spread of one basis point above the open of the minute that began with the tick, in Binance's ticks.
    expect(Number(toText(fill?.price ?? fixed("0")))).toBeGreaterThan((bar?.open ?? 0) / 100);
    expect(Number(toText(fill?.price ?? fixed("0")))).toBeLessThan(((bar?.open ?? 0) / 100) * 1.0005);
    const { inputs } = await a.turns.loadStored(turnId);
    expect(inputs?.source).toEqual({ kind: "exchange", label: "Binance public data" });
    expect(inputs?.instruments["BTC/USDT"]).toMatchObject({ minNotional: "5", tickSize: "0.01", takerFee: "0.001" });
    await a.close();
  });

  it("decides nothing on stale prices, says why, and sends nothing; decides again when prices are back", async () => {
    const a = await withBinance(db());
    a.market.frozenFrom = START + 20 * MINUTE;
    const { turnId, phase } = await a.tick();
    expect(phase).toBe("failed");
    const turn = await db().prisma.turn.findUniqueOrThrow({ where: { id: turnId } });
    expect(turn.reason).toBe("No decision: Binance sent its last price 10 min ago for BTC/USDT; nothing older than 3 min is decided on");
    expect(a.sent).toEqual([]);
    expect(await db().prisma.order.count()).toBe(0);
    a.market.frozenFrom = null;
    a.market.now += 10_000;
    expect(await a.tick()).toMatchObject({ phase: "executing" });
    expect(a.sent).toHaveLength(1);
    await a.close();
  });

  it("decides nothing while the venue is down, and names it", async () => {
    const a = await withBinance(db());
    a.server.fail(...Array.from({ length: 30 }, () => ({ kind: "answer", status: 503, body: "" }) as const));
    const { turnId, phase } = await a.tick();
    expect(phase).toBe("failed");
    const turn = await db().prisma.turn.findUniqueOrThrow({ where: { id: turnId } });
    expect(turn.reason).toMatch(/^No decision: Binance is down \(503\)/);
    expect(a.sent).toEqual([]);
    await a.close();
  });

  it("leaves every other symbol and workspace on the installation's own market", async () => {
    const a = await withBinance(db());
    const other = await seedWorkspace(db());
    const mine = await a.feeds.of(a.workspaceId);
    expect(mine.sourceOf?.("BTC/USDT").kind).toBe("exchange");
    expect(mine.sourceOf?.("ETH/USDT").kind).toBe("simulated");
    expect(mine.source.kind).toBe("simulated");
    expect((await a.feeds.of(other.workspaceId)).source).toEqual(a.feed.source);
    expect(await a.sources.of(other.scope)).toEqual(new Map());
    await a.close();
  });

  it("refuses to move a symbol to another market under an agent that trades or holds it", async () => {
    const a = await withBinance(db());
    const set = () => a.sources.set(a.scope, "BTC/USDT", null, a.market.now);
    await expect(set()).rejects.toMatchObject({ code: "SOURCE_IN_USE", message: expect.stringContaining("Test agent") });
    await a.tick();
    a.market.now += 2 * MINUTE;
    await a.service.stop(a.scope, a.agentId);
    await a.scheduler.finishTransition(a.workspaceId, a.agentId);
    await expect(set()).rejects.toMatchObject({ code: "SOURCE_IN_USE" });
    await db().prisma.order.updateMany({ data: { status: "cancelled" } });
    await db().prisma.position.updateMany({ data: { quantity: 0 } });
    await set();
    a.feeds.forget();
    expect((await a.feeds.of(a.workspaceId)).source.kind).toBe("simulated");
    await a.close();
  });
});
