import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BarView } from "@/server/market";
import { add, type Fixed, fixed, fixedInt, mul, neg, sub, toText, ZERO } from "@/server/shared";
import {
  advancePaperAccount,
  DEFAULT_PAPER_RULES,
  EMPTY_PAPER_ACCOUNT,
  type Execution,
  fillAmounts,
  instrumentFor,
  placePaperOrder,
  transferPaper,
} from "@/server/trading";
import { measureVeto, type VetoMarket } from "./measure-veto";
import type { VetoedOrder, VetoOutcome } from "./types";

const M = 60_000;
const SYMBOL = "AAA/USDT";
const instrument = {
  ...instrumentFor(SYMBOL, { priceDecimals: 2, priceHint: 100 }),
  lotSize: fixed("0.01"),
  minQuantity: fixed("0.01"),
  minNotional: fixed("5"),
  makerFee: fixed("0.0005"),
  takerFee: fixed("0.001"),
};
const cents = (n: number): Fixed => fixed((n / 100).toFixed(2));
const bar = (i: number, open: number, high: number, low: number, close: number): BarView => {
  const [o, h, l, c] = [cents(open), cents(high), cents(low), cents(close)];
  return { openTime: i * M, open: o, closed: { openTime: i * M, open: o, high: h, low: l, close: c, volume: fixedInt(1_000_000_000) } };
};
const BARS = [bar(1, 10_000, 10_300, 9_900, 10_200), bar(2, 10_200, 10_250, 9_500, 9_600), bar(3, 9_600, 9_700, 9_000, 9_100)];
const market = (settlePrice: string | null, bars: readonly BarView[] = BARS): VetoMarket => ({
  instrument,
  rules: DEFAULT_PAPER_RULES,
  baseMs: M,
  bars,
  settlePrice: settlePrice === null ? null : fixed(settlePrice),
});
const order = (over: Partial<VetoedOrder> = {}): VetoedOrder => ({
  symbol: SYMBOL,
  side: "buy",
  limitPrice: null,
  askedQuantity: fixed("10"),
  allowedQuantity: ZERO,
  possibleQuantity: fixed("100"),
  at: M,
  expiresAt: null,
  settleAt: 4 * M,
  ...over,
});
const text = (v: VetoOutcome) => ({
  quantity: toText(v.vetoedQuantity),
  entry: v.entryPrice && toText(v.entryPrice),
  fee: toText(v.fee),
  saved: toText(v.saved),
  note: v.note,
});

describe("a veto's worth by hand", () => {
  it("saves what a denied market buy would have lost: open 100.00, half a spread up to the tick, 10 bp fee", () => {
    // 10 × (91.00 − 100.01) = −90.10, less the fee of 1000.10 × 0.001 = 1.0001
    expect(text(measureVeto(order(), market("91")))).toEqual({ quantity: "10", entry: "100.01", fee: "1.0001", saved: "91.1001", note: null });
  });

  it("costs what it would have made", () => {
    // 10 × (120.00 − 100.01) = 199.90, less 1.0001
    expect(text(measureVeto(order(), market("120")))).toMatchObject({ saved: "-198.8999" });
  });

  it("counts only the part that a reduction took away", () => {
    // (10 − 4) × (91.00 − 100.01) = −54.06, less 600.06 × 0.001
    const reduced = measureVeto(order({ allowedQuantity: fixed("4") }), market("91"));
    expect(text(reduced)).toEqual({ quantity: "6", entry: "100.01", fee: "0.60006", saved: "54.66006", note: null });
  });

  it("turns the sign for sells: half a spread down to the tick", () => {
    // 10 × (99.99 − 91.00) = 89.90, less 999.90 × 0.001
    expect(text(measureVeto(order({ side: "sell" }), market("91")))).toEqual({
      ...{ quantity: "10", entry: "99.99", fee: "0.9999", saved: "-88.9001", note: null },
    });
  });

  it("lets a limit rest: filled at its price by a bar that trades through it, at the maker's fee", () => {
    // 10 × (91 − 98) = −70, less 980 × 0.0005
    const resting = measureVeto(order({ limitPrice: fixed("98") }), market("91"));
    expect(text(resting)).toEqual({ quantity: "10", entry: "98", fee: "0.49", saved: "70.49", note: null });
    expect(resting.entryAt).toBe(2 * M);
  });

  it("takes a limit that is marketable at the first open at that open", () => {
    expect(text(measureVeto(order({ limitPrice: fixed("101") }), market("91")))).toMatchObject({ entry: "100", fee: "1", saved: "91" });
  });
});

describe("what no veto prevented", () => {
  it.each([
    ["a touch of the limit is no fill", order({ limitPrice: fixed("90") }), market("91"), "no-fill"],
    ["nor is a fall after the order's end", order({ limitPrice: fixed("98"), expiresAt: 2 * M }), market("91"), "no-fill"],
    ["the account could not have paid for more", order({ possibleQuantity: fixed("4"), allowedQuantity: fixed("4") }), market("91"), "impossible"],
    ["the venue takes no order of 1.00 USDT", order({ askedQuantity: fixed("0.01") }), market("91"), "below-minimum"],
    ["no bar came between tick and settlement", order({ at: 9 * M, settleAt: 10 * M }), market("91"), "no-bars"],
    ["no price is known at the settlement", order(), market(null), "no-price"],
  ] as const)("%s", (_, vetoed, seen, note) => {
    expect(text(measureVeto(vetoed, seen))).toMatchObject({ fee: "0", saved: "0", note });
  });

  it("is capped by what the account could have done", () => {
    expect(text(measureVeto(order({ askedQuantity: fixed("1000000"), possibleQuantity: fixed("10") }), market("91")))).toMatchObject({
      quantity: "10",
      saved: "91.1001",
    });
  });
});

