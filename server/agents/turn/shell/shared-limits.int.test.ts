import { expect, it } from "vitest";
import type { Database } from "@/server/adapters/db/database";
import { PrismaTurnStore } from "@/server/adapters/db/prisma-turn-store";
import { type CrashPoints, type IntentCommit, runTurnCore, type TurnLease, turnCode } from "@/server/agents";
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

type Meanwhile = (workspaceId: string, other: string, clock: { time: number }) => Promise<unknown>;

/** What an agent that wants to buy for 300 buys for, when something happens between its decision and the commit. */
async function boughtWhen(db: Database, limits: Record<string, string | number>, happens: Meanwhile, turns = new PrismaTurnStore(db)) {
  const { scope, workspaceId } = await seedWorkspace(db);
  await db.prisma.workspace.update({ where: { id: workspaceId }, data: { limits } });
  const code = { ...turnCode("test"), decideByRules: decides({ action: "buy", size: { unit: "quote", amount: "300" } }) };
  const create = async (name: string) => (await a.service.create(scope, { config: { ...TEST_CONFIG, name }, capital: fixed("1000") })).agentId;
  let first = true;
  const hit = async (point: string) => {
    if (point !== "before-commit" || !first) return;
    first = false;
    await happens(workspaceId, other, a.clock);
  };
  const a = liveAgents(db, { start: START, code, turns, points: { hit } });
  const [agentId, other] = [await create("One"), await create("Other")];
  const at = START + HOUR_MS;
  a.clock.time = at;
  const trigger = { kind: "manual" as const, eventId: "one", actorId: scope.actor.id };
  const { turnId } = await a.runner.run({ workspaceId, agentId, tickId: "m:one", at, trigger });
  const { inputs } = await a.turns.loadStored(turnId);
  if (!inputs) throw new Error("the turn has no inputs");
  // What was judged is what the recorded inputs say again.
  expect((await db.prisma.turn.findUniqueOrThrow({ where: { id: turnId } })).outcome).toBe(runTurnCore(inputs, code).verdict.outcome);
  const [order] = await db.prisma.order.findMany({ where: { agentId } });
  expect(await findBookErrors(db, workspaceId)).toEqual([]);
  return order ? Number(order.quantity) * (Number((await a.feed.price({ symbol: "BTC/USDT", at }))?.price) / 1e18) : 0;
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

  it("bind as they are at the commit: lowered, set for the first time, and by the loss of the day up to then", async () => {
    const set =
      (limits: Record<string, string | number>): Meanwhile =>
      (id) =>
        db().prisma.workspace.update({ where: { id }, data: { limits } });
    const lost: Meanwhile = (_id, agentId, clock) => {
      clock.time += 60_000;
      const point = (at: number, equity: string) => ({ agentId, at: new Date(at), equity, hold: equity, cash: equity });
      return db().prisma.equityPoint.createMany({ data: [point(START + 1, "1000"), point(clock.time, "500")] });
    };
    const bought = (limits: Record<string, string | number>, happens: Meanwhile) => boughtWhen(db(), limits, happens);
    const unchecked = (limits: Record<string, string | number>, happens: Meanwhile) =>
      boughtWhen(db(), limits, happens, new UncheckedTurnStore(db()));
    expect(await bought({ maxGrossNotional: "1000" }, set({ maxGrossNotional: "100" }))).toBeLessThanOrEqual(100);
    expect(await bought({}, set({ maxGrossNotional: "100" }))).toBeLessThanOrEqual(100);
    expect(await bought({}, set({ maxOrderNotional: "100" }))).toBeLessThanOrEqual(100);
    expect(await bought({ maxDailyLoss: "400" }, lost)).toBe(0);
    expect(await bought({ maxDailyLoss: "600" }, lost)).toBeGreaterThan(290);
    expect(await unchecked({}, set({ maxGrossNotional: "100" }))).toBeGreaterThan(290);
    expect(await unchecked({ maxDailyLoss: "400" }, lost)).toBeGreaterThan(290);
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
