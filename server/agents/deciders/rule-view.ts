import type { Line } from "@/server/market";
import type { Series } from "../turn/window-series";

/** What a rule sees of one symbol. Floats: rules reason with statistics, amounts are made exact afterwards. */
export type SymbolView = {
  readonly symbol: string;
  readonly series: Series;
  /** Digits after the point that its prices are shown with. */
  readonly decimals: number;
  /** Whether a position worth trading is held, and its average entry. */
  readonly holds: boolean;
  readonly entry: number;
  readonly params: Readonly<Record<string, number>>;
};

/** What a rule wants for one symbol. `strength` ranks entries of several symbols against each other. */
export type RuleSignal = { readonly action: "buy" | "close" | "hold"; readonly strength: number; readonly reasoning: string };

export type Rule = (view: SymbolView) => RuleSignal;

/** A parameter's value; the catalog has filled in and checked them all. */
export function param(view: SymbolView, name: string): number {
  const value = view.params[name];
  if (value === undefined) throw new RangeError(`rule parameter ${name} is missing`);
  return value;
}

export const waiting = (reasoning: string): RuleSignal => ({ action: "hold", strength: 0, reasoning });
/** The last value, NaN when there is none yet. */
export const latest = (line: Line): number => line.at(-1) ?? Number.NaN;
