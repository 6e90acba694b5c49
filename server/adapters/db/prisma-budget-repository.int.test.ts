import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import type { BudgetRepository } from "@/server/llm";
import { add, fixed, toText } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import { seedAgent } from "@/server/testing/seed-agent";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import type { Database } from "./database";
import { decimalToFixed, fixedToDecimal } from "./decimal";
import { PrismaBudgetRepository } from "./prisma-budget-repository";

const NOW = Date.UTC(2026, 10, 21, 23, 59, 59);
type Reserve = BudgetRepository["reserve"];

/** The control: reads what is spent, compares, then writes. */
const naiveReserve =
  (db: Database): Reserve =>
  async (scope, r) => {
    const where = { scopeId_day: { scopeId: scope.workspaceId, day: new Date(NOW - (NOW % 86_400_000)) } };
    const row = await db.prisma.modelBudget.findUnique({ where });
    const reserved = add(row ? decimalToFixed(row.reserved) : fixed("0"), r.amount);
    if (reserved > fixed("1")) throw new Error("over the cap");
    await db.prisma.modelCall.create({
      data: {
        id: randomUUID(),
        workspaceId: scope.workspaceId,
        key: r.key,
        model: r.model,
        day: where.scopeId_day.day,
        status: "reserved",
        reserved: toText(r.amount),
      },
    });
    await db.prisma.modelBudget.upsert({
      where,
      create: { workspaceId: scope.workspaceId, ...where.scopeId_day, cap: "1", reserved: fixedToDecimal(reserved) },
      update: { reserved: fixedToDecimal(reserved) },
    });
    return true;
  };

describeDatabase("PrismaBudgetRepository", (db) => {
  const open = async (caps: { workspace: string; agent: string }) => {
    const seeded = await seedWorkspace(db(), { dailyModelCap: fixed(caps.workspace) });
    const agentId = await seedAgent(db(), seeded, { dailyModelCap: caps.agent });
    return { ...seeded, agentId, budget: new PrismaBudgetRepository(db()) };
  };
  const ask = (key: string, amount: string, agentId: string | null) => ({ key, agentId, model: "m", amount: fixed(amount), wallNow: NOW });

  /** 50 at once, 0.07 each, against a cap of 1: fourteen fit. */
  const storm = async (reserve: Reserve, scope: Parameters<Reserve>[0], agentId: string | null) => {
    const tries = Array.from({ length: 50 }, (_, i) => reserve(scope, ask(`k${i}`, "0.07", agentId)));
    const refused = (await Promise.allSettled(tries)).filter((r) => r.status === "rejected").length;
    const calls = await db().prisma.modelCall.findMany({ where: { workspaceId: scope.workspaceId } });
    return { refused, total: calls.reduce((s, c) => add(s, decimalToFixed(c.reserved)), fixed("0")) };
  };

  it.each([
    { workspace: "1", agent: "5" },
    { workspace: "5", agent: "1" },
  ])("50 reservations at once do not pass a cap of 1 ($workspace for the workspace, $agent for the agent)", async (caps) => {
    const { budget, scope, agentId } = await open(caps);
    const { refused, total } = await storm((s, r) => budget.reserve(s, r), scope, agentId);
    expect(refused).toBe(36);
    expect(toText(total)).toBe("0.98");
    expect(toText((await budget.today(scope, NOW)).reserved)).toBe("0.98");
    expect(toText((await budget.today(scope, NOW, agentId)).reserved)).toBe("0.98");
  });

  it("control: reading before writing passes the cap", async () => {
    const { scope } = await open({ workspace: "1", agent: "1" });
    expect((await storm(naiveReserve(db()), scope, null)).total).toBeGreaterThan(fixed("1"));
  });

  it("says which level, its cap, what is spent and what was asked; and keeps nothing of it", async () => {
    const { budget, scope, agentId } = await open({ workspace: "5", agent: "1" });
    await budget.reserve(scope, ask("a", "0.6", agentId));
    await expect(budget.reserve(scope, ask("b", "0.5", agentId))).rejects.toMatchObject({
      code: "MODEL_BUDGET_EXCEEDED",
      details: { data: { level: "agent", cap: "1", spent: "0.6", asked: "0.5" } },
    });
    expect(toText((await budget.today(scope, NOW)).reserved)).toBe("0.6");
  });

  it("reserves and settles a key once, and books an overrun as it was", async () => {
    const { budget, scope, agentId } = await open({ workspace: "1", agent: "1" });
    const twice = [budget.reserve(scope, ask("a", "0.5", agentId)), budget.reserve(scope, ask("a", "0.5", agentId))];
    // Of two who reserve for the same call only one makes it.
    expect((await Promise.all(twice)).sort()).toEqual([false, true]);
    const spent = { amount: fixed("0.7"), inputTokens: 10, outputTokens: 20 };
    await budget.settle(scope, "a", spent);
    await budget.settle(scope, "a", spent);
    for (const id of [undefined, agentId]) {
      expect(await budget.today(scope, NOW, id)).toEqual({ cap: fixed("1"), settled: fixed("0.7"), reserved: fixed("0") });
    }
    await expect(budget.reserve(scope, ask("b", "0.31", agentId))).rejects.toMatchObject({ code: "MODEL_BUDGET_EXCEEDED" });
    await budget.reserve(scope, ask("b", "0.3", agentId));
  });

  it("counts each UTC day by itself", async () => {
    const { budget, scope, agentId } = await open({ workspace: "1", agent: "1" });
    await budget.reserve(scope, ask("a", "1", agentId));
    await budget.reserve(scope, { ...ask("b", "1", agentId), wallNow: NOW + 1_000 });
    expect(toText((await budget.today(scope, NOW + 1_000)).reserved)).toBe("1");
  });

  it("follows a cap that is lowered or raised during the day", async () => {
    const { budget, scope, workspaceId } = await open({ workspace: "1", agent: "1" });
    await budget.reserve(scope, ask("a", "0.5", null));
    await db().prisma.workspace.update({ where: { id: workspaceId }, data: { dailyModelCap: "0.4" } });
    await expect(budget.reserve(scope, ask("b", "0.01", null))).rejects.toMatchObject({ code: "MODEL_BUDGET_EXCEEDED" });
    await db().prisma.workspace.update({ where: { id: workspaceId }, data: { dailyModelCap: "2" } });
    await budget.reserve(scope, ask("b", "1.5", null));
  });

  it("fails closed for another tenant's agent, an unknown key and an agent without a cap", async () => {
    const { budget, scope, agentId } = await open({ workspace: "1", agent: "1" });
    const other = await seedWorkspace(db());
    await expect(budget.reserve(other.scope, ask("a", "0.1", agentId))).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(budget.today(other.scope, NOW, agentId)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(budget.settle(other.scope, "a", { amount: fixed("0"), inputTokens: 0, outputTokens: 0 })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    await db().prisma.agent.update({ where: { id: agentId }, data: { config: {} } });
    await expect(budget.reserve(scope, ask("c", "0.1", agentId))).rejects.toMatchObject({ code: "MODEL_BUDGET_EXCEEDED" });
    expect(await db().prisma.modelCall.count()).toBe(0);
  });
});
