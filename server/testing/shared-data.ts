import fs from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";

const root = path.resolve(import.meta.dirname, "../..", process.env.SHARED_DATA ?? "../shared/data");

/** Path of a file of the shared test data, or null when this machine does not have it. */
export function sharedFile(name: string): string | null {
  const file = path.join(root, name);
  return fs.existsSync(file) ? file : null;
}

/** Parsed JSON of the shared test data by name; empty when missing (say so with `describe.skipIf`). */
export function sharedJson<T>(name: string): Record<string, T> {
  const file = sharedFile(name);
  return file ? (JSON.parse(fs.readFileSync(file, "utf8")) as Record<string, T>) : {};
}

/** Paths of all candle files of this name in the shared test data: the same market is kept for several periods. */
export function sharedCandleFiles(name: string): readonly string[] {
  const folder = sharedFile("candles");
  if (folder === null) return [];
  const all = fs.readdirSync(folder, { recursive: true, encoding: "utf8" });
  return all.filter((file) => path.basename(file) === name).map((file) => path.join(folder, file));
}

/** Columns of a candle file, plain or gzipped: open time in ms, then floats. */
export function readCandleColumns(file: string): Readonly<Record<"time" | "open" | "high" | "low" | "close" | "volume", readonly number[]>> {
  const bytes = fs.readFileSync(file);
  const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8").trim();
  const rows = text.split("\n").map((row) => row.split(",").map(Number));
  const data = rows.filter((row) => Number.isFinite(row[0]));
  const column = (i: number): number[] => data.map((row) => row[i] as number);
  return { time: column(0), open: column(1), high: column(2), low: column(3), close: column(4), volume: column(5) };
}
