import { expect, it } from "vitest";
import { parseCandleCsv } from "./parse-candle-csv";

const HEADER = "timestamp_ms,open,high,low,close,volume";
const parse = (...rows: string[]) => parseCandleCsv([HEADER, ...rows].join("\n"), { file: "f.csv", stepMs: 60_000 });
const M = 60_000;

it.each([
  ["COLUMN_COUNT", null, `${M},1,1,1,1`],
  ["COLUMN_COUNT", null, ""],
  ["BAD_NUMBER", "timestamp_ms", "x,1,1,1,1,1"],
  ["BAD_NUMBER", "timestamp_ms", "99999999999960000,1,1,1,1,1"],
  ["MISALIGNED_TIME", "timestamp_ms", "60001,1,1,1,1,1"],
  ["BAD_NUMBER", "open", `${M},1e,1,1,1,1`],
  ["OVER_PRECISE", "volume", `${M},1,1,1,1,5.4e-18`],
  ["OVER_PRECISE", "high", `${M},1,1e12,1,1,1`],
  ["BAD_NUMBER", "high", `${M},1,1e999,1,1,1`],
  ["BAD_NUMBER", "high", `${M},1,NaN,1,1,1`],
  ["BAD_NUMBER", "close", `${M},1,1,1,,1`],
  ["NOT_POSITIVE", "low", `${M},1,1,-1,1,1`],
  ["NOT_POSITIVE", "open", `${M},0,1,0,1,1`],
  ["NOT_POSITIVE", "volume", `${M},1,1,1,1,-0.5`],
  ["OVER_PRECISE", "close", `${M},1,1,1,1.0000000000000000001,1`],
  ["OVER_PRECISE", "open", `${M},1234567890123,1,1,1,1`],
  ["HIGH_BELOW_LOW", "high", `${M},1,1,2,1,1`],
  ["OUTSIDE_RANGE", "open", `${M},5,2,1,2,1`],
  ["OUTSIDE_RANGE", "close", `${M},2,2,1,0.5,1`],
])("reports %s in %s", (code, field, row) => {
  const parsed = parse("0,1,1,1,1,1", row, `${2 * M},1,1,1,1,1`);
  expect(parsed.problems).toEqual([{ file: "f.csv", line: 3, field, code, reason: expect.any(String) }]);
  expect(parsed.candles.map((c) => c.openTime)).toEqual([0, 2 * M]);
  expect(parsed.gaps).toEqual([{ file: "f.csv", line: 4, from: M, to: M, bars: 1 }]);
});

it("reports times that stand still or go back", () => {
  const parsed = parse(`${M},1,1,1,1,1`, `${M},1,1,1,1,1`, "0,1,1,1,1,1", `${2 * M},1,1,1,1,1`);
  expect(parsed.problems.map((p) => [p.line, p.code])).toEqual([
    [3, "DUPLICATE_TIME"],
    [4, "TIME_GOES_BACK"],
  ]);
  expect(parsed.candles).toHaveLength(2);
});

it("reads nothing under a foreign header, and says when there is nothing", () => {
  expect(parseCandleCsv("timestamp_ms,funding_rate\n0,1\n", { file: "f", stepMs: M })).toMatchObject({
    candles: [],
    problems: [{ line: 1, code: "BAD_HEADER" }],
  });
  expect(parseCandleCsv("", { file: "f", stepMs: M }).problems).toMatchObject([{ code: "EMPTY_FILE" }]);
  expect(parse().problems).toMatchObject([{ code: "EMPTY_FILE" }]);
});

it("takes CRLF, a byte order mark and exact decimals", () => {
  const parsed = parseCandleCsv(`\uFEFF${HEADER}\r\n0,0.11421,0.5,0.1,0.000000000000000001,3\r\n`.replace("0.1,0.0", "0,0.0"), {
    file: "f",
    stepMs: M,
  });
  expect(parsed.problems).toMatchObject([{ field: "low", code: "NOT_POSITIVE" }]);
  const good = parseCandleCsv(`\uFEFF${HEADER}\r\n0,0.11421,0.5,0.1,0.123456789012345678,3\r\n`, { file: "f", stepMs: M });
  expect(good.problems).toEqual([]);
  expect(good.candles[0]?.close).toBe(123456789012345678n);
  expect(good.priceDecimals).toBe(18);
});
