import { type Fixed, fixed, roundTo, sub, sum } from "@/server/shared";

/**
 * Parts rounded so that they sum to the rounded total, or to `shownTotal` where a table has already shown one: rounded down first, then the
 * missing last units go to the largest remainders.
 */
export function largestRemainder(parts: readonly Fixed[], decimals: number, shownTotal?: Fixed): readonly Fixed[] {
  if (parts.length === 0) return [];
  const unit = fixed(decimals === 0 ? "1" : `0.${"0".repeat(decimals - 1)}1`);
  const total = shownTotal ?? roundTo(sum(parts), decimals, "half-even");
  const floors = parts.map((p) => floorTo(p, unit));
  let missing = Number((sub(total, sum(floors)) as bigint) / (unit as bigint));
  const order = parts
    .map((p, i) => ({ i, rest: sub(p, floors[i] as Fixed) }))
    .sort((a, b) => (a.rest === b.rest ? a.i - b.i : a.rest > b.rest ? -1 : 1));
  const out = [...floors];
  for (const { i } of order) {
    if (missing <= 0) break;
    out[i] = ((out[i] as bigint) + (unit as bigint)) as Fixed;
    missing--;
  }
  return out;
}

function floorTo(x: Fixed, unit: Fixed): Fixed {
  const rest = (x as bigint) % (unit as bigint);
  return ((x as bigint) - rest - (rest < 0n ? (unit as bigint) : 0n)) as Fixed;
}
