import fc from "fast-check";
import pg from "pg";
import { expect, it, vi } from "vitest";
import { appendEvents } from "@/server/adapters/db/append-events";
import type { Database } from "@/server/adapters/db/database";
import type { TenantScope } from "@/server/shared";
import { describeDatabase, testDatabaseUrl } from "@/server/testing/database";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { openEventLog } from "./open-event-log";
import { readEvents } from "./prisma-event-log";
import { sequenceEvents, sequenceWith } from "./sequence-events";

const RUNS = Number(process.env.EVENT_RUNS ?? 40);
const WRITERS = 4;

type Step =
  | { readonly do: "write"; readonly writer: number }
  | { readonly do: "commit" | "roll back"; readonly writer: number }
  | { readonly do: "number"; readonly batch: number; readonly contenders: number }
  | { readonly do: "read" };

const writer = fc.integer({ min: 0, max: WRITERS - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("write" as const), writer }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("commit" as const), writer }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("roll back" as const), writer }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("number" as const), batch: fc.integer({ min: 1, max: 5 }), contenders: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("read" as const) }) },
);

/** A transaction that is open for as long as the schedule wants. */
function slowTransaction(db: Database, workspaceId: string) {
  const written: string[] = [];
  let tell: (command: string | null | Error) => void = () => {};
  let done: () => void = () => {};
  let next = new Promise<string | null | Error>((ok) => {
    tell = ok;
  });
  const whole = db.transaction(async (tx) => {
    for (;;) {
      const command = await next;
      next = new Promise((ok) => {
        tell = ok;
      });
      if (command === null) return;
      if (command instanceof Error) throw command;
      await appendEvents(tx, workspaceId, [{ type: "wallet/changed", data: { nodeId: command } }]);
      done();
    }
  });
  whole.catch(() => {});
  return {
    written,
    async write(name: string) {
      const stored = new Promise<void>((ok) => {
        done = ok;
      });
      tell(name);
      await stored;
      written.push(name);
    },
    async commit() {
      tell(null);
      await whole;
    },
    async rollBack() {
      tell(new Error("no"));
      await whole.catch(() => {});
    },
  };
}

const nameOf = (data: unknown): string => (data as { nodeId: string }).nodeId;

/** Follows the log by place, as the product does; and by the ids that the writers made, as a log without a sequencer would. */
function readers(db: Database, { workspaceId }: TenantScope) {
  const seen: string[] = [];
  const seqs: number[] = [];
  const naive: string[] = [];
  let lastId = "00000000-0000-0000-0000-000000000000";
  return {
    seen,
    seqs,
    naive,
    async read() {
      const { events } = await readEvents(db, workspaceId, seqs.at(-1) ?? 0, 1_000);
      for (const e of events) {
        seqs.push(e.seq);
        seen.push(nameOf(e.data));
      }
      const rows = await db.prisma.event.findMany({ where: { workspaceId, id: { gt: lastId } }, orderBy: { id: "asc" } });
      for (const row of rows) {
        lastId = row.id;
        naive.push(nameOf(row.data));
      }
    },
  };
}

/** Plays a schedule to its end: what was committed, in which order, and what the readers saw of it. */
async function play(db: Database, steps: readonly Step[]) {
  const { scope, workspaceId } = await seedWorkspace(db);
  const reader = readers(db, scope);
  const open = new Map<number, ReturnType<typeof slowTransaction>>();
  const committed: string[][] = [];
  let names = 0;
  const finish = async (w: number, how: "commit" | "roll back") => {
    const tx = open.get(w);
    open.delete(w);
    if (!tx) return;
    if (how === "roll back") return tx.rollBack();
    await tx.commit();
    committed.push(tx.written);
  };
  for (const s of steps) {
    if (s.do === "write") {
      const tx = open.get(s.writer) ?? slowTransaction(db, workspaceId);
      open.set(s.writer, tx);
      await tx.write(`${names++}`);
    } else if (s.do === "number") await Promise.all(Array.from({ length: s.contenders }, () => sequenceEvents(db, s.batch)));
    else if (s.do === "read") await reader.read();
    else await finish(s.writer, s.do);
  }
  for (const w of [...open.keys()]) await finish(w, "commit");
  await sequenceEvents(db, 1_000);
  await reader.read();
  return { committed, reader };
}

