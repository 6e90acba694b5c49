import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { readCandleColumns, sharedCandleFiles, sharedFile } from "@/server/testing/shared-data";
import { atr, bollinger, ema, type Line, macd, percentB, rsi, sma, zScore } from "..";

type Reference = { readonly source: string; readonly index: readonly number[]; readonly [series: string]: unknown };
type Columns = ReturnType<typeof readCandleColumns>;

const folder = sharedFile("reference");
const files = folder === null ? [] : readdirSync(folder).filter((f) => /^indicators_.*\.json$/.test(f));

/** Candles the reference may have been computed from: all files of the name in its source, in whichever folder of the shared data. */
function candidates({ source }: Reference): Columns[] {
  const name = path.basename(/\S+\.csv(?:\.gz)?/.exec(source)?.[0] ?? "");
  const files = sharedCandleFiles(name);
  if (files.length === 0) throw new Error(`the candles of "${source}" are not in the shared data`);
  return files.map(readCandleColumns);
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
      const names = Object.keys(reference).filter((name) => name !== "index" && Array.isArray(reference[name]));
      expect(names.length).toBeGreaterThan(5);
      const tried = candidates(reference).map((columns) => ({
        columns,
        found: names.flatMap((name) => {
          const line = ours(name, columns);
          return line === null ? [`no indicator is compared with ${name}`] : differences(line, reference, name);
        }),
      }));
      // Several periods of one market may be there: the reference is of one of them, and all its values must agree with that one.
      const [{ columns, found }] = tried.sort((a, b) => a.found.length - b.found.length) as [(typeof tried)[number]];
      expect(found).toEqual([]);
      // Control: the comparison must see another period, and a value where none belongs.
      expect(differences(rsi(columns.close, 15), reference, "rsi14")).not.toEqual([]);
      expect(differences(columns.close, reference, "ema20")).not.toEqual([]);
    });
  },
);

it("%B and the z-score are the same distance in two words", () => {
  const values = Array.from({ length: 300 }, (_, i) => 100 + 10 * Math.sin(i * i));
  const inside = percentB(values, 20, 2);
  zScore(values, 20).forEach((z, i) => {
    expect(z === undefined ? z : z / 4 + 0.5).toEqual(inside[i] === undefined ? undefined : expect.closeTo(inside[i], 9));
  });
  expect(inside.at(-1)).toBeTypeOf("number");
});
