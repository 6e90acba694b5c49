import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "@/server/shared";
import { exposureMatched } from "./exposure-matched";
import { type RecordedFill, type RecordSource, recordFromFills } from "./record-from-fills";
import { recordStep } from "./record-step";

const HOUR = 3_600_000;
const closesOf = (prices: readonly number[]) => prices.map((close, i) => ({ at: i * HOUR, close }));
const source = (change: Partial<RecordSource>): RecordSource => ({
  from: 0,
  to: 4 * HOUR,
  stepMs: HOUR,
  opening: {},
  fills: [],
  closes: { "A/USDT": closesOf([100, 110, 99, 99, 120]) },
  equity: [{ at: 0, equity: 1000 }],
  ...change,
});
const fill = (at: number, side: "buy" | "sell", quantity: number, price: number, fee = 0): RecordedFill => ({
  symbol: "A/USDT",
  side,
  quantity,
  price,
  fee,
  at,
});
const failure = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return { code, message };
  }
  return { code: "no error", message: "" };
};

describe("a record out of fills", () => {
  it("worked by hand: bought at the open of the second hour, sold in the middle of the fourth", () => {
    const record = recordFromFills(source({ fills: [fill(HOUR, "buy", 5, 110, 1), fill(3.5 * HOUR, "sell", 5, 105, 2)] }));
    expect(record.symbols).toEqual(["A/USDT"]);
    // 5 × (99 − 110) − 1 of 1,000; nothing; 5 × (105 − 99) − 2 of what was left.
    [0, -0.056, 0, 28 / 944].forEach((x, i) => {
      expect(record.result[i]).toBeCloseTo(x, 12);
    });
    [0, 550 / 1000, (5 * 99) / 944, (2.5 * 99) / 944].forEach((x, i) => {
      expect(record.exposure[0]?.[i]).toBeCloseTo(x, 12);
    });
    [0.1, -0.1, 0, 120 / 99 - 1].forEach((x, i) => {
      expect(record.prices[0]?.[i]).toBeCloseTo(x, 12);
    });
  });
  it("takes equity as booked when there is a newer figure, so that money moved in or out is no profit", () => {
    const record = recordFromFills(
      source({
        opening: { "A/USDT": 5 },
        equity: [
          { at: 0, equity: 1000 },
          { at: HOUR, equity: 5050 },
        ],
      }),
    );
    expect(record.result[0]).toBeCloseTo(0.05, 12);
    expect(record.result[1]).toBeCloseTo((5 * -11) / 5050, 12);
  });
  it("adds up to the profit of the account, whatever is traded when", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), (seed) => {
        const random = seededRandom(seed);
        const prices = Array.from({ length: 31 }, (_, i) => 100 + 10 * Math.sin(i / 3) + random());
        let [cash, held] = [1000, 0];
        const fills: RecordedFill[] = [];
        for (let i = 0; i < 30; i++) {
          if (random() < 0.5) continue;
          const price = (prices[i] as number) * (1 + (random() - 0.5) / 100);
          const buys = held === 0 || random() < 0.5;
          const quantity = buys ? random() : held * random();
          held += buys ? quantity : -quantity;
          cash -= (buys ? 1 : -1) * quantity * price + 0.1;
          fills.push(fill(i * HOUR + Math.floor(random() * HOUR), buys ? "buy" : "sell", quantity, price, 0.1));
        }
        const record = recordFromFills(source({ to: 30 * HOUR, fills, closes: { "A/USDT": closesOf(prices) } }));
        let equity = 1000;
        for (const x of Array.from(record.result)) equity *= 1 + x;
        expect(equity).toBeCloseTo(cash + held * (prices[30] as number), 6);
        if (fills.length > 0) expect(exposureMatched(record).excess).toHaveLength(30);
      }),
      { numRuns: 50 },
    );
  });
  it("leaves out the few periods without a price, and refuses a record that lacks more, naming symbol and time", () => {
    const prices = closesOf(Array.from({ length: 101 }, (_, i) => 100 + (i % 7)));
    const record = recordFromFills(
      source({ to: 100 * HOUR, opening: { "A/USDT": 1 }, closes: { "A/USDT": prices.filter((p) => p.at < 50 * HOUR || p.at > 55 * HOUR) } }),
    );
    expect(record.left).toBe(4);
    expect(record.result).toHaveLength(96);
    const gap = failure(() =>
      recordFromFills(source({ to: 100 * HOUR, opening: { "A/USDT": 1 }, closes: { "A/USDT": prices.filter((p) => p.at > 20 * HOUR) } })),
    );
    expect(gap).toEqual({ code: "MISSING_PRICES", message: "A/USDT has no price for 21 of 100 periods, first at 1970-01-01T00:00 UTC" });
    expect(failure(() => recordFromFills(source({ opening: { "B/USDT": 1 } }))).code).toBe("MISSING_PRICES");
  });
  it("refuses prices of another market, and a time without money", () => {
    expect(failure(() => recordFromFills(source({ fills: [fill(HOUR, "buy", 1, 60_000)] }))).code).toBe("PRICES_DO_NOT_MATCH");
    expect(failure(() => recordFromFills(source({ equity: [] }))).code).toBe("NO_EQUITY");
  });
  it("is empty when nothing was ever held, and when there is no whole period", () => {
    expect(recordFromFills(source({}))).toMatchObject({ symbols: [], result: [0, 0, 0, 0] });
    expect(recordFromFills(source({ to: HOUR / 2 })).result).toEqual([]);
  });
});

describe("the period of a record", () => {
  it.each([
    [60_000, 24, "1h"],
    [HOUR, 24, "1h"],
    [4 * HOUR, 24, "4h"],
    [7 * 24 * HOUR, 24, "1d"],
    [null, 24, "1h"],
    [HOUR, 2001, "4h"],
    [HOUR, 24 * 10_000, "1d"],
  ])("of an agent that wakes every %s ms, over %s hours, is %s", (rhythm, hours, interval) => {
    expect(recordStep(rhythm, hours * HOUR)).toMatchObject({ interval });
  });
  it("has a year of 365 days", () => {
    expect(recordStep(HOUR, HOUR).perYear).toBe(8760);
  });
});
