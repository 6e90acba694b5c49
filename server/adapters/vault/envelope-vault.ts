import { newId } from "@/server/adapters/db/new-id";
import type { PrismaSecretRepository } from "@/server/adapters/db/prisma-secret-repository";
import type { TenantScope } from "@/server/shared";
import { openEnvelope, rewrapEnvelope, sealEnvelope } from "./envelope";
import type { MasterKeys } from "./master-keys";
import type { SecretHint, SecretKind, Vault } from "./vault";

const HINT_LENGTH = 4;
const REWRAP_BATCH = 100;

/** Secrets under AES-256-GCM: a data key each, wrapped by the master key, bound to row, workspace and kind. */
export class EnvelopeVault implements Vault {
  constructor(
    private readonly secrets: PrismaSecretRepository,
    private readonly keys: MasterKeys,
  ) {}

  async put(scope: TenantScope, kind: SecretKind, secret: string): Promise<SecretHint> {
    const binding = { id: newId(), workspaceId: scope.workspaceId, kind };
    // Short secrets show nothing: four characters would be most of them.
    const hint = secret.length >= 4 * HINT_LENGTH ? secret.slice(-HINT_LENGTH) : "";
    const { createdAt } = await this.secrets.put(scope, { id: binding.id, kind, hint, ...sealEnvelope(this.keys, binding, secret) });
    return { hint, since: createdAt };
  }

  async read(scope: TenantScope, kind: SecretKind): Promise<string | null> {
    const row = await this.secrets.find(scope, kind);
    // The binding is what the caller asked for, not what the row says of itself.
    return row && openEnvelope(this.keys, { id: row.id, workspaceId: scope.workspaceId, kind }, row);
  }

  remove(scope: TenantScope, kind: SecretKind): Promise<boolean> {
    return this.secrets.remove(scope, kind);
  }

  async hint(scope: TenantScope, kind: SecretKind): Promise<SecretHint | null> {
    const row = await this.secrets.find(scope, kind);
    return row && { hint: row.hint, since: row.createdAt };
  }

  /** Wraps every secret's data key with the current master key; afterwards the older keys can be taken out of VAULT_KEY. Returns how many. */
  async rewrap(): Promise<number> {
    const [current] = this.keys;
    let done = 0;
    for (;;) {
      const rows = await this.secrets.wrappedByOther(current.id, REWRAP_BATCH);
      if (rows.length === 0) return done;
      for (const row of rows) {
        const { keyId, wrappedKey } = rewrapEnvelope(this.keys, row, row);
        if (await this.secrets.rewrap(row, keyId, wrappedKey)) done += 1;
      }
    }
  }
}
