import { describe, expect, it } from "vitest";
import { normalProbability } from "@/server/risk";
import { DAY_MS, fixed, HOUR_MS } from "@/server/shared";
import { normals } from "@/server/testing/evidence-agents";
import { GOAL_START, makeGoal, recordOf } from "@/server/testing/goals/make-goal";
import { goalOdds } from "./goal-odds";
import { advanceAll, firstState } from "./goal-state";
import { measureGoal, NO_FIGURES } from "./measure-goal";
import type { OddsQuestion } from "./odds-types";
import { regularReturns } from "./regular-returns";
import { simulatePaths } from "./simulate-paths";
import type { Goal } from "./types";

function walk(count: number, drift: number, deviation: number, seed = 3): number[] {
  const normal = normals(seed);
  const out = [1000];
  for (let i = 0; i < count; i++) out.push((out.at(-1) as number) * (1 + drift + deviation * normal()));
  return out;
}
function question(goal: Goal, equities: readonly number[], over: Partial<OddsQuestion> = {}): OddsQuestion {
  const points = recordOf(equities, HOUR_MS);
  const now = points.at(-1)?.at ?? GOAL_START;
  const state = advanceAll(firstState(goal, GOAL_START, fixed("1000")), points, goal);
  return {
    goal,
    state,
    measure: measureGoal(goal, state, NO_FIGURES, now),
    figures: NO_FIGURES,
    points,
    trades: [],
    volumes: [],
    ceiling: null,
    ...over,
  };
}
const known = (q: OddsQuestion) => {
  const odds = goalOdds(q);
  if (!odds.known) throw new Error(odds.reason);
  return odds;
};
const inHours = (hours: number, from: number) => GOAL_START + (from + hours) * HOUR_MS;

