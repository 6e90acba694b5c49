import { expect, it } from "vitest";
import { fixed, toText } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import { liveAgents, TEST_CONFIG } from "@/server/testing/live-agents";
import { seedWorkspace } from "@/server/testing/seed-workspace";

describeDatabase("an agent that is put away", (db) => {
  const opened = async () => {
    const seeded = await seedWorkspace(db());
    const live = liveAgents(db());
    const { agentId } = await live.service.create(seeded.scope, { config: TEST_CONFIG, capital: fixed("10000") });
    const cash = async () => toText(await live.agents.cash(seeded.scope, await live.agents.get(seeded.scope, agentId)));
    return { ...seeded, ...live, agentId, cash };
  };

  it("gives its money back, and takes no more", async () => {
    const a = await opened();
    expect(await a.service.archive(a.scope, a.agentId)).toEqual({ status: "archived" });
    expect(await a.cash()).toBe("0");
    await expect(a.service.fund(a.scope, { agentId: a.agentId, amount: fixed("1"), key: "late" })).rejects.toMatchObject({ code: "AGENT_ARCHIVED" });
    await expect(a.service.archive(a.scope, a.agentId)).rejects.toMatchObject({ code: "INVALID_AGENT_TRANSITION" });
  });

  it("gives its money back when asked again after the process died in between", async () => {
    const a = await opened();
    const { apply } = a.movements;
    a.movements.apply = () => Promise.reject(new Error("the process died"));
    await expect(a.service.archive(a.scope, a.agentId)).rejects.toThrow("died");
    expect(await a.cash()).toBe("10000");
    a.movements.apply = apply;
    expect(await a.service.archive(a.scope, a.agentId)).toEqual({ status: "archived" });
    expect(await a.cash()).toBe("0");
  });

  it("gives back what the venue still has, when it did not answer the first time", async () => {
    const a = await opened();
    const venueCash = async () => toText((await a.exchange.balances(a.agentId)).USDT ?? fixed("0"));
    const { transfer } = a.exchange;
    a.exchange.transfer = () => Promise.reject(new Error("no answer"));
    await expect(a.service.archive(a.scope, a.agentId)).rejects.toThrow("no answer");
    expect([await a.cash(), await venueCash()]).toEqual(["0", "10000"]);
    a.exchange.transfer = transfer;
    expect(await a.service.archive(a.scope, a.agentId)).toEqual({ status: "archived" });
    expect(await venueCash()).toBe("0");
    await expect(a.service.archive(a.scope, a.agentId)).rejects.toMatchObject({ code: "INVALID_AGENT_TRANSITION" });
  });

  it("of two edits of one version takes one and refuses the other, naming the field", async () => {
    const a = await opened();
    const edit = (name: string) => a.service.update(a.scope, { agentId: a.agentId, expectedVersion: 1, config: { ...TEST_CONFIG, name } });
    const results = await Promise.allSettled([edit("left"), edit("right")]);
    expect(results.map((r) => r.status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(results.find((r) => r.status === "rejected")).toMatchObject({
      reason: { code: "CONFIG_VERSION_CONFLICT", details: { field: "expectedVersion", data: { current: 2 } } },
    });
    expect(await db().prisma.agentVersion.count({ where: { agentId: a.agentId } })).toBe(2);
  });
});
