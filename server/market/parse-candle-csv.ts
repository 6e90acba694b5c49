import type { Fixed } from "@/server/shared";
import type { Candle } from "./types";

/** What is wrong in a file. `line` counts from 1, the header included; null = the file as a whole. */
export type FeedProblem = {
  readonly file: string;
  readonly line: number | null;
  readonly field: string | null;
  readonly code:
    | "EMPTY_FILE"
    | "BAD_HEADER"
    | "COLUMN_COUNT"
    | "BAD_NUMBER"
    | "OVER_PRECISE"
    | "NOT_POSITIVE"
    | "MISALIGNED_TIME"
    | "DUPLICATE_TIME"
    | "TIME_GOES_BACK"
    | "HIGH_BELOW_LOW"
    | "OUTSIDE_RANGE"
    | "BAD_NAME"
    | "UNREADABLE"
    | "SAME_SYMBOL_TWICE";
  readonly reason: string;
};

/** Base bars that are missing between two that are there: open times of the first and last missing bar (ms). */
export type CandleGap = { readonly file: string; readonly line: number; readonly from: number; readonly to: number; readonly bars: number };

export type ParsedCandles = {
  readonly candles: readonly Candle[];
  readonly problems: readonly FeedProblem[];
  readonly gaps: readonly CandleGap[];
  /** Most decimals seen in a price of the first 200 bars: what a tick is derived from must not depend on what comes later. */
  readonly priceDecimals: number;
};

const COLUMNS = ["timestamp_ms", "open", "high", "low", "close", "volume"] as const;
/** 2100-01-01: a time beyond it is seconds taken for ms, or worse. */
const LATEST = 4_102_444_800_000;

const DECIMALS_FROM = 200;

class BadRow extends Error {
  constructor(
    readonly field: string | null,
    readonly code: FeedProblem["code"],
    readonly reason: string,
  ) {
    super(reason);
  }
}

/**
 * Reads candles of one file (`stepMs` = its bar length). A bad row is left out and reported with line, field and reason; a bad header leaves nothing.
 * Missing bars are reported as gaps, so a row left out shows up there too.
 */
export function parseCandleCsv(text: string, options: { readonly file: string; readonly stepMs: number }): ParsedCandles {
  const { file, stepMs } = options;
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  while (lines.length > 0 && lines[lines.length - 1]?.trim() === "") lines.pop();
  const problems: FeedProblem[] = [];
  const gaps: CandleGap[] = [];
  const candles: Candle[] = [];
  let priceDecimals = 0;
  if (lines.length === 0) problems.push({ file, line: null, field: null, code: "EMPTY_FILE", reason: "the file is empty" });
  else if (lines[0]?.trim() !== COLUMNS.join(",")) {
    problems.push({ file, line: 1, field: null, code: "BAD_HEADER", reason: `the first line must be ${COLUMNS.join(",")}` });
    return { candles, problems, gaps, priceDecimals };
  }
  for (let i = 1; i < lines.length; i++) {
    try {
      const parts = (lines[i] as string).split(",");
      if (parts.length !== COLUMNS.length) throw new BadRow(null, "COLUMN_COUNT", `${parts.length} columns instead of ${COLUMNS.length}`);
      const candle = readRow(parts, stepMs);
      const last = candles[candles.length - 1];
      if (last && candle.openTime === last.openTime) throw new BadRow("timestamp_ms", "DUPLICATE_TIME", "the same time as the row before");
      if (last && candle.openTime < last.openTime) throw new BadRow("timestamp_ms", "TIME_GOES_BACK", "earlier than the row before");
      if (last && candle.openTime - last.openTime > stepMs) {
        gaps.push({
          file,
          line: i + 1,
          from: last.openTime + stepMs,
          to: candle.openTime - stepMs,
          bars: (candle.openTime - last.openTime) / stepMs - 1,
        });
      }
      for (let p = 1; p <= 4 && candles.length < DECIMALS_FROM; p++) priceDecimals = Math.max(priceDecimals, decimalsOf(parts[p] as string));
      candles.push(candle);
    } catch (error) {
      if (!(error instanceof BadRow)) throw error;
      problems.push({ file, line: i + 1, field: error.field, code: error.code, reason: error.reason });
    }
  }
  if (lines.length === 1) problems.push({ file, line: null, field: null, code: "EMPTY_FILE", reason: "there is a header and no row" });
  return { candles, problems, gaps, priceDecimals };
}

function readRow(parts: readonly string[], stepMs: number): Candle {
  const stamp = (parts[0] as string).trim();
  const openTime = /^\d{1,15}$/.test(stamp) ? Number(stamp) : Number.NaN;
  if (!Number.isSafeInteger(openTime) || openTime > LATEST)
    throw new BadRow("timestamp_ms", "BAD_NUMBER", `"${stamp.slice(0, 30)}" is not a time in ms`);
  if (openTime % stepMs !== 0) throw new BadRow("timestamp_ms", "MISALIGNED_TIME", `${openTime} is not a multiple of ${stepMs} ms`);
  const [open, high, low, close, volume] = [1, 2, 3, 4, 5].map((c) => number(parts[c] as string, COLUMNS[c] as string)) as [
    Fixed,
    Fixed,
    Fixed,
    Fixed,
    Fixed,
  ];
  if (high < low) throw new BadRow("high", "HIGH_BELOW_LOW", "the high is below the low");
  for (const [field, price] of [
    ["open", open],
    ["close", close],
  ] as const) {
    if (price > high || price < low) throw new BadRow(field, "OUTSIDE_RANGE", `the ${field} lies outside low and high`);
  }
  return { openTime, open, high, low, close, volume };
}

/** Plain or scientific ("5.4e-05": common tools write small volumes so), exact either way. */
function number(raw: string, field: string): Fixed {
  const text = raw.trim();
  const m = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,2}))?$/.exec(text);
  if (!m) throw new BadRow(field, "BAD_NUMBER", `"${text.slice(0, 30)}" is not a decimal number`);
  const fraction = m[3] ?? "";
  const exponent = Number(m[4] ?? "0");
  if (fraction.length - exponent > 18) throw new BadRow(field, "OVER_PRECISE", "more than 18 decimals");
  if ((m[2] as string).length + exponent > (field === "volume" ? 18 : 12))
    throw new BadRow(field, "OVER_PRECISE", "too many digits before the point");
  // One conversion instead of parsing twice: this line runs five times a row.
  const value = BigInt(`${m[1]}${m[2]}${fraction}${"0".repeat(18 + exponent - fraction.length)}`) as Fixed;
  if (value < 0n || (value === 0n && field !== "volume"))
    throw new BadRow(field, "NOT_POSITIVE", field === "volume" ? "below zero" : "not above zero");
  return value;
}

function decimalsOf(text: string): number {
  const m = /(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text.trim());
  return Math.max(0, (m?.[1]?.length ?? 0) - Number(m?.[2] ?? "0"));
}
