import { expect, it } from "vitest";
import type { Database } from "@/server/adapters/db/database";
import { PrismaMonitorStore } from "@/server/adapters/db/prisma-monitor-store";
import { SimulatedMarketFeed } from "@/server/adapters/market/simulated-market-feed";
import { turnCode } from "@/server/agents";
import { systemScope } from "@/server/auth/scope";
import type { MarketFeed } from "@/server/market";
import { type Fixed, fixed, HOUR_MS, mul, roundToStep } from "@/server/shared";
import { countStatements, describeDatabase } from "@/server/testing/database";
import { decides } from "@/server/testing/fixed-decision";
import { liveAgents, TEST_CONFIG } from "@/server/testing/live-agents";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { type BreakerAnswer, type BreakerInputs, DEFAULT_BREAKERS, type Mitigation, Monitor, replayBreakers } from "..";

const START = Date.UTC(2026, 10, 2);
const CENT = fixed("0.01");
const shrunk = (price: Fixed, share: Fixed): Fixed => roundToStep(mul(price, share, "down"), CENT, "down");

/** The simulated market, whose last prices fall to a share of what they were from one instant on. */
function crashingFeed(): { feed: MarketFeed; crash: { at: number; share: string; silent: boolean } } {
  const base = new SimulatedMarketFeed(7);
  const crash = { at: Number.POSITIVE_INFINITY, share: "1", silent: false };
  const feed: MarketFeed = {
    source: base.source,
    symbols: () => base.symbols(),
    candles: (q) => base.candles(q),
    bars: async (q) =>
      (await base.bars(q)).map((b) => {
        if (b.openTime < crash.at) return b;
        const s = fixed(crash.share);
        const c = b.closed;
        const closed = c && { ...c, open: shrunk(c.open, s), high: shrunk(c.high, s), low: shrunk(c.low, s), close: shrunk(c.close, s) };
        return { openTime: b.openTime, open: shrunk(b.open, s), closed };
      }),
    price: async (q) => {
      if (crash.silent) return null;
      const point = await base.price(q);
      return point && q.at >= crash.at ? { ...point, price: shrunk(point.price, fixed(crash.share)) } : point;
    },
  };
  return { feed, crash };
}

/** An agent that has bought, a monitor beside it, and the means to make prices fall. */
async function opened(db: Database, symbols: readonly string[] = ["BTC/USDT"]) {
  const seeded = await seedWorkspace(db);
  const { feed, crash } = crashingFeed();
  const code = { ...turnCode("test"), decideByRules: decides({ action: "buy", size: { unit: "quote", amount: "4800" } }) };
  const live = liveAgents(db, { start: START, feed, code });
  const config = { ...TEST_CONFIG, symbols, settleAfterMs: 60_000 };
  const { agentId } = await live.service.create(seeded.scope, { config, capital: fixed("6000") });
  await live.service.start(seeded.scope, agentId);
  await live.scheduler.finishTransition(seeded.workspaceId, agentId);
  const holds = async () => (await live.orders.positions(agentId)).some((p) => p.quantity > 0n);
  const tick = (await live.scheduler.plan(HOUR_MS)).find((t) => t.agentId === agentId);
  if (!tick) throw new Error("no tick is planned");
  live.clock.time = tick.wallAt;
  await live.runner.run(tick);
  live.clock.time += 10 * 60_000;
  await live.runner.settleDue();
  expect(await holds()).toBe(true);
  const monitor = (mitigation: Mitigation = live.service) =>
    new Monitor({
      store: new PrismaMonitorStore(db),
      mitigation,
      feeds: { of: async () => feed },
      venues: { of: async () => [] },
      clocks: { wall: live.clock, market: live.market },
      build: "test",
      scopeOf: systemScope,
    });
  const set = (change: object) =>
    db.prisma.breakerSettings.create({
      data: { workspaceId: seeded.workspaceId, settings: { workspace: { drawdown: { ...DEFAULT_BREAKERS.drawdown, ...change } }, agents: {} } },
    });
  /** Prices fall now, to this share. */
  const fall = (share: string) => Object.assign(crash, { at: live.clock.time, share });
  const fallSilent = () => Object.assign(crash, { silent: true });
  const agent = () => db.prisma.agent.findUniqueOrThrow({ where: { id: agentId } });
  const decisions = () => db.prisma.breakerDecision.findMany({ where: { workspaceId: seeded.workspaceId, agentId }, orderBy: { decidedAt: "asc" } });
  return { ...seeded, ...live, agentId, holds, monitor, set, fall, fallSilent, agent, decisions };
}

