import { add, div, type Fixed, max, mul, ONE, sub, ZERO } from "@/server/shared";

/**
 * Growth between two points without the money that came or went: what came in counts from the start of the step, what went out until its
 * end, so the base is equity before + max(flow, 0). Nothing was at work where the base is not above zero: 1.
 */
export function growth(before: Fixed, after: Fixed, flow: Fixed): Fixed {
  const base = add(before, max(flow, ZERO));
  if (base <= 0n) return ONE;
  // A step cannot lose more than all there was.
  return max(add(ONE, div(sub(sub(after, flow), before), base, "half-even")), ZERO);
}

/** Fall of an index from its peak, per cent (0 to 100). */
export const drawdownPercent = (index: Fixed, peak: Fixed): Fixed =>
  peak <= 0n ? ZERO : mul(div(sub(max(peak, index), index), max(peak, index), "half-even"), (100n * ONE) as Fixed, "half-even");
