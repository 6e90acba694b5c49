import { abs, add, type Fixed, fixedInt, max, min, ONE, roundToStep, sub, toText, ZERO } from "@/server/shared";
import { notionalUp, quantityWithin } from "./notional";
import { reserveForBuy } from "./reserve-for-buy";
import type { Limits, ProposedOrder, RiskCheck, RiskSituation, RuleName } from "./types";

export type RuleAnswer = Omit<RiskCheck, "allows"> & { readonly allows: Fixed | null };

/** One rule at all its levels. `allowed` is what the rules before it left (base units). */
export type RiskRule = (situation: RiskSituation, order: ProposedOrder, allowed: Fixed) => readonly RuleAnswer[];

type Level = { readonly level: "agent" | "workspace"; readonly limits: Limits };
const levels = (s: RiskSituation): readonly Level[] => [
  { level: "agent", limits: s.agent.limits },
  { level: "workspace", limits: s.workspace.limits },
];
const owner = (level: RuleAnswer["level"]): string => (level === "workspace" ? "the workspace" : level === "agent" ? "the agent" : "the venue");
const quoteOf = (s: RiskSituation, o: ProposedOrder): string => s.instrument?.quote ?? o.symbol.split("/")[1] ?? "";

/** Price a notional limit is measured at: the limit price, else the last price. */
const limitMeasure = (s: RiskSituation, o: ProposedOrder): Fixed =>
  o.type === "limit" && o.limitPrice !== null ? max(o.limitPrice, ZERO) : (s.lastPrice ?? ZERO);
const lotOf = (s: RiskSituation): Fixed => s.instrument?.lotSize ?? fixedInt(1);

const words = (
  rule: RuleName,
  level: RuleAnswer["level"],
  outcome: RuleAnswer["outcome"],
  before: string,
  asked: string,
  limit: string,
  reason: string,
): RuleAnswer => ({
  rule,
  level,
  outcome,
  unit: "",
  before,
  asked,
  limit,
  allows: outcome === "deny" ? ZERO : null,
  reason,
});

/** Halted lets only a person or the kill switch reduce; reducing lets only reductions pass. */
const tradingState: RiskRule = (s, o) =>
  (["agent", "workspace"] as const).map((level) => {
    const state = level === "agent" ? s.agent.tradingState : s.workspace.tradingState;
    const reduces = o.side === "sell";
    const passes = state === "active" || (reduces && (state === "reducing" || s.byPerson));
    const reason = passes
      ? `${owner(level)} is ${state}${state === "active" ? "" : "; this order only reduces"}`
      : state === "reducing"
        ? `${owner(level)} may only reduce; a buy would add`
        : `${owner(level)} is halted`;
    return words("trading-state", level, passes ? "pass" : "deny", state, o.side, "active", reason);
  });

/** The agent's own symbols and both allow-lists. What is held may always be sold. */
const symbolAllowList: RiskRule = (s, o) => {
  if (!s.instrument || s.lastPrice === null || s.lastPrice <= 0n) {
    const why = s.instrument ? `there is no price for ${o.symbol}` : `the venue does not know ${o.symbol}`;
    return [words("symbol-allow-list", "venue", "deny", "", o.symbol, "", why)];
  }
  return levels(s).map(({ level, limits }) => {
    const list = level === "agent" ? s.agent.symbols.filter((x) => limits.allowedSymbols?.includes(x) ?? true) : limits.allowedSymbols;
    const shown = list ? list.join(" ") : "any";
    if (o.side === "sell") return words("symbol-allow-list", level, "pass", "", o.symbol, shown, "sells only reduce, so the list does not bind");
    return list === null || list.includes(o.symbol)
      ? words("symbol-allow-list", level, "pass", "", o.symbol, shown, `${o.symbol} is on the list of ${owner(level)}`)
      : words("symbol-allow-list", level, "deny", "", o.symbol, shown, `${o.symbol} is not on the list of ${owner(level)}`);
  });
};

