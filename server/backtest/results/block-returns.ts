/** Parts that a sweep's returns are cut into for the cross-validation of the choice of its best point. */
export const BLOCKS = 10;

/** Returns of equal parts of the time, summed up: what the Sharpe ratio of any choice of parts is made of. */
export type BlockReturns = {
  /** Returns in each part; a remainder at the start is left out. */
  readonly size: number;
  readonly sums: readonly number[];
  readonly squares: readonly number[];
};

/** Null when there are not two returns for each part. */
export function blockReturns(returns: ArrayLike<number>, blocks = BLOCKS): BlockReturns | null {
  const size = Math.floor(returns.length / blocks);
  if (size < 2) return null;
  const first = returns.length - size * blocks;
  const sums: number[] = [];
  const squares: number[] = [];
  for (let b = 0; b < blocks; b++) {
    let [sum, square] = [0, 0];
    for (let i = first + b * size; i < first + (b + 1) * size; i++) {
      const x = returns[i] as number;
      sum += x;
      square += x * x;
    }
    sums.push(sum);
    squares.push(square);
  }
  return { size, sums, squares };
}
