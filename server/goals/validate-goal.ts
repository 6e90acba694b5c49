import { DAY_MS, DomainError, type Fixed, fixed, toText, ZERO } from "@/server/shared";
import { GOAL_SPECS } from "./goal-specs";
import { amountWords, dayText, plain } from "./goal-words";
import { GOAL_KINDS, type GoalDraft } from "./types";

/** What a goal is checked against. Times in market ms. */
export type GoalGround = { readonly now: number; readonly equity: Fixed; readonly currency: string };

const FARTHEST_MS = 3660 * DAY_MS;
const refuse = (code: string, field: string, message: string, data: Readonly<Record<string, string | number>> = {}): DomainError =>
  new DomainError(code, message, { field, data });

/** Throws GOAL_INVALID, GOAL_IMPOSSIBLE, GOAL_ALREADY_MET or GOAL_DEADLINE_PAST, naming the field and the numbers. */
export function validateGoal(goal: GoalDraft, ground: GoalGround): void {
  const spec = GOAL_SPECS[goal.kind];
  if (!spec) throw refuse("GOAL_INVALID", "kind", `"${String(goal.kind).slice(0, 40)}" is no kind of goal; there are ${GOAL_KINDS.join(", ")}.`);
  if (!spec.units.includes(goal.unit))
    throw refuse("GOAL_INVALID", "unit", `A ${spec.title.toLowerCase()} is given in ${spec.units.join(" or ")}, not in ${goal.unit}.`);
  checkTarget(goal, ground);
  if (spec.recurring !== (goal.period !== null))
    throw refuse(
      "GOAL_INVALID",
      "period",
      spec.recurring ? `A ${spec.title.toLowerCase()} needs a period: day, week or month.` : `A ${spec.title.toLowerCase()} has no period.`,
    );
  if (!(Number.isInteger(goal.priority) && goal.priority >= 1 && goal.priority <= 5))
    throw refuse("GOAL_INVALID", "priority", `The priority is a whole number from 1 (first) to 5, not ${goal.priority}.`, {
      priority: goal.priority,
    });
  checkDeadline(goal, ground);
  checkAfter(goal, spec.collects);
  if (goal.kind === "balance" && ground.equity >= goal.target)
    throw refuse(
      "GOAL_ALREADY_MET",
      "target",
      `The balance is ${plain(ground.equity)} ${ground.currency} already, which is not below the target of ${plain(goal.target)}.`,
      { now: toText(ground.equity), target: toText(goal.target) },
    );
}

function checkTarget(goal: GoalDraft, ground: GoalGround): void {
  const spec = GOAL_SPECS[goal.kind];
  if (goal.target <= ZERO)
    throw refuse("GOAL_INVALID", "target", `The target must be above zero, not ${toText(goal.target)}.`, { target: toText(goal.target) });
  const most = spec.most[goal.unit];
  if (most !== undefined && goal.target > fixed(most))
    throw refuse(
      "GOAL_IMPOSSIBLE",
      "target",
      goal.kind === "drawdown" || goal.kind === "win-rate"
        ? `A ${spec.title.toLowerCase()} cannot be above ${most} %; ${plain(goal.target)} % was asked for.`
        : `${amountWords(goal.target, goal.unit, ground.currency)} is more than can be meant; at most ${most} is taken.`,
      { target: toText(goal.target), most },
    );
  const earns = goal.kind === "profit" || goal.kind === "income";
  if (earns && goal.unit === "quote" && ground.equity > ZERO && goal.target > ((ground.equity * 1000n) as Fixed))
    throw refuse(
      "GOAL_IMPOSSIBLE",
      "target",
      `${plain(goal.target)} ${ground.currency} is more than 1000 times the ${plain(ground.equity)} ${ground.currency} there are to earn it with.`,
      { target: toText(goal.target), equity: toText(ground.equity) },
    );
}

function checkDeadline(goal: GoalDraft, { now }: GoalGround): void {
  if (goal.deadline === null) return;
  if (goal.deadline <= now)
    throw refuse("GOAL_DEADLINE_PAST", "deadline", `The deadline ${dayText(goal.deadline)} is not after now, ${dayText(now)} (market time).`, {
      deadline: goal.deadline,
      now,
    });
  if (goal.deadline > now + FARTHEST_MS)
    throw refuse("GOAL_INVALID", "deadline", `The deadline ${dayText(goal.deadline)} is more than ten years ahead.`, { deadline: goal.deadline });
}

function checkAfter(goal: GoalDraft, collects: boolean): void {
  const { onAchieved: o } = goal;
  const percent = (field: string, value: Fixed | null, most: string, needed: boolean): void => {
    if (!needed) return;
    if (value === null || value <= ZERO || value > fixed(most))
      throw refuse("GOAL_INVALID", field, `A per cent above 0 and at most ${most} is needed, not ${value === null ? "nothing" : toText(value)}.`);
  };
  percent("onAchieved.raisePercent", o.raisePercent, "1000", o.after === "raise");
  percent("onAchieved.collectPercent", o.collectPercent, "100", o.collect === "share");
  if (o.collect !== "none" && !collects)
    throw refuse(
      "GOAL_INVALID",
      "onAchieved.collect",
      `Reaching a ${GOAL_SPECS[goal.kind].title.toLowerCase()} leaves no profit that could be collected.`,
    );
  if (o.closeFirst && o.collect === "none" && o.after !== "stop")
    throw refuse("GOAL_INVALID", "onAchieved.closeFirst", "Closing first only goes with collecting or stopping.");
}
