import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { appendEvents } from "@/server/adapters/db/append-events";
import type { Database, Tx } from "@/server/adapters/db/database";
import { newId } from "@/server/adapters/db/new-id";
import { openDatabase } from "@/server/adapters/db/open-database";
import { seededRandom, type TenantScope } from "@/server/shared";
import { describeDatabase, testDatabaseUrl } from "@/server/testing/database";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { type OpenEventLog, openEventLog } from "./open-event-log";
import { sequenceEvents } from "./sequence-events";

type Append = (tx: Tx, workspaceId: string, name: string) => Promise<void>;
const append: Append = (tx, workspaceId, name) => appendEvents(tx, workspaceId, [{ type: "wallet/changed", data: { nodeId: name } }]);

/** The control: takes its number when it is written, not when it is committed. */
function naiveAppend(): Append {
  let last = 0;
  return async (tx, workspaceId, name) => {
    last += 1;
    await tx.event.create({ data: { id: newId(), workspaceId, seq: last, type: "wallet/changed", data: { nodeId: name } } });
  };
}

function gate() {
  let open = () => {};
  const opened = new Promise<void>((ok) => {
    open = ok;
  });
  return { opened, open };
}

describeDatabase("event log", (db, engine) => {
  const opened: OpenEventLog[] = [];
  afterEach(async () => {
    for (const o of opened.splice(0)) await o.close();
  });
  const start = async (on: Database = db(), pollMs = 60_000) => {
    const o = await openEventLog(on, { pollMs });
    opened.push(o);
    return o;
  };
  const reader = (o: OpenEventLog, scope: TenantScope) => {
    const names: string[] = [];
    let cursor = 0;
    return {
      names,
      async drain() {
        const { events } = await o.log.read(scope, cursor, 1000);
        for (const e of events) {
          expect(e.seq).toBeGreaterThan(cursor);
          cursor = e.seq;
          names.push((e.data as { nodeId: string }).nodeId);
        }
      },
    };
  };
  const until = async (done: () => boolean | Promise<boolean>) => {
    for (let i = 0; i < 2_000 && !(await done()); i++) await sleep(5);
    expect(await done()).toBe(true);
  };

  it("tells a subscriber at once, keeps the order within a transaction, and shows nothing that was rolled back", async () => {
    const { scope, workspaceId } = await seedWorkspace(db());
    const o = await start();
    let told = 0;
    o.log.subscribe(workspaceId, () => told++);
    const names = Array.from({ length: 50 }, (_, i) => `n${i}`);
    await o.log.append(
      scope,
      names.map((nodeId) => ({ type: "wallet/changed", data: { nodeId } })),
    );
    await db()
      .transaction(async (tx) => {
        await append(tx, workspaceId, "lost");
        throw new Error("no");
      })
      .catch(() => {});
    await until(() => told > 0);
    const r = reader(o, scope);
    await r.drain();
    expect(r.names).toEqual(names);
  });

  it("keeps tenants apart", async () => {
    const a = await seedWorkspace(db());
    const b = await seedWorkspace(db());
    const o = await start();
    await o.log.append(a.scope, [{ type: "wallet/changed", data: { nodeId: "a" } }]);
    await o.log.append(b.scope, [{ type: "wallet/changed", data: { nodeId: "b" } }]);
    await until(async () => (await o.log.read(b.scope, 0, 10)).newest === 1);
    expect((await o.log.read(b.scope, 0, 10)).events.map((e) => e.data)).toEqual([{ nodeId: "b" }]);
  });

  it("says what is the oldest event kept, also when none is", async () => {
    const { scope } = await seedWorkspace(db());
    const o = await start();
    for (const nodeId of ["a", "b", "c"]) await o.log.append(scope, [{ type: "wallet/changed", data: { nodeId } }]);
    await until(async () => (await o.log.read(scope, 0, 10)).newest === 3);
    await db().raw.query(`UPDATE "Event" SET at = 'epoch' WHERE seq < 3`);
    expect(await o.log.deleteBefore(1_000)).toBe(2);
    expect(await o.log.read(scope, 0, 10)).toMatchObject({ oldest: 3, newest: 3, events: [{ seq: 3 }] });
    await db().raw.query(`UPDATE "Event" SET at = 'epoch'`);
    await o.log.deleteBefore(1_000);
    expect(await o.log.read(scope, 0, 10)).toEqual({ oldest: 4, newest: 3, events: [] });
  });

  /** Three events, the middle one older than the first: its transaction began earlier and committed later. */
  const outlived = async (forget: (o: OpenEventLog) => Promise<unknown>) => {
    const { scope } = await seedWorkspace(db());
    const o = await start();
    for (const nodeId of ["a", "b", "c"]) await o.log.append(scope, [{ type: "wallet/changed", data: { nodeId } }]);
    await until(async () => (await o.log.read(scope, 0, 10)).newest === 3);
    await db().raw.query(`UPDATE "Event" SET at = 'epoch' WHERE seq = 2`);
    await forget(o);
    return o.log.read(scope, 1, 10);
  };

  it("forgets only the beginning of a log: a reader in the middle never misses an event without being told", async () => {
    const { oldest, events } = await outlived((o) => o.log.deleteBefore(1_000));
    expect([oldest, events.map((e) => e.seq)]).toEqual([1, [2, 3]]);
  });

  it("control: forgetting by time alone leaves a hole that nobody is told of", async () => {
    const { oldest, events } = await outlived(() => db().prisma.event.deleteMany({ where: { at: { lt: new Date(1_000) } } }));
    expect([oldest, events.map((e) => e.seq)]).toEqual([1, [3]]);
  });

  // One transaction at a time: the embedded database cannot interleave two.
  if (engine === "pglite") return;

  /** A slow transaction writes first and commits last; a reader drains in between. */
  const lateCommit = async (write: Append) => {
    const { scope, workspaceId } = await seedWorkspace(db());
    const o = await start();
    const written = gate();
    const commit = gate();
    const slow = db().transaction(async (tx) => {
      await write(tx, workspaceId, "slow");
      written.open();
      await commit.opened;
    });
    await written.opened;
    await db().transaction((tx) => write(tx, workspaceId, "quick"));
    await sequenceEvents(db(), 100);
    const r = reader(o, scope);
    await r.drain();
    commit.open();
    await slow;
    await sequenceEvents(db(), 100);
    await r.drain();
    return r.names;
  };

  it("never passes over an event that commits late", async () => {
    expect(await lateCommit(append)).toEqual(["quick", "slow"]);
  });

  it("control: a number taken at the insert is passed over", async () => {
    expect(await lateCommit(naiveAppend())).toEqual(["quick"]);
  });

  it("never misses one of 200 transactions of random length, with sequencers in two processes, one of them without the lease", async () => {
    const { scope, workspaceId } = await seedWorkspace(db());
    const other = await openDatabase({ databaseUrl: await testDatabaseUrl() });
    try {
      const o = await start();
      const second = await start(other, 20);
      const random = seededRandom(7);
      const r = reader(second, scope);
      let writing = true;
      // Beside the leased sequencer two more, as after a lease that lapsed in a pause.
      const intruders = [db(), other].map(async (d) => {
        while (writing) await sequenceEvents(d, 3);
      });
      const reading = (async () => {
        while (writing) await r.drain();
      })();
      const writers = Array.from({ length: 8 }, async (_, w) => {
        for (let i = 0; i < 25; i++) {
          await (w % 2 ? db() : other).transaction(async (tx) => {
            await append(tx, workspaceId, `${w}-${i}a`);
            await sleep(random() * 8);
            await append(tx, workspaceId, `${w}-${i}b`);
          });
        }
      });
      await Promise.all(writers);
      writing = false;
      await Promise.all([...intruders, reading]);
      await until(async () => (await o.log.read(scope, 0, 1)).newest === 400);
      await r.drain();
      expect(new Set(r.names).size).toBe(400);
      expect(r.names).toHaveLength(400);
      const last = Array.from({ length: 8 }, (_, w) => r.names.filter((n) => n.startsWith(`${w}-`)));
      for (const [w, names] of last.entries()) expect(names).toEqual(Array.from({ length: 25 }, (_, i) => [`${w}-${i}a`, `${w}-${i}b`]).flat());
    } finally {
      for (const o of opened.splice(0)) await o.close();
      await other.close();
    }
  });

  it("tells subscribers in another process, and hands the numbering over when its holder stops", async () => {
    const { scope, workspaceId } = await seedWorkspace(db());
    const other = await openDatabase({ databaseUrl: await testDatabaseUrl() });
    try {
      const first = await start(db(), 100);
      const second = await start(other, 100);
      let told = 0;
      second.log.subscribe(workspaceId, () => told++);
      await first.log.append(scope, [{ type: "wallet/changed", data: { nodeId: "a" } }]);
      await until(() => told > 0);
      await first.close();
      opened.splice(opened.indexOf(first), 1);
      await second.log.append(scope, [{ type: "wallet/changed", data: { nodeId: "b" } }]);
      await until(async () => (await second.log.read(scope, 0, 10)).newest === 2);
    } finally {
      for (const o of opened.splice(0)) await o.close();
      await other.close();
    }
  });
});
