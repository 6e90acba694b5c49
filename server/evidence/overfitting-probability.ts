import { type BlockReturns, blockReturns } from "@/server/backtest";
import { DomainError } from "@/server/shared";
import { checkReturns } from "./check-returns";

export type OverfittingResult = {
  /** Share of the splits in which the variant that was best in sample is below the median out of sample. */
  readonly probability: number;
  readonly splits: number;
  /** Logit of the relative rank out of sample of the best in sample, one a split. */
  readonly logits: readonly number[];
  /** Share of the splits in which the best in sample loses out of sample. */
  readonly lossProbability: number;
};

const MOST_BLOCKS = 20;

/**
 * Probability of backtest overfitting by combinatorially symmetric cross-validation (CSCV): Bailey, Borwein, López de Prado and Zhu,
 * The Probability of Backtest Overfitting, Journal of Computational Finance 20(4), 2017. `variants[n]` are the returns per period of the
 * n-th variant over the same periods, cut into `blocks` equal parts (a remainder at the start is left out); every choice of half of
 * them is once the sample. Performance is the Sharpe ratio; a variant that does not move has ratio 0; ties share their rank.
 * Throws TOO_FEW_VARIANTS, MISALIGNED_SERIES, INVALID_BLOCKS, TOO_FEW_RETURNS, NOT_A_NUMBER.
 */
export function overfittingProbability(variants: readonly ArrayLike<number>[], blocks = 10): OverfittingResult {
  const count = variants.length;
  if (count < 2) throw tooFew(count);
  if (!(Number.isInteger(blocks) && blocks >= 2 && blocks <= MOST_BLOCKS && blocks % 2 === 0))
    throw new DomainError("INVALID_BLOCKS", `the number of blocks must be even, from 2 to ${MOST_BLOCKS}, not ${String(blocks)}`, {
      field: "blocks",
    });
  const length = variants[0]?.length ?? 0;
  for (const [n, returns] of variants.entries()) {
    if (returns.length !== length)
      throw new DomainError("MISALIGNED_SERIES", `variant ${n + 1} has ${returns.length} of ${length} periods`, { field: `variants.${n}` });
    checkReturns(returns, 2 * blocks, `variants.${n}`);
  }
  return overfittingOfBlocks(variants.map((returns) => blockReturns(returns, blocks) as BlockReturns));
}

/** The same from the sums over equal parts, one a variant; all have the same parts. Throws TOO_FEW_VARIANTS, MISALIGNED_SERIES. */
export function overfittingOfBlocks(sums: readonly BlockReturns[]): OverfittingResult {
  const count = sums.length;
  if (count < 2) throw tooFew(count);
  const { size, sums: parts } = sums[0] as BlockReturns;
  const blocks = parts.length;
  const odd = sums.findIndex((s) => s.size !== size || s.sums.length !== blocks);
  if (odd > 0) throw new DomainError("MISALIGNED_SERIES", `variant ${odd + 1} has other periods than the first`, { field: `variants.${odd}` });
  const logits: number[] = [];
  let losses = 0;
  for (const chosen of halves(blocks)) {
    const inside = sums.map((s) => sharpeOf(s, chosen));
    const outside = sums.map((s) => sharpeOf(s, ~chosen));
    let best = 0;
    for (let n = 1; n < count; n++) if ((inside[n] as number) > (inside[best] as number)) best = n;
    const mine = outside[best] as number;
    let [below, equal] = [0, 0];
    for (const x of outside) {
      if (x < mine) below += 1;
      else if (x === mine) equal += 1;
    }
    const rank = (below + (equal + 1) / 2) / (count + 1);
    logits.push(Math.log(rank / (1 - rank)));
    if (mine < 0) losses += 1;
  }
  return {
    probability: logits.filter((l) => l <= 0).length / logits.length,
    splits: logits.length,
    logits,
    lossProbability: losses / logits.length,
  };
}

const tooFew = (count: number): DomainError =>
  new DomainError("TOO_FEW_VARIANTS", `${count} of at least 2 variants: overfitting is a matter of choice`, {
    field: "variants",
    data: { has: count, needs: 2 },
  });

/** Sharpe ratio per period over the blocks whose bit is set. */
function sharpeOf({ size, sums, squares: squared }: BlockReturns, chosen: number): number {
  let [sum, squares, count] = [0, 0, 0];
  for (let b = 0; b < sums.length; b++) {
    if (!(chosen & (1 << b))) continue;
    sum += sums[b] as number;
    squares += squared[b] as number;
    count += size;
  }
  const mean = sum / count;
  const variance = (squares - sum * mean) / (count - 1);
  return variance > 1e-12 * (squares / count) ? mean / Math.sqrt(variance) : 0;
}

/** Every choice of half of the blocks, as bits. */
function halves(blocks: number): readonly number[] {
  const out: number[] = [];
  for (let bits = 0; bits < 1 << blocks; bits++) {
    let ones = 0;
    for (let b = bits; b; b &= b - 1) ones += 1;
    if (ones === blocks / 2) out.push(bits);
  }
  return out;
}
