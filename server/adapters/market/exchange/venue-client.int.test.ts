import { afterEach, describe, expect, it } from "vitest";
import { toText } from "@/server/shared";
import { binancePublicApi } from "@/server/testing/public-venues/binance-public-api";
import { coinbasePublicApi } from "@/server/testing/public-venues/coinbase-public-api";
import { krakenPublicApi } from "@/server/testing/public-venues/kraken-public-api";
import { PublicMarket, priceText, volumeText } from "@/server/testing/public-venues/public-market";
import { type VenueProtocol, VenueServer } from "@/server/testing/public-venues/venue-server";
import { VenueClient } from "./venue-client";
import type { VenueId } from "./venues";

const NOW = Date.UTC(2026, 10, 20, 12, 0, 30);
const MINUTE = 60_000;
const plain = (text: string) => text.replace(/\.?0+$/, "");
const servers: VenueServer[] = [];

async function open(protocol: VenueProtocol) {
  const market = new PublicMarket(NOW);
  const server = await VenueServer.start(protocol, market);
  servers.push(server);
  const clock = { time: NOW, now: () => clock.time };
  const slept: number[] = [];
  const sleep = async (ms: number) => {
    slept.push(ms);
    clock.time += ms;
  };
  const client = new VenueClient(protocol.name as VenueId, server.urls, { wall: clock, sleep, random: () => 0.5, spacingMs: 1 });
  await client.symbols();
  server.requests.length = 0;
  return { market, server, client, clock, slept };
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((s) => s.stop()));
});

