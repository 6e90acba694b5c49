import { type Fixed, fixed, fixedInt, mul, toFixedText } from "@/server/shared";
import { BREAKER_UNITS, type BreakerKind, type BreakerSetting } from "./breakers";
import type { BreakerFigure } from "./types";

const HUNDRED = fixedInt(100);

/** A breaker's figure as people read it: percent, or bars. */
export function figureText(kind: BreakerKind, value: string): string {
  const exact: Fixed = fixed(value);
  return BREAKER_UNITS[kind] === "bars" ? `${toFixedText(exact, 1)} bars` : `${toFixedText(mul(exact, HUNDRED, "half-even"), 2)} %`;
}

const WHAT: Readonly<Record<BreakerKind, string>> = {
  drawdown: "equity is below its high by",
  volatility: "the realised volatility of a day is",
  "venue-divergence": "prices of two venues are apart by",
  "stale-data": "the last price is old by",
  "model-failures": "the share of decisions the model failed is",
};

/** The breaker's figure beside its threshold, as one sentence without a full stop. */
export function breakerWords(kind: BreakerKind, figure: BreakerFigure, setting: BreakerSetting): string {
  const where = figure.symbol === null ? "" : `${figure.symbol}: `;
  const value = figure.value === null ? "unknown" : figureText(kind, figure.value);
  return `${where}${WHAT[kind]} ${value}, the threshold is ${figureText(kind, setting.threshold)}`;
}
