import { describe, expect, it } from "vitest";
import type { AgentConfig } from "@/server/agents";
import { accountKey, allocateDraft, depositDraft, InMemoryLedger } from "@/server/ledger";
import { type Candle, CandleSeries, type MarketFeed } from "@/server/market";
import { NO_LIMITS } from "@/server/risk";
import { add, type Fixed, fixed, mul, seededRandom, sum, ZERO } from "@/server/shared";
import { fillAmounts, instrumentFor } from "@/server/trading";
import { runSimulation } from "./run-simulation";
import type { SimulationEvent, SimulationResult } from "./simulation-types";

const HOUR = 3_600_000;
const T0 = Date.UTC(2025, 0, 1);
const [W, TREASURY, NODE] = ["w", "treasury", "node"];

/** Two coins with trends, one of them with an outage of six hours. */
function feed(): MarketFeed {
  const series = ["AAA/USDT", "BBB/USDT"].map((symbol, s) => {
    const random = seededRandom(s + 1);
    let price = 100;
    const candles: Candle[] = [];
    for (let i = 0; i < 500; i++) {
      const open = price;
      price = Math.max(5, price * (1 + Math.sin(i / 31 + s) * 0.005 + (random() - 0.5) * 0.02));
      if (s === 1 && i >= 300 && i < 306) continue;
      const text = (x: number): Fixed => fixed(x.toFixed(2));
      candles.push({
        openTime: T0 + i * HOUR,
        open: text(open),
        high: text(Math.max(open, price) + 0.01),
        low: text(Math.min(open, price) - 0.01),
        close: text(price),
        volume: fixed("40"),
      });
    }
    return new CandleSeries({ symbol, baseInterval: "1h", firstTime: T0, endTime: T0 + 500 * HOUR }, candles);
  });
  const of = (symbol: string): CandleSeries => series.find((s) => s.info.symbol === symbol) as CandleSeries;
  return {
    source: { kind: "simulated", label: "test" },
    symbols: () => series.map((s) => s.info),
    candles: async (q) => of(q.symbol).candles(q.interval, q.at, q.limit),
    bars: async (q) => of(q.symbol).bars(q.from, q.at),
    price: async (q) => of(q.symbol).price(q.at),
  };
}

const config: AgentConfig = {
  name: "sim",
  symbols: ["AAA/USDT", "BBB/USDT"],
  mode: "paper",
  trigger: { kind: "interval", interval: "1h" },
  barInterval: "1h",
  strategyText: "",
  decider: { kind: "rules", ruleSet: "trend-follow", params: { fast: 6, slow: 24 } },
  limits: { ...NO_LIMITS, maxOrderNotional: fixed("700") },
  dailyModelCap: ZERO,
  settleAfterMs: 2 * HOUR,
};

async function run(
  to = T0 + 500 * HOUR,
  over: Partial<AgentConfig> = {},
): Promise<{ events: SimulationEvent[]; result: SimulationResult; ledger: InMemoryLedger }> {
  const ledger = new InMemoryLedger();
  ledger.postNow(W, depositDraft({ key: "d", at: T0, nodeId: TREASURY, currency: "USDT", amount: fixed("5000") }));
  ledger.postNow(W, allocateDraft({ key: "a", at: T0, fromNodeId: TREASURY, toNodeId: NODE, currency: "USDT", amount: fixed("2000") }));
  const events: SimulationEvent[] = [];
  const result = await runSimulation({
    agent: { id: "agent", workspaceId: W, nodeId: NODE, config: { ...config, ...over }, configVersion: 1, currency: "USDT" },
    feed: feed(),
    instrument: (s) => instrumentFor(s, { priceDecimals: 2, priceHint: 100 }),
    ledger,
    from: T0 + HOUR,
    to,
    build: "test",
    sink: (e) => events.push(e),
  });
  return { events, result, ledger };
}
const only = <T extends SimulationEvent["type"]>(events: readonly SimulationEvent[], type: T) =>
  events.filter((e): e is Extract<SimulationEvent, { type: T }> => e.type === type);

