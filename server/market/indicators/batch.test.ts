import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Adx,
  Atr,
  adx,
  atr,
  Bollinger,
  bollinger,
  Ema,
  ema,
  Macd,
  macd,
  Obv,
  obv,
  PercentB,
  percentB,
  RealisedVolatility,
  RollingCorrelation,
  Rsi,
  realisedVolatility,
  rollingCorrelation,
  rsi,
  Sma,
  sma,
  Vwap,
  vwap,
  ZScore,
  zScore,
} from "..";

type Bars = { readonly high: number[]; readonly low: number[]; readonly close: number[]; readonly volume: number[] };
type Case = { readonly batch: (bars: Bars, period: number) => readonly unknown[]; readonly live: (bars: Bars, period: number) => readonly unknown[] };

/** A column of objects out of an object of columns, absent until the first column has values. */
function rows(lines: Readonly<Record<string, readonly (number | undefined)[]>>): unknown[] {
  const [first = []] = Object.values(lines);
  return Array.from(first, (value, i) =>
    value === undefined ? undefined : Object.fromEntries(Object.entries(lines).map(([k, line]) => [k, line[i]])),
  );
}
const closes =
  (make: (period: number) => { add(x: number): unknown }): Case["live"] =>
  (bars, period) => {
    const machine = make(period);
    return bars.close.map((x) => machine.add(x));
  };
const cases: Readonly<Record<string, Case>> = {
  sma: { batch: (b, p) => sma(b.close, p), live: closes((p) => new Sma(p)) },
  ema: { batch: (b, p) => ema(b.close, p), live: closes((p) => new Ema(p)) },
  rsi: { batch: (b, p) => rsi(b.close, p), live: closes((p) => new Rsi(p)) },
  bollinger: { batch: (b, p) => rows(bollinger(b.close, p, 2)), live: closes((p) => new Bollinger(p, 2)) },
  percentB: { batch: (b, p) => percentB(b.close, p, 2), live: closes((p) => new PercentB(p, 2)) },
  macd: { batch: (b, p) => rows(macd(b.close, p, p + 5, 4)), live: closes((p) => new Macd(p, p + 5, 4)) },
  zScore: { batch: (b, p) => zScore(b.close, p + 1), live: closes((p) => new ZScore(p + 1)) },
  realisedVolatility: { batch: (b, p) => realisedVolatility(b.close, p, 8_766), live: closes((p) => new RealisedVolatility(p, 8_766)) },
  obv: {
    batch: (b) => obv(b.close, b.volume),
    live: (b) => {
      const machine = new Obv();
      return b.close.map((x, i) => machine.add(x, b.volume[i] as number));
    },
  },
  vwap: {
    batch: (b, p) => vwap(b.close, b.volume, p),
    live: (b, p) => {
      const machine = new Vwap(p);
      return b.close.map((x, i) => machine.add(x, b.volume[i] as number));
    },
  },
  rollingCorrelation: {
    batch: (b, p) => rollingCorrelation(b.close, b.volume, p + 1),
    live: (b, p) => {
      const machine = new RollingCorrelation(p + 1);
      return b.close.map((x, i) => machine.add(x, b.volume[i] as number));
    },
  },
  atr: {
    batch: (b, p) => atr(b.high, b.low, b.close, p),
    live: (b, p) => {
      const machine = new Atr(p);
      return b.close.map((x, i) => machine.add(b.high[i] as number, b.low[i] as number, x));
    },
  },
  adx: {
    batch: (b, p) => rows(adx(b.high, b.low, b.close, p)),
    live: (b, p) => {
      const machine = new Adx(p);
      return b.close.map((x, i) => machine.add(b.high[i] as number, b.low[i] as number, x));
    },
  },
};

const price = fc.oneof(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), fc.constantFrom(1, 0.1, 1e-8, 100));
const bars: fc.Arbitrary<Bars> = fc
  .array(fc.tuple(price, fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1e12, noNaN: true })), { maxLength: 700 })
  .map((list) => ({
    close: list.map(([close]) => close),
    high: list.map(([close, reach]) => close * (1 + reach)),
    low: list.map(([close, reach]) => close / (1 + reach)),
    volume: list.map(([, , volume]) => volume),
  }));
const numbersIn = (value: unknown): number[] =>
  typeof value === "number" ? [value] : value && typeof value === "object" ? Object.values(value).flatMap(numbersIn) : [];
/** Same values bit for bit: also the sign of zero. */
const same = (a: readonly unknown[], b: readonly unknown[]): boolean => {
  const [x, y] = [numbersIn([...a]), numbersIn([...b])];
  const shape = (list: readonly unknown[]) => Array.from(list, (v) => numbersIn(v).length).join();
  return shape(a) === shape(b) && x.every((v, i) => Object.is(v, y[i]));
};

describe.each(Object.entries(cases))("%s", (_, { batch, live }) => {
  it("gives live and in a batch the same bits, all of them finite", () => {
    fc.assert(
      fc.property(bars, fc.integer({ min: 1, max: 40 }), (b, period) => {
        const got = batch(b, period);
        expect(got.length).toBe(b.close.length);
        expect(same(got, live(b, period))).toBe(true);
        expect(numbersIn([...got]).every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
  it("does not look ahead: a longer batch begins with the shorter one", () => {
    fc.assert(
      fc.property(bars, fc.integer({ min: 1, max: 10 }), fc.nat(100), (b, period, cut) => {
        const shorter = { high: b.high.slice(0, cut), low: b.low.slice(0, cut), close: b.close.slice(0, cut), volume: b.volume.slice(0, cut) };
        expect(same(batch(b, period).slice(0, cut), batch(shorter, period))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});

describe("a stream that comes in pieces", () => {
  it("gives the same bits as the whole, wherever it is cut", () => {
    fc.assert(
      fc.property(bars, fc.integer({ min: 1, max: 300 }), fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 6 }), (b, period, pieces) => {
        const machines = [new Sma(period), new Ema(period), new Rsi(period)];
        const whole = [sma(b.close, period), ema(b.close, period), rsi(b.close, period)];
        const bands = new Bollinger(period, 2);
        const wholeBands = rows(bollinger(b.close, period, 2));
        let from = 0;
        for (const size of [...pieces, 1_000]) {
          const to = Math.min(b.close.length, from + size);
          const piece = b.close.slice(from, to);
          for (const [k, machine] of machines.entries()) expect(same(machine.addAll(piece), (whole[k] ?? []).slice(from, to))).toBe(true);
          expect(same(rows(bands.addAll(piece)), wholeBands.slice(from, to))).toBe(true);
          from = to;
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("the comparison itself", () => {
  it("notices an average that sums in another order", () => {
    const values = Array.from({ length: 400 }, (_, i) => 0.1 * ((i * 7919) % 101) + 0.3);
    const naive = values.map((_, i) => (i < 9 ? undefined : values.slice(i - 9, i + 1).reduce((a, b) => a + b, 0) / 10));
    expect(same(sma(values, 10), naive)).toBe(false);
  });
  it("notices a look ahead", () => {
    const centred = (x: readonly number[]) => x.map((v, i) => (v + (x[i + 1] ?? v)) / 2);
    expect(same(centred([1, 2, 3]).slice(0, 2), centred([1, 2]))).toBe(false);
  });
  it("tells a missing value from a number, and 0 from −0", () => {
    expect(same([undefined, 1], [1, undefined])).toBe(false);
    expect(same([0], [-0])).toBe(false);
  });
});
