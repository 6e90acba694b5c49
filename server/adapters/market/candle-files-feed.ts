import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import {
  type BarView,
  type Candle,
  type CandleGap,
  CandleSeries,
  type FeedProblem,
  feedUnavailable,
  INTERVAL_MS,
  type Interval,
  type MarketFeed,
  type MarketSource,
  type ParsedCandles,
  type PricePoint,
  parseCandleCsv,
  type SymbolId,
  type SymbolInfo,
  unknownSymbol,
} from "@/server/market";
import { DomainError } from "@/server/shared";
import { type CandleFileName, parseCandleFileName } from "./candle-file-name";

const unzip = promisify(gunzip);
/** A 1-minute year is some 30 MB of text; beyond this a file is not a candle file. */
const MAX_BYTES = 512 * 1024 * 1024;

/** What prices look like in the files: how an instrument's tick and lot are derived. */
export type SeenPrices = { readonly priceDecimals: number; readonly priceHint: number };

/** Prices from a folder of candle files, read once and kept in memory. Bad rows are left out and listed in `problems`. */
export class CandleFilesFeed implements MarketFeed {
  // Without the folder's name: the source is part of every record, and the same files elsewhere are the same market.
  readonly source: MarketSource = { kind: "files", label: "Candle files" };
  readonly #series: ReadonlyMap<SymbolId, CandleSeries>;
  readonly #seen: ReadonlyMap<SymbolId, SeenPrices>;

  private constructor(
    loaded: readonly { readonly series: CandleSeries; readonly seen: SeenPrices }[],
    /** Rows, files and names that could not be used. */
    readonly problems: readonly FeedProblem[],
    /** Bars missing inside files. */
    readonly gaps: readonly CandleGap[],
  ) {
    this.#series = new Map(loaded.map((l) => [l.series.info.symbol, l.series]));
    this.#seen = new Map(loaded.map((l) => [l.series.info.symbol, l.seen]));
  }

  /**
   * Reads a folder of `<venue>_<BASE><QUOTE>_<step>.csv[.gz]`. Of several steps of one symbol the finest is used. `symbols` limits what is read.
   * Throws FEED_UNAVAILABLE (no such folder, nothing usable in it), UNKNOWN_SYMBOL naming the available ones, FEED_BAD_ROWS
   * (`badRows: "refuse"`, data names the first file, line and reason).
   */
  static async open(
    folder: string,
    options: { readonly symbols?: readonly SymbolId[]; readonly badRows?: "skip" | "refuse" } = {},
  ): Promise<CandleFilesFeed> {
    const problems: FeedProblem[] = [];
    const chosen = chooseFiles(await listFolder(folder), problems);
    for (const symbol of options.symbols ?? []) {
      if (!chosen.has(symbol)) throw unknownSymbol(symbol, [...chosen.keys()].sort(), "symbols");
    }
    const wanted = [...chosen].filter(([symbol]) => options.symbols?.includes(symbol) ?? true).sort(([a], [b]) => (a < b ? -1 : 1));
    const loaded: { series: CandleSeries; seen: SeenPrices }[] = [];
    const gaps: CandleGap[] = [];
    for (const [symbol, { name, file }] of wanted) {
      const parsed = await readCandles(folder, file, INTERVAL_MS[name.interval]);
      problems.push(...parsed.problems);
      gaps.push(...parsed.gaps);
      const first = parsed.candles[0];
      const last = parsed.candles[parsed.candles.length - 1];
      if (!first || !last) continue;
      const info: SymbolInfo = {
        symbol,
        baseInterval: name.interval,
        firstTime: first.openTime,
        endTime: last.openTime + INTERVAL_MS[name.interval],
      };
      loaded.push({
        series: new CandleSeries(info, parsed.candles),
        seen: { priceDecimals: parsed.priceDecimals, priceHint: Number(first.close) / 1e18 },
      });
    }
    const bad = problems.filter((p) => wanted.some(([, w]) => w.file === p.file));
    if (options.badRows === "refuse" && bad[0]) throw badRows(bad);
    if (loaded.length === 0) throw noCandles(folder, problems);
    return new CandleFilesFeed(loaded, problems, gaps);
  }

