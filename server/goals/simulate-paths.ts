import { blockLength, drawBlocks, sortedQuantile } from "@/server/risk";
import { seededRandom } from "@/server/shared";

/** The levels a forecast band is drawn at. */
export const BAND_LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95] as const;
const PLACES = 60;

export type PathQuestion = {
  /** Fractions per period, of the node's own record. */
  readonly returns: readonly number[];
  /** Periods ahead. */
  readonly steps: number;
  readonly paths: number;
  readonly seed: number;
  /** Exposure against that of the record: 2 = every return twice as large. */
  readonly scale?: number;
  /** Multiple of today's value that is to be touched. */
  readonly target: number;
  /** Today's fall from the peak, and the fall that must not be reached; fractions. */
  readonly fallen?: number;
  readonly ceiling?: number;
  /** When paths are wanted to be drawn. */
  readonly band?: boolean;
};

export type PathAnswer = {
  /** Shares of paths: touched the target; never fell to the ceiling; touched the target before any such fall. */
  readonly reached: number;
  readonly kept: number;
  readonly reachedKept: number;
  /** Median of the deepest fall from the peak, a fraction. */
  readonly deepest: number;
  /** Multiples of today's value at each place (periods ahead), one line a level of BAND_LEVELS; empty unless asked for. */
  readonly places: readonly number[];
  readonly lines: readonly (readonly number[])[];
};

/** Futures made of blocks of the record's own returns (stationary bootstrap, mean block ⌈T^⅓⌉). Same question, same answer. */
export function simulatePaths(question: PathQuestion): PathAnswer {
  const { returns, steps, paths, target, scale = 1, fallen = 0, ceiling = 1 } = question;
  const random = seededRandom(question.seed);
  const order = new Int32Array(steps);
  const points = question.band ? Math.min(PLACES, steps) : 0;
  const places = Array.from({ length: points > 0 ? points + 1 : 0 }, (_, i) => Math.round((i * steps) / points));
  const columns = places.map(() => new Float64Array(paths).fill(1));
  const deepest = new Float64Array(paths);
  let [reached, kept, both] = [0, 0, 0];
  for (let path = 0; path < paths; path++) {
    drawBlocks(order, returns.length, Math.min(blockLength(returns.length), returns.length), "stationary", random);
    let [value, peak, fall, next] = [1, 1 / (1 - Math.min(fallen, 0.999999)), fallen, 1];
    let [hit, hitKept] = [target <= 1, target <= 1 && fallen < ceiling];
    for (let i = 0; i < steps; i++) {
      value *= Math.max(1 + scale * (returns[order[i] as number] as number), 0);
      if (value > peak) peak = value;
      const down = 1 - value / peak;
      if (down > fall) fall = down;
      if (!hit && value >= target) {
        hit = true;
        hitKept = fall < ceiling;
      }
      if (i + 1 === places[next]) (columns[next++] as Float64Array)[path] = value;
    }
    deepest[path] = fall;
    if (hit) reached++;
    if (fall < ceiling) kept++;
    if (hitKept) both++;
  }
  for (const column of columns) column.sort();
  deepest.sort();
  return {
    reached: reached / paths,
    kept: kept / paths,
    reachedKept: both / paths,
    deepest: sortedQuantile(deepest, 0.5),
    places,
    lines: question.band ? BAND_LEVELS.map((q) => columns.map((c) => sortedQuantile(c, q))) : [],
  };
}

/** Share of resampled futures in which the sum (and the sum of squares) of so many drawn values is enough; same bootstrap. */
export function simulateSums(question: {
  readonly values: readonly number[];
  readonly steps: number;
  readonly paths: number;
  readonly seed: number;
  readonly enough: (sum: number, squares: number) => boolean;
}): number {
  const { values, steps, paths, enough } = question;
  const random = seededRandom(question.seed);
  const order = new Int32Array(steps);
  let hits = 0;
  for (let path = 0; path < paths; path++) {
    drawBlocks(order, values.length, Math.min(blockLength(values.length), values.length), "stationary", random);
    let [sum, squares] = [0, 0];
    for (let i = 0; i < steps; i++) {
      const x = values[order[i] as number] as number;
      sum += x;
      squares += x * x;
    }
    if (enough(sum, squares)) hits++;
  }
  return hits / paths;
}
