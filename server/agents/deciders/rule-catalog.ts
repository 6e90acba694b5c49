import { DomainError } from "@/server/shared";
import type { RuleSetName } from "../types";

export type RuleParam = {
  readonly name: string;
  readonly label: string;
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
};
export type RuleSetInfo = { readonly id: RuleSetName; readonly label: string; readonly description: string; readonly params: readonly RuleParam[] };

const whole = (name: string, label: string, value: number, min: number, max: number): RuleParam => ({
  name,
  label,
  default: value,
  min,
  max,
  step: 1,
});
const decimal = (name: string, label: string, value: number, min: number, max: number, step: number): RuleParam => ({
  name,
  label,
  default: value,
  min,
  max,
  step,
});
const SIZE = decimal("sizePercent", "Position size, % of equity", 30, 1, 90, 1);
const NOT_TEXT = "A fixed rule, not a language model: it does not read the strategy text.";

/** The rule sets there are, with every parameter and its bounds. Periods count bars of the agent's bar interval. */
export const RULE_CATALOG: readonly RuleSetInfo[] = [
  {
    id: "trend-follow",
    label: "Trend following",
    description: `Buys when the fast average is above the slow one by a part of the usual range (ATR), sells when it falls below. ${NOT_TEXT}`,
    params: [
      whole("fast", "Fast EMA, bars", 12, 2, 100),
      whole("slow", "Slow EMA, bars", 48, 5, 190),
      whole("atrPeriod", "ATR, bars", 14, 2, 100),
      decimal("entryAtr", "Gap to enter, × ATR", 0.5, 0, 5, 0.1),
      SIZE,
    ],
  },
  {
    id: "mean-revert",
    label: "Mean reversion",
    description: `Buys below the lower Bollinger band when RSI is low, sells at the middle band, at a high RSI, or some ATR below entry. ${NOT_TEXT}`,
    params: [
      whole("rsiPeriod", "RSI, bars", 14, 2, 100),
      decimal("rsiBuy", "RSI to buy below", 30, 1, 50, 1),
      decimal("rsiSell", "RSI to sell above", 60, 50, 99, 1),
      whole("bandPeriod", "Bollinger, bars", 20, 5, 190),
      decimal("bandWidth", "Bollinger width, deviations", 2, 0.5, 4, 0.1),
      decimal("stopAtr", "Give up below entry, × ATR 14", 4, 1, 20, 0.5),
      SIZE,
    ],
  },
  {
    id: "breakout",
    label: "Breakout",
    description: `Buys when a bar closes above the highest high of the channel, sells when one closes below the lowest low of a shorter channel. ${NOT_TEXT}`,
    params: [whole("entryBars", "Entry channel, bars", 48, 5, 190), whole("exitBars", "Exit channel, bars", 24, 3, 190), SIZE],
  },
  { id: "hold", label: "Hold", description: `Never trades: a control to compare the others with. ${NOT_TEXT}`, params: [] },
];

/**
 * Every parameter of a rule set, defaults filled in.
 * Throws UNKNOWN_RULE_SET, UNKNOWN_RULE_PARAMETER and RULE_PARAMETER_OUT_OF_RANGE, naming the field.
 */
export function parseRuleParams(ruleSet: string, given: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const info = RULE_CATALOG.find((r) => r.id === ruleSet);
  if (!info) throw new DomainError("UNKNOWN_RULE_SET", `there is no rule set called "${ruleSet.slice(0, 60)}"`, { field: "decider.ruleSet" });
  const names = info.params.map((p) => p.name);
  for (const name of Object.keys(given)) {
    if (!names.includes(name)) {
      const has = names.length ? `it has ${names.join(", ")}` : "it has none";
      throw new DomainError("UNKNOWN_RULE_PARAMETER", `${info.label} has no parameter "${name.slice(0, 60)}"; ${has}`, {
        field: `decider.params.${name}`,
      });
    }
  }
  const values: Record<string, number> = {};
  for (const p of info.params) {
    const value = Object.hasOwn(given, p.name) ? (given[p.name] as number) : p.default;
    const whole = p.step !== 1 || Number.isInteger(value);
    if (!Number.isFinite(value) || value < p.min || value > p.max || !whole)
      throw new DomainError("RULE_PARAMETER_OUT_OF_RANGE", `${p.label} must be ${p.step === 1 ? "a whole number " : ""}from ${p.min} to ${p.max}`, {
        field: `decider.params.${p.name}`,
      });
    values[p.name] = value;
  }
  const crossed = (low: string, high: string) => values[low] !== undefined && values[high] !== undefined && values[low] >= values[high];
  if (crossed("fast", "slow"))
    throw new DomainError("RULE_PARAMETER_OUT_OF_RANGE", "the fast average must be shorter than the slow one", { field: "decider.params.fast" });
  return values;
}
