import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BarView, Candle } from "@/server/market";
import { add, type Fixed, fixed, fixedInt, max, min, sub, toText, ZERO } from "@/server/shared";
import { fillAmounts } from "./fill-amounts";
import { instrumentFor } from "./instruments";
import { EMPTY_PAPER_ACCOUNT, type PaperAccountState, type PaperMarket } from "./paper-types";
import { advancePaperAccount, cancelPaperOrder, placePaperOrder, transferPaper } from "./paper-venue";
import type { PlaceOrder } from "./ports";
import type { Execution } from "./types";

const M = 60_000;
const INSTRUMENT = {
  ...instrumentFor("AAA/USDT", { priceDecimals: 2, priceHint: 100 }),
  lotSize: fixed("0.01"),
  minQuantity: fixed("0.01"),
  makerFee: fixed("0.0005"),
};

/** A bar from four prices in cents. */
const bar = (i: number, open: number, high: number, low: number, close: number, volume = 1_000): Candle => {
  const price = (cents: number) => fixed((cents / 100).toFixed(2));
  return { openTime: i * M, open: price(open), high: price(high), low: price(low), close: price(close), volume: fixedInt(volume) };
};

/** What is known of the bars at `at`. */
const market = (bars: readonly Candle[], at: number): Record<string, PaperMarket> => ({
  "AAA/USDT": {
    instrument: INSTRUMENT,
    baseMs: M,
    bars: bars.filter((b) => b.openTime <= at).map((b): BarView => ({ openTime: b.openTime, open: b.open, closed: b.openTime + M <= at ? b : null })),
  },
});

const funded = (usdt: string, base = "0"): PaperAccountState => {
  const state = transferPaper(EMPTY_PAPER_ACCOUNT, "USDT", fixed(usdt), "t1");
  return base === "0" ? state : transferPaper(state, "AAA", fixed(base), "t2");
};

const order = (over: Partial<PlaceOrder> = {}): PlaceOrder => ({
  clientOrderId: "o1",
  symbol: "AAA/USDT",
  side: "buy",
  type: "market",
  quantity: fixed("1"),
  limitPrice: null,
  reduceOnly: false,
  expiresAt: null,
  at: M,
  ...over,
});
const limit = (side: "buy" | "sell", price: string, over: Partial<PlaceOrder> = {}): PlaceOrder =>
  order({ side, type: "limit", limitPrice: fixed(price), ...over });

/** Places at the last price 100 and advances to `at`. */
function run(state: PaperAccountState, orders: readonly PlaceOrder[], bars: readonly Candle[], at: number) {
  let s = state;
  for (const o of orders) s = placePaperOrder(s, o, INSTRUMENT, fixed("100")).state;
  return advancePaperAccount(s, { at, markets: market(bars, at) });
}
const brief = (e: Execution) => [e.clientOrderId, toText(e.quantity), toText(e.price), e.liquidity, e.at];

