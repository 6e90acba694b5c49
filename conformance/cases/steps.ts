import assert from "node:assert/strict";
import { type ConformanceCase, dataOf, eventOf } from "../conformance-case";

export const stepCases: readonly ConformanceCase[] = [
  {
    id: "steps",
    title: "steps run once each, in order, and hand on what they return",
    functions: (client, note) => [
      client.createFunction({ id: "steps", triggers: [{ event: eventOf("steps") }], checkpointing: false }, async ({ event, step }) => {
        const a = await step.run("a", () => {
          note(event, "a");
          return 20;
        });
        const b = await step.run("b", () => {
          note(event, "b");
          return a + 1;
        });
        const { deep } = await step.run("c", () => ({ deep: { b, list: [1, null, "x"] } }));
        await step.run("end", () => note(event, "end", deep));
      }),
    ],
    drive: async (d) => {
      await d.send();
      const all = await d.until("end");
      assert.deepEqual(
        all.map((e) => e.what),
        ["a", "b", "end"],
      );
      assert.deepEqual(all.at(-1)?.data, { b: 21, list: [1, null, "x"] });
    },
  },
  {
    id: "checkpointed",
    title: "checkpointed steps run once each, in order, and hand on what they return",
    functions: (client, note) => [
      client.createFunction({ id: "checkpointed", triggers: [{ event: eventOf("checkpointed") }], checkpointing: true }, async ({ event, step }) => {
        let sum = 0;
        for (const n of [1, 2, 3, 4])
          sum += await step.run(`s${n}`, () => {
            note(event, `s${n}`);
            return n;
          });
        await step.sleep("nap", "1s");
        await step.run("end", () => note(event, "end", sum));
      }),
    ],
    drive: async (d) => {
      await d.send();
      const all = await d.until("end");
      assert.deepEqual(
        all.map((e) => e.what),
        ["s1", "s2", "s3", "s4", "end"],
      );
      assert.equal(all.at(-1)?.data, 10);
    },
  },
  {
    id: "parallel",
    title: "parallel steps run once each, and what follows runs when all are done",
    functions: (client, note) => [
      client.createFunction({ id: "parallel", triggers: [{ event: eventOf("parallel") }] }, async ({ event, step }) => {
        const all = await Promise.all(
          ["p", "q", "r"].map((n) =>
            step.run(n, () => {
              note(event, n);
              return n;
            }),
          ),
        );
        await step.run("end", () => note(event, "end", all.join("")));
      }),
    ],
    drive: async (d) => {
      await d.send();
      const all = await d.until("end");
      assert.deepEqual(
        all
          .slice(0, 3)
          .map((e) => e.what)
          .sort(),
        ["p", "q", "r"],
      );
      assert.equal(all.length, 4);
      assert.equal(all[3]?.data, "pqr");
    },
  },
  {
    id: "sleep",
    title: "a sleep lasts as long as it says, and nothing before it runs again",
    functions: (client, note) => [
      client.createFunction({ id: "sleep", triggers: [{ event: eventOf("sleep") }] }, async ({ event, step }) => {
        await step.run("before", () => note(event, "before"));
        await step.sleep("nap", "2s");
        const until = await step.run("instant", () => {
          note(event, "woken");
          return Date.now() + 2000;
        });
        await step.sleepUntil("until", new Date(until));
        await step.run("end", () => note(event, "end"));
      }),
    ],
    drive: async (d) => {
      await d.send();
      const all = await d.until("end");
      assert.deepEqual(
        all.map((e) => e.what),
        ["before", "woken", "end"],
      );
      const [before = 0, woken = 0, end = 0] = all.map((e) => e.at);
      assert.ok(woken - before >= 1900, `slept ${woken - before} ms`);
      assert.ok(end - woken >= 1900, `slept ${end - woken} ms`);
    },
  },
  {
    id: "race",
    title: "a step that loses a race against a sleep runs once, and so does what follows",
    functions: (client, note) => [
      client.createFunction({ id: "race", triggers: [{ event: eventOf("race") }] }, async ({ event, step }) => {
        const slow = step.run("slow", async () => {
          note(event, "slow");
          await new Promise((done) => setTimeout(done, 4000));
        });
        const first = await Promise.race([slow.then(() => "slow"), step.sleep("timeout", "1s").then(() => "timeout")]);
        await slow;
        await step.run("end", () => note(event, "end", first));
      }),
    ],
    drive: async (d) => {
      await d.send();
      await d.until("end");
      await d.never("end", 1500, 1);
      assert.deepEqual(await d.words(), ["slow", "end"]);
    },
  },
  {
    id: "send",
    title: "a step sends events once, and each of them is received",
    functions: (client, note) => [
      client.createFunction({ id: "send", triggers: [{ event: eventOf("send") }] }, async ({ event, step }) => {
        await step.run("before", () => note(event, "before"));
        await step.sendEvent(
          "fan",
          [1, 2, 3].map((n) => ({ name: eventOf("send", "heard"), data: { token: dataOf(event).token, n } })),
        );
        await step.run("after", () => note(event, "after"));
      }),
      client.createFunction({ id: "send-heard", triggers: [{ event: eventOf("send", "heard") }] }, async ({ event }) =>
        note(event, "heard", dataOf(event).n),
      ),
    ],
    drive: async (d) => {
      await d.send();
      await d.until("after");
      const all = await d.until("heard", 3);
      await d.never("heard", 1500, 3);
      assert.deepEqual(
        all
          .filter((e) => e.what === "heard")
          .map((e) => e.data)
          .sort(),
        [1, 2, 3],
      );
    },
  },
];
