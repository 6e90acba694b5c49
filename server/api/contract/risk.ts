/** The Risk page's words: inputs and answers. Shares (0.05 = 5 %) are numbers, money is exact text in the workspace's currency. */
import { z } from "zod";
import { BREAKERS, breakerSetting, stressShock } from "@/server/risk";

const uuid = z.uuid();

export const RISK_HORIZONS = ["1h", "4h", "1d"] as const;
export const CONFIDENCES = [0.9, 0.95, 0.975, 0.99] as const;

export const riskInputs = {
  /** Without an agent: the workspace. */
  riskPortfolio: z.strictObject({
    agentId: uuid.optional(),
    confidence: z.literal([...CONFIDENCES]).default(0.95),
    horizon: z.enum(RISK_HORIZONS).default("1h"),
  }),
  riskShock: z.strictObject({ name: z.string().trim().min(1, "must not be empty").max(60), shock: stressShock }),
  riskShockId: z.strictObject({ shockId: uuid }),
  riskBreakers: z.strictObject({
    /** null: of the workspace and of every agent that has none of its own. */
    agentId: uuid.nullable(),
    kind: z.enum(BREAKERS),
    /** null: back to what holds without it. */
    setting: breakerSetting.nullable(),
  }),
  riskResume: z.strictObject({ agentId: uuid.nullable() }),
  riskAlerts: z.strictObject({ state: z.enum(["open", "all"]).default("open"), limit: z.int().min(1).max(200).default(50) }),
  riskAlertId: z.strictObject({ alertId: uuid }),
  riskDecisionId: z.strictObject({ decisionId: uuid }),
  riskVetoes: z.strictObject({ agentId: uuid.optional(), days: z.int().min(1).max(365).default(30) }),
} as const;

/** A figure, or why there is none. */
export type Figure<T> = { ok: true; value: T } | { ok: false; code: string; message: string };

export type RiskPartView = { symbol: string; weight: number; marginal: number; component: number; money: string };
export type RiskFigureView = { share: number; money: string; parts: RiskPartView[] };
export type RiskMethodView = { valueAtRisk: RiskFigureView; expectedShortfall: RiskFigureView; scenarios: number; reliable: boolean };
export type LikelihoodView = { statistic: number; pValue: number };

export type StressRowView = {
  id: string;
  kind: "shock" | "past";
  name: string;
  from: number | null;
  to: number | null;
  total: string;
  /** Of equity; null when there is none. */
  share: number | null;
  positions: { symbol: string; pnl: string }[];
};

export type PortfolioRiskView = {
  at: number;
  market: { kind: "simulated" | "files" | "exchange"; label: string };
  currency: string;
  /** Where it is held: the name that a scenario of its failure needs. */
  venue: string;
  equity: string;
  cash: string;
  gross: string;
  held: { symbol: string; quantity: string; value: string | null }[];
  confidence: number;
  horizon: (typeof RISK_HORIZONS)[number];
  returns: Figure<number>;
  methods: Record<"historical" | "gaussian" | "modified" | "monte-carlo", Figure<RiskMethodView>>;
  monteCarlo: { scenarios: number; seed: number };
  correlation: Figure<{ symbols: string[]; values: (number | null)[][] }>;
  benchmark: string;
  beta: Figure<number>;
  drawdown: Figure<{ max: number; current: number }>;
  liquidity: Figure<{ days: number; positions: { symbol: string; days: number }[]; participation: number }>;
  backtest: Figure<{
    observations: number;
    violations: number;
    expected: number;
    window: number;
    coverage: LikelihoodView;
    independence: LikelihoodView | null;
    conditionalCoverage: LikelihoodView | null;
  }>;
  stress: (Figure<StressRowView> & { id: string | null; name: string | null })[];
};

export type BreakerView = {
  kind: (typeof BREAKERS)[number];
  status: "off" | "unknown" | "clear" | "breached" | "cooling";
  unit: "share" | "bars";
  figure: string | null;
  /** Figure over threshold. */
  ratio: number | null;
  reason: string;
  symbol: string | null;
  setting: { enabled: boolean; threshold: string; windowMs: number; coolDownMs: number; upTo: "alert" | "reduce" | "halt" | "flatten" };
  /** Where the setting comes from. */
  from: "default" | "workspace" | "agent";
  step: string | null;
  waitsUntil: number | null;
};

/** A subject's breakers; `agentId` null = the workspace. */
export type BreakersView = {
  at: number;
  subjects: { agentId: string | null; name: string; tradingState: string; breakers: BreakerView[] }[];
  /** What applies to agents that run nothing and hold nothing, too. */
  defaults: BreakerView["setting"][];
};

export type AlertView = {
  id: string;
  agentId: string | null;
  kind: string;
  severity: "warning" | "critical";
  title: string;
  text: string;
  figures: Record<string, string>;
  state: "open" | "acknowledged" | "resolved";
  at: number;
  raisedAt: number;
  acknowledgedAt: number | null;
  resolvedAt: number | null;
};
export type AlertsView = { open: number; unseen: number; rows: AlertView[] };

export type BreakerDecisionView = {
  id: string;
  agentId: string | null;
  agent: string | null;
  kind: string;
  steps: string[];
  reason: string;
  status: "planned" | "done" | "superseded";
  error: string | null;
  at: number;
  build: string;
};
export type BreakerReplayView = { identical: boolean; sameBuild: boolean; recorded: string; again: string };

export type VetoRuleView = {
  rule: string;
  denied: number;
  reduced: number;
  /** What vetoes that helped have saved, what the others have cost (both from zero up), and the difference. */
  saved: string;
  cost: string;
  net: string;
  /** Of them without a figure: nothing was prevented, or no price was known. */
  unmeasured: number;
};
export type VetoRowView = {
  turnId: string;
  agentId: string;
  agent: string;
  rule: string;
  outcome: "deny" | "reduce";
  symbol: string;
  side: "buy" | "sell";
  vetoedQuantity: string;
  entryPrice: string | null;
  settlePrice: string | null;
  fee: string;
  saved: string;
  note: string | null;
  at: number;
};
export type VetoesView = { currency: string; days: number; rules: VetoRuleView[]; total: Omit<VetoRuleView, "rule">; rows: VetoRowView[] };

export type RiskLimitsView = {
  currency: string;
  groups: LimitGroupView[];
  /** Agents that were not looked at because there are too many. */
  left: number;
};

/** A level that has limits; of an agent its own alone. `problem` says why nothing could be measured. */
export type LimitGroupView = {
  level: "agent" | "farm" | "workspace";
  /** Null for a farm and the workspace. */
  agentId: string | null;
  name: string;
  limits: LimitRowView[];
  problem: string | null;
};
export type LimitRowView = {
  name: string;
  title: string;
  level: "agent" | "farm" | "workspace";
  unit: string;
  /** Exact text; null where nothing is used up (hours, lists, settings) or nothing can be measured. */
  value: string | null;
  limit: string;
  share: number | null;
  symbol: string | null;
  /** In the words of the rule that judges orders by it. */
  says: string | null;
  stops: boolean;
};

/** Procedures of the area. */
export type RiskProcedure =
  | "risk.portfolio"
  | "risk.limits"
  | "risk.addShock"
  | "risk.removeShock"
  | "risk.breakers"
  | "risk.setBreaker"
  | "risk.resume"
  | "risk.check"
  | "risk.alerts"
  | "risk.acknowledge"
  | "risk.decisions"
  | "risk.replay"
  | "risk.vetoes";
