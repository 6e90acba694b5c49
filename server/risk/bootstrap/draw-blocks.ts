/** `stationary`: blocks of random length (Politis and Romano, 1994); `circular`: all of one length (Politis and Romano, 1992). */
export type BlockKind = "stationary" | "circular";

/**
 * Fills `out` with places of a series of `length`, drawn in blocks that wrap around its end, so that dependence inside a block is kept:
 * The Stationary Bootstrap, Journal of the American Statistical Association 89, 1994; A Circular Block-Resampling Procedure for Stationary
 * Data, in Exploring the Limits of Bootstrap, 1992.
 */
export function drawBlocks(out: Int32Array, length: number, block: number, kind: BlockKind, random: () => number): void {
  let place = 0;
  for (let i = 0; i < out.length; i++) {
    const fresh = i === 0 || (kind === "circular" ? i % block === 0 : random() < 1 / block);
    place = fresh ? Math.floor(random() * length) : (place + 1) % length;
    out[i] = place;
  }
}

/** Mean length of a block for a series of so many values: ⌈T^⅓⌉. */
export const blockLength = (count: number): number => Math.ceil(Math.cbrt(count));

/** Quantile `q` (0 to 1) of sorted values, between neighbours linearly. */
export function sortedQuantile(sorted: ArrayLike<number>, q: number): number {
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below] as number;
  return low + (at - below) * ((sorted[Math.min(below + 1, sorted.length - 1)] as number) - low);
}
