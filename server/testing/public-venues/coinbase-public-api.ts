import type { Interval } from "@/server/market";
import { type PublicMarket, priceText, volumeText } from "./public-market";
import type { Answer, VenueProtocol } from "./venue-server";

// Shapes: Coinbase Advanced Trade API docs, "Public endpoints" (/api/v3/brokerage/market/…) and "WebSocket channels".

const GRANULARITY: Readonly<Record<string, Interval>> = {
  ONE_MINUTE: "1m",
  FIVE_MINUTE: "5m",
  FIFTEEN_MINUTE: "15m",
  ONE_HOUR: "1h",
  ONE_DAY: "1d",
};
const PRODUCTS = "/api/v3/brokerage/market/products";
const ok = (body: unknown): Answer => ({ status: 200, body });
const idOf = (symbol: string): string => symbol.replace("/", "-");
const iso = (ms: number): string => new Date(ms).toISOString().replace("Z", "123456Z");

export const coinbasePublicApi: VenueProtocol = {
  name: "coinbase",
  rest(market, path, query) {
    if (path === PRODUCTS) return ok(products(market, query));
    const bySymbol = (id: string | null | undefined) => market.symbols.find((s) => idOf(s) === id);
    if (path === "/api/v3/brokerage/market/product_book") {
      const symbol = bySymbol(query.get("product_id"));
      return symbol ? ok({ pricebook: { product_id: idOf(symbol), ...book(market, symbol), time: iso(market.now) } }) : notFound();
    }
    const [id, what] = path.slice(PRODUCTS.length + 1).split("/");
    const symbol = bySymbol(id);
    if (!symbol) return notFound();
    if (what === "candles") return candles(market, symbol, query);
    if (what === "ticker") return ok(ticker(market, symbol));
    return notFound();
  },
  hears(market, message) {
    const ids = message.product_ids as string[];
    if (message.type !== "subscribe" || !Array.isArray(ids)) return { send: [{ type: "error", message: "malformed" }], channels: [] };
    const known = market.symbols.filter((s) => ids.includes(idOf(s)));
    if (known.length < ids.length) return { send: [{ type: "error", message: "invalid product" }], channels: [] };
    const channels = known.map((s) => `${message.channel}:${s}`);
    const subscribed = {
      channel: "subscriptions",
      client_id: "",
      timestamp: iso(market.now),
      sequence_num: 0,
      events: [{ subscriptions: { [String(message.channel)]: ids } }],
    };
    const first =
      message.channel === "level2" ? known.map((s) => level2(market, s, "snapshot")) : known.map((s) => tickerMessage(market, s, "snapshot"));
    return { send: [subscribed, ...first], channels };
  },
  says(market, channel) {
    const [kind, symbol = ""] = channel.split(":");
    return kind === "level2" ? [level2(market, symbol, "update")] : [tickerMessage(market, symbol, "update")];
  },
};

const notFound = (): Answer => ({
  status: 404,
  body: { error: "NOT_FOUND", error_details: "valid product_id is required", message: "valid product_id is required" },
});

function products(market: PublicMarket, query: URLSearchParams) {
  const spot = query.get("product_type") !== "FUTURE";
  const list = spot ? market.symbols : [];
  return {
    products: list.map((symbol) => {
      const [base = "", quote = ""] = symbol.split("/");
      return {
        product_id: idOf(symbol),
        price: priceText(market.last(symbol).price),
        price_percentage_change_24h: "3.30054960636883",
        volume_24h: "10967.87426597",
        base_increment: "0.00000001",
        quote_increment: "0.01",
        quote_min_size: "1",
        quote_max_size: "150000000",
        base_min_size: "0.00000001",
        base_max_size: "3400",
        base_name: base,
        quote_name: quote,
        watched: false,
        is_disabled: false,
        new: false,
        status: "online",
        cancel_only: false,
        limit_only: false,
        post_only: false,
        trading_disabled: false,
        auction_mode: false,
        product_type: "SPOT",
        quote_currency_id: quote,
        base_currency_id: base,
        alias: "",
        alias_to: [],
        view_only: false,
        price_increment: "0.01",
        display_name: idOf(symbol),
        product_venue: "CBE",
      };
    }),
    num_products: list.length,
  };
}

/** Seconds, both ends included, newest first, at most 350 bars; minutes without trades are left out. */
function candles(market: PublicMarket, symbol: string, query: URLSearchParams): Answer {
  const interval = GRANULARITY[query.get("granularity") ?? ""];
  const [start, end] = [Number(query.get("start")) * 1000, Number(query.get("end")) * 1000];
  if (!interval)
    return { status: 400, body: { error: "INVALID_ARGUMENT", error_details: "unsupported granularity", message: "unsupported granularity" } };
  const bars = market.bars(symbol, interval, start, end);
  if (bars.length > 350)
    return { status: 400, body: { error: "INVALID_ARGUMENT", error_details: "number of candles requested should be less than 350", message: "" } };
  return ok({
    candles: bars.reverse().map((b) => ({
      start: String(b.openTime / 1000),
      low: priceText(b.low),
      high: priceText(b.high),
      open: priceText(b.open),
      close: priceText(b.close),
      volume: volumeText(b.volume),
    })),
  });
}

function ticker(market: PublicMarket, symbol: string) {
  const { price } = market.last(symbol);
  return {
    trades: [
      {
        trade_id: "518078013",
        product_id: idOf(symbol),
        price: priceText(price),
        size: "0.00659179",
        time: iso(market.now),
        side: "BUY",
        bid: "",
        ask: "",
      },
    ],
    best_bid: priceText(price - 1),
    best_ask: priceText(price + 1),
  };
}

function book(market: PublicMarket, symbol: string) {
  const { price } = market.last(symbol);
  const side = (sign: 1 | -1) => Array.from({ length: 20 }, (_, i) => ({ price: priceText(price + sign * (i * 60 + 1)), size: "0.115" }));
  return { bids: side(-1), asks: side(1) };
}

function tickerMessage(market: PublicMarket, symbol: string, type: "snapshot" | "update") {
  const { price } = market.last(symbol);
  const one = {
    type: "ticker",
    product_id: idOf(symbol),
    price: priceText(price),
    volume_24_h: "16038.28770938",
    low_24_h: priceText(price - 500),
    high_24_h: priceText(price + 500),
    low_52_w: "15460",
    high_52_w: "148240",
    price_percent_chg_24_h: "-4.15775596190603",
    best_bid: priceText(price - 1),
    best_bid_quantity: "0.02000000",
    best_ask: priceText(price + 1),
    best_ask_quantity: "0.01500000",
  };
  return { channel: "ticker", client_id: "", timestamp: iso(market.now), sequence_num: 0, events: [{ type, tickers: [one] }] };
}

function level2(market: PublicMarket, symbol: string, type: "snapshot" | "update") {
  const { bids, asks } = book(market, symbol);
  const event_time = iso(market.now);
  const row = (side: "bid" | "offer") => (l: { price: string; size: string }) => ({ side, event_time, price_level: l.price, new_quantity: l.size });
  const updates = type === "snapshot" ? [...bids.map(row("bid")), ...asks.map(row("offer"))] : bids.slice(0, 1).map(row("bid"));
  return { channel: "l2_data", client_id: "", timestamp: event_time, sequence_num: 0, events: [{ type, product_id: idOf(symbol), updates }] };
}
