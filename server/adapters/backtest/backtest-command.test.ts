import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { hashJson, type Json, seededRandom } from "@/server/shared";
import { backtestCommand } from "./backtest-command";

const HOUR = 3_600_000;
const T0 = Date.UTC(2025, 0, 1);
const HEADER = "timestamp_ms,open,high,low,close,volume";

const walk = (count: number, seed: number): string[] => {
  const random = seededRandom(seed);
  let price = 100;
  return Array.from({ length: count }, (_, i) => {
    const open = price;
    price = Math.max(5, price * (1 + Math.sin(i / 37) * 0.004 + (random() - 0.5) * 0.02));
    const row = [open, Math.max(open, price) * 1.002, Math.min(open, price) * 0.998, price].map((p) => p.toFixed(3));
    return [T0 + i * HOUR, ...row, (5_000 * (0.5 + random())).toFixed(1)].join(",");
  });
};
async function folder(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), "backtest-"));
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(dir, name), content);
  return dir;
}
const csv = (rows: readonly string[]): string => `${[HEADER, ...rows].join("\n")}\n`;

async function command(...argv: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await backtestCommand(argv, { out: (l) => out.push(l), err: (t) => err.push(t), isTerminal: false, now: () => 0 });
  return { code, out, err: err.join("") };
}

