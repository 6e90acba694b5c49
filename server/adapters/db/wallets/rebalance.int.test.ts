import { expect, it } from "vitest";
import { systemScope } from "@/server/auth/scope";
import { DAY_MS, fixed, toText } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import { liveAgents } from "@/server/testing/live-agents";
import { testScope } from "@/server/testing/scope";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { DEFAULT_REBALANCE, NO_MONEY_RULES, RebalanceService, rebalanceParamsAsJson } from "@/server/wallets";
import type { Database } from "../database";
import { systemIds } from "../new-id";
import { PrismaNodeRecords } from "./prisma-node-records";
import { PrismaRebalanceStore } from "./prisma-rebalance-store";
import { PrismaWalletTree } from "./prisma-wallet-tree";

const START = Date.UTC(2026, 10, 2, 1);

async function opened(db: Database, farms: number) {
  const seeded = await seedWorkspace(db);
  const { scope, treasuryNodeId: master } = seeded;
  const live = liveAgents(db, { start: START });
  const tree = new PrismaWalletTree(db);
  const store = new PrismaRebalanceStore(db);
  const ids: string[] = [];
  const service = new RebalanceService({
    store,
    money: live.money,
    records: new PrismaNodeRecords(db),
    goals: {
      demands: async () => Object.fromEntries(ids.slice(0, 1).map((id) => [id, { wanted: fixed("150"), priority: 1 }])),
    },
    clocks: { wall: live.clock, market: live.market },
    ids: systemIds,
    scopeOf: systemScope,
    costRate: 0.001,
  });
  for (let i = 0; i < farms; i++)
    ids.push(await tree.create(scope, { kind: "farm", name: `Farm ${i}`, parentId: master, strategy: "custom" }, START));
  const give = (id: string, amount: string) =>
    live.money.move(scope, { kind: "allocate", fromNodeId: master, toNodeId: id, amount: fixed(amount), key: `give:${id}`, why: "" });
  const cash = async () => {
    const rows = await db.prisma.ledgerAccount.findMany({ where: { kind: "cash", nodeId: { in: [master, ...ids] } } });
    return [master, ...ids].map((id) => rows.find((r) => r.nodeId === id)?.balance.toFixed() ?? "0");
  };
  return { ...seeded, master, live, tree, store, service, ids, give, cash };
}

