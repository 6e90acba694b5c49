import { expect, it } from "vitest";
import type { Database } from "@/server/adapters/db/database";
import { type CrashPoint, type CrashPoints, turnCode } from "@/server/agents";
import type { ModelClient } from "@/server/llm";
import { fixed, HOUR_MS, MINUTE_MS, toText } from "@/server/shared";
import { findBookErrors } from "@/server/testing/book-errors";
import { describeDatabase } from "@/server/testing/database";
import { decides } from "@/server/testing/fixed-decision";
import { liveAgents, TEST_CONFIG } from "@/server/testing/live-agents";
import { seedWorkspace } from "@/server/testing/seed-workspace";

const START = Date.UTC(2026, 10, 2, 1);
const BUY = { action: "buy", size: { unit: "quote", amount: "300" } } as const;

type Live = Awaited<ReturnType<typeof buyer>>;

/** An agent that buys at every turn; `when` is called at every point of a turn. */
async function buyer(db: Database, options: { when?: (live: Live, point: CrashPoint) => Promise<void>; model?: ModelClient } = {}) {
  const { scope, workspaceId } = await seedWorkspace(db);
  const points: CrashPoints = { hit: async (point) => options.when?.(made, point) };
  const code = { ...turnCode("test"), decideByRules: decides(BUY) };
  const a = liveAgents(db, { start: START, code, points, ...(options.model ? { model: options.model } : {}) });
  const decider = options.model ? { kind: "model" as const, model: "claude-haiku-4-5" } : TEST_CONFIG.decider;
  const { agentId } = await a.service.create(scope, { config: { ...TEST_CONFIG, decider }, capital: fixed("1000") });
  const decide = (key: string) =>
    a.runner.run({ workspaceId, agentId, tickId: `m:${key}`, at: a.clock.time, trigger: { kind: "manual", eventId: key, actorId: "person" } });
  const made = { ...a, scope, workspaceId, agentId, decide };
  return made;
}

async function expectNothingSent(db: Database, a: Live) {
  const [order] = await db.prisma.order.findMany({ where: { agentId: a.agentId } });
  expect(order).toMatchObject({ status: "cancelled", reason: "Trading was halted before this order was sent." });
  expect(await a.exchange.find(a.agentId, order?.id ?? "")).toBeNull();
  const holds = await db.prisma.ledgerAccount.findMany({ where: { workspaceId: a.workspaceId, kind: "hold" } });
  expect(holds.map((h) => h.balance.toFixed())).toEqual(["0"]);
  expect(toText(await a.agents.cash(a.scope, await a.agents.get(a.scope, a.agentId)))).toBe("1000");
  expect(await findBookErrors(db, a.workspaceId)).toEqual([]);
}

describeDatabase("the kill switch", (db) => {
  it("between the commit and the sending of an order: it is cancelled, and its money is free again", async () => {
    const a = await buyer(db(), {
      when: async (live, point) => {
        if (point === "after-commit") await live.service.kill(live.scope, { agentId: live.agentId, flatten: false });
      },
    });
    await a.decide("one");
    await expectNothingSent(db(), a);
  });

  it("of the workspace, written between commit and sending: the sender sees it", async () => {
    const a = await buyer(db(), {
      when: async (live, point) => {
        if (point === "after-commit") await live.agents.setWorkspaceTrading(live.scope, "halted", "Halted by a person");
      },
    });
    await a.decide("one");
    await expectNothingSent(db(), a);
  });

  it("while a model thinks: its answer is recorded and no order leaves; after both are resumed the next one does", async () => {
    let asked = (): void => {};
    let answer = (): void => {};
    const thinking = new Promise<void>((ok) => {
      asked = ok;
    });
    const answered = new Promise<void>((ok) => {
      answer = ok;
    });
    const toolInput = { ...decides(BUY)(), horizonMs: undefined, horizonHours: null };
    const model: ModelClient = {
      complete: async () => {
        asked();
        await answered;
        const usage = { inputTokens: 10, outputTokens: 10 };
        return { toolInput: JSON.parse(JSON.stringify(toolInput)), raw: "{}", stopReason: "tool_use", usage, latencyMs: 1, attempts: 1 };
      },
    };
    const a = await buyer(db(), { model });
    const turn = a.decide("one");
    await thinking;
    expect(await a.service.killWorkspace(a.scope, { flatten: true })).toEqual({ halted: 1, flattening: 0 });
    answer();
    await turn;
    const stored = await db().prisma.turn.findFirstOrThrow({ where: { agentId: a.agentId } });
    expect(stored.action).toBe("buy");
    await expectNothingSent(db(), a);

    await a.service.resumeWorkspace(a.scope);
    expect(await a.service.resume(a.scope, a.agentId)).toEqual({ status: "stopped" });
    a.clock.time += HOUR_MS;
    await a.decide("two");
    a.clock.time += 5 * MINUTE_MS;
    await a.runner.run({
      workspaceId: a.workspaceId,
      agentId: a.agentId,
      tickId: "m:three",
      at: a.clock.time,
      trigger: { kind: "manual", eventId: "three", actorId: "person" },
    });
    expect(await db().prisma.fill.count({ where: { agentId: a.agentId } })).toBeGreaterThan(0);
    expect(await findBookErrors(db(), a.workspaceId)).toEqual([]);
  });
});
