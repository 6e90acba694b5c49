import assert from "node:assert/strict";
import { cron } from "inngest";
import { type ConformanceCase, dataOf, type Entry, eventOf } from "../conformance-case";

const work = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** The most that were between their "in" and "out" at once. */
function mostAtOnce(entries: readonly Entry[], of: (e: Entry) => boolean = () => true): number {
  let now = 0;
  let most = 0;
  for (const e of entries.filter(of)) {
    if (e.what === "in") now += 1;
    if (e.what === "out") now -= 1;
    most = Math.max(most, now);
  }
  return most;
}

export const flowCases: readonly ConformanceCase[] = [
  {
    id: "trigger-if",
    title: "a trigger's expression decides which events start the function",
    functions: (client, note) => [
      client.createFunction({ id: "trigger-if", triggers: [{ event: eventOf("trigger-if"), if: "event.data.n > 1" }] }, async ({ event }) =>
        note(event, "ran", dataOf(event).n),
      ),
    ],
    drive: async (d) => {
      await d.send([{ data: { n: 1 } }, { data: { n: 2 } }]);
      await d.until("ran");
      await d.never("ran", 2000, 1);
      assert.equal((await d.seen())[0]?.data, 2);
    },
  },
  {
    id: "event-id",
    title: "the same event id is the same event",
    functions: (client, note) => [
      client.createFunction({ id: "event-id", triggers: [{ event: eventOf("event-id") }] }, async ({ event }) => note(event, "ran", dataOf(event).n)),
    ],
    drive: async (d) => {
      const id = `same-${Date.now()}-${Math.round(Math.random() * 1e9)}`;
      await d.send({ id, data: { n: 1 } });
      await d.send({ id, data: { n: 2 } });
      await d.until("ran");
      await d.never("ran", 2000, 1);
    },
  },
  {
    id: "idempotency",
    title: "one idempotency key is one run",
    functions: (client, note) => [
      client.createFunction(
        { id: "idempotency", triggers: [{ event: eventOf("idempotency") }], idempotency: "event.data.token + string(event.data.order)" },
        async ({ event }) => note(event, "ran", dataOf(event).order),
      ),
    ],
    drive: async (d) => {
      for (const order of ["a", "a", "b", "a"]) await d.send({ data: { order } });
      const all = await d.until("ran", 2);
      await d.never("ran", 2000, 2);
      assert.deepEqual(all.map((e) => e.data).sort(), ["a", "b"]);
    },
  },
  {
    id: "concurrency",
    title: "two concurrency limits hold at once: one of a key, one of the function",
    functions: (client, note) => [
      client.createFunction(
        { id: "concurrency", triggers: [{ event: eventOf("concurrency") }], concurrency: [{ key: "event.data.k", limit: 1 }, { limit: 2 }] },
        async ({ event, step }) => {
          await step.run("work", async () => {
            note(event, "in", dataOf(event).k);
            await work(400);
            note(event, "out", dataOf(event).k);
          });
        },
      ),
    ],
    drive: async (d) => {
      await d.send([..."aaabbbccc"].map((k) => ({ data: { k } })));
      const all = await d.until("out", 9);
      assert.equal(mostAtOnce(all), 2);
      for (const k of "abc")
        assert.equal(
          mostAtOnce(all, (e) => e.data === k),
          1,
          k,
        );
    },
  },
  {
    id: "throttle",
    title: "throttled runs begin one after the other and none is lost",
    functions: (client, note) => [
      client.createFunction(
        { id: "throttle", triggers: [{ event: eventOf("throttle") }], throttle: { key: "event.data.token", limit: 1, period: "3s" } },
        async ({ event }) => note(event, "ran"),
      ),
    ],
    drive: async (d) => {
      await d.send([{}, {}, {}]);
      const at = (await d.until("ran", 3)).map((e) => e.at);
      for (const i of [1, 2]) assert.ok((at[i] ?? 0) - (at[i - 1] ?? 0) >= 2500, `begun after ${(at[i] ?? 0) - (at[i - 1] ?? 0)} ms`);
    },
  },
  {
    id: "rate-limit",
    title: "a rate limit skips what comes too soon, each key for itself",
    functions: (client, note) => [
      client.createFunction(
        {
          id: "rate-limit",
          triggers: [{ event: eventOf("rate-limit") }],
          rateLimit: { key: "event.data.token + event.data.k", limit: 1, period: "60s" },
        },
        async ({ event }) => note(event, "ran", dataOf(event).k),
      ),
    ],
    drive: async (d) => {
      for (const k of ["a", "a", "b"]) await d.send({ data: { k } });
      const all = await d.until("ran", 2);
      await d.never("ran", 2000, 2);
      assert.deepEqual(all.map((e) => e.data).sort(), ["a", "b"]);
    },
  },
  {
    id: "debounce",
    title: "a debounced function runs once, for the last event",
    functions: (client, note) => [
      client.createFunction(
        { id: "debounce", triggers: [{ event: eventOf("debounce") }], debounce: { key: "event.data.token", period: "2s" } },
        async ({ event }) => note(event, "ran", dataOf(event).n),
      ),
    ],
    drive: async (d) => {
      for (const n of [1, 2, 3]) {
        await d.send({ data: { n } });
        await d.pause(500);
      }
      const all = await d.until("ran");
      assert.equal(all[0]?.data, 3);
      await d.never("ran", 3000, 1);
    },
  },
  {
    id: "singleton-skip",
    title: "a singleton that skips does not begin while one of its key is under way",
    functions: (client, note) => [
      client.createFunction(
        { id: "singleton-skip", triggers: [{ event: eventOf("singleton-skip") }], singleton: { key: "event.data.token", mode: "skip" } },
        async ({ event, step }) => {
          await step.run("begin", () => note(event, "begin", dataOf(event).n));
          await step.sleep("nap", "3s");
          await step.run("end", () => note(event, "end", dataOf(event).n));
        },
      ),
    ],
    drive: async (d) => {
      await d.send({ data: { n: 1 } });
      await d.until("begin");
      await d.send({ data: { n: 2 } });
      await d.until("end");
      await d.never("begin", 1500, 1);
      await d.send({ data: { n: 3 } });
      assert.deepEqual(
        (await d.until("end", 2)).map((e) => e.data),
        [1, 1, 3, 3],
      );
    },
  },
  {
    id: "singleton-cancel",
    title: "a singleton that cancels ends the one under way for the newer",
    functions: (client, note) => [
      client.createFunction(
        { id: "singleton-cancel", triggers: [{ event: eventOf("singleton-cancel") }], singleton: { key: "event.data.token", mode: "cancel" } },
        async ({ event, step }) => {
          await step.run("begin", () => note(event, "begin", dataOf(event).n));
          await step.sleep("nap", "4s");
          await step.run("end", () => note(event, "end", dataOf(event).n));
        },
      ),
    ],
    drive: async (d) => {
      await d.send({ data: { n: 1 } });
      await d.until("begin");
      await d.send({ data: { n: 2 } });
      const all = await d.until("end");
      assert.equal(all.at(-1)?.data, 2);
      await d.never("end", 2500, 1);
    },
  },
  {
    id: "priority",
    title: "of runs that wait for their turn, one with priority goes ahead",
    functions: (client, note) => [
      client.createFunction(
        {
          id: "priority",
          triggers: [{ event: eventOf("priority") }],
          priority: { run: "event.data.ahead" },
          concurrency: { key: "event.data.token", limit: 1 },
        },
        async ({ event, step }) => {
          await step.run("work", async () => {
            note(event, "in", dataOf(event).n);
            await work(Number(dataOf(event).ms));
          });
        },
      ),
    ],
    drive: async (d) => {
      await d.send({ data: { n: "first", ahead: 0, ms: 3000 } });
      await d.until("in");
      await d.send({ data: { n: "late", ahead: 0, ms: 10 } });
      await d.pause(300);
      await d.send({ data: { n: "ahead", ahead: 300, ms: 10 } });
      assert.deepEqual(
        (await d.until("in", 3)).map((e) => e.data),
        ["first", "ahead", "late"],
      );
    },
  },
  {
    id: "start-in-time",
    title: "a run that does not begin in time is cancelled",
    functions: (client, note) => [
      client.createFunction(
        {
          id: "start-in-time",
          triggers: [{ event: eventOf("start-in-time") }],
          timeouts: { start: "5s" },
          concurrency: { key: "event.data.token", limit: 1 },
        },
        async ({ event, step }) => {
          await step.run("work", async () => {
            note(event, "in", dataOf(event).n);
            await work(10_000);
          });
        },
      ),
    ],
    drive: async (d) => {
      await d.send({ data: { n: 1 } });
      await d.until("in");
      await d.send({ data: { n: 2 } });
      await d.never("in", 13_000, 1);
    },
  },
  {
    id: "cron",
    title: "a cron fires on the minute, in its time zone",
    functions: (client, note) => [
      client.createFunction({ id: "cron", triggers: [cron("TZ=Asia/Kathmandu * * * * *")] }, async ({ event }) =>
        note({ data: { token: "cron" } }, "fired", event.data),
      ),
    ],
    drive: async (d) => {
      const lateBy = (entries: readonly Entry[]) => (entries.at(-1)?.at ?? 0) % 60_000;
      let late = lateBy(await d.until("fired"));
      // The first may be for the minute that was under way when the functions came.
      if (late > 15_000) late = lateBy(await d.until("fired", 2));
      assert.ok(late <= 15_000, `fired ${late} ms after the minute`);
    },
  },
];
