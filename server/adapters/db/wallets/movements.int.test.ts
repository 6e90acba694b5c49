import fs from "node:fs";
import { expect, it } from "vitest";
import { DAY_MS, fixed, type TenantScope, toText } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import { liveAgents, TEST_CONFIG } from "@/server/testing/live-agents";
import { testScope } from "@/server/testing/scope";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { treeViolations } from "@/server/testing/wallets/tree-violations";
import { NO_MONEY_RULES, type PlannedOrder, rollUp, timeWeightedReturn } from "@/server/wallets";
import type { Database } from "../database";
import { queryOf } from "./apply-movements";
import { loadWallets } from "./load-wallets";
import { PrismaWalletTree } from "./prisma-wallet-tree";

const START = Date.UTC(2026, 10, 2);

async function opened(db: Database) {
  const seeded = await seedWorkspace(db);
  const live = liveAgents(db, { start: START });
  const tree = new PrismaWalletTree(db);
  const { scope, treasuryNodeId: master } = seeded;
  let keys = 0;
  const move = (fromNodeId: string | null, toNodeId: string | null, amount: string, more: Partial<PlannedOrder> = {}, by: TenantScope = scope) => {
    const kind = fromNodeId === null ? "deposit" : toNodeId === null ? "withdraw" : "allocate";
    return live.money.move(by, { kind, fromNodeId, toNodeId, amount: fixed(amount), key: `k${keys++}`, why: "a test", ...more });
  };
  const farm = (name: string, parentId = master) => tree.create(scope, { kind: "farm", name, parentId, strategy: "momentum" }, live.clock.time);
  const cash = async (...ids: string[]) => {
    const rows = await db.transaction((tx) => loadWallets(queryOf(tx), seeded.workspaceId, {}));
    return ids.map((id) => toText(rows.find((r) => r.id === id)?.cash ?? fixed("-1")));
  };
  const agent = async (parentNodeId: string, capital = "1000") => {
    const { agentId } = await live.service.create(scope, {
      config: { ...TEST_CONFIG, name: `Agent ${keys++}` },
      capital: fixed(capital),
      parentNodeId,
    });
    return { agentId, nodeId: (await live.agents.get(scope, agentId)).nodeId };
  };
  return { ...seeded, ...live, master, tree, move, farm, agent, cash };
}

const refusal = (code: string, field?: string, data?: object) => ({
  code,
  ...((field || data) && { details: expect.objectContaining({ ...(field && { field }), ...(data && { data: expect.objectContaining(data) }) }) }),
});