describe.each([binancePublicApi, coinbasePublicApi, krakenPublicApi])("public data of $name", (protocol) => {
  it("gives bars exactly as the venue wrote them, and leaves out those it does not have", async () => {
    const { market, client } = await open(protocol);
    const from = Math.floor(NOW / MINUTE) * MINUTE - 20 * MINUTE;
    market.missing.add(from + 3 * MINUTE);
    const bars = await client.candles("BTC/USDT", "1m", from, NOW);
    const expected = market.bars("BTC/USDT", "1m", from, NOW);
    expect(expected).toHaveLength(20);
    expect(bars.map((b) => [b.openTime, ...[b.open, b.high, b.low, b.close, b.volume].map(toText)])).toEqual(
      expected.map((b) => [b.openTime, ...[b.open, b.high, b.low, b.close].map((p) => plain(priceText(p))), plain(volumeText(b.volume))]),
    );
  });

  it("pages through more bars than one request returns, as far as the venue remembers", async () => {
    const { client, server } = await open(protocol);
    const to = Math.floor(NOW / MINUTE) * MINUTE;
    const bars = await client.candles("BTC/USDT", "1m", to - 1_200 * MINUTE, to);
    const had = client.venue.historyBars === null ? 1_200 : client.venue.historyBars - 1;
    expect(bars.length).toBe(had);
    expect(new Set(bars.map((b) => b.openTime)).size).toBe(bars.length);
    expect(server.requests.length).toBe(Math.ceil((had === 1_200 ? 1_200 : 719) / client.venue.pageBars));
  });

  it("gives the last price, the book best first, and the venue's own rules", async () => {
    const { market, client } = await open(protocol);
    const last = market.last("BTC/USDT").price;
    const ticker = await client.ticker("BTC/USDT");
    expect(toText(ticker.last)).toBe(plain(priceText(last)));
    expect(ticker.bid !== null && ticker.ask !== null && ticker.bid < ticker.last && ticker.ask > ticker.last).toBe(true);
    const book = await client.book("BTC/USDT", 5);
    expect(book.bids).toHaveLength(5);
    expect(book.asks).toHaveLength(5);
    for (const [side, sign] of [
      [book.bids, -1n],
      [book.asks, 1n],
    ] as const)
      for (let i = 1; i < side.length; i++) expect((side[i]?.price ?? 0n) * sign).toBeGreaterThan((side[i - 1]?.price ?? 0n) * sign);
    const rules = await client.instrument("BTC/USDT");
    const seen = [
      rules.base,
      rules.quote,
      ...[rules.tickSize, rules.lotSize, rules.minQuantity, rules.minNotional, rules.makerFee, rules.takerFee].map(toText),
    ];
    expect(seen).toEqual(
      {
        binance: ["BTC", "USDT", "0.01", "0.00001", "0.00001", "5", "0.001", "0.001"],
        coinbase: ["BTC", "USDT", "0.01", "0.00000001", "0.00000001", "1", "0.006", "0.012"],
        kraken: ["BTC", "USDT", "0.1", "0.00000001", "0.0001", "0.5", "0.0025", "0.004"],
      }[protocol.name as VenueId],
    );
  });

  it("sorts a book whose prices have different lengths by value, not by text", async () => {
    const { market, client } = await open(protocol);
    market.shift = -9_600_000;
    const { asks, bids } = await client.book("BTC/USDT", 20);
    expect(asks.map((l) => l.price)).toEqual([...asks].map((l) => l.price).sort((a, b) => (a < b ? -1 : 1)));
    expect(new Set(asks.concat(bids).map((l) => toText(l.price).split(".")[0]?.length)).size).toBeGreaterThan(1);
  });

  it("names what it does not list", async () => {
    const { client } = await open(protocol);
    await expect(client.ticker("NOPE/USDT")).rejects.toMatchObject({ code: "UNKNOWN_SYMBOL", message: expect.stringContaining("BTC/USDT") });
    await expect(client.instrument("BTC/EUR")).rejects.toMatchObject({ code: "UNKNOWN_SYMBOL" });
  });

  it("waits as long as a 429 says, and asks again", async () => {
    const { server, client, slept } = await open(protocol);
    server.fail({ kind: "answer", status: 429, body: "{}", headers: { "Retry-After": "2" } });
    await client.ticker("BTC/USDT");
    expect(slept).toEqual([2_000]);
    expect(server.requests).toHaveLength(2);
  });

  it("sends nothing while a longer pause lasts, and says when it ends", async () => {
    const { server, client, clock } = await open(protocol);
    server.fail({ kind: "answer", status: 429, body: "slow down", headers: { "Retry-After": "30" } });
    const limited = { code: "FEED_RATE_LIMITED", details: { retryAfterMs: 30_000, data: { venue: protocol.name, symbol: "BTC/USDT", status: 429 } } };
    await expect(client.ticker("BTC/USDT")).rejects.toMatchObject(limited);
    clock.time += 10_000;
    await expect(client.book("ETH/USDT")).rejects.toMatchObject({ code: "FEED_RATE_LIMITED", details: { retryAfterMs: 20_000 } });
    expect(server.requests).toHaveLength(1);
    expect(client.pausedUntil).toBe(NOW + 30_000);
    clock.time += 20_001;
    expect(client.pausedUntil).toBeNull();
    await client.ticker("BTC/USDT");
    expect(server.requests).toHaveLength(2);
  });

  it("never tests a ban", async () => {
    const { server, client } = await open(protocol);
    server.fail({ kind: "answer", status: 418, body: "", headers: { "Retry-After": "1" } });
    await expect(client.ticker("BTC/USDT")).rejects.toMatchObject({ code: "FEED_BANNED" });
    expect(server.requests).toHaveLength(1);
  });

  it("tries a passing fault again, a few times", async () => {
    const { server, client, slept } = await open(protocol);
    server.fail({ kind: "answer", status: 503, body: "upstream" }, { kind: "cut" });
    await client.ticker("BTC/USDT");
    expect(server.requests).toHaveLength(3);
    expect(slept).toEqual([200, 400]);
    server.fail(...Array.from({ length: 9 }, () => ({ kind: "answer", status: 500, body: "oops" }) as const));
    await expect(client.ticker("BTC/USDT")).rejects.toMatchObject({
      code: "FEED_UNAVAILABLE",
      message: `${client.venue.label} is down (500) when asked for the last price of BTC/USDT`,
      details: { kind: "unavailable", data: { venue: protocol.name, symbol: "BTC/USDT", asked: "the last price", status: 500 } },
    });
    expect(server.requests).toHaveLength(6);
  });

  it.each([
    ["text that is not JSON", "<html>maintenance</html>"],
    ["cut JSON", '{"candles":[{"start":"17'],
    ["nothing", ""],
    ["a bare null", "null"],
  ])("takes %s for a fault, not for a market without trades", async (_, body) => {
    const { server, client } = await open(protocol);
    server.fail(...Array.from({ length: 3 }, () => ({ kind: "answer", status: 200, body }) as const));
    await expect(client.candles("BTC/USDT", "1m", NOW - 5 * MINUTE, NOW)).rejects.toMatchObject({ code: "FEED_BAD_ANSWER" });
  });

  it("refuses bars that cannot be", async () => {
    const { server, client } = await open(protocol);
    const at = Math.floor(NOW / MINUTE) * MINUTE;
    // High below low; then a price that is no number.
    for (const high of ["1.00", "abc"]) {
      const body = {
        binance: [[at, "5.00", high, "4.00", "5.00", "1.0", at + 59_999, "0", 1, "0", "0", "0"]],
        coinbase: { candles: [{ start: String(at / 1000), open: "5.00", high, low: "4.00", close: "5.00", volume: "1.0" }] },
        kraken: { error: [], result: { XBTUSDT: [[at / 1000, "5.00", high, "4.00", "5.00", "5.00", "1.0", 1]], last: 0 } },
      }[protocol.name as VenueId];
      server.fail(...Array.from({ length: 3 }, () => ({ kind: "answer", status: 200, body: JSON.stringify(body) }) as const));
      await expect(client.candles("BTC/USDT", "1m", at, NOW)).rejects.toMatchObject({
        code: "FEED_BAD_ANSWER",
        details: { data: { venue: protocol.name } },
      });
    }
  });
});

it("reads the rate limit of a venue that answers 200 with an error in it", async () => {
  const { server, client } = await open(krakenPublicApi);
  server.fail({ kind: "answer", status: 200, body: '{"error":["EGeneral:Too many requests"]}' });
  await expect(client.ticker("BTC/USDT")).rejects.toMatchObject({ code: "FEED_RATE_LIMITED", details: { retryAfterMs: 10_000 } });
});

it("leaves the venue's own time between two requests", async () => {
  const { market } = await open(krakenPublicApi);
  const server = await VenueServer.start(krakenPublicApi, market);
  servers.push(server);
  const client = new VenueClient("kraken", server.urls, { wall: { now: Date.now }, sleep: async () => {}, random: () => 0.5 });
  const began = Date.now();
  await client.symbols();
  await Promise.all([client.ticker("BTC/USDT"), client.ticker("ETH/USDT")]);
  expect(server.requests).toHaveLength(3);
  // A lower bound only: three requests at one a second.
  expect(Date.now() - began).toBeGreaterThan(1_500);
});
