import { afterAll, afterEach, describe, expect, it } from "vitest";
import type { Candle } from "@/server/market";
import { toText } from "@/server/shared";
import { describeMarketFeed } from "@/server/testing/market-feed-contract";
import { binancePublicApi } from "@/server/testing/public-venues/binance-public-api";
import { coinbasePublicApi } from "@/server/testing/public-venues/coinbase-public-api";
import { krakenPublicApi } from "@/server/testing/public-venues/kraken-public-api";
import { PublicMarket, priceText } from "@/server/testing/public-venues/public-market";
import { type VenueProtocol, VenueServer } from "@/server/testing/public-venues/venue-server";
import { ExchangeMarketFeed } from "./exchange-market-feed";
import { VenueClient } from "./venue-client";
import type { VenueId } from "./venues";

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 10, 20, 12);
const PROTOCOLS = [binancePublicApi, coinbasePublicApi, krakenPublicApi];
const servers: VenueServer[] = [];
const stopAll = async () => void (await Promise.all(servers.splice(0).map((s) => s.stop())));

/** A feed at a venue whose clock and ours are one; `sleep` moves both. */
async function open(protocol: VenueProtocol, now: number, wallAhead = 0) {
  const market = new PublicMarket(now);
  const server = await VenueServer.start(protocol, market);
  servers.push(server);
  const wall = { now: () => market.now + wallAhead };
  const slept: number[] = [];
  const sleep = async (ms: number) => {
    slept.push(ms);
    market.now += ms;
  };
  const client = new VenueClient(protocol.name as VenueId, server.urls, { wall, sleep, random: () => 0.5, spacingMs: 1 });
  const feed = new ExchangeMarketFeed({ client, symbols: market.symbols, wall, sleep, staleAfterMs: 3 * MINUTE });
  return { market, server, client, feed, slept };
}

for (const protocol of PROTOCOLS) {
  describe(protocol.name, () => {
    afterAll(stopAll);
    // Midnight is a probe of the daily bars, and Kraken remembers twelve hours.
    const end = NOON - 3 * 60 * MINUTE + 10 * MINUTE + 30_000;
    describeMarketFeed(`${protocol.name} public data`, async () => ({
      window: [NOON - 6 * 60 * MINUTE, NOON - 3 * 60 * MINUTE],
      open: async (hideAfter) => (await open(protocol, hideAfter ?? end)).feed,
    }));
  });
}

