import { expect, it } from "vitest";
import type { Database } from "@/server/adapters/db/database";
import { PrismaGoalStore } from "@/server/adapters/db/goals/prisma-goal-store";
import { systemIds } from "@/server/adapters/db/new-id";
import { PrismaNodeRecords } from "@/server/adapters/db/wallets/prisma-node-records";
import { turnCode } from "@/server/agents";
import { systemScope } from "@/server/auth/scope";
import { DAY_MS, fixed, HOUR_MS, type TenantScope, toText } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import { decides } from "@/server/testing/fixed-decision";
import { NO_ACTION } from "@/server/testing/goals/make-goal";
import { liveAgents, TEST_CONFIG } from "@/server/testing/live-agents";
import { testScope } from "@/server/testing/scope";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import type { MoneyMover } from "@/server/wallets";
import { CapitalService, type GoalDraft, GoalKeeper, type GoalPorts, GoalService, goalOdds } from ".";

const START = Date.UTC(2026, 10, 2);

const draft = (nodeId: string, over: Partial<GoalDraft> = {}): GoalDraft => ({
  nodeId,
  kind: "profit",
  unit: "quote",
  target: fixed("100"),
  period: null,
  deadline: START + 30 * DAY_MS,
  priority: 3,
  onAchieved: NO_ACTION,
  trim: false,
  adaptive: false,
  mayApply: false,
  ...over,
});

/** Two agents of 1000 in a workspace of 100,000, and the goals' services over them. */
async function opened(db: Database) {
  const seeded = await seedWorkspace(db);
  const code = { ...turnCode("test"), decideByRules: decides({ action: "buy", size: { unit: "quote", amount: "400" } }) };
  const live = liveAgents(db, { start: START, code });
  const agent = async (name: string) => {
    const { agentId } = await live.service.create(seeded.scope, { config: { ...TEST_CONFIG, name }, capital: fixed("1000") });
    return { agentId, nodeId: (await live.agents.get(seeded.scope, agentId)).nodeId };
  };
  const [a, b] = [await agent("Ada"), await agent("Bob")];
  const calls: string[] = [];
  const ports = (money: MoneyMover = live.money): GoalPorts => ({
    store: new PrismaGoalStore(db),
    records: new PrismaNodeRecords(db),
    money,
    agents: {
      stop: async (scope, agentId) => void (await live.service.stop(scope, agentId)),
      flatten: async (_scope, agentId, _reason, key) => void calls.push(`${agentId} ${key}`),
    },
    compute: async (question) => goalOdds({ ...question, paths: 200 }),
    clocks: { wall: live.clock, market: live.market },
    scopeOf: systemScope,
  });
  /** The agent's equity was this at an hour after the start: as if it had earned it. */
  const point = async (who: { agentId: string }, hour: number, equity: string) => {
    const at = new Date(START + hour * HOUR_MS);
    await db.prisma.equityPoint.upsert({
      where: { agentId_at: { agentId: who.agentId, at } },
      create: { agentId: who.agentId, at, equity, hold: equity, cash: equity },
      update: { equity },
    });
  };
  /** What it is said to have earned is there as cash, so that it can be collected: from the market's side of the books. */
  const earn = async (who: { nodeId: string }, amount: string) => {
    await live.money.move(seeded.scope, {
      kind: "deposit",
      fromNodeId: null,
      toNodeId: seeded.treasuryNodeId,
      amount: fixed(amount),
      key: `earn:${who.nodeId}:${amount}`,
      why: "",
    });
    await db.raw.query(
      `UPDATE "LedgerAccount" SET balance = balance + CASE WHEN "nodeId" = $1::uuid THEN $3::numeric ELSE -$3::numeric END WHERE kind = 'cash' AND "nodeId" IN ($1::uuid, $2::uuid)`,
      [who.nodeId, seeded.treasuryNodeId, amount],
    );
  };
  const cash = async (nodeId: string): Promise<string> => toText((await ports().store.money(seeded.scope, [nodeId])).get(nodeId)?.cash ?? fixed("0"));
  const statement = async () =>
    (await db.prisma.movement.findMany({ where: { workspaceId: seeded.workspaceId, key: { startsWith: "goal" } }, orderBy: { key: "asc" } })).map(
      (m) => `${m.kind} ${m.amount.toFixed()} ${m.status}`,
    );
  const service = new GoalService({ ...ports(), ids: systemIds });
  return {
    ...seeded,
    ...live,
    a,
    b,
    ports,
    point,
    earn,
    cash,
    statement,
    calls,
    goals: service,
    keeper: (money?: MoneyMover) => new GoalKeeper(ports(money)),
  };
}

