import { type BacktestTrials, type Trial, type TrialRegister, type TrialTally, tallyTrials, trialKey } from "@/server/evidence";
import { notFound, type TenantScope } from "@/server/shared";
import { configFromJson } from "../agent-row";
import type { Database } from "../database";

/**
 * Trials of a workspace: every version of every agent in it, archived ones included, and what `backtests` adds. An agent has no recorded
 * ancestors, and whoever picks the best of ten agents has tried ten: so all of the workspace count, not only the agent's own.
 */
export class PrismaTrialRegister implements TrialRegister {
  constructor(
    private readonly db: Database,
    private readonly backtests: BacktestTrials = async () => [],
  ) {}

  async tally(scope: TenantScope, agentId: string): Promise<TrialTally> {
    const { workspaceId } = scope;
    if ((await this.db.prisma.agent.count({ where: { id: agentId, workspaceId } })) === 0) throw notFound("This agent");
    const rows = await this.db.raw.query<{ agentId: string; config: unknown }>(
      `SELECT v."agentId", v.config FROM "AgentVersion" v JOIN "Agent" a ON a.id = v."agentId" WHERE a."workspaceId" = $1::uuid`,
      [workspaceId],
    );
    const versions = rows.map(
      (r): Trial => ({
        source: r.agentId === agentId ? "own-versions" : "other-agents",
        key: trialKey(configFromJson(r.config)),
        yearlySharpe: null,
        periods: 0,
      }),
    );
    return tallyTrials([...versions, ...(await this.backtests(scope))]);
  }
}
