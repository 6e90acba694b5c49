import { expect, it } from "vitest";
import { fixed } from "@/server/shared";
import type { MarketFeed } from "./ports";
import { RoutedFeed, sourceOfSymbols } from "./routed-feed";
import type { MarketSource } from "./types";

const feed = (source: MarketSource, price: string): MarketFeed => ({
  source,
  symbols: () => ["BTC/USDT", "ETH/USDT"].map((symbol) => ({ symbol, baseInterval: "1m", firstTime: null, endTime: null })),
  candles: async () => [],
  bars: async () => [],
  price: async ({ at }) => ({ price: fixed(price), at }),
});
const base = feed({ kind: "simulated", label: "Simulated market" }, "1");
const venue = feed({ kind: "exchange", label: "Kraken public data" }, "2");

it("takes each symbol from its own feed", async () => {
  const routed = new RoutedFeed(base, new Map([["BTC/USDT", venue]]));
  expect((await routed.price({ symbol: "BTC/USDT", at: 1 }))?.price).toBe(fixed("2"));
  expect((await routed.price({ symbol: "ETH/USDT", at: 1 }))?.price).toBe(fixed("1"));
  expect(routed.symbols().map((s) => s.symbol)).toEqual(["BTC/USDT", "ETH/USDT"]);
});

it("calls a mixture simulated, and says which symbol is which", () => {
  const routed = new RoutedFeed(base, new Map([["BTC/USDT", venue]]));
  expect(routed.source).toEqual({ kind: "simulated", label: "Kraken public data (BTC/USDT), Simulated market (ETH/USDT)" });
  expect(sourceOfSymbols(routed, ["BTC/USDT"])).toEqual(venue.source);
  expect(sourceOfSymbols(routed, ["ETH/USDT"])).toEqual(base.source);
  expect(sourceOfSymbols(base, [])).toEqual(base.source);
});
