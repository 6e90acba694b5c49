import { type AgentConfig, parseRuleParams, RULE_SETS } from "@/server/agents";
import { INTERVAL_MS, INTERVALS, type SymbolId } from "@/server/market";
import { parseLimits } from "@/server/risk";
import { DomainError, div, type Fixed, fixed, fixedInt, hashId, sub, sum, ZERO } from "@/server/shared";
import { DEFAULT_PAPER_RULES, type Fees, type PaperRules, splitSymbol } from "@/server/trading";
import type { BacktestSpec } from "./backtest-spec";
import { assertPathIndependent } from "./engines/array-engine";
import { ENGINES } from "./engines/run-types";
import { type LimitsAbove, readLimitsAbove } from "./limits-above";
import type { SimulatedAgent } from "./simulation-types";

export const MOST_AGENTS = 8;
export const MOST_SYMBOLS = 8;
/** Fewer ticks are no backtest. */
export const LEAST_TICKS = 50;
/** Ticks of all agents together that one backtest may have: the audited engine keeps a record of each. */
export const MOST_TICKS = { audited: 500_000, event: 10_000_000, array: 20_000_000 } as const;
export const MOST_DRAWS = 2_000;

export type PlannedAgent = { readonly agent: SimulatedAgent; readonly capital: Fixed };
export type BacktestPlan = {
  readonly agents: readonly PlannedAgent[];
  readonly symbols: readonly SymbolId[];
  readonly currency: string;
  readonly capital: Fixed;
  readonly rules: PaperRules;
  readonly fees: Fees;
  readonly stepMs: number;
  /** Ticks of one agent. */
  readonly ticks: number;
};

const refuse = (code: string, field: string, message: string, data?: Record<string, number | string>): DomainError =>
  new DomainError(code, message, { field, data });

/**
 * Reads a specification, before any bar is loaded. Throws, naming the field: UNKNOWN_ENGINE, UNKNOWN_INTERVAL, INVALID_PERIOD,
 * TOO_LITTLE_DATA, TOO_LONG, NO_AGENTS, TOO_MANY_AGENTS, NO_SYMBOLS, TOO_MANY_SYMBOLS, SYMBOL_TWICE, MIXED_CURRENCIES, INVALID_CAPITAL,
 * INVALID_COST, INVALID_DRAWS, the rule catalog's and the limits' errors (of the agents and above them), and DECIDER_NEEDS_PATH.
 */
export function planBacktest(spec: BacktestSpec): BacktestPlan {
  if (!ENGINES.includes(spec.engine)) throw refuse("UNKNOWN_ENGINE", "engine", `there is no engine "${String(spec.engine).slice(0, 40)}"`);
  if (!INTERVALS.includes(spec.interval))
    throw refuse("UNKNOWN_INTERVAL", "interval", `there is no interval "${String(spec.interval).slice(0, 20)}"`);
  const stepMs = INTERVAL_MS[spec.interval];
  const ticks = ticksOf(spec, stepMs);
  const { agents } = spec;
  if (agents.length === 0) throw refuse("NO_AGENTS", "agents", "a backtest needs at least one agent");
  if (agents.length > MOST_AGENTS) throw refuse("TOO_MANY_AGENTS", "agents", `at most ${MOST_AGENTS} agents can run in one backtest`);
  const symbols = agents.reduce((n, a) => n + Math.max(1, a.symbols.length), 0);
  if (ticks * symbols > MOST_TICKS[spec.engine]) {
    throw refuse(
      "TOO_LONG",
      "from",
      `${(ticks * symbols).toLocaleString("en")} bars of all agents' symbols are more than the ${spec.engine} engine takes (${MOST_TICKS[spec.engine].toLocaleString("en")}): choose a coarser interval or a shorter time`,
    );
  }
  const currencies = new Set<string>();
  for (const [i, agent] of agents.entries()) {
    const field = `agents.${i}.symbols`;
    if (agent.symbols.length === 0) throw refuse("NO_SYMBOLS", field, "name at least one symbol");
    if (agent.symbols.length > MOST_SYMBOLS) throw refuse("TOO_MANY_SYMBOLS", field, `one agent trades at most ${MOST_SYMBOLS} symbols`);
    if (new Set(agent.symbols).size < agent.symbols.length) throw refuse("SYMBOL_TWICE", field, "a symbol is named twice");
    for (const symbol of agent.symbols) currencies.add(splitSymbol(symbol).quote);
  }
  if (currencies.size > 1)
    throw refuse("MIXED_CURRENCIES", "agents.0.symbols", `one quote currency at a time, not ${[...currencies].sort().join(" and ")}`);
  if (!Number.isInteger(spec.draws) || spec.draws < 0 || spec.draws > MOST_DRAWS)
    throw refuse("INVALID_DRAWS", "draws", `between 0 and ${MOST_DRAWS} random entries can be drawn`);
  if (!Number.isSafeInteger(spec.seed) || spec.seed < 0) throw refuse("INVALID_DRAWS", "seed", "the seed must be a whole number of at least 0");
  const currency = [...currencies][0] as string;
  const capitals = capitalsOf(spec);
  const above = spec.limitsAbove && readLimitsAbove(spec.limitsAbove);
  return {
    agents: agents.map((_, i) => ({ agent: simulated(spec, i, currency, above), capital: capitals[i] as Fixed })),
    symbols: [...new Set(agents.flatMap((a) => a.symbols))],
    currency,
    capital: sum(capitals),
    rules: {
      ...DEFAULT_PAPER_RULES,
      halfSpread: decimalIn("costs.halfSpread", spec.costs.halfSpread, "0", "0.1", "INVALID_COST"),
      participation: decimalIn("costs.participation", spec.costs.participation, "0.0001", "1", "INVALID_COST"),
      impact: decimalIn("costs.impact", spec.costs.impact, "0", "1", "INVALID_COST"),
    },
    fees: {
      makerFee: decimalIn("costs.makerFee", spec.costs.makerFee, "0", "0.1", "INVALID_COST"),
      takerFee: decimalIn("costs.takerFee", spec.costs.takerFee, "0", "0.1", "INVALID_COST"),
    },
    stepMs,
    ticks,
  };
}

