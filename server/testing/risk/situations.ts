import fc from "fast-check";
import type { Limits, ProposedOrder, ProtectionSpec, RiskLevel, RiskSituation } from "@/server/risk";
import { type Fixed, fixed, fixedInt } from "@/server/shared";
import { sampleInstrument } from "../turn-inputs";

/** 2025-01-10 12:00 UTC. */
export const NOW = 1_736_510_400_000;
const MINUTE = 60_000;

/** A situation as a test makes it up: a risk situation whose functions answer from plain tables that an oracle can read. */
export type MadeUp = Omit<RiskSituation, "levels" | "referencePrice" | "volume" | "correlation"> & {
  readonly levels: readonly (Omit<RiskLevel, "exposures"> & { readonly holds: Readonly<Record<string, Fixed | null>> })[];
  readonly reference: Fixed | null;
  readonly volumes: readonly Fixed[];
  readonly correlations: Readonly<Record<string, number | null>>;
};

export const asSituation = ({ levels, reference, volumes, correlations, ...rest }: MadeUp): RiskSituation => ({
  ...rest,
  levels: levels.map(({ holds, ...level }) => ({ ...level, exposures: () => holds })),
  referencePrice: () => reference,
  volume: (bars) => {
    const counted = volumes.slice(-bars);
    return { traded: counted.reduce<Fixed>((s, v) => (s + v) as Fixed, 0n as Fixed), bars: counted.length };
  },
  correlation: (other) => correlations[other] ?? null,
});

// Uniform, not biased to the ends: most cases should be the ordinary ones in which some limit nearly binds.
const whole = (min: number, max: number) => fc.noBias(fc.integer({ min, max }));
const decimal = (min: number, max: number, digits = 2): fc.Arbitrary<Fixed> =>
  whole(Math.ceil(min * 10 ** digits), Math.floor(max * 10 ** digits)).map((n) => fixed((n / 10 ** digits).toFixed(digits)));
const rarely = <T>(usual: T, ...others: readonly T[]) => fc.oneof({ weight: 24, arbitrary: fc.constant(usual) }, fc.constantFrom(...others));

export const NO_LIMIT: Limits = {
  allowedSymbols: null,
  maxOrderNotional: null,
  maxPositionNotional: null,
  maxDailyLoss: null,
  maxOrdersPerHour: null,
};

/** Every limit with values that bind in some of the situations. */
const each: { readonly [K in keyof Limits]-?: fc.Arbitrary<NonNullable<Limits[K]>> } = {
  allowedSymbols: fc.constantFrom(["BTC/USDT"], ["DOGE/USDT"]),
  maxOrderNotional: decimal(10, 4000),
  maxPositionNotional: decimal(10, 8000),
  maxDailyLoss: decimal(10, 900),
  maxOrdersPerHour: whole(2, 8),
  minOrderNotional: decimal(10, 4000),
  maxGrossNotional: decimal(10, 12_000),
  maxGrossPercent: decimal(1, 120),
  maxSymbolPercent: decimal(1, 80),
  maxSectorPercent: decimal(1, 100),
  maxCorrelatedPercent: decimal(1, 100),
  correlationThreshold: fc.constantFrom(fixed("0.3"), fixed("0.9")),
  maxVolumePercent: decimal(0.1, 30),
  volumeBars: whole(1, 3),
  maxDepthPercent: decimal(1, 100),
  priceCollarBps: whole(10, 2000),
  maxPriceAgeSeconds: whole(1, 400),
  maxOrdersPerMinute: whole(1, 5),
  duplicateWindowSeconds: whole(30, 600),
  tradingHours: fc.constantFrom("08:00-20:00", "22:00-06:00", "12:00-13:00", "12:01-24:00"),
  sectors: fc.constantFrom<Readonly<Record<string, string>>>({ "BTC/USDT": "x", "ETH/USDT": "x" }, { "DOGE/USDT": "meme" }),
};
const NAMES = Object.keys(each) as readonly (keyof Limits)[];

/** Up to three limits at once: with all of them set the same one would always decide. */
const limits: fc.Arbitrary<Limits> = fc
  .subarray([...NAMES], { maxLength: 3 })
  .chain((names) => fc.record(Object.fromEntries(names.map((n) => [n, each[n]])) as Record<string, fc.Arbitrary<unknown>>))
  .map((set) => ({ ...NO_LIMIT, ...(set as Partial<Limits>) }));

const holds = fc.record({
  "BTC/USDT": decimal(0, 3000),
  "DOGE/USDT": decimal(0, 3000),
  "ETH/USDT": fc.oneof({ weight: 12, arbitrary: decimal(0, 3000) }, fc.constant(null)),
});

const level = (name: RiskLevel["level"]) =>
  fc.record({
    level: fc.constant(name),
    limits,
    tradingState: rarely("active" as const, "reducing" as const, "halted" as const),
    dayPnl: decimal(-800, 800),
    ordersLastHour: whole(0, 9),
    ordersLastMinute: whole(0, 5),
    equity: fc.oneof({ weight: 12, arbitrary: decimal(1000, 10_000) }, fc.constantFrom(null, fixed("0"))),
    symbolNotional: name === "agent" ? fc.constant(null) : decimal(0, 6000),
    holds,
  });