describeDatabase("the monitoring", (db) => {
  it("reduces at a drawdown, halts when it lasts, replays both, and lets a person go on", async () => {
    const a = await opened(db());
    const monitor = a.monitor();
    expect(await monitor.check()).toMatchObject({ workspaces: 1, agents: 1, acted: 0, raised: 0 });
    a.fall("0.7");
    a.clock.time += 60_000;
    expect(await monitor.check()).toMatchObject({ acted: 2, raised: 2 });
    expect(await a.agent()).toMatchObject({ status: "running", tradingState: "reducing" });
    expect(await db().prisma.workspace.findUniqueOrThrow({ where: { id: a.workspaceId } })).toMatchObject({ tradingState: "reducing" });
    expect((await a.agent()).statusReason).toMatch(/^Breaker drawdown: equity is below its high by \d+\.\d\d %, the threshold is 20\.00 %$/);
    // The same breach does nothing twice.
    a.clock.time += 60_000;
    expect(await monitor.check()).toMatchObject({ acted: 0, raised: 0, resolved: 0 });
    a.clock.time += HOUR_MS;
    expect(await monitor.check()).toMatchObject({ acted: 2, raised: 0 });
    expect(await a.agent()).toMatchObject({ status: "halted", tradingState: "halted" });
    const decided = await a.decisions();
    expect(decided.map((d) => [d.steps, d.status])).toEqual([
      [["reduce"], "done"],
      [["halt"], "done"],
    ]);
    for (const d of decided) {
      const { identical } = replayBreakers(d.inputs as unknown as BreakerInputs, d.answers as unknown as BreakerAnswer[]);
      expect(identical).toBe(true);
    }
    expect(await db().prisma.auditEntry.count({ where: { workspaceId: a.workspaceId, action: "breaker.acted" } })).toBe(4);
    expect(await db().prisma.event.count({ where: { workspaceId: a.workspaceId, type: "risk/breaker.acted" } })).toBe(4);
    // A person goes on: the drawdown is measured anew from here, and what it was told of is over.
    await a.service.letTrade(a.scope, a.agentId);
    await a.service.letTrade(a.scope, null);
    expect(await a.agent()).toMatchObject({ status: "stopped", tradingState: "active" });
    a.clock.time += 60_000;
    await monitor.check();
    a.clock.time += 60_000;
    expect(await monitor.check()).toMatchObject({ acted: 0 });
    expect(await db().prisma.alert.count({ where: { workspaceId: a.workspaceId, openKey: { not: null } } })).toBe(0);
    expect((await a.decisions()).length).toBe(2);
  });

  it("decides once, whichever of two processes is first, and sells once", async () => {
    const a = await opened(db());
    await a.set({ threshold: "0.05", upTo: "flatten" });
    const checks = [a.monitor(), a.monitor(), a.monitor()];
    await Promise.all(checks.map((m) => m.check()));
    a.fall("0.7");
    a.clock.time += 60_000;
    const acted = (await Promise.all(checks.map((m) => m.check()))).map((s) => s.acted);
    // One decision for the agent, one for the workspace as a whole.
    expect(acted.reduce((sum, n) => sum + n, 0)).toBe(2);
    expect((await a.decisions()).map((d) => d.steps)).toEqual([["reduce", "halt", "flatten"]]);
    expect(await db().prisma.alert.count({ where: { workspaceId: a.workspaceId } })).toBe(2);
    // Two flattenings of one agent are in each other's way: what gave way is looked after by a later check.
    a.clock.time += 31_000;
    for (const m of checks) expect(await m.check()).toMatchObject({ acted: 0 });
    expect((await a.decisions()).map((d) => [d.status, d.error])).toEqual([["done", null]]);
    const flattened = await db().prisma.turn.findMany({ where: { agentId: a.agentId, tickId: { startsWith: "f:" } }, include: { orders: true } });
    expect(flattened.flatMap((t) => t.orders).map((o) => [o.side, o.reduceOnly])).toEqual([["sell", true]]);
    a.clock.time += 180_000;
    await a.runner.settleDue();
    expect(await a.holds()).toBe(false);
  });

  it("carries out later what a process had decided when it died, and nothing else meanwhile", async () => {
    const a = await opened(db());
    const dying = a.monitor({ mitigate: () => Promise.reject(new Error("the process is gone")) });
    await dying.check();
    a.fall("0.7");
    a.clock.time += 10_000;
    await expect(dying.check()).rejects.toThrow("the process is gone");
    const other = a.monitor();
    // Not abandoned yet: the first may still be at it.
    expect(await other.check()).toMatchObject({ acted: 0 });
    expect(await a.agent()).toMatchObject({ tradingState: "active" });
    a.clock.time += 31_000;
    expect(await other.check()).toMatchObject({ acted: 0 });
    expect(await a.agent()).toMatchObject({ tradingState: "reducing" });
    expect((await a.decisions()).map((d) => [d.steps, d.status, d.error])).toEqual([[["reduce"], "done", null]]);
  });

  it("drops what a dead process had decided once a person lets trading go on, and leaves it to its own workspace", async () => {
    const a = await opened(db());
    const stranger = await seedWorkspace(db());
    const dying = a.monitor({ mitigate: () => Promise.reject(new Error("the process is gone")) });
    await dying.check();
    a.fall("0.7");
    a.clock.time += 10_000;
    await expect(dying.check()).rejects.toThrow("the process is gone");
    a.clock.time += 31_000;
    await a.monitor().check(stranger.workspaceId);
    expect((await a.decisions()).map((d) => d.status)).toEqual(["planned"]);
    await a.agents.changeTrading(a.scope, a.agentId, { from: "active", to: "reducing", reason: "a person's own" });
    await a.service.letTrade(a.scope, a.agentId);
    expect(await a.monitor().check()).toMatchObject({ acted: 0 });
    expect((await a.decisions()).map((d) => d.status)).toEqual(["superseded"]);
    expect(await a.agent()).toMatchObject({ tradingState: "active" });
  });

  it("keeps an alert open when its figure is not known any more", async () => {
    const a = await opened(db());
    const monitor = a.monitor();
    await monitor.check();
    a.fall("0.7");
    a.clock.time += 10_000;
    expect((await monitor.check()).raised).toBeGreaterThan(0);
    const open = () => db().prisma.alert.count({ where: { workspaceId: a.workspaceId, kind: "drawdown", resolvedAt: null } });
    const before = await open();
    expect(before).toBeGreaterThan(0);
    a.fallSilent();
    await monitor.check().catch(() => {});
    expect(await open()).toBe(before);
  });

  it("counts what a model failed, not what its budget refused", async () => {
    const a = await opened(db());
    const reasons = [
      null,
      null,
      "MODEL_TIMEOUT: no answer",
      "the answer does not fit its schema",
      "MODEL_BUDGET_EXCEEDED: the agent's model budget is used up",
    ];
    const turn = (reason: string | null, i: number) => {
      const at = new Date(a.clock.time - 1_000 - i);
      const common = {
        workspaceId: a.workspaceId,
        agentId: a.agentId,
        trigger: { kind: "schedule" },
        phase: "settled",
        configVersion: 1,
        build: "b",
        timings: [],
      };
      return { ...common, id: crypto.randomUUID(), tickId: `s:m${i}`, at, reason, decisionHash: "d" };
    };
    await db().prisma.turn.createMany({ data: reasons.map(turn) });
    const since = [{ subjectId: a.agentId, since: a.clock.time - 60_000 }];
    expect([...(await new PrismaMonitorStore(db()).modelCalls(since)).values()]).toEqual([{ failed: 2, all: 4 }]);
  });

  it("leaves a workspace that it cannot look at as it was, says so, and looks at the others", async () => {
    const [broken, sound] = [await opened(db()), await opened(db())];
    for (const a of [broken, sound]) {
      await a.monitor().check();
      a.fall("0.7");
      a.clock.time += 60_000;
    }
    await broken.monitor().check(broken.workspaceId);
    const open = () => db().prisma.alert.count({ where: { workspaceId: broken.workspaceId, openKey: { not: null } } });
    expect(await open()).toBe(2);
    await db().prisma.breakerSettings.create({ data: { workspaceId: broken.workspaceId, settings: { nonsense: true } } });
    await expect(sound.monitor().check()).rejects.toMatchObject({ code: "INVALID_BREAKERS" });
    expect(await open()).toBe(2);
    expect(await sound.agent()).toMatchObject({ tradingState: "reducing" });
  });

  it("asks the database as little for many agents as for one, and never loosens what a person has halted", async () => {
    const a = await opened(db());
    const monitor = a.monitor();
    for (let i = 0; i < 12; i++) {
      const { agentId } = await a.service.create(a.scope, { config: { ...TEST_CONFIG, name: `Agent ${i}` }, capital: fixed("100") });
      await a.service.start(a.scope, agentId);
    }
    await monitor.check();
    a.clock.time += 60_000;
    const { count, result, statements } = await countStatements(db(), () => monitor.check());
    expect(result).toMatchObject({ agents: 13, acted: 0 });
    expect(count, statements.join("\n")).toBeLessThanOrEqual(4);
    await a.service.kill(a.scope, { agentId: a.agentId, flatten: false });
    a.fall("0.7");
    a.clock.time += 60_000;
    await monitor.check();
    expect(await a.agent()).toMatchObject({ status: "halted", tradingState: "halted", statusReason: "Halted by a person" });
    expect(await a.decisions()).toEqual([]);
  });
});
