import { randomBytes, randomUUID } from "node:crypto";
import { evaluate } from "@marcbachmann/cel-js";
import { Cron } from "croner";
import type { Database, RawSql } from "@/server/adapters/db/database";
import { newId } from "@/server/adapters/db/new-id";
import { type Clock, DAY_MS, DomainError, hashJson, type Json } from "@/server/shared";
import { type CallResult, callFunction, type ServeHandler } from "./call-function";
import { type EngineEvent, EngineStore, type Job, type Run } from "./engine-store";
import { type FunctionConfig, maxAttempts, parseFunctionConfigs } from "./function-config";
import { backoff, retryAfter, sleepUntil } from "./when";

const LEASE_MS = 60_000;
const MAX_RUNNING = 16;
const LONGEST_NAP_MS = 1000;
const IDEMPOTENT_FOR_MS = DAY_MS;

type Op = {
  readonly op: string;
  readonly id: string;
  readonly name?: string;
  readonly data?: Json;
  readonly error?: Json;
  readonly opts?: Record<string, unknown>;
};
type Options = { readonly db: Database; readonly wall: Clock; readonly origin: string; readonly onError: (error: unknown) => void };

/**
 * Runs Inngest functions without an Inngest server: drives the SDK's own serve handler by its protocol, with all state in the
 * product's database. A first version: steps, parallel steps, sleeps, events, crons, retries, onFailure, idempotency and
 * concurrency keys; anything else is refused when the functions register.
 */
export class EmbeddedEngine {
  /** Signs calls; made anew by every start, so that nobody else can call the functions. */
  readonly signingKey = `signkey-embedded-${randomBytes(32).toString("hex")}`;
  readonly #store: EngineStore;
  readonly #owner = randomUUID();
  readonly #running = new Map<string, Job>();
  #functions: FunctionConfig[] = [];
  #refusal: unknown = null;
  #handler: ServeHandler | null = null;
  #stopped = false;
  #wake: () => void = () => {};
  #loop: Promise<void> = Promise.resolve();
  #renewal: NodeJS.Timeout | null = null;

  constructor(private readonly options: Options) {
    this.#store = new EngineStore(options.db);
  }

