import type { Env } from "@/server/env";

/** Origins whose pages may act for a signed-in person: the product's own; in the demo and development also its other loopback names. */
export function trustedOrigins(env: Pick<Env, "origin" | "production">): string[] {
  if (env.production) return [env.origin];
  const { port, protocol } = new URL(env.origin);
  const suffix = port ? `:${port}` : "";
  return [...new Set([env.origin, ...["127.0.0.1", "localhost", "[::1]"].map((host) => `${protocol}//${host}${suffix}`)])];
}
