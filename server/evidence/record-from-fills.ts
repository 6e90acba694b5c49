import { DomainError } from "@/server/shared";
import type { PeriodRecord } from "./exposure-matched";

/** A fill as statistics need it: floats, fee in quote currency, `at` in market ms. */
export type RecordedFill = {
  readonly symbol: string;
  readonly side: "buy" | "sell";
  readonly quantity: number;
  readonly price: number;
  readonly fee: number;
  readonly at: number;
};

export type RecordSource = {
  /** Market ms, whole multiples of `stepMs`: periods are [from, from + step), … up to `to`. */
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
  /** What was held at `from`. */
  readonly opening: Readonly<Record<string, number>>;
  /** All fills in [from, to), oldest first. */
  readonly fills: readonly RecordedFill[];
  /** Per symbol, closes at the instants they were known, oldest first. */
  readonly closes: Readonly<Record<string, readonly { readonly at: number; readonly close: number }[]>>;
  /** Equity as it was booked, oldest first; the last one at or before `from` must be among them. */
  readonly equity: readonly { readonly at: number; readonly equity: number }[];
};

export type FilledRecord = PeriodRecord & {
  /** Start of each period kept (market ms). */
  readonly times: readonly number[];
  /** Periods left out because a price was missing at their start or end, or because there was no money. */
  readonly left: number;
};

/** A close older than this many periods is no price of the instant. */
const STALE_PERIODS = 3;
/** More than this share of periods without prices is no record. */
const MOST_LEFT = 0.1;
/** A fill this many times off the price of its period belongs to another market. */
const OTHER_MARKET = 3;

/**
 * What an agent did, period by period, out of its fills: profit = Σ held × change of price + Σ bought × (price at the end − price paid) − … −
 * fees, over equity at the start; exposure = average quantity over the period's time × price at its start over the same equity.
 * A fill at the very start of a period belongs to it in full. Throws MISSING_PRICES, PRICES_DO_NOT_MATCH, NO_EQUITY.
 */
export function recordFromFills(source: RecordSource): FilledRecord {
  const { from, to, stepMs } = source;
  const symbols = [...new Set([...Object.keys(source.opening).filter((s) => source.opening[s] !== 0), ...source.fills.map((f) => f.symbol)])].sort();
  const count = Math.max(0, Math.floor((to - from) / stepMs));
  const grid = new Map(symbols.map((s) => [s, pricesOnGrid(source.closes[s] ?? [], from, count, stepMs)]));
  const held = new Map(symbols.map((s) => [s, source.opening[s] ?? 0]));
  const exposure = symbols.map(() => [] as number[]);
  const moves = symbols.map(() => [] as number[]);
  const result: number[] = [];
  const times: number[] = [];
  let [next, point, equity, left] = [0, 0, 0, 0];

  for (let k = 0; k < count; k++) {
    const [start, end] = [from + k * stepMs, from + (k + 1) * stepMs];
    for (; point < source.equity.length && (source.equity[point]?.at ?? 0) <= start; point++) equity = source.equity[point]?.equity ?? 0;
    const fills: RecordedFill[] = [];
    for (; next < source.fills.length && (source.fills[next]?.at ?? 0) < end; next++) fills.push(source.fills[next] as RecordedFill);
    const known = symbols.every((s) => Number.isFinite(grid.get(s)?.[k]) && Number.isFinite(grid.get(s)?.[k + 1]));
    let profit = 0;
    for (const [i, symbol] of symbols.entries()) {
      const [before, after] = [grid.get(symbol)?.[k] as number, grid.get(symbol)?.[k + 1] as number];
      let quantity = held.get(symbol) ?? 0;
      let average = quantity;
      profit += quantity * (after - before);
      for (const f of fills) {
        if (f.symbol !== symbol) continue;
        if (known && !(f.price < before * OTHER_MARKET && f.price > before / OTHER_MARKET))
          throw new DomainError(
            "PRICES_DO_NOT_MATCH",
            `${symbol} was traded at ${f.price} while its price is given as ${before}: these are not the prices it was traded on`,
            {
              field: `closes.${symbol}`,
              data: { symbol, at: f.at },
            },
          );
        const signed = f.side === "buy" ? f.quantity : -f.quantity;
        quantity += signed;
        average += (signed * (end - Math.max(f.at, start))) / stepMs;
        profit += signed * (after - f.price) - f.fee;
      }
      held.set(symbol, Math.abs(quantity) < 1e-12 ? 0 : quantity);
      if (!known || equity <= 0) continue;
      (exposure[i] as number[]).push((average * before) / equity);
      (moves[i] as number[]).push(after / before - 1);
    }
    if (!known || equity <= 0) {
      left += 1;
      continue;
    }
    times.push(start);
    result.push(profit / equity);
    equity += profit;
  }
  if (count > 0 && left / count > MOST_LEFT) throw missing(symbols, grid, count, from, stepMs);
  return { symbols, exposure, prices: moves, result, times, left };
}

/** Last close known at each edge of the grid; NaN where none is fresh. */
function pricesOnGrid(closes: readonly { readonly at: number; readonly close: number }[], from: number, count: number, stepMs: number): Float64Array {
  const out = new Float64Array(count + 1).fill(Number.NaN);
  let [next, last] = [0, null as { at: number; close: number } | null];
  for (let k = 0; k <= count; k++) {
    const edge = from + k * stepMs;
    for (; next < closes.length && (closes[next]?.at ?? 0) <= edge; next++) last = closes[next] ?? null;
    if (last && last.close > 0 && edge - last.at <= STALE_PERIODS * stepMs) out[k] = last.close;
  }
  return out;
}

function missing(symbols: readonly string[], grid: ReadonlyMap<string, Float64Array>, count: number, from: number, stepMs: number): DomainError {
  for (const symbol of symbols) {
    const prices = grid.get(symbol) as Float64Array;
    const first = prices.findIndex((p) => !Number.isFinite(p));
    if (first < 0) continue;
    const without = prices.filter((p) => !Number.isFinite(p)).length;
    const since = new Date(from + first * stepMs).toISOString().slice(0, 16);
    return new DomainError("MISSING_PRICES", `${symbol} has no price for ${without} of ${count} periods, first at ${since} UTC`, {
      field: `closes.${symbol}`,
      data: { symbol, without, periods: count, firstAt: from + first * stepMs },
    });
  }
  return new DomainError("NO_EQUITY", "the agent had no money for most of this time", { field: "equity" });
}
