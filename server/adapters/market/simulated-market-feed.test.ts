import { describe, expect, it } from "vitest";
import { candleRow, INTERVAL_MS, resample } from "@/server/market";
import { fixed, isMultipleOf, toNumber } from "@/server/shared";
import { describeMarketFeed } from "@/server/testing/market-feed-contract";
import { SimulatedMarketFeed } from "./simulated-market-feed";

const AT = Date.UTC(2026, 5, 1, 12);

describeMarketFeed("simulated", async () => {
  const feed = new SimulatedMarketFeed(1);
  return { window: [AT - 20 * 86_400_000, AT], open: async () => feed };
});

describe("simulated market", () => {
  it("is the same whenever and in whatever order it is asked", async () => {
    const [early, late] = [new SimulatedMarketFeed(5), new SimulatedMarketFeed(5)];
    await late.candles({ symbol: "DOGE/USDT", interval: "1d", at: AT, limit: 20 });
    const query = { symbol: "BTC/USDT", interval: "1h", at: AT, limit: 50 } as const;
    expect((await late.candles(query)).map(candleRow)).toEqual((await early.candles(query)).map(candleRow));
    expect((await new SimulatedMarketFeed(6).candles(query)).map(candleRow)).not.toEqual((await early.candles(query)).map(candleRow));
  });

  it("gives coarse bars that are exactly the resampled minutes, across its blocks", async () => {
    const feed = new SimulatedMarketFeed(5);
    const minutes = await feed.candles({ symbol: "SOL/USDT", interval: "1m", at: AT, limit: 2_880 });
    const hours = await feed.candles({ symbol: "SOL/USDT", interval: "1h", at: AT, limit: 48 });
    expect(hours.map(candleRow)).toEqual(resample(minutes, INTERVAL_MS["1m"], INTERVAL_MS["1h"]).candles.map(candleRow));
  });

  it("keeps to ticks and joins one bar to the next", async () => {
    const candles = await new SimulatedMarketFeed(9).candles({ symbol: "DOGE/USDT", interval: "1m", at: AT, limit: 1_500 });
    for (const [i, c] of candles.entries()) {
      expect(isMultipleOf(c.close, fixed("0.00001"))).toBe(true);
      if (i > 0) expect(c.open).toBe(candles[i - 1]?.close);
    }
  });

  it("moves like crypto: volatile, correlated, with fat tails", async () => {
    const feed = new SimulatedMarketFeed(3);
    const returns = async (symbol: string): Promise<number[]> => {
      const closes = (await feed.candles({ symbol, interval: "1h", at: AT, limit: 5_000 })).map((c) => Math.log(toNumber(c.close)));
      return closes.slice(1).map((x, i) => x - (closes[i] as number));
    };
    const [btc, eth] = [await returns("BTC/USDT"), await returns("ETH/USDT")];
    const moment = (xs: number[], p: number) => xs.reduce((s, x) => s + x ** p, 0) / xs.length;
    const yearly = Math.sqrt(moment(btc, 2) * 8_766);
    expect(yearly).toBeGreaterThan(0.25);
    expect(yearly).toBeLessThan(1.2);
    expect(moment(btc, 4) / moment(btc, 2) ** 2).toBeGreaterThan(3.5);
    const together = btc.reduce((s, x, i) => s + x * (eth[i] as number), 0) / btc.length / Math.sqrt(moment(btc, 2) * moment(eth, 2));
    expect(together).toBeGreaterThan(0.4);
    expect(together).toBeLessThan(0.95);
  });

  it("ends instead of inventing", async () => {
    await expect(new SimulatedMarketFeed(1).price({ symbol: "BTC/USDT", at: Date.UTC(2040, 0, 1) })).rejects.toMatchObject({
      code: "FEED_UNAVAILABLE",
    });
  });
});
