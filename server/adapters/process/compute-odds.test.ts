import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { firstState, goalOdds, measureGoal, NO_FIGURES, type OddsQuestion } from "@/server/goals";
import { fixed, HOUR_MS } from "@/server/shared";
import { GOAL_START, makeGoal, recordOf } from "@/server/testing/goals/make-goal";
import { computeOdds } from "./compute-odds";

const dir = mkdtempSync(path.join(tmpdir(), "odds-worker-"));
const file = path.join(dir, "odds-worker.mjs");
beforeAll(async () => {
  const root = path.resolve(import.meta.dirname, "../../..");
  await build({
    entryPoints: [path.join(root, "server/adapters/process/odds-worker.ts")],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "esm",
    tsconfig: path.join(root, "tsconfig.json"),
    logLevel: "silent",
  });
});
afterAll(() => rmSync(dir, { recursive: true }));

const points = recordOf(
  Array.from({ length: 200 }, (_, i) => 1000 + 30 * Math.sin(i / 5)),
  HOUR_MS,
);
const goal = makeGoal();
const state = firstState(goal, GOAL_START, fixed("1000"));
const question: OddsQuestion = {
  goal,
  state,
  measure: measureGoal(goal, state, NO_FIGURES, points.at(-1)?.at ?? 0),
  figures: NO_FIGURES,
  points,
  trades: [],
  volumes: [],
  ceiling: null,
};

it("answers in a thread what it would answer here, several at a time; a question that cannot be read fails alone", async () => {
  const ask = computeOdds(file);
  const wanted = goalOdds(question);
  expect(wanted.known).toBe(true);
  const broken = { ...question, goal: null } as unknown as OddsQuestion;
  const answers = await Promise.allSettled([ask(question), ask(broken), ask(question)]);
  expect(answers.map((a) => a.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect((answers[2] as PromiseFulfilledResult<unknown>).value).toEqual(wanted);
  expect((answers[1] as PromiseRejectedResult).reason).toMatchObject({ code: "ODDS_UNAVAILABLE" });
  expect(await computeOdds(path.join(dir, "nothing.mjs"))(question)).toEqual(wanted);
});
