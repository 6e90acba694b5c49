import type { z } from "zod";
import type { PrismaWorkspaceRepository } from "@/server/adapters/db/prisma-workspace-repository";
import { recordLimits, StandingHalts } from "@/server/agents";
import { fixed, type TenantScope, toText } from "@/server/shared";
import { toLimits } from "../agent-config";
import type { inputs } from "../contract";
import type { WorkspaceService } from "../services";

/** The workspace's own limits and model cap. */
export class LiveWorkspaceService implements WorkspaceService {
  constructor(
    private readonly workspaces: PrismaWorkspaceRepository,
    private readonly halts: StandingHalts = new StandingHalts(),
  ) {}

  async get(scope: TenantScope) {
    const w = await this.workspaces.get(scope);
    const waiting = this.halts.waiting(scope.workspaceId);
    const limits = recordLimits(w.limits);
    return {
      limits: { ...limits, allowedSymbols: limits.allowedSymbols ? [...limits.allowedSymbols] : null },
      dailyModelCap: toText(w.dailyModelCap),
      // A halt that could not be stored holds all the same, in this process.
      tradingState: waiting.some((h) => h.agentId === null) ? "halted" : w.tradingState,
      haltsNotStored: waiting.map((h) => ({ agentId: h.agentId, problem: h.problem ?? "" })),
    };
  }

  setLimits(scope: TenantScope, input: z.output<typeof inputs.workspaceLimits>): Promise<void> {
    return this.workspaces.setLimits(scope, { limits: toLimits(input.limits), dailyModelCap: fixed(input.dailyModelCap) });
  }

  rename(scope: TenantScope, name: string): Promise<void> {
    return this.workspaces.rename(scope, name);
  }
}
