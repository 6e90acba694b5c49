import { div, type Fixed, fixed, fixedInt, max, min, mul, ONE, roundTo, sub, toNumber, ZERO } from "@/server/shared";
import { type AgentNow, type GaugeNow, type GoalGauge, readGauge } from "./goal-gauge";
import { plain } from "./goal-words";

/** What the goals on an agent leave it at one instant. Goals only ever take risk away: the user's own limits stand beside this, never below it. */
export type RiskBudget = {
  /** 0 to 1: what an entry's size is multiplied by; 0 = only reduce. */
  readonly exposureScale: Fixed;
  /** Most that may be invested, per cent of the agent's equity; null = no goal bounds it. */
  readonly maxExposurePercent: Fixed | null;
  /** Quote currency that may still be lost before the nearest ceiling is reached; null without a ceiling. */
  readonly maxLossLeft: Fixed | null;
  /** Sell what exceeds the exposure, rather than only buying no more. */
  readonly trim: boolean;
  readonly reasons: readonly BudgetReason[];
  readonly goalIds: readonly string[];
};

/** One goal's part in the budget. */
export type BudgetReason = { readonly goalId: string; readonly rule: BudgetRule; readonly scale: Fixed; readonly text: string };
export type BudgetRule = "drawdown-room" | "target-reached" | "lock-in";

/** From this share of the target and of the time on, what was earned is protected. */
export const LOCK_IN_FROM = 0.8;
/** Lock-in never goes below a quarter: the goal still has to be reached. */
export const LOCK_IN_FLOOR = 0.25;
const DECIMALS = 6;

/** The budget of an agent whose goals stand as `gauges` say, at the instant of its decision; null when no goal takes anything away. Pure. */
export function riskBudget(gauges: readonly GoalGauge[], now: AgentNow): RiskBudget | null {
  const reasons: BudgetReason[] = [];
  let [scale, left, trim]: [Fixed, Fixed | null, boolean] = [ONE, null, false];
  for (const g of gauges) {
    const at = readGauge(g, now);
    const found = g.kind === "drawdown" ? drawdownRoom(g, at) : (targetReached(g, at) ?? lockIn(g, at, now.at));
    if (g.kind === "drawdown") {
      const room = lossLeft(g, at);
      left = left === null ? room : min(left, room);
    }
    if (!found || found.scale >= ONE) continue;
    reasons.push({ goalId: g.goalId, ...found });
    scale = min(scale, found.scale);
    trim ||= g.trim;
  }
  if (reasons.length === 0 && left === null) return null;
  return {
    exposureScale: scale,
    maxExposurePercent: scale < ONE ? mul(scale, fixedInt(100), "down") : null,
    maxLossLeft: left,
    trim,
    reasons,
    goalIds: [...new Set(reasons.map((r) => r.goalId))],
  };
}

type Found = Omit<BudgetReason, "goalId">;
const percent = (scale: Fixed): string => plain(mul(scale, fixedInt(100), "down"));
const whose = (g: GoalGauge): string => (g.of === "agent" ? "this agent's" : `its ${g.of === "treasury" ? "wallet" : g.of}'s`);

/** scale = max(0, 1 − drawdown ÷ ceiling). */
function drawdownRoom(g: GoalGauge, at: GaugeNow): Found {
  const [fall, ceiling] = [at.value ?? ZERO, fixed(g.target)];
  const scale = roundTo(max(sub(ONE, div(fall, ceiling, "up")), ZERO), DECIMALS, "down");
  const what = `The drawdown is ${plain(fall)} % of the ${plain(ceiling)} % ${whose(g)} goal allows`;
  return { rule: "drawdown-room", scale, text: scale === ZERO ? `${what}: no new exposure.` : `${what}: exposure at ${percent(scale)} %.` };
}

/** Equity less what it would be at the ceiling: equity × (1 − (1 − ceiling) × peak ÷ index), never below 0; to 8 decimals. */
function lossLeft(g: GoalGauge, at: GaugeNow): Fixed {
  if (at.index <= ZERO) return ZERO;
  const atPeak = mul(at.equity, div(at.peak, at.index, "up"), "up");
  const bottom = mul(atPeak, sub(ONE, div(fixed(g.target), fixedInt(100), "down")), "up");
  return roundTo(max(sub(at.equity, bottom), ZERO), 8, "half-even");
}

/** Reached and not to go on: scale 0. `continue` and `raise` are no reason to stop buying. */
function targetReached(g: GoalGauge, at: GaugeNow): Found | null {
  if (g.after !== "reduce-only" && g.after !== "stop") return null;
  const reached = g.status === "achieved" || (at.value !== null && at.value >= fixed(g.target));
  return reached ? { rule: "target-reached", scale: ZERO, text: `${cap(whose(g))} goal, ${g.title}, is reached: only reduce.` } : null;
}

/** Past 80 % of the target and of the time: scale = max(0.25, (1 − done) ÷ 0.2). Never above 1, so being behind raises nothing. */
function lockIn(g: GoalGauge, at: GaugeNow, now: number): Found | null {
  if (g.status !== "active" || g.after === "raise" || at.value === null || g.until === null || g.until <= g.from) return null;
  const [start, target] = [fixed(g.start), fixed(g.target)];
  if (target <= start) return null;
  const done = toNumber(div(sub(at.value, start), sub(target, start), "down"));
  const time = (now - g.from) / (g.until - g.from);
  if (done < LOCK_IN_FROM || time < LOCK_IN_FROM || time >= 1 || done >= 1) return null;
  const scale = fixed(Math.max(LOCK_IN_FLOOR, Math.min(1, (1 - done) / (1 - LOCK_IN_FROM))).toFixed(DECIMALS));
  return {
    rule: "lock-in",
    scale,
    text: `${Math.floor(done * 100)} % of ${whose(g)} goal, ${g.title}, is reached and ${Math.floor(time * 100)} % of its time is over: exposure at ${percent(scale)} %.`,
  };
}

const cap = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
