import { formatPercent, isDecimal } from "@/components/format/decimal-text";
import type { BreakerView } from "@/server/api/contract/risk";

type Words = { readonly name: string; readonly says: string };

/** Names of the breakers, and what each watches. */
export const BREAKER_WORDS: Readonly<Record<BreakerView["kind"], Words>> = {
  drawdown: { name: "Drawdown", says: "fall of the equity from its high in the window" },
  volatility: { name: "Volatility", says: "realised volatility of a day, of the most restless market" },
  "venue-divergence": { name: "Venues apart", says: "how far two venues' prices of one symbol are apart" },
  "stale-data": { name: "Stale prices", says: "age of the oldest last price, in bars" },
  "model-failures": { name: "Model failures", says: "share of decisions that the model failed" },
};

export const STEP_WORDS: Readonly<Record<BreakerView["setting"]["upTo"], string>> = {
  alert: "only tells",
  reduce: "may reduce",
  halt: "may halt",
  flatten: "may halt and sell",
};

export const STATUS_WORDS: Readonly<Record<BreakerView["status"], { readonly word: string; readonly dot: string }>> = {
  clear: { word: "Armed", dot: "on" },
  breached: { word: "Breached", dot: "halt" },
  cooling: { word: "Cooling", dot: "cool" },
  unknown: { word: "Not known", dot: "off" },
  off: { word: "Off", dot: "off" },
};

export const METHOD_WORDS = {
  historical: { name: "Historical", says: "what today's holdings would have lost in the past returns" },
  gaussian: { name: "Gaussian", says: "as if returns were normal" },
  modified: { name: "Cornish–Fisher", says: "normal, corrected for skewness and fat tails" },
  "monte-carlo": { name: "Monte Carlo", says: "correlated normal draws from a fixed seed" },
} as const;
export type Method = keyof typeof METHOD_WORDS;

/** A number that is a share, as percent with two decimals. */
export const shareText = (share: number, decimals = 2): string => formatPercent(share.toFixed(12), decimals);

/** A breaker's exact figure as people read it. */
export function breakerFigure(unit: BreakerView["unit"], value: string | null): string {
  if (value === null || !isDecimal(value)) return "not known";
  return unit === "bars" ? `${Number(value).toFixed(1)} bars` : formatPercent(value);
}
/** Why a veto has no figure. */
export const VETO_NOTES: Readonly<Record<string, string>> = {
  impossible: "nothing more was possible: no money, or nothing held",
  "below-minimum": "the venue would not have taken it",
  "no-fill": "the market never reached its limit",
  "no-bars": "no price came after the tick",
  "no-price": "no price at the settlement",
};
