import { describe, expect, it } from "vitest";
import { type AgentConfig, replayTurn, turnCode } from "@/server/agents";
import { allocateDraft, depositDraft, InMemoryLedger } from "@/server/ledger";
import { type Candle, CandleSeries, type MarketFeed } from "@/server/market";
import { NO_LIMITS } from "@/server/risk";
import { type Fixed, fixed, ZERO } from "@/server/shared";
import { instrumentFor } from "@/server/trading";
import { runSimulation } from "./run-simulation";
import type { SimulatedTurn } from "./simulation-types";

const HOUR = 3_600_000;
const T0 = Date.UTC(2025, 0, 1);
const BARS = 400;

/** A wave: the rule buys and sells about once in its period. */
function feed(): MarketFeed {
  const price = (i: number): Fixed => fixed((100 + 10 * Math.sin(i / 8)).toFixed(2));
  const candles: Candle[] = Array.from({ length: BARS }, (_, i) => {
    const [open, close] = [price(i), price(i + 1)];
    const [low, high] = open < close ? [open, close] : [close, open];
    return { openTime: T0 + i * HOUR, open, high, low, close, volume: fixed("1000") };
  });
  const series = new CandleSeries({ symbol: "AAA/USDT", baseInterval: "1h", firstTime: T0, endTime: T0 + BARS * HOUR }, candles);
  return {
    source: { kind: "simulated", label: "test" },
    symbols: () => [series.info],
    candles: async (q) => series.candles(q.interval, q.at, q.limit),
    bars: async (q) => series.bars(q.from, q.at),
    price: async (q) => series.price(q.at),
  };
}

async function run(over: Partial<AgentConfig>) {
  const ledger = new InMemoryLedger();
  ledger.postNow("w", depositDraft({ key: "d", at: T0, nodeId: "t", currency: "USDT", amount: fixed("2000") }));
  ledger.postNow("w", allocateDraft({ key: "a", at: T0, fromNodeId: "t", toNodeId: "n", currency: "USDT", amount: fixed("2000") }));
  const config: AgentConfig = {
    name: "sim",
    symbols: ["AAA/USDT"],
    mode: "paper",
    trigger: { kind: "interval", interval: "1h" },
    barInterval: "1h",
    strategyText: "",
    decider: { kind: "rules", ruleSet: "trend-follow", params: { fast: 3, slow: 9 } },
    limits: { ...NO_LIMITS, maxOrderNotional: fixed("700") },
    dailyModelCap: ZERO,
    settleAfterMs: HOUR,
    ...over,
  };
  const turns: SimulatedTurn[] = [];
  const sells: number[] = [];
  await runSimulation({
    agent: { id: "agent", workspaceId: "w", nodeId: "n", config, configVersion: 1, currency: "USDT" },
    feed: feed(),
    instrument: (s) => instrumentFor(s, { priceDecimals: 2, priceHint: 100 }),
    ledger,
    from: T0 + 12 * HOUR,
    to: T0 + BARS * HOUR,
    build: "test",
    sink: (e) => {
      if (e.type === "turn") turns.push(e.turn);
      if (e.type === "fill" && e.execution.side === "sell") sells.push(e.execution.at);
    },
  });
  const bought = turns.filter((t) => t.record.intents.some((i) => i.side === "buy"));
  return { turns, bought, sells, denied: turns.filter((t) => t.record.verdict.outcome === "deny") };
}

describe("protections and later limits in a backtest", () => {
  it("a cooldown keeps every buy away from the sells before it, and only then", async () => {
    const free = await run({});
    const stop = 60 * 30;
    const cooled = await run({ protections: [{ kind: "cooldown-period", stopMinutes: stop }] });
    expect(free.bought.length).toBeGreaterThan(5);
    expect(free.denied).toEqual([]);
    const tooSoon = ({ bought, sells }: typeof free) => bought.filter((b) => sells.some((s) => s <= b.at && b.at < s + stop * 60_000));
    expect(tooSoon(free).length).toBeGreaterThan(0);
    expect(tooSoon(cooled)).toEqual([]);
    expect(cooled.denied.length).toBeGreaterThan(0);
    expect(new Set(cooled.denied.map((t) => t.record.verdict.decidedBy))).toEqual(new Set(["cooldown-period"]));
  });

  it("each decision replays from what it recorded", async () => {
    const { denied } = await run({ protections: [{ kind: "cooldown-period", stopMinutes: 1800 }] });
    const { record } = denied[0] as SimulatedTurn;
    const { inputs, replies, stages } = record;
    const recording = JSON.parse(JSON.stringify({ inputs, replies, stages, build: "test" }));
    expect(recording.inputs.figures.closedTrades.length).toBeGreaterThan(0);
    const told = record.context.find((c) => c.id === "risk")?.text;
    expect(told).toContain("Protections of the agent: cooldown-period. AAA/USDT may not be bought before");
    expect(replayTurn(recording, turnCode("test")).result).toBe("identical");
    const forgotten = { ...recording, inputs: { ...recording.inputs, figures: { closedTrades: [] } } };
    expect(replayTurn(forgotten, turnCode("test"))).toMatchObject({ result: "different", stage: "context" });
  });

  it("records none of it for an agent that asks for nothing", async () => {
    for (const { record } of (await run({})).turns) expect(record.inputs.figures).toBeUndefined();
  });

  it("limits on rate, repetition and volume bind there, too", async () => {
    const limits = {
      ...NO_LIMITS,
      maxOrderNotional: fixed("700"),
      maxOrdersPerMinute: 1,
      duplicateWindowSeconds: 86_400,
      maxVolumePercent: fixed("0.01"),
      volumeBars: 4,
    };
    const { bought, turns } = await run({ limits });
    expect(bought.length).toBeGreaterThan(0);
    for (const b of bought) expect(b.record.verdict.decidedBy).toBe("volume-share");
    const repeated = turns.filter((t) => t.record.verdict.decidedBy === "duplicate-intent");
    for (const t of repeated) expect(t.record.intents).toEqual([]);
  });
});
