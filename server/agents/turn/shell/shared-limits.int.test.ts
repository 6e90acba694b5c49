import { expect, it } from "vitest";
import type { Database } from "@/server/adapters/db/database";
import { PrismaTurnStore } from "@/server/adapters/db/prisma-turn-store";
import { type CrashPoints, type IntentCommit, type TurnLease, turnCode } from "@/server/agents";
import { fixed, HOUR_MS } from "@/server/shared";
import { findBookErrors } from "@/server/testing/book-errors";
import { countStatements, describeDatabase } from "@/server/testing/database";
import { decides } from "@/server/testing/fixed-decision";
import { liveAgents, TEST_CONFIG } from "@/server/testing/live-agents";
import { seedWorkspace } from "@/server/testing/seed-workspace";

const START = Date.UTC(2026, 10, 2);
const AGENTS = 4;

/** The control: commits what was judged by the books from before, whatever others have committed since. */
class UncheckedTurnStore extends PrismaTurnStore {
  override commitIntents(lease: TurnLease, commit: IntentCommit): ReturnType<PrismaTurnStore["commitIntents"]> {
    return super.commitIntents(lease, { ...commit, recheck: null });
  }
}

/** Lets nobody commit before all have read the books: the worst race there can be. */
function allAtOnce(): CrashPoints {
  let waiting = 0;
  let open = (): void => {};
  const opened = new Promise<void>((ok) => {
    open = ok;
  });
  return {
    hit: async (point) => {
      if (point !== "before-commit") return;
      waiting += 1;
      if (waiting >= AGENTS) open();
      await opened;
    },
  };
}

async function race(db: Database, limits: Record<string, string | number>, turns: PrismaTurnStore) {
  const { scope, workspaceId } = await seedWorkspace(db);
  await db.prisma.workspace.update({ where: { id: workspaceId }, data: { limits } });
  const code = { ...turnCode("test"), decideByRules: decides({ action: "buy", size: { unit: "quote", amount: "300" } }) };
  const a = liveAgents(db, { start: START, code, turns, points: allAtOnce() });
  const at = START + HOUR_MS;
  a.clock.time = at;
  const phases = await Promise.all(
    Array.from({ length: AGENTS }, async (_, i) => {
      const { agentId } = await a.service.create(scope, { config: { ...TEST_CONFIG, name: `Agent ${i}` }, capital: fixed("1000") });
      const trigger = { kind: "manual" as const, eventId: "race", actorId: scope.actor.id };
      return (await a.runner.run({ workspaceId, agentId, tickId: "m:race", at, trigger })).phase;
    }),
  );
  const orders = await db.prisma.order.findMany({ where: { workspaceId, side: "buy" } });
  const price = Number((await a.feed.price({ symbol: "BTC/USDT", at }))?.price) / 1e18;
  const notional = orders.reduce((sum, o) => sum + Number(o.quantity) * price, 0);
  expect(await findBookErrors(db, workspaceId)).toEqual([]);
  return { phases, orders: orders.length, notional };
}

describeDatabase("limits that agents of a workspace share", (db) => {
  it("hold when four agents decide at the same instant", async () => {
    const perHour = await race(db(), { maxOrdersPerHour: 2 }, new PrismaTurnStore(db()));
    expect(perHour.phases).toEqual(Array(AGENTS).fill("executing"));
    expect(perHour.orders).toBe(2);
    const position = await race(db(), { maxPositionNotional: "700" }, new PrismaTurnStore(db()));
    expect(position.orders).toBeGreaterThanOrEqual(2);
    expect(position.notional).toBeLessThanOrEqual(700);
    const gross = await race(db(), { maxGrossNotional: "700" }, new PrismaTurnStore(db()));
    expect(gross.orders).toBeGreaterThanOrEqual(2);
    expect(gross.notional).toBeLessThanOrEqual(700);
  });

  it("control: without the second look all four get through, and the test sees it", async () => {
    expect((await race(db(), { maxOrdersPerHour: 2 }, new UncheckedTurnStore(db()))).orders).toBe(AGENTS);
    expect((await race(db(), { maxPositionNotional: "700" }, new UncheckedTurnStore(db()))).notional).toBeGreaterThan(700);
  });

  it("cost two statements more", async () => {
    const { scope, workspaceId } = await seedWorkspace(db());
    await db().prisma.workspace.update({ where: { id: workspaceId }, data: { limits: { maxOrdersPerHour: 100 } } });
    const code = { ...turnCode("test"), decideByRules: decides({ action: "buy", size: { unit: "quote", amount: "300" } }) };
    const a = liveAgents(db(), { start: START + HOUR_MS, code });
    const { agentId } = await a.service.create(scope, { config: TEST_CONFIG, capital: fixed("1000") });
    const trigger = { kind: "manual" as const, eventId: "one", actorId: scope.actor.id };
    const { count } = await countStatements(db(), () => a.runner.run({ workspaceId, agentId, tickId: "m:one", at: a.clock.time, trigger }));
    expect(await db().prisma.fill.count()).toBe(1);
    expect(count).toBeLessThanOrEqual(20);
  });
});
