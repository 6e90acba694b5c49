import { expect, it } from "vitest";
import { turnCode } from "@/server/agents";
import { systemScope } from "@/server/auth/scope";
import { fixed, HOUR_MS, toNumber, toText } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import { decides } from "@/server/testing/fixed-decision";
import { liveAgents, TEST_CONFIG } from "@/server/testing/live-agents";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { RecallService } from "@/server/wallets";

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
});
