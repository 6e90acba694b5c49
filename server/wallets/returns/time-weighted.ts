import { type Fixed, toNumber } from "@/server/shared";

/** A flow of money and what it met: worth right before, and money in (positive) or out. Oldest first. */
export type FlowPoint = { readonly at: number; readonly flow: Fixed; readonly equityBefore: Fixed };

/**
 * Time-weighted return as a fraction: the returns between flows, chained. Stretches that begin with nothing are left out: nothing
 * cannot earn. Null when no stretch had money in it.
 */
export function timeWeightedReturn(flows: readonly FlowPoint[], equityNow: Fixed): number | null {
  let factor = 1;
  let stretches = 0;
  let base: number | null = null;
  for (const { flow, equityBefore } of flows) {
    if (base !== null && base > 0) {
      factor *= toNumber(equityBefore) / base;
      stretches++;
    }
    base = toNumber(equityBefore) + toNumber(flow);
  }
  if (base !== null && base > 0) {
    factor *= toNumber(equityNow) / base;
    stretches++;
  }
  return stretches === 0 ? null : factor - 1;
}
