import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_MS, fixed, ONE, toText } from "@/server/shared";
import { GOAL_START, makeGoal, NO_ACTION } from "@/server/testing/goals/make-goal";
import { type GoalGauge, gaugeOf, readGauge } from "./goal-gauge";
import { firstState } from "./goal-state";
import { measureGoal, NO_FIGURES } from "./measure-goal";
import { riskBudget } from "./risk-budget";
import type { Goal } from "./types";

const NOW = GOAL_START + 10 * DAY_MS;
const gauge = (goal: Goal, over: Partial<GoalGauge> = {}): GoalGauge => {
  const state = firstState(goal, GOAL_START, fixed("1000"));
  return { ...gaugeOf(goal, state, measureGoal(goal, state, NO_FIGURES, NOW), { equity: fixed("1000"), flows: fixed("1000") }, "USDT"), ...over };
};
const ceiling = (over: Partial<GoalGauge> = {}) => gauge(makeGoal({ kind: "drawdown", unit: "percent", target: fixed("10") }), over);
const at = (equity: string, flows = "1000", when = NOW) => ({ at: when, equity: fixed(equity), flows: fixed(flows) });

describe("the risk budget of a drawdown ceiling", () => {
  it.each([
    ["1000", "1", null, "100"],
    ["950", "0.5", "50", "50"],
    ["925", "0.25", "25", "25"],
    ["900", "0", "0", "0"],
    ["800", "0", "0", "0"],
  ])("equity %s of a peak of 1000 and ten per cent: scale %s, at most %s invested, %s left to lose", (equity, scale, most, left) => {
    const budget = riskBudget([ceiling()], at(equity));
    expect(toText(budget?.exposureScale ?? ONE)).toBe(scale);
    expect(budget?.maxExposurePercent === null ? null : toText(budget?.maxExposurePercent ?? ONE)).toBe(most);
    expect(toText(budget?.maxLossLeft ?? ONE)).toBe(left);
  });
  it("is never stale: the peak of the check is compared with today's equity, a new peak included", () => {
    const g = ceiling({ index: "1.1", peak: "1.2", equity: "1100", agentEquity: "1100" });
    expect(toText(readGauge(g, at("1100")).value ?? ONE).slice(0, 7)).toBe("8.33333");
    expect(toText(readGauge(g, at("1260")).value ?? ONE)).toBe("0");
    expect(readGauge(g, at("1260")).peak).toBe(fixed("1.26"));
  });
  it("takes a withdrawal for no loss", () => {
    const budget = riskBudget([ceiling()], at("700", "700"));
    expect(toText(budget?.exposureScale ?? ONE)).toBe("1");
    expect(toText(riskBudget([ceiling()], at("700"))?.exposureScale ?? ONE)).toBe("0");
  });
  it("of a farm moves with what this agent has earned since the check", () => {
    const farm = ceiling({ of: "farm", equity: "4000", index: "1", peak: "1" });
    // 200 of the farm's 4000 lost: 5 of 10 per cent.
    expect(toText(riskBudget([farm], at("800"))?.exposureScale ?? ONE)).toBe("0.5");
    expect(riskBudget([farm], at("800"))?.reasons[0]?.text).toBe("The drawdown is 5 % of the 10 % its farm's goal allows: exposure at 50 %.");
  });
});

describe("the risk budget of targets", () => {
  const target = (after: "stop" | "continue" | "raise" | "reduce-only", over: Partial<GoalGauge> = {}) =>
    gauge(makeGoal({ target: fixed("100"), onAchieved: { ...NO_ACTION, after } }), over);
  it("only reduces once it is reached and was not to go on", () => {
    expect(riskBudget([target("stop")], at("1100"))?.exposureScale).toBe(0n);
    expect(riskBudget([target("reduce-only")], at("1100"))?.exposureScale).toBe(0n);
    expect(riskBudget([target("stop")], at("1099.99"))).toBeNull();
    expect(riskBudget([target("continue")], at("1100"))).toBeNull();
    expect(riskBudget([target("raise")], at("1100"))).toBeNull();
    expect(riskBudget([target("reduce-only", { status: "achieved" })], at("900"))?.exposureScale).toBe(0n);
  });
  it("locks in what is nearly reached near the end: (1 − done) ÷ 0.2, at least a quarter", () => {
    const late = GOAL_START + 27 * DAY_MS;
    const scale = (equity: string, when = late) => {
      const budget = riskBudget([target("continue")], at(equity, "1000", when));
      return budget ? toText(budget.exposureScale) : "1";
    };
    expect([scale("1090"), scale("1098"), scale("1079"), scale("1090", NOW)]).toEqual(["0.5", "0.25", "1", "1"]);
  });
  it("never raises exposure, however far behind: no loss is chased", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 0, max: 40 }),
        fc.constantFrom("stop" as const, "continue" as const, "raise" as const, "reduce-only" as const),
        (equity, day, after) => {
          const budget = riskBudget([ceiling(), target(after)], at(String(equity), "1000", GOAL_START + day * DAY_MS));
          expect(budget === null || (budget.exposureScale >= 0n && budget.exposureScale <= ONE)).toBe(true);
          expect(budget?.maxExposurePercent ?? 0n).toBeLessThanOrEqual(100n * ONE);
        },
      ),
    );
  });
  it("less equity never leaves more exposure under a ceiling", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 2000 }), (a, b) => {
        const scale = (e: number) => riskBudget([ceiling()], at(String(e)))?.exposureScale ?? ONE;
        expect(scale(Math.min(a, b))).toBeLessThanOrEqual(scale(Math.max(a, b)));
      }),
    );
  });
  it("of several goals the narrowest acts, and each that acts is named", () => {
    const budget = riskBudget([ceiling(), { ...ceiling(), goalId: "narrow", target: "6" }], at("970"));
    expect(toText(budget?.exposureScale ?? ONE)).toBe("0.5");
    expect(budget?.goalIds).toEqual(["goal-1", "narrow"]);
    expect(riskBudget([], at("1000"))).toBeNull();
  });
  it("does not act in a period that no check has seen yet", () => {
    const income = gauge(
      makeGoal({ kind: "income", period: "week", onAchieved: { ...NO_ACTION, after: "reduce-only" }, target: fixed("20"), deadline: null }),
      {
        from: GOAL_START,
        until: GOAL_START + 7 * DAY_MS,
      },
    );
    expect(riskBudget([income], at("1050", "1000", GOAL_START + 6 * DAY_MS))?.exposureScale).toBe(0n);
    expect(riskBudget([income], at("1050", "1000", GOAL_START + 8 * DAY_MS))).toBeNull();
  });
});
