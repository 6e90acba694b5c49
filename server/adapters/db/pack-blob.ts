import { promisify } from "node:util";
import { deflate, inflate } from "node:zlib";
import { canonicalJson, DomainError, type Json, sha256 } from "@/server/shared";

const pack = promisify<Uint8Array, Buffer>(deflate);
const unpack = promisify<Uint8Array, Buffer>(inflate);

/** A value ready to be stored: compressed outside any transaction. `size` is that of the canonical text in bytes. */
export type PackedBlob = { readonly hash: string; readonly bytes: Uint8Array<ArrayBuffer>; readonly size: number };

/** Small values that successive turns have in common (pieces of a candle window, a configuration) are compressed once. */
const packed = new Map<string, PackedBlob>();
const KEPT = 2_000;
const KEPT_BYTES = 4_096;

/** Canonical JSON of the value, compressed, under its SHA-256. */
export async function packBlob(value: Json): Promise<PackedBlob> {
  const text = canonicalJson(value);
  const hash = sha256(text);
  const known = packed.get(hash);
  if (known) return known;
  const raw = Buffer.from(text, "utf8");
  const blob = { hash, bytes: new Uint8Array(await pack(raw)), size: raw.byteLength };
  if (packed.size >= KEPT) packed.clear();
  if (raw.byteLength <= KEPT_BYTES) packed.set(hash, blob);
  return blob;
}

/** The value of a stored blob. Throws BLOB_DAMAGED when it no longer has its hash. */
export async function unpackBlob(hash: string, bytes: Uint8Array): Promise<Json> {
  const text = await unpack(bytes).then(
    (b) => b.toString("utf8"),
    (cause: unknown) => {
      throw damaged(hash, cause);
    },
  );
  if (sha256(text) !== hash) throw damaged(hash);
  return JSON.parse(text) as Json;
}

const damaged = (hash: string, cause?: unknown) =>
  new DomainError("BLOB_DAMAGED", `The stored record ${hash} is damaged.`, { kind: "internal", data: { hash }, cause });
