import { parseRuleParams } from "@/server/agents";
import { DomainError } from "@/server/shared";
import type { BacktestSpec } from "./backtest-spec";

/** One parameter and the values it takes. */
export type SweepAxis = { readonly param: string; readonly values: readonly number[] };

/** One backtest for each combination of the axes' values; the specification has one agent, whose parameters they replace. */
export type SweepSpec = { readonly version: 1; readonly base: BacktestSpec; readonly axes: readonly SweepAxis[] };

/** What the best in-sample point is chosen by. */
export const OBJECTIVES = ["sharpe", "return", "calmar"] as const;
export type Objective = (typeof OBJECTIVES)[number];

/** In each window the grid is tried on the bars of `inSample`, and its best point trades the bars after them, which it has never seen. */
export type WalkForwardSpec = SweepSpec & {
  /** Ticks of each part; the next window begins `outOfSample` ticks later. */
  readonly inSample: number;
  readonly outOfSample: number;
  readonly objective: Objective;
};

export const MOST_AXES = 4;
export const MOST_POINTS = 2_000;
/** Points of all windows together. */
export const MOST_TRIALS = 20_000;
export const LEAST_PART = 50;

type Params = Readonly<Record<string, number>>;
/** A point of the grid; `refused` = why its parameters do not go together. */
export type SweepPoint = { readonly params: Params; readonly refused: string | null };

const refuse = (code: string, field: string, message: string): DomainError => new DomainError(code, message, { field });

/**
 * All points of a sweep, the last axis fastest. Combinations that the rule set itself refuses (a fast average longer than the slow one) are
 * points that are not run. Throws ONE_AGENT_NEEDED, NO_AXES, TOO_MANY_AXES, AXIS_TWICE, NO_VALUES, VALUE_TWICE, TOO_MANY_POINTS,
 * UNKNOWN_RULE_PARAMETER, RULE_PARAMETER_OUT_OF_RANGE and NO_POINT_CAN_RUN, naming the field.
 */
export function sweepPoints(spec: SweepSpec): readonly SweepPoint[] {
  const { axes, base } = spec;
  const [agent] = base.agents;
  if (!agent || base.agents.length > 1) throw refuse("ONE_AGENT_NEEDED", "base.agents", "a sweep varies the parameters of one agent");
  if (axes.length === 0) throw refuse("NO_AXES", "axes", "name at least one parameter to vary");
  if (axes.length > MOST_AXES) throw refuse("TOO_MANY_AXES", "axes", `at most ${MOST_AXES} parameters can be varied at once`);
  for (const [i, axis] of axes.entries()) {
    const field = `axes.${i}.values`;
    if (axes.findIndex((a) => a.param === axis.param) !== i) throw refuse("AXIS_TWICE", `axes.${i}.param`, `${axis.param} is varied twice`);
    if (axis.values.length === 0) throw refuse("NO_VALUES", field, `${axis.param} needs at least one value`);
    if (new Set(axis.values).size < axis.values.length) throw refuse("VALUE_TWICE", field, `a value of ${axis.param} is named twice`);
    for (const value of axis.values) checkAlone(agent.ruleSet, axis.param, value, field);
  }
  const count = axes.reduce((n, a) => n * a.values.length, 1);
  if (count > MOST_POINTS) throw refuse("TOO_MANY_POINTS", "axes", `${count} combinations are more than the ${MOST_POINTS} that one sweep runs`);
  const points = Array.from({ length: count }, (_, n) => {
    const params: Record<string, number> = { ...agent.params };
    let rest = n;
    for (const axis of [...axes].reverse()) {
      params[axis.param] = axis.values[rest % axis.values.length] as number;
      rest = Math.floor(rest / axis.values.length);
    }
    return { params, refused: problemOf(agent.ruleSet, params)?.message ?? null };
  });
  if (points.every((p) => p.refused !== null)) throw refuse("NO_POINT_CAN_RUN", "axes", `no combination can run: ${points[0]?.refused}`);
  return points;
}

/** A value that no combination could make right is refused at once; how values go together is each point's own affair. */
function checkAlone(ruleSet: string, param: string, value: number, field: string): void {
  const problem = problemOf(ruleSet, { [param]: value });
  if (!problem) return;
  const alone = problem.code === "UNKNOWN_RULE_PARAMETER" || problem.details.field === `decider.params.${param}`;
  const pair = problem.message.includes("must be shorter");
  if (alone && !pair) throw new DomainError(problem.code, problem.message, { field });
}

function problemOf(ruleSet: string, params: Params): DomainError | null {
  try {
    parseRuleParams(ruleSet, params);
    return null;
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
}
