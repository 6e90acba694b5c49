import { describe, expect, it } from "vitest";
import { type BarView, type Candle, CandleSeries, type MarketFeed } from "@/server/market";
import { add, type Fixed, fixed, sub, toText, ZERO } from "@/server/shared";
import { type ExchangeClient, fillAmounts, type PlaceOrder } from "@/server/trading";

const M = 60_000;
const SYMBOL = "AAA/USDT";

/** Minute bars in cents: open, high, low, close; a volume of 1,000 each. */
const BARS: readonly (readonly [number, number, number, number])[] = [
  [10_000, 10_010, 9_990, 10_000],
  [10_000, 10_100, 9_900, 10_050],
  [10_050, 10_060, 9_700, 9_750],
  [9_760, 9_800, 9_750, 9_800],
  [9_800, 9_900, 9_790, 9_880],
];

/** A small market in memory whose every bar is known to the tests. */
export function contractFeed(volume = "1000"): MarketFeed {
  const price = (cents: number): Fixed => fixed((cents / 100).toFixed(2));
  const candles: Candle[] = BARS.map(([o, h, l, c], i) => ({
    openTime: i * M,
    open: price(o),
    high: price(h),
    low: price(l),
    close: price(c),
    volume: fixed(volume),
  }));
  const series = new CandleSeries({ symbol: SYMBOL, baseInterval: "1m", firstTime: 0, endTime: BARS.length * M }, candles);
  return {
    source: { kind: "simulated", label: "contract" },
    symbols: () => [series.info],
    candles: async (q) => series.candles(q.interval, q.at, q.limit),
    bars: async (q): Promise<readonly BarView[]> => series.bars(q.from, q.at),
    price: async (q) => series.price(q.at),
  };
}

/** An order for one unit at the first minute. */
export const contractOrder = (over: Partial<PlaceOrder> = {}): PlaceOrder => ({
  clientOrderId: "order-1",
  symbol: SYMBOL,
  side: "buy",
  type: "market",
  quantity: fixed("1"),
  limitPrice: null,
  reduceOnly: false,
  expiresAt: null,
  at: M,
  ...over,
});

