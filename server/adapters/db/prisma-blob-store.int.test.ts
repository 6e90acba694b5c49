import { expect, it } from "vitest";
import { hashJson } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import { packBlob } from "./pack-blob";
import { PrismaBlobStore } from "./prisma-blob-store";

describeDatabase("PrismaBlobStore", (db) => {
  it("gives back what was stored, under the hash of its canonical text", async () => {
    const blobs = new PrismaBlobStore(db());
    const value = { b: [1, "ünïcode", null], a: { deep: "x".repeat(10_000) } };
    const hash = await blobs.put(value);
    expect(hash).toBe(hashJson(value));
    expect(await blobs.get(hash)).toEqual(value);
    expect(await blobs.get("0".repeat(64))).toBeNull();
  });

  it("stores equal values once, also when several transactions store them in different orders at once", async () => {
    const blobs = new PrismaBlobStore(db());
    const packed = await Promise.all(Array.from({ length: 12 }, (_, i) => packBlob({ i })));
    await Promise.all(
      Array.from({ length: 12 }, (_, i) => db().transaction((tx) => blobs.putPacked(tx, [...packed.slice(i), ...packed.slice(0, i)]))),
    );
    expect(await db().prisma.blob.count()).toBe(12);
    expect((await blobs.getMany(packed.map((p) => p.hash))).size).toBe(12);
  });

  it("notices damage", async () => {
    const blobs = new PrismaBlobStore(db());
    const hash = await blobs.put({ a: 1 });
    const { bytes } = await packBlob({ a: 2 });
    await db().prisma.blob.update({ where: { hash }, data: { bytes } });
    await expect(blobs.get(hash)).rejects.toMatchObject({ code: "BLOB_DAMAGED" });
    await db().prisma.blob.update({ where: { hash }, data: { bytes: bytes.slice(0, 5) } });
    await expect(blobs.get(hash)).rejects.toMatchObject({ code: "BLOB_DAMAGED" });
  });
});
