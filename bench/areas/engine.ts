import { openDatabase } from "@/server/adapters/db/open-database";
import { createEmptyDatabase, type Engine, testEngines } from "@/server/testing/database";
import { engineFixture } from "@/server/testing/engine";
import { type Area, type Figure, percentile } from "../measure";

/** Durable functions on the embedded executor: how many a second, and how soon each step comes after the one before. */
export const engine: Area = {
  name: "engine",
  async measure(brief) {
    const figures: Figure[] = [];
    for (const kind of testEngines()) figures.push(...(await measureOn(kind, brief ? 150 : 600)));
    return figures;
  },
};

const NAMES: Readonly<Record<Engine, string>> = { pglite: "PGlite", postgres: "Postgres" };

async function measureOn(kind: Engine, count: number): Promise<Figure[]> {
  const db = await openDatabase(kind === "postgres" ? { databaseUrl: await createEmptyDatabase() } : {});
  const started: number[] = [];
  const between: number[] = [];
  let done = 0;
  const f = engineFixture(db, (c) => [
    c.createFunction({ id: "trivial", triggers: [{ event: "many" }] }, async () => {
      done += 1;
    }),
    c.createFunction({ id: "stepped", triggers: [{ event: "one" }] }, async ({ event, step }) => {
      const begun = await step.run("a", () => {
        started.push(Date.now() - (event.data as { at: number }).at);
        return Date.now();
      });
      await step.run("b", () => between.push(Date.now() - begun));
    }),
  ]);
  await f.start();
  try {
    for (let i = 0; i < 30; i++) {
      await f.client.send({ name: "one", data: { at: Date.now() } });
      const until = Date.now() + 10_000;
      while (between.length <= i && Date.now() < until) await pause(5);
      await pause(40);
    }
    const begun = Date.now();
    for (let i = 0; i < count; i += 100) await f.client.send(Array.from({ length: Math.min(100, count - i) }, () => ({ name: "many" })));
    while (done < count && Date.now() < begun + 120_000) await pause(10);
    const seconds = (Date.now() - begun) / 1000;
    const of = (what: string, value: number, unit: string): Figure => ({
      area: "engine",
      what: `${NAMES[kind]}, ${what}`,
      value,
      unit,
      better: unit === "/s" ? "more" : "less",
    });
    return [
      of(`${count} functions of one event each`, done / seconds, "/s"),
      of("event → first step, p50", percentile(started, 0.5), "ms"),
      of("event → first step, p95", percentile(started, 0.95), "ms"),
      of("step → next step, p50", percentile(between, 0.5), "ms"),
    ];
  } finally {
    await f.engine.stop();
    await db.close();
  }
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
