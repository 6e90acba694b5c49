import type { TradeRow, TradeStats } from "./backtest-result";
import { known, missing } from "./stat-figure";

/** Figures over the closed trades; money is compared exactly as text says, ratios are floats. */
export function tradeStats(trades: readonly TradeRow[]): TradeStats {
  const closed = trades.filter((t) => t.closedAt !== null);
  const none = closed.length === 0 ? missing("not defined: no trade was closed") : null;
  const [gains, losses] = [closed.filter((t) => Number(t.pnl) > 0), closed.filter((t) => Number(t.pnl) < 0)];
  const total = (rows: readonly TradeRow[]): number => rows.reduce((s, t) => s + Number(t.pnl), 0);
  const returns = closed.map((t) => t.return);
  const mean = (xs: readonly number[]): number => xs.reduce((s, x) => s + x, 0) / xs.length;
  return {
    closed: closed.length,
    open: trades.length - closed.length,
    winners: gains.length,
    losers: losses.length,
    winRate: none ?? known(gains.length / closed.length),
    profitFactor: none ?? (losses.length === 0 ? missing("not defined: no trade lost") : known(total(gains) / -total(losses))),
    averageReturn: none ?? known(mean(returns)),
    best: none ?? known(returns.reduce((a, b) => Math.max(a, b))),
    worst: none ?? known(returns.reduce((a, b) => Math.min(a, b))),
    averageHoldMs: none ?? known(mean(closed.map((t) => (t.closedAt ?? t.openedAt) - t.openedAt))),
  };
}
