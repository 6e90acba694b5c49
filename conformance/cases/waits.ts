import assert from "node:assert/strict";
import type { InngestFunction } from "inngest";
import { type ConformanceCase, dataOf, eventOf } from "../conformance-case";

type Answer = { ok: number };

export const waitCases: readonly ConformanceCase[] = [
  {
    id: "wait",
    title: "a run waits for the event that matches, and gives up when its time is over",
    functions: (client, note) => [
      client.createFunction({ id: "wait", triggers: [{ event: eventOf("wait") }] }, async ({ event, step }) => {
        const got = await step.waitForEvent("answer", { event: eventOf("wait", "answer"), timeout: "30s", match: "data.token" });
        await step.run("got", () => note(event, "got", (got?.data as Answer | undefined)?.ok ?? null));
        const none = await step.waitForEvent("never", { event: eventOf("wait", "nothing"), timeout: "2s", match: "data.token" });
        await step.run("end", () => note(event, "end", none));
      }),
    ],
    drive: async (d) => {
      await d.send();
      await d.pause(2000);
      await d.send({ on: "answer", data: { token: "of another run", ok: 1 } });
      await d.never("got", 1000);
      await d.send({ on: "answer", data: { ok: 2 } });
      const all = await d.until("end");
      assert.deepEqual(
        all.map((e) => [e.what, e.data]),
        [
          ["got", 2],
          ["end", null],
        ],
      );
    },
  },
  {
    id: "wait-if",
    title: "a waiting run looks at the event by its expression",
    functions: (client, note) => [
      client.createFunction({ id: "wait-if", triggers: [{ event: eventOf("wait-if") }] }, async ({ event, step }) => {
        const got = await step.waitForEvent("answer", {
          event: eventOf("wait-if", "answer"),
          timeout: "30s",
          if: "event.data.token == async.data.token && async.data.ok > 5",
        });
        await step.run("end", () => note(event, "end", (got?.data as Answer | undefined)?.ok ?? null));
      }),
    ],
    drive: async (d) => {
      await d.send();
      await d.pause(2000);
      await d.send({ on: "answer", data: { ok: 5 } });
      await d.never("end", 1000);
      await d.send({ on: "answer", data: { ok: 6 } });
      assert.equal((await d.until("end")).at(-1)?.data, 6);
    },
  },
  {
    id: "invoke",
    title: "an invoked function hands back what it returns, and its failure",
    functions: (client, note) => {
      const double = client.createFunction({ id: "invoke-double", triggers: [{ event: eventOf("invoke", "double") }] }, async ({ event, step }) =>
        step.run("double", () => {
          note(event, "double");
          return { doubled: Number(dataOf(event).n) * 2 };
        }),
      );
      const broken = client.createFunction({ id: "invoke-broken", triggers: [{ event: eventOf("invoke", "broken") }], retries: 0 }, async () => {
        throw new Error("it is broken");
      });
      const slow = client.createFunction({ id: "invoke-slow", triggers: [{ event: eventOf("invoke", "slow") }] }, async ({ step }) => {
        await step.sleep("long", "1h");
      });
      const all: InngestFunction.Any[] = [double, broken, slow];
      all.push(
        client.createFunction({ id: "invoke", triggers: [{ event: eventOf("invoke") }], retries: 0 }, async ({ event, step }) => {
          const { token } = dataOf(event);
          const { doubled } = await step.invoke("twice", { function: double, data: { token, n: 21 } });
          const failed = await step.invoke("fails", { function: broken, data: { token } }).then(
            () => false,
            () => true,
          );
          const late = await step.invoke("late", { function: slow, data: { token }, timeout: "2s" }).then(
            () => false,
            () => true,
          );
          await step.run("end", () => note(event, "end", [doubled, failed, late]));
        }),
      );
      return all;
    },
    drive: async (d) => {
      await d.send();
      const all = await d.until("end");
      assert.deepEqual(all.at(-1)?.data, [42, true, true]);
      assert.deepEqual(
        all.map((e) => e.what),
        ["double", "end"],
      );
    },
  },
  {
    id: "cancel",
    title: "an event cancels the run it matches and no other",
    functions: (client, note) => [
      client.createFunction(
        {
          id: "cancel",
          triggers: [{ event: eventOf("cancel") }],
          cancelOn: [{ event: eventOf("cancel", "stop"), if: "event.data.token == async.data.token && event.data.n == async.data.n" }],
        },
        async ({ event, step }) => {
          const { n } = dataOf(event);
          await step.run("begin", () => note(event, `begin ${n}`));
          await step.sleep("nap", "6s");
          await step.run("end", () => note(event, `end ${n}`));
        },
      ),
    ],
    drive: async (d) => {
      await d.send([{ data: { n: 1 } }, { data: { n: 2 } }]);
      await d.until("begin 1");
      await d.until("begin 2");
      await d.send({ on: "stop", data: { n: 1 } });
      await d.until("end 2");
      await d.never("end 1", 3000);
    },
  },
  {
    id: "finish-in-time",
    title: "a run that does not finish in time is cancelled",
    functions: (client, note) => [
      client.createFunction(
        { id: "finish-in-time", triggers: [{ event: eventOf("finish-in-time") }], timeouts: { finish: "2s" } },
        async ({ event, step }) => {
          await step.run("begin", () => note(event, "begin"));
          await step.sleep("nap", "5s");
          await step.run("end", () => note(event, "end"));
        },
      ),
    ],
    drive: async (d) => {
      await d.send();
      await d.until("begin");
      await d.never("end", 9000);
    },
  },
];