describeDatabase("late commits", (db, engine) => {
  if (engine === "pglite") {
    it("numbers inside the transaction: concurrent ones, half of them rolled back, leave no hole and nothing without a place", async () => {
      const { scope, workspaceId } = await seedWorkspace(db());
      const o = await openEventLog(db(), { pollMs: 3_600_000 });
      try {
        const heard: string[] = [];
        let last = 0;
        o.log.subscribe(workspaceId, async () => {
          const { events } = await o.log.read(scope, last, 1_000);
          for (const e of events) {
            expect(e.seq).toBe(last + 1);
            last = e.seq;
            heard.push(nameOf(e.data));
          }
        });
        const statements: string[] = [];
        const stop = db().observe((sql) => void statements.push(sql));
        const ends = await Promise.allSettled(
          Array.from({ length: 40 }, (_, i) =>
            db().transaction(async (tx) => {
              await appendEvents(tx, workspaceId, [{ type: "wallet/changed", data: { nodeId: `${i}a` } }]);
              await appendEvents(tx, workspaceId, [{ type: "wallet/changed", data: { nodeId: `${i}b` } }]);
              if (i % 2) throw new Error("no");
            }),
          ),
        );
        stop();
        expect(ends.filter((e) => e.status === "fulfilled")).toHaveLength(20);
        const expected = Array.from({ length: 20 }, (_, i) => [`${2 * i}a`, `${2 * i}b`]).flat();
        await vi.waitFor(() => expect(heard).toHaveLength(40));
        expect([...heard].sort()).toEqual([...expected].sort());
        for (let i = 0; i < heard.length; i += 2) expect(heard[i + 1]).toBe(heard[i]?.replace("a", "b"));
        expect(await db().prisma.event.count({ where: { seq: null } })).toBe(0);
        // Delivered from memory: nobody read the log.
        expect(statements.filter((sql) => sql.includes('min("seq")'))).toEqual([]);
      } finally {
        await o.close();
      }
    });
    return;
  }

  it(`shows every committed event once, whole transactions in their order, over ${RUNS} schedules of slow transactions; the naive control misses some`, async () => {
    let outOfOrder = 0;
    let missed = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 12, maxLength: 30 }), async (steps) => {
        const { committed, reader } = await play(db(), steps);
        const all = committed.flat();
        expect(reader.seqs).toEqual(all.map((_, i) => i + 1));
        expect([...reader.seen].sort()).toEqual([...all].sort());
        for (const names of committed) expect(reader.seen.filter((n) => names.includes(n))).toEqual(names);
        if (all.some((n, i) => i > 0 && Number(n) < Number(all[i - 1]))) outOfOrder += 1;
        missed += all.filter((n) => !reader.naive.includes(n)).length;
      }),
      { numRuns: RUNS },
    );
    expect(outOfOrder).toBeGreaterThan(RUNS / 10);
    expect(missed).toBeGreaterThan(0);
  });

  /** Numbers over a connection that is cut while the statement waits, half done, for the cursor that somebody else holds. */
  const killedHalfWay = async (number: (client: pg.Client) => Promise<unknown>) => {
    const { scope, workspaceId } = await seedWorkspace(db());
    const append = (name: string) => db().transaction((tx) => appendEvents(tx, workspaceId, [{ type: "wallet/changed", data: { nodeId: name } }]));
    const reader = readers(db(), scope);
    await append("0");
    await sequenceEvents(db(), 100);
    for (let i = 1; i <= 5; i++) await append(`${i}`);
    const connectionString = await testDatabaseUrl();
    const [holder, victim] = [new pg.Client({ connectionString }), new pg.Client({ connectionString })];
    await Promise.all([holder.connect(), victim.connect()]);
    victim.on("error", () => {});
    try {
      const { rows } = await victim.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
      const pid = rows[0]?.pid;
      await holder.query("BEGIN");
      await holder.query(`SELECT 1 FROM "Event" WHERE "seq" = 1 FOR UPDATE`);
      await holder.query(`SELECT 1 FROM "EventCursor" FOR UPDATE`);
      const cut = number(victim).then(
        () => false,
        () => true,
      );
      await vi.waitFor(async () => {
        const waiting = await holder.query("SELECT 1 FROM pg_locks WHERE pid = $1 AND NOT granted", [pid]);
        expect(waiting.rowCount).toBe(1);
      }, 5_000);
      await holder.query("SELECT pg_terminate_backend($1)", [pid]);
      expect(await cut).toBe(true);
      await holder.query("COMMIT");
    } finally {
      await Promise.all([holder.end(), victim.end().catch(() => {})]);
    }
    await append("6");
    await sequenceEvents(db(), 100);
    await reader.read();
    return reader;
  };

  it("loses and repeats nothing when a sequencer is killed in the middle of a batch", async () => {
    const { seen, seqs } = await killedHalfWay((client) =>
      sequenceWith(async (sql, params) => (await client.query(sql, params ? [...params] : [])).rows as never, 100, []),
    );
    expect(seqs).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(seen).toEqual(["0", "1", "2", "3", "4", "5", "6"]);
  });

  it("control: one that numbers in two steps leaves a hole behind", async () => {
    const { seqs } = await killedHalfWay(async (client) => {
      await client.query(`UPDATE "Event" SET "seq" = 1000 + (SELECT count(*) FROM "Event" o WHERE o."id" <= "Event"."id") WHERE "seq" IS NULL`);
      await client.query(`UPDATE "EventCursor" SET "lastSeq" = 1006`);
    });
    expect(seqs).not.toEqual([1, 2, 3, 4, 5, 6, 7]);
  });
});
