import { type BlockKind, blockLength, drawBlocks, sortedQuantile } from "@/server/risk";
import { DomainError, seededRandom } from "@/server/shared";
import { checkReturns } from "./check-returns";

export type BootstrapOptions = {
  readonly kind: BlockKind;
  /** Mean length of a block, periods; without it ⌈T^⅓⌉. */
  readonly block?: number;
  readonly paths: number;
  readonly seed: number;
};

/** One level of a band at each of its places. */
export type Band = { readonly low: readonly number[]; readonly middle: readonly number[]; readonly high: readonly number[] };

export type EquityBand = Band & {
  /** Periods passed at each place; 0 is the start, where all of the band is 1. */
  readonly places: readonly number[];
  readonly block: number;
  /** Interval of the Sharpe ratio (per period) over the same paths; null when too many of them did not move. */
  readonly sharpe: { readonly low: number; readonly high: number } | null;
};

/** Places of a curve that are drawn: more than a screen has room for are not worth sorting. */
const PLACES = 120;

/**
 * Where compounded equity (start = 1) could have gone with returns of the same kind in another order: quantiles (1 − level)/2, ½ and
 * (1 + level)/2 over resampled paths. Same seed, same band. Throws TOO_FEW_RETURNS, NOT_A_NUMBER, INVALID_BOOTSTRAP.
 */
export function equityBand(returns: ArrayLike<number>, level: number, options: BootstrapOptions): EquityBand {
  const { paths, kind } = options;
  checkReturns(returns, 20);
  const count = returns.length;
  const block = options.block ?? blockLength(count);
  const wrong = (field: string, message: string) => new DomainError("INVALID_BOOTSTRAP", message, { field });
  if (!(Number.isInteger(paths) && paths >= 100 && paths <= 100_000))
    throw wrong("paths", `the number of paths must be from 100 to 100000, not ${paths}`);
  if (!(block >= 1 && block <= count) || (kind === "circular" && !Number.isInteger(block)))
    throw wrong("block", `a block must be from 1 to ${count} periods long, not ${block}`);
  if (!(level > 0 && level < 1)) throw wrong("level", `the level must lie between 0 and 1, not ${level}`);

  const random = seededRandom(options.seed);
  const points = Math.min(PLACES, count);
  const places = Array.from({ length: points + 1 }, (_, i) => Math.round((i * count) / points));
  const values = places.map(() => new Float64Array(paths));
  const sharpes: number[] = [];
  const order = new Int32Array(count);
  for (let path = 0; path < paths; path++) {
    drawBlocks(order, count, block, kind, random);
    let [equity, sum, squares, next] = [1, 0, 0, 1];
    (values[0] as Float64Array)[path] = 1;
    for (let i = 0; i < count; i++) {
      const x = returns[order[i] as number] as number;
      equity *= 1 + x;
      sum += x;
      squares += x * x;
      if (i + 1 === places[next]) (values[next++] as Float64Array)[path] = equity;
    }
    const variance = (squares - (sum * sum) / count) / (count - 1);
    if (variance > 1e-12 * (squares / count)) sharpes.push(sum / count / Math.sqrt(variance));
  }
  for (const column of values) column.sort();
  const line = (q: number): number[] => values.map((column) => sortedQuantile(column, q));
  const [q0, q1] = [(1 - level) / 2, (1 + level) / 2];
  sharpes.sort((a, b) => a - b);
  return {
    places,
    block,
    low: line(q0),
    middle: line(0.5),
    high: line(q1),
    sharpe: sharpes.length < paths / 2 ? null : { low: sortedQuantile(sharpes, q0), high: sortedQuantile(sharpes, q1) },
  };
}
