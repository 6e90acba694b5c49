import type { RecordedLimits, RiskFigures } from "./core-types";

/** How one mask changes what it meets: names, times, and per symbol prices and quantities (decimal text). */
export type MaskHand = {
  readonly name: (symbol: string) => string;
  readonly time: (at: number) => number;
  readonly price: (symbol: string, text: string) => string;
  readonly quantity: (symbol: string, text: string) => string;
};

/** Symbols that only the risk figures name. */
export const symbolsOfFigures = (figures: RiskFigures | undefined): readonly string[] =>
  figures
    ? [
        ...Object.keys(figures.workspaceQuantities ?? {}),
        ...[...(figures.farm ? [figures.farm] : []), ...(figures.outerFarms ?? [])].flatMap((farm) => [
          ...Object.keys(farm.quantities),
          ...symbolsOfLimits(farm.limits),
        ]),
        ...(figures.recentOrders ?? []).map((o) => o.symbol),
        ...(figures.closedTrades ?? []).map((t) => t.symbol),
        ...Object.keys(figures.depth ?? {}),
      ]
    : [];

/** Symbols that limits name. */
export const symbolsOfLimits = (limits: RecordedLimits | undefined): readonly string[] => [
  ...(limits?.allowedSymbols ?? []),
  ...Object.keys(limits?.sectors ?? {}),
];

/** Limits with masked symbols; amounts of money are what they are. */
export const maskLimits = (limits: RecordedLimits, { name }: MaskHand): RecordedLimits => ({
  ...limits,
  allowedSymbols: limits.allowedSymbols?.map(name) ?? null,
  ...(limits.sectors && { sectors: Object.fromEntries(Object.entries(limits.sectors).map(([symbol, sector]) => [name(symbol), sector])) }),
});

/** The figures that limits and protections ask for, masked like the rest: what a model is told of them names no asset and no date. */
export function maskFigures(figures: RiskFigures, hand: MaskHand): RiskFigures {
  const { name, time, price, quantity } = hand;
  const quantities = (record: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(record).map(([symbol, text]) => [name(symbol), quantity(symbol, text)]));
  const { workspaceQuantities, farm, outerFarms, recentOrders, closedTrades, depth } = figures;
  const masked = (f: NonNullable<RiskFigures["farm"]>) => ({ ...f, limits: maskLimits(f.limits, hand), quantities: quantities(f.quantities) });
  return {
    ...figures,
    ...(workspaceQuantities && { workspaceQuantities: quantities(workspaceQuantities) }),
    ...(farm && { farm: masked(farm) }),
    ...(outerFarms && { outerFarms: outerFarms.map(masked) }),
    ...(recentOrders && {
      recentOrders: recentOrders.map((o) => ({
        ...o,
        symbol: name(o.symbol),
        quantity: quantity(o.symbol, o.quantity),
        limitPrice: o.limitPrice === null ? null : price(o.symbol, o.limitPrice),
        at: time(o.at),
      })),
    }),
    ...(closedTrades && {
      closedTrades: closedTrades.map((t) => ({ ...t, symbol: name(t.symbol), openedAt: time(t.openedAt), closedAt: time(t.closedAt) })),
    }),
    ...(depth && {
      depth: Object.fromEntries(
        Object.entries(depth).map(([symbol, d]) => [name(symbol), { bids: quantity(symbol, d.bids), asks: quantity(symbol, d.asks) }]),
      ),
    }),
  };
}
