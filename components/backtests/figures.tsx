import { formatDecimal, formatPercent } from "@/components/format/decimal-text";
import { Return, Unknown } from "@/components/format/number";
import type { StatFigure } from "@/server/backtest";

/** A float of the statistics as decimal text, for the formatters. */
export const textOf = (x: number): string => {
  const text = x.toFixed(8);
  return /^-0\.?0*$/.test(text) ? "0" : text;
};

/** A ratio with two decimals, or a dash that says why there is none. */
export const Ratio = ({ figure }: { figure: StatFigure }) =>
  figure.value === null ? <Unknown reason={figure.reason} /> : <span className="num">{formatDecimal(textOf(figure.value), 2)}</span>;

/** A return as signed percent, or a dash that says why there is none. */
export const SignedReturn = ({ figure }: { figure: StatFigure | number }) => {
  if (typeof figure === "number") return <Return value={textOf(figure)} />;
  return figure.value === null ? <Unknown reason={figure.reason} /> : <Return value={textOf(figure.value)} />;
};

/** A share as percent without a sign. */
export const Share = ({ value, decimals = 2 }: { value: number; decimals?: number }) => (
  <span className="num">{formatPercent(textOf(value), decimals)}</span>
);

/** Drawdowns are neutral: a minus, no colour. */
export const Drawdown = ({ depth }: { depth: number }) => <span className="num">{depth === 0 ? "0.00 %" : `−${formatPercent(textOf(depth))}`}</span>;
