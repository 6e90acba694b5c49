import { DAY_MS, HOUR_MS } from "@/server/shared";

/**
 * What is watched. `drawdown`: fall of equity from its high in the window, a share; `volatility`: realised volatility of one day, a share;
 * `venue-divergence`: distance of the dearest from the cheapest venue, a share; `stale-data`: age of the last price in bars of its source;
 * `model-failures`: share of a model's decisions that ended as a hold because it failed.
 */
export const BREAKERS = ["drawdown", "volatility", "venue-divergence", "stale-data", "model-failures"] as const;
export type BreakerKind = (typeof BREAKERS)[number];

/** What a breaker may do, in the order in which it does it. `alert` tells people and changes nothing. */
export const MITIGATION_STEPS = ["alert", "reduce", "halt", "flatten"] as const;
export type MitigationStep = (typeof MITIGATION_STEPS)[number];

/** How a breaker is set. Threshold in the breaker's unit, exact decimal text; times in market ms; `upTo` = the furthest it goes. */
export type BreakerSetting = {
  readonly enabled: boolean;
  readonly threshold: string;
  readonly windowMs: number;
  readonly coolDownMs: number;
  readonly upTo: MitigationStep;
};
export type BreakerSettings = Readonly<Record<BreakerKind, BreakerSetting>>;

export const BREAKER_UNITS: Readonly<Record<BreakerKind, "share" | "bars">> = {
  drawdown: "share",
  volatility: "share",
  "venue-divergence": "share",
  "stale-data": "bars",
  "model-failures": "share",
};

/** What an agent has until somebody changes it: nothing is sold without a person by default. */
export const DEFAULT_BREAKERS: BreakerSettings = {
  drawdown: { enabled: true, threshold: "0.2", windowMs: DAY_MS, coolDownMs: HOUR_MS, upTo: "halt" },
  volatility: { enabled: true, threshold: "0.4", windowMs: 4 * HOUR_MS, coolDownMs: HOUR_MS, upTo: "reduce" },
  "venue-divergence": { enabled: true, threshold: "0.02", windowMs: HOUR_MS / 12, coolDownMs: HOUR_MS, upTo: "reduce" },
  "stale-data": { enabled: true, threshold: "5", windowMs: DAY_MS, coolDownMs: HOUR_MS, upTo: "reduce" },
  "model-failures": { enabled: true, threshold: "0.5", windowMs: HOUR_MS, coolDownMs: HOUR_MS, upTo: "reduce" },
};

/** Of the workspace as a whole only the drawdown is watched: everything else is an agent's or a market's. */
export const WORKSPACE_BREAKERS: readonly BreakerKind[] = ["drawdown"];
