import { DomainError } from "@/server/shared";
import { FEWEST_RETURNS, refuse } from "./refuse";

/** Prices of one market, oldest first: `times` in ms, `prices` in quote currency. */
export type PriceSeries = { readonly symbol: string; readonly times: ArrayLike<number>; readonly prices: ArrayLike<number> };

/** Simple returns of several markets over the same steps: one column a symbol, a share (0.01 = 1 %). */
export type ReturnMatrix = {
  readonly symbols: readonly string[];
  /** Number of returns in each column. */
  readonly count: number;
  readonly columns: readonly Float64Array[];
};

const iso = (at: number): string => (Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : String(at));

/**
 * Returns of all markets over one period at steps of `stepMs`. Throws, naming symbol and instant: NO_SERIES, DUPLICATE_SYMBOL, SERIES_SHORT
 * (a market has no prices for part of the period), SERIES_GAP (a step is missing), INVALID_PRICE, NOT_A_NUMBER, TOO_FEW_RETURNS (below
 * `least`), INVALID_STEP.
 */
export function returnMatrix(series: readonly PriceSeries[], stepMs: number, least = FEWEST_RETURNS): ReturnMatrix {
  if (!(Number.isSafeInteger(stepMs) && stepMs > 0)) throw refuse("INVALID_STEP", `the step must be a whole number of ms, not ${stepMs}`, "stepMs");
  if (series.length === 0) throw refuse("NO_SERIES", "no market's prices were given", "series");
  const names = new Set<string>();
  for (const { symbol, times, prices } of series) {
    if (names.has(symbol)) throw refuse("DUPLICATE_SYMBOL", `${symbol} was given twice`, symbol);
    names.add(symbol);
    if (prices.length === 0 || times.length !== prices.length)
      throw refuse("SERIES_SHORT", `${symbol} has ${prices.length} prices for ${times.length} instants`, symbol, {
        has: prices.length,
        needs: times.length,
      });
    checkSteps(symbol, times, stepMs);
  }
  const from = Math.min(...series.map((s) => s.times[0] as number));
  const to = Math.max(...series.map((s) => s.times[s.times.length - 1] as number));
  for (const { symbol, times } of series) {
    const [first, last] = [times[0] as number, times[times.length - 1] as number];
    if (first === from && last === to) continue;
    const part = first > from ? `before ${iso(first)}` : `after ${iso(last)}`;
    throw refuse("SERIES_SHORT", `${symbol} has no prices ${part}; the period is ${iso(from)} to ${iso(to)}`, symbol, { from: first, to: last });
  }
  const count = (series[0]?.prices.length ?? 0) - 1;
  if (count < least)
    throw refuse("TOO_FEW_RETURNS", `${Math.max(count, 0)} returns are too few, ${least} are needed`, "series", { has: count, needs: least });
  return { symbols: series.map((s) => s.symbol), count, columns: series.map((s) => returnsOf(s)) };
}

function checkSteps(symbol: string, times: ArrayLike<number>, stepMs: number): void {
  for (let i = 0; i < times.length; i++) {
    const at = times[i] as number;
    if (!Number.isSafeInteger(at)) throw refuse("NOT_A_NUMBER", `${symbol}: ${at} is no instant`, symbol, { index: i });
    if (i === 0 || at - (times[i - 1] as number) === stepMs) continue;
    const expected = (times[i - 1] as number) + stepMs;
    throw refuse("SERIES_GAP", `${symbol}: no price at ${iso(expected)}; the next one given is of ${iso(at)}`, symbol, {
      missing: expected,
      next: at,
    });
  }
}

function returnsOf({ symbol, prices }: PriceSeries): Float64Array {
  const out = new Float64Array(prices.length - 1);
  for (let i = 0; i < prices.length; i++) {
    const price = prices[i] as number;
    if (!(price > 0 && price < 1e100)) {
      const code = Number.isFinite(price) ? "INVALID_PRICE" : "NOT_A_NUMBER";
      throw new DomainError(code, `${symbol}: price ${i + 1} is ${price}; it must be above zero`, { field: symbol, data: { index: i } });
    }
    if (i === 0) continue;
    const change = price / (prices[i - 1] as number) - 1;
    if (!(change < 1e6)) throw refuse("INVALID_PRICE", `${symbol}: price ${i + 1} is over a million times the one before it`, symbol, { index: i });
    out[i - 1] = change;
  }
  return out;
}
