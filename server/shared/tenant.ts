declare const tenantBrand: unique symbol;

export type Role = "owner" | "trader" | "viewer";
export type ApiScope = "read" | "trade" | "admin";

/**
 * The right to act in one workspace. Only server/auth makes one (from a session, an API key or an agent token);
 * every repository that touches a tenant's rows takes it.
 */
export type TenantScope = {
  readonly [tenantBrand]: true;
  readonly workspaceId: string;
  readonly actor: { readonly kind: "user" | "api-key" | "system"; readonly id: string };
  readonly role: Role;
  readonly scopes: readonly ApiScope[];
};

/** As rows name who acted: "user:…", "api-key:…", "system:…". */
export const actorText = ({ actor }: TenantScope): string => `${actor.kind}:${actor.id}`;