const lookback = { lookbackMinutes: whole(5, 120), stopMinutes: whole(5, 90), tradeLimit: whole(1, 3) };
const protection: fc.Arbitrary<ProtectionSpec> = fc.oneof(
  fc.record({ kind: fc.constant("stop-loss-guard" as const), ...lookback, lossPercent: decimal(0, 3), onlyPerPair: fc.boolean() }),
  fc.record({ kind: fc.constant("max-drawdown" as const), ...lookback, maxDrawdownPercent: decimal(0, 6) }),
  fc.record({ kind: fc.constant("low-profit-pairs" as const), ...lookback, requiredProfitPercent: decimal(-3, 2) }),
  fc.record({ kind: fc.constant("cooldown-period" as const), stopMinutes: whole(5, 60) }),
);
const trades = fc
  .array(fc.record({ symbol: fc.constantFrom("BTC/USDT", "DOGE/USDT"), ago: whole(0, 200), profit: decimal(-0.05, 0.05, 4) }), { maxLength: 6 })
  .map((list) =>
    list.sort((a, b) => b.ago - a.ago).map(({ ago, ...t }) => ({ ...t, openedAt: NOW - (ago + 5) * MINUTE, closedAt: NOW - ago * MINUTE })),
  );

export const madeUp: fc.Arbitrary<MadeUp> = fc.record({
  levels: fc.tuple(level("agent"), level("farm"), level("workspace")).map((all) => all),
  symbols: fc.constant(["BTC/USDT", "DOGE/USDT"]),
  at: whole(0, 2).map((minutes) => NOW + minutes * MINUTE),
  instrument: fc.oneof(
    {
      weight: 20,
      arbitrary: fc
        .constantFrom("9000", "30")
        .map((max) => ({ ...sampleInstrument("BTC/USDT"), lotSize: fixed("0.001"), minQuantity: fixed("0.01"), maxQuantity: fixed(max) })),
    },
    fc.constant(null),
  ),
  session: rarely("open" as const, "reduce-only" as const, "closed" as const),
  lastPrice: fc.oneof({ weight: 20, arbitrary: decimal(50, 150) }, fc.constant(null)),
  lastPriceAt: whole(0, 600).map((s) => NOW - s * 1000),
  reference: fc.oneof({ weight: 12, arbitrary: decimal(60, 140) }, fc.constant(null)),
  cash: fc.oneof({ weight: 3, arbitrary: decimal(5000, 20_000) }, decimal(0, 3000)),
  quantity: decimal(0, 40, 3),
  claimedBySells: decimal(0, 5, 3),
  openBuyNotional: decimal(0, 500),
  openOrders: fc.array(
    fc.record({
      symbol: fc.constantFrom("BTC/USDT", "DOGE/USDT"),
      side: fc.constantFrom("buy" as const, "buy" as const, "sell" as const),
      limitPrice: fc.oneof({ weight: 6, arbitrary: decimal(50, 200) }, fc.constant(null)),
    }),
    { maxLength: 1 },
  ),
  recentOrders: fc.constant([]),
  volumes: fc.array(decimal(0, 100), { maxLength: 4 }),
  depth: fc.oneof({ weight: 4, arbitrary: decimal(0, 60) }, fc.constant(null)),
  correlations: fc.record({ "DOGE/USDT": fc.constantFrom(0.95, 0.5, -0.9, null), "ETH/USDT": fc.constantFrom(0.95, 0.5, -0.9, null) }),
  protections: fc.array(protection, { maxLength: 1 }),
  closedTrades: trades,
  byPerson: rarely(false, true),
});

/** Quantities off the lot and prices off the tick now and then: the judge must not rely on whoever proposes. */
const order: fc.Arbitrary<ProposedOrder> = fc.record({
  symbol: fc.oneof({ weight: 20, arbitrary: fc.constant("BTC/USDT") }, fc.constantFrom("ETH/USDT", "NO/SUCH")),
  side: fc.constantFrom("buy" as const, "buy" as const, "buy" as const, "sell" as const),
  type: fc.constantFrom("market" as const, "limit" as const),
  quantity: fc.oneof(
    { weight: 8, arbitrary: decimal(0, 50, 3) },
    decimal(0, 50, 6),
    fc.constantFrom(fixedInt(0), fixed("-3"), fixed("100000000000")),
  ),
  limitPrice: fc.oneof({ weight: 8, arbitrary: decimal(50, 150) }, decimal(50, 150, 4), fc.constantFrom(null, fixed("0"), fixed("-4"))),
});

/** Every fourth agent has goals that bound what it may invest, per cent of equity. */
const goalBudget = fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, decimal(0, 99));

/** A situation and an order in it; every third time the same order has been made before. */
export const cases: fc.Arbitrary<readonly [MadeUp, ProposedOrder]> = fc
  .tuple(madeUp, order, whole(0, 2), whole(0, 700), fc.boolean(), goalBudget)
  .map(([plain, o, n, ago, own, budget]) => {
    const s: MadeUp = budget === null ? plain : { ...plain, goalBudget: { maxExposurePercent: budget, why: "Its goals." } };
    if (n > 0 || o.quantity <= 0n) return [s, o];
    const same = { symbol: o.symbol, side: o.side, limitPrice: o.type === "limit" ? o.limitPrice : null, quantity: o.quantity };
    const levels = own ? (["agent", "farm", "workspace"] as const) : (["workspace"] as const);
    return [{ ...s, recentOrders: [{ ...same, at: s.at - ago * 1000, levels }] }, o];
  });
