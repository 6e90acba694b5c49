import type { ApiKeyView } from "@/server/api/contract";

export type KeyState = { readonly word: "Active" | "Expired" | "Revoked"; readonly className: "st on" | "st off" };

/** Whether a key still works at `now` (wall ms). A revoked key stays revoked, expired or not. */
export function keyState(key: ApiKeyView, now: number): KeyState {
  if (key.revokedAt !== null) return { word: "Revoked", className: "st off" };
  if (key.expiresAt <= now) return { word: "Expired", className: "st off" };
  return { word: "Active", className: "st on" };
}

export const SCOPES = [
  { scope: "read", label: "Read", hint: "See everything in this workspace." },
  { scope: "trade", label: "Trade", hint: "Create, start, stop and fund agents, and press the kill switch." },
  { scope: "admin", label: "Admin", hint: "Change limits, model keys and API keys." },
] as const;