describe("backtest command", () => {
  const files = { "x_AAAUSDT_1h.csv": csv(walk(900, 1)), "x_BBBUSDT_1h.csv.gz": gzipSync(csv(walk(900, 2))) };

  it("runs plain and gzip files, the same every time, and says with what", async () => {
    const dir = await folder(files);
    const json = path.join(dir, "out.json");
    const first = await command("--candles", dir, "--symbols", "AAA/USDT,BBB/USDT", "--decider", "rules", "--json", json);
    expect(first.code).toBe(0);
    const text = first.out.join("\n");
    for (const said of ["split equally", "trend-follow", "taker 0.001", "final equity", "buy-and-hold equity", "max drawdown", "fees"])
      expect(text).toContain(said);
    expect(first.out.at(-1)).toMatch(/^hash: [0-9a-f]{64}$/);
    const again = await command("--candles", await folder(files), "--symbols=AAA/USDT,BBB/USDT");
    expect(again.out.at(-1)).toBe(first.out.at(-1));
    const other = await command("--candles", dir, "--symbols", "AAA/USDT,BBB/USDT", "--taker-fee", "0.0011");
    expect(other.out.at(-1)).not.toBe(first.out.at(-1));
    const written = JSON.parse(await readFile(json, "utf8")) as { hash: string; fills: unknown[]; decisions: unknown[] };
    expect(`hash: ${written.hash}`).toBe(first.out.at(-1));
    expect(written.fills.length).toBeGreaterThan(0);
    expect(written.decisions).toHaveLength(2 * 899);
  });

  it("gives the same trades in every engine, and the array engine refuses by name", async () => {
    const dir = await folder(files);
    const run = (engine: string, ...more: string[]) => command("--candles", dir, "--symbols", "AAA/USDT,BBB/USDT", "--engine", engine, ...more);
    const trades = (lines: readonly string[]) => lines.find((l) => l.startsWith("trades: "));
    const audited = await run("audited");
    expect(trades(audited.out)).toMatch(/^trades: [0-9a-f]{64}$/);
    for (const engine of ["event", "array"]) {
      const fast = await run(engine);
      expect(trades(fast.out)).toBe(trades(audited.out));
      for (const label of ["final equity", "buy-and-hold equity", "fees", "turnover"]) {
        const figures = (lines: readonly string[]) =>
          lines
            .find((l) => l.startsWith(label))
            ?.split(/ {2,}/)
            .slice(1, 3);
        expect(figures(fast.out)).toEqual(figures(audited.out));
      }
    }
    expect(await run("array", "--rule-set", "mean-revert")).toMatchObject({ code: 2, err: expect.stringContaining("DECIDER_NEEDS_PATH [engine]") });
    expect(await run("magic")).toMatchObject({ code: 2, err: expect.stringContaining("UNKNOWN_ENGINE [engine]") });
    expect(await run("event", "--json", "x.json")).toMatchObject({ code: 2, err: expect.stringContaining("[json]") });
  });

  it("ticks on coarser bars and on a part of the files", async () => {
    const dir = await folder(files);
    const run = await command(
      "--candles",
      dir,
      "--symbols",
      "AAA/USDT",
      "--interval",
      "4h",
      "--from",
      "2025-01-10",
      "--to",
      "2025-01-20T12:00:00Z",
      "--rule-set",
      "breakout",
      "--params",
      "entryBars=8,exitBars=4",
    );
    expect(run.out.join("\n")).toContain("every 4h bar that closes, 2025-01-10T00:00Z to 2025-01-20T12:00Z");
    expect(run.out.find((l) => /^ticks\s+\d/.test(l))).toMatch(/ 63$/);
  });

  it.each([
    ["UNKNOWN_OPTION", "bogus", ["--bogus", "1"]],
    ["UNKNOWN_OPTION", "capital", ["capital"]],
    ["MISSING_OPTION", "symbols", ["--symbols"]],
    ["UNKNOWN_SYMBOL", "symbols", ["--symbols", "AAA/USDT,ZZZ/USDT"]],
    ["INVALID_SYMBOL", "symbol", ["--symbols", "AAAUSDT"]],
    ["INVALID_ARGUMENT", "symbols", ["--symbols", "AAA/USDT,AAA/USDT"]],
    ["INVALID_ARGUMENT", "symbols", ["--symbols", "AAA/USDT,AAA/USDC"]],
    ["INVALID_ARGUMENT", "capital", ["--capital", "-5"]],
    ["INVALID_ARGUMENT", "capital", ["--capital", "1e4"]],
    ["INVALID_ARGUMENT", "capital", ["--capital", "99999999999999999"]],
    ["INVALID_ARGUMENT", "capital", ["--capital", "1.0000000000000000001"]],
    ["INVALID_ARGUMENT", "taker-fee", ["--taker-fee", "5"]],
    ["INVALID_ARGUMENT", "interval", ["--interval", "7m"]],
    ["INTERVAL_TOO_FINE", "interval", ["--interval", "1m"]],
    ["INVALID_ARGUMENT", "from", ["--from", "yesterday"]],
    ["NO_COMMON_PERIOD", "from", ["--from", "2031-01-01"]],
    ["INVALID_ARGUMENT", "to", ["--from", "2025-02-01", "--to", "2025-01-01"]],
    ["UNKNOWN_DECIDER", "decider", ["--decider", "model"]],
    ["UNKNOWN_RULE_SET", "rule-set", ["--rule-set", "magic"]],
    ["UNKNOWN_RULE_PARAMETER", "decider.params.speed", ["--params", "speed=3"]],
    ["RULE_PARAMETER_OUT_OF_RANGE", "decider.params.fast", ["--params", "fast=1000"]],
    ["INVALID_ARGUMENT", "params", ["--params", "fast"]],
  ])("refuses with %s naming %s", async (code, field, extra) => {
    const dir = await folder(files);
    const base = extra[0] === "--symbols" || extra[0] === "capital" ? [] : ["--symbols", "AAA/USDT"];
    const run = await command("--candles", dir, ...base, ...extra);
    expect(run.code).toBe(2);
    expect(run.err).toContain(`${code} [${field}]`);
    expect(run.out.some((l) => l.startsWith("hash"))).toBe(false);
  });

  it("names file, line and reason of a bad row, and goes on only when told to", async () => {
    const rows = walk(300, 3);
    rows[99] = `${T0 + 99 * HOUR},1,2,3,abc,5`;
    rows.splice(200, 1);
    const dir = await folder({ "x_AAAUSDT_1h.csv": csv(rows) });
    const refused = await command("--candles", dir, "--symbols", "AAA/USDT");
    expect(refused.code).toBe(2);
    expect(refused.err).toContain("x_AAAUSDT_1h.csv line 101: close: ");
    expect(refused.err).toContain("FEED_BAD_ROWS [candles]");
    const gone = await command("--candles", dir, "--symbols", "AAA/USDT", "--skip-bad-rows");
    expect(gone.code).toBe(0);
    expect(gone.err).toContain("1 missing before it");
  });

  it("says that a folder is missing or empty, and shows its help", async () => {
    expect((await command("--candles", path.join(tmpdir(), "no-such-folder"), "--symbols", "AAA/USDT")).err).toContain("FEED_UNAVAILABLE");
    const help = await command("--help");
    expect([help.code, help.out.join("\n")]).toEqual([0, expect.stringContaining("--candles DIR")]);
  });
});

const REAL = path.resolve(import.meta.dirname, "../../..", process.env.SHARED_DATA ?? "../shared/data", "candles/spot-1h");
const realNames = (await readdir(REAL).catch(() => [])).filter((n) => /_(BTC|DOGE)USDT_/.test(n));

type Written = {
  readonly hash: string;
  readonly total: { readonly equity: string; readonly hold: string; readonly fees: string; readonly holdMaxDrawdown: number };
  readonly lines: readonly { readonly symbol: string; readonly capital: string; readonly equity: string; readonly hold: string }[];
  readonly decisions: readonly { readonly symbol: string; readonly at: number; readonly recordHash: string }[];
  readonly fills: readonly {
    readonly symbol: string;
    readonly side: string;
    readonly quantity: string;
    readonly price: string;
    readonly fee: string;
    readonly at: number;
  }[];
  readonly curve: readonly { readonly at: number; readonly equity: string; readonly hold: string }[];
};

