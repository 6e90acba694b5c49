import { expect, it } from "vitest";
import { WalletStatement } from "@/server/api/services-live/wallets/wallet-statement";
import { fixed, HOUR_MS, toText } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import { liveAgents, TEST_CONFIG } from "@/server/testing/live-agents";
import { testScope } from "@/server/testing/scope";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { recordDrawdown } from "@/server/wallets";
import { PrismaNodeRecords } from "./prisma-node-records";
import { PrismaWalletTree } from "./prisma-wallet-tree";

const START = Date.UTC(2026, 10, 2);

describeDatabase("records of nodes", (db) => {
  it("are the agents' equity with what was moved; what moves between siblings is no flow of the node above, and a wallet that leaves takes its money along", async () => {
    const seeded = await seedWorkspace(db());
    const { scope, treasuryNodeId: master } = seeded;
    const live = liveAgents(db(), { start: START });
    const tree = new PrismaWalletTree(db());
    const farm = await tree.create(scope, { kind: "farm", name: "Farm", parentId: master, strategy: "custom" }, START);
    const other = await tree.create(scope, { kind: "farm", name: "Other", parentId: master, strategy: "custom" }, START);
    let keys = 0;
    const move = (fromNodeId: string, toNodeId: string, amount: string) =>
      live.money.move(scope, { kind: "rebalance", fromNodeId, toNodeId, amount: fixed(amount), key: `m${keys++}`, why: "" });
    await move(master, farm, "3000");
    const agent = async (name: string) => {
      const { agentId } = await live.service.create(scope, { config: { ...TEST_CONFIG, name }, capital: fixed("1000"), parentNodeId: farm });
      return { agentId, nodeId: (await live.agents.get(scope, agentId)).nodeId };
    };
    const [a, b] = [await agent("a"), await agent("b")];
    const point = (agentId: string, hour: number, equity: string) =>
      db().prisma.equityPoint.create({ data: { agentId, at: new Date(START + hour * HOUR_MS), equity, hold: equity, cash: equity } });
    await point(a.agentId, 1, "1100");
    await point(b.agentId, 1, "900");
    live.clock.time = START + 1.5 * HOUR_MS;
    await move(a.nodeId, b.nodeId, "200");
    await point(a.agentId, 2, "950");
    await point(b.agentId, 2, "1050");
    live.clock.time = START + 2.5 * HOUR_MS;
    await move(master, farm, "500");
    await tree.move(scope, b.nodeId, other, { at: START + 3 * HOUR_MS, prices: {} });
    await point(a.agentId, 4, "990");
    await point(b.agentId, 4, "2000");
    const records = new PrismaNodeRecords(db());
    const range = { from: START, to: START + 5 * HOUR_MS };
    const shown = async (id: string, more: { points?: number } = {}) =>
      (await records.record(scope, id, { ...range, ...more })).map((p) => [(p.at - START) / HOUR_MS, toText(p.equity), toText(p.flow)]);
    expect(await shown(a.nodeId)).toEqual([
      [0, "1000", "0"],
      [1, "1100", "0"],
      [1.5, "900", "-200"],
      [2, "950", "0"],
      [4, "990", "0"],
    ]);
    expect(await shown(farm)).toEqual([
      [0, "3000", "0"],
      [1, "3000", "0"],
      [2, "3000", "0"],
      [2.5, "3500", "500"],
      // The wallet left with what it held: its cash, as no position is there.
      [3, "2450", "-1200"],
      [4, "2490", "0"],
    ]);
    expect((await shown(other)).at(-1)).toEqual([4, "2000", "0"]);
    expect((await shown(master)).at(-1)).toEqual([4, "100990", "0"]);
    expect((await shown(master, { points: 2 })).length).toBeLessThanOrEqual(2);
    expect(recordDrawdown(await records.record(scope, a.nodeId, range))).toBeCloseTo(0, 12);
    // Of several at once the same, and the tree is read once for all of them.
    const each = [await records.record(scope, a.nodeId, range), await records.record(scope, farm, range), await records.record(scope, other, range)];
    const statements: string[] = [];
    const stop = db().observe((sql) => void statements.push(sql));
    expect(await records.records(scope, [a.nodeId, farm, other], range)).toEqual(each);
    expect(statements.filter((sql) => sql.includes('"NodePlace"'))).toHaveLength(1);
    // The statement names who moved money without reading every movement.
    statements.length = 0;
    expect((await new WalletStatement(db(), { now: () => Date.now() }).rows(scope, { limit: 1 })).people).toHaveLength(2);
    stop();
    const read = statements.filter((sql) => sql.includes('"Movement"'));
    expect([read.length, read.filter((sql) => !sql.includes("LIMIT"))]).toEqual([2, []]);
    const stranger = await seedWorkspace(db());
    await expect(records.records(testScope(stranger.workspaceId), [farm], range)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(records.record(testScope(stranger.workspaceId), farm, range)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
