import type { TradingState } from "../types";
import type { BreakerKind, BreakerSetting, MitigationStep } from "./breakers";

/** What was measured: exact decimal text in the breaker's unit, or null and why it could not be. */
export type BreakerFigure = { readonly value: string | null; readonly note: string | null; readonly symbol: string | null };

/** What a breaker has done: the furthest step since it was last reset, and when (market ms). */
export type BreakerState = { readonly step: MitigationStep | null; readonly actedAt: number | null; readonly resetAt: number | null };
export const ARMED: BreakerState = { step: null, actedAt: null, resetAt: null };

export type BreakerReading = {
  readonly kind: BreakerKind;
  readonly setting: BreakerSetting;
  readonly figure: BreakerFigure;
  readonly state: BreakerState;
};

/** Everything a check knew: recorded with the decision, and all that a replay reads. Plain JSON. */
export type BreakerInputs = {
  readonly version: 1;
  /** Market time (ms). */
  readonly at: number;
  readonly subject: { readonly kind: "agent" | "workspace"; readonly id: string };
  readonly tradingState: TradingState;
  readonly holds: boolean;
  readonly readings: readonly BreakerReading[];
};

export const BREAKER_STATUSES = ["off", "unknown", "clear", "breached", "cooling"] as const;
export type BreakerStatus = (typeof BREAKER_STATUSES)[number];

/** One breaker's answer. `steps` = what is to be done now, in order; empty when nothing is. */
export type BreakerAnswer = {
  readonly kind: BreakerKind;
  readonly status: BreakerStatus;
  /** Figure over threshold; null when unknown. */
  readonly ratio: string | null;
  readonly steps: readonly MitigationStep[];
  readonly next: BreakerState;
  /** Until when it only tells (market ms); null when it may act. */
  readonly waitsUntil: number | null;
  readonly reason: string;
};
