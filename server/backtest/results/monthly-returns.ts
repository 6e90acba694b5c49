/** One calendar month (UTC): the change of the equity and of buy-and-hold since the end of the month before, as fractions. */
export type MonthlyReturn = { readonly year: number; readonly month: number; readonly strategy: number; readonly hold: number };

/** Months in which there is at least one point; the first and the last may be cut short. `month` counts from 1. */
export function monthlyReturns(equity: Float64Array, hold: Float64Array, atOf: (i: number) => number): readonly MonthlyReturn[] {
  const months: MonthlyReturn[] = [];
  let start = 0;
  let [year, month] = monthOf(atOf(0));
  let ends = Date.UTC(year, month, 1);
  const close = (end: number): void => {
    const change = (c: Float64Array): number => ((c[start] as number) > 0 ? (c[end] as number) / (c[start] as number) - 1 : 0);
    if (end > start) months.push({ year, month, strategy: change(equity), hold: change(hold) });
    start = end;
  };
  for (let i = 1; i < equity.length; i++) {
    if (atOf(i) < ends) continue;
    // The point that stands at a month's first instant is the end of the month before.
    close(i);
    [year, month] = monthOf(atOf(i));
    ends = Date.UTC(year, month, 1);
  }
  close(equity.length - 1);
  return months;
}

function monthOf(at: number): readonly [number, number] {
  const date = new Date(at);
  return [date.getUTCFullYear(), date.getUTCMonth() + 1];
}