describe.each(PROTOCOLS)("prices of $name", (protocol) => {
  afterEach(stopAll);
  const closes = (bars: readonly Candle[]) => bars.map((b) => b.openTime);

  it("says what the book offers now, and nothing of another time", async () => {
    const { feed, client } = await open(protocol, NOON);
    const { asks, bids } = await client.book("BTC/USDT", 20);
    const total = (levels: typeof asks): bigint => levels.reduce<bigint>((t, l) => t + l.quantity, 0n);
    expect(await feed.depth({ symbol: "BTC/USDT", at: NOON })).toEqual({ bids: total(bids), asks: total(asks) });
    expect(total(asks)).toBeGreaterThan(0n);
    expect(await feed.depth({ symbol: "BTC/USDT", at: NOON - 10 * MINUTE })).toBeNull();
  });

  it("waits for the bar that has just closed, asks for it once, and lets every later reader share it", async () => {
    const { server, feed, slept } = await open(protocol, NOON);
    const query = { symbol: "BTC/USDT", interval: "1m" as const, at: NOON, limit: 50 };
    const first = await feed.candles(query);
    expect(first).toHaveLength(50);
    expect(closes(first).at(-1)).toBe(NOON - MINUTE);
    expect(slept).toEqual([1_500]);
    const sent = server.requests.length;
    const many = await Promise.all(Array.from({ length: 40 }, () => feed.candles(query)));
    for (const bars of many) expect(bars).toEqual(first);
    await feed.price({ symbol: "BTC/USDT", at: NOON });
    expect(server.requests.length).toBe(sent);
  });

  it("never shows a forming bar, and reads a bar again once it has closed", async () => {
    const { market, feed } = await open(protocol, NOON + 59_000);
    const before = await feed.candles({ symbol: "BTC/USDT", interval: "1m", at: market.now, limit: 3 });
    expect(closes(before).at(-1)).toBe(NOON - MINUTE);
    market.now = NOON + MINUTE + 5_000;
    const after = await feed.candles({ symbol: "BTC/USDT", interval: "1m", at: market.now, limit: 3 });
    const [bar] = market.bars("BTC/USDT", "1m", NOON, NOON);
    expect(toText(after.at(-1)?.close as never)).toBe(priceText(bar?.close as number).replace(/\.?0+$/, ""));
  });

  it("does not take a bar for closed while the venue's clock has not reached its end", async () => {
    const { market, feed, client } = await open(protocol, NOON - 10_000, 20_000);
    await client.symbols();
    expect(client.clockAheadMs).toBeGreaterThan(15_000);
    const bars = await feed.candles({ symbol: "BTC/USDT", interval: "1m", at: NOON + 10_000, limit: 3 });
    expect(market.now).toBeLessThan(NOON);
    expect(closes(bars).at(-1)).toBe(NOON - 2 * MINUTE);
  });

  it("leaves minutes without trades missing, in every interval, and asks again for the newest while it may come late", async () => {
    const { market, feed } = await open(protocol, NOON + 2_000);
    market.missing.add(NOON - 5 * MINUTE);
    market.missing.add(NOON - MINUTE);
    const ask = (at: number) => feed.candles({ symbol: "BTC/USDT", interval: "1m", at, limit: 6 });
    expect(closes(await ask(NOON)).map((t) => (NOON - t) / MINUTE)).toEqual([6, 4, 3, 2]);
    market.missing.delete(NOON - MINUTE);
    market.now += 2_000;
    expect(closes(await ask(NOON)).map((t) => (NOON - t) / MINUTE)).toEqual([6, 4, 3, 2, 1]);
    const hours = await feed.candles({ symbol: "BTC/USDT", interval: "4h", at: NOON, limit: 3 });
    expect(closes(hours).map((t) => (NOON - t) / (60 * MINUTE))).toEqual([12, 8, 4]);
  });

  it("refuses a decision on old prices with venue, symbol and age, and decides again when prices come", async () => {
    const { market, feed } = await open(protocol, NOON + 2_000);
    market.frozenFrom = NOON - 10 * MINUTE;
    const query = { symbol: "BTC/USDT", interval: "1h" as const, at: NOON, limit: 3 };
    await expect(feed.candles(query)).rejects.toMatchObject({
      code: "FEED_STALE",
      message: expect.stringMatching(/^(Binance|Coinbase|Kraken) sent its last price 10 min ago for BTC\/USDT/),
      details: { kind: "unavailable", data: { symbol: "BTC/USDT", ageMs: 10 * MINUTE, newest: NOON - 10 * MINUTE } },
    });
    market.frozenFrom = null;
    market.now += 5_000;
    expect(await feed.candles(query)).toHaveLength(3);
  });

  it("passes the venue's faults on, and answers again after them", async () => {
    const { market, server, feed, client } = await open(protocol, NOON + 2_000);
    await client.symbols();
    server.fail(...Array.from({ length: 6 }, () => ({ kind: "answer", status: 502, body: "" }) as const));
    const query = { symbol: "BTC/USDT", interval: "1m" as const, at: NOON, limit: 3 };
    await expect(feed.candles(query)).rejects.toMatchObject({ code: "FEED_UNAVAILABLE", details: { data: { venue: protocol.name } } });
    server.fail();
    const sent = server.requests.length;
    await expect(feed.candles(query)).rejects.toMatchObject({ code: "FEED_UNAVAILABLE" });
    expect(server.requests.length).toBe(sent);
    market.now += 5_000;
    expect(await feed.candles(query)).toHaveLength(3);
  });

  it("gives the venue's own rules for orders", async () => {
    const { feed } = await open(protocol, NOON);
    expect(toText((await feed.instrument("BTC/USDT")).tickSize)).toBe(protocol.name === "kraken" ? "0.1" : "0.01");
    expect(() => feed.instrument("DOGE/USDT")).toThrowError(expect.objectContaining({ code: "UNKNOWN_SYMBOL" }));
  });
});