describe("simulation", () => {
  it("trades, and its ledger, venue and positions agree to the last digit", async () => {
    const { events, result, ledger } = await run();
    const fills = only(events, "fill");
    expect(fills.length).toBeGreaterThan(10);
    expect(only(events, "turn").some((e) => e.turn.record.verdict.outcome === "reduce")).toBe(true);

    const totals = new Map<string, Fixed>();
    for (const { account, amount } of ledger.rows(W)) {
      totals.set(account.currency, add(totals.get(account.currency) ?? ZERO, amount));
      const postings = ledger.transactions(W).flatMap((t) => t.postings.filter((p) => accountKey(p.account) === accountKey(account)));
      expect(sum(postings.map((p) => p.amount))).toBe(amount);
    }
    for (const total of totals.values()) expect(total).toBe(ZERO);

    const venue = result.venue.state.balances;
    expect(add(result.cash, result.held)).toBe(fixed(venue.USDT as string));
    for (const p of result.positions) {
      expect(ledger.balance(W, { nodeId: NODE, kind: "asset", currency: p.symbol.slice(0, 3) })).toBe(p.quantity);
      expect(fixed(venue[p.symbol.slice(0, 3)] ?? "0")).toBe(p.quantity);
    }
    const marks = sum(result.positions.map((p) => mul(p.quantity, result.prices[p.symbol] as Fixed, "half-even")));
    expect(result.equity).toBe(sum([result.cash, result.held, marks]));
    const spent = sum(fills.map((f) => (f.execution.side === "buy" ? (-fillAmounts(f.execution).cash as Fixed) : fillAmounts(f.execution).cash)));
    expect(add(fixed("2000"), spent)).toBe(add(result.cash, result.held));
  });

  it("every fill has its posting, every order its end or its place in the book, no id comes twice", async () => {
    const { events, result } = await run();
    const transactions = only(events, "transaction");
    for (const f of only(events, "fill"))
      expect(transactions.filter((t) => t.transactionId === f.transactionId && t.draft.key === `fill:${f.fillId}`)).toHaveLength(1);
    const last = new Map(only(events, "order").map((e) => [e.order.id, e.order]));
    const open = new Set(result.openOrders.map((o) => o.id));
    for (const o of last.values()) {
      expect(open.has(o.id)).toBe(!["filled", "cancelled", "expired", "rejected"].includes(o.status));
      if (!open.has(o.id)) expect(o.held).toBe(ZERO);
    }
    const ids = [...only(events, "turn").map((e) => e.turn.turnId), ...only(events, "fill").map((e) => e.fillId), ...last.keys()];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("never fills before the tick that decided, and settles every turn once, not early", async () => {
    const { events, result } = await run();
    const turns = new Map(only(events, "turn").map((e) => [e.turn.turnId, e.turn]));
    for (const f of only(events, "fill")) expect(f.execution.at).toBeGreaterThanOrEqual(turns.get(f.turnId as string)?.at as number);
    const settled = only(events, "settled");
    for (const s of settled) expect(s.at).toBeGreaterThanOrEqual(turns.get(s.turnId)?.settleAt as number);
    expect(settled.length + result.unsettled.length).toBe(turns.size);
    expect(new Set(settled.map((s) => s.turnId)).size).toBe(settled.length);
  });

  it("skips ticks whose prices are too old, by name", async () => {
    const { events } = await run();
    const skipped = only(events, "skipped");
    expect(skipped.map((s) => [s.code, (s.at - T0) / HOUR])).toEqual([304, 305, 306].map((h) => ["FEED_STALE", h]));
  });

  it("is the same run whether it goes on to the end or stops earlier", async () => {
    const [whole, part] = [await run(), await run(T0 + 200 * HOUR)];
    const upTo = only(whole.events, "turn").filter((e) => e.turn.at < T0 + 200 * HOUR);
    expect(only(part.events, "turn").map((e) => e.turn.record.recordHash)).toEqual(upTo.map((e) => e.turn.record.recordHash));
  });

  it("refuses agents that do not tick by themselves or need a model", async () => {
    await expect(run(undefined, { trigger: { kind: "manual" } })).rejects.toMatchObject({ code: "MANUAL_TRIGGER" });
    await expect(run(undefined, { decider: { kind: "model", model: "x" } })).rejects.toMatchObject({ code: "MODEL_NEEDED" });
  });
});
