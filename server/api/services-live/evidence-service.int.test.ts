import { beforeEach, expect, it } from "vitest";
import { readAudit } from "@/server/adapters/db/audit";
import type { Database } from "@/server/adapters/db/database";
import { newId } from "@/server/adapters/db/new-id";
import type { Trial } from "@/server/evidence";
import { type Candle, CandleSeries, type MarketFeed } from "@/server/market";
import { type Fixed, fixed, HOUR_MS, seededRandom, type TenantScope } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import { liveAgents, TEST_CONFIG } from "@/server/testing/live-agents";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { evidenceService } from "./evidence-service";

const START = Date.UTC(2026, 10, 2);
const PERIODS = 240;

/** BTC/USDT by the hour, seeded, with a drift of 0.3 % an hour. */
const prices = (() => {
  const random = seededRandom(77);
  const out = [50_000];
  for (let i = 0; i < PERIODS + 10; i++) out.push((out[i] as number) * (1.003 + (random() - 0.5) * 0.02));
  return out;
})();
const candles: Candle[] = prices.slice(1).map((close, i) => {
  const text = (x: number): Fixed => fixed(x.toFixed(2));
  const open = prices[i] as number;
  return {
    openTime: START + (i - 1) * HOUR_MS,
    open: text(open),
    high: text(Math.max(open, close)),
    low: text(Math.min(open, close)),
    close: text(close),
    volume: fixed("1"),
  };
});
/** Close known at START + k hours. */
const priceAt = (k: number): number => prices[k + 1] as number;
const info = { symbol: "BTC/USDT", baseInterval: "1h" as const, firstTime: START - HOUR_MS, endTime: START + (PERIODS + 9) * HOUR_MS };
const series = new CandleSeries(info, candles);
const feed: MarketFeed = {
  source: { kind: "files", label: "test" },
  symbols: () => [info],
  candles: async (q) => series.candles(q.interval, q.at, q.limit),
  bars: async (q) => series.bars(q.from, q.at),
  price: async (q) => series.price(q.at),
};

