import { atr, bollinger, rsi } from "@/server/market";
import { latest, param, type Rule, waiting } from "./rule-view";

/** Buys what has fallen unusually far, sells when it is back at its average, is overbought, or has fallen on. */
export const meanRevert: Rule = (view) => {
  const { series, symbol, decimals } = view;
  const period = param(view, "rsiPeriod");
  const strength = latest(rsi(series.close, period));
  const bandPeriod = param(view, "bandPeriod");
  const bands = bollinger(series.close, bandPeriod, param(view, "bandWidth"));
  const [lower, middle] = [latest(bands.lower), latest(bands.middle)];
  const range = latest(atr(series.high, series.low, series.close, 14));
  const close = latest(series.close);
  if (Number.isNaN(lower) || Number.isNaN(strength) || Number.isNaN(range))
    return waiting(`${symbol}: ${series.close.length} bars are too few for RSI ${period} and Bollinger ${bandPeriod}.`);
  const price = close.toFixed(decimals);
  const level = `RSI ${period} is ${strength.toFixed(1)}`;
  if (view.holds) {
    const stop = view.entry - param(view, "stopAtr") * range;
    const sell = param(view, "rsiSell");
    const why =
      close >= middle
        ? `the close ${price} is back at the middle band ${middle.toFixed(decimals)}`
        : strength > sell
          ? `${level}, above ${sell}`
          : close < stop
            ? `the close ${price} is ${param(view, "stopAtr")} ATR below the entry ${view.entry.toFixed(decimals)}`
            : null;
    return why
      ? { action: "close", strength: 1, reasoning: `${symbol}: ${why}: close.` }
      : waiting(`${symbol}: ${level}, the close ${price} is still below the middle band ${middle.toFixed(decimals)}: keep the position.`);
  }
  const buy = param(view, "rsiBuy");
  if (close < lower && strength < buy)
    return {
      action: "buy",
      strength: (buy - strength) / buy,
      reasoning: `${symbol}: the close ${price} is below the lower band ${lower.toFixed(decimals)} and ${level}, below ${buy}: buy.`,
    };
  return waiting(`${symbol}: ${level} and the close ${price} against the lower band ${lower.toFixed(decimals)}: not stretched enough.`);
};
