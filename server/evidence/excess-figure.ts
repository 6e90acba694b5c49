import { DomainError } from "@/server/shared";
import { exposureMatched, type PeriodRecord } from "./exposure-matched";
import { returnMoments } from "./return-moments";
import { FEWEST_PERIODS } from "./score-record";

/** The same figure as an agent's score is made from, of a trial: the yearly Sharpe ratio of its excess over the exposure-matched hold; null where there is too little to say, or it never held anything. */
export function excessFigure(record: PeriodRecord, periodsPerYear: number): { readonly yearlySharpe: number; readonly periods: number } | null {
  try {
    const { sharpe, count } = returnMoments(exposureMatched(record).excess, FEWEST_PERIODS);
    return { yearlySharpe: sharpe * Math.sqrt(periodsPerYear), periods: count };
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}
