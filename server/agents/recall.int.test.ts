import { expect, it } from "vitest";
import { PrismaWalletTree } from "@/server/adapters/db/wallets/prisma-wallet-tree";
import { turnCode } from "@/server/agents";
import { systemScope } from "@/server/auth/scope";
import { DAY_MS, fixed, HOUR_MS, toNumber, toText } from "@/server/shared";
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
    const recalls = new RecallService({
      store: live.movements,
      money: live.money,
      closer: live.service,
      clocks: { wall: live.clock },
      scopeOf: systemScope,
    });
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

  it("keeps the reserve, ends what can never be moved, and is ended by a person: the agent trades again each time", async () => {
    const { scope, workspaceId, treasuryNodeId } = await seedWorkspace(db());
    const code = {
      ...turnCode("test"),
      decideByRules: (...args: Parameters<ReturnType<typeof decides>>) => decides({ action: "buy", size: { unit: "quote", amount: "600" } })(...args),
    };
    const live = liveAgents(db(), { start: START, code });
    const { agentId } = await live.service.create(scope, { config: TEST_CONFIG, capital: fixed("1000") });
    const { nodeId } = await live.agents.get(scope, agentId);
    const tree = new PrismaWalletTree(db());
    await tree.setRules(scope, nodeId, { ...NO_MONEY_RULES, reserve: fixed("50") });
    const recalls = new RecallService({
      store: live.movements,
      money: live.money,
      closer: live.service,
      clocks: { wall: live.clock },
      scopeOf: systemScope,
    });
    let day = 0;
    const buys = async () => {
      live.clock.time = START + ++day * DAY_MS;
      const at = live.clock.time;
      await live.runner.run({ workspaceId, agentId, tickId: `m:${day}`, at, trigger: { kind: "manual", eventId: String(day), actorId: "x" } });
      live.clock.time += HOUR_MS;
      expect((await live.orders.positions(agentId)).some((p) => p.quantity > 0n)).toBe(true);
    };
    const { close } = live.service;
    /** Asks for a recall whose sale stays without an answer, so that it waits. */
    const waits = async (key: string, amount: string, toNodeId = treasuryNodeId) => {
      live.service.close = async (...args) => {
        await live.agents.changeTrading(scope, agentId, {
          from: "active",
          to: "reducing",
          reason: `Only reducing while its money is recalled (${args[2].slice(-8)})`,
        });
        return false;
      };
      const asked = await recalls.recall(scope, { fromNodeId: nodeId, toNodeId, amount: fixed(amount), key, why: "", closePositions: true });
      expect([asked.closing, (await live.agents.get(scope, agentId)).tradingState]).toEqual([true, "reducing"]);
      live.service.close = close;
      return asked.movementId;
    };
    const after = async (movementId: string) => {
      const { status, waitsFor, reason } = await db().prisma.movement.findUniqueOrThrow({ where: { id: movementId } });
      expect([waitsFor, (await live.agents.get(scope, agentId)).tradingState]).toEqual([null, "active"]);
      return [status, reason];
    };

    await buys();
    const cancelled = await waits("cancelled", "800");
    await recalls.cancel(scope, cancelled);
    expect(await after(cancelled)).toEqual(["refused", expect.stringContaining("Cancelled")]);
    await expect(recalls.cancel(scope, cancelled)).rejects.toMatchObject({ code: "NOT_PENDING" });
    expect(await recalls.goOn()).toEqual({ ended: 0 });

    const farm = await tree.create(scope, { kind: "farm", name: "Gone", parentId: treasuryNodeId, strategy: "custom" }, START);
    await tree.move(scope, nodeId, farm, await live.money.context(scope, []));
    const lost = await waits("lost", "800", farm);
    await tree.move(scope, nodeId, treasuryNodeId, await live.money.context(scope, []));
    expect(await recalls.goOn()).toEqual({ ended: 1 });
    expect(await after(lost)).toEqual(["refused", expect.stringContaining("does not stand above")]);
    // Nothing was sold for it.
    expect((await live.orders.positions(agentId)).some((p) => p.quantity > 0n)).toBe(true);

    const kept = await waits("kept", "990");
    // One that fails every time, asked for earlier and alone in the first round: the next round is the other's.
    const stuck = await live.movements.askClosing(
      scope,
      { kind: "recall", fromNodeId: nodeId, toNodeId: treasuryNodeId, amount: fixed("1"), key: "stuck", why: "" },
      { at: START, wallAt: START, prices: {} },
    );
    live.service.close = (...args) => (args[2] === stuck.id ? Promise.reject(new Error("stuck")) : close.apply(live.service, args));
    await expect(recalls.goOn(1)).rejects.toThrow("stuck");
    expect(await recalls.goOn(1)).toEqual({ ended: 1 });
    live.service.close = close;
    expect(await after(kept)).toEqual(["done", expect.stringContaining("came free")]);
    const left = await live.agents.cash(scope, await live.agents.get(scope, agentId));
    expect(left >= fixed("50") && left < fixed("50.01")).toBe(true);
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
    const recalls = new RecallService({
      store: live.movements,
      money: live.money,
      closer: live.service,
      clocks: { wall: live.clock },
      scopeOf: systemScope,
    });
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
});
