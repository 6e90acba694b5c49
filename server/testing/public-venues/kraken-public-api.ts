import { INTERVAL_MS, type Interval } from "@/server/market";
import { type PublicMarket, priceText, volumeText } from "./public-market";
import type { Answer, VenueProtocol } from "./venue-server";

// Shapes: Kraken spot REST docs, "Market Data", and WebSocket API v2 docs (which sends JSON numbers where REST sends text).

const MINUTES: Readonly<Record<string, Interval>> = { "1": "1m", "5": "5m", "15": "15m", "60": "1h", "240": "4h", "1440": "1d" };
const ok = (result: unknown): Answer => ({ status: 200, body: { error: [], result } });
const refused = (error: string): Answer => ({ status: 200, body: { error: [error] } });
const asset = (name: string): string => (name === "BTC" ? "XXBT" : name === "ETH" ? "XETH" : name);
const idOf = (symbol: string): string => symbol.replace("BTC", "XBT").replace("/", "");
const price = (hundredths: number): string => priceText(hundredths, 2);

export const krakenPublicApi: VenueProtocol = {
  name: "kraken",
  rest(market, path, query) {
    if (path === "/0/public/AssetPairs") return ok(assetPairs(market));
    const symbol = market.symbols.find((s) => idOf(s) === query.get("pair"));
    if (!symbol) return refused("EQuery:Unknown asset pair");
    const id = idOf(symbol);
    if (path === "/0/public/OHLC") return ohlc(market, symbol, query);
    if (path === "/0/public/Ticker") return ok({ [id]: ticker(market, symbol) });
    if (path === "/0/public/Depth") return ok({ [id]: depth(market, symbol, Number(query.get("count") ?? 100)) });
    return refused("EGeneral:Unknown method");
  },
  hello: () => [
    {
      channel: "status",
      type: "update",
      data: [{ version: "2.0.10", system: "online", api_version: "v2", connection_id: 644748 }],
    },
  ],
  hears(market, message) {
    const params = message.params as { channel: string; symbol: string[]; interval?: number };
    const time_in = new Date(market.now).toISOString();
    if (message.method === "ping") return { send: [{ method: "pong", req_id: message.req_id, time_in, time_out: time_in }], channels: [] };
    const unknown = params.symbol.find((s) => !market.symbols.includes(s));
    if (unknown) {
      const error = `Currency pair not supported ${unknown}`;
      return {
        send: [{ error, method: "subscribe", req_id: message.req_id, success: false, symbol: unknown, time_in, time_out: time_in }],
        channels: [],
      };
    }
    const accepted = params.symbol.map((symbol) => ({
      method: "subscribe",
      result: { channel: params.channel, symbol, snapshot: true },
      success: true,
      req_id: message.req_id,
      time_in,
      time_out: time_in,
    }));
    const channels = params.symbol.map((s) => `${params.channel}:${s}:${params.interval ?? ""}`);
    return { send: [...accepted, ...channels.map((c) => news(market, c, "snapshot"))], channels };
  },
  says: (market, channel) => [news(market, channel, "update")],
};

const assetPairs = (market: PublicMarket) =>
  Object.fromEntries(
    market.symbols.map((symbol) => {
      const [base = "", quote = ""] = symbol.split("/");
      const pair = {
        altname: idOf(symbol),
        wsname: symbol.replace("BTC", "XBT"),
        aclass_base: "currency",
        base: asset(base),
        aclass_quote: "currency",
        quote,
        lot: "unit",
        cost_decimals: 5,
        pair_decimals: 1,
        lot_decimals: 8,
        lot_multiplier: 1,
        leverage_buy: [],
        leverage_sell: [],
        fees: [
          [0, 0.4],
          [10_000, 0.35],
        ],
        fees_maker: [
          [0, 0.25],
          [10_000, 0.2],
        ],
        fee_volume_currency: "ZUSD",
        margin_call: 80,
        margin_stop: 40,
        ordermin: "0.0001",
        costmin: "0.5",
        tick_size: "0.1",
        status: "online",
      };
      return [idOf(symbol), pair];
    }),
  );

/** The newest 720 bars whatever `since` says; the last one is forming. */
function ohlc(market: PublicMarket, symbol: string, query: URLSearchParams): Answer {
  const interval = MINUTES[query.get("interval") ?? "1"];
  if (!interval) return refused("EGeneral:Invalid arguments:interval");
  const since = Number(query.get("since") ?? 0) * 1000;
  const forming = Math.floor(market.now / INTERVAL_MS[interval]) * INTERVAL_MS[interval];
  const bars = market.bars(symbol, interval, forming - 719 * INTERVAL_MS[interval], market.now).filter((b) => b.openTime > since);
  const rows = bars.map((b) => [
    b.openTime / 1000,
    price(b.open),
    price(b.high),
    price(b.low),
    price(b.close),
    price(b.close),
    volumeText(b.volume),
    9,
  ]);
  return ok({ [idOf(symbol)]: rows, last: (bars[bars.length - 2]?.openTime ?? 0) / 1000 });
}

function ticker(market: PublicMarket, symbol: string) {
  const { price: last } = market.last(symbol);
  return {
    a: [price(last + 10), "1", "1.000"],
    b: [price(last - 10), "2", "2.000"],
    c: [price(last), "0.00007380"],
    v: ["2983.74800027", "4239.12464011"],
    p: [price(last), price(last)],
    t: [24_346, 38_457],
    l: [price(last - 500), price(last - 500)],
    h: [price(last + 500), price(last + 500)],
    o: price(last - 50),
  };
}

function depth(market: PublicMarket, symbol: string, count: number) {
  const { price: last } = market.last(symbol);
  const side = (sign: 1 | -1) =>
    Array.from({ length: Math.min(count, 20) }, (_, i) => [price(last + sign * (i * 60 + 10)), "0.150", Math.floor(market.now / 1000)]);
  return { bids: side(-1), asks: side(1) };
}

function news(market: PublicMarket, channel: string, type: "snapshot" | "update") {
  const [kind, symbol = "", interval = "1"] = channel.split(":");
  const { price: last } = market.last(symbol);
  const timestamp = new Date(market.now).toISOString();
  if (kind === "ticker") {
    const quotes = { bid: (last - 10) / 100, bid_qty: 0.5, ask: (last + 10) / 100, ask_qty: 0.25, last: last / 100 };
    const day = { volume: 12.5, vwap: last / 100, low: (last - 500) / 100, high: (last + 500) / 100, change: -2679.9, change_pct: -2.41 };
    return { channel: "ticker", type, data: [{ symbol, ...quotes, ...day }] };
  }
  if (kind === "ohlc") {
    const bars = market.bars(symbol, MINUTES[interval] as Interval, market.now - 86_400_000, market.now).slice(-1);
    const data = bars.map((b) => ({
      symbol,
      open: b.open / 100,
      high: b.high / 100,
      low: b.low / 100,
      close: b.close / 100,
      trades: 9,
      volume: b.volume / 1e8,
      vwap: b.close / 100,
      interval_begin: new Date(b.openTime).toISOString().replace("Z", "000000Z"),
      interval: Number(interval),
      timestamp,
    }));
    return { channel: "ohlc", type, timestamp, data };
  }
  const { bids, asks } = depth(market, symbol, type === "snapshot" ? 10 : 1);
  const rows = (side: readonly (readonly (string | number)[])[]) => side.map(([p, q]) => ({ price: Number(p), qty: Number(q) }));
  return { channel: "book", type, data: [{ symbol, bids: rows(bids), asks: rows(asks), checksum: 2_439_117_997, timestamp }] };
}
