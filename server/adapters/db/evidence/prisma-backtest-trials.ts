import type { BacktestTrials, TrialSourceId } from "@/server/evidence";
import type { Database } from "../database";

/**
 * The trials that a workspace's backtests and sweeps were, each configuration once. Their Sharpe ratios are of returns, not of the excess over
 * an exposure-matched hold, so they are counted without one.
 */
export function prismaBacktestTrials(db: Database): BacktestTrials {
  return async (scope) => {
    const rows = await db.prisma.trial.findMany({
      where: { workspaceId: scope.workspaceId, key: { not: "" } },
      distinct: ["key", "source"],
      select: { key: true, source: true },
    });
    return rows.map((r) => ({ key: r.key, source: r.source as TrialSourceId, yearlySharpe: null, periods: 0 }));
  };
}
