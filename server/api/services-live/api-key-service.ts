import type { ApiKeyRow, PrismaApiKeyRepository } from "@/server/adapters/db/prisma-api-key-repository";
import { makeApiKey } from "@/server/auth/api-key";
import type { Caller } from "@/server/auth/auth-service";
import { type Clock, DAY_MS, DomainError, notFound, type TenantScope } from "@/server/shared";
import type { ApiKeyView } from "../contract";
import type { ApiKeyService } from "../services";

const view = (k: ApiKeyRow): ApiKeyView => ({ ...k, scopes: [...k.scopes] });

/** API keys: the key itself leaves this product once, at creation. */
export class LiveApiKeyService implements ApiKeyService {
  constructor(
    private readonly keys: PrismaApiKeyRepository,
    private readonly wall: Clock,
  ) {}

  async list(scope: TenantScope): Promise<ApiKeyView[]> {
    return (await this.keys.list(scope)).map(view);
  }

  /**
   * Throws SESSION_REQUIRED for a caller with a key (a key that makes keys would outlive its own end and revocation), SCOPE_MISSING
   * when the key would be able to do more than its maker.
   */
  async create(
    caller: Caller,
    input: { name: string; scopes: ("read" | "trade" | "admin")[]; expiresInDays: number },
  ): Promise<{ key: string; view: ApiKeyView }> {
    if (caller.via !== "session") throw new DomainError("SESSION_REQUIRED", "An API key cannot make API keys: sign in", { kind: "forbidden" });
    const missing = input.scopes.find((s) => !caller.scope.scopes.includes(s));
    if (missing)
      throw new DomainError("SCOPE_MISSING", `You cannot give a key the "${missing}" right, which you do not have.`, {
        kind: "forbidden",
        field: "scopes",
      });
    const { key, prefix, secretHash } = makeApiKey();
    const wallNow = this.wall.now();
    const row = await this.keys.create(caller.scope, {
      createdBy: caller.userId,
      name: input.name,
      prefix,
      secretHash,
      scopes: [...new Set(input.scopes)],
      wallNow,
      expiresAt: wallNow + input.expiresInDays * DAY_MS,
    });
    return { key, view: view(row) };
  }

  async revoke(scope: TenantScope, apiKeyId: string): Promise<void> {
    if (!(await this.keys.revoke(scope, apiKeyId, this.wall.now()))) throw notFound("This key");
  }
}
