import type { z } from "zod";
import type { PrismaWorkspaceRepository } from "@/server/adapters/db/prisma-workspace-repository";
import { recordLimits } from "@/server/agents";
import { fixed, type TenantScope, toText } from "@/server/shared";
import { toLimits } from "../agent-config";
import type { inputs } from "../contract";
import type { WorkspaceService } from "../services";

/** The workspace's own limits and model cap. */
export class LiveWorkspaceService implements WorkspaceService {
  constructor(private readonly workspaces: PrismaWorkspaceRepository) {}

  async get(scope: TenantScope) {
    const w = await this.workspaces.get(scope);
    const limits = recordLimits(w.limits);
    return {
      limits: { ...limits, allowedSymbols: limits.allowedSymbols ? [...limits.allowedSymbols] : null },
      dailyModelCap: toText(w.dailyModelCap),
      tradingState: w.tradingState,
    };
  }

  setLimits(scope: TenantScope, input: z.output<typeof inputs.workspaceLimits>): Promise<void> {
    return this.workspaces.setLimits(scope, { limits: toLimits(input.limits), dailyModelCap: fixed(input.dailyModelCap) });
  }

  rename(scope: TenantScope, name: string): Promise<void> {
    return this.workspaces.rename(scope, name);
  }
}
