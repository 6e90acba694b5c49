import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import type { Database } from "@/server/adapters/db/database";
import { PrismaOrderStore } from "@/server/adapters/db/prisma-order-store";
import { SimulatedMarketFeed } from "@/server/adapters/market/simulated-market-feed";
import { type AgentConfig, runTurnCore, turnCode } from "@/server/agents";
import type { MarketFeed } from "@/server/market";
import type { RiskCheck } from "@/server/risk";
import { DomainError, fixed, HOUR_MS, type TenantScope, toText, ZERO } from "@/server/shared";
import { countStatements, describeDatabase } from "@/server/testing/database";
import { decides } from "@/server/testing/fixed-decision";
import { liveAgents, TEST_CONFIG } from "@/server/testing/live-agents";
import { seedWorkspace } from "@/server/testing/seed-workspace";

const START = Date.UTC(2026, 10, 2);
type Wish = Parameters<typeof decides>[0];
const BUY: Wish = { action: "buy", size: { unit: "base", amount: "0.004" } };

/** A workspace whose agents do as they are told, one decision a call. */
async function told(db: Database, limits: Record<string, string | number | null> = {}, depth?: MarketFeed["depth"]) {
  const { scope, workspaceId, treasuryNodeId } = await seedWorkspace(db);
  await db.prisma.workspace.update({ where: { id: workspaceId }, data: { limits } });
  let next: Wish = BUY;
  const code = { ...turnCode("test"), decideByRules: (...args: Parameters<ReturnType<typeof decides>>) => decides(next)(...args) };
  const feed: MarketFeed = new SimulatedMarketFeed(7);
  if (depth) feed.depth = depth;
  const a = liveAgents(db, { start: START, code, feed });
  let count = 0;
  return {
    ...a,
    code,
    scope,
    workspaceId,
    treasuryNodeId,
    create: async (config: Partial<AgentConfig> = {}): Promise<string> =>
      (await a.service.create(scope, { config: { ...TEST_CONFIG, name: `Agent ${count++}`, ...config }, capital: fixed("1000") })).agentId,
    decide: async (agentId: string, at: number, decision: Wish = BUY) => {
      next = decision;
      a.clock.time = at;
      const tickId = `m:${count++}`;
      const { turnId } = await a.runner.run({
        workspaceId,
        agentId,
        tickId,
        at,
        trigger: { kind: "manual", eventId: tickId, actorId: scope.actor.id },
      });
      const { inputs } = await a.turns.loadStored(turnId);
      if (!inputs) throw new Error("the turn has no inputs");
      const { verdict } = runTurnCore(inputs, code);
      const turn = await db.prisma.turn.findUniqueOrThrow({ where: { id: turnId } });
      // What was judged is what the recorded inputs say again.
      expect(turn.outcome).toBe(verdict.outcome);
      return {
        turnId,
        inputs,
        verdict,
        check: (rule: RiskCheck["rule"], level: string) => verdict.checks.find((c) => c.rule === rule && c.level === level),
      };
    },
  };
}

const CLOSE: Wish = { action: "close", size: null };

async function farmAbove(
  db: Database,
  t: { workspaceId: string; treasuryNodeId: string; scope: TenantScope },
  agentIds: readonly string[],
  limits: object,
) {
  const id = randomUUID();
  const { workspaceId, treasuryNodeId: parentId } = t;
  await db.prisma.walletNode.create({ data: { id, workspaceId, parentId, kind: "farm", mode: "paper", name: "Farm", currency: "USDT", limits } });
  await db.prisma.walletNode.updateMany({ where: { agent: { id: { in: [...agentIds] } } }, data: { parentId: id } });
  return id;
}