/** Spot: nothing can be sold that is not held and free. */
const reduceOnly: RiskRule = (s, o) => {
  if (o.side === "buy") return [];
  const free = max(sub(s.quantity, s.claimedBySells), ZERO);
  const bound = roundToStep(free, lotOf(s), "down");
  const fits = o.quantity > 0n && o.quantity <= free;
  return [
    {
      rule: "reduce-only",
      level: "agent",
      outcome: fits ? "pass" : bound > 0n && o.quantity > 0n ? "reduce" : "deny",
      unit: s.instrument?.base ?? "",
      before: toText(s.quantity),
      asked: toText(o.quantity),
      limit: toText(free),
      allows: fits ? null : bound,
      reason: fits
        ? `${toText(o.quantity)} of ${toText(free)} free are sold`
        : o.quantity > 0n
          ? `${toText(o.quantity)} asked, but only ${toText(free)} are held and free`
          : `there is nothing to sell: no whole lot was asked for or is held (${toText(free)} are free)`,
    },
  ];
};

const orderNotional: RiskRule = (s, o) =>
  levels(s).flatMap(({ level, limits }) => {
    const limit = limits.maxOrderNotional;
    if (limit === null) return [];
    return [notionalAnswer("order-notional", level, s, o, ZERO, limit, "one order")];
  });

/** Held in this symbol, plus open buys, plus this order; for the workspace over all its agents. */
const positionNotional: RiskRule = (s, o) =>
  levels(s).flatMap(({ level, limits }) => {
    const limit = limits.maxPositionNotional;
    if (limit === null) return [];
    const held = level === "agent" ? notionalUp(s.quantity, max(limitMeasure(s, o), s.lastPrice ?? ZERO)) : s.workspaceNotional;
    return [notionalAnswer("position-notional", level, s, o, add(held, s.openBuyNotional), limit, `the position in ${o.symbol}`)];
  });

function notionalAnswer(
  rule: RuleName,
  level: "agent" | "workspace",
  s: RiskSituation,
  o: ProposedOrder,
  before: Fixed,
  limit: Fixed,
  what: string,
): RuleAnswer {
  const price = limitMeasure(s, o);
  const value = notionalUp(o.quantity, price);
  const unit = quoteOf(s, o);
  const base = { rule, level, unit, before: toText(before), limit: toText(limit) } as const;
  if (o.side === "sell") {
    const after = (before > value ? before - value : 0n) as Fixed;
    return {
      ...base,
      outcome: "pass",
      asked: toText(rule === "order-notional" ? value : after),
      allows: null,
      reason: "this order only reduces, so the limit does not bind",
    };
  }
  const asked = (before + value) as Fixed;
  const shown = toText(asked);
  if (asked <= limit)
    return { ...base, outcome: "pass", asked: shown, allows: null, reason: `${what} would be ${shown} ${unit} of ${toText(limit)} allowed` };
  const bound = quantityWithin((limit - before) as Fixed, price, lotOf(s));
  return {
    ...base,
    outcome: bound > 0n ? "reduce" : "deny",
    asked: shown,
    allows: bound,
    reason: `${what} would be ${shown} ${unit}; ${owner(level)} allows ${toText(limit)}`,
  };
}

/** Once today's loss has reached the limit, nothing is added until the next UTC day of market time. */
const dailyLoss: RiskRule = (s, o) =>
  levels(s).flatMap(({ level, limits }) => {
    const limit = limits.maxDailyLoss;
    if (limit === null) return [];
    const pnl = level === "agent" ? s.dayPnl : s.workspaceDayPnl;
    const loss = pnl < 0n ? abs(pnl) : ZERO;
    const stop = loss >= limit && o.side === "buy";
    const text = toText(loss);
    return [
      {
        rule: "daily-loss",
        level,
        outcome: stop ? "deny" : "pass",
        unit: quoteOf(s, o),
        before: text,
        asked: text,
        limit: toText(limit),
        allows: stop ? ZERO : null,
        reason: stop
          ? `${owner(level)} has lost ${text} today, the limit is ${toText(limit)}: nothing is added until tomorrow (UTC)`
          : loss >= limit
            ? `today's loss of ${text} has reached the limit of ${toText(limit)}, but this order only reduces`
            : `today's loss is ${text} of ${toText(limit)} allowed`,
      },
    ];
  });

