import assert from "node:assert/strict";
import { type ConformanceCase, eventOf } from "../conformance-case";

const work = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** Cases that kill the process which runs the functions (SIGKILL) and start it again. */
export const killCases: readonly ConformanceCase[] = [
  {
    id: "kill-sleeping",
    title: "killed in the middle of a sleep, a run goes on and repeats nothing",
    functions: (client, note) => [
      client.createFunction({ id: "kill-sleeping", triggers: [{ event: eventOf("kill-sleeping") }] }, async ({ event, step }) => {
        await step.run("a", () => note(event, "a"));
        await step.sleep("nap", "4s");
        await step.run("end", () => note(event, "end"));
      }),
    ],
    drive: async (d) => {
      await d.send();
      await d.until("a");
      await d.pause(1000);
      await d.kill();
      await d.until("end");
      assert.deepEqual(await d.words(), ["a", "end"]);
    },
  },
  {
    id: "kill-working",
    title: "killed in the middle of a step, a run tries that step again and repeats no other",
    functions: (client, note) => [
      client.createFunction({ id: "kill-working", triggers: [{ event: eventOf("kill-working") }], checkpointing: false }, async ({ event, step }) => {
        await step.run("a", () => note(event, "a"));
        await step.run("b", () => note(event, "b"));
        await step.run("slow", async () => {
          note(event, "slow");
          await work(4000);
        });
        await step.run("end", () => note(event, "end"));
      }),
    ],
    drive: async (d) => {
      await d.send();
      await d.until("slow");
      await d.pause(500);
      await d.kill();
      await d.until("end");
      const words = await d.words();
      assert.deepEqual(
        words.filter((w) => w !== "slow"),
        ["a", "b", "end"],
      );
      assert.equal(words.filter((w) => w === "slow").length, 2);
    },
  },
  {
    id: "kill-fanned-out",
    title: "killed in the middle of parallel steps, a run repeats only those that had not finished",
    functions: (client, note) => [
      client.createFunction({ id: "kill-fanned-out", triggers: [{ event: eventOf("kill-fanned-out") }] }, async ({ event, step }) => {
        await Promise.all(
          [1, 2, 3, 4].map((n) =>
            step.run(`p${n}`, async () => {
              note(event, `p${n}`);
              if (n > 2) await work(4000);
            }),
          ),
        );
        await step.run("end", () => note(event, "end"));
      }),
    ],
    drive: async (d) => {
      await d.send();
      for (const n of [1, 2, 3, 4]) await d.until(`p${n}`);
      await d.pause(1000);
      await d.kill();
      await d.until("end");
      const words = await d.words();
      const times = (w: string) => words.filter((x) => x === w).length;
      assert.deepEqual([times("p1"), times("p2"), times("end")], [1, 1, 1]);
      assert.deepEqual([times("p3"), times("p4")], [2, 2]);
    },
  },
];
