import { describe, expect, it } from "vitest";
import { type Fixed, fixed } from "@/server/shared";
import { asSituation, type MadeUp, NO_LIMIT, NOW } from "@/server/testing/risk/situations";
import { sampleInstrument } from "@/server/testing/turn-inputs";
import { judgeOrder } from "../judge";
import type { Limits, ProposedOrder, RuleName } from "../types";

type Level = MadeUp["levels"][number];
const at = (level: Level["level"], limits: Partial<Limits> = {}, change: Partial<Level> = {}): Level => ({
  level,
  limits: { ...NO_LIMIT, ...limits },
  tradingState: "active",
  dayPnl: fixed("0"),
  ordersLastHour: 0,
  ordersLastMinute: 0,
  equity: fixed("10000"),
  symbolNotional: level === "agent" ? null : fixed("0"),
  holds: {},
  ...change,
});

/** Calm: 100 USDT a bitcoin, ten thousand USDT of cash, nothing held, no limit. */
const calm = (levels: readonly Level[] = [at("agent"), at("workspace")], change: Partial<MadeUp> = {}): MadeUp => ({
  levels,
  symbols: ["BTC/USDT", "ETH/USDT"],
  at: NOW,
  instrument: { ...sampleInstrument("BTC/USDT"), lotSize: fixed("0.01"), minQuantity: fixed("0.02"), maxQuantity: fixed("50") },
  session: "open",
  lastPrice: fixed("100"),
  lastPriceAt: NOW,
  reference: fixed("100"),
  cash: fixed("10000"),
  quantity: fixed("0"),
  claimedBySells: fixed("0"),
  openBuyNotional: fixed("0"),
  openOrders: [],
  recentOrders: [],
  volumes: [fixed("10"), fixed("20"), fixed("30")],
  depth: null,
  correlations: {},
  protections: [],
  closedTrades: [],
  byPerson: false,
  ...change,
});
const buy = (quantity: string, limitPrice: string | null = null): ProposedOrder => ({
  symbol: "BTC/USDT",
  side: "buy",
  type: limitPrice === null ? "market" : "limit",
  quantity: fixed(quantity),
  limitPrice: limitPrice === null ? null : fixed(limitPrice),
});
const sell = (quantity: string, limitPrice: string | null = null): ProposedOrder => ({ ...buy(quantity, limitPrice), side: "sell" });
const levels = (limits: Partial<Limits>, change: Partial<Level> = {}): readonly Level[] => [at("agent", limits, change), at("workspace")];
const f = (text: string): Fixed => fixed(text);

type Figures = { readonly before: string; readonly asked: string; readonly limit: string; readonly allows: string | null };
type Case = readonly [
  rule: RuleName,
  what: string,
  situation: MadeUp,
  order: ProposedOrder,
  outcome: "pass" | "reduce" | "deny",
  figures: Partial<Figures>,
];

