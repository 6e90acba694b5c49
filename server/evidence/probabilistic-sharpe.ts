import { normalProbability, normalQuantile } from "@/server/risk";
import { DomainError } from "@/server/shared";

/** A measured Sharpe ratio and what its error depends on. Ratios are per period, not annualised. */
export type SharpeEstimate = {
  readonly sharpe: number;
  /** Periods it was measured over; fewer than were seen when they depend on each other. */
  readonly count: number;
  readonly skew: number;
  readonly kurtosis: number;
};

/**
 * Probabilistic Sharpe ratio: how probable it is that the true ratio is above `benchmark`,
 * PSR(SR*) = Φ[(SR − SR*)·√(T − 1) / √(1 − γ₃·SR + (γ₄ − 1)/4·SR²)].
 * Bailey and López de Prado, The Sharpe Ratio Efficient Frontier, Journal of Risk 15(2), 2012, eq. 9.
 * Throws TOO_FEW_RETURNS, NOT_A_NUMBER, INVALID_MOMENTS.
 */
export function probabilisticSharpe(estimate: SharpeEstimate, benchmark = 0): number {
  return normalProbability(sharpeDeviate(estimate, benchmark));
}

/** How many of its own standard errors the ratio is above `benchmark`: the argument of Φ in the formula above. */
export function sharpeDeviate(estimate: SharpeEstimate, benchmark: number): number {
  return ((estimate.sharpe - finite(benchmark, "benchmark")) * Math.sqrt(estimate.count - 1)) / Math.sqrt(spread(estimate));
}

/**
 * Minimum track record length: periods until the ratio is above `benchmark` with the given confidence,
 * MinTRL = 1 + [1 − γ₃·SR + (γ₄ − 1)/4·SR²]·(z / (SR − SR*))², z = Φ⁻¹(confidence). Same paper, eq. 11.
 * Null when the measured ratio is not above the benchmark: no length of the same record would do.
 */
export function minTrackRecord(estimate: SharpeEstimate, benchmark: number, confidence: number): number | null {
  if (!(confidence > 0.5 && confidence < 1))
    throw new DomainError("INVALID_PROBABILITY", `a confidence must lie above one half and below 1, not ${String(confidence)}`, {
      field: "confidence",
    });
  const variance = spread(estimate);
  const above = estimate.sharpe - finite(benchmark, "benchmark");
  if (above <= 0) return null;
  const length = 1 + variance * (normalQuantile(confidence) / above) ** 2;
  return Number.isFinite(length) ? length : null;
}

/** T times the squared error of a measured ratio (Mertens 2002), after the inputs were checked. */
function spread({ sharpe, count, skew, kurtosis }: SharpeEstimate): number {
  for (const [field, value] of Object.entries({ sharpe, count, skew, kurtosis })) finite(value, field);
  if (count < 2) throw new DomainError("TOO_FEW_RETURNS", `${count} of at least 2 periods`, { field: "count", data: { has: count, needs: 2 } });
  // Pearson's inequality: no distribution has a smaller kurtosis. Rounding gets a little room.
  if (kurtosis < 1 + skew * skew - 1e-6)
    throw new DomainError("INVALID_MOMENTS", `no series has a skewness of ${skew} and a kurtosis of ${kurtosis}`, { field: "kurtosis" });
  // Above zero for all such moments: its discriminant γ₃² − (γ₄ − 1) is negative. At the boundary it may touch zero.
  return Math.max(1 - skew * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe, 1e-12);
}

function finite(value: number, field: string): number {
  if (Number.isFinite(value) && Math.abs(value) < 1e12) return value;
  throw new DomainError("NOT_A_NUMBER", `${field} must be a number, not ${String(value)}`, { field });
}
