import { entryAmount, parseRuleParams } from "@/server/agents";
import type { Candle } from "@/server/market";
import { INTERVAL_MS } from "@/server/market";
import { type Fixed, fixed, mul, ONE, roundToStep } from "@/server/shared";
import { fillAmounts, type Instrument, marketPrice, type PaperRules, reserveFor, VOLUME_LOOK_BACK } from "@/server/trading";
import { isAnySet, limitsAnywhere } from "../limits-above";
import { SURE_ENTER, SURE_EXIT } from "../screens/screen";
import type { LeanAccount } from "./lean-account";
import type { RunFill, RunOptions } from "./run-types";

/** An agent with one symbol and no limits, of its own or above it. */
export type PlainAgent = {
  readonly instrument: Instrument;
  readonly rules: PaperRules;
  readonly baseMs: number;
  /** Percent of the equity that an entry buys for. */
  readonly percent: Fixed;
};

/** Null when the agent trades several symbols or a limit or a protection binds it: then every decision goes through the turn core. */
export function plainAgent({ agent, instrument, market, rules }: RunOptions): PlainAgent | null {
  const { symbols, decider, limits, protections } = agent.config;
  const [symbol] = symbols;
  if (decider.kind !== "rules" || symbol === undefined || symbols.length > 1) return null;
  if ((protections ?? []).length > 0 || isAnySet(limits) || (agent.above && limitsAnywhere(agent.above))) return null;
  const series = market.series.get(symbol);
  const size = parseRuleParams(decider.ruleSet, decider.params).sizePercent;
  if (!series || size === undefined) return null;
  return { instrument: instrument(symbol), rules, baseMs: INTERVAL_MS[series.info.baseInterval], percent: fixed(size.toFixed(4)) };
}

type Moment = {
  readonly at: number;
  readonly base: readonly Candle[];
  /** Base bars opened by now. */
  readonly opened: number;
  readonly sure: number;
};

/**
 * The usual case of a trade, without texts: a sure signal, an order that every rule passes as asked and that the very next open fills
 * whole. The same exact arithmetic, in the same order, as decider, risk engine and paper venue; null wherever anything is out of the
 * ordinary, and then those decide. That the two never differ is what the engines' property test is about.
 */
export function plainTrade(agent: PlainAgent, account: LeanAccount, moment: Moment): RunFill | null {
  const { instrument, rules } = agent;
  const bar = moment.base[moment.opened - 1];
  const before = moment.base[moment.opened - 2];
  if (!bar || !before || bar.openTime !== moment.at || bar.openTime - before.openTime > VOLUME_LOOK_BACK * agent.baseMs) return null;
  const buys = moment.sure === SURE_ENTER;
  if (!buys && moment.sure !== SURE_EXIT) return null;
  const quantity = buys ? entryQuantity(agent, account, bar.open) : (account.position(instrument.symbol)?.quantity ?? null);
  if (quantity === null || quantity <= 0n || quantity % instrument.lotSize !== 0n) return null;
  if (quantity < instrument.minQuantity || quantity > instrument.maxQuantity || mul(quantity, bar.open, "down") < instrument.minNotional) return null;
  if (quantity > roundToStep(mul(before.volume, rules.participation, "down"), instrument.lotSize, "down")) return null;
  const side = buys ? "buy" : "sell";
  const price = marketPrice(bar.open, side, quantity, before.volume, instrument, rules);
  const fee = mul(mul(quantity, price, "up"), instrument.takerFee, "up");
  const fill: RunFill = { symbol: instrument.symbol, side, quantity, price, fee, liquidity: "taker", at: moment.at, orderedAt: moment.at };
  return buys && fillAmounts(fill).cash > account.cash ? null : fill;
}

/** Base units an entry buys, or null when free cash does not cover its reserve: then the risk engine says how much. */
function entryQuantity({ instrument, percent }: PlainAgent, account: LeanAccount, last: Fixed): Fixed | null {
  const amount = entryAmount(
    account.equity(() => last),
    percent,
  );
  if (amount <= 0n || last <= 0n) return null;
  const quantity = roundToStep(((amount * ONE) / last) as Fixed, instrument.lotSize, "down");
  const order = { side: "buy", type: "market", quantity: ONE, limitPrice: null } as const;
  const unitCost = reserveFor(order, instrument, last);
  const need = (quantity * unitCost + ONE - 1n) / ONE;
  return need <= account.cash && reserveFor({ ...order, quantity }, instrument, last) <= account.cash ? quantity : null;
}
