import type { JobSpec } from "@/server/backtest";

/** A form as typed: every number is text until it is sent. */
export type AgentDraft = {
  readonly key: number;
  readonly name: string;
  readonly symbols: readonly string[];
  readonly ruleSet: RuleSet;
  readonly params: Readonly<Record<string, string>>;
  /** Empty = an equal share. */
  readonly capital: string;
};
export type AxisDraft = { readonly key: number; readonly param: string; readonly from: string; readonly to: string; readonly step: string };
export type RuleSet = "trend-follow" | "mean-revert" | "breakout" | "hold";
export type Kind = JobSpec["kind"];
export type BacktestForm = {
  readonly name: string;
  readonly kind: Kind;
  readonly engine: "event" | "array" | "audited";
  readonly interval: string;
  /** Days, UTC: the first, and the one after the last. */
  readonly from: string;
  readonly to: string;
  readonly capital: string;
  readonly agents: readonly AgentDraft[];
  /** Whether the workspace's limits hold, too, and the farm whose limits do beside them; empty = none. */
  readonly underLimits: boolean;
  readonly farmId: string;
  readonly costs: Readonly<Record<CostName, string>>;
  readonly draws: string;
  readonly seed: string;
  readonly axes: readonly AxisDraft[];
  readonly inSample: string;
  readonly outOfSample: string;
  readonly objective: "sharpe" | "return" | "calmar";
};
export const COST_NAMES = ["takerFee", "makerFee", "halfSpread", "impact", "participation"] as const;
export type CostName = (typeof COST_NAMES)[number];

const DAY = 86_400_000;
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** A year up to the market's now, of the first symbol there is, as far as its prices go back. */
export function newForm(options: {
  readonly now: number;
  readonly symbols: readonly { readonly symbol: string; readonly firstTime: number | null }[];
}): BacktestForm {
  const first = options.symbols[0];
  const begin = first?.firstTime == null ? 0 : Math.ceil(first.firstTime / DAY) * DAY + DAY;
  const to = Math.floor(options.now / DAY) * DAY;
  return {
    name: "",
    kind: "single",
    engine: "event",
    interval: "1h",
    from: dayOf(Math.max(begin, to - 365 * DAY)),
    to: dayOf(to),
    capital: "10000",
    agents: [newAgent(1, first?.symbol ?? "")],
    underLimits: true,
    farmId: "",
    costs: { takerFee: "0.001", makerFee: "0.001", halfSpread: "0.0001", impact: "0", participation: "0.1" },
    draws: "500",
    seed: "1",
    axes: [],
    inSample: "2000",
    outOfSample: "500",
    objective: "sharpe",
  };
}

export const newAgent = (key: number, symbol: string): AgentDraft => ({
  key,
  name: `Agent ${key}`,
  symbols: symbol === "" ? [] : [symbol],
  ruleSet: "trend-follow",
  params: {},
  capital: "",
});

/** The values between two bounds (both included), as exact as their decimals; empty when the three do not make a range. */
export function axisValues(axis: Pick<AxisDraft, "from" | "to" | "step">): readonly number[] {
  const [from, to, step] = [axis.from, axis.to, axis.step].map(Number) as [number, number, number];
  if (![from, to, step].every(Number.isFinite) || axis.from.trim() === "" || axis.to.trim() === "" || step <= 0 || to < from) return [];
  const digits = Math.max(...[axis.from, axis.step].map((t) => (t.split(".")[1] ?? "").length));
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  return count > 5_000 ? [] : Array.from({ length: count }, (_, i) => Number((from + i * step).toFixed(Math.min(digits, 10))));
}

/** How many combinations a sweep has. */
export const combinations = (form: Pick<BacktestForm, "axes">): number =>
  form.axes.reduce((n, a) => n * axisValues(a).length, form.axes.length === 0 ? 0 : 1);

/** Numbers of what was typed; what is no number becomes NaN and is refused by name. */
const numbers = (params: Readonly<Record<string, string>>): Record<string, number> =>
  Object.fromEntries(Object.entries(params).map(([name, text]) => [name, text.trim() === "" ? Number.NaN : Number(text)]));

