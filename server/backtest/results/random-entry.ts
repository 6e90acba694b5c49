import type { SymbolId } from "@/server/market";
import { seededRandom } from "@/server/shared";

/** One of the strategy's own trades, as the draws copy it: how long it held (ticks) and how much money it bought with. */
export type TradeShape = { readonly symbol: SymbolId; readonly ticks: number; readonly paid: number };

export type RandomEntryInput = {
  /** Price of a symbol at every tick, and once more at the end. */
  readonly prices: ReadonlyMap<SymbolId, Float64Array>;
  readonly trades: readonly TradeShape[];
  /** What a trade costs on each side: fee and slippage, a fraction. */
  readonly costOf: (symbol: SymbolId) => number;
  readonly capital: number;
  /** What the strategy made with these trades (quote currency). */
  readonly pnl: number;
  readonly draws: number;
  readonly seed: number;
  /** Points of the band, spread evenly over the ticks. */
  readonly points: number;
};

/** Where the strategy stands among traders with its own number of trades, sizes and holding times, who enter at random. */
export type RandomEntry = {
  readonly draws: number;
  readonly seed: number;
  /** Share of the draws that made less than the strategy (half of those that made the same). 0.5 = no better than chance. */
  readonly percentile: number;
  /** Final equity of the draws. */
  readonly low: number;
  readonly median: number;
  readonly high: number;
  /** 5 %, 50 % and 95 % of the draws' equity at each point; `tick` = index into the prices. */
  readonly band: readonly { readonly tick: number; readonly low: number; readonly median: number; readonly high: number }[];
};

/**
 * Each draw keeps every trade's symbol, size and holding time, shuffles their order and spreads the time out of the market at random
 * (uniform over all ways to do so), never two trades of a symbol at once. A draw pays the strategy's own average costs. Seeded: same
 * input, same answer. Null when there was no trade to copy.
 */
export function randomEntry(input: RandomEntryInput): RandomEntry | null {
  const { trades, draws, points } = input;
  if (trades.length === 0 || draws < 1) return null;
  const random = seededRandom(input.seed);
  const bySymbol = new Map<SymbolId, TradeShape[]>();
  for (const t of trades) bySymbol.set(t.symbol, [...(bySymbol.get(t.symbol) ?? []), t]);
  const length = Math.max(...[...input.prices.values()].map((p) => p.length));
  const places = Array.from({ length: points }, (_, i) => Math.round((i * (length - 1)) / Math.max(1, points - 1)));
  const equity = places.map(() => new Float64Array(draws));
  const final = new Float64Array(draws);
  for (let d = 0; d < draws; d++) {
    const gains = new Float64Array(points);
    let gain = 0;
    for (const [symbol, shapes] of bySymbol) {
      const prices = input.prices.get(symbol);
      if (prices) gain += drawOne(prices, shapes, input.costOf(symbol), random, places, gains);
    }
    final[d] = input.capital + gain;
    for (let i = 0; i < points; i++) (equity[i] as Float64Array)[d] = input.capital + (gains[i] as number);
  }
  const mine = input.capital + input.pnl;
  const below = final.reduce((s, x) => s + (x < mine ? 1 : x === mine ? 0.5 : 0), 0);
  const [low, median, high] = quantiles(final);
  const band = places.map((tick, i) => {
    const [l, m, h] = quantiles(equity[i] as Float64Array);
    return { tick, low: l, median: m, high: h };
  });
  return { draws, seed: input.seed, percentile: below / draws, low, median, high, band };
}

/** Places the trades of one symbol; answers what they made and adds what they were worth at each place. */
function drawOne(
  prices: Float64Array,
  shapes: readonly TradeShape[],
  cost: number,
  random: () => number,
  places: readonly number[],
  gains: Float64Array,
): number {
  const ticks = prices.length - 1;
  const begin = firstPrice(prices);
  const held = shapes.reduce((s, t) => s + t.ticks, 0);
  const free = Math.max(0, ticks - begin - held);
  const order = shuffled(shapes, random);
  // Cuts of the free time: as many places as trades, each pair of cuts is a wait.
  const cuts = order.map(() => Math.floor(random() * (free + 1))).sort((a, b) => a - b);
  let made = 0;
  let point = 0;
  let before = 0;
  for (const [i, trade] of order.entries()) {
    const from = Math.min(ticks, begin + (cuts[i] as number) + before);
    const to = Math.min(ticks, from + trade.ticks);
    before += trade.ticks;
    const entry = (prices[from] as number) * (1 + cost);
    const worth = (tick: number): number => trade.paid * (((prices[tick] as number) * (1 - cost)) / entry - 1);
    while (point < places.length && (places[point] as number) < from) gains[point] = (gains[point++] as number) + made;
    while (point < places.length && (places[point] as number) < to) {
      gains[point] = (gains[point] as number) + made + worth(places[point] as number);
      point += 1;
    }
    made += worth(to);
  }
  for (; point < places.length; point++) gains[point] = (gains[point] as number) + made;
  return made;
}

function firstPrice(prices: Float64Array): number {
  let i = 0;
  while (i < prices.length - 1 && Number.isNaN(prices[i])) i++;
  return i;
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [out[i], out[j]] = [out[j] as T, out[i] as T];
  }
  return out;
}

function quantiles(values: Float64Array): readonly [number, number, number] {
  const sorted = values.slice().sort();
  const at = (p: number): number => {
    const place = p * (sorted.length - 1);
    const [low, high] = [sorted[Math.floor(place)] as number, sorted[Math.ceil(place)] as number];
    return low + (high - low) * (place - Math.floor(place));
  };
  return [at(0.05), at(0.5), at(0.95)];
}