describeDatabase("goals", (db) => {
  it("measures, reaches, collects to the parent and stops: once, whoever checks and wherever a process dies", async () => {
    const w = await opened(db());
    const { goal } = await w.goals.create(w.scope, draft(w.a.nodeId, { onAchieved: { ...NO_ACTION, after: "stop", collect: "profit" } }), "make 100");
    await w.service.start(w.scope, w.a.agentId);
    await w.scheduler.finishTransition(w.workspaceId, w.a.agentId);
    await w.point(w.a, 1, "1060");
    w.clock.time = START + HOUR_MS;
    expect(await w.keeper().check()).toMatchObject({ goals: 1, achieved: 0 });
    expect((await w.ports().store.get(w.scope, goal.id)).measure).toMatchObject({ done: 0.6, reached: false });
    await w.point(w.a, 2, "1120");
    await w.earn(w.a, "120");
    w.clock.time = START + 2 * HOUR_MS;
    const treasury = await w.cash(w.treasuryNodeId);
    // The process dies after the money has moved, before that is written down; and once more before it has moved.
    let died = 0;
    const dying = (when: "before" | "after"): MoneyMover => ({
      move: async (scope, order) => {
        if (when === "after") await w.money.move(scope, order);
        died++;
        throw new Error("killed");
      },
    });
    await expect(w.keeper(dying("before")).check()).rejects.toThrow("killed");
    await expect(w.keeper(dying("after")).check()).rejects.toThrow("killed");
    expect(died).toBe(2);
    expect(await w.keeper().check()).toMatchObject({ moved: 1 });
    for (let i = 0; i < 3; i++) expect(await w.keeper().check()).toMatchObject({ moved: 0 });
    expect(await w.statement()).toEqual(["collect 120 done"]);
    expect([await w.cash(w.a.nodeId), await w.cash(w.treasuryNodeId)]).toEqual([
      "1000",
      toText((fixed(treasury) + fixed("120")) as typeof goal.target),
    ]);
    expect((await w.agents.get(w.scope, w.a.agentId)).status).toMatch(/stopp/);
    const [achievement] = await w.ports().store.achievements(w.scope, { goalId: goal.id });
    expect(achievement).toMatchObject({ status: "done", version: 1, note: null });
    expect((await w.ports().store.get(w.scope, goal.id)).goal).toMatchObject({
      status: "achieved",
      statusReason: expect.stringContaining("Reached: profit of 100 USDT"),
    });
    const events = await db().prisma.event.findMany({ where: { workspaceId: w.workspaceId, type: { startsWith: "goal/" } } });
    expect(events.filter((e) => e.type === "goal/achieved")).toHaveLength(1);
    expect(events.filter((e) => JSON.stringify(e.data).includes("120 USDT collected from Ada"))).toHaveLength(1);
    const audit = await db().prisma.auditEntry.findMany({ where: { workspaceId: w.workspaceId, subject: goal.id } });
    expect(audit.map((e) => e.action).sort()).toEqual(["goal.achieved", "goal.created"]);
  });

  it("control: a mover without keys would have collected twice", async () => {
    const w = await opened(db());
    await w.goals.create(w.scope, draft(w.a.nodeId, { onAchieved: { ...NO_ACTION, collect: "profit" } }), null);
    await w.point(w.a, 1, "1120");
    await w.earn(w.a, "120");
    w.clock.time = START + HOUR_MS;
    let keys = 0;
    const naive: MoneyMover = { move: (scope, order) => w.money.move(scope, { ...order, key: `naive:${keys++}` }) };
    const dying: MoneyMover = {
      move: async (scope, order) => {
        await naive.move(scope, order);
        throw new Error("killed");
      },
    };
    await expect(w.keeper(dying).check()).rejects.toThrow("killed");
    await w.keeper(naive).check();
    expect(await w.cash(w.a.nodeId)).toBe("880");
  });

  it("leaves money under positions alone, waits for it, collects the rest, and raises the goal", async () => {
    const w = await opened(db());
    const rule = { ...NO_ACTION, after: "raise" as const, raisePercent: fixed("50"), collect: "profit" as const };
    const { goal } = await w.goals.create(w.scope, draft(w.a.nodeId, { onAchieved: rule }), null);
    await w.point(w.a, 1, "1150");
    // Only 40 are free: the rest of what it is worth is said to be invested.
    await db().raw.query(`UPDATE "LedgerAccount" SET balance = 40 WHERE "nodeId" = $1::uuid AND kind = 'cash'`, [w.a.nodeId]);
    w.clock.time = START + HOUR_MS;
    expect(await w.keeper().check()).toMatchObject({ achieved: 1, moved: 1 });
    const store = w.ports().store;
    expect((await store.achievements(w.scope, { open: true }))[0]).toMatchObject({
      note: expect.stringContaining("110 USDT of 150 are not free yet"),
    });
    await db().raw.query(`UPDATE "LedgerAccount" SET balance = 500 WHERE "nodeId" = $1::uuid AND kind = 'cash'`, [w.a.nodeId]);
    expect(await w.keeper().check()).toMatchObject({ moved: 1 });
    expect(await w.statement()).toEqual(["collect 40 done", "collect 110 done"]);
    const raised = await store.get(w.scope, goal.id);
    expect(raised.goal).toMatchObject({ status: "active", target: fixed("150"), version: 3 });
    expect((await store.changes(w.scope, goal.id))[0]).toMatchObject({ kind: "raised", from: fixed("100"), to: fixed("150") });
    // Reached again: of what is free the wallet keeps its reserve, which the mover says and the goal heeds.
    await db().prisma.walletNode.update({ where: { id: w.a.nodeId }, data: { moneyRules: { reserve: "300" } } });
    await w.point(w.a, 2, "1200");
    w.clock.time = START + 2 * HOUR_MS;
    expect(await w.keeper().check()).toMatchObject({ achieved: 1, moved: 1 });
    // 350 were earned in all, 150 of them are taken already; 390 are free less 300.
    const open = async () => (await store.achievements(w.scope, { open: true }))[0];
    const shown = (a: Awaited<ReturnType<typeof open>>) => a && [toText(a.profit), toText(a.due), toText(a.collected)];
    expect(shown(await open())).toEqual(["350", "200", "90"]);
    expect((await open())?.note).toContain("keeps a free reserve of 300.00 USDT");
    expect(await w.keeper().check()).toMatchObject({ moved: 0 });
    await db().prisma.walletNode.update({ where: { id: w.a.nodeId }, data: { moneyRules: { reserve: "100" } } });
    expect(await w.keeper().check()).toMatchObject({ moved: 1 });
    expect(await w.cash(w.a.nodeId)).toBe("190");
    expect(await w.statement()).toEqual(["collect 40 done", "collect 110 done", "collect 90 done", "collect 110 done"]);
  });

  it("bounds the next turn of the agent by what the ceiling leaves, at today's equity, with no statement more", async () => {
    const w = await opened(db());
    await w.service.start(w.scope, w.a.agentId);
    await w.scheduler.finishTransition(w.workspaceId, w.a.agentId);
    await w.service.start(w.scope, w.b.agentId);
    await w.scheduler.finishTransition(w.workspaceId, w.b.agentId);
    await w.goals.create(w.scope, draft(w.a.nodeId, { kind: "drawdown", unit: "percent", target: fixed("10"), deadline: null }), null);
    // The ceiling's peak was 5 % above what the agent has now.
    const stored = (await w.ports().store.list(w.scope))[0];
    if (!stored?.state) throw new Error("no state");
    await db().prisma.goal.update({
      where: { id: stored.goal.id },
      data: {
        state: {
          ...JSON.parse(JSON.stringify(stored.state, (_k, v) => (typeof v === "bigint" ? toText(v as typeof stored.goal.target) : v))),
          peak: "1.052631578947368421",
        },
      },
    });
    await w.keeper().check();
    const ticks = await w.scheduler.plan(HOUR_MS);
    w.clock.time = Math.max(...ticks.map((t) => t.wallAt));
    for (const tick of ticks) await w.runner.run(tick);
    const bought = async (agentId: string) =>
      (await db().prisma.turn.findFirstOrThrow({ where: { agentId } })) as { summary: string | null; askedQuantity: { toNumber(): number } | null };
    const [with5, without] = [await bought(w.a.agentId), await bought(w.b.agentId)];
    expect(with5.askedQuantity?.toNumber()).toBeCloseTo((without.askedQuantity?.toNumber() ?? 0) / 2, 4);
  });

  it("is another tenant's to nobody; versions and deadlines are kept; changes are put back", async () => {
    const w = await opened(db());
    const stranger: TenantScope = testScope((await seedWorkspace(db())).workspaceId);
    const { goal } = await w.goals.create(w.scope, draft(w.a.nodeId), null);
    await expect(w.goals.preview(stranger, draft(w.a.nodeId))).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(w.goals.act(stranger, goal.id, "stop")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(w.goals.edit(w.scope, goal.id, 7, { target: fixed("90") })).rejects.toMatchObject({ code: "GOAL_CHANGED" });
    await expect(w.goals.create(w.scope, draft(w.a.nodeId, { deadline: START }), null)).rejects.toMatchObject({ code: "GOAL_DEADLINE_PAST" });
    await expect(
      w.goals.create(
        w.scope,
        draft(w.a.nodeId, { onAchieved: { ...NO_ACTION, collect: "all", collectTo: "00000000-0000-4000-8000-000000000000" } }),
        null,
      ),
    ).rejects.toMatchObject({ code: "NOT_FOUND" });
    const edited = await w.goals.edit(w.scope, goal.id, 1, { target: fixed("90") });
    expect(edited.goal).toMatchObject({ version: 2, target: fixed("90") });
    const [change] = await w.ports().store.changes(w.scope, goal.id);
    const back = await w.goals.undoChange(w.scope, goal.id, change?.id ?? "");
    expect(back.goal).toMatchObject({ target: fixed("100"), adaptive: false });
    await expect(w.goals.undoChange(w.scope, goal.id, change?.id ?? "")).rejects.toMatchObject({ code: "GOAL_CHANGE_UNDONE" });
    expect((await w.goals.act(w.scope, goal.id, "pause")).goal.status).toBe("paused");
    await w.goals.act(w.scope, goal.id, "resume");
    w.clock.time = START + 31 * DAY_MS;
    expect(await w.keeper().check(w.workspaceId)).toMatchObject({ missed: 1 });
    await expect(w.goals.act(w.scope, goal.id, "reopen")).rejects.toMatchObject({ code: "GOAL_DEADLINE_PAST" });
    await w.goals.act(w.scope, goal.id, "stop");
    expect(await db().prisma.goalBudget.count({ where: { workspaceId: w.workspaceId } })).toBe(0);
  });

  it("proposes capital by goals, moves it only where every goal allows it, and takes it back", async () => {
    const w = await opened(db());
    const capital = new CapitalService({ ...w.ports(), ids: systemIds });
    await w.goals.create(w.scope, draft(w.a.nodeId, { priority: 1, mayApply: true }), null);
    await w.goals.create(w.scope, draft(w.b.nodeId, { priority: 5 }), null);
    const [proposal] = await capital.propose(w.scope);
    expect(proposal?.shares.find((p) => p.name === "Ada")?.why).toContain("priority 1, unknown odds");
    expect((await w.ports().store.proposals(w.scope, 5))[0]).toMatchObject({ status: "open" });
    const before = [await w.cash(w.a.nodeId), await w.cash(w.b.nodeId)];
    expect(before).toEqual(["1000", "1000"]);
    await capital.apply(w.scope, proposal?.id ?? "");
    const after = await w.cash(w.a.nodeId);
    expect(Number(after)).toBeGreaterThan(1000);
    expect(Number(after) + Number(await w.cash(w.b.nodeId))).toBe(2000);
    await expect(capital.apply(w.scope, proposal?.id ?? "")).rejects.toMatchObject({ code: "PROPOSAL_OVER" });
    await capital.undo(w.scope, proposal?.id ?? "");
    expect([await w.cash(w.a.nodeId), await w.cash(w.b.nodeId)]).toEqual(before);
    // None twice a day; the next day all goals allow it, so it is carried out at once.
    expect(await capital.propose(w.scope)).toEqual([]);
    for (const { goal } of await w.ports().store.list(w.scope)) await w.goals.edit(w.scope, goal.id, goal.version, { mayApply: true });
    w.clock.time = START + DAY_MS + 1;
    expect(await capital.propose(w.scope)).toHaveLength(1);
    expect((await w.ports().store.proposals(w.scope, 1))[0]).toMatchObject({ status: "applied" });
    expect(await w.cash(w.a.nodeId)).toBe(after);
    expect(Object.values(await capital.demands(w.scope, w.treasuryNodeId))).toHaveLength(2);
  });
});
