import { tenantScope } from "@/server/auth/scope";
import type { ApiScope, Role, TenantScope } from "@/server/shared";

/** A scope for tests: a signed-in owner of the workspace, or as told. */
export const testScope = (workspaceId: string, as: { userId?: string; role?: Role; scopes?: readonly ApiScope[] } = {}): TenantScope =>
  tenantScope({
    workspaceId,
    actor: { kind: "user", id: as.userId ?? "00000000-0000-7000-8000-000000000001" },
    role: as.role ?? "owner",
    scopes: as.scopes,
  });