describeDatabase("movements of money", (db) => {
  it("go down and up any depth, each one ledger transaction with a row, an audit entry that says who and why, and the venue's mirror", async () => {
    const t = await opened(db());
    const outer = await t.farm("Outer");
    const inner = await t.farm("Inner", outer);
    await t.move(t.master, outer, "5000");
    await t.move(outer, inner, "3000");
    const a = await t.agent(inner);
    expect(await t.cash(t.master, outer, inner, a.nodeId)).toEqual(["95000", "2000", "2000", "1000"]);
    await t.service.fund(t.scope, { agentId: a.agentId, amount: fixed("500"), key: "x" });
    await t.service.collect(t.scope, { agentId: a.agentId, amount: fixed("200.25"), key: "x" });
    expect(await t.cash(inner, a.nodeId)).toEqual(["1700.25", "1299.75"]);
    expect(toText((await t.exchange.balances(a.agentId)).USDT ?? fixed("0"))).toBe("1299.75");
    const rows = await db().prisma.movement.findMany({ where: { workspaceId: t.workspaceId }, orderBy: { id: "asc" } });
    expect(rows.map((r) => [r.kind, r.amount.toFixed(), r.status])).toEqual([
      ["deposit", "100000", "done"],
      ["allocate", "5000", "done"],
      ["allocate", "3000", "done"],
      ["allocate", "1000", "done"],
      ["allocate", "500", "done"],
      ["collect", "200.25", "done"],
    ]);
    expect(new Set(rows.map((r) => r.transactionId)).size).toBe(6);
    const audit = await db().prisma.auditEntry.findFirst({ where: { subject: rows[1]?.id ?? "" } });
    expect(audit).toMatchObject({ actor: `user:${t.scope.actor.id}`, action: "wallet.allocate", data: { amount: "5000", why: "a test", to: outer } });
    expect(await db().prisma.venueTransfer.count({ where: { doneAt: null } })).toBe(0);
  });

  it("a key replayed a hundred times at once moves once; the same key for something else is refused", async () => {
    const t = await opened(db());
    const farm = await t.farm("Farm");
    const results = await Promise.all(Array.from({ length: 100 }, () => t.move(t.master, farm, "10", { key: "same" })));
    expect(results.filter((r) => r.moved)).toHaveLength(1);
    expect(new Set(results.map((r) => r.movementId)).size).toBe(1);
    expect(await t.cash(t.master, farm)).toEqual(["99990", "10"]);
    await expect(t.move(t.master, farm, "11", { key: "same" })).rejects.toMatchObject(refusal("KEY_REUSED", "key"));
    await expect(t.move(farm, t.master, "10", { key: "same", kind: "recall" })).rejects.toMatchObject(refusal("KEY_REUSED", "key"));
  });

  it("what may not be is refused with the field and the numbers, and changes nothing", async () => {
    const t = await opened(db());
    const farm = await t.farm("Farm");
    const vault = await t.tree.create(t.scope, { kind: "vault", name: "Vault", parentId: t.master }, START);
    const live = await t.tree.create(t.scope, { kind: "treasury", name: "Live", mode: "live", currency: "USDT" }, START);
    const second = await t.tree.create(t.scope, { kind: "treasury", name: "Second", mode: "paper", currency: "USDT" }, START);
    const stranger = await seedWorkspace(db());
    await t.move(t.master, farm, "100");
    const before = await t.cash(t.master, farm, vault);
    const refused: [string | null, string | null, string, Partial<PlannedOrder>, object][] = [
      [t.master, farm, "99900.01", {}, refusal("INSUFFICIENT_FUNDS", "amount", { have: "99900", need: "99900.01", missing: "0.01" })],
      [t.master, farm, "-5", {}, refusal("INVALID_AMOUNT", "amount", { amount: "-5" })],
      [t.master, farm, "0", {}, refusal("INVALID_AMOUNT", "amount")],
      [t.master, farm, "0.004", {}, refusal("AMOUNT_TOO_SMALL", "amount", { smallest: "0.01" })],
      [t.master, farm, "1.005", {}, refusal("TOO_MANY_DECIMALS", "amount", { decimals: 2 })],
      [t.master, t.master, "5", {}, refusal("SAME_WALLET", "toNodeId")],
      [t.master, live, "5", {}, refusal("MODES_DIFFER", "toNodeId")],
      [t.master, second, "5", {}, refusal("DIFFERENT_TREES", "toNodeId")],
      [t.master, stranger.treasuryNodeId, "5", {}, refusal("NOT_FOUND")],
      [null, farm, "5", {}, refusal("ONLY_MASTERS", "toNodeId")],
      [vault, null, "5", {}, refusal("ONLY_MASTERS", "fromNodeId")],
      [farm, t.master, "5", { kind: "allocate" }, refusal("WRONG_DIRECTION", "kind")],
      [t.master, farm, "5", { kind: "recall" }, refusal("WRONG_DIRECTION", "kind")],
      [null, null, "5", {}, refusal("NO_WALLET")],
    ];
    for (const [from, to, amount, more, expected] of refused)
      await expect(t.move(from, to, amount, more), JSON.stringify(expected)).rejects.toMatchObject(expected);
    expect(await t.cash(t.master, farm, vault)).toEqual(before);
    expect(await db().prisma.movement.count({ where: { workspaceId: t.workspaceId } })).toBe(2);
    await expect(t.move(stranger.treasuryNodeId, farm, "5", {}, testScope(stranger.workspaceId))).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("rules of a wallet bind: reserve, share, pause, and the second person", async () => {
    const t = await opened(db());
    const farm = await t.farm("Farm");
    const rules = (id: string, more: object) => t.tree.setRules(t.scope, id, { ...NO_MONEY_RULES, ...more });
    await rules(t.master, { reserve: fixed("2000"), reservePercent: fixed("5"), maxFarmPercent: fixed("50"), maxAgentPercent: fixed("10") });
    await expect(t.move(t.master, null, "96000")).rejects.toMatchObject(refusal("BELOW_RESERVE", "amount", { reserve: "5000", free: "95000" }));
    await expect(t.move(t.master, farm, "50000.01")).rejects.toMatchObject(
      refusal("ABOVE_SHARE", "amount", { cap: "50000", room: "50000", limit: "50" }),
    );
    await t.move(t.master, farm, "50000");
    await expect(t.agent(farm, "10000.01")).rejects.toMatchObject(refusal("ABOVE_SHARE", "capital", { cap: "10000" }));
    const a = await t.agent(farm, "10000");
    await rules(farm, { cooldownSeconds: 3600 });
    t.clock.time += 3_599_000;
    const recall = () => t.move(a.nodeId, farm, "1", { kind: "recall" });
    await expect(recall()).rejects.toMatchObject(refusal("COOLDOWN", "amount", { until: START + 3_600_000 }));
    t.clock.time += 1000;
    await recall();
    await rules(farm, {});
    await rules(t.master, { approvalFrom: fixed("1000") });
    const asked = await t.move(t.master, farm, "1000");
    expect(asked).toMatchObject({ moved: false, pendingApproval: true });
    expect(await t.cash(t.master)).toEqual(["50000"]);
    await expect(t.money.decide(t.scope, asked.movementId, true, "")).rejects.toMatchObject({ code: "SAME_PERSON" });
    const other = testScope(t.workspaceId);
    expect(await t.money.decide(other, asked.movementId, true, "")).toMatchObject({ moved: true });
    expect(await t.cash(t.master)).toEqual(["49000"]);
    await expect(t.money.decide(other, asked.movementId, true, "")).rejects.toMatchObject({ code: "NOT_PENDING" });
    const no = await t.move(t.master, farm, "2000", { key: "no" });
    await t.money.decide(other, no.movementId, false, "too much");
    await expect(t.move(t.master, farm, "2000", { key: "no" })).rejects.toMatchObject({ code: "MOVEMENT_REFUSED" });
    expect(await t.cash(t.master)).toEqual(["49000"]);
    // Taking a large one back is as large.
    const back = await t.money.undo(t.scope, asked.movementId);
    expect([back.pendingApproval, await t.cash(t.master)]).toEqual([true, ["49000"]]);
    await t.money.decide(other, back.movementId, false, "");
    const later = await t.money.undo(t.scope, asked.movementId);
    expect(later.movementId).not.toBe(back.movementId);
    await t.money.decide(other, later.movementId, true, "");
    expect(await t.cash(t.master)).toEqual(["50000"]);
    expect((await t.movements.get(t.scope, asked.movementId)).status).toBe("undone");
    // An agent that is put away needs nobody.
    expect(await t.service.archive(t.scope, a.agentId)).toEqual({ status: "archived" });
  });

  it("a movement is taken back once, while the money is still free; a recorded live transfer never", async () => {
    const t = await opened(db());
    const farm = await t.farm("Farm");
    const { movementId } = await t.move(t.master, farm, "300");
    expect(await t.money.undo(t.scope, movementId)).toMatchObject({ moved: true });
    expect(await t.money.undo(t.scope, movementId)).toMatchObject({ moved: false });
    expect(await t.cash(t.master, farm)).toEqual(["100000", "0"]);
    const again = await t.move(t.master, farm, "300");
    const a = await t.agent(farm, "250");
    await expect(t.money.undo(t.scope, again.movementId)).rejects.toMatchObject(refusal("INSUFFICIENT_FUNDS", "amount", { have: "50", need: "300" }));
    const allocated = await db().prisma.movement.findFirstOrThrow({ where: { toNodeId: a.nodeId } });
    await t.money.undo(t.scope, allocated.id);
    expect(toText((await t.exchange.balances(a.agentId)).USDT ?? fixed("0"))).toBe("0");
    const paid = await t.move(null, t.master, "7");
    await t.money.undo(t.scope, paid.movementId);
    const live = await t.tree.create(t.scope, { kind: "treasury", name: "Live", mode: "live", currency: "USDT" }, START);
    const recorded = await t.move(null, live, "7");
    await expect(t.money.undo(t.scope, recorded.movementId)).rejects.toMatchObject({ code: "UNDO_IMPOSSIBLE" });
  });

  it("agreeing lifts the second person only: shares and the pause still bind", async () => {
    const t = await opened(db());
    const farm = await t.farm("Farm");
    await t.tree.setRules(t.scope, t.master, { ...NO_MONEY_RULES, maxFarmPercent: fixed("50"), approvalFrom: fixed("1000") });
    const ask = () => t.move(t.master, farm, "40000");
    const asked = [await ask(), await ask(), await ask()];
    const other = testScope(t.workspaceId);
    const decide = (i: number) => t.money.decide(other, asked[i]?.movementId ?? "", true, "");
    expect(await decide(0)).toMatchObject({ moved: true });
    await expect(decide(1)).rejects.toMatchObject(refusal("ABOVE_SHARE", "amount", { cap: "50000" }));
    await t.tree.setRules(t.scope, farm, { ...NO_MONEY_RULES, cooldownSeconds: 60 });
    await t.tree.setRules(t.scope, t.master, NO_MONEY_RULES);
    await expect(decide(2)).rejects.toMatchObject({ code: "COOLDOWN" });
    expect(await t.cash(farm)).toEqual(["40000"]);
    t.clock.time += 60_000;
    expect(await decide(2)).toMatchObject({ moved: true });
  });

  it("a movement is taken back within a day of wall time", async () => {
    const t = await opened(db());
    const farm = await t.farm("Farm");
    const [kept, late] = [await t.move(t.master, farm, "300"), await t.move(null, t.master, "7")];
    t.clock.time += DAY_MS;
    expect(await t.money.undo(t.scope, kept.movementId)).toMatchObject({ moved: true });
    t.clock.time += 1;
    await expect(t.money.undo(t.scope, late.movementId)).rejects.toMatchObject(refusal("UNDO_TOO_LATE", "movementId", { until: START + DAY_MS }));
    expect(await t.money.undo(t.scope, kept.movementId)).toMatchObject({ moved: false });
    expect(await t.cash(t.master)).toEqual(["100007"]);
  });

  it("the venue that did not answer is told later, once", async () => {
    const t = await opened(db());
    const a = await t.agent(t.master);
    const { transfer } = t.exchange;
    t.exchange.transfer = () => Promise.reject(new Error("no answer"));
    expect(await t.move(t.master, a.nodeId, "50")).toMatchObject({ moved: true });
    t.exchange.transfer = transfer;
    const venue = async () => toText((await t.exchange.balances(a.agentId)).USDT ?? fixed("0"));
    expect([await t.cash(a.nodeId), await venue()]).toEqual([["1050"], "1000"]);
    // Rows carry the database's time: the sweep of a later moment finds them.
    t.clock.time = Date.now() + 60_000;
    expect(await t.money.mirrorLeft()).toEqual({ told: 1 });
    expect(await t.money.mirrorLeft()).toEqual({ told: 0 });
    expect(await venue()).toBe("1050");
  });

  it("what the venue never takes keeps nobody else waiting, however few are told at a time", async () => {
    const t = await opened(db());
    const [stuck, well] = [await t.agent(t.master), await t.agent(t.master)];
    const { transfer } = t.exchange;
    t.exchange.transfer = () => Promise.reject(new Error("no answer"));
    await t.move(t.master, stuck.nodeId, "50");
    await t.move(t.master, well.nodeId, "70");
    t.exchange.transfer = (agentId, ...rest) =>
      agentId === stuck.agentId ? Promise.reject(new Error("never")) : transfer.call(t.exchange, agentId, ...rest);
    t.clock.time = Date.now() + 60_000;
    await expect(t.money.mirrorLeft(1)).rejects.toThrow("never");
    expect(await t.money.mirrorLeft(1)).toEqual({ told: 1 });
    t.exchange.transfer = transfer;
    expect(await t.money.mirrorLeft(1)).toEqual({ told: 1 });
  });

  it("preview and execution are one plan: what was shown is what is done, and a changed wallet makes it stale", async () => {
    const t = await opened(db());
    const [one, two] = [await t.farm("One"), await t.farm("Two")];
    const orders = [
      { kind: "allocate" as const, fromNodeId: t.master, toNodeId: one, amount: fixed("700"), key: "p1", why: "" },
      { kind: "rebalance" as const, fromNodeId: one, toNodeId: two, amount: fixed("200"), key: "p2", why: "" },
    ];
    const plan = await t.money.preview(t.scope, orders);
    expect(plan).toMatchObject({ conserved: true, refusal: null, needsApproval: false });
    expect(plan.rows.map((r) => [r.name, r.now, r.move, r.after].map(String))).toEqual(
      [
        ["Treasury", "100000", "-700", "99300"],
        ["One", "0", "500", "500"],
        ["Two", "0", "200", "200"],
      ].map(([name, ...amounts]) => [name, ...amounts.map((x) => String(fixed(x as string)))]),
    );
    await t.move(t.master, two, "1");
    await expect(t.money.moveAll(t.scope, orders, { previewHash: plan.hash })).rejects.toMatchObject({ code: "PREVIEW_STALE" });
    expect(await t.cash(one)).toEqual(["0"]);
    const again = await t.money.preview(t.scope, orders);
    await t.money.moveAll(t.scope, orders, { previewHash: again.hash });
    const shown = await t.cash(t.master, one, two);
    expect(shown).toEqual(again.rows.map((r) => toText(r.after)));
    // All or none: the second one asks for more than the first one leaves.
    const both = [
      { kind: "allocate" as const, fromNodeId: t.master, toNodeId: one, amount: fixed("5"), key: "q1", why: "" },
      { kind: "rebalance" as const, fromNodeId: two, toNodeId: one, amount: fixed("900"), key: "q2", why: "" },
    ];
    await expect(t.money.moveAll(t.scope, both)).rejects.toMatchObject({ code: "INSUFFICIENT_FUNDS" });
    expect(await t.cash(t.master, one, two)).toEqual(shown);
  });

  it("trees are made, moved and closed; circles, closing with money and mixing are refused", async () => {
    const t = await opened(db());
    const outer = await t.farm("Outer");
    const inner = await t.farm("Inner", outer);
    const other = await t.farm("Other");
    await t.move(t.master, inner, "1000");
    const a = await t.agent(inner, "400");
    const where = { at: START + 1, prices: {} };
    await expect(t.tree.move(t.scope, outer, inner, where)).rejects.toMatchObject(refusal("TREE_CYCLE", "parentId"));
    await expect(t.tree.move(t.scope, outer, outer, where)).rejects.toMatchObject({ code: "TREE_CYCLE" });
    await expect(t.tree.move(t.scope, t.master, outer, where)).rejects.toMatchObject({ code: "MASTER_STAYS" });
    await expect(t.tree.move(t.scope, outer, a.nodeId, where)).rejects.toMatchObject({ code: "TREE_CYCLE" });
    await expect(t.tree.move(t.scope, other, a.nodeId, where)).rejects.toMatchObject({ code: "CANNOT_HOLD" });
    const live = await t.tree.create(t.scope, { kind: "treasury", name: "Live", mode: "live", currency: "USDT" }, START);
    await expect(t.tree.move(t.scope, inner, live, where)).rejects.toMatchObject({ code: "MODES_DIFFER" });
    await expect(t.farm("Inner", outer)).rejects.toMatchObject(refusal("NAME_TAKEN", "name"));
    await expect(t.tree.close(t.scope, outer, {})).rejects.toMatchObject(refusal("NODE_HOLDS_MONEY", "nodeId", { holds: "1000", currency: "USDT" }));
    await t.tree.move(t.scope, a.nodeId, other, where);
    const flows = await db().prisma.nodeFlow.findMany({ where: { movementId: null } });
    expect(flows.map((f) => [f.nodeId, f.flow.toFixed(), f.equityBefore.toFixed()]).sort()).toEqual(
      [
        [outer, "-400", "1000"],
        [inner, "-400", "1000"],
        [other, "400", "0"],
      ].sort(),
    );
    await t.move(inner, t.master, "600", { kind: "recall" });
    await expect(t.tree.close(t.scope, outer, {})).rejects.toMatchObject({ code: "NODE_HAS_CHILDREN" });
    await t.tree.close(t.scope, inner, {});
    await t.tree.close(t.scope, outer, {});
    await expect(t.move(t.master, outer, "1")).rejects.toMatchObject(refusal("NODE_CLOSED", "toNodeId"));
    await expect(t.farm("New", outer)).rejects.toMatchObject({ code: "NODE_CLOSED" });
    await t.tree.move(t.scope, other, t.master, where);
    await t.service.collect(t.scope, { agentId: a.agentId, amount: fixed("100"), key: "after" });
    expect(await t.cash(other)).toEqual(["100"]);
    let under = other;
    for (let i = 3; i <= 16; i++) under = await t.farm(`Level ${i}`, under);
    await expect(t.farm("Too deep", under)).rejects.toMatchObject(refusal("TOO_DEEP", "parentId"));
  });

  it("a wallet with money, or that has made some, never changes its master; shares bind where it comes to", async () => {
    const t = await opened(db());
    const farm = await t.farm("Farm");
    await t.move(t.master, farm, "30000");
    const a = await t.agent(farm, "20000");
    const second = await t.tree.create(t.scope, { kind: "treasury", name: "Second", mode: "paper", currency: "USDT" }, START);
    const where = { at: START + 1, prices: {} };
    for (const id of [farm, a.nodeId])
      await expect(t.tree.move(t.scope, id, second, where)).rejects.toMatchObject(refusal("DIFFERENT_TREES", "parentId"));
    const other = await t.farm("Other");
    const rules = (id: string, more: object) => t.tree.setRules(t.scope, id, { ...NO_MONEY_RULES, ...more });
    // The farm it comes under, and the agents that come under its rules.
    await rules(t.master, { maxFarmPercent: fixed("10") });
    await expect(t.tree.move(t.scope, a.nodeId, other, where)).rejects.toMatchObject(refusal("ABOVE_SHARE", "parentId", { cap: "10000" }));
    await rules(t.master, {});
    await rules(other, { maxAgentPercent: fixed("15") });
    await expect(t.tree.move(t.scope, farm, other, where)).rejects.toMatchObject(refusal("ABOVE_SHARE", "parentId", { cap: "15000" }));
    await rules(other, { maxAgentPercent: fixed("20"), maxFarmPercent: fixed("30") });
    await t.tree.move(t.scope, farm, other, where);
    expect(await treeViolations(db(), t.workspaceId, {})).toEqual([]);
    const empty = await t.farm("Empty");
    await t.tree.move(t.scope, empty, second, where);
    await t.move(a.nodeId, t.master, "20000", { kind: "recall" });
    const position = { agentId: a.agentId, symbol: "X/USDT", quantity: "0", averageEntry: "0", realisedPnl: "5", feesPaid: "1" };
    await db().prisma.position.create({ data: position });
    await expect(t.tree.move(t.scope, a.nodeId, second, where)).rejects.toMatchObject(refusal("DIFFERENT_TREES", "parentId", { holds: "0" }));
    await db().prisma.position.deleteMany({ where: { agentId: a.agentId } });
    await t.tree.move(t.scope, a.nodeId, second, where);
    expect(await treeViolations(db(), t.workspaceId, {})).toEqual([]);
    // The control: a total that missed a movement is found.
    await db().prisma.walletNode.update({ where: { id: a.nodeId }, data: { came: { increment: 1 } } });
    expect(await treeViolations(db(), t.workspaceId, {})).toContain("the running totals of a wallet are not its movements'");
  });

  it("figures roll up: equity, profit and fees of a tree are the sums of its wallets, and returns are chained at flows", async () => {
    const t = await opened(db());
    const farm = await t.farm("Farm");
    await t.move(t.master, farm, "5000");
    const [a, b] = [await t.agent(farm, "1000"), await t.agent(farm, "2000")];
    const position = (agentId: string, quantity: string, realised: string, fees: string) =>
      db().prisma.position.create({ data: { agentId, symbol: "X/USDT", quantity, averageEntry: "10", realisedPnl: realised, feesPaid: fees } });
    // As fills would have left them: 20 bought at 10 (cost 200, fee 1) of which cash was paid.
    const pay = (nodeId: string, amount: string) =>
      db().raw.query(`UPDATE "LedgerAccount" SET balance = balance + $2::numeric WHERE "nodeId" = $1::uuid AND kind = 'cash'`, [nodeId, amount]);
    await position(a.agentId, "20", "0", "1");
    await pay(a.nodeId, "-201");
    await position(b.agentId, "0", "50", "2");
    await pay(b.nodeId, "48");
    const prices = { "X/USDT": fixed("13") };
    const rows = await db().transaction((tx) => loadWallets(queryOf(tx), t.workspaceId, prices));
    const figures = rollUp(rows);
    const of = (id: string) => figures.get(id);
    const text = (id: string) => ["equity", "capital", "made", "realised", "unrealised", "fees"].map((k) => toText((of(id) as never)[k]));
    expect(text(a.nodeId)).toEqual(["1059", "1000", "59", "0", "60", "1"]);
    expect(text(b.nodeId)).toEqual(["2048", "2000", "48", "50", "0", "2"]);
    expect(text(farm)).toEqual(["5107", "5000", "107", "50", "60", "3"]);
    expect(text(t.master)).toEqual(["100107", "100000", "107", "50", "60", "3"]);
    expect(toText(of(t.master)?.allocated ?? fixed("0"))).toBe("5107");
    const chain = rows.find((r) => r.id === farm)?.chain;
    const flows = (await db().prisma.nodeFlow.findMany({ where: { nodeId: farm }, orderBy: { at: "asc" } })).map((f) => ({
      at: f.at.getTime(),
      flow: fixed(f.flow.toFixed()),
      equityBefore: fixed(f.equityBefore.toFixed()),
    }));
    const equity = of(farm)?.equity ?? fixed("0");
    expect((chain?.factor ?? 0) * (Number(toText(equity)) / Number(toText(chain?.base ?? fixed("1")))) - 1).toBeCloseTo(
      timeWeightedReturn(flows, equity) ?? 9,
      12,
    );
    expect(timeWeightedReturn(flows, equity)).toBeCloseTo(107 / 5000, 12);
    // The running totals of a database that had none are those that movements have kept.
    const kept = (list: typeof rows) => list.map((r) => [r.id, r.capital, r.paidIn, r.paidOut, r.chain?.base, r.chain?.factor.toFixed(9)]);
    await db().raw.exec(`UPDATE "WalletNode" SET came = 0, went = 0, "outsideIn" = 0, "outsideOut" = 0, "chainFactor" = 1, "chainBase" = NULL`);
    const migration = fs.readFileSync("prisma/migrations/20261122004440_wallet_running_totals/migration.sql", "utf8");
    await db().raw.exec(migration.slice(migration.indexOf("UPDATE")));
    expect(kept(await db().transaction((tx) => loadWallets(queryOf(tx), t.workspaceId, prices)))).toEqual(kept(rows));
  });
});