const holds = { "BTC/USDT": f("300"), "ETH/USDT": f("500"), "DOGE/USDT": f("700") };
const CASES: readonly Case[] = [
  [
    "trading-state",
    "a buy while the farm only reduces",
    calm([at("agent"), at("farm", {}, { tradingState: "reducing" })]),
    buy("1"),
    "deny",
    { before: "reducing", asked: "buy", limit: "active" },
  ],
  [
    "trading-state",
    "a sell while it only reduces",
    calm([at("agent", {}, { tradingState: "reducing" })], { quantity: f("2") }),
    sell("1"),
    "pass",
    { before: "reducing" },
  ],
  [
    "trading-state",
    "a person's sell while all are halted",
    calm([at("agent", {}, { tradingState: "halted" }), at("workspace", {}, { tradingState: "halted" })], { quantity: f("2"), byPerson: true }),
    sell("1"),
    "pass",
    {},
  ],
  ["session", "a closed market", calm(undefined, { session: "closed" }), buy("1"), "deny", { before: "closed", limit: "open" }],
  [
    "session",
    "a sell where only reductions are taken",
    calm(undefined, { session: "reduce-only", quantity: f("2") }),
    sell("1"),
    "pass",
    { before: "reduce-only" },
  ],
  [
    "session",
    "noon, before the hours begin",
    calm(levels({ tradingHours: "12:01-18:00" })),
    buy("1"),
    "deny",
    { before: "12:00", limit: "12:01-18:00" },
  ],
  ["session", "noon, in hours over midnight", calm(levels({ tradingHours: "20:00-12:01" })), buy("1"), "pass", { asked: "12:00" }],
  ["session", "noon, the end of the hours", calm(levels({ tradingHours: "08:00-12:00" })), buy("1"), "deny", { asked: "12:00" }],
  [
    "stale-price",
    "61 seconds",
    calm(levels({ maxPriceAgeSeconds: 60 }), { lastPriceAt: NOW - 61_000 }),
    buy("1"),
    "deny",
    { asked: "61", limit: "60" },
  ],
  ["stale-price", "60 seconds", calm(levels({ maxPriceAgeSeconds: 60 }), { lastPriceAt: NOW - 60_000 }), buy("1"), "pass", { asked: "60" }],
  ["price-collar", "200 of 200 bps", calm(levels({ priceCollarBps: 200 })), buy("1", "102"), "pass", { asked: "200", limit: "200" }],
  ["price-collar", "201 of 200 bps", calm(levels({ priceCollarBps: 200 })), buy("1", "102.01"), "deny", { asked: "201" }],
  ["price-collar", "below as above", calm(levels({ priceCollarBps: 200 })), buy("1", "97.99"), "deny", { asked: "201" }],
  [
    "price-collar",
    "a market order where the price has run away",
    calm(levels({ priceCollarBps: 100 }), { reference: f("98") }),
    buy("1"),
    "deny",
    { asked: "205" },
  ],
  ["price-precision", "half a tick", calm(), buy("1", "99.995"), "deny", { asked: "99.995", limit: "0.01" }],
  [
    "self-crossing",
    "a buy at one's own ask",
    calm(undefined, { openOrders: [{ symbol: "BTC/USDT", side: "sell", limitPrice: f("101") }] }),
    buy("1", "101"),
    "deny",
    { asked: "101", limit: "101" },
  ],
  [
    "self-crossing",
    "a buy below it",
    calm(undefined, { openOrders: [{ symbol: "BTC/USDT", side: "sell", limitPrice: f("101") }] }),
    buy("1", "100.99"),
    "pass",
    { before: "101" },
  ],
  [
    "self-crossing",
    "a market buy",
    calm(undefined, { openOrders: [{ symbol: "BTC/USDT", side: "sell", limitPrice: f("500") }] }),
    buy("1"),
    "deny",
    { asked: "market" },
  ],
  [
    "reduce-only",
    "more than is free",
    calm(undefined, { quantity: f("3"), claimedBySells: f("1.2") }),
    sell("2"),
    "reduce",
    { before: "3", asked: "2", limit: "1.8", allows: "1.8" },
  ],
  [
    "order-notional",
    "250 of 200 USDT",
    calm(levels({ maxOrderNotional: f("200") })),
    buy("2.5"),
    "reduce",
    { before: "0", asked: "250", limit: "200", allows: "2" },
  ],
  [
    "position-notional",
    "150 held, 90 open",
    calm(levels({ maxPositionNotional: f("400") }), { quantity: f("1.5"), openBuyNotional: f("90") }),
    buy("2"),
    "reduce",
    { before: "240", asked: "440", limit: "400", allows: "1.6" },
  ],
  [
    "position-notional",
    "a farm that is full",
    calm([at("agent"), at("farm", { maxPositionNotional: f("400") }, { symbolNotional: f("400") })]),
    buy("2"),
    "deny",
    { before: "400", asked: "600", allows: "0" },
  ],
  [
    "gross-exposure",
    "1,500 held",
    calm(levels({ maxGrossNotional: f("1650") }, { holds })),
    buy("2"),
    "reduce",
    { before: "1500", asked: "1700", limit: "1650", allows: "1.5" },
  ],
  [
    "gross-exposure",
    "something without a price",
    calm(levels({ maxGrossNotional: f("1650") }, { holds: { ...holds, "ETH/USDT": null } })),
    buy("2"),
    "deny",
    { before: "", limit: "1650" },
  ],
  [
    "exposure-share",
    "16 % of 10,000",
    calm(levels({ maxGrossPercent: f("16") }, { holds })),
    buy("2"),
    "reduce",
    { before: "1500", asked: "1700", limit: "1600", allows: "1" },
  ],
  ["exposure-share", "of an equity nobody knows", calm(levels({ maxGrossPercent: f("16") }, { equity: null })), buy("2"), "deny", { limit: "" }],
  [
    "concentration",
    "4.5 % of 10,000",
    calm(levels({ maxSymbolPercent: f("4.5") }, { holds })),
    buy("2"),
    "reduce",
    { before: "300", asked: "500", limit: "450", allows: "1.5" },
  ],
  [
    "sector",
    "bitcoin and what the workspace counts with it",
    calm([at("agent", { maxSectorPercent: f("9") }, { holds }), at("workspace", { sectors: { "BTC/USDT": "big", "ETH/USDT": "big" } })]),
    buy("2"),
    "reduce",
    { before: "800", asked: "1000", limit: "900", allows: "1" },
  ],
  [
    "sector",
    "by the product's own table bitcoin stands with none of them",
    calm(levels({ maxSectorPercent: f("9") }, { holds })),
    buy("2"),
    "pass",
    { before: "300", asked: "500" },
  ],
  [
    "correlation",
    "0.8 counts, 0.7 does not",
    calm(levels({ maxCorrelatedPercent: f("9") }, { holds }), { correlations: { "ETH/USDT": 0.8, "DOGE/USDT": 0.7 } }),
    buy("2"),
    "reduce",
    { before: "800", limit: "900", allows: "1" },
  ],
  [
    "correlation",
    "what cannot be computed counts",
    calm(levels({ maxCorrelatedPercent: f("20") }, { holds }), { correlations: { "ETH/USDT": -1, "DOGE/USDT": null } }),
    buy("2"),
    "pass",
    { before: "1000", asked: "1200" },
  ],
  [
    "depth-share",
    "10 % of 15",
    calm(levels({ maxDepthPercent: f("10") }), { depth: f("15") }),
    buy("2"),
    "reduce",
    { before: "0", asked: "2", limit: "1.5", allows: "1.5" },
  ],
  ["depth-share", "no book", calm(levels({ maxDepthPercent: f("10") })), buy("2"), "pass", { limit: "" }],
  [
    "volume-share",
    "4 % of the last two bars",
    calm(levels({ maxVolumePercent: f("4"), volumeBars: 2 })),
    buy("3"),
    "reduce",
    { before: "0", asked: "3", limit: "2", allows: "2" },
  ],
  ["volume-share", "no bar", calm(levels({ maxVolumePercent: f("4") }), { volumes: [] }), buy("3"), "deny", { before: "0", limit: "0", allows: "0" }],
  ["daily-loss", "exactly the limit", calm(levels({ maxDailyLoss: f("50") }, { dayPnl: f("-50") })), buy("1"), "deny", { before: "50", limit: "50" }],
  [
    "orders-per-minute",
    "the third of two",
    calm(levels({ maxOrdersPerMinute: 2 }, { ordersLastMinute: 2 })),
    buy("1"),
    "deny",
    { before: "2", asked: "3", limit: "2" },
  ],
  [
    "orders-per-hour",
    "the second of two",
    calm(levels({ maxOrdersPerHour: 2 }, { ordersLastHour: 1 })),
    buy("1"),
    "pass",
    { before: "1", asked: "2" },
  ],
  [
    "cooldown-period",
    "ten of thirty minutes after a trade",
    calm(undefined, {
      protections: [{ kind: "cooldown-period", stopMinutes: 30 }],
      closedTrades: [{ symbol: "BTC/USDT", openedAt: 0, closedAt: NOW - 600_000, profit: f("0.1") }],
    }),
    buy("1"),
    "deny",
    { asked: "10", limit: "30" },
  ],
  [
    "free-balance",
    "200 of cash at the worst price with fees",
    calm(undefined, { cash: f("200") }),
    buy("2"),
    "reduce",
    { before: "200", asked: "210.21", limit: "200", allows: "1.9" },
  ],
  ["quantity-precision", "half a lot over", calm(), buy("1.005"), "reduce", { asked: "1.005", limit: "0.01", allows: "1" }],
  ["quantity-range", "too much", calm(), buy("51"), "reduce", { before: "0", asked: "51", limit: "50", allows: "50" }],
  ["quantity-range", "too little", calm(), buy("0.01"), "deny", { asked: "0.01", limit: "0.02", allows: "0" }],
  ["venue-minimum", "4 of 5 USDT", calm(), buy("0.04"), "deny", { asked: "4", limit: "5" }],
  ["order-minimum", "90 of 100 USDT", calm(levels({ minOrderNotional: f("100") })), buy("0.9"), "deny", { asked: "90", limit: "100" }],
  [
    "duplicate-intent",
    "the same a minute ago",
    calm(levels({ duplicateWindowSeconds: 61 }), { recentOrders: [{ ...buy("1", "99"), at: NOW - 60_000, levels: ["agent"] }] }),
    buy("1", "99"),
    "deny",
    { asked: "60", limit: "61" },
  ],
  [
    "duplicate-intent",
    "the same long ago",
    calm(levels({ duplicateWindowSeconds: 60 }), { recentOrders: [{ ...buy("1", "99"), at: NOW - 60_000, levels: ["agent"] }] }),
    buy("1", "99"),
    "pass",
    {},
  ],
  [
    "duplicate-intent",
    "the same of a later tick that was committed first",
    calm(levels({ duplicateWindowSeconds: 61 }), { recentOrders: [{ ...buy("1", "99"), at: NOW + 60_000, levels: ["agent"] }] }),
    buy("1", "99"),
    "deny",
    { asked: "0", limit: "61" },
  ],
  [
    "duplicate-intent",
    "at another price",
    calm(levels({ duplicateWindowSeconds: 61 }), { recentOrders: [{ ...buy("1", "99"), at: NOW, levels: ["agent"] }] }),
    buy("1", "98"),
    "pass",
    {},
  ],
];

