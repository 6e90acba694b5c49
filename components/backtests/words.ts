import { utcDate } from "@/components/format/time-text";
import type { BacktestRow } from "@/server/api/contract/backtests";

/** What each engine does, for the form and the page of a result. */
export const ENGINE_WORDS: Readonly<Record<BacktestRow["engine"], { readonly label: string; readonly text: string }>> = {
  event: {
    label: "Event engine",
    text: "Goes through the bars one by one. Every decision is the live decider's and the live risk engine's; no record is kept of each. The usual choice.",
  },
  array: {
    label: "Array engine",
    text: "Works out all signals over whole columns first: the fastest, for sweeps. Takes only rules that look at prices alone.",
  },
  audited: {
    label: "Audited engine",
    text: "The turn of the live product with its records, journal and double-entry ledger: slow, and what the other two are held to.",
  },
};

export const KIND_WORDS: Readonly<Record<BacktestRow["kind"], string>> = { single: "Backtest", sweep: "Sweep", "walk-forward": "Walk-forward" };

export const RULE_WORDS: Readonly<Record<string, string>> = {
  "trend-follow": "trend following",
  "mean-revert": "mean reversion",
  breakout: "breakout",
  hold: "hold",
};

export const STATUS_CLASS: Readonly<Record<BacktestRow["status"], string>> = {
  queued: "cool",
  running: "cool",
  done: "on",
  failed: "halt",
  cancelled: "off",
};

/** "1 Jan 2026 – 31 Oct 2026". */
export const periodWords = (from: number, to: number): string => `${utcDate(from)} – ${utcDate(to)}`;

/** "12 months", "9 days": how long a backtest's time is. */
export function spanWords(ms: number): string {
  const days = ms / 86_400_000;
  if (days >= 60) return `${Math.round(days / 30.4)} months`;
  return `${Math.max(1, Math.round(days))} ${Math.round(days) === 1 ? "day" : "days"}`;
}

/** "fast 12, slow 48". */
export const paramsWords = (params: Readonly<Record<string, number>>): string =>
  Object.entries(params)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
