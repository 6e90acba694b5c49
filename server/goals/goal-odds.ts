import { DAY_MS, hashId, toNumber } from "@/server/shared";
import { drawdownPercent } from "./growth";
import { type GoalOdds, methodWords, type OddsChange, type OddsQuestion } from "./odds-types";
import { FEWEST_RETURNS, regularReturns } from "./regular-returns";
import { type PathAnswer, simulatePaths } from "./simulate-paths";
import { oddsOfSums } from "./sum-odds";

/** How far a goal without an end is looked ahead. */
export const DEFAULT_AHEAD = 30 * DAY_MS;
const PATHS = 1000;

/** Probability, forecast band and what would change them. Pure; the same question gives the same answer. Never NaN: too little record is said. */
export function goalOdds(q: OddsQuestion): GoalOdds {
  const { goal, measure } = q;
  const until = measure.until ?? measure.at + DEFAULT_AHEAD;
  const ahead = Math.max(until - measure.at, 0);
  const grid = regularReturns(q.points, ahead * 2);
  const seed = Number.parseInt(hashId("goal-odds", goal.id).slice(0, 8), 16);
  const paths = q.paths ?? PATHS;
  if (goal.kind === "win-rate" || goal.kind === "volume" || goal.kind === "sharpe") return oddsOfSums(q, grid, { ahead, until, seed, paths });
  const has = grid.returns.length;
  if (has < FEWEST_RETURNS || q.state.equity <= 0n) return tooLittle(has, grid.period, q.state.equity <= 0n);

  const shape = shapeOf(q);
  const ask: Ask = (over) =>
    simulatePaths({
      returns: grid.returns,
      steps: Math.max(1, Math.ceil((over.ahead ?? ahead) / grid.periodMs)),
      paths,
      seed,
      target: over.target ?? shape.multiple(1),
      scale: over.scale ?? 1,
      fallen: shape.fallen,
      ceiling: over.ceiling ?? shape.ceiling,
      ...(over.band && { band: true }),
    });
  const chance = (a: PathAnswer): number => (goal.kind === "drawdown" ? a.kept : measure.reached ? 1 : a.reached);
  const main = ask({ band: true });
  return {
    known: true,
    probability: chance(main),
    withCeiling: goal.kind === "drawdown" || q.ceiling === null ? null : measure.reached ? main.kept : main.reachedKept,
    returns: has,
    period: grid.period,
    paths,
    until,
    ownEnd: measure.until !== null,
    method: methodWords(has, grid, paths),
    band:
      shape.value === null
        ? null
        : { at: main.places.map((p) => measure.at + p * grid.periodMs), lines: main.lines.map((l) => l.map(shape.value as (m: number) => number)) },
    changes: measure.reached ? [] : changesOf(q, ahead, ask, chance, shape),
  };
}

const tooLittle = (has: number, period: string, empty: boolean): GoalOdds => ({
  known: false,
  has,
  needs: FEWEST_RETURNS,
  reason: empty
    ? "There is no money at work, so there is nothing to forecast."
    : `Too little record: ${has} of at least ${FEWEST_RETURNS} returns (of ${period}); ${FEWEST_RETURNS - has} are missing.`,
});

type Ask = (over: { scale?: number; ahead?: number; target?: number; ceiling?: number; band?: boolean }) => PathAnswer;
type Shape = {
  /** Multiple of today's value at which `part` of the target is reached. */
  readonly multiple: (part: number) => number;
  /** A multiple of today's value in the goal's unit. */
  readonly value: ((multiple: number) => number) | null;
  readonly fallen: number;
  readonly ceiling: number;
};

function shapeOf({ goal, state, ceiling, measure }: OddsQuestion): Shape {
  const target = toNumber(goal.target);
  const equity = toNumber(state.equity);
  const fallen = goal.kind === "drawdown" ? toNumber(drawdownPercent(state.index, state.peak)) / 100 : (ceiling?.fallen ?? 0) / 100;
  const bound = goal.kind === "drawdown" ? target / 100 : ceiling === null ? 1.01 : ceiling.percent / 100;
  const line = (multiple: (part: number) => number, value: Shape["value"]): Shape => ({ multiple, value, fallen, ceiling: bound });
  if (goal.kind === "drawdown") return line(() => Number.POSITIVE_INFINITY, null);
  if (goal.kind === "balance") {
    const start = toNumber(measure.start);
    return line(
      (part) => (start + part * (target - start)) / equity,
      (m) => m * equity,
    );
  }
  if (goal.unit === "percent") {
    const base = goal.kind === "return" ? toNumber(state.period?.index ?? state.index) || 1 : 1;
    const grown = toNumber(state.index) / base;
    return line(
      (part) => (1 + (part * target) / 100) / Math.max(grown, 1e-9),
      (m) => (grown * m - 1) * 100,
    );
  }
  const earned = toNumber(measure.value ?? state.profit);
  return line(
    (part) => 1 + (part * target - earned) / equity,
    (m) => earned + equity * (m - 1),
  );
}

function changesOf(q: OddsQuestion, ahead: number, ask: Ask, chance: (a: PathAnswer) => number, shape: Shape): readonly OddsChange[] {
  const out: OddsChange[] = [
    { what: "twice the exposure", probability: chance(ask({ scale: 2 })) },
    { what: "half the exposure", probability: chance(ask({ scale: 0.5 })) },
  ];
  if (q.goal.kind === "drawdown") {
    const wider = shape.ceiling * 1.5;
    if (wider < 1) out.push({ what: "a ceiling half as high again", probability: chance(ask({ ceiling: wider })) });
    return out;
  }
  if (q.goal.deadline !== null && q.goal.period === null)
    out.push({ what: "twice the time that is left", probability: chance(ask({ ahead: ahead * 2 })) });
  out.push({ what: "three quarters of the target", probability: chance(ask({ target: shape.multiple(0.75) })) });
  return out;
}
