import { randomUUID } from "node:crypto";
import { beforeEach, expect, it } from "vitest";
import { packBlob } from "@/server/adapters/db/pack-blob";
import { SimulatedMarketFeed } from "@/server/adapters/market/simulated-market-feed";
import type { JobResult } from "@/server/backtest";
import type { TenantScope } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { backtestInputs } from "../contract/backtests";
import { LiveBacktestService } from "./backtest-service";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 9, 20);
const SPEC = {
  interval: "1h",
  from: NOW - 20 * DAY,
  to: NOW,
  capital: "1000",
  agents: [{ name: "Trend", symbols: ["BTC/USDT"], ruleSet: "trend-follow" }],
};

describeDatabase("limits above the agents of a backtest", (db) => {
  let scope: TenantScope;
  let treasury: string;
  let service: LiveBacktestService;
  const farm = async (name: string, parentId: string, limits: Record<string, string | number>, currency = "USDT"): Promise<string> => {
    const { id } = await db().prisma.walletNode.create({
      data: { id: randomUUID(), workspaceId: scope.workspaceId, parentId, kind: "farm", mode: "paper", name, currency, limits },
    });
    return id;
  };
  const create = async (over: Record<string, unknown> = {}) => {
    const { backtestId } = await service.create(scope, backtestInputs.backtestCreate.parse({ kind: "single", name: "Mine", spec: SPEC, ...over }));
    return backtestId;
  };
  const stored = async (id: string) => {
    const { job } = await service.get(scope, id);
    return job.kind === "single" ? job.spec.limitsAbove : job.spec.base.limitsAbove;
  };

  beforeEach(async () => {
    ({ scope, treasuryNodeId: treasury } = await seedWorkspace(db()));
    await db().prisma.workspace.update({
      where: { id: scope.workspaceId },
      data: { limits: { maxOrderNotional: "250.50", maxDailyLoss: null, maxOrdersPerHour: 6 } },
    });
    const feed = new SimulatedMarketFeed(7);
    const clock = { now: () => NOW };
    const runner = { poke: () => {}, stop: async () => {} };
    service = new LiveBacktestService({ db: db(), clocks: { wall: clock, market: clock }, feedOf: async () => feed, runner });
  });

  it("are the workspace's unless they are switched off, and stay what they were when it changes", async () => {
    const workspace = { maxOrderNotional: "250.5", maxOrdersPerHour: 6 };
    const id = await create();
    const without = await create({ limitsAbove: null });
    await db().prisma.workspace.update({ where: { id: scope.workspaceId }, data: { limits: { maxOrderNotional: "1" } } });
    expect(await stored(id)).toEqual({ workspace, farms: [] });
    expect(await stored(without)).toBeUndefined();
    const axes = [{ param: "fast", values: [5, 6] }];
    expect(await stored(await create({ kind: "sweep", axes }))).toEqual({ workspace: { maxOrderNotional: "1" }, farms: [] });
  });

  it("are those of a farm and of all that hold it, too, where one is chosen", async () => {
    const outer = await farm("All", treasury, { maxDailyLoss: "90" });
    const inner = await farm("Momentum", outer, { maxOrderNotional: "40" });
    const chain = [
      { id: inner, name: "Momentum", limits: { maxOrderNotional: "40" } },
      { id: outer, name: "All", limits: { maxDailyLoss: "90" } },
    ];
    expect((await service.options(scope)).limits).toEqual({
      currency: "USDT",
      workspace: { maxOrderNotional: "250.5", maxOrdersPerHour: 6 },
      farms: [
        { farmId: outer, chain: chain.slice(1) },
        { farmId: inner, chain },
      ],
    });
    const id = await create({ limitsAbove: { farmId: inner } });
    expect((await stored(id))?.farms).toEqual(chain);
    // The file that is saved says so, too.
    const result = { version: 1 } as unknown as JobResult["result"];
    await db().prisma.backtest.update({ where: { id }, data: { status: "done" } });
    await db().prisma.backtestPart.create({ data: { backtestId: id, key: "result", ...(await packBlob(result as never)) } });
    expect(JSON.parse((await service.export(scope, id, "json")).text).spec.limitsAbove.farms).toEqual(chain);
    await db().prisma.walletNode.update({ where: { id: inner }, data: { closedAt: new Date(NOW) } });
    await expect(create({ limitsAbove: { farmId: inner } })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("are refused where they are in another currency than the backtest, and only if one is set", async () => {
    const other = await farm("Euro", treasury, {}, "EUR");
    await expect(create({ limitsAbove: { farmId: other } })).rejects.toMatchObject({
      code: "LIMITS_IN_ANOTHER_CURRENCY",
      details: { field: "limitsAbove" },
    });
    await db().prisma.workspace.update({ where: { id: scope.workspaceId }, data: { limits: {} } });
    expect(await stored(await create({ limitsAbove: { farmId: other } }))).toEqual({
      workspace: {},
      farms: [{ id: other, name: "Euro", limits: {} }],
    });
  });
});
