import { refuse } from "./refuse";

export type HeldQuantity = {
  readonly symbol: string;
  readonly quantity: number /** Usual volume a day, base units. */;
  readonly dailyVolume: number;
};

/** Days it takes to leave each position at a share of the volume, and the longest of them (0 when nothing is held). */
export type LiquidityHorizon = { readonly positions: readonly { readonly symbol: string; readonly days: number }[]; readonly days: number };

/**
 * Liquidity horizon: |quantity| / (participation × volume a day), in days. `participation` is the share of the volume that is taken without
 * moving the market much (0.1 = 10 %). Throws INVALID_PARTICIPATION, NOT_A_NUMBER, NO_VOLUME where a held market is not traded at all.
 */
export function liquidityHorizon(positions: readonly HeldQuantity[], participation: number): LiquidityHorizon {
  if (!(participation > 0 && participation <= 1))
    throw refuse("INVALID_PARTICIPATION", `the share of the volume must be above 0 and at most 1, not ${participation}`, "participation");
  const out = positions.map(({ symbol, quantity, dailyVolume }) => {
    if (!Number.isFinite(quantity)) throw refuse("NOT_A_NUMBER", `the quantity of ${symbol} must be a number, not ${quantity}`, symbol);
    if (!(Number.isFinite(dailyVolume) && dailyVolume >= 0))
      throw refuse("NOT_A_NUMBER", `the daily volume of ${symbol} must be a number from 0, not ${dailyVolume}`, symbol);
    if (quantity === 0) return { symbol, days: 0 };
    const days = Math.abs(quantity) / (participation * dailyVolume);
    if (!Number.isFinite(days)) throw refuse("NO_VOLUME", `${symbol} is held, but nothing of it is traded: it cannot be left in any time`, symbol);
    return { symbol, days };
  });
  return { positions: out, days: Math.max(0, ...out.map((p) => p.days)) };
}
