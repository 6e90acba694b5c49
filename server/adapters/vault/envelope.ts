import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { DomainError } from "@/server/shared";
import type { MasterKey, MasterKeys } from "./master-keys";

/** What a sealed secret belongs to. It cannot be opened as anything else. */
export type SecretBinding = { readonly id: string; readonly workspaceId: string; readonly kind: string };

export type Envelope = {
  readonly keyId: string;
  /** Nonce, tag and sealed data key. */
  readonly wrappedKey: Uint8Array;
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
};

const ALGORITHM = "aes-256-gcm";
const IV = 12;
const TAG = 16;
const KEY = 32;

/** Seals a text under a data key of its own, and the data key under the current master key. */
export function sealEnvelope(keys: MasterKeys, binding: SecretBinding, text: string): Envelope {
  const dataKey = randomBytes(KEY);
  const sealed = encrypt(dataKey, Buffer.from(text, "utf8"), aad("secret", binding));
  const [current] = keys;
  const envelope = { keyId: current.id, wrappedKey: wrap(current, dataKey, binding), ...sealed };
  dataKey.fill(0);
  return envelope;
}

/** Throws VAULT_DECRYPT_FAILED when anything differs from what was sealed: bytes, tag, key, row, workspace or kind. */
export function openEnvelope(keys: MasterKeys, binding: SecretBinding, envelope: Envelope): string {
  const dataKey = unwrap(keys, binding, envelope);
  const text = decrypt(dataKey, envelope, aad("secret", binding), binding).toString("utf8");
  dataKey.fill(0);
  return text;
}

/** The same data key under the current master key; the secret itself is not touched. */
export function rewrapEnvelope(keys: MasterKeys, binding: SecretBinding, envelope: Envelope): Pick<Envelope, "keyId" | "wrappedKey"> {
  const dataKey = unwrap(keys, binding, envelope);
  const [current] = keys;
  const rewrapped = { keyId: current.id, wrappedKey: wrap(current, dataKey, binding) };
  dataKey.fill(0);
  return rewrapped;
}

type Sealed = Pick<Envelope, "iv" | "ciphertext" | "tag">;

/** Authenticated beside the ciphertext: a row that was copied elsewhere does not open. */
const aad = (purpose: "secret" | "data-key", b: SecretBinding): Buffer =>
  Buffer.from(JSON.stringify(["memepulse/vault/1", purpose, b.id, b.workspaceId, b.kind]), "utf8");

function wrap(master: MasterKey, dataKey: Uint8Array, binding: SecretBinding): Uint8Array {
  const { iv, tag, ciphertext } = encrypt(master.key, dataKey, aad("data-key", binding));
  return new Uint8Array(Buffer.concat([iv, tag, ciphertext]));
}

function unwrap(keys: MasterKeys, binding: SecretBinding, envelope: Envelope): Buffer {
  const master = keys.find((k) => k.id === envelope.keyId);
  if (!master) throw failed(binding, `its key ${envelope.keyId} is not configured`);
  const w = envelope.wrappedKey;
  if (w.length !== IV + TAG + KEY) throw failed(binding, "its data key is damaged");
  const sealed = { iv: w.subarray(0, IV), tag: w.subarray(IV, IV + TAG), ciphertext: w.subarray(IV + TAG) };
  return decrypt(master.key, sealed, aad("data-key", binding), binding);
}

function encrypt(key: Uint8Array, plain: Uint8Array, additional: Buffer): Sealed {
  const iv = randomBytes(IV);
  const cipher = createCipheriv(ALGORITHM, key, iv, { authTagLength: TAG });
  cipher.setAAD(additional);
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
  return { iv, ciphertext, tag: cipher.getAuthTag() };
}

function decrypt(key: Uint8Array, sealed: Sealed, additional: Buffer, binding: SecretBinding): Buffer {
  // Without authTagLength Node takes tags of four bytes, which can be guessed.
  if (sealed.tag.length !== TAG || sealed.iv.length !== IV) throw failed(binding, "its tag or nonce has the wrong length");
  try {
    const decipher = createDecipheriv(ALGORITHM, key, sealed.iv, { authTagLength: TAG });
    decipher.setAAD(additional);
    decipher.setAuthTag(sealed.tag);
    return Buffer.concat([decipher.update(sealed.ciphertext), decipher.final()]);
  } catch (cause) {
    throw failed(binding, "it was changed, or belongs elsewhere, or the key is another one", cause);
  }
}

const failed = (b: SecretBinding, why: string, cause?: unknown) =>
  new DomainError("VAULT_DECRYPT_FAILED", `The stored secret ${b.kind} cannot be opened: ${why}. Enter it again.`, {
    kind: "internal",
    data: { kind: b.kind },
    cause,
  });
