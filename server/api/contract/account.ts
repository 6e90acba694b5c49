/** The person: sessions, keys, account. Decimals travel as exact text, times as ms since 1970 UTC. */

export type ApiKeyView = {
  id: string;
  name: string;
  prefix: string;
  scopes: ("read" | "trade" | "admin")[];
  expiresAt: number;
  createdAt: number;
  lastUsedAt: number | null;
  revokedAt: number | null;
};

export type MeView = {
  userId: string;
  address: string | null;
  workspace: { id: string; name: string; role: "owner" | "trader" | "viewer" };
  isDemo: boolean;
  mode: "demo" | "development" | "production";
  via: "session" | "api-key";
  scopes: ("read" | "trade" | "admin")[];
  sessionId: string | null;
};

export type SessionView = { id: string; createdAt: number; expiresAt: number; userAgent: string | null; current: boolean };

/** What a person may do with their account now. */
export type AccountView = {
  address: string | null;
  workspaceName: string;
  /** Agents in the way of deleting it: each with what it is at. Empty = nothing is. */
  blockers: { agentId: string; name: string; reason: string }[];
  /** Why this account can never be deleted here; null = it can. */
  refused: string | null;
};
