import { DAY_MS, toNumber } from "@/server/shared";
import { FEWEST_TRADES } from "./measure-goal";
import { type GoalOdds, methodWords, type OddsQuestion } from "./odds-types";
import { FEWEST_RETURNS, type RegularReturns } from "./regular-returns";
import { simulateSums } from "./simulate-paths";

const YEAR_MS = 365 * DAY_MS;
type Range = { readonly ahead: number; readonly until: number; readonly seed: number; readonly paths: number };

/** Odds of goals that count something (round trips, traded money) or compare mean and deviation, rather than follow the equity. */
export function oddsOfSums(q: OddsQuestion, grid: RegularReturns, range: Range): GoalOdds {
  if (q.goal.kind === "win-rate") return winRate(q, range);
  if (q.goal.kind === "volume") return volume(q, range);
  return sharpe(q, grid, range);
}

/** Sharpe ratio a year of returns that are `periodMs` apart, from their sum and sum of squares; null when they do not move. */
export function yearlySharpe(sum: number, squares: number, count: number, periodMs: number): number | null {
  if (count < 2) return null;
  const mean = sum / count;
  const variance = (squares - count * mean * mean) / (count - 1);
  return variance > 1e-12 * (squares / count) ? (mean / Math.sqrt(variance)) * Math.sqrt(YEAR_MS / periodMs) : null;
}

const answer = (
  q: OddsQuestion,
  r: Range,
  what: { readonly has: number; readonly period: string; readonly method: string },
  chance: (ahead: number, part: number) => number,
): GoalOdds => ({
  known: true,
  probability: q.measure.reached ? 1 : chance(r.ahead, 1),
  withCeiling: null,
  returns: what.has,
  period: what.period,
  paths: r.paths,
  until: r.until,
  ownEnd: q.measure.until !== null,
  method: what.method,
  band: null,
  changes: q.measure.reached
    ? []
    : [
        ...(q.goal.deadline === null ? [] : [{ what: "twice the time that is left", probability: chance(r.ahead * 2, 1) }]),
        { what: "three quarters of the target", probability: chance(r.ahead, 0.75) },
      ],
});

function winRate(q: OddsQuestion, r: Range): GoalOdds {
  const { trades, figures, goal } = q;
  const has = trades.length;
  if (has < FEWEST_TRADES) return missing(has, FEWEST_TRADES, "round trips");
  const span = Math.max((trades.at(-1)?.at ?? 0) - (trades[0]?.at ?? 0), 1);
  const values = trades.map((t) => (t.profit > 0n ? 1 : 0));
  const target = toNumber(goal.target) / 100;
  return answer(q, r, { has, period: "round trip", method: methodWords(has, { period: "1h" }, r.paths, "round trips") }, (ahead, part) => {
    // As many as there were in as much time before, and enough to be counted at all.
    const steps = Math.max(1, Math.round((has / span) * ahead), FEWEST_TRADES - figures.trades);
    return simulateSums({
      values,
      steps,
      paths: r.paths,
      seed: r.seed,
      enough: (wins) => (figures.wins + wins) / (figures.trades + steps) >= target * part,
    });
  });
}

function volume(q: OddsQuestion, r: Range): GoalOdds {
  const { volumes, measure, goal } = q;
  const first = volumes[0]?.at ?? measure.at;
  const periodMs = r.ahead > 100 * DAY_MS ? DAY_MS : 3_600_000;
  const has = Math.floor((measure.at - first) / periodMs);
  if (has < FEWEST_RETURNS) return missing(Math.max(has, 0), FEWEST_RETURNS, periodMs === DAY_MS ? "days of trading" : "hours of trading");
  const values = new Array<number>(has).fill(0);
  for (const v of volumes) {
    const place = Math.floor((v.at - first) / periodMs);
    if (place >= 0 && place < has) values[place] = (values[place] as number) + toNumber(v.notional);
  }
  const [soFar, target] = [toNumber(measure.value ?? (0n as typeof goal.target)), toNumber(goal.target)];
  const period = periodMs === DAY_MS ? "days" : "hours";
  return answer(q, r, { has, period, method: methodWords(has, { period: "1h" }, r.paths, `${period} of trading`) }, (ahead, part) =>
    simulateSums({
      values,
      steps: Math.max(1, Math.ceil(ahead / periodMs)),
      paths: r.paths,
      seed: r.seed,
      enough: (more) => soFar + more >= target * part,
    }),
  );
}

function sharpe(q: OddsQuestion, grid: RegularReturns, r: Range): GoalOdds {
  const has = grid.returns.length;
  if (has < FEWEST_RETURNS) return missing(has, FEWEST_RETURNS, `returns (of ${grid.period})`);
  let [sum, squares] = [0, 0];
  for (const x of grid.returns) {
    sum += x;
    squares += x * x;
  }
  const target = toNumber(q.goal.target);
  return answer(q, r, { has, period: grid.period, method: methodWords(has, grid, r.paths) }, (ahead, part) => {
    const steps = Math.max(1, Math.ceil(ahead / grid.periodMs));
    return simulateSums({
      values: grid.returns,
      steps,
      paths: r.paths,
      seed: r.seed,
      enough: (s, s2) => (yearlySharpe(sum + s, squares + s2, has + steps, grid.periodMs) ?? Number.NEGATIVE_INFINITY) >= target * part,
    });
  });
}

const missing = (has: number, needs: number, what: string): GoalOdds => ({
  known: false,
  has,
  needs,
  reason: `Too little record: ${has} of at least ${needs} ${what}; ${needs - has} are missing.`,
});
