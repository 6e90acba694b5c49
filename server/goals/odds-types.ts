import type { RecordPoint } from "@/server/wallets";
import type { GoalState } from "./goal-state";
import type { GoalFigures, GoalMeasure } from "./measure-goal";
import type { RegularReturns } from "./regular-returns";
import type { Goal, GoalTrade, GoalVolume } from "./types";

/** All that the odds of one goal are worked out from; plain data, so that a worker thread can do it. */
export type OddsQuestion = {
  readonly goal: Goal;
  readonly state: GoalState;
  readonly measure: GoalMeasure;
  readonly figures: GoalFigures;
  /** The node's whole record, also from before the goal. */
  readonly points: readonly RecordPoint[];
  readonly trades: readonly GoalTrade[];
  readonly volumes: readonly GoalVolume[];
  /** Narrowest drawdown ceiling on the same node (per cent) and today's fall from its peak; null without one. */
  readonly ceiling: { readonly percent: number; readonly fallen: number } | null;
  readonly paths?: number;
};

/** What one change would make of the probability. */
export type OddsChange = { readonly what: string; readonly probability: number };

export type GoalOdds =
  | {
      readonly known: true;
      /** 0 to 1: touched before the end; of a ceiling: kept until the end. */
      readonly probability: number;
      /** The same, and no drawdown ceiling of the node broken before; null without such a ceiling. */
      readonly withCeiling: number | null;
      readonly returns: number;
      readonly period: string;
      readonly paths: number;
      /** Market ms up to which it looks, and whether that is the goal's own end or the default month. */
      readonly until: number;
      readonly ownEnd: boolean;
      readonly method: string;
      /** In the goal's unit, at market times; levels as BAND_LEVELS. Null for goals that are no way of the equity. */
      readonly band: { readonly at: readonly number[]; readonly lines: readonly (readonly number[])[] } | null;
      readonly changes: readonly OddsChange[];
    }
  | { readonly known: false; readonly has: number; readonly needs: number; readonly reason: string };

/** "block bootstrap of its own 412 returns of 1h, 1000 paths". */
export const methodWords = (has: number, grid: Pick<RegularReturns, "period">, paths: number, of = "returns"): string =>
  `block bootstrap of its own ${has} ${of}${of === "returns" ? ` of ${grid.period}` : ""}, ${paths} paths`;
