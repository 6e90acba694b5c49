import { afterEach, beforeEach, expect, it } from "vitest";
import { describeDatabase } from "@/server/testing/database";

describeDatabase("a commit that fails", (db) => {
  // A constraint that is looked at only at the commit stands for whatever can go wrong there, such as a full disk.
  beforeEach(() => db().raw.exec(`CREATE TABLE late (id int PRIMARY KEY, other int REFERENCES late (id) DEFERRABLE INITIALLY DEFERRED)`));
  afterEach(() => db().raw.exec(`DROP TABLE late`));

  it("is reported, not taken for success", async () => {
    const attempt = db().transaction((tx) => tx.$executeRaw`INSERT INTO late VALUES (1, 2)`);
    await expect(attempt).rejects.toThrow(/late_other_fkey|ForeignKey/);
    await expect(db().prisma.$transaction([db().prisma.$executeRaw`INSERT INTO late VALUES (1, 2)`])).rejects.toThrow(/late_other_fkey|ForeignKey/);
    expect(await db().raw.query(`SELECT count(*)::int AS n FROM late`)).toEqual([{ n: 0 }]);
    await db().transaction((tx) => tx.$executeRaw`INSERT INTO late VALUES (1, 1)`);
    expect(await db().raw.query(`SELECT count(*)::int AS n FROM late`)).toEqual([{ n: 1 }]);
  });
});
