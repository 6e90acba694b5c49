import { DomainError } from "@/server/shared";

/** Least and most of the whole that one wallet may have, as fractions. */
export type WeightBounds = { readonly min: number; readonly max: number };

/**
 * The weights nearest in proportion that sum to one and keep within the bounds: all are scaled by one factor and cut at the bounds.
 * Throws BOUNDS_IMPOSSIBLE when no weights can.
 */
export function boundedWeights(raw: readonly number[], { min, max }: WeightBounds): readonly number[] {
  const n = raw.length;
  if (n === 0) return [];
  if (min * n > 1 + 1e-12 || max * n < 1 - 1e-12)
    throw new DomainError("BOUNDS_IMPOSSIBLE", `${n} wallets cannot share a whole with at least ${percent(min)} and at most ${percent(max)} each.`, {
      field: min * n > 1 ? "minPercent" : "maxPercent",
      data: { wallets: n, minPercent: min * 100, maxPercent: max * 100 },
    });
  const positive = raw.map((w) => (Number.isFinite(w) && w > 0 ? w : 0));
  const total = positive.reduce((a, b) => a + b, 0);
  // Those with nothing get a whiff of the rest, so that what the others may not take has somewhere to go.
  const base = total > 0 ? positive.map((w) => w / total + 1e-9) : positive.map(() => 1 / n);
  const cut = (scale: number) => base.map((w) => Math.min(max, Math.max(min, w * scale)));
  const sumOf = (scale: number) => cut(scale).reduce((a, b) => a + b, 0);
  let [low, high] = [0, 1];
  while (sumOf(high) < 1 && high < 1e15) high *= 2;
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (sumOf(middle) < 1) low = middle;
    else high = middle;
  }
  const weights = cut(high);
  const off = 1 - weights.reduce((a, b) => a + b, 0);
  // What is left of rounding goes where there is room for it.
  const room = weights.findIndex((w) => w + off >= min - 1e-15 && w + off <= max + 1e-15);
  return weights.map((w, i) => (i === Math.max(0, room) ? w + off : w));
}

const percent = (x: number): string => `${(x * 100).toFixed(2)} %`;
