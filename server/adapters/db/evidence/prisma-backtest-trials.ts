import type { BacktestTrials, TrialSourceId } from "@/server/evidence";
import type { Database } from "../database";

/**
 * The trials that a workspace's backtests and sweeps were, each configuration once, with the Sharpe ratio of its excess over the
 * exposure-matched hold as of its longest run; without one where that was not known (trials of before it was kept have none).
 */
export function prismaBacktestTrials(db: Database): BacktestTrials {
  return async (scope) => {
    const rows = await db.raw.query<{ key: string; source: string; sharpe: number | null; periods: number | null }>(
      `SELECT DISTINCT ON (key, source) key, source, "excessSharpe" AS sharpe, "excessPeriods" AS periods FROM "Trial"
        WHERE "workspaceId" = $1::uuid AND key <> '' ORDER BY key, source, "excessPeriods" DESC NULLS LAST, id`,
      [scope.workspaceId],
    );
    return rows.map((r) => ({ key: r.key, source: r.source as TrialSourceId, yearlySharpe: r.sharpe, periods: r.periods ?? 0 }));
  };
}