const ordersPerHour: RiskRule = (s, o) =>
  levels(s).flatMap(({ level, limits }) => {
    const limit = limits.maxOrdersPerHour;
    if (limit === null) return [];
    const before = level === "agent" ? s.ordersLastHour : s.workspaceOrdersLastHour;
    const over = before + 1 > limit;
    const stop = over && o.side === "buy";
    return [
      {
        rule: "orders-per-hour",
        level,
        outcome: stop ? "deny" : "pass",
        unit: "orders",
        before: String(before),
        asked: String(before + 1),
        limit: String(limit),
        allows: stop ? ZERO : null,
        reason: stop
          ? `${owner(level)} has sent ${before} orders in the last hour, ${limit} are allowed`
          : over
            ? `this would be order ${before + 1} in an hour of ${limit} allowed, but it only reduces`
            : `this would be order ${before + 1} of ${limit} in an hour`,
      },
    ];
  });

/** Cash must cover the worst price and the fee before a buy is sent. */
const freeBalance: RiskRule = (s, o, allowed) => {
  if (o.side === "sell" || !s.instrument || s.lastPrice === null) return [];
  // The same number that the ledger holds and the venue reserves, for one unit; absurd quantities stay out of its range.
  const unitCost = reserveForBuy({ type: o.type, limitPrice: o.limitPrice, quantity: ONE, lastPrice: s.lastPrice, takerFee: s.instrument.takerFee });
  const need = notionalUp(allowed, unitCost);
  const unit = s.instrument.quote;
  const fits = need <= s.cash;
  const bound = fits ? null : quantityWithin(max(s.cash, ZERO), unitCost, s.instrument.lotSize);
  return [
    {
      rule: "free-balance",
      level: "agent",
      outcome: fits ? "pass" : bound !== null && bound > 0n ? "reduce" : "deny",
      unit,
      before: toText(s.cash),
      asked: toText(need),
      limit: toText(s.cash),
      allows: bound,
      reason: fits
        ? `${toText(need)} ${unit} at the worst price with fees, ${toText(s.cash)} are free`
        : `the order needs ${toText(need)} ${unit} at the worst price with fees, only ${toText(s.cash)} are free`,
    },
  ];
};

/** The venue's own minimum, maximum and steps, for what the other rules have left. */
const venueMinimum: RiskRule = (s, o, allowed) => {
  const i = s.instrument;
  if (!i || s.lastPrice === null) return [];
  const bounded = roundToStep(min(allowed, i.maxQuantity), i.lotSize, "down");
  const price = o.type === "limit" && o.limitPrice !== null ? o.limitPrice : s.lastPrice;
  const value = notionalUp(bounded, price);
  const badStep = o.type === "limit" && (o.limitPrice === null || o.limitPrice <= 0n || o.limitPrice % i.tickSize !== 0n);
  const tooSmall = bounded < i.minQuantity || value < i.minNotional;
  const common = { rule: "venue-minimum", level: "venue", unit: i.quote, before: "0", asked: toText(value), limit: toText(i.minNotional) } as const;
  if (badStep) return [{ ...common, outcome: "deny", allows: ZERO, reason: `the limit price is not a positive multiple of ${toText(i.tickSize)}` }];
  if (tooSmall) {
    const what = `${toText(bounded)} ${i.base} worth ${toText(value)} ${i.quote}`;
    return [
      {
        ...common,
        outcome: "deny",
        allows: ZERO,
        reason: `${what} is below the venue's minimum of ${toText(i.minQuantity)} or ${toText(i.minNotional)} ${i.quote}`,
      },
    ];
  }
  if (bounded < allowed)
    return [
      {
        ...common,
        outcome: "reduce",
        allows: bounded,
        reason: `the venue takes whole lots of ${toText(i.lotSize)}, at most ${toText(i.maxQuantity)} ${i.base} an order`,
      },
    ];
  return [{ ...common, outcome: "pass", allows: null, reason: `above the venue's minimum of ${toText(i.minNotional)} ${i.quote}` }];
};

/** All rules, in the order they are asked and shown. */
export const RISK_RULES: readonly RiskRule[] = [
  tradingState,
  symbolAllowList,
  reduceOnly,
  orderNotional,
  positionNotional,
  dailyLoss,
  ordersPerHour,
  freeBalance,
  venueMinimum,
];
