import { type AgentConfig, assembleInputs, type PortAnswers, type TurnInputs } from "@/server/agents";
import type { Candle } from "@/server/market";
import { NO_LIMITS } from "@/server/risk";
import { type Fixed, fixed, hashId, seededRandom, ZERO } from "@/server/shared";
import type { Instrument } from "@/server/trading";

/** 2025-01-10 12:00 UTC: the tick of the sample turns. */
export const SAMPLE_AT = 1_736_510_400_000;
const HOUR = 3_600_000;

export const sampleInstrument = (symbol: string): Instrument => ({
  symbol,
  base: symbol.split("/")[0] as string,
  quote: symbol.split("/")[1] as string,
  tickSize: fixed("0.01"),
  lotSize: fixed("0.00001"),
  minQuantity: fixed("0.00001"),
  maxQuantity: fixed("9000"),
  minNotional: fixed("5"),
  makerFee: fixed("0.001"),
  takerFee: fixed("0.001"),
});

/** A seeded random walk of hourly bars that end at `until`, starting at `from` with `drift` a bar. */
export function sampleCandles(seed: number, count: number, from = 60_000, drift = 0, until = SAMPLE_AT): Candle[] {
  const random = seededRandom(seed);
  const price = (n: number): Fixed => fixed(n.toFixed(2));
  const candles: Candle[] = [];
  let last = from;
  for (let i = 0; i < count; i++) {
    const close = Math.max(1, last * (1 + drift + (random() - 0.5) * 0.01));
    const high = Math.max(last, close) * (1 + random() * 0.002);
    const low = Math.min(last, close) * (1 - random() * 0.002);
    candles.push({
      openTime: until - (count - i) * HOUR,
      open: price(last),
      high: price(high),
      low: price(low),
      close: price(close),
      volume: fixed((10 + random() * 100).toFixed(5)),
    });
    last = close;
  }
  return candles;
}

/** A rule-based agent with ten thousand USDT and one symbol, ready to be varied. */
export function sampleAnswers(change: { config?: Partial<AgentConfig> } & Partial<Omit<PortAnswers, "config">> = {}): PortAnswers {
  const config: AgentConfig = {
    name: "Sample",
    symbols: ["BTC/USDT"],
    mode: "paper",
    trigger: { kind: "interval", interval: "1h" },
    barInterval: "1h",
    strategyText: "Buy dips.",
    decider: { kind: "rules", ruleSet: "trend-follow", params: {} },
    limits: NO_LIMITS,
    dailyModelCap: fixed("1"),
    settleAfterMs: HOUR,
    ...change.config,
  };
  const candles = change.candles ?? Object.fromEntries(config.symbols.map((s, i) => [s, sampleCandles(7 + i, 200, 60_000, 0.0005)]));
  const lastOf = (list: readonly Candle[]): Fixed => list.at(-1)?.close ?? fixed("1");
  const agentId = "11111111-1111-8111-8111-111111111111";
  const tickId = `s:${SAMPLE_AT}`;
  const { config: _config, ...rest } = change;
  return {
    turnId: hashId("turn", agentId, tickId),
    agentId,
    tickId,
    trigger: { kind: "schedule" },
    at: SAMPLE_AT,
    configVersion: 1,
    tradingState: "active",
    currency: "USDT",
    workspace: { limits: NO_LIMITS, tradingState: "active" },
    source: { kind: "simulated", label: "Simulated market" },
    instruments: config.symbols.map(sampleInstrument),
    candles,
    prices: Object.fromEntries(Object.entries(candles).map(([s, list]) => [s, { price: lastOf(list), at: SAMPLE_AT }])),
    cash: fixed("10000"),
    held: ZERO,
    positions: [],
    openOrders: [],
    risk: {
      dayStartEquity: fixed("10000"),
      ordersLastHour: 0,
      workspaceDayPnl: ZERO,
      workspaceOrdersLastHour: 0,
      workspaceNotional: {},
    },
    ...rest,
    config,
  };
}

export const sampleInputs = (change: Parameters<typeof sampleAnswers>[0] = {}): TurnInputs => assembleInputs(sampleAnswers(change));
