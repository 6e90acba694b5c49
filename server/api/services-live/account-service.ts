import { accountBlockers } from "@/server/adapters/db/account/account-blockers";
import { eraseAccount, refuseBusy } from "@/server/adapters/db/account/erase-account";
import { exportLines } from "@/server/adapters/db/account/export-lines";
import { writeAudit } from "@/server/adapters/db/audit";
import type { Database } from "@/server/adapters/db/database";
import type { AgentService } from "@/server/agents";
import type { Caller } from "@/server/auth/auth-service";
import { type Clock, DomainError } from "@/server/shared";
import type { AccountView } from "../contract";
import type { AccountService } from "../services";

const DEMO = "The demo trader is part of the demo: stop it and remove its data folder instead.";

/** A person's own data: taken away as a file, or deleted. */
export class LiveAccountService implements AccountService {
  constructor(private readonly parts: { readonly db: Database; readonly agents: Pick<AgentService, "archive">; readonly wall: Clock }) {}

  async get({ scope, address, isDemo, workspace }: Caller): Promise<AccountView> {
    return {
      address,
      workspaceName: workspace.name,
      blockers: await accountBlockers(this.parts.db.prisma, scope.workspaceId),
      refused: isDemo ? DEMO : scope.role === "owner" ? null : "Only the owner of the workspace can delete it.",
    };
  }

  async *export({ scope }: Caller): AsyncGenerator<string> {
    const { db, wall } = this.parts;
    await db.transaction((tx) => writeAudit(tx, scope, { action: "account.exported" }));
    yield* exportLines(db, scope, wall.now());
  }

  async delete({ scope, userId, isDemo }: Caller): Promise<void> {
    const { db, agents, wall } = this.parts;
    if (isDemo) throw new DomainError("ACCOUNT_NEEDED", DEMO, { kind: "conflict" });
    if (scope.role !== "owner") throw new DomainError("OWNER_REQUIRED", "Only the owner of the workspace can delete it.", { kind: "forbidden" });
    refuseBusy(await accountBlockers(db.prisma, scope.workspaceId));
    // Brings their money home, so that the books end in one place; each refuses for itself what has changed since.
    const rest = await db.prisma.agent.findMany({ where: { workspaceId: scope.workspaceId, status: { not: "archived" } }, select: { id: true } });
    for (const { id } of rest) await agents.archive(scope, id);
    await eraseAccount(db, scope, userId, wall.now());
  }
}