/** What the paper venue makes of the whole order in an account that can afford it: its value at the settlement against not having traded. */
function byTheVenue(o: VetoedOrder, seen: VetoMarket): { fills: readonly Execution[]; value: Fixed } {
  const before = [-1, 0].map((i) => bar(i, 10_000, 10_000, 10_000, 10_000));
  const rich = transferPaper(transferPaper(EMPTY_PAPER_ACCOUNT, "USDT", fixed("1000000000"), "money"), "AAA", fixed("1000000"), "coins");
  const { state } = placePaperOrder(
    rich,
    {
      clientOrderId: "o",
      symbol: SYMBOL,
      side: o.side,
      type: o.limitPrice === null ? "market" : "limit",
      quantity: o.askedQuantity,
      limitPrice: o.limitPrice,
      reduceOnly: false,
      expiresAt: o.expiresAt,
      at: o.at,
    },
    instrument,
    cents(10_000),
  );
  // An open at the settlement is none of it any more.
  const bars = [...before, ...seen.bars.filter((b) => b.openTime < o.settleAt)];
  const fills = advancePaperAccount(state, { at: o.settleAt, markets: { [SYMBOL]: { instrument, baseMs: M, bars } } }).executions;
  const settle = seen.settlePrice ?? ZERO;
  const value = fills.reduce<Fixed>((total, f) => {
    const worth = mul(f.quantity, settle, "half-even");
    const { cash } = fillAmounts(f);
    return add(total, f.side === "buy" ? sub(worth, cash) : sub(cash, worth));
  }, ZERO);
  return { fills, value };
}

const walk = fc
  .array(fc.tuple(fc.integer({ min: -300, max: 300 }), fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 200 })), {
    minLength: 2,
    maxLength: 12,
  })
  .map((moves) => {
    let price = 10_000;
    return moves.map(([move, up, down], i) => {
      const open = price + (i % 3 === 0 ? 25 : 0);
      price = Math.max(500, open + move);
      return bar(i + 1, open, Math.max(open, price) + up, Math.min(open, price) - down, price);
    });
  });
const vetoes = fc.record({
  side: fc.constantFrom("buy" as const, "sell" as const),
  limit: fc.option(fc.integer({ min: 9_000, max: 11_000 })),
  lots: fc.integer({ min: 10, max: 5_000 }),
  life: fc.option(fc.integer({ min: 1, max: 8 })),
  settle: fc.integer({ min: 2, max: 14 }),
  price: fc.integer({ min: 1, max: 30_000 }),
});

type Measure = typeof measureVeto;

function agreesWithTheVenue(measure: Measure): void {
  fc.assert(
    fc.property(walk, vetoes, (bars, v) => {
      const o = order({
        side: v.side,
        limitPrice: v.limit === null ? null : cents(v.limit),
        askedQuantity: mul(instrument.lotSize, fixedInt(v.lots), "down"),
        expiresAt: v.limit === null || v.life === null ? null : (1 + v.life) * M,
        settleAt: v.settle * M,
      });
      const known = bars.filter((b) => b.openTime <= o.settleAt).map((b) => (b.openTime + M <= o.settleAt ? b : { ...b, closed: null }));
      const seen = market(String(v.price / 100), known);
      const mine = measure(o, seen);
      if (mine.note === "below-minimum") return;
      const { fills, value } = byTheVenue(o, seen);
      expect(mine.entryPrice === null ? null : toText(mine.entryPrice)).toBe(fills[0] ? toText(fills[0].price) : null);
      expect(toText(mine.missed)).toBe(toText(value));
      expect(toText(mine.saved)).toBe(toText(neg(value)));
    }),
    { numRuns: 300 },
  );
}

describe("the paper venue as the judge of it", () => {
  it("agrees to the last digit with what the venue would have made of the order", () => {
    agreesWithTheVenue(measureVeto);
  });

  it.each<[string, Measure]>([
    [
      "without the fee",
      (o, m) => {
        const v = measureVeto(o, m);
        return { ...v, missed: add(v.missed, v.fee), saved: sub(v.saved, v.fee) };
      },
    ],
    [
      "with the sign of a buy for sells",
      (o, m) => {
        const v = measureVeto(o, m);
        return o.side === "sell" ? { ...v, missed: v.saved, saved: v.missed } : v;
      },
    ],
    ["entered at the settlement price", (o, m) => ({ ...measureVeto(o, m), entryPrice: m.settlePrice })],
    ["marked one tick off", (o, m) => measureVeto(o, { ...m, settlePrice: m.settlePrice && add(m.settlePrice, instrument.tickSize) })],
  ])("control: a measure %s is caught", (_, broken) => {
    expect(() => agreesWithTheVenue(broken)).toThrow();
  });
});
