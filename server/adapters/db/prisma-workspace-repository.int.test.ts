import { expect, it } from "vitest";
import { fixed } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { readAudit } from "./audit";
import { PrismaWorkspaceRepository } from "./prisma-workspace-repository";

describeDatabase("PrismaWorkspaceRepository", (db) => {
  it("keeps limits and cap exactly, and audits the change", async () => {
    const { scope, userId } = await seedWorkspace(db());
    const workspaces = new PrismaWorkspaceRepository(db());
    const limits = {
      allowedSymbols: ["BTC/USDT"],
      maxOrderNotional: fixed("1000.000000000000000001"),
      maxPositionNotional: null,
      maxDailyLoss: fixed("99999999999999999999"),
      maxOrdersPerHour: 7,
    };
    await workspaces.setLimits(scope, { limits, dailyModelCap: fixed("0.000000000000000001") });
    expect(await workspaces.get(scope)).toMatchObject({ limits, dailyModelCap: fixed("0.000000000000000001") });
    expect(await readAudit(db(), scope, 10)).toMatchObject([{ action: "workspace.limits.set", actor: `user:${userId}` }]);
  });

  it("changes the trading state once, with an event and an audit entry, in its own workspace only", async () => {
    const { scope, workspaceId } = await seedWorkspace(db());
    const other = await seedWorkspace(db());
    const workspaces = new PrismaWorkspaceRepository(db());
    await workspaces.setTradingState(scope, "halted", "kill switch");
    await workspaces.setTradingState(scope, "halted", "kill switch");
    expect(await workspaces.get(scope)).toMatchObject({ tradingState: "halted", tradingReason: "kill switch" });
    expect((await workspaces.get(other.scope)).tradingState).toBe("active");
    expect(await db().prisma.event.findMany({ select: { workspaceId: true, type: true } })).toEqual([
      { workspaceId, type: "workspace/trading.changed" },
    ]);
    expect(await readAudit(db(), scope, 10)).toHaveLength(1);
  });
});
