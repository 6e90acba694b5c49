import { expect, it } from "vitest";
import { PrismaWalletTree } from "@/server/adapters/db/wallets/prisma-wallet-tree";
import { turnCode } from "@/server/agents";
import { systemScope } from "@/server/auth/scope";
import { fixed, HOUR_MS, toNumber, toText } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import { decides } from "@/server/testing/fixed-decision";
import { liveAgents, TEST_CONFIG } from "@/server/testing/live-agents";
import { testScope } from "@/server/testing/scope";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { NO_MONEY_RULES, RecallService } from "@/server/wallets";

const START = Date.UTC(2026, 10, 2);

describeDatabase("recalling money that is in positions", (db) => {
  it("says how much must be closed and asks; then sells, collects what came free, and lets the agent trade again, whatever died in between", async () => {
    const { scope, workspaceId, treasuryNodeId } = await seedWorkspace(db());
    const code = {
      ...turnCode("test"),
      decideByRules: (...args: Parameters<ReturnType<typeof decides>>) => decides({ action: "buy", size: { unit: "quote", amount: "600" } })(...args),
    };
    const live = liveAgents(db(), { start: START, code });
    const { agentId } = await live.service.create(scope, { config: TEST_CONFIG, capital: fixed("1000") });
    const { nodeId } = await live.agents.get(scope, agentId);
    const recalls = new RecallService({ store: live.movements, money: live.money, closer: live.service, scopeOf: systemScope });
    const at = START + HOUR_MS;
    live.clock.time = at;
    await live.runner.run({ workspaceId, agentId, tickId: "m:1", at, trigger: { kind: "manual", eventId: "1", actorId: "x" } });
    const held = (await live.orders.positions(agentId)).find((p) => p.quantity > 0n);
    expect(held).toBeDefined();
    live.clock.time = at + HOUR_MS;
    const free = await live.agents.cash(scope, await live.agents.get(scope, agentId));
    const ask = { fromNodeId: nodeId, toNodeId: treasuryNodeId, amount: fixed("800"), key: "r", why: "needed elsewhere" };
    await expect(recalls.recall(scope, { ...ask, closePositions: false })).rejects.toMatchObject({
      code: "NEEDS_CLOSING",
      details: { field: "closePositions", data: { free: toText(free), need: "800" } },
    });
    // More than all of it is worth is refused, not closed for.
    await expect(recalls.recall(scope, { ...ask, amount: fixed("5000"), closePositions: true })).rejects.toMatchObject({
      code: "INSUFFICIENT_FUNDS",
    });
    expect((await live.agents.get(scope, agentId)).tradingState).toBe("active");

    const { endClosing, reopened } = live.movements;
    live.movements.endClosing = () => Promise.reject(new Error("the process died"));
    await expect(recalls.recall(scope, { ...ask, closePositions: true })).rejects.toThrow("died");
    expect((await live.agents.get(scope, agentId)).tradingState).toBe("reducing");
    live.movements.endClosing = endClosing;
    live.movements.reopened = () => Promise.reject(new Error("died again"));
    await expect(recalls.goOn()).rejects.toThrow("died again");
    live.movements.reopened = reopened;
    expect(await recalls.goOn()).toEqual({ ended: 1 });
    expect(await recalls.goOn()).toEqual({ ended: 0 });
    expect(await recalls.recall(scope, { ...ask, closePositions: true })).toMatchObject({ moved: false, closing: false, pendingApproval: false });

    const row = await db().prisma.movement.findFirstOrThrow({ where: { key: "r" } });
    expect([row.status, row.amount.toFixed(), row.waitsFor]).toEqual(["done", "800", null]);
    expect((await live.orders.positions(agentId)).every((p) => p.quantity === 0n)).toBe(true);
    const agent = await live.agents.get(scope, agentId);
    expect([agent.tradingState, agent.statusReason, agent.status]).toEqual(["active", null, "stopped"]);
    const left = await live.agents.cash(scope, agent);
    expect(toNumber(left)).toBeGreaterThan(150);
    expect((await live.exchange.balances(agentId)).USDT).toBe(left);
  });

  it("a large one waits for the second person before anything is sold, and the pause binds it", async () => {
    const { scope, workspaceId, treasuryNodeId } = await seedWorkspace(db());
    const code = {
      ...turnCode("test"),
      decideByRules: (...args: Parameters<ReturnType<typeof decides>>) => decides({ action: "buy", size: { unit: "quote", amount: "600" } })(...args),
    };
    const live = liveAgents(db(), { start: START, code });
    const { agentId } = await live.service.create(scope, { config: TEST_CONFIG, capital: fixed("1000") });
    const { nodeId } = await live.agents.get(scope, agentId);
    const recalls = new RecallService({ store: live.movements, money: live.money, closer: live.service, scopeOf: systemScope });
    const tree = new PrismaWalletTree(db());
    const at = START + HOUR_MS;
    live.clock.time = at;
    await live.runner.run({ workspaceId, agentId, tickId: "m:1", at, trigger: { kind: "manual", eventId: "1", actorId: "x" } });
    live.clock.time = at + HOUR_MS;
    const holds = async () => (await live.orders.positions(agentId)).some((p) => p.quantity > 0n);
    const state = async () => (await live.agents.get(scope, agentId)).tradingState;
    expect(await holds()).toBe(true);
    const ask = { fromNodeId: nodeId, toNodeId: treasuryNodeId, amount: fixed("800"), why: "", closePositions: true };

    await tree.setRules(scope, treasuryNodeId, { ...NO_MONEY_RULES, cooldownSeconds: 86_400 });
    await expect(recalls.recall(scope, { ...ask, key: "paused" })).rejects.toMatchObject({ code: "COOLDOWN" });
    await tree.setRules(scope, treasuryNodeId, { ...NO_MONEY_RULES, approvalFrom: fixed("800") });
    const asked = await recalls.recall(scope, { ...ask, key: "large" });
    expect(asked).toMatchObject({ moved: false, pendingApproval: true, closing: false });
    expect(await recalls.recall(scope, { ...ask, key: "large" })).toMatchObject({ movementId: asked.movementId, pendingApproval: true });
    expect(await recalls.goOn()).toEqual({ ended: 0 });
    expect([await holds(), await state()]).toEqual([true, "active"]);
    await expect(live.money.decide(scope, asked.movementId, true, "")).rejects.toMatchObject({ code: "SAME_PERSON" });
    const other = testScope(workspaceId);
    expect(await live.money.decide(other, asked.movementId, true, "")).toMatchObject({ moved: false, pendingApproval: false });
    expect(await recalls.goOn()).toEqual({ ended: 1 });
    const row = await db().prisma.movement.findFirstOrThrow({ where: { key: "large" } });
    expect([row.status, row.amount.toFixed(), row.waitsFor, row.decidedBy]).toEqual(["done", "800", null, `user:${other.actor.id}`]);
    expect([await holds(), await state()]).toEqual([false, "active"]);
  });

  it("what other movements did meanwhile binds it at its end: it is refused, and the agent trades again", async () => {
    const { scope, treasuryNodeId } = await seedWorkspace(db());
    const live = liveAgents(db(), { start: START });
    const { agentId } = await live.service.create(scope, { config: TEST_CONFIG, capital: fixed("1000") });
    const { nodeId } = await live.agents.get(scope, agentId);
    const tree = new PrismaWalletTree(db());
    const order = { kind: "recall" as const, fromNodeId: nodeId, toNodeId: treasuryNodeId, amount: fixed("500"), key: "r", why: "" };
    const context = await live.money.context(scope, []);
    const row = await live.movements.askClosing(scope, order, context);
    expect(row.waitsFor).toBe("closing");
    await tree.setRules(scope, treasuryNodeId, { ...NO_MONEY_RULES, cooldownSeconds: 60 });
    expect(await live.movements.endClosing(scope, row.id, fixed("500"), null, context)).toMatchObject({ moved: false });
    const ended = await live.movements.get(scope, row.id);
    expect([ended.status, ended.waitsFor]).toEqual(["refused", "reopening"]);
  });
});
