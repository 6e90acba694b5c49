/** The words of the backtests part of the API: inputs as zod schemas, answers as types. */
import { z } from "zod";
import type { RULE_CATALOG } from "@/server/agents";
import type { BacktestCosts, JobResult, JobSpec, JobSummary, LimitsAboveSpec, SweepOverfitting } from "@/server/backtest";
import { intervalSchema, symbolText, uuid } from "../contract";

/** Domain code names what is wrong with a decimal; here only its shape is looked at. */
const decimalText = z.string().min(1).max(40);
const params = z.record(z.string().max(40), z.number()).default({});
/** Limits are read by the risk engine's own parser, which refuses names it does not know. */
const limits = z
  .record(z.string().max(40), z.union([z.string().max(40), z.number(), z.boolean(), z.null(), z.array(symbolText).max(32)]))
  .default({});

const agent = z.strictObject({
  name: z.string().trim().min(1, "must not be empty").max(60),
  symbols: z.array(symbolText).max(32),
  ruleSet: z.enum(["trend-follow", "mean-revert", "breakout", "hold"]),
  params,
  capital: decimalText.nullable().default(null),
  limits,
});

const costs = z.strictObject({
  makerFee: decimalText.default("0.001"),
  takerFee: decimalText.default("0.001"),
  halfSpread: decimalText.default("0.0001"),
  impact: decimalText.default("0"),
  participation: decimalText.default("0.1"),
});

const spec = z.strictObject({
  engine: z.enum(["audited", "event", "array"]).default("event"),
  interval: intervalSchema,
  /** Market time (ms since 1970 UTC). */
  from: z.int().min(0),
  to: z.int().min(0),
  capital: decimalText,
  agents: z.array(agent).min(1).max(16),
  costs: costs.prefault({}),
  draws: z.int().min(0).max(100_000).default(500),
  seed: z.int().min(0).default(1),
});

/** The workspace's limits as they are now, and those of a farm and all above it; null = the agents' own alone. */
const limitsAbove = z
  .strictObject({ farmId: uuid.nullable().default(null) })
  .nullable()
  .prefault({});

const axes = z.array(z.strictObject({ param: z.string().max(40), values: z.array(z.number()).max(2_000) })).max(8);
const name = z.string().trim().min(1, "must not be empty").max(80);

export const backtestInputs = {
  backtestCreate: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("single"), name, spec, limitsAbove }),
    z.strictObject({ kind: z.literal("sweep"), name, spec, limitsAbove, axes }),
    z.strictObject({
      kind: z.literal("walk-forward"),
      name,
      spec,
      limitsAbove,
      axes,
      inSample: z.int().min(1),
      outOfSample: z.int().min(1),
      objective: z.enum(["sharpe", "return", "calmar"]).default("sharpe"),
    }),
  ]),
  backtests: z.strictObject({
    cursor: uuid.optional(),
    direction: z.enum(["forward", "backward"]).optional(),
    limit: z.int().min(1).max(100).default(50),
  }),
  backtestId: z.strictObject({ backtestId: uuid }),
  backtestExport: z.strictObject({ backtestId: uuid, format: z.enum(["json", "trades-csv", "fills-csv", "equity-csv", "points-csv"]) }),
} as const;

export type BacktestRow = {
  backtestId: string;
  name: string;
  kind: JobSpec["kind"];
  engine: "audited" | "event" | "array";
  symbols: string[];
  ruleSets: string[];
  interval: string;
  from: number;
  to: number;
  status: "queued" | "running" | "done" | "failed" | "cancelled";
  reason: string | null;
  reasonCode: string | null;
  /** Ticks (sweeps: of all points; walk-forward: windows). */
  done: number;
  total: number;
  /** What this one tries, and how many the workspace has tried with the same symbols and rule set. */
  trials: number;
  familyTrials: number;
  summary: JobSummary | null;
  createdAt: number;
  startedAt: number | null;
  endedAt: number | null;
};
export type BacktestsView = { rows: BacktestRow[]; nextCursor: string | null };
export type BacktestView = {
  row: BacktestRow;
  job: JobSpec;
  resultHash: string | null;
  result: JobResult | null;
  overfitting: SweepOverfitting | null;
};
export type BacktestExport = { name: string; type: string; text: string };
export type BacktestOptions = {
  symbols: {
    symbol: string;
    quote: string;
    intervals: string[];
    firstTime: number | null;
    endTime: number | null;
    source: string;
    sourceKind: string;
  }[];
  /** Market time up to which there are prices (ms). */
  now: number;
  ruleSets: typeof RULE_CATALOG;
  costs: BacktestCosts;
  /** Why the array engine refuses a rule set; null where it runs it. */
  pathDependent: Record<string, string | null>;
  /** The limits that a backtest of now would be held to, only those that are set; of a farm with those of the farms that hold it. */
  limits: { currency: string; workspace: LimitsAboveSpec["workspace"]; farms: { farmId: string; chain: LimitsAboveSpec["farms"] }[] };
};
