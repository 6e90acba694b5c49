import type { ApiScope, Role, TenantScope } from "@/server/shared";

const SCOPES_OF_ROLE: Readonly<Record<Role, readonly ApiScope[]>> = {
  owner: ["read", "trade", "admin"],
  trader: ["read", "trade"],
  viewer: ["read"],
};

/** The only maker of scopes. `scopes` narrows what the role allows (API keys); it never widens it. */
export function tenantScope(from: { workspaceId: string; actor: TenantScope["actor"]; role: Role; scopes?: readonly ApiScope[] }): TenantScope {
  const allowed = SCOPES_OF_ROLE[from.role];
  const scopes = from.scopes ? from.scopes.filter((s) => allowed.includes(s)) : allowed;
  return { workspaceId: from.workspaceId, actor: from.actor, role: from.role, scopes } as TenantScope;
}

/** The product acting for a workspace on its own: schedules, settlement, imports. */
export const systemScope = (workspaceId: string): TenantScope =>
  tenantScope({ workspaceId, actor: { kind: "system", id: "memepulse" }, role: "owner" });
