import { promisify } from "node:util";
import { deflate, inflate } from "node:zlib";
import { Prisma } from "@/generated/prisma/client";
import { canonicalJson, DomainError, type Json, sha256 } from "@/server/shared";
import type { Database, Tx } from "./database";

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

/** Content-addressed values, stored once whoever they belong to: read them only through a row that names their hash in a tenant's scope. */
export class PrismaBlobStore {
  constructor(private readonly db: Database) {}

  /** Packs and stores; returns the hash. */
  async put(value: Json): Promise<string> {
    const blob = await packBlob(value);
    await this.putPacked(this.db.prisma, [blob]);
    return blob.hash;
  }

  /** Stores in the caller's transaction (one statement); what is there already is left alone. */
  async putPacked(tx: Tx, blobs: readonly PackedBlob[]): Promise<void> {
    if (blobs.length === 0) return;
    // In hash order: two writers with blobs in common then wait for each other in one direction only.
    const sorted = [...blobs].sort((a, b) => (a.hash < b.hash ? -1 : 1));
    // Plain SQL: `createMany` is planned anew for every number of rows, on the server's thread.
    const rows = sorted.map(({ hash, bytes, size }) => Prisma.sql`(${hash}, ${bytes}, ${size}::int)`);
    await tx.$executeRaw`INSERT INTO "Blob" ("hash", "bytes", "size") VALUES ${Prisma.join(rows)} ON CONFLICT DO NOTHING`;
  }

  /** The values that are there, by hash. Throws BLOB_DAMAGED when a value no longer has its hash. */
  async getMany(hashes: readonly string[]): Promise<Map<string, Json>> {
    const rows = await this.db.prisma.blob.findMany({ where: { hash: { in: [...new Set(hashes)] } } });
    const entries = await Promise.all(rows.map(async (r) => [r.hash, await unpackBlob(r.hash, r.bytes)] as const));
    return new Map(entries);
  }

  /** null when there is none. */
  async get(hash: string): Promise<Json | null> {
    return (await this.getMany([hash])).get(hash) ?? null;
  }
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
