import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEmptyDatabase, type Engine, testEngines } from "@/server/testing/database";
import { casesOf } from "./all-cases";
import { type Outcome, runConformance, type Target } from "./conformance-bench";

const LONGEST_MS = 240_000;
const PATIENCE_MS = 90_000;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "conformance-"));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

async function targetOn(engine: Engine): Promise<Target> {
  const database = engine === "postgres" ? { databaseUrl: await createEmptyDatabase() } : { dataDir: path.join(folder, engine) };
  return { folder, database, patienceMs: PATIENCE_MS };
}

// Both databases at once: the cases mostly wait.
const outcomes = new Map<Engine, Promise<Outcome[]>>();
beforeAll(async () => {
  for (const engine of testEngines()) {
    outcomes.set(
      engine,
      targetOn(engine).then(async (target) => [...(await runConformance(target, false)), ...(await runConformance(target, true))]),
    );
  }
  await Promise.allSettled(outcomes.values());
}, LONGEST_MS);

describe.each(testEngines())("the embedded executor, from outside [%s]", (engine) => {
  it.each([...casesOf(false), ...casesOf(true)])("$id: $title", async ({ id }) => {
    expect((await outcomes.get(engine))?.find((o) => o.id === id)).toMatchObject({ error: null });
  });
});

it("control: an executor that takes no event for the same is found out", { timeout: LONGEST_MS }, async () => {
  const target: Target = { ...(await targetOn("pglite")), database: { dataDir: path.join(folder, "control") }, control: "forgets event ids" };
  const [outcome] = await runConformance(target, false, "event-id");
  expect(outcome?.error).toContain("was said 2 times");
});
