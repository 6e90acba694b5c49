import { toNumber } from "@/server/shared";
import type { RecordPoint } from "../types";

/** Returns of equal steps that end at `to`, oldest first, each with the moment it began; money moved in or out is left out. Steps before the record began are not there. */
export function sampleReturns(
  record: readonly RecordPoint[],
  to: number,
  step: number,
  count: number,
): readonly { readonly from: number; readonly value: number }[] {
  const first = record[0];
  if (!first) return [];
  const out: { from: number; value: number }[] = [];
  let i = 0;
  let equity: number | null = null;
  for (let k = count; k >= 0; k--) {
    const end = to - k * step;
    let flow = 0;
    let now: number | null = equity;
    for (let p = record[i]; p && p.at <= end; p = record[++i]) {
      now = toNumber(p.equity);
      flow += i === 0 ? 0 : toNumber(p.flow);
    }
    if (equity !== null && now !== null && equity + flow > 0) out.push({ from: end - step, value: now / (equity + flow) - 1 });
    equity = now;
  }
  return out;
}
