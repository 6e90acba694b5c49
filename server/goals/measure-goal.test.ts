import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_MS, fixed, HOUR_MS, toText } from "@/server/shared";
import { GOAL_START, makeGoal, recordOf } from "@/server/testing/goals/make-goal";
import { advanceAll, firstState } from "./goal-state";
import { growth } from "./growth";
import { measureGoal, NO_FIGURES } from "./measure-goal";
import type { Goal } from "./types";

const stateOf = (goal: Goal, equities: readonly (string | number)[], flows: Readonly<Record<number, string>> = {}, step = DAY_MS) =>
  advanceAll(firstState(goal, GOAL_START, fixed(String(equities[0]))), recordOf(equities, step, flows), goal);

describe("measuring a goal", () => {
  it("takes money paid in for no profit", () => {
    const goal = makeGoal();
    const state = stateOf(goal, ["1000", "1020", "1520", "1550"], { 2: "500" });
    expect(toText(state.profit)).toBe("50");
    // 1.02 × 1520/1520 × 1550/1520, worked by hand: 1.0401315789…
    expect(toText(state.index).slice(0, 12)).toBe("1.0401315789");
    const naive = 1550 - 1000;
    expect(Number(toText(state.profit))).not.toBe(naive);
  });
  it("neither a deposit nor a withdrawal of any size changes profit or index", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -400, max: 400 })), { minLength: 1, maxLength: 20 }),
        (steps) => {
          let [equity, profit] = [1000, 0];
          const [equities, flows]: [number[], Record<number, string>] = [[equity], {}];
          for (const [i, [earned, moved]] of steps.entries()) {
            const flow = Math.max(moved, 100 - equity);
            equity += earned + flow;
            if (equity <= 0) return;
            profit += earned;
            equities.push(equity);
            flows[i + 1] = String(flow);
          }
          const state = stateOf(makeGoal(), equities, flows);
          expect(toText(state.profit)).toBe(String(profit));
          const still = stateOf(makeGoal(), [1000, 1000 + 700], { 1: "700" });
          expect(toText(still.index)).toBe("1");
        },
      ),
      { numRuns: 60 },
    );
  });
  it("finds a movement that no later point tells of: at the instant of the last one, or written down late", () => {
    const goal = makeGoal();
    const start = firstState(goal, GOAL_START, fixed("1000"), fixed("1000"));
    const points = recordOf(["1000", "1100", "700", "720"], DAY_MS);
    // 400 were taken out between the first and the second check, and the points do not say so.
    const first = advanceAll(start, points.slice(0, 2), goal, fixed("1000"), GOAL_START + DAY_MS);
    const second = advanceAll(first, points.slice(2), goal, fixed("600"), GOAL_START + 3 * DAY_MS);
    expect([toText(first.profit), toText(second.profit), toText(second.flows)]).toEqual(["100", "120", "600"]);
    // Without a new point it changes nothing but what there is.
    const still = advanceAll(first, [], goal, fixed("600"), GOAL_START + 2 * DAY_MS);
    expect([toText(still.profit), toText(still.equity), toText(still.index), still.at]).toEqual(["100", "700", "1.1", first.at]);
    // Control: without the sum of movements the withdrawal is a loss.
    expect(toText(advanceAll(first, points.slice(2), goal).profit)).toBe("-280");
  });
  it("never makes less than nothing of a step, and 1 where nothing was at work", () => {
    expect(toText(growth(fixed("0"), fixed("0"), fixed("0")))).toBe("1");
    expect(toText(growth(fixed("10"), fixed("0"), fixed("5")))).toBe("0");
    expect(toText(growth(fixed("0"), fixed("55"), fixed("50")))).toBe("1.1");
  });
  it("tells progress, the plan's line and whether it is behind", () => {
    const goal = makeGoal();
    const m = measureGoal(goal, stateOf(goal, ["1000", "1010", "1020"]), NO_FIGURES, GOAL_START + 15 * DAY_MS);
    expect([toText(m.value ?? fixed("0")), m.done, toText(m.planned ?? fixed("0")), m.against]).toEqual(["20", 0.2, "50", "behind"]);
    expect(measureGoal(goal, stateOf(goal, ["1000", "1099"]), NO_FIGURES, GOAL_START + DAY_MS).reached).toBe(false);
    expect(measureGoal(goal, stateOf(goal, ["1000", "1100"]), NO_FIGURES, GOAL_START + DAY_MS)).toMatchObject({ reached: true, against: "ahead" });
  });
  it("keeps the highest value between checks, so that a ceiling sees every fall", () => {
    const goal = makeGoal({ kind: "drawdown", unit: "percent", target: fixed("10"), deadline: null });
    const state = stateOf(goal, ["1000", "1200", "1140"]);
    const m = measureGoal(goal, state, NO_FIGURES, GOAL_START + 3 * DAY_MS);
    expect(toText(m.value ?? fixed("0"))).toBe("5");
    expect([m.done, m.broken]).toEqual([0.5, false]);
    // The same end without the peak in between shows no fall: the control.
    expect(measureGoal(goal, stateOf(goal, ["1000", "1140"]), NO_FIGURES, GOAL_START + 3 * DAY_MS).done).toBe(0);
    expect(measureGoal(goal, stateOf(goal, ["1000", "900"]), NO_FIGURES, GOAL_START + DAY_MS).broken).toBe(true);
  });
  it("begins a period anew, with what stood when the last one ended", () => {
    const goal = makeGoal({ kind: "income", period: "week", deadline: null });
    const equities = ["1000", "1030", "1040", "1050", "1060", "1070", "1080", "1095"];
    const m = measureGoal(goal, stateOf(goal, equities), NO_FIGURES, GOAL_START + 7 * DAY_MS + HOUR_MS);
    // Day 7 is the next Monday: only what came after Sunday's 1080 counts.
    expect(toText(m.value ?? fixed("0"))).toBe("15");
    expect(m.from).toBe(GOAL_START + 7 * DAY_MS);
    expect(m.until).toBe(GOAL_START + 14 * DAY_MS);
  });
  it("calls a win rate reached only with enough round trips", () => {
    const goal = makeGoal({ kind: "win-rate", unit: "percent", target: fixed("60") });
    const figures = { ...NO_FIGURES, trades: 5, wins: 4 };
    expect(measureGoal(goal, stateOf(goal, ["1000"]), figures, GOAL_START)).toMatchObject({ reached: false });
    expect(measureGoal(goal, stateOf(goal, ["1000"]), { ...figures, trades: 20, wins: 12 }, GOAL_START).reached).toBe(true);
    expect(measureGoal(goal, stateOf(goal, ["1000"]), NO_FIGURES, GOAL_START).value).toBeNull();
  });
});
