/** The API's words on evidence and on leaving paper. Ratios are floats, money is exact text, times are market ms unless said otherwise. */
import { z } from "zod";

const agentId = z.uuid();

export const evidenceInputs = {
  evidence: z.strictObject({ agentId }),
  /** `confirm`: the agent's name, typed, to override the gate. */
  requestLive: z.strictObject({ agentId, confirm: z.string().max(60).optional() }),
  gate: z.strictObject({
    enabled: z.boolean(),
    minTrades: z.number().int("must be a whole number").min(1, "must be 1 or more").max(100_000),
    minDeflatedSharpe: z.number().min(0.5, "must be 0.5 or more: below it asks for nothing").max(0.9999, "must be below 1"),
  }),
} as const;

export type GateView = { enabled: boolean; minTrades: number; minDeflatedSharpe: number };
export type GateConditionView = {
  id: "trades" | "deflated-sharpe";
  met: boolean;
  has: number | null;
  needs: number;
  why: { code: string; message: string } | null;
};
export type LiveRequestView = {
  id: string;
  configVersion: number;
  outcome: "refused" | "passed" | "overridden";
  actor: string;
  /** Wall ms. */
  at: number;
};

export type EvidenceScoreView = {
  periods: number;
  effectivePeriods: number;
  /** Of the excess over the matched hold, a year. */
  yearlySharpe: number;
  excessReturn: number;
  skew: number;
  kurtosis: number;
  probabilistic: number;
  deflated: number;
  /** The same when every moment counts at which it could have been looked at: what the gate asks for. */
  anyTime: number;
  /** What luck alone is expected to reach among the trials, a year. */
  luckYearlySharpe: number;
  varianceFrom: "known trials" | "default";
  /** Days of record that would be needed at this ratio; null when it is not above luck. */
  daysNeeded: number | null;
};

export type EvidenceView = {
  agentId: string;
  agentName: string;
  configVersion: number;
  /** Versions that decide alike; the record is of all of them. */
  versions: number[];
  masked: boolean;
  market: { kind: "simulated" | "files" | "exchange"; label: string };
  sample: null | {
    from: number;
    because: "config" | "training-cutoff" | "unknown-cutoff";
    to: number;
    days: number;
    period: string;
    periodsLeft: number;
  };
  /** End of the model's training; null for rules and where it is not published. */
  trainingCutoff: number | null;
  trades: number;
  trials: number;
  trialSources: { source: "own-versions" | "other-agents" | "backtests" | "sweeps"; count: number }[];
  words: string;
  score: EvidenceScoreView | null;
  refusal: { code: string; message: string } | null;
  /** Average exposure per symbol as a share of equity: what the matched hold holds. */
  exposure: { symbol: string; average: number }[];
  /** Growth since the start (1 = no change): the agent's, the matched hold's, and the band of reshuffled returns. */
  curve: null | { t: number; agent: number; hold: number; low: number; middle: number; high: number }[];
  band: null | { level: number; paths: number; block: number; sharpeLow: number | null; sharpeHigh: number | null };
  gate: { enabled: boolean; passed: boolean; conditions: GateConditionView[] };
  allowed: LiveRequestView | null;
  requests: LiveRequestView[];
};

export type LiveAnswerView = {
  outcome: "passed" | "overridden";
  configVersion: number;
  /** No venue for live trading is connected: the permission is on record, nothing trades. */
  venue: "none";
  message: string;
};
