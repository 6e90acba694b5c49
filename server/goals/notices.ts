import type { EventDraft } from "@/server/events";
import { goalTitle, plain } from "./goal-words";
import type { StoredGoal } from "./ports";

/** From this share of a ceiling on, people are told that it is near. */
const NEAR = 0.8;
/** Odds below this are told. */
const LOW_ODDS = 0.1;

/** What people are told because this check found it and the one before did not. */
export function noticesOf(before: StoredGoal, after: StoredGoal, currency: string): EventDraft[] {
  const { goal, measure } = after;
  if (!measure) return [];
  const title = goalTitle(goal, currency);
  const notice = (kind: string, text: string): EventDraft => ({ type: "goal/noticed", data: { goalId: goal.id, nodeId: goal.nodeId, kind, text } });
  const found: EventDraft[] = [];
  if (goal.kind === "drawdown") {
    const value = measure.value === null ? "" : ` (${plain(measure.value)} %)`;
    if (measure.broken && !before.measure?.broken)
      found.push(notice("ceiling-broken", `The ceiling was reached: ${title}${value}. No new exposure is taken.`));
    else if (measure.done >= NEAR && (before.measure?.done ?? 0) < NEAR && !measure.broken)
      found.push(notice("ceiling-near", `${Math.floor(measure.done * 100)} % of the ceiling is used: ${title}${value}.`));
  }
  const [was, is] = [before.odds, after.odds];
  if (is?.known && is.probability < LOW_ODDS && was?.known && was.probability >= LOW_ODDS)
    found.push(notice("odds-low", `Unlikely by now (${Math.round(is.probability * 100)} %): ${title}. Exposure is not raised for that.`));
  return found;
}