  /** The `fetch` for `new Inngest({ fetch })`: events and registration end here instead of at a server. */
  readonly fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input);
    const body: unknown = typeof init?.body === "string" ? JSON.parse(init.body) : null;
    if (url.pathname.startsWith("/e/"))
      return Response.json({ ids: await this.send((Array.isArray(body) ? body : [body]) as Partial<EngineEvent>[]), status: 200 });
    if (url.pathname === "/fn/register") {
      try {
        this.#functions = parseFunctionConfigs((body as { functions?: unknown } | null)?.functions);
      } catch (error) {
        // The SDK would answer with an error of its own that names neither function nor option.
        this.#refusal = error;
        throw error;
      }
      return Response.json({ ok: true, modified: true });
    }
    return Response.json({ error: `the embedded executor does not speak ${url.pathname}` }, { status: 404 });
  };

  /** Registers the functions behind the handler and begins to work. Throws ENGINE_OPTION_UNKNOWN. */
  async start(handler: ServeHandler): Promise<readonly FunctionConfig[]> {
    this.#handler = handler;
    const response = await handler(
      new Request(`${this.options.origin}/api/inngest`, { method: "PUT", headers: { host: new URL(this.options.origin).host } }),
    );
    if (this.#refusal !== null) throw this.#refusal;
    if (this.#functions.length === 0) {
      throw new DomainError("ENGINE_NOT_STARTED", `No functions were registered (${response.status}): ${await response.text()}`, {
        kind: "internal",
      });
    }
    if (this.options.db.kind === "pglite") await this.#store.dropLeases();
    this.#renewal = setInterval(() => void this.#renew(), LEASE_MS / 3);
    this.#renewal.unref();
    this.#loop = this.#work();
    return this.#functions;
  }

  /** Takes no more work and waits for what is running, at most `waitMs`. */
  async stop(waitMs = 5000): Promise<void> {
    this.#stopped = true;
    if (this.#renewal) clearInterval(this.#renewal);
    this.#wake();
    await this.#loop;
    const until = this.options.wall.now() + waitMs;
    while (this.#running.size > 0 && this.options.wall.now() < until) await nap(20);
  }

  /** Takes events in; one transaction each. Known ids are passed over. Returns the ids. Throws ENGINE_NOT_STARTED: the event would be lost. */
  async send(events: readonly Partial<EngineEvent>[]): Promise<string[]> {
    if (this.#functions.length === 0)
      throw new DomainError("ENGINE_NOT_STARTED", "Durable work has not begun yet: try again in a moment", { kind: "unavailable" });
    const ids: string[] = [];
    for (const e of events) {
      const event: EngineEvent = { id: e.id || newId(), name: e.name ?? "", data: (e.data ?? {}) as Json, ts: e.ts ?? this.options.wall.now() };
      ids.push(event.id);
      await this.#store.transaction(async (sql) => {
        if (!(await this.#store.addEvent(sql, event))) return;
        for (const fn of this.#functions) {
          if (fn.triggers.some((t) => "event" in t && t.event === event.name && (!t.expression || this.#cel(t.expression, { event }) === true)))
            await this.#begin(sql, fn, event);
        }
      });
    }
    this.#wake();
    return ids;
  }

  async #begin(sql: RawSql, fn: FunctionConfig, event: EngineEvent): Promise<void> {
    const now = this.options.wall.now();
    if (fn.idempotency) {
      const key = hashJson([fn.id, (this.#cel(fn.idempotency, { event }) ?? null) as Json]);
      if (!(await this.#store.takeKey(sql, key, now, now + IDEMPOTENT_FOR_MS))) return;
    }
    await this.#store.startRun(sql, fn.id, event, this.#keys(fn, event), Math.max(now, event.ts));
  }

  /** Concurrency keys as "function|value|limit". */
  #keys(fn: FunctionConfig, event: EngineEvent): string[] {
    const limits = typeof fn.concurrency === "number" ? [{ limit: fn.concurrency, key: undefined }] : (fn.concurrency ?? []);
    return limits.map((c) => `${fn.id}|${c.key ? JSON.stringify(this.#cel(c.key, { event }) ?? null) : ""}|${c.limit}`);
  }

  #cel(expression: string, context: Record<string, unknown>): unknown {
    try {
      return evaluate(expression, context);
    } catch (error) {
      this.options.onError(error);
      return undefined;
    }
  }

  async #work(): Promise<void> {
    while (!this.#stopped) {
      let napMs = LONGEST_NAP_MS;
      try {
        const nextCron = await this.#fireCrons();
        await this.#store.wakeSleepers(this.options.wall.now(), (run) => this.#keysOfRun(run));
        const room = MAX_RUNNING - this.#running.size;
        const jobs = room > 0 ? await this.#store.claim(this.#owner, this.options.wall.now(), LEASE_MS, room) : [];
        for (const job of jobs) this.#launch(job);
        const next = await this.#store.nextDue();
        const soonest = Math.min(nextCron, next ?? Number.POSITIVE_INFINITY) - this.options.wall.now();
        // A due job that was not claimed waits for its concurrency key: whoever finishes wakes us.
        napMs = jobs.length > 0 ? 0 : Math.min(LONGEST_NAP_MS, Math.max(soonest, 25));
      } catch (error) {
        this.options.onError(error);
      }
      if (!this.#stopped && napMs > 0) await this.#nap(napMs);
    }
  }

  #nap(ms: number): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(done, ms);
      this.#wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  }

  #keysOfRun(run: Run): string[] {
    const fn = this.#functions.find((f) => f.id === run.functionId);
    return fn ? this.#keys(fn, run.event) : [];
  }

  /** Fires crons whose instant has come since they were last fired; instants missed while off are not made up for. Returns the next instant. */
  async #fireCrons(): Promise<number> {
    const now = this.options.wall.now();
    let next = Number.POSITIVE_INFINITY;
    for (const fn of this.#functions) {
      for (const trigger of fn.triggers) {
        if (!("cron" in trigger)) continue;
        const [, timezone, pattern] = /^(?:TZ=(\S+) )?(.+)$/.exec(trigger.cron) ?? [];
        const cron = new Cron(pattern ?? trigger.cron, { timezone: timezone ?? "UTC", paused: true });
        const last = cron.previousRuns(1, new Date(now + 1))[0]?.getTime() ?? 0;
        next = Math.min(next, cron.nextRun(new Date(now))?.getTime() ?? Number.POSITIVE_INFINITY);
        if (now - last > LEASE_MS) continue;
        await this.#store.transaction(async (sql) => {
          if (await this.#store.fireCron(sql, `${fn.id} ${trigger.cron}`, last))
            await this.#begin(sql, fn, {
              id: `${fn.id}:${trigger.cron}:${last}`,
              name: "inngest/scheduled.timer",
              data: { cron: trigger.cron },
              ts: last,
            });
        });
      }
    }
    return next;
  }

  #launch(job: Job): void {
    this.#running.set(job.id, job);
    this.#execute(job)
      .catch(this.options.onError)
      .finally(() => {
        this.#running.delete(job.id);
        this.#wake();
      });
  }

  async #renew(): Promise<void> {
    if (this.#running.size > 0)
      await this.#store.renew([...this.#running.keys()], this.#owner, this.options.wall.now() + LEASE_MS).catch(this.options.onError);
  }

  async #execute(job: Job): Promise<void> {
    const fn = this.#functions.find((f) => f.id === job.functionId);
    // Asked before the run is read: a step that finishes in between is then in what we read, and not run again.
    const apart = job.stepId !== "step" || (await this.#store.hasOpenSteps(job.runId));
    const run = await this.#store.run(job.runId);
    if (!fn || !this.#handler || run?.status !== "running") {
      await this.#store.transaction((sql) => this.#store.finishJob(sql, job, this.#owner));
      return;
    }
    // Signed by the machine's clock, whatever ours says: the SDK compares with that one.
    const call = { origin: this.options.origin, signingKey: this.signingKey, functionId: fn.id, stepId: job.stepId, nowMs: Date.now() };
    const result = await callFunction(this.#handler, call, payload(run, job, fn, apart));
    await this.#store.transaction(async (sql) => {
      if (await this.#store.finishJob(sql, job, this.#owner)) await this.#apply(sql, fn, run, job, result);
    });
  }

  async #apply(sql: RawSql, fn: FunctionConfig, run: Run, job: Job, result: CallResult): Promise<void> {
    if (result.status === 200) return this.#end(sql, fn, run, "completed", result.body as Json);
    if (result.status !== 206) {
      if (result.noRetry || job.attempt + 1 >= maxAttempts(fn))
        return this.#end(sql, fn, run, "failed", (result.body ?? { message: `status ${result.status}` }) as Json);
      return this.#again(sql, job, result.retryAfter);
    }
    let goOn = false;
    for (const op of result.body as Op[]) goOn = (await this.#applyOp(sql, fn, run, job, op, result)) || goOn;
    if (goOn && (await this.#store.openSteps(sql, run.id)) === 0)
      await this.#store.addJob(sql, { ...job, stepId: "step", attempt: 0 }, this.options.wall.now());
  }

  /** True when the function should be called again now. */
  async #applyOp(sql: RawSql, fn: FunctionConfig, run: Run, job: Job, op: Op, result: CallResult): Promise<boolean> {
    const now = this.options.wall.now();
    switch (op.op) {
      case "StepRun":
      case "Step":
        await this.#store.memo(sql, run.id, op.id, { data: op.data ?? null });
        return true;
      case "StepPlanned":
        await this.#store.addJob(sql, { ...job, stepId: op.id, attempt: 0 }, now);
        return false;
      case "StepError":
        if (!result.noRetry && job.attempt + 1 < maxAttempts(fn)) {
          await this.#again(sql, job, result.retryAfter);
          return false;
        }
        await this.#store.memo(sql, run.id, op.id, { error: op.error ?? null });
        return true;
      case "StepFailed":
        await this.#store.memo(sql, run.id, op.id, { error: op.error ?? null });
        return true;
      case "Sleep":
        await this.#store.addSleep(sql, run.id, op.id, sleepUntil((op.opts?.duration as string | undefined) ?? op.name ?? "", now));
        return false;
      case "DiscoveryRequest":
        return true;
      case "RunComplete":
        await this.#end(sql, fn, run, "completed", op.data ?? null);
        return false;
      default:
        await this.#end(sql, fn, run, "failed", { name: "Unsupported", message: `the embedded executor does not know the operation ${op.op}` });
        return false;
    }
  }

  async #again(sql: RawSql, job: Job, after: string | null): Promise<void> {
    const now = this.options.wall.now();
    const random = (randomBytes(1)[0] ?? 0) / 256;
    await this.#store.addJob(sql, { ...job, attempt: job.attempt + 1 }, retryAfter(after, now) ?? now + backoff(job.attempt, random));
  }

  async #end(sql: RawSql, fn: FunctionConfig, run: Run, status: "completed" | "failed", output: Json): Promise<void> {
    await this.#store.endRun(sql, run.id, status, output, this.options.wall.now());
    if (status === "completed") return;
    this.options.onError(new DomainError("FUNCTION_FAILED", `${fn.id} failed: ${JSON.stringify(output).slice(0, 500)}`, { kind: "internal" }));
    const event: EngineEvent = {
      id: newId(),
      name: "inngest/function.failed",
      ts: this.options.wall.now(),
      data: { function_id: fn.id, run_id: run.id, error: output, event: run.event as unknown as Json },
    };
    for (const other of this.#functions) {
      if (other.triggers.some((t) => "event" in t && t.event === event.name && (!t.expression || this.#cel(t.expression, { event }) === true)))
        await this.#begin(sql, other, event);
    }
  }

  /** Forgets finished work older than `keepMs`. */
  retain(keepMs: number): Promise<void> {
    return this.#store.deleteBefore(this.options.wall.now() - keepMs);
  }
}

const nap = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** The call's body as the SDK expects it from an executor. `apart`: no step may be run at once with the call, as one may be at work already. */
function payload(run: Run, job: Job, fn: FunctionConfig, apart: boolean): Json {
  return {
    version: -1,
    event: run.event as unknown as Json,
    events: [run.event as unknown as Json],
    steps: run.steps,
    ctx: {
      run_id: run.id,
      fn_id: fn.id,
      attempt: job.attempt,
      max_attempts: maxAttempts(fn),
      qi_id: job.id,
      step_id: job.stepId,
      disable_immediate_execution: apart,
      use_api: false,
      stack: { stack: run.stack, current: run.stack.length },
    },
  };
}
