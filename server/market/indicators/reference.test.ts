import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { sharedFile } from "@/server/testing/shared-data";
import { atr, bollinger, ema, type Line, macd, percentB, rsi, sma, zScore } from ".";

type Reference = { readonly source: string; readonly index: readonly number[]; readonly [series: string]: unknown };
type Columns = { readonly high: number[]; readonly low: number[]; readonly close: number[]; readonly volume: number[] };

const folder = sharedFile("reference");
const files = folder === null ? [] : readdirSync(folder).filter((f) => /^indicators_.*\.json$/.test(f));

/** The candle file a reference names in its source, wherever the shared data keeps it. */
function candles(reference: Reference): Columns {
  const named = /[\w./-]*?([\w-]+\/[\w-]+\.csv(?:\.gz)?)/.exec(reference.source)?.[1] ?? "";
  const file = sharedFile(`candles/${named}`) ?? sharedFile(`reference/${path.basename(named)}`) ?? sharedFile(named);
  if (named === "" || file === null) throw new Error(`the candles of "${reference.source}" are not in the shared data`);
  const bytes = readFileSync(file);
  const rows = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8").trim().split("\n");
  const data = rows.map((row) => row.split(",").map(Number)).filter((row) => Number.isFinite(row[0]));
  const column = (i: number): number[] => data.map((row) => row[i] as number);
  return { high: column(2), low: column(3), close: column(4), volume: column(5) };
}

/** What the product says for a series of the reference, by its name there; the number in a name is its period. */
function ours(name: string, { high, low, close }: Columns): Line | null {
  const [, kind = name, digits = ""] = /^([a-z]+?)(\d+)$/.exec(name) ?? [];
  const period = Number(digits);
  const byName: Readonly<Record<string, () => Line>> = {
    rsi: () => rsi(close, period),
    ema: () => ema(close, period),
    sma: () => sma(close, period),
    atr: () => atr(high, low, close, period),
    bb_dn: () => bollinger(close, 20, 2).lower,
    bb_mavg: () => bollinger(close, 20, 2).middle,
    bb_up: () => bollinger(close, 20, 2).upper,
    bb_pctB: () => percentB(close, 20, 2),
    macd: () => macd(close).macd,
    macd_signal: () => macd(close).signal,
  };
  return byName[kind]?.() ?? null;
}

/** Places where the line is further than 1e-9 (relative) from the reference, or has a value where the other has none. */
function differences(line: Line, reference: Reference, name: string): string[] {
  const want = reference[name] as readonly (number | null)[];
  return want.flatMap((w, i) => {
    const got = line[(reference.index[i] as number) - 1];
    const agrees = w === null || got === undefined ? w === null && got === undefined : Math.abs(got - w) <= 1e-9 * Math.abs(w);
    return agrees ? [] : [`${name}[${reference.index[i]}]: ${got} instead of ${w}`];
  });
}

describe.skipIf(files.length === 0)(
  `indicators against R TTR (${files.length === 0 ? "SKIPPED: no reference in SHARED_DATA" : files.join(", ")})`,
  () => {
    it.each(files)("%s: every series agrees to 1e-9", (file) => {
      const reference = JSON.parse(readFileSync(path.join(folder ?? "", file), "utf8")) as Reference;
      const columns = candles(reference);
      const names = Object.keys(reference).filter((name) => name !== "index" && Array.isArray(reference[name]));
      expect(names.length).toBeGreaterThan(5);
      const found = names.flatMap((name) => {
        const line = ours(name, columns);
        return line === null ? [`no indicator is compared with ${name}`] : differences(line, reference, name);
      });
      expect(found).toEqual([]);
      // Control: the comparison must see another period, and a value where none belongs.
      expect(differences(rsi(columns.close, 15), reference, "rsi14")).not.toEqual([]);
      expect(differences(columns.close, reference, "ema20")).not.toEqual([]);
    });
    it("%B and the z-score are the same distance in two words", () => {
      const reference = JSON.parse(readFileSync(path.join(folder ?? "", files[0] ?? ""), "utf8")) as Reference;
      const z = zScore(candles(reference).close, 20);
      expect(
        differences(
          z.map((x) => (x === undefined ? x : x / 4 + 0.5)),
          reference,
          "bb_pctB",
        ),
      ).toEqual([]);
    });
  },
);