function ticksOf(spec: BacktestSpec, stepMs: number): number {
  for (const field of ["from", "to"] as const) {
    if (!Number.isSafeInteger(spec[field]) || spec[field] < 0) throw refuse("INVALID_PERIOD", field, "not an instant in ms since 1970");
  }
  if (spec.to <= spec.from) throw refuse("INVALID_PERIOD", "to", "the end must be after the beginning");
  const ticks = Math.max(0, Math.ceil((spec.to - Math.ceil(spec.from / stepMs) * stepMs) / stepMs));
  if (ticks < LEAST_TICKS) {
    throw refuse("TOO_LITTLE_DATA", "to", `${ticks} bars of ${spec.interval} lie in this time, at least ${LEAST_TICKS} are needed`, { ticks });
  }
  return ticks;
}

function capitalsOf(spec: BacktestSpec): readonly Fixed[] {
  const own = spec.agents.map((a, i) =>
    a.capital === null ? null : decimalIn(`agents.${i}.capital`, a.capital, "1", "1000000000000", "INVALID_CAPITAL"),
  );
  const sharing = own.filter((c) => c === null).length;
  if (sharing === 0) return own as readonly Fixed[];
  const total = decimalIn("capital", spec.capital, "1", "1000000000000", "INVALID_CAPITAL");
  const share = div(total, fixedInt(sharing), "down");
  let left = total;
  let waiting = sharing;
  return own.map((capital) => {
    if (capital !== null) return capital;
    waiting -= 1;
    const mine = waiting === 0 ? left : share;
    left = sub(left, mine);
    return mine;
  });
}

function simulated(spec: BacktestSpec, i: number, currency: string, above: LimitsAbove | undefined): SimulatedAgent {
  const a = spec.agents[i] as BacktestSpec["agents"][number];
  if (!RULE_SETS.includes(a.ruleSet))
    throw refuse("UNKNOWN_RULE_SET", `agents.${i}.ruleSet`, `there is no rule set called "${String(a.ruleSet).slice(0, 60)}"`);
  const decider = { kind: "rules" as const, ruleSet: a.ruleSet, params: under(`agents.${i}`, () => parseRuleParams(a.ruleSet, a.params)) };
  if (spec.engine === "array") assertPathIndependent(decider);
  const config: AgentConfig = {
    name: a.name.slice(0, 80),
    symbols: a.symbols,
    mode: "paper",
    trigger: { kind: "interval", interval: spec.interval },
    barInterval: spec.interval,
    strategyText: "",
    decider,
    limits: under(`agents.${i}.limits`, () => parseLimits(a.limits)),
    dailyModelCap: ZERO,
    settleAfterMs: INTERVAL_MS[spec.interval],
  };
  const id = hashId("backtest", "agent", i);
  const nodeId = hashId("backtest", "node", i);
  return { id, workspaceId: hashId("backtest"), nodeId, config, configVersion: 1, currency, ...(above && { above }) };
}

/** Puts the place of the agent before the field that an error names. */
function under<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const field = (error.details.field ?? "").replace(/^(decider|limits)\.?/, "");
    throw new DomainError(error.code, error.message, { ...error.details, field: field ? `${place}.${field}` : place });
  }
}

function decimalIn(field: string, text: string, least: string, most: string, code: string): Fixed {
  let value: Fixed;
  try {
    value = fixed(text);
  } catch {
    throw refuse(code, field, `"${String(text).slice(0, 40)}" is not a plain decimal number`);
  }
  if (value < fixed(least) || value > fixed(most)) throw refuse(code, field, `must lie between ${least} and ${most}`);
  return value;
}