async function realRun(dir: string, ...extra: string[]): Promise<Written> {
  const json = path.join(await mkdtemp(path.join(tmpdir(), "backtest-out-")), "out.json");
  const run = await command("--candles", dir, "--symbols", "BTC/USDT,DOGE/USDT", "--decider", "rules", "--json", json, ...extra);
  expect(run.err.includes("bad candle")).toBe(false);
  const written = JSON.parse(await readFile(json, "utf8")) as Written;
  expect(run.out.at(-1)).toBe(`hash: ${written.hash}`);
  return written;
}

/** Rows as numbers, read without any of the product's code. */
async function rawRows(symbol: string): Promise<number[][]> {
  const file = realNames.find((n) => n.includes(`_${symbol.replace("/", "")}_`)) as string;
  const bytes = await readFile(path.join(REAL, file));
  const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString();
  return text
    .trim()
    .split("\n")
    .slice(1)
    .map((l) => l.split(",").map(Number));
}

describe.skipIf(realNames.length < 2)("backtest over real candles", () => {
  it("gives the hold and the equity that the candles and the fills give by hand", { timeout: 240_000 }, async () => {
    const result = await realRun(REAL);
    let [hold, equity] = [0, 0];
    for (const line of result.lines) {
      const rows = await rawRows(line.symbol);
      const last = rows.at(-1)?.[4] as number;
      // A decision on the first bar fills at earliest at the open of the second: that is the first tradable open.
      const byHand = (5_000 / ((rows[1]?.[1] as number) * 1.001)) * last;
      expect(Number(line.hold)).toBeCloseTo(byHand, 4);
      hold += byHand;
      let [cash, units] = [5_000, 0];
      for (const f of result.fills.filter((x) => x.symbol === line.symbol)) {
        const sign = f.side === "buy" ? 1 : -1;
        cash -= sign * Number(f.quantity) * Number(f.price) + Number(f.fee);
        units += sign * Number(f.quantity);
        const bar = rows.find((r) => r[0] === f.at) as number[];
        // Market orders fill at the open of the bar they meet, a half spread and at most a tick worse.
        expect(Math.abs(Number(f.price) / (bar[1] as number) - 1)).toBeLessThan(0.0002);
      }
      expect(Number(line.equity)).toBeCloseTo(cash + units * last, 4);
      equity += cash + units * last;
    }
    expect(Number(result.total.hold)).toBeCloseTo(hold, 4);
    expect(Number(result.total.equity)).toBeCloseTo(equity, 4);
    let [peak, worst] = [0, 0];
    for (const p of result.curve) {
      peak = Math.max(peak, Number(p.hold));
      worst = Math.max(worst, 1 - Number(p.hold) / peak);
    }
    expect(result.total.holdMaxDrawdown).toBeCloseTo(worst, 9);
  });

  it("decides the same whatever the last month holds, and the same hash twice", { timeout: 240_000 }, async () => {
    const keep = 24 * 30 * 3;
    const write = async (change: boolean) => {
      const files: Record<string, string> = {};
      for (const symbol of ["BTC/USDT", "DOGE/USDT"]) {
        const rows = (await rawRows(symbol)).slice(0, keep);
        const text = rows.map((r, i) => {
          if (!change || i < keep - 720) return r.join(",");
          const swing = 1 + 0.2 * Math.sin(i / 9);
          return [r[0], ...[1, 2, 3, 4].map((c) => ((r[c] as number) * swing).toFixed(5)), r[5]].join(",");
        });
        files[`x_${symbol.replace("/", "")}_1h.csv`] = csv(text);
      }
      return folder(files);
    };
    const dir = await write(false);
    const [plain, again, changed] = [await realRun(dir), await realRun(dir), await realRun(await write(true))];
    expect(again.hash).toBe(plain.hash);
    const cut = ((await rawRows("BTC/USDT"))[keep - 720]?.[0] as number) - 1;
    const before = (w: Written) => ({
      decisions: w.decisions.filter((d) => d.at <= cut),
      fills: w.fills.filter((f) => f.at <= cut),
      curve: w.curve.filter((c) => c.at <= cut),
    });
    expect(hashJson(before(changed) as unknown as Json)).toBe(hashJson(before(plain) as unknown as Json));
    expect(before(plain).decisions.length).toBeGreaterThan(2_000);
    expect(changed.decisions).not.toEqual(plain.decisions);
  });
});
