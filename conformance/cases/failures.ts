import assert from "node:assert/strict";
import { NonRetriableError, RetryAfterError } from "inngest";
import { type ConformanceCase, dataOf, eventOf } from "../conformance-case";

type Failure = { event: { data: { event: { data?: unknown } } }; error: Error };
const original = (failure: Failure) => failure.event.data.event;

export const failureCases: readonly ConformanceCase[] = [
  {
    id: "retry",
    title: "a failing step is tried again, what is done before it is not",
    functions: (client, note) => {
      const tries = new Map<string, number>();
      return [
        client.createFunction(
          { id: "retry", triggers: [{ event: eventOf("retry") }], retries: 2, checkpointing: false },
          async ({ event, step, attempt }) => {
            await step.run("before", () => note(event, "before"));
            const tried = await step.run("flaky", () => {
              note(event, "try", attempt);
              const { token } = dataOf(event);
              tries.set(token, (tries.get(token) ?? 0) + 1);
              if (tries.get(token) === 1) throw new RetryAfterError("not yet", 1000);
              return tries.get(token);
            });
            await step.run("end", () => note(event, "end", tried));
          },
        ),
      ];
    },
    drive: async (d) => {
      await d.send();
      const all = await d.until("end");
      assert.deepEqual(
        all.map((e) => [e.what, e.data ?? null]),
        [
          ["before", null],
          ["try", 0],
          ["try", 1],
          ["end", 2],
        ],
      );
      const [first = 0, second = 0] = all.filter((e) => e.what === "try").map((e) => e.at);
      assert.ok(second - first >= 900, `tried again after ${second - first} ms`);
    },
  },
  {
    id: "final",
    title: "what says that it cannot succeed is not tried again; onFailure learns why, once",
    functions: (client, note) => [
      client.createFunction(
        {
          id: "final",
          triggers: [{ event: eventOf("final") }],
          retries: 3,
          onFailure: async (failure: Failure) => note(original(failure), "failed", failure.error.message),
        },
        async ({ event, step }) => {
          await step.run("broken", () => {
            note(event, "try");
            throw new NonRetriableError("never");
          });
        },
      ),
    ],
    drive: async (d) => {
      await d.send();
      const all = await d.until("failed");
      assert.match(String(all.at(-1)?.data), /never/);
      await d.never("failed", 2000, 1);
      assert.deepEqual(await d.words(), ["try", "failed"]);
    },
  },
  {
    id: "exhausted",
    title: "the last try ends the run, and onFailure learns why",
    functions: (client, note) => [
      client.createFunction(
        {
          id: "exhausted",
          triggers: [{ event: eventOf("exhausted") }],
          retries: 0,
          onFailure: async (failure: Failure) => note(original(failure), "failed", failure.error.message),
        },
        async ({ event }) => {
          note(event, "try");
          throw new Error("it is broken");
        },
      ),
    ],
    drive: async (d) => {
      await d.send();
      const all = await d.until("failed");
      assert.deepEqual(
        all.map((e) => [e.what, e.data ?? null]),
        [
          ["try", null],
          ["failed", "it is broken"],
        ],
      );
    },
  },
  {
    id: "caught",
    title: "a function can go on after a step that failed for good",
    functions: (client, note) => [
      client.createFunction({ id: "caught", triggers: [{ event: eventOf("caught") }], retries: 0 }, async ({ event, step }) => {
        const seen = await step
          .run("broken", () => {
            throw new Error("no");
          })
          .catch((error: Error) => error.message);
        await step.run("end", () => note(event, "end", seen));
      }),
    ],
    drive: async (d) => {
      await d.send();
      assert.equal((await d.until("end")).at(-1)?.data, "no");
    },
  },
];
