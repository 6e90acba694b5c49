import type { AgentConfig, DeciderSpec } from "@/server/agents";
import type { Interval, MarketFeed } from "@/server/market";
import { type Fixed, fixed } from "@/server/shared";

/** One agent of the demo: how its two weeks of history were run, and how it goes on live when that differs. */
export type DemoAgent = {
  readonly config: AgentConfig;
  readonly live: Pick<AgentConfig, "trigger" | "barInterval" | "settleAfterMs"> | null;
  readonly capital: Fixed;
  /** The strategy farm it stands under. */
  readonly farm: DemoFarm;
};

/** The demo's farms, by name. */
export const DEMO_FARMS = { "Momentum farm": "momentum", "Reversion farm": "mean-reversion" } as const;
export type DemoFarm = keyof typeof DEMO_FARMS;

const HOUR = 3_600_000;
const LIMITS = {
  allowedSymbols: null,
  maxOrderNotional: fixed("4000"),
  maxPositionNotional: fixed("6000"),
  maxDailyLoss: fixed("500"),
  maxOrdersPerHour: 12,
};

/** Four agents over the symbols that the market has; with fewer than four symbols some share one. */
export function demoAgents(feed: MarketFeed): DemoAgent[] {
  const symbols = feed.symbols();
  const pick = (wanted: string, n: number): string => (symbols.find((s) => s.symbol === wanted) ?? symbols[n % symbols.length])?.symbol ?? wanted;
  const simulated = feed.source.kind === "simulated";
  // A playback's hour is a minute of wall time; decisions on hourly bars are settled after one and a half.
  const settleAfterMs = simulated ? HOUR : 1.5 * HOUR;
  const agent = (name: string, symbol: string, decider: DeciderSpec, strategyText: string): AgentConfig => ({
    name,
    symbols: [symbol],
    mode: "paper",
    trigger: { kind: "interval", interval: "1h" },
    barInterval: "1h",
    strategyText,
    decider,
    limits: LIMITS,
    dailyModelCap: fixed("0.5"),
    settleAfterMs,
  });
  const rules = (ruleSet: "trend-follow" | "mean-revert" | "breakout", params: Record<string, number> = {}): DeciderSpec => ({
    kind: "rules",
    ruleSet,
    params,
  });
  const minute: Interval = "1m";
  return [
    {
      config: agent("Bitcoin Drift", pick("BTC/USDT", 0), rules("trend-follow"), "Ride hourly trends, stay out of ranges."),
      live: null,
      capital: fixed("10000"),
      farm: "Momentum farm",
    },
    {
      config: agent("Ether Fade", pick("ETH/USDT", 1), rules("mean-revert"), "Buy exhaustion, sell the return to the middle."),
      live: null,
      capital: fixed("10000"),
      farm: "Reversion farm",
    },
    {
      config: agent("Doge Pulse", pick("DOGE/USDT", 2), rules("breakout"), "Join breaks of the two-day range."),
      live: null,
      capital: fixed("5000"),
      farm: "Momentum farm",
    },
    {
      config: agent(
        "Minute Scout",
        pick("SOL/USDT", 3),
        rules("trend-follow", { fast: 8, slow: 34, entryAtr: 0.4 }),
        "The same idea on the shortest bars there are.",
      ),
      live: simulated ? { trigger: { kind: "interval", interval: minute }, barInterval: minute, settleAfterMs: 20_000 } : null,
      capital: fixed("5000"),
      farm: "Momentum farm",
    },
  ];
}