describeDatabase("evidence and leaving paper", (db) => {
  let scope: TenantScope;
  let agentId: string;
  let live: ReturnType<typeof liveAgents>;
  const service = (trials: readonly Trial[] = []) => evidenceService(db(), { of: async () => feed }, async () => trials);
  beforeEach(async () => {
    ({ scope } = await seedWorkspace(db()));
    live = liveAgents(db(), { start: START });
    ({ agentId } = await live.service.create(scope, { config: TEST_CONFIG, capital: fixed("10000") }));
  });

  it("an agent that has decided nothing is refused with what is missing, and the refusal is on record", async () => {
    const view = await service().get(scope, agentId);
    expect(view).toMatchObject({
      score: null,
      refusal: { code: "NOTHING_DECIDED" },
      trades: 0,
      trials: 1,
      curve: null,
      allowed: null,
      words: "no evidence",
    });
    expect(view.gate.conditions.map((c) => c.met)).toEqual([false, false]);
    await expect(service().requestLive(scope, { agentId })).rejects.toMatchObject({
      code: "GATE_NOT_MET",
      details: { kind: "conflict", data: { trades: 0, minTrades: 30, deflatedSharpe: null, minDeflatedSharpe: 0.95, why: "NOTHING_DECIDED" } },
    });
    expect((await service().get(scope, agentId)).requests).toMatchObject([{ outcome: "refused", configVersion: 1 }]);
    expect((await readAudit(db(), scope, 1))[0]).toMatchObject({
      action: "agent.live.refused",
      subject: agentId,
      data: { configVersion: 1, figures: { trades: 0 } },
    });
  });

  it("is overridden only by a person who types the name, for this version alone, and audited", async () => {
    await expect(service().requestLive(scope, { agentId, confirm: "test agent" })).rejects.toMatchObject({ code: "CONFIRMATION_MISMATCH" });
    const key = { ...scope, actor: { kind: "api-key" as const, id: "k" } };
    await expect(service().requestLive(key, { agentId, confirm: "Test agent" })).rejects.toMatchObject({ code: "PERSON_NEEDED" });
    expect((await service().get(scope, agentId)).requests).toEqual([]);
    const answer = await service().requestLive(scope, { agentId, confirm: "Test agent" });
    expect(answer).toMatchObject({ outcome: "overridden", configVersion: 1, venue: "none" });
    expect(answer.message).toContain("No venue for live trading is connected");
    expect((await service().get(scope, agentId)).allowed).toMatchObject({ outcome: "overridden", actor: `user:${scope.actor.id}` });
    expect((await readAudit(db(), scope, 1))[0]).toMatchObject({ action: "agent.live.overridden" });
    // Still on paper, still allowed to trade there.
    expect((await db().prisma.agent.findUniqueOrThrow({ where: { id: agentId } })).config).toMatchObject({ mode: "paper" });
    await live.service.update(scope, { agentId, expectedVersion: 1, config: { ...TEST_CONFIG, barInterval: "4h" } });
    expect((await service().get(scope, agentId)).allowed).toBeNull();
  });

  it("counts every version of every agent of the workspace, backtests and sweeps, each configuration once, and nothing of another's", async () => {
    const other = await seedWorkspace(db());
    await live.service.create(other.scope, { config: { ...TEST_CONFIG, symbols: ["ETH/USDT"] }, capital: fixed("100") });
    await live.service.update(scope, { agentId, expectedVersion: 1, config: { ...TEST_CONFIG, name: "Renamed" } });
    await live.service.update(scope, {
      agentId,
      expectedVersion: 2,
      config: { ...TEST_CONFIG, decider: { kind: "rules", ruleSet: "trend-follow", params: { fast: 5 } } },
    });
    await live.service.create(scope, { config: TEST_CONFIG, capital: fixed("100") });
    await live.service.create(scope, { config: { ...TEST_CONFIG, symbols: ["ETH/USDT"] }, capital: fixed("100") });
    const trial = (source: Trial["source"], key: string): Trial => ({ source, key, yearlySharpe: null, periods: 0 });
    const view = await service([trial("backtests", "a"), trial("sweeps", "a"), trial("sweeps", "b"), trial("sweeps", "c")]).get(scope, agentId);
    expect(view.trials).toBe(6);
    expect(view.trialSources).toEqual([
      { source: "own-versions", count: 2 },
      { source: "other-agents", count: 1 },
      { source: "backtests", count: 1 },
      { source: "sweeps", count: 2 },
    ]);
    await expect(service().get(other.scope, agentId)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(service().requestLive(other.scope, { agentId, confirm: "Test agent" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("a record with skill passes and is allowed; the same trades at random times do not; a new configuration starts from nothing", async () => {
    const knows = (k: number) => priceAt(k + 1) > priceAt(k) * 1.003;
    await trade(db(), scope, agentId, knows);
    const decided = await db().prisma.order.count({ where: { agentId } });
    await flatten(db(), scope, agentId);
    const view = await service().get(scope, agentId);
    // The halt's own sale is not one of its trades.
    expect(view.trades).toBe(decided);
    expect(view).toMatchObject({ refusal: null, words: "no evidence", sample: { from: START, because: "config", period: "1h", periodsLeft: 0 } });
    expect(view.trades).toBeGreaterThan(60);
    expect(view.score?.deflated).toBeGreaterThan(0.99);
    expect(view.score?.periods).toBe(PERIODS - 1);
    expect(view.exposure).toMatchObject([{ symbol: "BTC/USDT" }]);
    expect(view.exposure[0]?.average).toBeGreaterThan(0.1);
    // The agent's growth is its booked equity's.
    const last = await db().prisma.equityPoint.findFirstOrThrow({ where: { agentId }, orderBy: { at: "desc" } });
    expect(view.curve?.at(-1)?.agent).toBeCloseTo(last.equity.toNumber() / 10_000, 6);
    expect(view.curve?.at(-1)?.t).toBe(START + (PERIODS - 1) * HOUR_MS);
    for (const p of view.curve ?? []) expect(p.low <= p.middle && p.middle <= p.high).toBe(true);
    expect(await service().requestLive(scope, { agentId })).toMatchObject({ outcome: "passed", configVersion: 1 });
    expect((await service().get(scope, agentId)).allowed).toMatchObject({ outcome: "passed" });

    const { agentId: lucky } = await live.service.create(scope, { config: TEST_CONFIG, capital: fixed("10000") });
    const random = seededRandom(5);
    await trade(db(), scope, lucky, () => random() < 0.6);
    const luck = await service().get(scope, lucky);
    // It made money in the rising market all the same: that is the hold's.
    expect(luck.curve?.at(-1)?.agent).toBeGreaterThan(1.02);
    expect(luck.score?.deflated).toBeLessThan(0.9);
    await expect(service().requestLive(scope, { agentId: lucky })).rejects.toMatchObject({ code: "GATE_NOT_MET" });

    // A name is not a new agent; a parameter is.
    await live.service.update(scope, { agentId, expectedVersion: 1, config: { ...TEST_CONFIG, name: "Other name" } });
    const renamed = await service().get(scope, agentId);
    expect(renamed).toMatchObject({ versions: [1, 2], trades: view.trades, allowed: null });
    await live.service.update(scope, { agentId, expectedVersion: 2, config: { ...TEST_CONFIG, barInterval: "4h" } });
    expect(await service().get(scope, agentId)).toMatchObject({ versions: [3], trades: 0, refusal: { code: "NOTHING_DECIDED" } });
  });

  it("follows the workspace's own rules, on record when they change, and refuses absurd ones", async () => {
    expect(await service().gate(scope)).toEqual({ enabled: true, minTrades: 30, minDeflatedSharpe: 0.95 });
    await service().setGate(scope, { enabled: false, minTrades: 50, minDeflatedSharpe: 0.9 });
    expect(await service().gate(scope)).toEqual({ enabled: false, minTrades: 50, minDeflatedSharpe: 0.9 });
    expect((await readAudit(db(), scope, 1))[0]).toMatchObject({ action: "workspace.gate.set", data: { before: null, after: { enabled: false } } });
    expect(await service().requestLive(scope, { agentId })).toMatchObject({ outcome: "passed" });
    for (const wrong of [{ minTrades: 0 }, { minDeflatedSharpe: Number.NaN }, { minDeflatedSharpe: 1 }])
      await expect(service().setGate(scope, { enabled: true, minTrades: 30, minDeflatedSharpe: 0.95, ...wrong })).rejects.toMatchObject({
        code: "INVALID_GATE",
      });
  });

  it("a version that changed while it was judged gets no permission", async () => {
    const racing = evidenceService(db(), {
      of: async () => {
        await db().prisma.agent.update({ where: { id: agentId }, data: { configVersion: 2 } });
        return feed;
      },
    });
    await expect(racing.requestLive(scope, { agentId, confirm: "Test agent" })).rejects.toMatchObject({ code: "CONFIG_VERSION_CONFLICT" });
    expect(await db().prisma.liveRequest.count()).toBe(0);
  });
});

/** Books an agent that holds about half of its money whenever `holds` says so for the hour that begins, at no cost. */
async function trade(db: Database, { workspaceId }: TenantScope, agentId: string, holds: (k: number) => boolean): Promise<void> {
  const rows = { turns: [] as object[], orders: [] as object[], fills: [] as object[], points: [] as object[] };
  let [cash, quantity, sequence] = [10_000, 0, 0];
  for (let k = 0; k < PERIODS; k++) {
    const at = new Date(START + k * HOUR_MS);
    const price = priceAt(k);
    const equity = (cash + quantity * price).toFixed(8);
    rows.points.push({ agentId, at, equity, hold: equity, cash: cash.toFixed(8) });
    const turnId = newId();
    rows.turns.push({
      id: turnId,
      workspaceId,
      agentId,
      tickId: `s:${at.getTime()}`,
      trigger: { kind: "schedule" },
      at,
      phase: "settled",
      configVersion: 1,
      build: "test",
      decisionHash: "h",
      timings: {},
    });
    const wants = holds(k);
    if (wants === quantity > 0) continue;
    const amount = wants ? Number((5000 / price).toFixed(5)) : quantity;
    cash += (wants ? -1 : 1) * amount * price;
    quantity = wants ? amount : 0;
    const orderId = newId();
    const side = wants ? "buy" : "sell";
    const order = { symbol: "BTC/USDT", side, quantity: amount.toFixed(5), at };
    rows.orders.push({
      ...order,
      id: orderId,
      workspaceId,
      agentId,
      turnId,
      type: "market",
      reduceOnly: false,
      status: "filled",
      filledQuantity: order.quantity,
    });
    rows.fills.push({
      ...order,
      id: newId(),
      workspaceId,
      agentId,
      orderId,
      executionId: `e${sequence}`,
      sequence: sequence++,
      price: price.toFixed(8),
      fee: "0",
      liquidity: "taker",
      transactionId: newId(),
    });
  }
  await db.prisma.equityPoint.createMany({ data: rows.points as never });
  await db.prisma.turn.createMany({ data: rows.turns as never });
  await db.prisma.order.createMany({ data: rows.orders as never });
  await db.prisma.fill.createMany({ data: rows.fills as never });
}

/** A person's halt sold something. */
async function flatten(db: Database, { workspaceId }: TenantScope, agentId: string): Promise<void> {
  const at = new Date(START + PERIODS * HOUR_MS);
  const turn = { id: newId(), workspaceId, agentId, tickId: "f:halt", at, phase: "settled", configVersion: 1, build: "test", timings: {} };
  await db.prisma.turn.create({ data: { ...turn, trigger: { kind: "flatten" } } });
  const amount = { quantity: "1", filledQuantity: "1" };
  const order = { id: newId(), workspaceId, agentId, turnId: turn.id, symbol: "BTC/USDT", side: "sell", type: "market", reduceOnly: true, at };
  await db.prisma.order.create({ data: { ...order, ...amount, status: "filled" } });
}
