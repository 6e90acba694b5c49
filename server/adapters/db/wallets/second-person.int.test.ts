import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { systemScope, tenantScope } from "@/server/auth/scope";
import { DAY_MS, fixed, fixedInt, HOUR_MS, sum, type TenantScope } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import { liveAgents } from "@/server/testing/live-agents";
import { testScope } from "@/server/testing/scope";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { DEFAULT_REBALANCE, NO_MONEY_RULES, RebalanceService, rebalanceParamsAsJson } from "@/server/wallets";
import type { Database } from "../database";
import { decimalToFixed } from "../decimal";
import { systemIds } from "../new-id";
import { PrismaNodeRecords } from "./prisma-node-records";
import { PrismaRebalanceStore } from "./prisma-rebalance-store";
import { PrismaWalletTree } from "./prisma-wallet-tree";

const START = Date.UTC(2026, 10, 2);
const LIMIT = 1000;

/** A master with a rule, two farms, its owner with a key, and a second owner. */
async function opened(db: Database) {
  const seeded = await seedWorkspace(db);
  const { scope, workspaceId, userId, treasuryNodeId: master } = seeded;
  const live = liveAgents(db, { start: START });
  const tree = new PrismaWalletTree(db);
  const farm = (name: string) => tree.create(scope, { kind: "farm", name, parentId: master, strategy: "custom" }, START);
  const [left, right] = [await farm("Left"), await farm("Right")];
  await tree.setRules(scope, master, { ...NO_MONEY_RULES, approvalFrom: fixedInt(LIMIT) });
  const keyId = randomUUID();
  const expiresAt = new Date(START + 365 * DAY_MS);
  await db.prisma.apiKey.create({
    data: { id: keyId, workspaceId, createdBy: userId, name: "k", prefix: "k", secretHash: keyId, scopes: [], expiresAt },
  });
  const key = tenantScope({ workspaceId, actor: { kind: "api-key", id: keyId }, role: "owner" });
  const other = testScope(workspaceId, { userId: randomUUID() });
  const order = (amount: string, toNodeId = left) => ({ kind: "allocate" as const, fromNodeId: master, toNodeId, amount: fixed(amount), why: "" });
  const move = (amount: string, by: TenantScope = scope, toNodeId = left) => live.money.move(by, { ...order(amount, toNodeId), key: randomUUID() });
  const waits = async (amount: string, by?: TenantScope, toNodeId?: string) => (await move(amount, by, toNodeId)).pendingApproval;
  const why = async (amount: string, by: TenantScope = scope) =>
    (await live.money.preview(by, [{ ...order(amount), key: "preview" }])).rows.flatMap((r) => r.checks).find((c) => c.rule === "approval")?.text;
  return { ...seeded, ...live, tree, master, left, right, key, other, order, move, waits, why };
}

