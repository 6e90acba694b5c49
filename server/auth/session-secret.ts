import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import type { Env } from "@/server/env";

/** The secret that signs session cookies: NEXTAUTH_SECRET, or (demo and development) one made at first start and kept in the data folder. */
export function sessionSecret(env: Env): string {
  if (env.NEXTAUTH_SECRET) return env.NEXTAUTH_SECRET;
  if (env.production) throw new Error("NEXTAUTH_SECRET is required in production");
  const file = path.join(/*turbopackIgnore: true*/ env.dataDir, "session-secret");
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    fs.mkdirSync(env.dataDir, { recursive: true });
    const secret = randomBytes(32).toString("base64url");
    // wx: of two processes that start at once, the second reads what the first wrote.
    try {
      fs.writeFileSync(file, secret, { mode: 0o600, flag: "wx" });
      return secret;
    } catch {
      return fs.readFileSync(file, "utf8");
    }
  }
}
