import { type ClosedTrade, type Limits, limitsAsJson, type RecentOrder, RoundTrips, type TradingState } from "@/server/risk";
import { add, DomainError, type Fixed, toText } from "@/server/shared";
import type { Execution } from "@/server/trading";
import type { RecordedLimits, RiskFigures } from "./core-types";
import type { NeededFigures } from "./needed-figures";

/** What the books know that only some limits ask for. */
export type BookFigures = {
  readonly ordersLastMinute: number;
  readonly workspaceOrdersLastMinute: number;
  /** Equity of the workspace's other agents at their last decisions. */
  readonly othersEquity: Fixed;
  /** The farm the agent's money stands under; null = it stands under the treasury. */
  readonly farm: null | FarmFigures;
  /** The farms that hold that farm, the next one first; absent = none. */
  readonly outerFarms?: readonly FarmFigures[];
  readonly recentOrders: readonly RecentOrder[];
  /** Closed trades, or the fills they are made of: of every symbol since a moment at which nothing of it was held. */
  readonly closedTrades: readonly ClosedTrade[] | { readonly fills: readonly TradeFill[] };
};

export type FarmFigures = {
  readonly limits: Limits;
  readonly tradingState: TradingState;
  readonly dayPnl: Fixed;
  readonly ordersLastHour: number;
  readonly ordersLastMinute: number;
  readonly othersEquity: Fixed;
  /** As `workspaceQuantities`, of all agents under the farm. */
  readonly quantities: Readonly<Record<string, Fixed>>;
};

/** Limits of every farm above an agent, the nearest first. */
export const farmLimits = (figures: BookFigures | undefined): readonly Limits[] => farmsOf(figures).map((f) => f.limits);

const farmsOf = (figures: BookFigures | undefined): readonly FarmFigures[] => (figures?.farm ? [figures.farm, ...(figures.outerFarms ?? [])] : []);

export type TradeFill = Pick<Execution, "symbol" | "side" | "quantity" | "price" | "fee" | "at">;

/** Limits as plain JSON, decimals as text; the inverse of parseLimits. */
export const recordLimits = (limits: Limits): RecordedLimits => limitsAsJson(limits, toText) as RecordedLimits;

const farmTexts = new WeakMap<Limits, RecordedLimits>();

/** Limits of a farm, as text once per object: a backtest gives the same ones to every turn. */
function recordedOnce(limits: Limits): RecordedLimits {
  const text = farmTexts.get(limits) ?? recordLimits(limits);
  farmTexts.set(limits, text);
  return text;
}

/** The figures as recorded: what is needed of them, or nothing at all. Throws FIGURE_MISSING when something is needed and nobody has it. */
export function recordFigures(
  from: {
    readonly figures?: BookFigures;
    readonly workspaceQuantities?: Readonly<Record<string, Fixed>>;
    readonly depth?: Readonly<Record<string, { readonly bids: Fixed; readonly asks: Fixed }>>;
    readonly at: number;
  },
  equity: Fixed,
  need: NeededFigures,
): RiskFigures | undefined {
  const { figures, depth } = from;
  const [farm, ...outer] = farmsOf(figures);
  const showsDepth = need.depth && depth !== undefined && Object.keys(depth).length > 0;
  if (!farm && !need.ordersLastMinute && !need.recentMs && !need.tradesMs && !need.holdings && !showsDepth) return undefined;
  if (!figures) throw new DomainError("FIGURE_MISSING", "a limit compares with a figure that nobody gave", { kind: "internal" });
  const text = (record: Readonly<Record<string, Fixed>>) => Object.fromEntries(Object.entries(record).map(([k, v]) => [k, toText(v)]));
  const recorded = (f: FarmFigures): NonNullable<RiskFigures["farm"]> => ({
    limits: recordedOnce(f.limits),
    tradingState: f.tradingState,
    dayPnl: toText(f.dayPnl),
    ordersLastHour: f.ordersLastHour,
    ordersLastMinute: f.ordersLastMinute,
    equity: toText(add(f.othersEquity, equity)),
    quantities: text(f.quantities),
  });
  return {
    ...(need.ordersLastMinute && {
      ordersLastMinute: figures.ordersLastMinute,
      workspaceOrdersLastMinute: figures.workspaceOrdersLastMinute,
    }),
    ...(need.holdings && {
      workspaceEquity: toText(add(figures.othersEquity, equity)),
      workspaceQuantities: text(from.workspaceQuantities ?? {}),
    }),
    ...(farm && { farm: recorded(farm) }),
    ...(outer.length > 0 && { outerFarms: outer.map(recorded) }),
    ...(need.recentMs > 0 && {
      recentOrders: figures.recentOrders
        .filter((o) => o.at > from.at - need.recentMs)
        .map((o) => ({ ...o, quantity: toText(o.quantity), limitPrice: o.limitPrice === null ? null : toText(o.limitPrice) })),
    }),
    ...(need.tradesMs > 0 && {
      closedTrades: closedTradesOf(figures, from.at - need.tradesMs).map((t) => ({ ...t, profit: toText(t.profit) })),
    }),
    ...(showsDepth && { depth: Object.fromEntries(Object.entries(depth).map(([s, d]) => [s, { bids: toText(d.bids), asks: toText(d.asks) }])) }),
  };
}

function closedTradesOf({ closedTrades }: BookFigures, since: number): readonly ClosedTrade[] {
  if (!("fills" in closedTrades)) return closedTrades.filter((t) => t.closedAt > since);
  const trips = new RoundTrips();
  for (const fill of closedTrades.fills) trips.take(fill);
  return trips.since(since);
}
