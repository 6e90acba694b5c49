import type { Database } from "@/server/adapters/db/database";
import type { TenantScope } from "@/server/shared";

/** The mistake that the members' repository must not make: counts the owners, and removes one later, with nothing locked. */
export class NaiveMemberRepository {
  constructor(private readonly db: Database) {}

  async remove(scope: TenantScope, userId: string): Promise<void> {
    const { workspaceId } = scope;
    if ((await this.db.prisma.member.count({ where: { workspaceId, role: "owner" } })) < 2) throw new Error("LAST_OWNER");
    await new Promise((done) => setTimeout(done, 20));
    await this.db.prisma.member.delete({ where: { workspaceId_userId: { workspaceId, userId } } });
  }
}