describe("fills", () => {
  const bars = [
    bar(0, 10_000, 10_010, 9_990, 10_000),
    bar(1, 10_000, 10_100, 9_900, 10_050),
    bar(2, 9_800, 9_900, 9_700, 9_750),
    bar(3, 9_760, 9_800, 9_750, 9_800),
  ];

  it("market orders fill at the next open, half a spread worse, on the tick", () => {
    expect(run(funded("1000"), [order()], bars, M).executions.map(brief)).toEqual([["o1", "1", "100.01", "taker", M]]);
    const sold = run(funded("0.000001", "1"), [order({ side: "sell" })], bars, M);
    expect(sold.executions.map(brief)).toEqual([["o1", "1", "99.99", "taker", M]]);
    expect(sold.executions[0]?.fee).toBe(fixed("0.09999"));
  });

  it("an order made inside a bar waits for the next open", () => {
    expect(run(funded("1000"), [order({ at: M + 1 })], bars, 2 * M - 1).executions).toEqual([]);
    expect(run(funded("1000"), [order({ at: M + 1 })], bars, 2 * M).executions.map(brief)).toEqual([["o1", "1", "98.01", "taker", 2 * M]]);
  });

  it("a limit order marketable on arrival keeps the better open", () => {
    expect(run(funded("1000"), [limit("buy", "100.50")], bars, M).executions.map(brief)).toEqual([["o1", "1", "100", "taker", M]]);
    expect(run(funded("1000"), [limit("buy", "100")], bars, M).executions.map(brief)).toEqual([["o1", "1", "100", "taker", M]]);
  });

  it("a resting limit fills at its price when the bar trades through it, known once the bar has closed", () => {
    expect(run(funded("1000"), [limit("buy", "99.50")], bars, 2 * M - 1).executions).toEqual([]);
    expect(run(funded("1000"), [limit("buy", "99.50")], bars, 2 * M).executions.map(brief)).toEqual([["o1", "1", "99.5", "maker", 2 * M]]);
  });

  it("a touch is no fill, and a gap through the limit fills at the open", () => {
    expect(run(funded("1000"), [limit("buy", "99")], bars, 2 * M).executions.map(brief)).toEqual([["o1", "1", "98", "taker", 2 * M]]);
    expect(run(funded("1000"), [limit("buy", "97")], bars, 9 * M).executions).toEqual([]);
    expect(run(funded("1", "1"), [limit("sell", "101")], bars.slice(0, 2), 2 * M).executions).toEqual([]);
  });

  it("takes at most a tenth of a bar's volume, the rest later", () => {
    const thin = bars.map((b, i) => ({ ...b, volume: fixedInt(i === 1 ? 20 : 10) }));
    const { executions, state } = run(funded("1000"), [order({ quantity: fixed("3.5") })], thin, 3 * M);
    expect(executions.map(brief)).toEqual([
      ["o1", "1", "100.01", "taker", M],
      ["o1", "2", "98.01", "taker", 2 * M],
      ["o1", "0.5", "97.61", "taker", 3 * M],
    ]);
    expect(state.open).toEqual([]);
  });

  it("expires before the bar that opens then, and inside a bar gives no benefit of the doubt", () => {
    const at = (expiresAt: number) => run(funded("1000"), [limit("buy", "99.50", { expiresAt })], bars, 3 * M);
    expect(at(2 * M).executions).toHaveLength(1);
    expect(at(2 * M - 1).executions).toEqual([]);
    expect(at(2 * M - 1).orders.map((o) => [o.status, o.reserved])).toEqual([["expired", "0"]]);
    expect(run(funded("1000"), [limit("buy", "98.50", { expiresAt: 2 * M })], bars, 3 * M).executions).toEqual([]);
  });

  it("spends money at the worst prices first: buys before sells, the dearest buy and the cheapest sell first", () => {
    const wide = [bar(0, 10_000, 10_000, 10_000, 10_000), bar(1, 10_000, 11_000, 9_000, 10_000)];
    const orders = [
      limit("sell", "105", { clientOrderId: "s105" }),
      limit("sell", "103", { clientOrderId: "s103" }),
      limit("buy", "95", { clientOrderId: "b95" }),
      limit("buy", "97", { clientOrderId: "b97" }),
    ];
    expect(run(funded("1000", "2"), orders, wide, 2 * M).executions.map((e) => e.clientOrderId)).toEqual(["b97", "b95", "s103", "s105"]);
  });

  it("cuts a market order short when the price runs away from its reserve", () => {
    const jump = [bar(0, 10_000, 10_000, 10_000, 10_000), bar(1, 20_000, 20_000, 20_000, 20_000)];
    const { executions, orders, state } = run(funded("110"), [order()], jump, M);
    expect(toText(executions[0]?.quantity as Fixed)).toBe("0.54");
    expect(orders.map((o) => [o.status, o.reason])).toEqual([["cancelled", "INSUFFICIENT_FUNDS"]]);
    expect(fixed(state.balances.USDT as string)).toBeGreaterThanOrEqual(ZERO);
  });
});