describe("odds of a goal", () => {
  it("agrees with the reflection principle of a driftless walk", () => {
    const normal = normals(17);
    const drawn = Array.from({ length: 4000 }, () => 0.004 * normal());
    const mean = drawn.reduce((a, b) => a + b, 0) / drawn.length;
    const returns = drawn.map((x) => x - mean);
    const steps = 200;
    const { reached } = simulatePaths({ returns, steps, paths: 4000, seed: 1, target: Math.exp(0.05) });
    // P(max ≥ b) = P(N > z) + e^(2νb/σ²) P(N > z') with ν = −σ²/2 of the logarithm; steps observed at intervals touch a little less often.
    const [b, s, v] = [0.05, 0.004 * Math.sqrt(steps), -(0.004 ** 2 / 2) * steps];
    const up = (x: number) => 1 - normalProbability(x);
    const theory = up((b - v) / s) + Math.exp((2 * v * b) / s ** 2) * up((b + v) / s);
    expect(theory).toBeGreaterThan(0.3);
    expect(Math.abs(reached - theory)).toBeLessThan(0.05);
  });
  it("says how many returns are missing, and never NaN", () => {
    const goal = makeGoal();
    expect(goalOdds(question(goal, walk(10, 0, 0.01)))).toMatchObject({ known: false, has: 10, needs: 30 });
    const empty = goalOdds({ ...question(goal, walk(10, 0, 0.01)), points: [] });
    expect(empty).toMatchObject({ known: false, has: 0 });
    expect(JSON.stringify(goalOdds(question(goal, new Array(100).fill(1000))))).not.toMatch(/null,null|NaN/);
    expect(known(question(goal, new Array(100).fill(1000))).probability).toBe(0);
  });
  it("is higher for a smaller target, a later deadline, a better record; lower for a ceiling nearby", () => {
    const equities = walk(300, 0.0002, 0.004);
    const target = fixed(((equities.at(-1) as number) - 1000 + 40).toFixed(2));
    const odds = known(question(makeGoal({ target, deadline: inHours(120, 300) }), equities));
    const by = (what: string) => odds.changes.find((c) => c.what === what)?.probability ?? Number.NaN;
    expect(odds.probability).toBeGreaterThan(0.02);
    expect(odds.probability).toBeLessThan(0.98);
    expect(by("three quarters of the target")).toBeGreaterThan(odds.probability);
    expect(by("twice the time that is left")).toBeGreaterThan(odds.probability);
    expect(by("half the exposure")).toBeLessThan(odds.probability);
    const held = known(question(makeGoal({ target, deadline: inHours(120, 300) }), equities, { ceiling: { percent: 2, fallen: 1 } }));
    expect(held.withCeiling).toBeLessThan(held.probability / 2);
    expect(odds.withCeiling).toBeNull();
    expect(odds.method).toMatch(/^block bootstrap of its own \d+ returns of 1h, 1000 paths$/);
  });
  it("draws a band in the goal's own unit that starts where the goal stands", () => {
    const goal = makeGoal({ kind: "profit", unit: "percent", target: fixed("50"), deadline: inHours(200, 300) });
    const q = question(goal, walk(300, 0.0001, 0.004));
    const { band } = known(q);
    const now = Number(q.measure.value) / 1e18;
    for (const line of band?.lines ?? []) expect(line[0]).toBeCloseTo(now, 6);
    const ends = (band?.lines ?? []).map((l) => l.at(-1) as number);
    expect(ends).toHaveLength(5);
    expect([...ends].sort((a, b) => a - b)).toEqual(ends);
    expect(band?.at.at(-1)).toBeCloseTo(goal.deadline ?? 0, -7);
  });
  it("of a ceiling: the chance to keep it, which more exposure lowers", () => {
    const goal = makeGoal({ kind: "drawdown", unit: "percent", target: fixed("8"), deadline: inHours(150, 300) });
    const odds = known(question(goal, walk(300, 0.0001, 0.002)));
    const by = (what: string) => odds.changes.find((c) => c.what === what)?.probability ?? Number.NaN;
    expect(by("twice the exposure")).toBeLessThan(odds.probability);
    expect(by("half the exposure")).toBeGreaterThanOrEqual(odds.probability);
    expect(odds.band).toBeNull();
  });
  it("counts round trips, traded money and Sharpe by the same method", () => {
    const trades = Array.from({ length: 60 }, (_, i) => ({ at: GOAL_START + i * HOUR_MS, profit: fixed(i % 3 === 0 ? "-1" : "1") }));
    const win = makeGoal({ kind: "win-rate", unit: "percent", target: fixed("60"), deadline: inHours(100, 300) });
    const figures = { ...NO_FIGURES, trades: 60, wins: 36 };
    const of = (target: string) =>
      known(
        question({ ...win, target: fixed(target) }, walk(300, 0, 0.004), {
          trades,
          figures,
          measure: { ...question(win, walk(300, 0, 0.004)).measure, reached: false },
        }),
      ).probability;
    expect(of("60")).toBeGreaterThan(0.8);
    expect(of("90")).toBe(0);
    expect(goalOdds(question(win, walk(300, 0, 0.004), { trades: trades.slice(0, 7) }))).toMatchObject({ known: false, has: 7, needs: 20 });
    const volumes = Array.from({ length: 300 }, (_, i) => ({ at: GOAL_START + i * HOUR_MS, notional: fixed("10") }));
    const volume = (target: string) =>
      known(question(makeGoal({ kind: "volume", target: fixed(target), deadline: inHours(100, 300) }), walk(300, 0, 0.004), { volumes })).probability;
    expect([volume("990"), volume("1100")]).toEqual([1, 0]);
    const sharpe = makeGoal({ kind: "sharpe", unit: "ratio", target: fixed("1"), deadline: inHours(100, 300) });
    expect(known(question(sharpe, walk(300, 0.002, 0.004))).probability).toBe(1);
    expect(known(question(sharpe, walk(300, -0.002, 0.004))).probability).toBe(0);
  });
  it("puts an uneven record on an even grid: no period lost, no return invented", () => {
    const points = recordOf([1000, 1010, 1020.1, 1020.1], HOUR_MS).filter((_, i) => i !== 2);
    const { returns, periodMs } = regularReturns([...points], DAY_MS);
    expect(periodMs).toBeGreaterThanOrEqual(300_000);
    const grown = returns.reduce((a, r) => a * (1 + r), 1);
    expect(grown).toBeCloseTo(1.0201, 10);
  });
});