describeDatabase("rebalancing", (db) => {
  it("does what was previewed; a second one at once is refused; what died in the middle is taken up and ends the same", async () => {
    const t = await opened(db(), 22);
    await t.give(t.ids[0] as string, "5000");
    const params = { ...DEFAULT_REBALANCE, bandPercent: 1 };
    const { planned, movements } = await t.service.preview(t.scope, t.master, params);
    expect([planned.moves.length, movements.conserved]).toEqual([22, true]);
    // 5,000 become 227.27 or 227.28 each: 21 of 22 parts change their wallet.
    expect(planned.turnover).toBeCloseTo(21 / 22, 5);
    expect(Number(toText(planned.cost))).toBeCloseTo(5 * (21 / 22), 3);
    const { moveAll } = t.live.money;
    let calls = 0;
    t.live.money.moveAll = (...args) => (calls++ === 0 ? moveAll.apply(t.live.money, args) : Promise.reject(new Error("the process died")));
    await expect(t.service.apply(t.scope, t.master, params, movements.hash)).rejects.toThrow("died");
    await expect(t.service.apply(t.scope, t.master, params, null)).rejects.toMatchObject({ code: "REBALANCE_RUNNING", details: { field: "nodeId" } });
    t.live.money.moveAll = moveAll;
    // As if the first twenty were not remembered either: their keys are.
    await db().prisma.rebalance.updateMany({ data: { done: 0 } });
    expect(await t.service.goOn()).toEqual({ ended: 1 });
    const [left, ...shares] = await t.cash();
    expect(left).toBe("95000");
    for (const share of shares) expect(["227.27", "227.28"]).toContain(share);
    expect((await t.store.list(t.scope, 5)).map((r) => [r.status, r.done])).toEqual([["done", 22]]);
    expect(await db().prisma.movement.count({ where: { kind: "rebalance" } })).toBe(22);
    await expect(t.service.apply(t.scope, t.master, params, null)).rejects.toMatchObject({ code: "NOTHING_TO_MOVE" });
    await expect(t.service.apply(t.scope, t.master, { ...params, policy: "risk-parity" }, null)).rejects.toMatchObject({ code: "TOO_LITTLE_RECORD" });
  });

  it("two that begin at the same moment: one runs, the other is refused; goals and the spare cash are shared, too", async () => {
    const t = await opened(db(), 2);
    await t.give(t.ids[0] as string, "100");
    const params = { ...DEFAULT_REBALANCE, policy: "goals" as const, useFree: true };
    await t.tree.setRules(t.scope, t.master, { ...NO_MONEY_RULES, reserve: fixed("99800") });
    const results = await Promise.allSettled([t.service.apply(t.scope, t.master, params, null), t.service.apply(t.scope, t.master, params, null)]);
    // Whoever came second found it running, or already done.
    expect(results.filter((r) => r.status === "fulfilled").length).toBeGreaterThanOrEqual(1);
    for (const r of results) if (r.status === "rejected") expect(["REBALANCE_RUNNING", "NOTHING_TO_MOVE", "BELOW_RESERVE"]).toContain(r.reason.code);
    // 200 in all: the goal gets 150 and half of the other 50.
    expect(await t.cash()).toEqual(["99800", "175", "25"]);
  });

  it("on a schedule only proposes until it is allowed to apply, once a day; a large one waits for a second person", async () => {
    const t = await opened(db(), 2);
    await t.give(t.ids[0] as string, "1000");
    const setting = { nodeId: t.master, policy: "equal", params: rebalanceParamsAsJson(DEFAULT_REBALANCE), schedule: "daily" as const, apply: false };
    await t.store.set(t.scope, setting);
    expect(await t.service.runDue()).toEqual({ applied: 0, proposed: 1 });
    expect(await t.service.runDue()).toEqual({ applied: 0, proposed: 0 });
    expect(await t.cash()).toEqual(["99000", "1000", "0"]);
    t.live.clock.time += DAY_MS;
    await t.store.set(t.scope, { ...setting, apply: true });
    expect(await t.service.runDue()).toEqual({ applied: 1, proposed: 0 });
    expect(await t.cash()).toEqual(["99000", "500", "500"]);
    await t.tree.setRules(t.scope, t.master, { ...NO_MONEY_RULES, approvalFrom: fixed("100") });
    await t.tree.close(t.scope, t.ids[1] as string, {}).catch(() => undefined);
    const wish = { ...DEFAULT_REBALANCE, policy: "target" as const, weights: { [t.ids[0] as string]: 3, [t.ids[1] as string]: 1 } };
    const asked = await t.service.apply(t.scope, t.master, wish, null);
    expect(asked.status).toBe("proposed");
    await expect(t.service.accept(t.scope, asked.id)).rejects.toMatchObject({ code: "SAME_PERSON" });
    expect((await t.service.accept(testScope(t.workspaceId), asked.id)).status).toBe("done");
    expect(await t.cash()).toEqual(["99000", "750", "250"]);
    await expect(t.service.accept(testScope(t.workspaceId), asked.id)).rejects.toMatchObject({ code: "NOT_PROPOSED" });
  });

  it("the second person: judged by all that moves, and asked of somebody else than who set the schedule", async () => {
    const t = await opened(db(), 4);
    for (const id of t.ids.slice(0, 2)) await t.give(id, "1400");
    await t.tree.setRules(t.scope, t.master, { ...NO_MONEY_RULES, approvalFrom: fixed("1000") });
    // 700 each: two up, two down. 1,400 change their wallet.
    const asked = await t.service.apply(t.scope, t.master, DEFAULT_REBALANCE, null);
    expect([asked.status, asked.needsApproval, asked.total]).toEqual(["proposed", true, 4]);
    const params = rebalanceParamsAsJson(DEFAULT_REBALANCE);
    await t.store.set(t.scope, { nodeId: t.master, policy: "equal", params, schedule: "daily", apply: true });
    expect(await t.service.runDue()).toEqual({ applied: 0, proposed: 1 });
    const scheduled = async () => (await t.store.list(t.scope, 5)).find((r) => r.status === "proposed")?.id ?? "";
    await expect(t.service.accept(t.scope, await scheduled())).rejects.toMatchObject({ code: "SAME_PERSON" });
    // It was small when it was proposed.
    await t.tree.setRules(t.scope, t.master, NO_MONEY_RULES);
    await t.store.set(t.scope, { nodeId: t.master, policy: "equal", params, schedule: "daily", apply: false });
    t.live.clock.time += DAY_MS;
    expect(await t.service.runDue()).toEqual({ applied: 0, proposed: 1 });
    await t.tree.setRules(t.scope, t.master, { ...NO_MONEY_RULES, approvalFrom: fixed("1000") });
    await expect(t.service.accept(t.scope, await scheduled())).rejects.toMatchObject({ code: "SAME_PERSON" });
    expect(await t.cash()).toEqual(["97200", "1400", "1400", "0", "0"]);
    expect((await t.service.accept(testScope(t.workspaceId), await scheduled())).status).toBe("done");
    expect(await t.cash()).toEqual(["97200", "700", "700", "700", "700"]);
  });

  it("one that nobody has agreed to moves nothing large, also when it is gone on with", async () => {
    const t = await opened(db(), 2);
    await t.give(t.ids[0] as string, "1800");
    const move = { fromNodeId: t.ids[0] as string, toNodeId: t.ids[1] as string, amount: fixed("900") };
    const row = { nodeId: t.master, policy: "equal", status: "running" as const, moves: [move], needsApproval: false, turnover: 0.5, at: START };
    await t.store.begin(t.scope, row, START);
    await t.tree.setRules(t.scope, t.master, { ...NO_MONEY_RULES, approvalFrom: fixed("900") });
    await t.service.goOn();
    expect(await t.cash()).toEqual(["98200", "1800", "0"]);
    expect(await db().prisma.movement.findFirst({ where: { kind: "rebalance" } })).toMatchObject({ status: "pending", waitsFor: "approval" });
  });

  it("on a schedule takes one at a time: one that fails stays due, whatever dies, and those after it are made", async () => {
    const [a, b] = [await opened(db(), 2), await opened(db(), 2)];
    for (const t of [a, b]) {
      await t.give(t.ids[0] as string, "1000");
      const params = rebalanceParamsAsJson(DEFAULT_REBALANCE);
      await t.store.set(t.scope, { nodeId: t.master, policy: "equal", params, schedule: "daily", apply: true });
    }
    const broken = [a.master, b.master].sort()[0];
    const { wallets } = a.store;
    a.store.wallets = (scope, nodeId, prices) =>
      nodeId === broken ? Promise.reject(new Error("no answer")) : wallets.call(a.store, scope, nodeId, prices);
    await expect(a.service.runDue()).rejects.toThrow("no answer");
    const states = async () => (await db().prisma.rebalance.findMany({ where: { nodeId: { in: [a.master, b.master] } } })).map((r) => r.status);
    expect(await states()).toEqual(["done"]);
    a.store.wallets = wallets;
    // Dies right after the row was written: it is due no more, and is gone on with.
    const { begin } = a.store;
    a.store.begin = async (...args) => {
      await begin.apply(a.store, args);
      throw new Error("the process died");
    };
    await expect(a.service.runDue()).rejects.toThrow("died");
    a.store.begin = begin;
    expect(await a.service.runDue()).toEqual({ applied: 0, proposed: 0 });
    expect(await a.service.goOn()).toEqual({ ended: 1 });
    expect(await states()).toEqual(["done", "done"]);
  });
});
