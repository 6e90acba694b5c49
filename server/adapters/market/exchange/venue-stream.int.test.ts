import { afterEach, describe, expect, it, vi } from "vitest";
import { toText } from "@/server/shared";
import { binancePublicApi } from "@/server/testing/public-venues/binance-public-api";
import { coinbasePublicApi } from "@/server/testing/public-venues/coinbase-public-api";
import { krakenPublicApi } from "@/server/testing/public-venues/kraken-public-api";
import { PublicMarket, priceText } from "@/server/testing/public-venues/public-market";
import { type VenueProtocol, VenueServer } from "@/server/testing/public-venues/venue-server";
import { type StreamNews, VenueStream } from "./venue-stream";
import type { VenueId } from "./venues";

const NOW = Date.UTC(2026, 10, 20, 12, 0, 30);
const plain = (text: string) => text.replace(/\.?0+$/, "");
const opened: { stop(): Promise<void> }[] = [];

async function open(protocol: VenueProtocol, silentAfterMs?: number) {
  const market = new PublicMarket(NOW);
  const server = await VenueServer.start(protocol, market);
  const stream = new VenueStream(protocol.name as VenueId, server.urls, {
    wall: { now: () => market.now },
    sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
    random: () => 0.5,
    firstDelayMs: 20,
    ...(silentAfterMs === undefined ? {} : { silentAfterMs }),
  });
  opened.push({
    stop: async () => {
      await stream.close();
      await server.stop();
    },
  });
  return { market, server, stream };
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((o) => o.stop()));
});

/** Publishes until the news satisfies. */
const until = (server: VenueServer, seen: () => void) =>
  vi.waitFor(
    () => {
      server.publish();
      seen();
    },
    { timeout: 15_000, interval: 50 },
  );

describe.each([binancePublicApi, coinbasePublicApi, krakenPublicApi])("stream of $name", (protocol) => {
  it("brings last price and quotes exactly, and comes back by itself when the connection is lost", async () => {
    const { market, server, stream } = await open(protocol);
    const news: StreamNews[] = [];
    const watch = stream.watch({ kind: "ticker", symbol: "BTC/USDT" }, (n) => news.push(n));
    const last = () => {
      const n = news.at(-1);
      return n?.kind === "ticker" ? toText(n.ticker.last) : null;
    };
    await until(server, () => expect(last()).toBe(plain(priceText(market.last("BTC/USDT").price))));
    expect(watch.state()).toMatchObject({ state: "live", losses: 0, newsAt: NOW, problem: null });

    const connections = server.connections;
    market.shift = 12_345;
    server.dropStreams();
    await vi.waitFor(() => expect(watch.state()).toMatchObject({ state: "reconnecting", problem: { code: "FEED_UNAVAILABLE" } }), {
      timeout: 5_000,
      interval: 1,
    });
    await until(server, () => expect(last()).toBe(plain(priceText(market.last("BTC/USDT").price))));
    expect(server.connections).toBeGreaterThan(connections);
    expect(watch.state()).toMatchObject({ state: "live", problem: null });
    expect(watch.state().losses).toBeGreaterThan(0);
    watch.end();
    expect(watch.state().state).toBe("ended");
  });

  it("makes a connection again that has gone silent", async () => {
    const { server, stream } = await open(protocol, 300);
    const news: StreamNews[] = [];
    const watch = stream.watch({ kind: "ticker", symbol: "BTC/USDT" }, (n) => news.push(n));
    await until(server, () => expect(news.length).toBeGreaterThan(0));
    const connections = server.connections;
    await vi.waitFor(() => expect(server.connections).toBeGreaterThan(connections), { timeout: 10_000, interval: 50 });
    expect(watch.state().losses).toBeGreaterThan(0);
  });

  it("brings the order book, best first", async () => {
    const { server, stream } = await open(protocol);
    const news: StreamNews[] = [];
    stream.watch({ kind: "book", symbol: "BTC/USDT" }, (n) => news.push(n));
    await until(server, () => expect(news.length).toBeGreaterThan(0));
    const first = news[0];
    if (first?.kind !== "book") throw new Error("no book");
    const { bids, asks } = first.book;
    expect(bids.length).toBeGreaterThanOrEqual(10);
    expect(bids[0]?.price).toBeLessThan(asks[0]?.price ?? 0n);
    expect(bids.map((l) => l.price)).toEqual([...bids].map((l) => l.price).sort((a, b) => (a > b ? -1 : 1)));
  });

  it("brings the forming bar where the venue streams bars, and says so where it does not", async () => {
    const { market, server, stream } = await open(protocol);
    const news: StreamNews[] = [];
    const watch = () => stream.watch({ kind: "candles", symbol: "BTC/USDT", interval: "1m" }, (n) => news.push(n));
    if (protocol.name === "coinbase") {
      expect(watch).toThrowError(expect.objectContaining({ code: "STREAM_UNAVAILABLE" }));
      return;
    }
    watch();
    await until(server, () => expect(news.length).toBeGreaterThan(0));
    const [bar] = market.bars("BTC/USDT", "1m", NOW - 30_000, NOW);
    expect(news[0]).toMatchObject({ kind: "candles", candle: { openTime: bar?.openTime } });
    if (news[0]?.kind === "candles") expect(toText(news[0].candle.open)).toBe(plain(priceText(bar?.open ?? 0)));
  });

  it("keeps trying a venue that is down", async () => {
    const { server, stream } = await open(protocol);
    server.fail(...Array.from({ length: 4 }, () => ({ kind: "answer", status: 503, body: "" }) as const));
    const news: StreamNews[] = [];
    const watch = stream.watch({ kind: "ticker", symbol: "BTC/USDT" }, (n) => news.push(n));
    await until(server, () => expect(news.length).toBeGreaterThan(0));
    expect(watch.state().losses).toBeGreaterThan(0);
  });
});
