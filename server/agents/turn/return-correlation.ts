import type { Window } from "./window-hash";

/** Fewer common returns than this say nothing. */
const FEWEST = 30;

/**
 * Pearson correlation of the returns of two windows, over the steps between bars that both have. Null when there are fewer than thirty,
 * or when one of them never moved.
 */
export function returnCorrelation(a: Window, b: Window): number | null {
  const other = new Map(b.map((row) => [row[0], Number(row[4])]));
  const common = a.flatMap((row) => {
    const price = other.get(row[0]);
    return price === undefined ? [] : [[Number(row[4]), price] as const];
  });
  const returns = common.slice(1).map(([x, y], i) => {
    const [before, beforeY] = common[i] as readonly [number, number];
    return [x / before - 1, y / beforeY - 1] as const;
  });
  const n = returns.length;
  if (n < FEWEST || returns.some(([x, y]) => !Number.isFinite(x) || !Number.isFinite(y))) return null;
  const meanX = returns.reduce((s, [x]) => s + x, 0) / n;
  const meanY = returns.reduce((s, [, y]) => s + y, 0) / n;
  let [xx, yy, xy] = [0, 0, 0];
  for (const [x, y] of returns) {
    xx += (x - meanX) ** 2;
    yy += (y - meanY) ** 2;
    xy += (x - meanX) * (y - meanY);
  }
  if (xx === 0 || yy === 0) return null;
  return Math.max(-1, Math.min(1, xy / Math.sqrt(xx) / Math.sqrt(yy)));
}
