import { type Fixed, fixed, mul, roundTo, toText } from "@/server/shared";
import type { TurnInputs } from "../turn/core-types";
import { holdDecision } from "../turn/hold-decision";
import type { Decision } from "../turn/types";
import { windowSeries } from "../turn/window-series";
import type { RuleSetName } from "../types";
import { breakout } from "./breakout";
import { meanRevert } from "./mean-revert";
import { parseRuleParams } from "./rule-catalog";
import type { Rule, RuleSignal, SymbolView } from "./rule-view";
import { trendFollow } from "./trend-follow";

const RULES: Readonly<Record<RuleSetName, Rule | null>> = { "trend-follow": trendFollow, "mean-revert": meanRevert, breakout, hold: null };

/**
 * The decision of a rule set: exits first, then the strongest entry, else hold with what each symbol lacks. One order a tick.
 * Rules read the recorded windows and positions, never the strategy text. Pure: same inputs, same decision.
 */
export function decideByRules(inputs: TurnInputs): Decision {
  const { decider } = inputs.agent;
  if (decider.kind !== "rules") return holdDecision(inputs, "This agent's decisions are a model's, not a rule's.");
  const params = paramsOf(decider);
  const rule = RULES[decider.ruleSet as RuleSetName];
  if (!rule) return holdDecision(inputs, "This rule set never trades.");

  const signals = symbolsOf(inputs).map((symbol) => {
    const busy = inputs.account.openOrders.some((o) => o.symbol === symbol);
    const signal: RuleSignal = busy
      ? { action: "hold", strength: 0, reasoning: `${symbol}: an order is still open, wait for it.` }
      : rule(viewOf(inputs, symbol, params));
    return { symbol, signal };
  });
  return decisionFromSignals(inputs, signals, params);
}

/** What the signals of all symbols come to: exits first, then the strongest entry, sized; else hold. */
function decisionFromSignals(
  inputs: TurnInputs,
  signals: readonly { readonly symbol: string; readonly signal: RuleSignal }[],
  params: SymbolView["params"],
): Decision {
  const exit = signals.find((s) => s.signal.action === "close");
  if (exit) return { ...holdDecision(inputs, exit.signal.reasoning, exit.symbol), action: "close", confidence: confidenceOf(exit.signal) };
  const entries = signals.filter((s) => s.signal.action === "buy" && inputs.agent.symbols.includes(s.symbol));
  const entry = entries.sort((a, b) => b.signal.strength - a.signal.strength)[0];
  if (!entry) return holdDecision(inputs, signals.map((s) => s.signal.reasoning).join(" "), signals[0]?.symbol);

  // A percentage of equity, cut to whole cents: the exact amount the limits are then compared with.
  const share = fixed((params.sizePercent ?? 0).toFixed(4));
  const amount = entryAmount(fixed(inputs.account.equity), share);
  if (amount <= 0n) return holdDecision(inputs, `${entry.signal.reasoning} But there is no equity to trade with.`, entry.symbol);
  return {
    ...holdDecision(inputs, entry.signal.reasoning, entry.symbol),
    action: "buy",
    size: { unit: "quote", amount: toText(amount) },
    confidence: confidenceOf(entry.signal),
  };
}

/** So many percent of the equity, in whole cents. */
export const entryAmount = (equity: Fixed, percent: Fixed): Fixed => roundTo((mul(equity, percent, "down") / 100n) as Fixed, 2, "down");

const known = new WeakMap<object, SymbolView["params"]>();

/** Checked once per recorded configuration. */
function paramsOf(decider: Extract<TurnInputs["agent"]["decider"], { kind: "rules" }>): SymbolView["params"] {
  let params = known.get(decider);
  if (!params) {
    params = parseRuleParams(decider.ruleSet, decider.params);
    known.set(decider, params);
  }
  return params;
}

function symbolsOf(inputs: TurnInputs): readonly string[] {
  const held = inputs.account.positions.filter((p) => p.quantity !== "0").map((p) => p.symbol);
  return [...new Set([...inputs.agent.symbols, ...held])].filter((s) => inputs.windows[s] && inputs.instruments[s]);
}

function viewOf(inputs: TurnInputs, symbol: string, params: SymbolView["params"]): SymbolView {
  const position = inputs.account.positions.find((p) => p.symbol === symbol);
  const instrument = inputs.instruments[symbol];
  const quantity = position ? Number(position.quantity) : 0;
  // Dust below the venue's minimum cannot be sold: it does not count as a position.
  const worth = quantity * Number(inputs.prices[symbol]?.price ?? 0);
  return {
    symbol,
    series: windowSeries(inputs.windows[symbol] ?? []),
    decimals: Math.max((instrument?.tickSize.split(".")[1] ?? "").length, 2),
    holds: quantity > 0 && worth >= Number(instrument?.minNotional ?? 0) && quantity >= Number(instrument?.minQuantity ?? 0),
    entry: position ? Number(position.averageEntry) : 0,
    params,
  };
}

/** Rules have no opinion about their own odds: half, and up to 0.9 as the signal grows. Rounded, so that it is stable text. */
const confidenceOf = (signal: RuleSignal): number => Math.round(Math.min(0.5 + Math.max(signal.strength, 0) / 5, 0.9) * 100) / 100;
