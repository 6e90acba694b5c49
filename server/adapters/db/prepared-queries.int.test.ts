import { expect, it } from "vitest";
import { openDatabase } from "./open-database";

const code = (error: unknown) => (error as { code?: string }).code;

it("answers as before: types, nulls, arrays, errors with their code, inside a transaction and outside", async () => {
  const db = await openDatabase();
  try {
    await db.raw.exec(`CREATE TABLE t (id int PRIMARY KEY, tags text[], body jsonb, bytes bytea, at timestamptz, big numeric(38,18))`);
    const insert = (id: number) =>
      db.raw.query(`INSERT INTO t VALUES ($1::int, $2::text[], $3::jsonb, $4::bytea, $5::timestamptz, $6::numeric)`, [
        ...[id, ["a", 'b"c'], JSON.stringify({ x: null }), new Uint8Array([0, 255]), "2026-01-02T03:04:05.678Z", "1.000000000000000001"],
      ]);
    for (const id of [1, 2, 3]) await insert(id);
    const [row] = await db.raw.query(`SELECT id, tags, body, bytes, at, big::text AS big FROM t WHERE id = $1::int`, [2]);
    expect(row).toEqual({
      ...{ id: 2, tags: ["a", 'b"c'], body: { x: null }, at: new Date("2026-01-02T03:04:05.678Z"), big: "1.000000000000000001" },
      bytes: new Uint8Array([0, 255]),
    });
    expect(await db.raw.query(`SELECT id FROM t WHERE tags = $1::text[] OR $1::text[] IS NULL ORDER BY id`, [null])).toHaveLength(3);
    expect(code(await insert(1).catch((e: unknown) => e))).toBe("23505");
    // A failed statement leaves the session and its statements as they were.
    await insert(4);
    const failed = await db.raw
      .transaction(async (tx) => {
        await tx.query(`DELETE FROM t WHERE id = $1::int`, [4]);
        await tx.query(`INSERT INTO t (id) VALUES ($1::int)`, [1]);
      })
      .catch((e: unknown) => e);
    expect(code(failed)).toBe("23505");
    expect(await db.raw.query(`SELECT count(*)::int AS n FROM t`)).toEqual([{ n: 4 }]);
  } finally {
    await db.close();
  }
});

it("bytes come back as they went in, whatever buffer they lie in, by both ways to ask", async () => {
  const db = await openDatabase();
  try {
    const all = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 31 + (i >> 8)) % 256);
    for (const [n, bytes] of [all, all.subarray(3, 260), new Uint8Array(0)].entries()) {
      const hash = `${n}`;
      await db.raw.query(`INSERT INTO "Blob" (hash, bytes, size) VALUES ($1, $2::bytea, 0)`, [hash, bytes]);
      const [raw] = await db.raw.query<{ bytes: Uint8Array; text: string }>(
        `SELECT bytes, encode(bytes, 'hex') AS text FROM "Blob" WHERE hash = $1`,
        [hash],
      );
      expect(raw?.text).toBe(Buffer.from(bytes).toString("hex"));
      expect(raw?.bytes).toEqual(new Uint8Array(bytes));
      // Not a window into memory that others write to.
      expect(raw?.bytes.buffer.byteLength).toBe(bytes.length);
      const stored = await db.prisma.blob.findUniqueOrThrow({ where: { hash } });
      expect(new Uint8Array(stored.bytes)).toEqual(new Uint8Array(bytes));
    }
  } finally {
    await db.close();
  }
});

it("prepares a statement anew when its table has changed, and keeps no more of them than it may", async () => {
  const db = await openDatabase();
  try {
    await db.raw.exec(`CREATE TABLE t (a int); INSERT INTO t VALUES (1)`);
    const all = () => db.raw.query(`SELECT * FROM t`);
    expect(await all()).toEqual([{ a: 1 }]);
    await db.raw.exec(`ALTER TABLE t ADD COLUMN b int DEFAULT 2`);
    expect(await all()).toEqual([{ a: 1, b: 2 }]);
    await db.raw.exec(`DEALLOCATE ALL`);
    expect(await all()).toEqual([{ a: 1, b: 2 }]);
    for (let i = 0; i < 700; i++) await db.raw.query(`SELECT ${i} + $1::int AS n`, [1]);
    const [{ n } = { n: 0 }] = await db.raw.query<{ n: number }>(`SELECT count(*)::int AS n FROM pg_prepared_statements`);
    expect(n).toBeGreaterThan(100);
    expect(n).toBeLessThan(310);
  } finally {
    await db.close();
  }
});

it("cleans up what changes leave behind", async () => {
  const db = await openDatabase();
  try {
    await db.raw.exec(`CREATE TABLE t (a int); INSERT INTO t SELECT generate_series(1, 5000); UPDATE t SET a = a + 1; DELETE FROM t WHERE a > 10`);
    const size = async () => (await db.raw.query<{ n: number }>(`SELECT pg_relation_size('t')::int AS n`))[0]?.n ?? 0;
    const before = await size();
    await db.maintain();
    expect(await size()).toBeLessThan(before);
    expect(await db.raw.query(`SELECT reltuples::int AS n FROM pg_class WHERE relname = 't'`)).toEqual([{ n: 9 }]);
  } finally {
    await db.close();
  }
});