describe("refusals", () => {
  it.each([
    ["INSUFFICIENT_FUNDS", order({ quantity: fixed("10") })],
    ["INSUFFICIENT_FUNDS", order({ side: "sell" })],
    ["NOTHING_TO_REDUCE", order({ side: "sell", reduceOnly: true })],
    ["LOT_SIZE", order({ quantity: fixed("1.001") })],
    ["MIN_QUANTITY", order({ quantity: ZERO })],
    ["MIN_QUANTITY", order({ quantity: fixed("-1") })],
    ["MIN_NOTIONAL", order({ quantity: fixed("0.04") })],
    ["TICK_SIZE", limit("buy", "99.999")],
    ["INVALID_PRICE", order({ type: "limit" })],
    ["INVALID_PRICE", order({ limitPrice: fixed("1") })],
    ["EXPIRED", order({ expiresAt: M })],
  ])("%s", (reason, o) => {
    expect(() => placePaperOrder(funded("500"), o, INSTRUMENT, fixed("100"))).toThrowError(
      expect.objectContaining({ code: "ORDER_REJECTED", details: expect.objectContaining({ data: { reason } }) }),
    );
  });

  it("a client id is taken only while its order is open, as on real venues", () => {
    const first = placePaperOrder(funded("500"), limit("buy", "90"), INSTRUMENT, fixed("100")).state;
    expect(() => placePaperOrder(first, limit("buy", "90"), INSTRUMENT, fixed("100"))).toThrowError(
      expect.objectContaining({ details: expect.objectContaining({ data: { reason: "DUPLICATE_CLIENT_ID" } }) }),
    );
    const gone = cancelPaperOrder(first, "o1")?.state as PaperAccountState;
    expect(placePaperOrder(gone, limit("buy", "90"), INSTRUMENT, fixed("100")).order.placement).toBe(2);
    expect(cancelPaperOrder(gone, "o1")).toBeNull();
  });

  it("transfers once a key, and not what orders have locked", () => {
    const state = placePaperOrder(funded("100"), limit("buy", "90"), INSTRUMENT, fixed("100")).state;
    expect(() => transferPaper(state, "USDT", fixed("-20"), "out")).toThrowError(expect.objectContaining({ code: "INSUFFICIENT_FUNDS" }));
    const out = transferPaper(state, "USDT", fixed("-5"), "out");
    expect(transferPaper(out, "USDT", fixed("-5"), "out")).toBe(out);
    expect(out.balances.USDT).toBe("95");
  });
});

// ---- properties over random markets and orders -------------------------------

const bars = fc
  .array(
    fc.record({
      move: fc.integer({ min: -300, max: 300 }),
      up: fc.integer({ min: 0, max: 200 }),
      down: fc.integer({ min: 0, max: 200 }),
      volume: fc.integer({ min: 0, max: 60 }),
      gap: fc.boolean(),
    }),
    { minLength: 12, maxLength: 30 },
  )
  .map((steps) => {
    let price = 10_000;
    return steps.flatMap((s, i) => {
      const open = price;
      price = Math.max(500, price + s.move);
      return s.gap && i % 5 === 4 ? [] : [bar(i, open, Math.max(open, price) + s.up, Math.max(1, Math.min(open, price) - s.down), price, s.volume)];
    });
  });
const orders = fc.array(
  fc.record({
    tick: fc.integer({ min: 1, max: 10 }),
    late: fc.integer({ min: 0, max: 1 }),
    side: fc.constantFrom("buy" as const, "sell" as const),
    limit: fc.option(fc.integer({ min: 9_000, max: 11_000 })),
    quantity: fc.integer({ min: 6, max: 900 }),
    life: fc.option(fc.integer({ min: 1, max: 400_000 })),
  }),
  { minLength: 1, maxLength: 8 },
);
type Plan = {
  readonly tick: number;
  readonly late: number;
  readonly side: "buy" | "sell";
  readonly limit: number | null;
  readonly quantity: number;
  readonly life: number | null;
};
type Advance = typeof advancePaperAccount;

/** Plays the plan; between the instants at which orders arrive, the market is advanced in the given steps. */
function play(candles: readonly Candle[], plans: readonly Plan[], steps: readonly number[], advance: Advance = advancePaperAccount) {
  let state = funded("3000", "10");
  const executions: Execution[] = [];
  const placed: PlaceOrder[] = [];
  const instants = [...new Set([...plans.map((p) => p.tick * M), ...steps, 40 * M])].sort((a, b) => a - b);
  for (const at of instants) {
    const moved = advance(state, { at, markets: market(candles, at) });
    executions.push(...moved.executions);
    state = moved.state;
    for (const [n, p] of plans.entries()) {
      if (p.tick * M !== at) continue;
      const o = order({
        clientOrderId: `o${n}`,
        side: p.side,
        type: p.limit === null ? "market" : "limit",
        limitPrice: p.limit === null ? null : fixed((p.limit / 100).toFixed(2)),
        quantity: fixed((p.quantity / 100).toFixed(2)),
        at: at + p.late * 1_000,
        expiresAt: p.life === null ? null : at + 1_000 + p.life,
      });
      try {
        state = placePaperOrder(state, o, INSTRUMENT, fixed("100")).state;
        placed.push(o);
      } catch (error) {
        expect(error).toMatchObject({ code: "ORDER_REJECTED" });
      }
    }
  }
  return { state, executions, placed };
}

