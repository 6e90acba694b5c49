import { INTERVALS, type Interval } from "@/server/market";
import { type PublicMarket, priceText, volumeText } from "./public-market";
import type { Answer, VenueProtocol } from "./venue-server";

// Shapes: Binance spot API docs, "General endpoints", "Market Data endpoints" and "WebSocket Streams".

const ok = (body: unknown): Answer => ({ status: 200, body });
const refused = (code: number, msg: string): Answer => ({ status: 400, body: { code, msg } });
const idOf = (symbol: string): string => symbol.replace("/", "");
const symbolOf = (market: PublicMarket, id: string | null): string | undefined => market.symbols.find((s) => idOf(s) === id?.toUpperCase());
const price = (hundredths: number): string => priceText(hundredths, 8);

export const binancePublicApi: VenueProtocol = {
  name: "binance",
  rest(market, path, query) {
    if (path === "/api/v3/exchangeInfo") return ok(exchangeInfo(market));
    const symbol = symbolOf(market, query.get("symbol"));
    if (!symbol) return refused(-1121, "Invalid symbol.");
    if (path === "/api/v3/klines") return klines(market, symbol, query);
    if (path === "/api/v3/ticker/24hr") return ok(ticker24(market, symbol));
    if (path === "/api/v3/depth") return ok({ lastUpdateId: 1_000, ...depth(market, symbol) });
    return { status: 404, body: { code: -1000, msg: "Not found" } };
  },
  hears(market, message) {
    if (message.method !== "SUBSCRIBE") return { send: [{ error: { code: 2, msg: "Invalid request" }, id: message.id }], channels: [] };
    const channels = message.params as string[];
    return { send: [{ result: null, id: message.id }], channels: channels.filter((c) => symbolOf(market, c.split("@")[0] ?? null)) };
  },
  says(market, channel) {
    const [id = "", kind = ""] = channel.split("@");
    const symbol = symbolOf(market, id) as string;
    if (kind === "ticker") return [tickerEvent(market, symbol)];
    if (kind.startsWith("kline_")) return [klineEvent(market, symbol, kind.slice(6) as Interval)];
    if (kind === "depth") {
      const d = depth(market, symbol);
      return [{ e: "depthUpdate", E: market.now, s: idOf(symbol), U: 1_001, u: 1_002, b: [[d.bids[0]?.[0], "9.00000000"]], a: [] }];
    }
    return [];
  },
};

function exchangeInfo(market: PublicMarket) {
  return {
    timezone: "UTC",
    serverTime: market.now,
    rateLimits: [{ rateLimitType: "REQUEST_WEIGHT", interval: "MINUTE", intervalNum: 1, limit: 6000 }],
    exchangeFilters: [],
    symbols: market.symbols.map((symbol) => {
      const [baseAsset = "", quoteAsset = ""] = symbol.split("/");
      return {
        symbol: idOf(symbol),
        status: "TRADING",
        baseAsset,
        baseAssetPrecision: 8,
        quoteAsset,
        quotePrecision: 8,
        quoteAssetPrecision: 8,
        orderTypes: ["LIMIT", "LIMIT_MAKER", "MARKET"],
        isSpotTradingAllowed: true,
        isMarginTradingAllowed: false,
        filters: [
          { filterType: "PRICE_FILTER", minPrice: "0.01000000", maxPrice: "1000000.00000000", tickSize: "0.01000000" },
          { filterType: "LOT_SIZE", minQty: "0.00001000", maxQty: "9000.00000000", stepSize: "0.00001000" },
          { filterType: "NOTIONAL", minNotional: "5.00000000", applyMinToMarket: true, maxNotional: "9000000.00000000", applyMaxToMarket: false },
        ],
        permissions: [],
        permissionSets: [["SPOT"]],
      };
    }),
  };
}

function klines(market: PublicMarket, symbol: string, query: URLSearchParams): Answer {
  const interval = query.get("interval") as Interval;
  if (!INTERVALS.includes(interval)) return refused(-1120, "Invalid interval.");
  const limit = Math.min(1000, Number(query.get("limit") ?? 500));
  const start = query.get("startTime");
  const bars = market.bars(symbol, interval, start ? Number(start) : market.now - limit * 86_400_000, Number(query.get("endTime") ?? market.now));
  const page = start ? bars.slice(0, limit) : bars.slice(-limit);
  return ok(
    page.map((b) => [
      b.openTime,
      price(b.open),
      price(b.high),
      price(b.low),
      price(b.close),
      volumeText(b.volume),
      b.openTime + 59_999,
      "0.00000000",
      7,
      "0.00000000",
      "0.00000000",
      "0",
    ]),
  );
}

const ticker24 = (market: PublicMarket, symbol: string) => {
  const { price: last } = market.last(symbol);
  return {
    symbol: idOf(symbol),
    priceChange: "-94.99999800",
    priceChangePercent: "-0.096",
    weightedAvgPrice: price(last),
    prevClosePrice: price(last - 10),
    lastPrice: price(last),
    lastQty: "0.00100000",
    bidPrice: price(last - 1),
    bidQty: "0.50000000",
    askPrice: price(last + 1),
    askQty: "0.25000000",
    openPrice: price(last - 50),
    highPrice: price(last + 500),
    lowPrice: price(last - 500),
    volume: "8913.30000000",
    quoteVolume: "15.30000000",
    openTime: market.now - 86_400_000,
    closeTime: market.now,
    firstId: 1,
    lastId: 2,
    count: 2,
  };
};

function depth(market: PublicMarket, symbol: string): { bids: [string, string][]; asks: [string, string][] } {
  const { price: last } = market.last(symbol);
  const side = (sign: 1 | -1): [string, string][] => Array.from({ length: 20 }, (_, i) => [price(last + sign * (i * 60 + 1)), "0.50000000"]);
  return { bids: side(-1), asks: side(1) };
}

function tickerEvent(market: PublicMarket, symbol: string) {
  const t = ticker24(market, symbol);
  return {
    e: "24hrTicker",
    E: market.now,
    s: t.symbol,
    p: t.priceChange,
    P: t.priceChangePercent,
    w: t.weightedAvgPrice,
    x: t.prevClosePrice,
    c: t.lastPrice,
    Q: t.lastQty,
    b: t.bidPrice,
    B: t.bidQty,
    a: t.askPrice,
    A: t.askQty,
    o: t.openPrice,
    h: t.highPrice,
    l: t.lowPrice,
    v: t.volume,
    q: t.quoteVolume,
    O: t.openTime,
    C: t.closeTime,
    F: 1,
    L: 2,
    n: 2,
  };
}

function klineEvent(market: PublicMarket, symbol: string, interval: Interval) {
  const bars = market.bars(symbol, interval, market.now - 86_400_000, market.now);
  const b = bars[bars.length - 1];
  if (!b) return {};
  const k = { t: b.openTime, T: b.openTime + 59_999, s: idOf(symbol), i: interval, f: 1, L: 2, n: 2, x: false, q: "0", V: "0", Q: "0", B: "0" };
  return {
    e: "kline",
    E: market.now,
    s: idOf(symbol),
    k: { ...k, o: price(b.open), h: price(b.high), l: price(b.low), c: price(b.close), v: volumeText(b.volume) },
  };
}
