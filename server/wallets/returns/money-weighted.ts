import { DAY_MS, DomainError, type Fixed, toNumber } from "@/server/shared";

export type DatedFlow = { readonly at: number; readonly flow: Fixed };

const YEAR_DAYS = 365;
const LOWEST = -0.999999;
const HIGHEST = 1e6;

/**
 * Money-weighted return a year (XIRR, 365 days): the rate at which money in, money out and what is left balance. `flows` = into the wallet
 * positive, out of it negative. Throws MONEY_RETURN_UNDEFINED with the reason when no rate does, or several might.
 */
export function moneyWeightedReturn(flows: readonly DatedFlow[], equityNow: Fixed, now: number): number {
  const first = flows[0]?.at;
  if (first === undefined) throw undefinedReturn("no money has come in yet");
  // From the owner's side: what goes in is paid, what comes out or is left is received.
  const paid = [
    ...flows.map((f) => ({ years: (f.at - first) / DAY_MS / YEAR_DAYS, amount: -toNumber(f.flow) })),
    { years: (now - first) / DAY_MS / YEAR_DAYS, amount: toNumber(equityNow) },
  ];
  if (!paid.some((p) => p.amount > 0)) throw undefinedReturn("everything is lost, or nothing came back yet");
  if (!paid.some((p) => p.amount < 0)) throw undefinedReturn("nothing was paid in");
  if (paid.every((p) => p.years === paid[0]?.years)) throw undefinedReturn("no time has passed");
  const value = (rate: number) => paid.reduce((s, p) => s + p.amount / (1 + rate) ** p.years, 0);
  const roots = bracketsOf(value);
  if (roots.length === 0) throw undefinedReturn("no yearly rate makes these flows balance");
  if (roots.length > 1) throw undefinedReturn("more than one yearly rate makes these flows balance");
  return bisect(value, roots[0] as [number, number]);
}

/** Where the value changes sign, looked for on a grid that is fine near zero. */
function bracketsOf(value: (rate: number) => number): [number, number][] {
  const grid: number[] = [];
  for (let i = 0; i <= 400; i++) grid.push(LOWEST + (1 - 1e-9) * (i / 400) ** 2 * 1);
  for (let rate = 0.0025; rate < HIGHEST; rate *= 1.05) grid.push(rate);
  grid.push(HIGHEST);
  const points = [...new Set(grid)].sort((a, b) => a - b);
  const found: [number, number][] = [];
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1] as number, points[i] as number];
    const [va, vb] = [value(a), value(b)];
    if (!Number.isFinite(va) || !Number.isFinite(vb)) continue;
    if (va === 0) found.push([a, a]);
    else if (va < 0 !== vb < 0 && vb !== 0) found.push([a, b]);
  }
  return found;
}

function bisect(value: (rate: number) => number, [from, to]: readonly [number, number]): number {
  let [a, b] = [from, to];
  const below = value(a) < 0;
  for (let i = 0; i < 200 && b - a > 1e-15 * Math.max(1, Math.abs(a)); i++) {
    const middle = (a + b) / 2;
    if (value(middle) < 0 === below) a = middle;
    else b = middle;
  }
  return (a + b) / 2;
}

const undefinedReturn = (why: string): DomainError =>
  new DomainError("MONEY_RETURN_UNDEFINED", `There is no money-weighted return: ${why}.`, { kind: "conflict", data: { why } });