describeDatabase("levels and figures of the risk rules", (db) => {
  it("a farm binds the agents under it, taken together, and no other; its trading state stops what was not sent yet", async () => {
    const t = await told(db());
    const [one, two, outside] = [await t.create(), await t.create(), await t.create()];
    const farm = await farmAbove(db(), t, [one, two], { maxGrossNotional: "500", maxOrdersPerMinute: 2 });
    const at = START + HOUR_MS;
    const first = await t.decide(one, at);
    expect(first.check("gross-exposure", "farm")).toMatchObject({ outcome: "pass", before: "0", limit: "500" });
    const second = await t.decide(two, at + 1000);
    const held = first.check("gross-exposure", "farm");
    // The other agent's 0.004 at the price of now, and this one's own; together more than 500.
    expect(second.check("gross-exposure", "farm")).toMatchObject({ outcome: "reduce", before: held?.asked, limit: "500" });
    expect(second.inputs.figures?.farm?.quantities).toEqual({ "BTC/USDT": "0.004" });
    expect(second.check("orders-per-minute", "farm")).toMatchObject({ before: "1", asked: "2" });
    expect((await t.decide(outside, at + 2000)).inputs.figures).toBeUndefined();

    await db().prisma.walletNode.update({ where: { id: farm }, data: { tradingState: "reducing" } });
    expect((await t.decide(one, at + HOUR_MS)).verdict).toMatchObject({ outcome: "deny", decidedBy: "trading-state" });
    expect((await t.decide(one, at + HOUR_MS + 1000, CLOSE)).verdict.outcome).toBe("approve");
    const orders = new PrismaOrderStore(db());
    expect((await orders.account(one)).halted).toBe(true);
    expect((await orders.account(outside)).halted).toBe(false);
  });

  it("every farm above an agent binds it, at any depth; a judge that knows only the nearest lets pass what an outer farm forbids", async () => {
    const t = await told(db());
    const [deep, beside, outside] = [await t.create(), await t.create(), await t.create()];
    const top = await farmAbove(db(), t, [beside], { maxGrossNotional: "500", duplicateWindowSeconds: 60 });
    const middle = await farmAbove(db(), { ...t, treasuryNodeId: top }, [], {});
    const inner = await farmAbove(db(), { ...t, treasuryNodeId: middle }, [deep], { maxGrossNotional: "5000" });
    const at = START + HOUR_MS;
    const first = await t.decide(beside, at);
    expect(first.inputs.figures?.outerFarms).toBeUndefined();
    const second = await t.decide(deep, at + 1000);
    const gross = second.verdict.checks.filter((c) => c.rule === "gross-exposure" && c.level === "farm");
    expect(gross).toMatchObject([
      { outcome: "pass", before: "0", limit: "5000" },
      { outcome: "reduce", before: first.check("gross-exposure", "farm")?.asked, limit: "500" },
    ]);
    expect(second.inputs.figures?.farm?.quantities).toEqual({});
    expect(second.inputs.figures?.outerFarms?.map((f) => f.quantities)).toEqual([{}, { "BTC/USDT": "0.004" }]);
    const nearestOnly = structuredClone(second.inputs);
    delete (nearestOnly.figures as { outerFarms?: unknown }).outerFarms;
    expect(runTurnCore(nearestOnly, t.code).verdict.outcome).toBe("approve");

    // The same order within the outer farm's window: of an agent inside it, not of one outside it.
    const exact: Wish = { action: "buy", size: { unit: "base", amount: toText(fixed(second.verdict.allowedQuantity)) } };
    await db().prisma.walletNode.update({ where: { id: top }, data: { limits: { duplicateWindowSeconds: 60 } } });
    expect((await t.decide(beside, at + 2000, exact)).verdict).toMatchObject({ outcome: "deny", decidedBy: "duplicate-intent" });
    expect((await t.decide(outside, at + 3000, exact)).verdict.outcome).toBe("approve");
    expect((await t.decide(deep, at + HOUR_MS, BUY)).verdict.outcome).toBe("approve");

    const orders = new PrismaOrderStore(db());
    for (const node of [top, middle, inner]) {
      await db().prisma.walletNode.update({ where: { id: node }, data: { tradingState: "halted" } });
      expect([(await orders.account(deep)).halted, (await orders.account(outside)).halted]).toEqual([true, false]);
      expect((await t.decide(deep, at + 2 * HOUR_MS)).verdict).toMatchObject({ outcome: "deny", decidedBy: "trading-state" });
      await db().prisma.walletNode.update({ where: { id: node }, data: { tradingState: "active" } });
    }
    expect((await orders.account(deep)).halted).toBe(false);
  });

  it("the workspace is measured over all its agents and all their markets", async () => {
    const t = await told(db(), { maxGrossPercent: "30", maxCorrelatedPercent: "90" });
    const [one, two] = [await t.create(), await t.create({ symbols: ["ETH/USDT"] })];
    const at = START + 40 * HOUR_MS;
    await t.decide(one, at);
    const eth = await t.decide(two, at + 1000, { action: "buy", symbol: "ETH/USDT", size: { unit: "quote", amount: "900" } });
    expect(eth.inputs.figures?.workspaceQuantities).toEqual({ "BTC/USDT": "0.004" });
    expect(Object.keys(eth.inputs.windows).sort()).toEqual(["BTC/USDT", "ETH/USDT"]);
    const share = eth.check("exposure-share", "workspace");
    expect(share?.outcome).toBe("reduce");
    expect(Number(share?.limit)).toBeCloseTo(600, -1);
    expect(Number(eth.check("correlation", "workspace")?.before)).toBeGreaterThanOrEqual(0);
  });

  it("the same order of another agent is a duplicate by the workspace's window, and by no agent's", async () => {
    const t = await told(db(), { duplicateWindowSeconds: 600 });
    const [one, two] = [await t.create(), await t.create({ limits: { ...TEST_CONFIG.limits, duplicateWindowSeconds: 900 } })];
    const at = START + HOUR_MS;
    await t.decide(one, at);
    const again = await t.decide(two, at + 3000);
    expect(again.check("duplicate-intent", "workspace")).toMatchObject({ outcome: "deny", asked: "3", limit: "600" });
    expect(again.check("duplicate-intent", "agent")).toMatchObject({ outcome: "pass", limit: "900" });
    expect((await t.decide(two, at + 600_000)).verdict.outcome).toBe("approve");
  });

  it("a protection looks at the closed trades that the fills make, and its figures are recorded", async () => {
    const t = await told(db());
    const protections = [{ kind: "cooldown-period", stopMinutes: 120 }] as const;
    const agent = await t.create({ protections });
    const at = START + HOUR_MS;
    await t.decide(agent, at);
    await t.decide(agent, at + HOUR_MS, CLOSE);
    const soon = await t.decide(agent, at + 2 * HOUR_MS);
    expect(soon.verdict).toMatchObject({ outcome: "deny", decidedBy: "cooldown-period" });
    expect(soon.inputs.figures?.closedTrades).toHaveLength(1);
    expect(soon.check("cooldown-period", "agent")?.reason).toContain(new Date(at + 3 * HOUR_MS).toISOString().slice(0, 16).replace("T", " "));
    const later = await t.decide(agent, at + 3 * HOUR_MS);
    expect(later.check("cooldown-period", "agent")?.outcome).toBe("pass");
    expect(later.inputs.figures?.closedTrades).toEqual([]);
  });

  it("the book's depth binds where there is one; a book that is not shown counts as empty", async () => {
    const shown = [{ bids: fixed("5"), asks: fixed("0.03") }, null];
    const t = await told(db(), { maxDepthPercent: "10" }, async () => {
      const next = shown.shift();
      if (next === undefined) throw new DomainError("FEED_UNAVAILABLE", "no answer", { kind: "unavailable" });
      return next;
    });
    const agent = await t.create();
    const at = START + HOUR_MS;
    expect((await t.decide(agent, at)).check("depth-share", "workspace")).toMatchObject({ outcome: "reduce", limit: "0.003", allows: "0.003" });
    expect((await t.decide(agent, at + 1000)).check("depth-share", "workspace")).toMatchObject({ outcome: "pass", limit: "" });
    expect((await t.decide(agent, at + 2000)).verdict).toMatchObject({ outcome: "deny", decidedBy: "depth-share" });
  });

  it("money moved into an agent is no profit of the day, and counts once in what the others are worth; an archived agent's loss stays", async () => {
    const t = await told(db());
    const [own, moved, gone] = [await t.create(), await t.create(), await t.create()];
    const farm = await farmAbove(db(), t, [own, moved], {});
    // The farm's own cash, which agents are funded from, is nobody's worth.
    await t.money.move(t.scope, { kind: "allocate", fromNodeId: t.treasuryNodeId, toNodeId: farm, amount: fixed("700"), key: "farm", why: "" });
    const day = START + 24 * HOUR_MS;
    const point = (agentId: string, at: number, equity: string) =>
      db().prisma.equityPoint.create({ data: { agentId, at: new Date(at), equity, hold: equity, cash: equity } });
    const move = (at: number, amount: string, how: "fund" | "collect" = "fund") => {
      t.clock.time = at;
      return t.service[how](t.scope, { agentId: moved, amount: fixed(amount), key: String(at) });
    };
    const agent = await t.agents.get(t.scope, own);
    const figures = async (at: number) => {
      const { workspaceDayPnl, figures } = await t.turns.books(agent, at);
      return [workspaceDayPnl, figures.farm?.dayPnl, figures.othersEquity, figures.farm?.othersEquity].map((x) => Number(toText(x ?? ZERO)));
    };
    // Before anybody has decided, cash is what an agent is worth.
    expect(await figures(day)).toEqual([0, 0, 2000, 1000]);
    await point(moved, day - HOUR_MS, "1000");
    await move(day - 1000, "50");
    await move(day + 1000, "500");
    expect(await figures(day + 2000)).toEqual([0, 0, 2550, 1550]);
    await point(moved, day + HOUR_MS, "1350");
    await point(gone, day + HOUR_MS, "1000");
    await point(gone, day + 2 * HOUR_MS, "900");
    expect(await figures(day + 3 * HOUR_MS)).toEqual([-300, -200, 2250, 1350]);
    await move(day + 3 * HOUR_MS, "100");
    await move(day + 3 * HOUR_MS + 1, "40", "collect");
    await db().prisma.agent.update({ where: { id: gone }, data: { status: "archived" } });
    expect(await figures(day + 4 * HOUR_MS)).toEqual([-300, -200, 1410, 1410]);
  });

  it("costs no statement more, whatever is set", async () => {
    const t = await told(db(), { maxGrossPercent: "90", maxCorrelatedPercent: "90", duplicateWindowSeconds: 60, maxOrdersPerMinute: 5 });
    const agent = await t.create({ protections: [{ kind: "cooldown-period", stopMinutes: 5 }] });
    t.clock.time = START + HOUR_MS;
    const trigger = { kind: "manual" as const, eventId: "n", actorId: t.scope.actor.id };
    const request = { workspaceId: t.workspaceId, agentId: agent, tickId: "m:n", at: START + HOUR_MS, trigger };
    const { count } = await countStatements(db(), () => t.runner.run(request));
    expect(await db().prisma.fill.count({ where: { agentId: agent } })).toBe(1);
    expect(count).toBeLessThanOrEqual(20);
  });
});
