import { type Fixed, fixed, toText } from "@/server/shared";
import type { GoalState } from "./goal-state";
import type { GoalMeasure } from "./measure-goal";
import type { OnAchieved } from "./types";

const text = (x: Fixed | null): string | null => (x === null ? null : toText(x));
const exact = (x: string | null): Fixed | null => (x === null ? null : fixed(x));

/** Each with its decimals as text, and back. */
export type StateJson = Omit<GoalState, "equity" | "flows" | "index" | "peak" | "profit" | "period"> & {
  readonly equity: string;
  readonly flows: string;
  readonly index: string;
  readonly peak: string;
  readonly profit: string;
  readonly period: { readonly start: number; readonly index: string; readonly profit: string } | null;
};
export type MeasureJson = Omit<GoalMeasure, "value" | "start" | "planned"> & {
  readonly value: string | null;
  readonly start: string;
  readonly planned: string | null;
};
export type RuleJson = Omit<OnAchieved, "raisePercent" | "collectPercent"> & {
  readonly raisePercent: string | null;
  readonly collectPercent: string | null;
};

export const stateToJson = (s: GoalState): StateJson => ({
  ...s,
  equity: toText(s.equity),
  flows: toText(s.flows),
  index: toText(s.index),
  peak: toText(s.peak),
  profit: toText(s.profit),
  period: s.period && { start: s.period.start, index: toText(s.period.index), profit: toText(s.period.profit) },
});
export const stateFromJson = (s: StateJson): GoalState => ({
  ...s,
  equity: fixed(s.equity),
  flows: fixed(s.flows),
  index: fixed(s.index),
  peak: fixed(s.peak),
  profit: fixed(s.profit),
  period: s.period && { start: s.period.start, index: fixed(s.period.index), profit: fixed(s.period.profit) },
});
export const measureToJson = (m: GoalMeasure): MeasureJson => ({ ...m, value: text(m.value), start: toText(m.start), planned: text(m.planned) });
export const measureFromJson = (m: MeasureJson): GoalMeasure => ({ ...m, value: exact(m.value), start: fixed(m.start), planned: exact(m.planned) });
export const ruleToJson = (o: OnAchieved): RuleJson => ({ ...o, raisePercent: text(o.raisePercent), collectPercent: text(o.collectPercent) });
export const ruleFromJson = (o: RuleJson): OnAchieved => ({ ...o, raisePercent: exact(o.raisePercent), collectPercent: exact(o.collectPercent) });
