import { describe, expect, it } from "vitest";
import type { ApiKeyView } from "@/server/api/contract";
import { keyState } from "./key-state";

const key: ApiKeyView = { id: "k", name: "Bot", prefix: "mp_abc", scopes: ["read"], expiresAt: 100, createdAt: 0, lastUsedAt: null, revokedAt: null };

describe("keyState", () => {
  it("works until the moment it expires", () => {
    expect(keyState(key, 99).word).toBe("Active");
    expect(keyState(key, 100).word).toBe("Expired");
  });

  it("stays revoked whatever the time", () => {
    expect(keyState({ ...key, revokedAt: 10 }, 20).word).toBe("Revoked");
    expect(keyState({ ...key, revokedAt: 10 }, 500).word).toBe("Revoked");
  });
});
