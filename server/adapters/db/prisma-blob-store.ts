import { Prisma } from "@/generated/prisma/client";
import type { Json } from "@/server/shared";
import type { Database, Tx } from "./database";
import { type PackedBlob, packBlob, unpackBlob } from "./pack-blob";

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
