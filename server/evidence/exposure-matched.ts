import { DomainError } from "@/server/shared";
import { checkReturns } from "./check-returns";

/** What an agent did, period by period, oldest first. All columns have the same length. */
export type PeriodRecord = {
  readonly symbols: readonly string[];
  /** Per symbol and period: value of the position over equity, averaged over the period's time. */
  readonly exposure: readonly ArrayLike<number>[];
  /** Per symbol and period: change of the price over the price at the period's start. */
  readonly prices: readonly ArrayLike<number>[];
  /** Per period: profit after all costs over equity at the period's start. */
  readonly result: ArrayLike<number>;
};

export type MatchedExcess = {
  /** Average exposure per symbol: what the matched hold holds. */
  readonly average: readonly number[];
  /** Returns of the matched hold per period. */
  readonly hold: Float64Array;
  /** The agent's returns less those of the matched hold. */
  readonly excess: Float64Array;
};

/**
 * The agent's returns less those of a hold with the same average exposure to the same symbols over the same time:
 *
 *   eₜ = Rₜ − Σᵢ w̄ᵢₜ·rᵢₜ,   w̄ᵢₜ = the mean of wᵢ over all periods but the 2⌈√T⌉ that follow t.
 *
 * With Rₜ = Σᵢ wᵢₜ·rᵢₜ − cₜ this is Σᵢ (wᵢₜ − w̄ᵢₜ)·rᵢₜ − cₜ: its sum is T times the covariance of exposure and return, less costs. A
 * drift of the market cancels whatever the exposure, so being long in a rising market earns nothing; being long when it rises more does.
 * The average is taken because a hold whose exposure varied with the agent's would be the agent: its excess would be minus its costs,
 * always. The periods right after t are left out because an agent may have answered to rₜ in them: a buyer of dips is in after falls, so the
 * plain mean would know of the fall, and an agent without skill would gain by it. The hold pays no fees, which is against the agent by
 * one entry. Throws MISALIGNED_SERIES, NOT_A_NUMBER, TOO_FEW_RETURNS.
 */
export function exposureMatched(record: PeriodRecord): MatchedExcess {
  const { symbols, exposure, prices, result } = record;
  checkReturns(result, 2, "result");
  const count = result.length;
  if (exposure.length !== symbols.length || prices.length !== symbols.length)
    throw new DomainError("MISALIGNED_SERIES", "each symbol needs its exposure and its prices", { field: "symbols" });
  const answering = Math.min(2 * Math.ceil(Math.sqrt(count)), Math.floor(count / 2));
  const hold = new Float64Array(count);
  const average = symbols.map((symbol, i) => {
    const [w, r] = [exposure[i] as ArrayLike<number>, prices[i] as ArrayLike<number>];
    for (const [field, column] of [["exposure", w] as const, ["prices", r] as const]) {
      if (column.length !== count)
        throw new DomainError("MISALIGNED_SERIES", `${symbol} has ${column.length} of ${count} periods`, { field: `${field}.${symbol}` });
      checkReturns(column, 2, `${field}.${symbol}`);
    }
    const upTo = new Float64Array(count + 1);
    for (let t = 0; t < count; t++) upTo[t + 1] = (upTo[t] as number) + (w[t] as number);
    const sum = upTo[count] as number;
    for (let t = 0; t < count; t++) {
      const end = Math.min(count, t + 1 + answering);
      const answers = (upTo[end] as number) - (upTo[t + 1] as number);
      hold[t] = (hold[t] as number) + ((sum - answers) / (count - (end - t - 1))) * (r[t] as number);
    }
    return sum / count;
  });
  const excess = new Float64Array(count);
  for (let t = 0; t < count; t++) excess[t] = (result[t] as number) - (hold[t] as number);
  return { average, hold, excess };
}
