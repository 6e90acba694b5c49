import { parseLimits, type RiskLevel } from "@/server/risk";
import { add, type Fixed, fixed, max, mul, sub, sum, toText, ZERO } from "@/server/shared";
import type { RecordedLimits, TurnInputs } from "./core-types";

const limits = new WeakMap<RecordedLimits, ReturnType<typeof parseLimits>>();

/** The levels that bind a turn's order in `symbol`, narrowest first: the agent, the farms its money stands under, the workspace. */
export function riskLevels(inputs: TurnInputs, symbol: string): readonly RiskLevel[] {
  const { agent, account, workspace, risk, figures } = inputs;
  const farms = figures?.farm ? [figures.farm, ...(figures.outerFarms ?? [])] : [];
  const notionals = risk.workspaceNotional;
  const levels: RiskLevel[] = [
    {
      level: "agent",
      limits: read(agent.limits),
      tradingState: agent.tradingState,
      dayPnl: sub(fixed(account.equity), fixed(risk.dayStartEquity)),
      ordersLastHour: risk.ordersLastHour,
      ordersLastMinute: figures?.ordersLastMinute ?? 0,
      equity: fixed(account.equity),
      symbolNotional: null,
      exposures: () => exposures(inputs, Object.fromEntries(account.positions.map((p) => [p.symbol, p.quantity]))),
    },
  ];
  farms.forEach((farm, i) => {
    levels.push({
      level: "farm",
      ...(i > 0 && { outer: i - 1 }),
      limits: read(farm.limits),
      tradingState: farm.tradingState,
      dayPnl: fixed(farm.dayPnl),
      ordersLastHour: farm.ordersLastHour,
      ordersLastMinute: farm.ordersLastMinute,
      equity: fixed(farm.equity),
      symbolNotional: worth(inputs, symbol, farm.quantities[symbol] ?? "0") ?? ZERO,
      exposures: () => exposures(inputs, farm.quantities),
    });
  });
  levels.push({
    level: "workspace",
    limits: read(workspace.limits),
    tradingState: workspace.tradingState,
    dayPnl: fixed(risk.workspaceDayPnl),
    ordersLastHour: risk.workspaceOrdersLastHour,
    ordersLastMinute: figures?.workspaceOrdersLastMinute ?? 0,
    equity: figures?.workspaceEquity === undefined ? null : fixed(figures.workspaceEquity),
    symbolNotional: Object.hasOwn(notionals, symbol) ? fixed(notionals[symbol] as string) : ZERO,
    exposures: () => exposures(inputs, figures?.workspaceQuantities ?? {}),
  });
  return levels;
}

function worth(inputs: TurnInputs, symbol: string, quantity: string): Fixed | null {
  const price = Object.hasOwn(inputs.prices, symbol) ? inputs.prices[symbol]?.price : undefined;
  return price === undefined ? null : mul(fixed(quantity), fixed(price), "up");
}

/** What is held at the last prices, and this account's own open buys at their limits, or at the last price without one. */
function exposures(inputs: TurnInputs, quantities: Readonly<Record<string, string>>): Readonly<Record<string, Fixed | null>> {
  const parts = new Map<string, (Fixed | null)[]>();
  const put = (symbol: string, value: Fixed | null): void => {
    parts.set(symbol, [...(parts.get(symbol) ?? []), value]);
  };
  for (const [symbol, quantity] of Object.entries(quantities)) if (fixed(quantity) !== ZERO) put(symbol, worth(inputs, symbol, quantity));
  for (const o of inputs.account.openOrders) {
    if (o.side === "sell") continue;
    const left = max(sub(fixed(o.quantity), fixed(o.filledQuantity)), ZERO);
    put(o.symbol, o.limitPrice === null ? worth(inputs, o.symbol, toText(left)) : mul(left, fixed(o.limitPrice), "up"));
  }
  const out: Record<string, Fixed | null> = {};
  for (const [symbol, values] of parts) {
    const known = values.filter((v): v is Fixed => v !== null);
    out[symbol] = known.length < values.length ? null : known.reduce((a, b) => add(a, b), sum([]));
  }
  return out;
}

/** Parsed once per recorded object. */
function read(recorded: RecordedLimits): ReturnType<typeof parseLimits> {
  let parsed = limits.get(recorded);
  if (!parsed) {
    parsed = parseLimits(recorded);
    limits.set(recorded, parsed);
  }
  return parsed;
}
