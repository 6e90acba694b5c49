import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Envelope, openEnvelope, rewrapEnvelope, sealEnvelope } from "./envelope";
import { type MasterKeys, parseVaultKey } from "./master-keys";

const key = (byte: number) => Buffer.alloc(32, byte).toString("base64");
const keys: MasterKeys = parseVaultKey(`a:${key(1)}`);
const binding = { id: "row-1", workspaceId: "workspace-1", kind: "llm/anthropic" };
const sealed = sealEnvelope(keys, binding, "sk-test-1234567890");
const refused = (run: () => unknown) => expect(run).toThrow(expect.objectContaining({ code: "VAULT_DECRYPT_FAILED" }));

describe("envelope", () => {
  it("opens what it sealed, whatever the text, and seals it differently each time", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (text) => {
        const [x, y] = [sealEnvelope(keys, binding, text), sealEnvelope(keys, binding, text)];
        expect(openEnvelope(keys, binding, x)).toBe(text);
        expect(Buffer.from(x.wrappedKey).equals(y.wrappedKey)).toBe(false);
        expect(Buffer.from(x.iv).equals(y.iv)).toBe(false);
      }),
    );
  });

  it("refuses any flipped bit", () => {
    const parts = ["wrappedKey", "iv", "ciphertext", "tag"] as const;
    fc.assert(
      fc.property(fc.constantFrom(...parts), fc.nat(), fc.integer({ min: 0, max: 7 }), (part, at, bit) => {
        const bytes = Uint8Array.from(sealed[part]);
        const i = at % bytes.length;
        bytes[i] = (bytes[i] ?? 0) ^ (1 << bit);
        refused(() => openEnvelope(keys, binding, { ...sealed, [part]: bytes }));
      }),
    );
  });

  it.each([
    ["row", { ...binding, id: "row-2" }],
    ["workspace", { ...binding, workspaceId: "workspace-2" }],
    ["kind", { ...binding, kind: "llm/other" }],
  ])("refuses it as another %s's", (_, other) => {
    refused(() => openEnvelope(keys, other, sealed));
    refused(() => rewrapEnvelope(keys, other, sealed));
  });

  it.each([4, 8, 12, 15])("refuses a tag of %i bytes, of the secret and of the data key", (length) => {
    refused(() => openEnvelope(keys, binding, { ...sealed, tag: sealed.tag.slice(0, length) }));
    const w = sealed.wrappedKey;
    const short = Buffer.concat([w.slice(0, 12 + length), w.slice(28)]);
    refused(() => openEnvelope(keys, binding, { ...sealed, wrappedKey: short }));
  });

  it("refuses another key of the same name, and a key that is not configured", () => {
    refused(() => openEnvelope(parseVaultKey(`a:${key(2)}`), binding, sealed));
    refused(() => openEnvelope(parseVaultKey(`b:${key(1)}`), binding, sealed));
  });

  it("moves to a new master key without touching the secret", () => {
    const both = parseVaultKey(`b:${key(2)},a:${key(1)}`);
    const moved: Envelope = { ...sealed, ...rewrapEnvelope(both, binding, sealed) };
    expect(moved.keyId).toBe("b");
    expect(openEnvelope(parseVaultKey(`b:${key(2)}`), binding, moved)).toBe("sk-test-1234567890");
    refused(() => openEnvelope(keys, binding, moved));
  });
});

describe("parseVaultKey", () => {
  it("names a key that has no name by its hash", () => {
    const [plain] = parseVaultKey(key(3));
    expect(plain.id).toMatch(/^k-[0-9a-f]{12}$/);
    expect(plain.key).toHaveLength(32);
  });

  it("refuses what is no key, or names two keys alike", () => {
    const short = Buffer.alloc(31, 1).toString("base64");
    for (const text of ["", "a:", "short", `a:${short}`, `a b:${key(1)}`, `a:${key(1)},a:${key(2)}`, `a:${key(0)}`, `${key(1)}x`]) {
      expect(() => parseVaultKey(text)).toThrow(expect.objectContaining({ code: "VAULT_KEY_INVALID" }));
    }
  });

  it("does not repeat the key in its message", () => {
    const secret = `a:${key(7).slice(0, 40)}`;
    expect(() => parseVaultKey(secret)).toThrow(expect.not.stringContaining(key(7).slice(0, 20)));
  });
});
