import { toNumber } from "@/server/shared";
import type { RecordPoint } from "../types";

/** Deepest fall of a record from its highest point so far, money moved in or out left out, as a fraction (0 to 1); null without two points. */
export function recordDrawdown(points: readonly RecordPoint[]): number | null {
  let [factor, high, deepest] = [1, 1, 0];
  let compared = 0;
  points.forEach((point, i) => {
    const before = points[i - 1];
    if (!before) return;
    // Money that came since the last point is taken to have come right after it.
    const base = toNumber(before.equity) + toNumber(point.flow);
    if (base <= 0) return;
    compared++;
    factor *= toNumber(point.equity) / base;
    high = Math.max(high, factor);
    deepest = Math.max(deepest, 1 - factor / high);
  });
  return compared === 0 ? null : deepest;
}