describeDatabase("the second person, where a large movement is split", (db) => {
  it("counts a person's movements of 24 hours of wall time together, with a key or without, at any wallet under the rule", async () => {
    const t = await opened(db());
    expect(await t.waits("600")).toBe(false);
    expect(await t.waits("399.99", t.key, t.right)).toBe(false);
    expect(await t.why("0.01", t.key)).toBe("with the 2 movements of the last 24 hours 1,000.00 USDT of 1,000.00 USDT: a second person must agree");
    const asked = await t.move("0.01");
    expect(asked).toMatchObject({ moved: false, pendingApproval: true });
    // Nobody agrees to their own, neither as a person nor with a key; what was agreed to does not count, and neither does what waits.
    await expect(t.money.decide(t.key, asked.movementId, true, "")).rejects.toMatchObject({ code: "SAME_PERSON" });
    expect(await t.money.decide(t.other, asked.movementId, true, "")).toMatchObject({ moved: true });
    expect(await t.why("0.01")).toContain("with the 2 movements");
    // The other one has a day of their own.
    expect(await t.waits("999.99", t.other)).toBe(false);
    expect(await t.waits("0.01", t.other)).toBe(true);
    t.clock.time += DAY_MS - 1;
    expect(await t.waits("0.01")).toBe(true);
    t.clock.time += 1;
    expect(await t.waits("999.99")).toBe(false);
  });

  it("what was taken back counts no more, whoever took it; taking back another one's counts", async () => {
    const t = await opened(db());
    const own = await t.move("900");
    expect(await t.waits("100")).toBe(true);
    expect(await t.money.undo(t.key, own.movementId)).toMatchObject({ moved: true });
    expect(await t.waits("999.99")).toBe(false);
    const others = await t.move("700", t.other);
    expect(await t.money.undo(t.scope, others.movementId)).toMatchObject({ pendingApproval: true });
    t.clock.time += DAY_MS - HOUR_MS;
    const again = await t.move("100", t.other);
    t.clock.time += HOUR_MS;
    expect(await t.money.undo(t.scope, again.movementId)).toMatchObject({ moved: true });
    expect(await t.waits("900")).toBe(true);
    expect(await t.waits("899.99")).toBe(false);
  });

  it("a rebalancing counts by what it changes, with what was moved before, for whoever set its schedule", async () => {
    const t = await opened(db());
    const store = new PrismaRebalanceStore(db());
    const service = new RebalanceService({
      store,
      money: t.money,
      records: new PrismaNodeRecords(db()),
      goals: { demands: async () => ({}) },
      clocks: { wall: t.clock, market: t.market },
      ids: systemIds,
      scopeOf: systemScope,
      costRate: 0,
    });
    expect(await t.waits("800")).toBe(false);
    // 400 of 800 change their wallet: 1,200 with the movement before.
    expect((await service.apply(t.scope, t.master, DEFAULT_REBALANCE, null)).status).toBe("proposed");
    const setting = { nodeId: t.master, policy: "equal", params: rebalanceParamsAsJson(DEFAULT_REBALANCE), schedule: "daily" as const, apply: true };
    await store.set(t.key, setting);
    expect(await service.runDue()).toEqual({ applied: 0, proposed: 1 });
    const proposed = async () => (await store.list(t.scope, 9)).find((r) => r.status === "proposed")?.id ?? "";
    await expect(service.accept(t.scope, await proposed())).rejects.toMatchObject({ code: "SAME_PERSON" });
    t.clock.time += DAY_MS;
    expect(await service.runDue()).toEqual({ applied: 1, proposed: 0 });
    // Made by the product, counted with who set it: 400, and 600 are too much; the other one has moved nothing.
    expect(await t.why("600")).toContain("with the 2 movements");
    expect(await t.waits("599.99", t.other)).toBe(false);
    // Under way when its day is used up: each movement waits, and whoever set the schedule cannot agree to it.
    expect(await t.waits("599.99")).toBe(false);
    const moves = [{ fromNodeId: t.left, toNodeId: t.right, amount: fixed("50") }];
    const row = { nodeId: t.master, policy: "equal", status: "running" as const, moves, needsApproval: false, turnover: 0, at: START };
    await store.begin(systemScope(t.workspaceId), row, START);
    await service.goOn();
    const waiting = await db().prisma.movement.findFirstOrThrow({ where: { workspaceId: t.workspaceId, kind: "rebalance", status: "pending" } });
    await expect(t.money.decide(t.scope, waiting.id, true, "")).rejects.toMatchObject({ code: "SAME_PERSON" });
    // Moving by itself ends with the role of whoever allowed it.
    await db().prisma.member.updateMany({ where: { workspaceId: t.workspaceId }, data: { role: "trader" } });
    t.clock.time += DAY_MS;
    expect((await store.nextDue(t.market.now(), []))?.apply).toBe(false);
  });

  it("whatever is asked at once by several people: nobody's sum reaches the amount, and nothing waits that would have fitted", async () => {
    const amounts = fc.sample(fc.integer({ min: 50, max: 500 }), { numRuns: 16, seed: 7 });
    const t = await opened(db());
    const people = [t.scope, t.key, t.other, t.scope];
    await Promise.all(amounts.map((cents, i) => t.move(String(cents), people[i % 4], i % 2 === 0 ? t.left : t.right)));
    const judged = await sums(db(), t.workspaceId);
    expect([...judged.keys()].sort()).toEqual([`user:${t.userId}`, `user:${t.other.actor.id}`].sort());
    for (const { moved, waiting } of judged.values()) {
      expect(moved < fixedInt(LIMIT)).toBe(true);
      for (const amount of waiting) expect(moved + amount >= fixedInt(LIMIT)).toBe(true);
    }
    // The control looks before it moves, without the lock: each of them is small, and all of them go through.
    const naive = await opened(db());
    await Promise.all(
      amounts.map(async (amount) => {
        const order = { ...naive.order(String(amount)), key: randomUUID() };
        const { needsApproval } = await naive.money.preview(naive.scope, [order]);
        if (!needsApproval) await naive.money.move(naive.scope, order, { approved: true });
      }),
    );
    const { moved } = [...(await sums(db(), naive.workspaceId)).values()][0] ?? { moved: 0n };
    expect(moved >= fixedInt(LIMIT)).toBe(true);
  });
});

/** By person: what has moved under the rule, and what waits. */
async function sums(db: Database, workspaceId: string) {
  const rows = await db.prisma.movement.findMany({ where: { workspaceId, kind: "allocate" } });
  return new Map(
    [...new Set(rows.map((r) => r.person ?? ""))].map((person) => {
      const of = (status: string) => rows.filter((r) => r.person === person && r.status === status).map((r) => decimalToFixed(r.amount));
      return [person, { moved: sum(of("done")), waiting: of("pending") }] as const;
    }),
  );
}
