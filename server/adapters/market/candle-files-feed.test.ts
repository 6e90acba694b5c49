import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { seededRandom } from "@/server/shared";
import { describeMarketFeed } from "@/server/testing/market-feed-contract";
import { CandleFilesFeed } from "./candle-files-feed";

const HEADER = "timestamp_ms,open,high,low,close,volume";
const HOUR = 3_600_000;
const T0 = Date.UTC(2025, 0, 1);

/** Rows of a random walk; from `changedFrom` on another walk. One bar in the middle is missing. */
function rows(count: number, stepMs: number, changedFrom: number | null): string[] {
  const [random, other] = [seededRandom(4), seededRandom(99)];
  let price = 100;
  return Array.from({ length: count }, (_, i) => {
    const openTime = T0 + i * stepMs;
    const draw = random();
    const x = changedFrom !== null && openTime + stepMs > changedFrom ? other() * 3 : draw;
    const open = price;
    // The open of a bar that opens by `changedFrom` is already known then.
    price = Math.max(1, price * (0.98 + 0.04 * x));
    const [high, low] = [Math.max(open, price) * 1.001, Math.min(open, price) * 0.999];
    return i === 40 ? "" : [openTime, open.toFixed(3), high.toFixed(3), low.toFixed(3), price.toFixed(3), (10 * x).toFixed(2)].join(",");
  }).filter((r) => r !== "");
}

async function folder(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), "candles-"));
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(dir, name), content);
  return dir;
}
const csv = (lines: readonly string[]): string => `${[HEADER, ...lines].join("\n")}\n`;

describeMarketFeed("candle files", async () => ({
  window: [T0 + 60 * HOUR, T0 + 600 * HOUR],
  open: async (hideAfter) =>
    CandleFilesFeed.open(
      await folder({ "x_BTCUSDT_1h.csv.gz": gzipSync(csv(rows(720, HOUR, hideAfter))), "x_DOGEUSDC_15m.csv": csv(rows(2_880, HOUR / 4, hideAfter)) }),
    ),
}));

describe("candle files", () => {
  it("reads plain and gzip, and takes the finest step of a symbol", async () => {
    const dir = await folder({
      "x_BTCUSDT_1h.csv": csv(rows(50, HOUR, null)),
      "x_BTCUSDT_15m.csv.gz": gzipSync(csv(rows(100, HOUR / 4, null))),
      "x_ETHBTC_1d.csv": csv(rows(3, 24 * HOUR, null)),
    });
    const feed = await CandleFilesFeed.open(dir);
    expect(feed.symbols().map((s) => [s.symbol, s.baseInterval])).toEqual([
      ["BTC/USDT", "15m"],
      ["ETH/BTC", "1d"],
    ]);
    await expect(feed.candles({ symbol: "ETH/BTC", interval: "1h", at: T0 + 9 * 24 * HOUR, limit: 1 })).rejects.toMatchObject({
      code: "INTERVAL_TOO_FINE",
    });
    expect(feed.seenPrices("BTC/USDT").priceDecimals).toBe(3);
  });

  it("says that prices are too old after an outage or the end", async () => {
    const feed = await CandleFilesFeed.open(await folder({ "x_BTCUSDT_1h.csv": csv(rows(60, HOUR, null)) }));
    const at = (hours: number) => feed.candles({ symbol: "BTC/USDT", interval: "1h", at: T0 + hours * HOUR, limit: 5 });
    expect(await at(41)).toHaveLength(5);
    expect(await at(63)).toHaveLength(5);
    await expect(at(64)).rejects.toMatchObject({ code: "FEED_STALE" });
    expect((await feed.price({ symbol: "BTC/USDT", at: T0 + 99 * HOUR }))?.at).toBe(T0 + 60 * HOUR);
  });

  it("reports bad rows, names and files, and refuses them when told to", async () => {
    const bad = [...rows(3, HOUR, null), `${T0 + 3 * HOUR},1,2,0.5,abc,1`, `${T0 + 4 * HOUR},1,0.5,2,1,1`];
    const dir = await folder({
      "x_BTCUSDT_1h.csv": csv(bad),
      "x_ETHUSDT_1h.csv.gz": "not gzip",
      "x_ETHUSDT_funding_8h.csv": "timestamp_ms,funding_rate\n",
      "y_BTCUSDT_1h.csv": csv(bad),
    });
    const feed = await CandleFilesFeed.open(dir);
    expect(feed.problems.map((p) => [p.file, p.line, p.field, p.code])).toEqual([
      ["x_ETHUSDT_funding_8h.csv", null, null, "BAD_NAME"],
      ["y_BTCUSDT_1h.csv", null, null, "SAME_SYMBOL_TWICE"],
      ["x_BTCUSDT_1h.csv", 5, "close", "BAD_NUMBER"],
      ["x_BTCUSDT_1h.csv", 6, "high", "HIGH_BELOW_LOW"],
      ["x_ETHUSDT_1h.csv.gz", null, null, "UNREADABLE"],
    ]);
    expect(feed.symbols().map((s) => s.symbol)).toEqual(["BTC/USDT"]);
    await expect(CandleFilesFeed.open(dir, { symbols: ["BTC/USDT"], badRows: "refuse" })).rejects.toMatchObject({
      code: "FEED_BAD_ROWS",
      details: { data: { file: "x_BTCUSDT_1h.csv", line: 5, field: "close", count: 2 } },
    });
    await expect(CandleFilesFeed.open(dir, { symbols: ["SOL/USDT"] })).rejects.toMatchObject({
      code: "UNKNOWN_SYMBOL",
      message: expect.stringContaining("BTC/USDT, ETH/USDT"),
    });
  });

  it("is unavailable without a folder or a candle in it", async () => {
    await expect(CandleFilesFeed.open(path.join(tmpdir(), "no-such-folder-here"))).rejects.toMatchObject({ code: "FEED_UNAVAILABLE" });
    await expect(CandleFilesFeed.open(await folder({ "readme.txt": "" }))).rejects.toMatchObject({ code: "FEED_UNAVAILABLE" });
    await expect(CandleFilesFeed.open(await folder({ "x_BTCUSDT_1h.csv": "a,b\n1,2\n" }))).rejects.toMatchObject({
      code: "FEED_UNAVAILABLE",
      message: expect.stringContaining("line 1"),
    });
  });
});

const real = path.resolve(import.meta.dirname, "../../..", process.env.SHARED_DATA ?? "../shared/data", "candles/spot-1h");
const names = await readdir(real).catch(() => []);

describe.skipIf(names.length === 0)("candle files: real data", () => {
  it("reads every file without a problem, row for row", async () => {
    const feed = await CandleFilesFeed.open(real);
    expect(feed.problems).toEqual([]);
    const file = names.find((n) => n.includes("BTCUSDT")) as string;
    const lines = gunzipSync(await readFile(path.join(real, file)))
      .toString()
      .trim()
      .split("\n");
    const info = feed.symbols().find((s) => s.symbol === "BTC/USDT");
    const bars = await feed.bars({ symbol: "BTC/USDT", from: 0, at: info?.endTime ?? 0 });
    expect(bars).toHaveLength(lines.length - 1);
  });
});
