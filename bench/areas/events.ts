import { appendEvents } from "@/server/adapters/db/append-events";
import { openDatabase } from "@/server/adapters/db/open-database";
import { openEventLog } from "@/server/adapters/events/open-event-log";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { type Area, percentile, timed } from "../measure";

/** Event committed → a reader in this process has read it; the way over SSE comes on top. */
export const events: Area = {
  name: "events",
  async measure(brief) {
    const db = await openDatabase();
    const { log, close } = await openEventLog(db);
    try {
      const { workspaceId, scope } = await seedWorkspace(db);
      let after = 0;
      const samples: number[] = [];
      const times = brief ? 50 : 300;
      await timed(times, async (i) => {
        const received = new Promise<number>((resolve, reject) => {
          const deadline = setTimeout(() => reject(new Error("an event was not delivered within 10 s")), 10_000);
          const stop = log.subscribe(workspaceId, async () => {
            const { events: fresh, newest } = await log.read(scope, after, 10);
            const at = performance.now();
            if (fresh.length === 0) return;
            clearTimeout(deadline);
            stop();
            after = newest;
            resolve(at);
          });
        });
        await db.transaction((tx) => appendEvents(tx, workspaceId, [{ type: "demo/import.progress", data: { done: i, total: i } }]));
        const committed = performance.now();
        samples.push(Math.max(0, (await received) - committed));
      });
      return [0.5, 0.99].map((p) => ({
        area: "events",
        what: `committed → read in process, PGlite, p${p * 100}`,
        value: percentile(samples.slice(-times), p),
        unit: "ms",
      }));
    } finally {
      await close();
      await db.close();
    }
  },
};
