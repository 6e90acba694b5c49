import { randomBytes } from "node:crypto";
import { sha256 } from "@/server/shared";

const KEY = /^mp_([0-9a-f]{8})_([A-Za-z0-9_-]{43})$/;

/** A new key: `mp_<prefix>_<256 random bits>`. The key itself is shown once; only its hash is kept. */
export function makeApiKey(): { key: string; prefix: string; secretHash: string } {
  const prefix = randomBytes(4).toString("hex");
  const key = `mp_${prefix}_${randomBytes(32).toString("base64url")}`;
  return { key, prefix: `mp_${prefix}`, secretHash: sha256(key) };
}

/** Hash of a presented key, or null when it cannot be one. A slow hash would buy nothing: the key has 256 bits of its own. */
export const apiKeyHash = (key: string): string | null => (KEY.test(key) ? sha256(key) : null);
