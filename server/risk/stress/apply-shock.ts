import { moments } from "../portfolio/moments";
import { normalQuantile } from "../portfolio/normal";
import { portfolioReturns } from "../portfolio/portfolio-returns";
import { refuse } from "../portfolio/refuse";
import type { ReturnMatrix } from "../portfolio/return-matrix";
import { applyChanges } from "./apply-changes";
import type { StressShock } from "./stress-shock";
import type { StressPosition, StressResult } from "./types";

/**
 * What a shock does to each position. Shocks of volatility and correlation need the markets' returns and answer a loss at their confidence, as
 * the sum of components. Throws NO_POSITIONS, NOT_A_NUMBER, UNKNOWN_SYMBOL, NOT_HELD (the shock is about nothing that is held: its zero would
 * say nothing), RETURNS_MISSING (naming the market), ZERO_VARIANCE.
 */
export function applyShock(positions: readonly StressPosition[], shock: StressShock, returns?: ReturnMatrix): StressResult {
  switch (shock.kind) {
    case "price": {
      const named = shock.symbols && new Set(shock.symbols);
      for (const symbol of named ?? []) held(positions, (p) => p.symbol === symbol, symbol);
      const label = `${percent(shock.change)} on ${shock.symbols?.join(", ") ?? "all markets"}`;
      return applyChanges(label, positions, ({ symbol, value }) => ((named ? named.has(symbol) : symbol.includes("/")) ? value * shock.change : 0));
    }
    case "depeg": {
      const of = (p: StressPosition): boolean => p.symbol.split("/")[0] === shock.currency;
      held(positions, of, shock.currency);
      return applyChanges(`${shock.currency} at ${shock.price}`, positions, (p) => (of(p) ? p.value * (shock.price - 1) : 0));
    }
    case "venue-down": {
      held(positions, (p) => p.venue === shock.venue, shock.venue);
      const lost = ({ value, symbol }: StressPosition): number => {
        const moved = symbol.includes("/") ? value * shock.change : 0;
        return moved - Math.abs(value + moved) * (1 - shock.recovery);
      };
      return applyChanges(`${shock.venue} down, ${percent(shock.recovery)} comes back`, positions, (p) => (p.venue === shock.venue ? lost(p) : 0));
    }
    default:
      return lossAtConfidence(positions, shock, returns);
  }
}

const percent = (x: number): string => `${Number((100 * x).toPrecision(12))} %`;

function held(positions: readonly StressPosition[], matches: (p: StressPosition) => boolean, what: string): void {
  if (positions.length > 0 && !positions.some(matches)) throw refuse("NOT_HELD", `nothing of ${what} is held, so the shock would do nothing`, what);
}

type Dispersed = Extract<StressShock, { kind: "volatility" | "correlation-to-one" }>;

/** Loss of a portfolio without drift: quantile × √steps × factor × deviation, split by each position's share in the deviation. */
function lossAtConfidence(positions: readonly StressPosition[], shock: Dispersed, returns: ReturnMatrix | undefined): StressResult {
  const markets = positions.filter((p) => p.symbol.includes("/"));
  if (markets.length === 0) throw refuse("NO_POSITIONS", "no market is held, so there is no volatility to stress", "positions");
  const columns = markets.map(({ symbol }) => {
    const column = returns?.columns[returns.symbols.indexOf(symbol)];
    if (!column) throw refuse("RETURNS_MISSING", `${symbol} is held, but no returns of it were given`, symbol);
    return column;
  });
  const matrix: ReturnMatrix = { symbols: markets.map((p) => p.symbol), count: returns?.count ?? 0, columns };
  const scale = markets.reduce((sum, p) => sum + Math.abs(p.value), 0);
  const portfolio = portfolioReturns(
    matrix,
    markets.map((p) => p.value / scale),
  );
  const reach = -normalQuantile(1 - shock.confidence) * Math.sqrt(shock.steps) * shock.factor;
  const deviations = columns.map((column) => moments(column).deviation);
  const together = markets.reduce((sum, p, i) => sum + p.value * (deviations[i] as number), 0);
  const whole = moments(portfolio);
  if (!(whole.deviation > 0))
    throw refuse("ZERO_VARIANCE", "the portfolio's value never moved in this period: there is no volatility to stress", "returns");
  const share = (i: number): number => {
    const deviation = deviations[i] as number;
    // All as one: every market falls together, or rises, whichever is the portfolio's worse side.
    return shock.kind === "correlation-to-one"
      ? Math.sign(together) * deviation
      : covarianceWith(columns[i] as Float64Array, portfolio, whole.mean) / whole.deviation;
  };
  const label = shock.kind === "volatility" ? `volatility × ${shock.factor}` : `all correlations one, volatility × ${shock.factor}`;
  return applyChanges(label, positions, (p) => {
    const i = markets.indexOf(p);
    return i < 0 ? 0 : -p.value * reach * share(i);
  });
}

/** Population covariance with a column whose mean is known. */
function covarianceWith(column: Float64Array, other: Float64Array, mean: number): number {
  let sum = 0;
  for (let t = 0; t < column.length; t++) sum += (column[t] as number) * ((other[t] as number) - mean);
  return sum / column.length;
}
