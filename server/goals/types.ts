import type { Fixed } from "@/server/shared";
import type { NodeKind } from "@/server/wallets";

/** profit, balance, income, volume: money of the node's base currency; drawdown, return, win-rate: per cent; sharpe: a ratio a year. */
export const GOAL_KINDS = ["profit", "balance", "drawdown", "return", "win-rate", "sharpe", "volume", "income"] as const;
export type GoalKind = (typeof GOAL_KINDS)[number];

export const GOAL_UNITS = ["quote", "percent", "ratio"] as const;
export type GoalUnit = (typeof GOAL_UNITS)[number];

/** Windows that begin anew (UTC): days, weeks from Monday, calendar months. */
export const GOAL_PERIODS = ["day", "week", "month"] as const;
export type GoalPeriod = (typeof GOAL_PERIODS)[number];

export const GOAL_STATUSES = ["draft", "active", "paused", "achieved", "missed", "stopped"] as const;
export type GoalStatus = (typeof GOAL_STATUSES)[number];

/** What becomes of the agents once the target is reached. */
export const AFTER_GOAL = ["continue", "reduce-only", "stop", "raise"] as const;
export type AfterGoal = (typeof AFTER_GOAL)[number];

/** How much of the node's free cash is collected: nothing, all, the profit (at most what is free), or a share of the profit. */
export const COLLECT_WHAT = ["none", "all", "profit", "share"] as const;
export type CollectWhat = (typeof COLLECT_WHAT)[number];

export type OnAchieved = {
  readonly after: AfterGoal;
  /** Per cent by which `raise` lifts the target. */
  readonly raisePercent: Fixed | null;
  readonly collect: CollectWhat;
  /** Per cent of the profit, for `share`. */
  readonly collectPercent: Fixed | null;
  /** Where collected money goes; null = the node's parent. */
  readonly collectTo: string | null;
  /** Sell what is held first; otherwise money under positions stays where it is. */
  readonly closeFirst: boolean;
};

/** What a goal asks for, as it is entered and confirmed. Times in market ms. */
export type GoalDraft = {
  readonly nodeId: string;
  readonly kind: GoalKind;
  readonly unit: GoalUnit;
  readonly target: Fixed;
  /** Of `return` and `income`: the window that is measured again and again. */
  readonly period: GoalPeriod | null;
  readonly deadline: number | null;
  /** 1 (first) to 5. */
  readonly priority: number;
  readonly onAchieved: OnAchieved;
  /** Drawdown: sell what exceeds the goal's exposure, instead of only buying no more. */
  readonly trim: boolean;
  /** The threshold may follow volatility (see adapt-threshold). */
  readonly adaptive: boolean;
  /** The optimiser may apply its proposals itself. */
  readonly mayApply: boolean;
};

export type Goal = GoalDraft & {
  readonly id: string;
  readonly workspaceId: string;
  readonly nodeKind: NodeKind;
  readonly status: GoalStatus;
  /** Grows with every change of the goal; part of every key under which it moves money. */
  readonly version: number;
  readonly createdAt: number;
  /** Market ms from which it is measured, and the node's equity then; null while a draft. */
  readonly startAt: number | null;
  readonly startEquity: Fixed | null;
  /** The target as the user set it; `target` may have been adapted. */
  readonly userTarget: Fixed;
  /** A sentence for people. */
  readonly statusReason: string | null;
};

/** A round trip that has ended: market ms, and profit after fees as a share of what was paid. */
export type GoalTrade = { readonly at: number; readonly profit: Fixed };
/** Money that was traded at market time `at`. */
export type GoalVolume = { readonly at: number; readonly notional: Fixed };

/** The goals that act on one agent are its own and those of every node above it. */
export type NodeAbove = { readonly id: string; readonly parentId: string | null; readonly kind: NodeKind; readonly name: string };
