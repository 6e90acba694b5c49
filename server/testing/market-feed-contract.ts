import { describe, expect, it } from "vitest";
import { type BarView, type Candle, candleRow, INTERVAL_MS, INTERVALS, type Interval, type MarketFeed, type SymbolInfo } from "@/server/market";
import { seededRandom, toText } from "@/server/shared";

type Answer = { readonly candles: readonly Candle[]; readonly bars: readonly BarView[]; readonly price: string };

/** What is wrong with a feed's answers at one instant; empty = nothing. `at` in market ms. */
export async function feedViolations(feed: MarketFeed, info: SymbolInfo, interval: Interval, at: number): Promise<string[]> {
  const wrong: string[] = [];
  const ms = INTERVAL_MS[interval];
  const baseMs = INTERVAL_MS[info.baseInterval];
  const { candles, bars } = await ask(feed, info, interval, at);
  const price = await feed.price({ symbol: info.symbol, at });
  for (const [i, c] of candles.entries()) {
    if (c.openTime % ms !== 0) wrong.push(`bar ${c.openTime} is not aligned`);
    if (c.openTime + ms > at) wrong.push(`bar ${c.openTime} had not closed at ${at}`);
    if (i > 0 && c.openTime <= (candles[i - 1] as Candle).openTime) wrong.push(`bar ${c.openTime} is out of order`);
    if (c.high < c.low || c.open > c.high || c.open < c.low || c.close > c.high || c.close < c.low || c.low <= 0n || c.volume < 0n)
      wrong.push(`bar ${c.openTime} is impossible`);
  }
  for (const b of bars) {
    if (b.openTime > at) wrong.push(`bar ${b.openTime} had not opened at ${at}`);
    if ((b.closed !== null) !== b.openTime + baseMs <= at) wrong.push(`bar ${b.openTime} shows ${b.closed ? "too much" : "too little"} at ${at}`);
    if (b.closed && (b.closed.open !== b.open || b.closed.openTime !== b.openTime)) wrong.push(`bar ${b.openTime} is not its own view`);
  }
  const last = bars[bars.length - 1];
  if (price && price.at > at) wrong.push("the price is from the future");
  if (last && price?.price !== (last.closed ? last.closed.close : last.open)) wrong.push("the price is not the last one known");
  return wrong;
}

/** Everything a feed answers at one instant, to compare two feeds with. */
export async function ask(feed: MarketFeed, info: SymbolInfo, interval: Interval, at: number): Promise<Answer> {
  const { symbol } = info;
  const candles = await feed.candles({ symbol, interval, at, limit: 30 });
  const bars = await feed.bars({ symbol, from: at - 5 * INTERVAL_MS[info.baseInterval], at });
  const price = await feed.price({ symbol, at });
  return { candles, bars, price: price ? `${toText(price.price)}@${price.at}` : "none" };
}

const plain = (a: Answer) => ({
  candles: a.candles.map(candleRow),
  bars: a.bars.map((b) => [b.openTime, toText(b.open), b.closed ? candleRow(b.closed) : null]),
  price: a.price,
});

/**
 * What every market feed keeps to. `open(hideAfter)` opens the same market with everything from that instant on missing or changed
 * (a feed whose future cannot be changed returns itself). `window` = instants to probe.
 */
export function describeMarketFeed(
  name: string,
  setup: () => Promise<{ readonly window: readonly [number, number]; open(hideAfter: number | null): Promise<MarketFeed> }>,
): void {
  describe(`market feed contract: ${name}`, () => {
    const probes = async () => {
      const { window, open } = await setup();
      const feed = await open(null);
      const random = seededRandom(11);
      const cases = feed.symbols().flatMap((info) =>
        INTERVALS.filter((i) => INTERVAL_MS[i] >= INTERVAL_MS[info.baseInterval]).flatMap((interval) =>
          Array.from({ length: 6 }, (_, n) => {
            const at = Math.floor(window[0] + (window[1] - window[0]) * random());
            // Every second instant is a bar boundary: that is where off-by-one errors live.
            return { info, interval, at: n % 2 ? at - (at % INTERVAL_MS[interval]) : at };
          }),
        ),
      );
      return { feed, cases, open };
    };

    it("returns aligned, closed, possible bars and nothing that was not known", async () => {
      const { feed, cases } = await probes();
      expect(cases.length).toBeGreaterThan(5);
      for (const c of cases) expect(await feedViolations(feed, c.info, c.interval, c.at)).toEqual([]);
    });

    it("answers the same whatever the future holds", async () => {
      const { feed, cases, open } = await probes();
      for (const c of cases.slice(0, 24)) {
        const blind = await open(c.at);
        expect(plain(await ask(blind, c.info, c.interval, c.at))).toEqual(plain(await ask(feed, c.info, c.interval, c.at)));
      }
    });

    it("finds a feed that shows the forming bar", async () => {
      const { feed, cases } = await probes();
      const leaking: MarketFeed = {
        source: feed.source,
        symbols: () => feed.symbols(),
        candles: (q) => feed.candles({ ...q, at: q.at + INTERVAL_MS[q.interval] }),
        bars: (q) => feed.bars(q),
        price: (q) => feed.price(q),
      };
      const found = await Promise.all(cases.slice(0, 6).map((c) => feedViolations(leaking, c.info, c.interval, c.at)));
      expect(found.some((f) => f.length > 0)).toBe(true);
    });

    it("refuses what it does not have, by name", async () => {
      const { feed, cases } = await probes();
      const { info, at } = cases[0] as (typeof cases)[number];
      await expect(feed.candles({ symbol: "NO/SUCH", interval: "1d", at, limit: 1 })).rejects.toMatchObject({
        code: "UNKNOWN_SYMBOL",
        message: expect.stringContaining(info.symbol),
      });
      await expect(feed.price({ symbol: "NO/SUCH", at })).rejects.toMatchObject({ code: "UNKNOWN_SYMBOL" });
      for (const limit of [0, -1, 1.5, 1_000_000]) {
        await expect(feed.candles({ symbol: info.symbol, interval: "1d", at, limit })).rejects.toMatchObject({ code: "INVALID_LIMIT" });
      }
    });

    it("knows no price before its first bar", async () => {
      const { feed, cases } = await probes();
      const { info } = cases[0] as (typeof cases)[number];
      expect(await feed.price({ symbol: info.symbol, at: (info.firstTime ?? 0) - 1 })).toBeNull();
      expect(await feed.candles({ symbol: info.symbol, interval: info.baseInterval, at: info.firstTime ?? 0, limit: 5 })).toEqual([]);
    });
  });
}