describe("the rules, with their exact numbers", () => {
  it.each(CASES)("%s: %s", (rule, _what, situation, order, outcome, figures) => {
    const checks = judgeOrder(asSituation(situation), order).checks.filter((c) => c.rule === rule);
    const bound = checks.find((c) => c.outcome !== "pass") ?? checks[0];
    expect(bound).toMatchObject({ rule, outcome, ...figures });
    expect(bound?.reason.length).toBeGreaterThan(10);
  });

  it("answers nothing where no limit is set: what is always on stands alone", () => {
    expect(judgeOrder(asSituation(calm()), buy("1", "99")).checks.map((c) => c.rule)).toEqual([
      "trading-state",
      "trading-state",
      "symbol-allow-list",
      "symbol-allow-list",
      "price-precision",
      "free-balance",
      "quantity-precision",
      "quantity-range",
      "venue-minimum",
    ]);
  });

  it("lets a sell pass every limit that could only stop it from reducing", () => {
    const all: Partial<Limits> = {
      allowedSymbols: ["ETH/USDT"],
      maxOrderNotional: f("1"),
      maxPositionNotional: f("1"),
      maxDailyLoss: f("1"),
      maxOrdersPerHour: 1,
      minOrderNotional: f("9999"),
      maxGrossNotional: f("1"),
      maxGrossPercent: f("0.1"),
      maxSymbolPercent: f("0.1"),
      maxSectorPercent: f("0.1"),
      maxCorrelatedPercent: f("0.1"),
      maxVolumePercent: f("0.1"),
      maxDepthPercent: f("0.1"),
      priceCollarBps: 1,
      maxPriceAgeSeconds: 1,
      maxOrdersPerMinute: 1,
      duplicateWindowSeconds: 600,
      tradingHours: "00:00-01:00",
    };
    const bad: Partial<Level> = { dayPnl: f("-500"), ordersLastHour: 9, ordersLastMinute: 9, holds, equity: f("100") };
    const order = sell("2", "90");
    const verdict = judgeOrder(
      asSituation(
        calm([at("agent", all, bad), at("farm", all, bad), at("workspace", all, bad)], {
          quantity: f("2"),
          lastPriceAt: 0,
          depth: f("1"),
          recentOrders: [{ ...order, at: NOW, levels: ["agent", "farm", "workspace"] }],
          protections: [{ kind: "cooldown-period", stopMinutes: 30 }],
          closedTrades: [{ symbol: "BTC/USDT", openedAt: 0, closedAt: NOW, profit: f("-0.1") }],
        }),
      ),
      order,
    );
    expect(verdict).toMatchObject({ outcome: "approve", allowedQuantity: "2" });
    expect(new Set(verdict.checks.map((c) => c.rule)).size).toBeGreaterThan(20);
    expect(verdict.checks.filter((c) => c.outcome !== "pass")).toEqual([]);
  });

  it("names the limit that made an order too small, not the venue's minimum", () => {
    const verdict = judgeOrder(asSituation(calm(levels({ maxOrderNotional: f("4") }))), buy("2"));
    expect(verdict).toMatchObject({ outcome: "deny", decidedBy: "order-notional" });
  });
});
