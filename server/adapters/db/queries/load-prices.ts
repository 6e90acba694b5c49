import type { Fixed } from "@/server/shared";
import type { QueryContext } from "./query-context";

/** Last price of each symbol at market time `at`; a symbol the feed cannot price is absent, never zero. */
export async function loadPrices(q: QueryContext, symbols: readonly string[], at: number): Promise<ReadonlyMap<string, Fixed>> {
  const distinct = [...new Set(symbols)];
  const points = await Promise.all(distinct.map((symbol) => q.feed.price({ symbol, at }).catch(() => null)));
  const prices = new Map<string, Fixed>();
  distinct.forEach((symbol, i) => {
    const point = points[i];
    if (point) prices.set(symbol, point.price);
  });
  return prices;
}
