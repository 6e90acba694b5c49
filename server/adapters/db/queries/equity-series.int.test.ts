import { expect, it } from "vitest";
import { fixed, HOUR_MS, MINUTE_MS } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import { liveAgents, TEST_CONFIG } from "@/server/testing/live-agents";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { workspaceEquityPoints } from "./equity-series";
import type { QueryContext } from "./query-context";

const START = Date.UTC(2026, 10, 2);

describeDatabase("the workspace's equity by the hour", (db) => {
  it("ends at its newest figure: the hour that is not over is not labelled with its end", async () => {
    const { scope } = await seedWorkspace(db());
    const live = liveAgents(db(), { start: START });
    const { agentId } = await live.service.create(scope, { config: TEST_CONFIG, capital: fixed("1000") });
    const at = (ms: number) => new Date(START + ms);
    const point = (ms: number, equity: number) => ({ agentId, at: at(ms), equity, hold: equity, cash: equity });
    await db().prisma.equityPoint.createMany({
      data: [point(20 * MINUTE_MS, 1001), point(50 * MINUTE_MS, 1002), point(HOUR_MS, 1003), point(HOUR_MS + 10 * MINUTE_MS, 1004)],
    });
    const points = await workspaceEquityPoints({ db: db() } as QueryContext, [agentId], HOUR_MS, START);
    expect(points.slice(-2)).toEqual([
      { t: START + HOUR_MS, equity: "1003", hold: "1003" },
      { t: START + HOUR_MS + 10 * MINUTE_MS, equity: "1004", hold: "1004" },
    ]);
  });
});
