import * as indicatorts from "indicatorts";
import * as tradingSignals from "trading-signals";
import { bollinger, ema, rsi } from "@/server/market";
import { seededRandom } from "@/server/shared";
import { type Area, type Figure, percentile, timed } from "../measure";

/** RSI 14, Bollinger 20 and EMA 20 in one pass over typed arrays: the yardstick, not the product's code. */
function fused(close: Float64Array): number {
  const n = close.length;
  const out = [0, 1, 2, 3].map(() => new Float64Array(n));
  const [rsiOut, lower, upper, emaOut] = out as [Float64Array, Float64Array, Float64Array, Float64Array];
  let gain = 0;
  let loss = 0;
  let sum = 0;
  let squares = 0;
  let mean = 0;
  for (let i = 0; i < n; i++) {
    const c = close[i] as number;
    sum += c;
    squares += c * c;
    if (i > 0) {
      const change = c - (close[i - 1] as number);
      const weight = i <= 14 ? 1 / 14 : 1;
      gain = i <= 14 ? gain + Math.max(change, 0) * weight : (gain * 13 + Math.max(change, 0)) / 14;
      loss = i <= 14 ? loss + Math.max(-change, 0) * weight : (loss * 13 + Math.max(-change, 0)) / 14;
      if (i >= 14) rsiOut[i] = loss === 0 ? 100 : 100 - 100 / (1 + gain / loss);
    }
    if (i >= 20) {
      const old = close[i - 20] as number;
      sum -= old;
      squares -= old * old;
    }
    if (i < 19) continue;
    const average = sum / 20;
    const spread = 2 * Math.sqrt(Math.max(0, squares / 20 - average * average));
    lower[i] = average - spread;
    upper[i] = average + spread;
    mean = i === 19 ? average : mean + (c - mean) * (2 / 21);
    emaOut[i] = mean;
  }
  return (rsiOut[n - 1] as number) + (lower[n - 1] as number) + (upper[n - 1] as number) + (emaOut[n - 1] as number);
}

/** The same three indicators by trading-signals, which answers value by value. */
function byTradingSignals(close: readonly number[]): number {
  const machines = [new tradingSignals.RSI(14), new tradingSignals.EMA(20)] as const;
  const bands = new tradingSignals.BollingerBands(20, 2);
  let last = 0;
  for (const price of close) {
    const [strength, average] = machines.map((machine) => machine.update(price, false));
    last = (strength ?? 0) + (bands.update(price, false)?.upper ?? 0) + (average ?? 0);
  }
  return last;
}

/** The same three indicators by indicatorts, over the whole column. */
const byIndicatorts = (close: number[]): number =>
  (indicatorts.rsi(close, { period: 14 }).at(-1) ?? 0) +
  (indicatorts.bb(close, { period: 20 }).upper.at(-1) ?? 0) +
  (indicatorts.ema(close, { period: 20 }).at(-1) ?? 0);

/** Batch indicators of the product against a hand-fused loop over the same closes, in the same run. */
export const indicators: Area = {
  name: "indicators",
  async measure(brief) {
    const figures: Figure[] = [];
    for (const n of brief ? [100_000] : [10_000, 100_000, 1_000_000]) {
      // Short runs need more of them until the compiler has done its work on all sides.
      const times = n <= 10_000 ? 90 : 9;
      const random = seededRandom(7);
      const close = Array.from({ length: n }, () => 100 + random() * 10);
      const typed = Float64Array.from(close);
      const own =
        (rsi(close, 14).at(-1) ?? 0) +
        (bollinger(close, 20, 2).lower.at(-1) ?? 0) +
        (bollinger(close, 20, 2).upper.at(-1) ?? 0) +
        (ema(close, 20).at(-1) ?? 0);
      // A yardstick that computes something else would prove nothing.
      if (!(Math.abs(own - fused(typed)) < 1e-6)) throw new Error(`the fused loop disagrees: ${own} against ${fused(typed)}`);
      let sink = 0;
      const product = percentile(
        await timed(times, () => {
          sink += (rsi(close, 14).at(-1) ?? 0) + (bollinger(close, 20, 2).upper.at(-1) ?? 0) + (ema(close, 20).at(-1) ?? 0);
        }),
        0.5,
      );
      const yardstick = percentile(
        await timed(times, () => {
          sink += fused(typed);
        }),
        0.5,
      );
      const rivals = { "trading-signals": byTradingSignals, indicatorts: byIndicatorts };
      for (const [name, work] of Object.entries(rivals)) {
        const taken = percentile(
          await timed(Math.ceil(times / 3), () => {
            sink += work(close);
          }),
          0.5,
        );
        const label = `RSI+BB+EMA over ${n.toLocaleString("en")} closes, times the speed of ${name}`;
        figures.push({ area: "indicators", what: label, value: taken / product, unit: "×", budget: 1, better: "more" });
      }
      const rate = `RSI+BB+EMA over ${n.toLocaleString("en")} closes, million closes a second`;
      figures.push({ area: "indicators", what: rate, value: n / product / 1_000, unit: "M/s" });
      if (!Number.isFinite(sink)) throw new Error("an indicator was not a number");
      const what = `RSI+BB+EMA over ${n.toLocaleString("en")} closes, share of a fused loop's speed`;
      figures.push({ area: "indicators", what, value: yardstick / product, unit: "×", budget: 0.5, better: "more" });
    }
    return figures;
  },
};