  symbols(): readonly SymbolInfo[] {
    return [...this.#series.values()].map((s) => s.info);
  }

  /** How the prices of a symbol are written in its file. Throws UNKNOWN_SYMBOL. */
  seenPrices(symbol: SymbolId): SeenPrices {
    const seen = this.#seen.get(symbol);
    if (!seen) throw unknownSymbol(symbol, [...this.#seen.keys()]);
    return seen;
  }

  /** All bars of a symbol. Throws UNKNOWN_SYMBOL. */
  series(symbol: SymbolId): CandleSeries {
    return this.#of(symbol);
  }

  async candles(query: { symbol: SymbolId; interval: Interval; at: number; limit: number }): Promise<readonly Candle[]> {
    return this.#of(query.symbol).candles(query.interval, query.at, query.limit);
  }

  async bars(query: { symbol: SymbolId; from: number; at: number }): Promise<readonly BarView[]> {
    return this.#of(query.symbol).bars(query.from, query.at);
  }

  async price(query: { symbol: SymbolId; at: number }): Promise<PricePoint | null> {
    return this.#of(query.symbol).price(query.at);
  }

  #of(symbol: SymbolId): CandleSeries {
    const series = this.#series.get(symbol);
    if (!series) throw unknownSymbol(symbol, [...this.#series.keys()]);
    return series;
  }
}

async function listFolder(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder, { withFileTypes: true }))
      .filter((e) => !e.isDirectory())
      .map((e) => e.name)
      .sort();
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "error";
    throw feedUnavailable(`the candle folder ${folder} cannot be read (${code})`, cause);
  }
}

function chooseFiles(files: readonly string[], problems: FeedProblem[]): Map<SymbolId, { readonly name: CandleFileName; readonly file: string }> {
  const chosen = new Map<SymbolId, { name: CandleFileName; file: string }>();
  for (const file of files) {
    if (!/\.csv(\.gz)?$/.test(file)) continue;
    const name = parseCandleFileName(file);
    if (!name) {
      problems.push({
        file,
        line: null,
        field: null,
        code: "BAD_NAME",
        reason: "the name is not <venue>_<BASE><QUOTE>_<step>.csv with a step of 1m, 5m, 15m, 1h, 4h or 1d",
      });
      continue;
    }
    const other = chosen.get(name.symbol);
    if (other && INTERVAL_MS[other.name.interval] === INTERVAL_MS[name.interval]) {
      problems.push({
        file,
        line: null,
        field: null,
        code: "SAME_SYMBOL_TWICE",
        reason: `${name.symbol} is already read from ${other.file}; this file is not used`,
      });
    }
    if (!other || INTERVAL_MS[name.interval] < INTERVAL_MS[other.name.interval]) chosen.set(name.symbol, { name, file });
  }
  return chosen;
}

async function readCandles(folder: string, file: string, stepMs: number): Promise<ParsedCandles> {
  try {
    const raw = await readFile(path.join(folder, file));
    const bytes = file.endsWith(".gz") ? await unzip(raw, { maxOutputLength: MAX_BYTES }) : raw;
    return parseCandleCsv(bytes.toString("utf8"), { file, stepMs });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.slice(0, 120) : "unknown";
    return {
      candles: [],
      gaps: [],
      priceDecimals: 0,
      problems: [{ file, line: null, field: null, code: "UNREADABLE", reason: `cannot be read: ${reason}` }],
    };
  }
}

const where = (p: FeedProblem): string => `${p.file}${p.line === null ? "" : ` line ${p.line}`}: ${p.field ? `${p.field}: ` : ""}${p.reason}`;

function badRows(bad: readonly FeedProblem[]): DomainError {
  const first = bad[0] as FeedProblem;
  const more = bad.length > 1 ? `, and ${bad.length - 1} more` : "";
  return new DomainError("FEED_BAD_ROWS", `${where(first)}${more}`, {
    field: "candles",
    data: { file: first.file, line: first.line, field: first.field, code: first.code, reason: first.reason, count: bad.length },
  });
}

function noCandles(folder: string, problems: readonly FeedProblem[]): DomainError {
  const first = problems[0];
  return feedUnavailable(first ? `no usable candles in ${folder}: ${where(first)}` : `there is no candle file in ${folder}`);
}
