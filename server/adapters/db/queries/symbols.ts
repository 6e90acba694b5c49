import type { SymbolView } from "@/server/api/contract";
import { INTERVAL_MS, INTERVALS } from "@/server/market";
import { fixedInt, mul, toText } from "@/server/shared";
import { loadPrices } from "./load-prices";
import type { QueryContext } from "./query-context";

const BASIS_POINTS = fixedInt(10_000);

/** What can be traded here: venue rules, and the bar intervals the feed can give. */
export async function symbols(q: QueryContext): Promise<SymbolView[]> {
  const infos = q.feed.symbols();
  const prices = await loadPrices(
    q,
    infos.map((i) => i.symbol),
    q.clocks.market.now(),
  );
  return Promise.all(
    infos.map(async (info) => {
      const i = await q.exchange.instrument(info.symbol);
      const price = prices.get(info.symbol);
      return {
        symbol: info.symbol,
        base: i.base,
        quote: i.quote,
        intervals: INTERVALS.filter((x) => INTERVAL_MS[x] >= INTERVAL_MS[info.baseInterval]),
        lastPrice: price === undefined ? null : toText(price),
        minNotional: toText(i.minNotional),
        lotSize: toText(i.lotSize),
        tickSize: toText(i.tickSize),
        makerFeeBp: toText(mul(i.makerFee, BASIS_POINTS, "half-even")),
        takerFeeBp: toText(mul(i.takerFee, BASIS_POINTS, "half-even")),
      };
    }),
  );
}