/** What is sent. */
export function toInput(form: BacktestForm) {
  const spec = {
    engine: form.engine,
    interval: form.interval as "1h",
    from: Date.parse(`${form.from}T00:00:00Z`),
    to: Date.parse(`${form.to}T00:00:00Z`),
    capital: form.capital.trim(),
    agents: form.agents.map((a) => ({
      name: a.name.trim() || "Agent",
      symbols: [...a.symbols],
      ruleSet: a.ruleSet,
      params: numbers(a.params),
      capital: a.capital.trim() === "" ? null : a.capital.trim(),
      limits: {},
    })),
    costs: Object.fromEntries(COST_NAMES.map((n) => [n, form.costs[n].trim()])) as Record<CostName, string>,
    draws: Number(form.draws),
    seed: Number(form.seed),
  };
  const name = form.name.trim() || defaultName(form);
  const limitsAbove = form.underLimits ? { farmId: form.farmId === "" ? null : form.farmId } : null;
  if (form.kind === "single") return { kind: "single" as const, name, spec, limitsAbove };
  const axes = form.axes.map((a) => ({ param: a.param, values: [...axisValues(a)] }));
  if (form.kind === "sweep") return { kind: "sweep" as const, name, spec, limitsAbove, axes };
  const { objective } = form;
  const { inSample, outOfSample } = form;
  return {
    kind: "walk-forward" as const,
    name,
    spec,
    limitsAbove,
    axes,
    inSample: Number(inSample),
    outOfSample: Number(outOfSample),
    objective,
  };
}

const RULE_NAMES: Readonly<Record<RuleSet, string>> = { "trend-follow": "Trend", "mean-revert": "Reversion", breakout: "Breakout", hold: "Hold" };

/** Rule and symbols, when no name is typed. */
export const defaultName = (form: Pick<BacktestForm, "agents">): string =>
  [...new Set(form.agents.map((a) => `${RULE_NAMES[a.ruleSet]} ${a.symbols.map((s) => s.split("/")[0]).join(" ")}`))]
    .join(", ")
    .slice(0, 80)
    .trim() || "Backtest";

/** The form that asks for what a stored backtest was. `farms` = those that are still there. */
export function formOf(job: JobSpec, name: string, farms: readonly { readonly farmId: string }[]): BacktestForm {
  const base = job.kind === "single" ? job.spec : job.spec.base;
  const text = (params: Readonly<Record<string, number>>) => Object.fromEntries(Object.entries(params).map(([n, v]) => [n, String(v)]));
  return {
    name,
    kind: job.kind,
    engine: base.engine,
    interval: base.interval,
    from: dayOf(base.from),
    to: dayOf(base.to),
    capital: base.capital,
    agents: base.agents.map((a, i) => ({
      key: i + 1,
      name: a.name,
      symbols: a.symbols,
      ruleSet: a.ruleSet,
      params: text(a.params),
      capital: a.capital ?? "",
    })),
    underLimits: base.limitsAbove !== undefined,
    farmId: farms.find((f) => f.farmId === base.limitsAbove?.farms[0]?.id)?.farmId ?? "",
    costs: base.costs,
    draws: String(base.draws),
    seed: String(base.seed),
    axes: job.kind === "single" ? [] : job.spec.axes.map((a, i) => axisDraft(i + 1, a.param, a.values)),
    inSample: job.kind === "walk-forward" ? String(job.spec.inSample) : "2000",
    outOfSample: job.kind === "walk-forward" ? String(job.spec.outOfSample) : "500",
    objective: job.kind === "walk-forward" ? job.spec.objective : "sharpe",
  };
}

function axisDraft(key: number, param: string, values: readonly number[]): AxisDraft {
  const [first = 0, second] = values;
  const step = second === undefined ? 1 : Number((second - first).toFixed(10));
  return { key, param, from: String(first), to: String(values.at(-1) ?? first), step: String(step) };
}
