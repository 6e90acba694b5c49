import { INTERVAL_MS, type Interval } from "@/server/market";
import { toNumber } from "@/server/shared";
import type { RecordPoint } from "@/server/wallets";
import { growth } from "./growth";

/** Returns of equal periods (fractions, oldest first) made of a node's own record. */
export type RegularReturns = { readonly periodMs: number; readonly period: Interval; readonly returns: readonly number[] };

/** Periods that are tried, coarsest first. */
const PERIODS: readonly Interval[] = ["1d", "4h", "1h", "15m", "5m"];
/** As many returns make a coarser grid good enough: less noise, fewer steps. */
const GOOD_RETURNS = 100;
/** More steps ahead than this are not drawn. */
const MOST_AHEAD = 3000;
/** Fewest returns a forecast is made of. */
export const FEWEST_RETURNS = 30;

/**
 * The record on the coarsest grid that still gives 100 returns, else on the finest that the record is dense enough for and that the way
 * ahead (ms) is not too long for. Each period takes its last point; one without a point counts as no change, and the next one holds the
 * whole change. Money paid in or out is no return.
 */
export function regularReturns(points: readonly RecordPoint[], ahead: number): RegularReturns {
  const span = (points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0);
  const fits = PERIODS.filter((p) => ahead / INTERVAL_MS[p] <= MOST_AHEAD && points.length >= span / INTERVAL_MS[p] / 2);
  const period = fits.find((p) => span / INTERVAL_MS[p] >= GOOD_RETURNS) ?? fits.at(-1) ?? "1d";
  return { periodMs: INTERVAL_MS[period], period, returns: onGrid(points, INTERVAL_MS[period]) };
}

function onGrid(points: readonly RecordPoint[], periodMs: number): readonly number[] {
  const returns: number[] = [];
  let [cell, change, before]: [number | null, number, RecordPoint | null] = [null, 1, null];
  for (const point of points) {
    const at = Math.floor(point.at / periodMs);
    if (before !== null) {
      const moved = toNumber(growth(before.equity, point.equity, point.flow));
      if (cell !== null && at !== cell) {
        returns.push(change - 1);
        for (let gap = cell + 1; gap < at; gap++) returns.push(0);
        change = moved;
      } else change *= moved;
    }
    cell = at;
    before = point;
  }
  // The first cell holds no whole period, the last one is its change so far.
  if (before !== null && points.length > 1) returns.push(change - 1);
  return returns.slice(1);
}
