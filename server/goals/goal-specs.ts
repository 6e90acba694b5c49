import type { GoalKind, GoalUnit } from "./types";

export type GoalSpec = {
  readonly title: string;
  /** Units the target may have, the usual one first. */
  readonly units: readonly GoalUnit[];
  /** Whether it is measured in windows that begin anew. */
  readonly recurring: boolean;
  /** `reach`: the value is to grow to the target; `keep-below`: it must not get there. */
  readonly sense: "reach" | "keep-below";
  /** Whether reaching it leaves profit that can be collected. */
  readonly collects: boolean;
  /** Largest target in per cent or as a ratio that can be meant. */
  readonly most: Readonly<Partial<Record<GoalUnit, string>>>;
  /** For people: what the value is. */
  readonly measures: string;
};

/** What each kind of goal measures. The screen, the words and the documentation read this table. */
export const GOAL_SPECS: Readonly<Record<GoalKind, GoalSpec>> = {
  profit: {
    title: "Profit target",
    units: ["quote", "percent"],
    recurring: false,
    sense: "reach",
    collects: true,
    most: { percent: "100000" },
    measures: "what was earned since the goal began; money paid in or taken out is no profit",
  },
  balance: {
    title: "Balance target",
    units: ["quote"],
    recurring: false,
    sense: "reach",
    collects: true,
    most: {},
    measures: "what the node is worth: cash, holds and positions at the last price",
  },
  drawdown: {
    title: "Drawdown ceiling",
    units: ["percent"],
    recurring: false,
    sense: "keep-below",
    collects: false,
    most: { percent: "100" },
    measures: "the fall from the highest value since the goal began, without money paid in or out",
  },
  return: {
    title: "Return per period",
    units: ["percent"],
    recurring: true,
    sense: "reach",
    collects: true,
    most: { percent: "100000" },
    measures: "the time-weighted return of the running period",
  },
  "win-rate": {
    title: "Win rate",
    units: ["percent"],
    recurring: false,
    sense: "reach",
    collects: false,
    most: { percent: "100" },
    measures: "the share of round trips since the goal began that made money after fees",
  },
  sharpe: {
    title: "Sharpe ratio",
    units: ["ratio"],
    recurring: false,
    sense: "reach",
    collects: false,
    most: { ratio: "20" },
    measures: "mean return over its deviation, a year, of the record since the goal began",
  },
  volume: {
    title: "Traded volume",
    units: ["quote"],
    recurring: false,
    sense: "reach",
    collects: false,
    most: {},
    measures: "the money of all fills since the goal began",
  },
  income: {
    title: "Income per period",
    units: ["quote"],
    recurring: true,
    sense: "reach",
    collects: true,
    most: {},
    measures: "what was earned in the running period; money paid in or taken out is no income",
  },
};
