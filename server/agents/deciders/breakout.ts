import { latest, param, type Rule, waiting } from "./rule-view";

/** Donchian channels: the bar that just closed is compared with the bars before it. */
export const breakout: Rule = (view) => {
  const { series, symbol, decimals } = view;
  const [entryBars, exitBars] = [param(view, "entryBars"), param(view, "exitBars")];
  if (series.close.length <= Math.max(entryBars, exitBars))
    return waiting(`${symbol}: ${series.close.length} bars are too few for a channel of ${Math.max(entryBars, exitBars)}.`);
  const close = latest(series.close);
  const price = close.toFixed(decimals);
  if (view.holds) {
    const floor = Math.min(...series.low.slice(-exitBars - 1, -1));
    return close < floor
      ? {
          action: "close",
          strength: 1,
          reasoning: `${symbol}: the close ${price} is below the ${exitBars}-bar low ${floor.toFixed(decimals)}: close.`,
        }
      : waiting(`${symbol}: the close ${price} holds above the ${exitBars}-bar low ${floor.toFixed(decimals)}: keep the position.`);
  }
  const ceiling = Math.max(...series.high.slice(-entryBars - 1, -1));
  if (close > ceiling)
    return {
      action: "buy",
      strength: close / ceiling - 1,
      reasoning: `${symbol}: the close ${price} broke above the ${entryBars}-bar high ${ceiling.toFixed(decimals)}: buy.`,
    };
  return waiting(`${symbol}: the close ${price} is within the ${entryBars}-bar channel, its high is ${ceiling.toFixed(decimals)}.`);
};
