import { atr, ema, type Line } from "@/server/market";
import { latest, param, type Rule, waiting } from "./rule-view";

/** EMA cross with an ATR filter: in when fast − slow > entryAtr × ATR, out when fast < slow; in between nothing changes. */
export const trendFollow: Rule = (view) => {
  const { series, symbol, decimals } = view;
  const [fast, slow] = [param(view, "fast"), param(view, "slow")];
  const fastLine = ema(series.close, fast);
  const slowLine = ema(series.close, slow);
  const f = latest(fastLine);
  const s = latest(slowLine);
  const range = latest(atr(series.high, series.low, series.close, param(view, "atrPeriod")));
  if (Number.isNaN(s) || Number.isNaN(range)) return waiting(`${symbol}: ${series.close.length} bars are too few for EMA ${slow}.`);
  const gap = range > 0 ? (f - s) / range : 0;
  const needed = param(view, "entryAtr");
  const lines = `EMA ${fast} (${f.toFixed(decimals)})`;
  const slowText = `EMA ${slow} (${s.toFixed(decimals)})`;
  const since = barsSinceCross(fastLine, slowLine);
  const when = since === null ? "" : since === 0 ? " on this bar" : ` ${since} ${since === 1 ? "bar" : "bars"} ago`;
  if (view.holds) {
    return f < s
      ? { action: "close", strength: -gap, reasoning: `${symbol}: ${lines} crossed below ${slowText}${when}: the trend is over, close.` }
      : waiting(`${symbol}: ${lines} is above ${slowText} by ${gap.toFixed(2)} ATR: keep the position.`);
  }
  if (gap > needed)
    return {
      action: "buy",
      strength: gap,
      reasoning: `${symbol}: ${lines} crossed above ${slowText}${when} and leads by ${gap.toFixed(2)} ATR, more than the ${needed} needed: buy.`,
    };
  return waiting(
    `${symbol}: ${lines} is ${gap >= 0 ? "above" : "below"} ${slowText} by ${Math.abs(gap).toFixed(2)} ATR; a lead of more than ${needed} is needed.`,
  );
};

/** Bars since the averages last changed sides, null when that is before the window. */
function barsSinceCross(fast: Line, slow: Line): number | null {
  const side = latest(fast) >= latest(slow);
  for (let i = fast.length - 2; i >= 0; i--) {
    const [f, s] = [fast[i], slow[i]];
    if (f === undefined || s === undefined) return null;
    if (f >= s !== side) return fast.length - 2 - i;
  }
  return null;
}
