import type { TenantScope } from "@/server/shared";

/** Names a secret within a workspace, e.g. "llm/anthropic". */
export type SecretKind = string;

export type SecretHint = { /** Last four characters. */ readonly hint: string /** Wall ms. */; readonly since: number };

/** Secrets of a workspace, sealed at rest. */
export interface Vault {
  /** Replaces the workspace's secret of that kind. */
  put(scope: TenantScope, kind: SecretKind, secret: string): Promise<SecretHint>;
  /** null when the workspace has none. Throws VAULT_DECRYPT_FAILED. Never keep, log or send the result anywhere but to its service. */
  read(scope: TenantScope, kind: SecretKind): Promise<string | null>;
  /** False when there was none. */
  remove(scope: TenantScope, kind: SecretKind): Promise<boolean>;
  /** What may be shown of it; null when there is none. Decrypts nothing. */
  hint(scope: TenantScope, kind: SecretKind): Promise<SecretHint | null>;
}
