import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CONTEXT_BARS, type DeciderSpec, decideByRules, type RuleSetName } from "@/server/agents";
import type { Candle } from "@/server/market";
import { seededRandom } from "@/server/shared";
import { randomMarket } from "@/server/testing/random-market";
import { sampleInputs } from "@/server/testing/turn-inputs";
import { screened, signals } from "../engines/array-engine";
import { columnsOf } from "./columns";
import { MAY_ENTER, SURE_ENTER } from "./screen";
import { screenOf } from "./screen-of";
import { WindowedAverage } from "./windowed-average";

const BARS = 700;

/** The average as a rule makes it: from the window's own beginning. */
function plain(values: readonly number[], period: number, alpha: number, window: number): number {
  const last = values.slice(-window);
  if (last.length < period) return Number.NaN;
  let now = last.slice(0, period).reduce((s, v) => s + v, 0) / period;
  for (const v of last.slice(period)) now += alpha * (v - now);
  return now;
}

describe("a windowed average in constant time", () => {
  it("is the one made anew from each window", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 0, max: 40 }),
        fc.boolean(),
        (seed, period, more, wilder) => {
          const random = seededRandom(seed);
          const window = period + more;
          const alpha = wilder ? 1 / period : 2 / (period + 1);
          const average = new WindowedAverage(period, alpha, window);
          const values: number[] = [];
          for (let i = 0; i < 120; i++) {
            values.push(1_000 * random() * (i === 60 ? 1_000 : 1));
            const [fast, slow] = [average.add(values[i] as number), plain(values, period, alpha, window)];
            if (Number.isNaN(slow)) expect(fast).toBeNaN();
            else expect(Math.abs(fast - slow)).toBeLessThan(1e-6);
          }
        },
      ),
    );
  });
});

describe("what a screen says", () => {
  const rules: readonly (readonly [RuleSetName, Record<string, number>])[] = [
    ["trend-follow", {}],
    ["trend-follow", { fast: 100, slow: 190, atrPeriod: 100, entryAtr: 0 }],
    ["mean-revert", { rsiPeriod: 5, rsiBuy: 45, bandPeriod: 8, bandWidth: 1 }],
    ["breakout", {}],
    ["breakout", { entryBars: 190, exitBars: 3 }],
  ];

  it.each(rules)("%s %j: sure is what the rule does, and where it does something the screen at least says may", (ruleSet, params) => {
    const decider: DeciderSpec = { kind: "rules", ruleSet, params };
    let [acted, sure] = [0, 0];
    for (const [seed, still] of [
      [1, 0],
      [2, 0.5],
    ] as const) {
      const candles = [...randomMarket({ seed, bars: BARS, still }).series.values()][0]?.base as readonly Candle[];
      const screen = screenOf(decider);
      for (const [i, bar] of candles.entries()) {
        const n = (x: bigint): number => Number(x) / 1e18;
        screen.add(n(bar.high), n(bar.low), n(bar.close));
        if (i % 3 !== 0 && i > 210) continue;
        const window = candles.slice(Math.max(0, i + 1 - CONTEXT_BARS), i + 1);
        const inputs = sampleInputs({ config: { decider }, candles: { "BTC/USDT": window } });
        const buys = decideByRules(inputs).action === "buy";
        const flags = screen.may(0);
        if (buys) {
          acted += 1;
          expect(flags & MAY_ENTER).toBe(MAY_ENTER);
        }
        if ((flags & SURE_ENTER) !== 0) {
          sure += 1;
          expect(buys).toBe(true);
        }
      }
    }
    expect(acted).toBeGreaterThan(0);
    // A screen that is never sure would be right, and useless.
    expect(sure).toBeGreaterThanOrEqual(acted * 0.9);
  });

  it("is the same over whole columns as bar by bar", () => {
    const any = fc.record({
      seed: fc.integer({ min: 1, max: 1e6 }),
      bars: fc.constantFrom(3, 60, 250, 2_500),
      still: fc.constantFrom(0, 0.9),
      rule: fc.constantFrom(...rules.filter(([r]) => r !== "mean-revert")),
    });
    fc.assert(
      fc.property(any, ({ seed, bars, still, rule: [ruleSet, params] }) => {
        const columns = columnsOf([...randomMarket({ seed, bars, still }).series.values()][0]?.base ?? []);
        const decider: DeciderSpec = { kind: "rules", ruleSet, params };
        expect([...signals(decider, columns)]).toEqual([...screened(decider, columns)]);
      }),
      { numRuns: 25, seed: 5 },
    );
  });
});
