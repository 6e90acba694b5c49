import { expect, it } from "vitest";
import type { Database } from "@/server/adapters/db/database";
import { PrismaBudgetRepository } from "@/server/adapters/db/prisma-budget-repository";
import { PrismaTurnStore } from "@/server/adapters/db/prisma-turn-store";
import type { ModelClient } from "@/server/llm";
import { fixed, HOUR_MS, MINUTE_MS } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import { liveAgents, TEST_CONFIG } from "@/server/testing/live-agents";
import { seedWorkspace } from "@/server/testing/seed-workspace";

const START = Date.UTC(2026, 10, 2, 1);

/** An agent whose process dies while the model thinks: nothing of what it would have written afterwards is written. */
async function diedWhileAsking(db: Database) {
  const { scope, workspaceId } = await seedWorkspace(db, { dailyModelCap: fixed("10") });
  let calls = 0;
  let asked = (): void => {};
  const thinking = new Promise<void>((ok) => {
    asked = ok;
  });
  const model: ModelClient = {
    complete: () => {
      calls += 1;
      asked();
      return new Promise(() => {});
    },
  };
  const a = liveAgents(db, { start: START, model, turns: new PrismaTurnStore(db) });
  const decider = { kind: "model" as const, model: "claude-haiku-4-5" };
  const { agentId } = await a.service.create(scope, { config: { ...TEST_CONFIG, decider }, capital: fixed("1000") });
  const request = { workspaceId, agentId, tickId: "m:one", at: START, trigger: { kind: "manual" as const, eventId: "one", actorId: "person" } };
  void a.runner.run(request);
  await thinking;
  const budgets = () => db.prisma.modelBudget.findMany({ where: { workspaceId } });
  const reserved = (await budgets()).map((b) => b.reserved.toFixed());
  expect(reserved).toHaveLength(2);
  for (const r of reserved) expect(Number(r)).toBeGreaterThan(0);
  const expectChargedInFull = async () => {
    for (const [i, b] of (await budgets()).entries()) {
      expect(b.reserved.toFixed()).toBe("0");
      expect(b.settled.toFixed()).toBe(reserved[i]);
    }
  };
  return { ...a, scope, agentId, request, calls: () => calls, expectChargedInFull, charged: reserved[0] };
}

describeDatabase("a model's answer that is lost with its process", (db) => {
  it("is charged in full when the turn is resumed, and the model is not asked again", async () => {
    const a = await diedWhileAsking(db());
    a.clock.time += 5 * MINUTE_MS;
    await a.runner.run(a.request);
    expect(a.calls()).toBe(1);
    await a.expectChargedInFull();
    const turn = await db().prisma.turn.findFirstOrThrow({ where: { agentId: a.agentId } });
    expect(turn.action).toBe("hold");
    expect(turn.modelCost.toFixed()).toBe(a.charged);
    // Once more changes nothing.
    const scope = a.scope;
    const again = await new PrismaBudgetRepository(db()).settleLost(scope, `turn:${turn.id}:1`);
    expect(again).toBe(fixed(a.charged ?? ""));
    await a.expectChargedInFull();
  });

  it("is charged in full by the sweep when nobody resumes the turn, and not before its time", async () => {
    const a = await diedWhileAsking(db());
    await db().prisma.turn.updateMany({ where: { agentId: a.agentId }, data: { phase: "failed", leaseUntil: null } });
    await a.runner.abandoned(10);
    expect(await db().prisma.modelCall.count({ where: { agentId: a.agentId, status: "reserved" } })).toBe(1);
    a.clock.time += HOUR_MS;
    await a.runner.abandoned(10);
    await a.expectChargedInFull();
  });
});
