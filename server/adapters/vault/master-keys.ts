import { createHash } from "node:crypto";
import { DomainError } from "@/server/shared";

/** A 32-byte key that wraps data keys, and the name by which stored secrets refer to it. */
export type MasterKey = { readonly id: string; readonly key: Uint8Array };

/** The first key wraps; the others can still unwrap, so that keys can be rotated. */
export type MasterKeys = readonly [MasterKey, ...MasterKey[]];

const ID = /^[A-Za-z0-9._-]{1,40}$/;
const BASE64_32 = /^[A-Za-z0-9+/]{43}=$/;

/** Reads VAULT_KEY: "keyId:base64" or plain base64 of 32 bytes; several separated by commas, the current one first. Throws VAULT_KEY_INVALID. */
export function parseVaultKey(text: string): MasterKeys {
  const [first, ...others] = text.split(",").map((part) => parseOne(part.trim()));
  if (!first) throw invalid();
  const keys: MasterKeys = [first, ...others];
  if (new Set(keys.map((k) => k.id)).size !== keys.length) throw invalid();
  return keys;
}

function parseOne(part: string): MasterKey {
  const colon = part.indexOf(":");
  const encoded = part.slice(colon + 1);
  if (!BASE64_32.test(encoded)) throw invalid();
  const key = new Uint8Array(Buffer.from(encoded, "base64"));
  if (key.every((b) => b === 0)) throw invalid();
  const id = colon === -1 ? `k-${createHash("sha256").update(key).digest("hex").slice(0, 12)}` : part.slice(0, colon);
  if (!ID.test(id)) throw invalid();
  return { id, key };
}

// The message never quotes the value.
const invalid = () =>
  new DomainError(
    "VAULT_KEY_INVALID",
    'VAULT_KEY must be "keyId:" and the base64 of 32 bytes (openssl rand -base64 32); several separated by commas.',
    {
      field: "VAULT_KEY",
    },
  );
