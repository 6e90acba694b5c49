import type { GoalView } from "@/server/api/contract/goals";
import { amountText } from "./goal-words";

/** How far a goal is: the way done, and a mark where the plan would be now. A ceiling fills up and turns amber, then red. */
export function ProgressBar({ goal }: { goal: GoalView }) {
  const { currency } = goal.node;
  const value = goal.value === null ? "not measured yet" : amountText(goal.value, goal.unit, currency);
  const target = amountText(goal.target, goal.unit, currency);
  const ceiling = goal.kind === "drawdown";
  const state = ceiling ? (goal.broken || goal.done >= 1 ? "over" : goal.done >= 0.8 ? "near" : "") : "acc";
  const word = ceiling ? (state === "over" ? "stopped" : state === "near" ? "near" : null) : goal.against;
  const planned = plannedShare(goal);
  const said = `${value} of ${target}${planned === null ? "" : `, planned by now ${amountText(goal.planned ?? "0", goal.unit, currency)}`}`;
  return (
    <div className="lim">
      <div className="lim-t">
        <span>{ceiling ? "Used up" : "Progress"}</span>
        {word && <span className={`bdg ${state === "over" ? "loss" : state === "near" || word === "behind" ? "warn" : ""}`}>{word}</span>}
        <span className="v">
          <b>{value}</b> <span className="t3">/ {target}</span>
        </span>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a native meter cannot be drawn with the mark of our bars */}
      <div
        className="bar l"
        role="meter"
        aria-label={`${goal.kindTitle} of ${goal.node.name}`}
        aria-valuenow={Math.round(goal.done * 100)}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuetext={said}
      >
        <i className={state} style={{ width: `${Math.round(goal.done * 1000) / 10}%` }} />
        {planned !== null && <b style={{ left: `${planned * 100}%` }} title="Planned by now" />}
      </div>
    </div>
  );
}

/** Where the plan's mark stands, 0 to 1; null without a plan. */
function plannedShare({ planned, start, target }: GoalView): number | null {
  if (planned === null || start === null) return null;
  const way = Number(target) - Number(start);
  return way <= 0 ? null : Math.max(0, Math.min(1, (Number(planned) - Number(start)) / way));
}
