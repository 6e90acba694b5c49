import { amountWords, readGauge } from "@/server/goals";
import { fixed, type Json, mul, toText } from "@/server/shared";
import type { TurnInputs } from "./core-types";
import { goalBudget } from "./goal-budget";
import type { ContextItem } from "./types";

/** What a decider is told of the goals that act on its agent; null when there is none. Names no date: a masked run hides them. */
export function goalsContext(inputs: TurnInputs): ContextItem | null {
  const { goals } = inputs;
  if (!goals) return null;
  const now = { at: inputs.at, equity: fixed(inputs.account.equity), flows: fixed(goals.flows) };
  const unit = inputs.agent.currency;
  const standing = goals.gauges.map((g) => ({ gauge: g, value: readGauge(g, now).value }));
  const budget = goalBudget(inputs);
  const lines = standing.map(({ gauge: g, value }) => {
    const whose = g.of === "agent" ? "Goal of this agent" : `Goal of the ${g.of} above it`;
    const at = value === null ? "not measured yet" : `now ${amountWords(value, g.unit, unit)}`;
    const left = g.until === null ? "" : `; ${hours(g.until - inputs.at)} left`;
    return `${whose}: ${g.title}, ${at}${left}.`;
  });
  const bounds = budget
    ? [
        ...budget.reasons.map((r) => r.text),
        ...(budget.maxExposurePercent === null
          ? []
          : [
              `Entries are made at ${toText(mul(budget.exposureScale, fixed("100"), "down"))} % of their size, and at most ${toText(budget.maxExposurePercent)} % of equity may be invested.`,
            ]),
        ...(budget.maxLossLeft === null
          ? []
          : [`${amountWords(budget.maxLossLeft, "quote", unit)} may still be lost before a drawdown ceiling is reached.`]),
      ]
    : [];
  return {
    id: "goals",
    title: "Goals",
    source: "MemePulse goals",
    trust: "own",
    at: inputs.at,
    text: [...lines, ...bounds, "Code applies this to the decision; being behind a goal never allows more than the limits."].join("\n"),
    data: {
      goals: standing.map(({ gauge: g, value }) => ({
        goalId: g.goalId,
        kind: g.kind,
        target: g.target,
        value: value === null ? null : toText(value),
      })),
      scale: budget ? toText(budget.exposureScale) : "1",
      maxExposurePercent: budget?.maxExposurePercent == null ? null : toText(budget.maxExposurePercent),
      maxLossLeft: budget?.maxLossLeft == null ? null : toText(budget.maxLossLeft),
    } as unknown as Json,
  };
}

function hours(ms: number): string {
  const h = Math.max(0, Math.floor(ms / 3_600_000));
  return h >= 48 ? `${Math.floor(h / 24)} days` : `${h} h`;
}
