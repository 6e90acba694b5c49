import { cron, type Inngest, type InngestFunction, NonRetriableError, RetryAfterError } from "inngest";
import { afterEach, expect, it } from "vitest";
import { DomainError } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import { ENGINE_ORIGIN, engineFixture, type Functions } from "@/server/testing/engine";
import { callFunction } from "./call-function";

const WAIT = { timeout: 6000, interval: 20 };
const MINUTE = 60_000;

describeDatabase("the embedded executor", (db) => {
  const open: { stop(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const engine of open.splice(0)) await engine.stop();
  });
  const make = (functions: Functions, options: Parameters<typeof engineFixture>[2] = {}) => {
    const f = engineFixture(db(), functions, options);
    open.push(f.engine);
    return f;
  };
  const started = async (functions: Functions, options: Parameters<typeof engineFixture>[2] = {}) => {
    const f = make(functions, options);
    await f.start();
    return f;
  };
  type Fixture = ReturnType<typeof engineFixture>;
  const ended = async (f: Fixture, count: number): Promise<{ functionId: string; status: string; output: unknown }[]> => {
    await expect.poll(async () => (await f.runs()).filter((r) => r.status !== "running").length, WAIT).toBe(count);
    return f.runs();
  };
  /** Until the executor has nothing to do now: what is left waits for its time. */
  const idle = (): Promise<void> =>
    expect
      .poll(
        async () => (await db().raw.query<{ n: number }>(`SELECT count(*)::int AS n FROM "EngineJob" WHERE "leaseUntil" IS NOT NULL`))[0]?.n,
        WAIT,
      )
      .toBe(0);

  it("runs the steps of a function once each, in order, and keeps its answer", async () => {
    const did: string[] = [];
    const f = await started((c) => [
      c.createFunction({ id: "steps", triggers: [{ event: "go" }] }, async ({ event, step }) => {
        const a = await step.run("a", () => did.push("a"));
        const b = await step.run("b", () => did.push("b"));
        return { a, b, said: (event.data as { say: string }).say };
      }),
    ]);
    await f.client.send({ name: "go", data: { say: "hi" } });
    const [run] = await ended(f, 1);
    expect(run).toMatchObject({ functionId: "test-steps", status: "completed", output: { a: 1, b: 2, said: "hi" } });
    expect(did).toEqual(["a", "b"]);
    expect(f.errors).toEqual([]);
  });

  it("runs parallel steps once each and goes on when all are done", async () => {
    const did: string[] = [];
    const f = await started((c) => [
      c.createFunction({ id: "parallel", triggers: [{ event: "go" }] }, async ({ step }) => {
        const all = await Promise.all([1, 2, 3].map((n) => step.run(`p${n}`, () => did.push(`p${n}`) && n)));
        return step.run("sum", () => did.push("sum") && all.reduce((a, b) => a + b, 0));
      }),
    ]);
    await f.client.send({ name: "go" });
    expect(await ended(f, 1)).toMatchObject([{ status: "completed", output: 6 }]);
    expect(did.slice(0, 3).sort()).toEqual(["p1", "p2", "p3"]);
    expect(did.slice(3)).toEqual(["sum"]);
  });

  it("sleeps until the wall clock says so", async () => {
    const did: string[] = [];
    const f = await started((c) => [
      c.createFunction({ id: "sleeper", triggers: [{ event: "go" }] }, async ({ step }) => {
        await step.run("before", () => did.push("before"));
        await step.sleep("nap", "2h");
        await step.run("after", () => did.push("after"));
      }),
    ]);
    await f.client.send({ name: "go" });
    await expect.poll(async () => (await db().raw.query(`SELECT id FROM "EngineWait"`)).length, WAIT).toBe(1);
    f.clock.jump(119 * MINUTE);
    await idle();
    expect(did).toEqual(["before"]);
    f.clock.jump(MINUTE);
    await ended(f, 1);
    expect(did).toEqual(["before", "after"]);
  });

  it("runs a step beside a sleep once, however late it finishes, and what follows once", async () => {
    const did: string[] = [];
    let release: () => void = () => {};
    const held = new Promise<void>((done) => {
      release = done;
    });
    const f = await started((c) => [
      c.createFunction({ id: "race", triggers: [{ event: "go" }] }, async ({ step }) => {
        const slow = step.run("slow", async () => {
          did.push("slow");
          await held;
        });
        const first = await Promise.race([slow.then(() => "slow"), step.sleep("timeout", "30s").then(() => "timeout")]);
        await step.run("then", () => did.push(`then ${first}`));
        await slow;
        return step.run("last", () => did.push("last") && first);
      }),
    ]);
    await f.client.send({ name: "go" });
    await expect.poll(() => did, WAIT).toEqual(["slow"]);
    await expect.poll(async () => (await db().raw.query(`SELECT id FROM "EngineWait"`)).length, WAIT).toBe(1);
    // Less than a lease, which the executor renews by the machine's clock.
    f.clock.jump(31_000);
    await expect.poll(() => did, WAIT).toContain("then timeout");
    release();
    expect(await ended(f, 1)).toMatchObject([{ status: "completed", output: "timeout" }]);
    await idle();
    expect(did).toEqual(["slow", "then timeout", "last"]);
  });

  it("wakes one sleep once although the steps beside it finish first", async () => {
    const did: string[] = [];
    const f = await started((c) => [
      c.createFunction({ id: "beside", triggers: [{ event: "go" }] }, async ({ step }) => {
        await Promise.all([step.run("a", () => did.push("a")), step.sleep("nap", "1m"), step.run("b", () => did.push("b"))]);
        await step.run("c", () => did.push("c"));
      }),
    ]);
    await f.client.send({ name: "go" });
    await expect.poll(() => did.length, WAIT).toBe(2);
    // Nothing left but the sleep: a jump of a whole lease would otherwise hand out again what is at work.
    await expect.poll(async () => (await db().raw.query(`SELECT id FROM "EngineJob"`)).length, WAIT).toBe(0);
    f.clock.jump(MINUTE);
    await ended(f, 1);
    f.clock.jump(MINUTE);
    await idle();
    expect(did.sort()).toEqual(["a", "b", "c"]);
    expect(await db().raw.query(`SELECT id FROM "EngineWait"`)).toEqual([]);
  });

  it("sends events from a step, now and for later", async () => {
    const got: string[] = [];
    const f = await started((c) => [
      c.createFunction({ id: "sender", triggers: [{ event: "go" }] }, async ({ step }) => {
        await step.sendEvent("both", [
          { name: "heard", data: { n: "now" } },
          { name: "heard", data: { n: "later" }, ts: f.clock.now() + MINUTE },
        ]);
      }),
      c.createFunction({ id: "listener", triggers: [{ event: "heard" }] }, async ({ event }) => void got.push((event.data as { n: string }).n)),
    ]);
    await f.client.send({ name: "go" });
    await expect.poll(() => got, WAIT).toEqual(["now"]);
    await idle();
    expect(got).toEqual(["now"]);
    f.clock.jump(MINUTE);
    await expect.poll(() => got, WAIT).toEqual(["now", "later"]);
  });

  it("tries a failing step again, after the time it asks for, without repeating the steps before it", async () => {
    const did: string[] = [];
    const f = await started((c) => [
      c.createFunction({ id: "flaky", triggers: [{ event: "go" }], retries: 3 }, async ({ step }) => {
        await step.run("first", () => did.push("first"));
        return step.run("flaky", () => {
          did.push("try");
          if (did.filter((d) => d === "try").length < 3) throw new RetryAfterError("not yet", 30_000);
          return "done";
        });
      }),
    ]);
    await f.client.send({ name: "go" });
    for (const tries of [1, 2]) {
      await expect.poll(() => did.filter((d) => d === "try").length, WAIT).toBe(tries);
      await idle();
      expect(did.filter((d) => d === "try")).toHaveLength(tries);
      f.clock.jump(31_000);
    }
    expect(await ended(f, 1)).toMatchObject([{ status: "completed", output: "done" }]);
    expect(did).toEqual(["first", "try", "try", "try"]);
  });

  it("gives up after the last try, and tells onFailure why", async () => {
    const did: string[] = [];
    const failures: string[] = [];
    const f = await started((c) => [
      c.createFunction(
        { id: "hopeless", triggers: [{ event: "go" }], retries: 1, onFailure: ({ error }: { error: Error }) => void failures.push(error.message) },
        async ({ step }) => {
          await step.run("broken", () => {
            did.push("try");
            throw new RetryAfterError("it is broken", 1000);
          });
        },
      ),
    ]);
    await f.client.send({ name: "go" });
    await expect.poll(() => did.length, WAIT).toBe(1);
    await idle();
    f.clock.jump(2000);
    await expect.poll(() => failures, WAIT).toEqual(["it is broken"]);
    expect(did).toEqual(["try", "try"]);
    expect(await ended(f, 2)).toMatchObject([
      { functionId: "test-hopeless", status: "failed" },
      { functionId: "test-hopeless-failure", status: "completed" },
    ]);
  });

  it("does not try again what says that it cannot succeed", async () => {
    let tries = 0;
    const failures: string[] = [];
    const f = await started((c) => [
      c.createFunction(
        { id: "final", triggers: [{ event: "go" }], retries: 5, onFailure: ({ error }: { error: Error }) => void failures.push(error.message) },
        async ({ step }) => {
          await step.run("final", () => {
            tries += 1;
            throw new NonRetriableError("never");
          });
        },
      ),
      c.createFunction(
        { id: "other", triggers: [{ event: "unrelated" }], onFailure: () => void failures.push("of another function") },
        async () => {},
      ),
    ]);
    await f.client.send({ name: "go" });
    await expect.poll(() => failures, WAIT).toEqual(["never"]);
    await ended(f, 2);
    expect(tries).toBe(1);
    expect(failures).toEqual(["never"]);
  });

  it("lets a function go on after a step that failed for good", async () => {
    const f = await started((c) => [
      c.createFunction({ id: "catches", triggers: [{ event: "go" }], retries: 0 }, async ({ step }) => {
        const seen = await step
          .run("broken", () => {
            throw new Error("no");
          })
          .catch((e: Error) => e.message);
        return step.run("goes-on", () => `caught ${seen}`);
      }),
    ]);
    await f.client.send({ name: "go" });
    expect(await ended(f, 1)).toMatchObject([{ status: "completed", output: "caught no" }]);
  });

  it("fires a cron once an instant, and makes up for none that it slept through", async () => {
    let fired = 0;
    const start = Math.ceil(Date.now() / MINUTE) * MINUTE + 30_000;
    const f = make((c) => [
      c.createFunction({ id: "clock", triggers: [cron("*/5 * * * *")] }, async () => {
        fired += 1;
      }),
    ]);
    // Half a minute after a whole five minutes and more: the last instant is past its time.
    f.clock.jumpTo(Math.ceil(start / (5 * MINUTE)) * 5 * MINUTE + 2 * MINUTE);
    await f.start();
    await idle();
    expect(fired).toBe(0);
    f.clock.jump(3 * MINUTE);
    await expect.poll(() => fired, WAIT).toBe(1);
    f.clock.jump(1000);
    await idle();
    expect(fired).toBe(1);
    f.clock.jump(60 * MINUTE);
    await expect.poll(() => fired, WAIT).toBe(2);
  });

  it("runs at most as many at once as a concurrency key allows, each key for itself", async () => {
    let running = 0;
    const most = { a: 0, all: 0 };
    const now = { a: 0 };
    const f = await started((c) => [
      c.createFunction({ id: "one-each", triggers: [{ event: "go" }], concurrency: [{ key: "event.data.k", limit: 1 }] }, async ({ event, step }) => {
        const a = (event.data as { k: string }).k === "a";
        await step.run("work", async () => {
          running += 1;
          if (a) now.a += 1;
          most.all = Math.max(most.all, running);
          most.a = Math.max(most.a, now.a);
          await new Promise((done) => setTimeout(done, 30));
          running -= 1;
          if (a) now.a -= 1;
        });
      }),
    ]);
    await f.client.send([..."aaaabc"].map((k) => ({ name: "go", data: { k } })));
    await ended(f, 6);
    expect(most.a).toBe(1);
    expect(most.all).toBeGreaterThan(1);
  });

  it("runs once for one idempotency key", async () => {
    const did: unknown[] = [];
    const f = await started((c) => [
      c.createFunction({ id: "once", triggers: [{ event: "go" }], idempotency: "event.data.order" }, async ({ event }) => void did.push(event.data)),
    ]);
    await f.client.send([1, 1, 2, 1].map((order) => ({ name: "go", data: { order } })));
    await ended(f, 2);
    await idle();
    expect(did).toHaveLength(2);
    f.clock.jump(25 * 60 * MINUTE);
    await f.client.send({ name: "go", data: { order: 1 } });
    await ended(f, 3);
  });

  it("takes the same event id for the same event, even when it comes many times at once", async () => {
    let did = 0;
    const f = await started((c) => [
      c.createFunction({ id: "deduped", triggers: [{ event: "go" }] }, async () => {
        did += 1;
      }),
    ]);
    await Promise.all(Array.from({ length: 10 }, () => f.client.send({ id: "the-same", name: "go" })));
    await f.client.send({ id: "another", name: "go" });
    await ended(f, 2);
    await idle();
    expect(did).toBe(2);
  });

  it("runs only for events that the trigger's expression takes", async () => {
    const got: unknown[] = [];
    const f = await started((c) => [
      c.createFunction(
        { id: "if", triggers: [{ event: "go", if: "event.data.n > 1" }] },
        async ({ event }) => void got.push((event.data as { n: number }).n),
      ),
    ]);
    await f.client.send([1, 2, 3].map((n) => ({ name: "go", data: { n } })));
    await ended(f, 2);
    expect(got.sort()).toEqual([2, 3]);
  });

  it("goes on after a restart in the middle of a sleep, without repeating what was done", async () => {
    const did: string[] = [];
    const functions: Functions = (c) => [
      c.createFunction({ id: "long", triggers: [{ event: "go" }] }, async ({ step }) => {
        await step.run("before", () => did.push("before"));
        await step.sleep("nap", "1h");
        return step.run("after", () => did.push("after") && "woke");
      }),
    ];
    const first = await started(functions);
    await first.client.send({ name: "go" });
    await expect.poll(async () => (await db().raw.query(`SELECT id FROM "EngineWait"`)).length, WAIT).toBe(1);
    await first.engine.stop();
    first.clock.jump(60 * MINUTE);
    const second = await started(functions, { clock: first.clock });
    expect(await ended(second, 1)).toMatchObject([{ status: "completed", output: "woke" }]);
    expect(did).toEqual(["before", "after"]);
  });

  it("takes over a step whose process died in it, once its lease is over", async () => {
    let tries = 0;
    const functions: Functions = (c) => [
      c.createFunction({ id: "orphan", triggers: [{ event: "go" }] }, async () => {
        tries += 1;
      }),
    ];
    const f = make(functions);
    await f.start();
    await f.engine.stop();
    await f.client.send({ name: "go" });
    const lease = (left: string) =>
      db().raw.query(`UPDATE "EngineJob" SET "leaseOwner" = 'a process that is gone', "leaseUntil" = clock_timestamp() + $1::interval`, [left]);
    await lease("1 hour");
    // Leases end by the database's clock, whatever that of a process says.
    f.clock.jump(2 * 60 * MINUTE);
    const second = await started(functions, { clock: f.clock });
    if (db().kind === "postgres") {
      await new Promise((done) => setTimeout(done, 200));
      expect(tries).toBe(0);
      await lease("-1 second");
      second.engine.poke();
    }
    await ended(second, 1);
    expect(tries).toBe(1);
  });

  it("shares the work among processes: each run once, and a limit holds over all of them", async () => {
    const did: number[] = [];
    let running = 0;
    let most = 0;
    const functions: Functions = (c) => [
      c.createFunction({ id: "shared", triggers: [{ event: "go" }], concurrency: { limit: 3 } }, async ({ event, step }) => {
        await step.run("work", async () => {
          running += 1;
          most = Math.max(most, running);
          did.push((event.data as { n: number }).n);
          await new Promise((done) => setTimeout(done, 5));
          running -= 1;
        });
      }),
    ];
    const [a, b] = [await started(functions), await started(functions)];
    const numbers = Array.from({ length: 40 }, (_, n) => n);
    await Promise.all(numbers.map((n) => (n % 2 ? a : b).client.send({ id: `n${n}`, name: "go", data: { n } })));
    await ended(a, 40);
    expect(did.toSorted((x, y) => x - y)).toEqual(numbers);
    expect(most).toBeLessThanOrEqual(3);
    expect(most).toBeGreaterThan(1);
  });

  it("refuses a call that nobody signed, or that somebody else did", async () => {
    let did = 0;
    const f = await started((c) => [
      c.createFunction({ id: "guarded", triggers: [{ event: "go" }] }, async () => {
        did += 1;
      }),
    ]);
    const body = {
      event: { name: "go", data: {} },
      events: [{ name: "go", data: {} }],
      steps: {},
      ctx: { run_id: "r", attempt: 0, stack: { stack: [], current: 0 } },
      version: 1,
    };
    const url = `${ENGINE_ORIGIN}/api/inngest?fnId=test-guarded&stepId=step`;
    const unsigned = await f.handler(
      new Request(url, { method: "POST", headers: { "content-type": "application/json", host: new URL(url).host }, body: JSON.stringify(body) }),
    );
    expect(unsigned.status).toBe(401);
    const options = { origin: ENGINE_ORIGIN, functionId: "test-guarded", stepId: "step", nowMs: Date.now() };
    expect((await callFunction(f.handler, { ...options, signingKey: `signkey-embedded-${"0".repeat(64)}` }, body)).status).toBe(401);
    expect((await callFunction(f.handler, { ...options, signingKey: f.engine.signingKey, nowMs: Date.now() - 10 * MINUTE }, body)).status).toBe(401);
    expect(did).toBe(0);
    expect((await callFunction(f.handler, { ...options, signingKey: f.engine.signingKey }, body)).status).toBe(200);
  });

  it("refuses at the start what it would run differently than an Inngest server, by name", async () => {
    const batch = { maxSize: 2, timeout: "5s" } as const;
    const refused: readonly [string, (c: Inngest) => InngestFunction.Any][] = [
      ["batchEvents", (c) => c.createFunction({ id: "odd", triggers: [{ event: "go" }], batchEvents: batch }, async () => {})],
      ["jitter", (c) => c.createFunction({ id: "odd", triggers: [{ cron: "0 * * * *", jitter: "5m" } as { cron: string }] }, async () => {})],
      ["idempotency", (c) => c.createFunction({ id: "odd", triggers: [{ event: "go" }], idempotency: "event.data.(" }, async () => {})],
      ["debounce.period", (c) => c.createFunction({ id: "odd", triggers: [{ event: "go" }], debounce: { period: "soon" as "1s" } }, async () => {})],
      ["concurrency", (c) => c.createFunction({ id: "odd", triggers: [{ event: "go" }], concurrency: { limit: 0 } }, async () => {})],
    ];
    for (const [option, odd] of refused) {
      const f = make((c) => [c.createFunction({ id: "fine", triggers: [{ event: "go" }] }, async () => {}), odd(c)]);
      const refusal = await f.start().catch((e: unknown) => e);
      expect(refusal, option).toBeInstanceOf(DomainError);
      expect(refusal).toMatchObject({
        code: "ENGINE_OPTION_UNKNOWN",
        details: { data: { functionId: "test-odd", option: expect.stringContaining(option) } },
      });
      expect((refusal as Error).message).toContain("odd");
    }
  });

  it("takes no event before it knows the functions: it would be lost", async () => {
    const f = make((c) => [c.createFunction({ id: "late", triggers: [{ event: "go" }] }, async () => {})]);
    await expect(f.engine.send([{ name: "go" }])).rejects.toMatchObject({ code: "ENGINE_NOT_STARTED" });
  });
});
