import type { ApiScope, Role, TenantScope } from "@/server/shared";
import type { Database } from "./database";
import { newId } from "./new-id";

export type ApiKeyRow = {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: readonly ApiScope[];
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly lastUsedAt: number | null;
  readonly revokedAt: number | null;
};
export type ValidApiKey = {
  readonly apiKeyId: string;
  readonly workspaceId: string;
  readonly userId: string;
  readonly role: Role;
  readonly scopes: readonly ApiScope[];
};

const TOUCH_EVERY_MS = 60_000;
const SCOPES: readonly string[] = ["read", "trade", "admin"];
const toScopes = (scopes: readonly string[]): ApiScope[] => scopes.filter((s): s is ApiScope => SCOPES.includes(s));

/** API keys; only the hash of a key's secret is stored. Times in wall ms. */
export class PrismaApiKeyRepository {
  constructor(private readonly db: Database) {}

  async create(
    scope: TenantScope,
    input: { createdBy: string; name: string; prefix: string; secretHash: string; scopes: readonly ApiScope[]; wallNow: number; expiresAt: number },
  ): Promise<ApiKeyRow> {
    const row = await this.db.prisma.apiKey.create({
      data: {
        id: newId(),
        workspaceId: scope.workspaceId,
        createdBy: input.createdBy,
        name: input.name,
        prefix: input.prefix,
        secretHash: input.secretHash,
        scopes: [...input.scopes],
        createdAt: new Date(input.wallNow),
        expiresAt: new Date(input.expiresAt),
      },
    });
    return toRow(row);
  }

  /** Newest first, revoked and expired ones included. */
  async list(scope: TenantScope): Promise<ApiKeyRow[]> {
    const rows = await this.db.prisma.apiKey.findMany({ where: { workspaceId: scope.workspaceId }, orderBy: { createdAt: "desc" }, take: 200 });
    return rows.map(toRow);
  }

  /** False when the workspace has no such key that still works. */
  async revoke(scope: TenantScope, apiKeyId: string, wallNow: number): Promise<boolean> {
    const { count } = await this.db.prisma.apiKey.updateMany({
      where: { id: apiKeyId, workspaceId: scope.workspaceId, revokedAt: null },
      data: { revokedAt: new Date(wallNow) },
    });
    return count === 1;
  }

  /**
   * What a presented key may do; null when it is unknown, revoked, expired, or its maker has left the workspace.
   * Before a scope exists this is the way to one, so it goes by the hash alone.
   */
  async findValid(secretHash: string, wallNow: number): Promise<ValidApiKey | null> {
    const key = await this.db.prisma.apiKey.findUnique({ where: { secretHash } });
    if (!key || key.revokedAt || key.expiresAt.getTime() <= wallNow) return null;
    const { id, workspaceId, createdBy: userId } = key;
    const member = await this.db.prisma.member.findUnique({ where: { workspaceId_userId: { workspaceId, userId } } });
    if (!member) return null;
    if (!key.lastUsedAt || wallNow - key.lastUsedAt.getTime() >= TOUCH_EVERY_MS) {
      await this.db.prisma.apiKey.updateMany({ where: { id }, data: { lastUsedAt: new Date(wallNow) } });
    }
    return { apiKeyId: id, workspaceId, userId, role: member.role as Role, scopes: toScopes(key.scopes) };
  }
}

type Stored = {
  id: string;
  name: string;
  prefix: string;
  scopes: string[];
  createdAt: Date;
  expiresAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
};

const toRow = (k: Stored): ApiKeyRow => ({
  id: k.id,
  name: k.name,
  prefix: k.prefix,
  scopes: toScopes(k.scopes),
  createdAt: k.createdAt.getTime(),
  expiresAt: k.expiresAt.getTime(),
  lastUsedAt: k.lastUsedAt?.getTime() ?? null,
  revokedAt: k.revokedAt?.getTime() ?? null,
});