/** What no run may show; empty = nothing wrong. */
function violations(candles: readonly Candle[], { state, executions, placed }: ReturnType<typeof play>): string[] {
  const wrong: string[] = [];
  let [usdt, aaa] = [fixed("3000"), fixed("10")];
  const filled = new Map<string, Fixed>();
  for (const [i, e] of executions.entries()) {
    const o = placed.find((p) => p.clientOrderId === e.clientOrderId) as PlaceOrder;
    const { cash } = fillAmounts(e);
    usdt = e.side === "buy" ? sub(usdt, cash) : add(usdt, cash);
    aaa = e.side === "buy" ? add(aaa, e.quantity) : sub(aaa, e.quantity);
    filled.set(e.clientOrderId, add(filled.get(e.clientOrderId) ?? ZERO, e.quantity));
    if (usdt < 0n || aaa < 0n) wrong.push("a balance went below zero");
    if (e.sequence !== i + 1) wrong.push("the sequence has a hole");
    const origin = candles.find((c) => c.openTime >= o.at);
    if (!origin || e.at < origin.openTime) wrong.push("a fill before the first open after the order");
    if (o.expiresAt !== null && e.at > o.expiresAt) wrong.push("a fill after expiry");
    if (o.limitPrice !== null && (e.side === "buy" ? e.price > o.limitPrice : e.price < o.limitPrice)) wrong.push("worse than the limit");
    const [low, high] = candles.reduce<[Fixed, Fixed]>(([l, h], c) => [min(l, c.low), max(h, c.high)], [fixed("999999"), ZERO]);
    if (e.price < sub(low, fixed("0.02")) || e.price > add(high, fixed("0.02"))) wrong.push("a price that never traded");
    if ((filled.get(e.clientOrderId) as Fixed) > o.quantity) wrong.push("filled more than was ordered");
  }
  if (usdt !== fixed(state.balances.USDT ?? "0") || aaa !== fixed(state.balances.AAA ?? "0")) wrong.push("balances are not the sum of the fills");
  return wrong;
}

describe("properties", () => {
  it("conserves money and units, fills after the order and within the limit, once", () => {
    let fills = 0;
    fc.assert(
      fc.property(bars, orders, (candles, plans) => {
        const result = play(candles, plans, []);
        fills += result.executions.length;
        expect(violations(candles, result)).toEqual([]);
      }),
      { numRuns: 300 },
    );
    expect(fills).toBeGreaterThan(200);
  });

  it("gives the same fills and state in whatever steps the market is advanced, repeated steps included", () => {
    fc.assert(
      fc.property(bars, orders, fc.array(fc.integer({ min: 0, max: 40 * M }), { maxLength: 40 }), (candles, plans, steps) => {
        const whole = play(candles, plans, []);
        const chunked = play(candles, plans, [...steps, ...steps.map((s) => s - (s % M))]);
        expect(chunked).toEqual(whole);
        const again = advancePaperAccount(whole.state, { at: 40 * M, markets: market(candles, 40 * M) });
        expect(again.executions).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it("survives being stored as JSON between any two steps", () => {
    const stored: Advance = (state, input) => advancePaperAccount(JSON.parse(JSON.stringify(state)) as PaperAccountState, input);
    fc.assert(
      fc.property(bars, orders, (candles, plans) => {
        expect(play(candles, plans, [3 * M, 7 * M + 1], stored)).toEqual(play(candles, plans, []));
      }),
    );
  });

  const broken: readonly (readonly [string, Advance])[] = [
    [
      "fills in the bar in which the order was made",
      (state, input) =>
        advancePaperAccount({ ...state, open: state.open.map((o) => ({ ...o, at: o.at - M, seenAt: Math.min(o.seenAt, o.at - M - 1) })) }, input),
    ],
    [
      "forgets what it has seen",
      (state, input) => {
        const step = advancePaperAccount(state, input);
        return {
          ...step,
          state: { ...step.state, open: step.state.open.map((o) => ({ ...o, seenAt: o.at, seenRank: 1, filledQuantity: "0", arrived: false })) },
        };
      },
    ],
    [
      "gives a fill for free",
      (state, input) => {
        const step = advancePaperAccount(state, input);
        return step.executions.length > 0
          ? { ...step, state: { ...step.state, balances: { ...step.state.balances, USDT: state.balances.USDT ?? "0" } } }
          : step;
      },
    ],
  ];
  it.each(broken)("finds a matcher that %s", (_name, advance) => {
    const found = fc.check(
      fc.property(
        bars,
        orders,
        (candles, plans) =>
          violations(candles, play(candles, plans, [], advance)).length === 0 &&
          JSON.stringify(play(candles, plans, [5 * M, 9 * M], advance).executions.map(brief)) ===
            JSON.stringify(play(candles, plans, []).executions.map(brief)),
      ),
      { numRuns: 300 },
    );
    expect(found.failed).toBe(true);
  });
});
