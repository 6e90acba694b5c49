import type { Env } from "@/server/env";
import { trustedOrigins } from "./trusted-origins";

/**
 * Where a page asked for under another loopback name really is, or null when it is there already. Cookies and sign-in messages are bound
 * to one origin: the same product under a second name would look signed out. Never leads to a host that the request names.
 */
export function canonicalLocation(env: Pick<Env, "origin" | "production">, host: string | null, target: string): string | null {
  if (env.production || host === null) return null;
  const origin = new URL(env.origin);
  if (host === origin.host || !trustedOrigins(env).includes(`${origin.protocol}//${host}`)) return null;
  const { pathname, search } = new URL(target, env.origin);
  return `${origin.origin}${pathname}${search}`;
}