/** What every paper exchange client keeps to. `open` gives a client over {@link contractFeed} with empty books. */
export function describeExchange(name: string, open: () => Promise<{ readonly exchange: ExchangeClient; close(): Promise<void> }>): void {
  describe(`exchange contract: ${name}`, () => {
    const using = (test: (exchange: ExchangeClient) => Promise<void>) => async () => {
      const { exchange, close } = await open();
      try {
        await exchange.transfer("acc", "USDT", fixed("1000"), "capital");
        await test(exchange);
      } finally {
        await close();
      }
    };

    it(
      "fills a market order at the next open and reports it once, in order",
      using(async (exchange) => {
        expect(await exchange.place("acc", contractOrder())).toMatchObject({ status: "open", filledQuantity: ZERO });
        await exchange.advanceTo("acc", M);
        await exchange.advanceTo("acc", M);
        await exchange.advanceTo("acc", 0);
        const executions = await exchange.executions("acc", 0);
        expect(executions.map((e) => [e.sequence, e.clientOrderId, toText(e.price), e.liquidity, e.at])).toEqual([
          [1, "order-1", "100.01", "taker", M],
        ]);
        expect(await exchange.executions("acc", 1)).toEqual([]);
        expect(await exchange.find("acc", "order-1")).toMatchObject({ status: "filled", filledQuantity: fixed("1") });
      }),
    );

    it(
      "keeps balances that are the transfers and the fills, and nothing else",
      using(async (exchange) => {
        await exchange.transfer("acc", "USDT", fixed("1000"), "capital");
        await exchange.place("acc", contractOrder());
        await exchange.advanceTo("acc", 2 * M);
        await exchange.place("acc", contractOrder({ clientOrderId: "order-2", side: "sell", reduceOnly: true, at: 2 * M }));
        await exchange.advanceTo("acc", 4 * M);
        let [usdt, aaa] = [fixed("1000"), ZERO];
        for (const e of await exchange.executions("acc", 0)) {
          usdt = e.side === "buy" ? sub(usdt, fillAmounts(e).cash) : add(usdt, fillAmounts(e).cash);
          aaa = e.side === "buy" ? add(aaa, e.quantity) : sub(aaa, e.quantity);
        }
        expect(await exchange.balances("acc")).toEqual({ USDT: usdt, AAA: aaa });
        expect(aaa).toBe(ZERO);
        expect(usdt).not.toBe(fixed("1000"));
      }),
    );

    it(
      "rests a limit order, and what filled before a cancel stays filled",
      using(async (exchange) => {
        await exchange.place("acc", contractOrder({ type: "limit", limitPrice: fixed("99.5") }));
        await exchange.place("acc", contractOrder({ clientOrderId: "order-2", type: "limit", limitPrice: fixed("90") }));
        expect(await exchange.cancel("acc", "order-1", 2 * M)).toMatchObject({ status: "filled" });
        expect(await exchange.cancel("acc", "order-2", 2 * M)).toMatchObject({ status: "cancelled", filledQuantity: ZERO });
        expect(await exchange.cancel("acc", "order-2", 2 * M)).toMatchObject({ status: "cancelled" });
        expect(await exchange.cancel("acc", "never", 2 * M)).toBeNull();
      }),
    );

    it(
      "refuses with a typed reason and keeps nothing of it",
      using(async (exchange) => {
        const refused = (over: Partial<PlaceOrder>) => exchange.place("acc", contractOrder(over));
        await expect(refused({ quantity: fixed("500") })).rejects.toMatchObject({
          code: "ORDER_REJECTED",
          details: { field: "quantity", data: { reason: "INSUFFICIENT_FUNDS" } },
        });
        await expect(refused({ side: "sell" })).rejects.toMatchObject({
          code: "ORDER_REJECTED",
          details: { data: { reason: "INSUFFICIENT_FUNDS" } },
        });
        await expect(refused({ quantity: fixed("0.0001") })).rejects.toMatchObject({ code: "ORDER_REJECTED" });
        await expect(refused({ symbol: "NO/USDT" })).rejects.toMatchObject({ code: "UNKNOWN_SYMBOL" });
        expect(await exchange.find("acc", "order-1")).toBeNull();
        expect(await exchange.balances("acc")).toEqual({ USDT: fixed("1000") });
      }),
    );

    it(
      "checks client ids among open orders only, as real venues do",
      using(async (exchange) => {
        await exchange.place("acc", contractOrder({ type: "limit", limitPrice: fixed("90") }));
        await expect(exchange.place("acc", contractOrder({ type: "limit", limitPrice: fixed("90") }))).rejects.toMatchObject({
          code: "ORDER_REJECTED",
          details: { data: { reason: "DUPLICATE_CLIENT_ID" } },
        });
        await exchange.cancel("acc", "order-1", M);
        await exchange.place("acc", contractOrder());
        await exchange.advanceTo("acc", M);
        expect(await exchange.find("acc", "order-1")).toMatchObject({ status: "filled" });
      }),
    );

    it(
      "keeps accounts apart and survives many callers at once",
      using(async (exchange) => {
        await Promise.all(
          Array.from({ length: 8 }, (_, i) => exchange.place("acc", contractOrder({ clientOrderId: `o${i}`, quantity: fixed("0.5") }))),
        );
        await Promise.all([exchange.advanceTo("acc", M), exchange.advanceTo("acc", M), exchange.advanceTo("acc", 2 * M)]);
        const executions = await exchange.executions("acc", 0);
        expect(executions.map((e) => e.sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
        expect(new Set(executions.map((e) => e.clientOrderId)).size).toBe(8);
        expect(await exchange.executions("other", 0)).toEqual([]);
        expect(await exchange.balances("other")).toEqual({});
      }),
    );

    it(
      "knows its instruments",
      using(async (exchange) => {
        expect(await exchange.instrument(SYMBOL)).toMatchObject({ symbol: SYMBOL, base: "AAA", quote: "USDT", takerFee: fixed("0.001") });
        await expect(exchange.instrument("NO/USDT")).rejects.toMatchObject({ code: "UNKNOWN_SYMBOL" });
      }),
    );
  });
}
