import { randomBytes, randomUUID } from "node:crypto";
import type { Database, RawSql } from "@/server/adapters/db/database";
import { newId } from "@/server/adapters/db/new-id";
import { type Clock, DomainError, type Json } from "@/server/shared";
import { applyCheckpoint, applyResult, type Call } from "./apply-result";
import { callFunction, type ServeHandler } from "./call-function";
import { deliver, deliverMany } from "./deliver-event";
import { deleteBefore, nextDue } from "./engine-sql";
import { type CalledRun, type EngineContext, type EngineEvent, functionOf, type Job, type Op, type Run } from "./engine-types";
import { dropLateStarts, fireCrons, fireDebounced, wakeDue } from "./fire-timers";
import { type FunctionConfig, maxAttempts, parseFunctionConfigs } from "./function-config";
import { claimJobs, dropLeases, finishJob, keepJob, renewJobs } from "./job-queue";
import { addEvents, beginCalls } from "./run-store";
import { addWait } from "./wait-store";
import { durationMs } from "./when";

const LEASE_MS = 60_000;
/** A cron instant that is longer ago is not fired any more. */
const CRON_GRACE_MS = 60_000;
const LONGEST_NAP_MS = 1000;
/** While there is always work, timers are looked at this often (ms). */
const TIMERS_EACH_MS = 200;
/** Under load jobs are taken up in handfuls: those that end within this time (ms) make room together. */
const GATHER_MS = 15;
/** Events taken in by one transaction at most. */
const EVENTS_AT_ONCE = 200;

type Options = {
  readonly db: Database;
  readonly wall: Clock;
  readonly origin: string;
  readonly onError: (error: unknown) => void;
  /** How long a claimed job is its process's own without a sign of life (wall ms). Default a minute. */
  readonly leaseMs?: number;
  /** Functions called at once by this process. Default 16. */
  readonly concurrency?: number;
};

/**
 * Runs Inngest functions without an Inngest server: drives the SDK's own serve handler by its protocol, with all state in the
 * product's database, from one process or several. What it does not know is refused when the functions register.
 */
export class EmbeddedEngine {
  /** Signs calls; made anew by every start, so that nobody else can call the functions. */
  readonly signingKey = `signkey-embedded-${randomBytes(32).toString("hex")}`;
  readonly #owner = randomUUID();
  readonly #leaseMs: number;
  readonly #most: number;
  readonly #firedCrons = new Map<string, number>();
  /** Leased jobs; the call is there once its run has been read. */
  readonly #running = new Map<string, Call | null>();
  readonly #context: EngineContext;
  #functions: FunctionConfig[] = [];
  #refusal: unknown = null;
  #handler: ServeHandler | null = null;
  #stopped = false;
  #wake: () => void = () => {};
  #loop: Promise<void> = Promise.resolve();
  #renewal: NodeJS.Timeout | null = null;

  constructor(private readonly options: Options) {
    this.#leaseMs = options.leaseMs ?? LEASE_MS;
    this.#most = options.concurrency ?? 16;
    this.#context = {
      wall: options.wall,
      onError: options.onError,
      functions: () => this.#functions,
      deliver: (sql, event, how) => deliver(this.#context, sql, event, how),
    };
  }

  /** The `fetch` for `new Inngest({ fetch })`: events, registration and checkpoints end here instead of at a server. */
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
    if (/^\/v1\/checkpoint\/[^/]+\/async$/.test(url.pathname)) return this.#checkpoint(body as { qi_id?: string; steps?: Op[] });
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
    if (this.options.db.kind === "pglite") await dropLeases(this.options.db.raw);
    this.#renewal = setInterval(() => void this.#renew(), this.#leaseMs / 3);
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

  /** What its parts share: for cancelling and replaying runs by hand. */
  get context(): EngineContext {
    return this.#context;
  }

  /** Looks for work now. */
  poke(): void {
    this.#wake();
  }

  /** Takes events in, each with all that follows from it or not at all. Known ids are passed over. Returns the ids. Throws ENGINE_NOT_STARTED: the event would be lost. */
  async send(events: readonly Partial<EngineEvent>[]): Promise<string[]> {
    if (this.#functions.length === 0)
      throw new DomainError("ENGINE_NOT_STARTED", "Durable work has not begun yet: try again in a moment", { kind: "unavailable" });
    const all = events.map(
      (e): EngineEvent => ({ id: e.id || newId(), name: e.name ?? "", data: (e.data ?? {}) as Json, ts: e.ts ?? this.options.wall.now() }),
    );
    for (let i = 0; i < all.length; i += EVENTS_AT_ONCE) {
      await this.#transaction(async (sql) => {
        for (const group of byName(await addEvents(sql, all.slice(i, i + EVENTS_AT_ONCE)))) await deliverMany(this.#context, sql, group);
      });
    }
    this.#wake();
    return all.map((e) => e.id);
  }

  /** Forgets finished work older than `keepMs`. */
  retain(keepMs: number): Promise<void> {
    return deleteBefore(this.options.db.raw, this.options.wall.now() - keepMs);
  }

  readonly #transaction = <T>(run: (sql: RawSql) => Promise<T>): Promise<T> => this.options.db.raw.transaction(run);

  async #work(): Promise<void> {
    let timersAt = 0;
    let nextCron = 0;
    let soonest = 0;
    while (!this.#stopped) {
      let napMs = LONGEST_NAP_MS;
      try {
        if (this.options.wall.now() >= Math.min(timersAt, soonest)) {
          nextCron = await fireCrons(this.#context, this.#transaction, CRON_GRACE_MS, this.#firedCrons);
          await fireDebounced(this.#context, this.#transaction);
          await wakeDue(this.#context, this.#transaction);
          await dropLateStarts(this.#context, this.#transaction);
          timersAt = Math.min(nextCron, this.options.wall.now() + TIMERS_EACH_MS);
          soonest = Number.POSITIVE_INFINITY;
        }
        const room = this.#most - this.#running.size;
        const begun = room > 0 ? await this.#takeUp(room) : 0;
        if (begun > 0) {
          // Those that are nearly done make room for the next handful.
          napMs = this.#running.size > this.#most / 2 ? GATHER_MS : 0;
          if (napMs > 0) await nap(napMs);
          napMs = 0;
        } else {
          soonest = (await nextDue(this.options.db.raw)) ?? Number.POSITIVE_INFINITY;
          // A due job that was not claimed waits for its concurrency key: whoever finishes wakes us.
          napMs = Math.min(LONGEST_NAP_MS, Math.max(Math.min(soonest, nextCron) - this.options.wall.now(), 25));
        }
      } catch (error) {
        this.options.onError(error);
      }
      if (!this.#stopped && napMs > 0) await this.#nap(napMs);
    }
  }

  /** Leases due jobs and begins their calls; returns how many. */
  async #takeUp(room: number): Promise<number> {
    const now = this.options.wall.now();
    const { jobs, runs } = await this.#transaction(async (sql) => {
      const jobs = await claimJobs(sql, this.#owner, now, this.#leaseMs, room);
      const runs = jobs.length > 0 ? await beginCalls(sql, [...new Set(jobs.map((j) => j.runId))], now) : [];
      for (const run of runs) if (run.begins) await this.#limitTime(sql, run, now);
      return { jobs, runs: new Map(runs.map((r) => [r.id, r])) };
    });
    for (const job of jobs) this.#launch(job, runs.get(job.runId));
    return jobs.length;
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

  #launch(job: Job, run: CalledRun | undefined): void {
    this.#running.set(job.id, null);
    this.#execute(job, run)
      .catch(this.options.onError)
      .finally(() => {
        this.#running.delete(job.id);
        this.#wake();
      });
  }

  async #renew(): Promise<void> {
    if (this.#running.size > 0)
      await renewJobs(this.options.db.raw, [...this.#running.keys()], this.#owner, this.#leaseMs).catch(this.options.onError);
  }

  async #execute(job: Job, run: CalledRun | undefined): Promise<void> {
    const fn = functionOf(this.#context, job.functionId);
    // The run has ended, or this build has no such function.
    if (!fn || !this.#handler || !run) {
      await finishJob(this.options.db.raw, job.id, this.#owner);
      return;
    }
    const call: Call = { fn, run, job, begun: this.options.wall.now() };
    this.#running.set(job.id, call);
    const apart = job.stepId !== "step" || run.openSteps > 0;
    // Signed by the machine's clock, whatever ours says: the SDK compares with that one.
    const how = { origin: this.options.origin, signingKey: this.signingKey, functionId: fn.id, stepId: job.stepId, nowMs: Date.now() };
    const result = await callFunction(this.#handler, how, payload(call, apart));
    await this.#transaction(async (sql) => {
      if (await finishJob(sql, job.id, this.#owner)) await applyResult(this.#context, sql, call, result);
    });
  }

  /** The run has begun, and with it its time to finish. */
  async #limitTime(sql: RawSql, run: CalledRun, now: number): Promise<void> {
    const timeouts = functionOf(this.#context, run.functionId)?.timeouts;
    if (timeouts?.finish) await addWait(sql, run.id, "finish", { kind: "finish", until: now + durationMs(timeouts.finish) });
  }

  /** Steps that a call of ours saves before its end: one that lost its lease or its run is told to stop (409). */
  async #checkpoint({ qi_id: jobId, steps }: { qi_id?: string; steps?: Op[] }): Promise<Response> {
    const call = this.#running.get(jobId ?? "");
    const kept =
      call &&
      (await this.#transaction(async (sql) => {
        if (!(await keepJob(sql, call.job.id, this.#owner, this.#leaseMs))) return false;
        call.job.attempt = 0;
        await applyCheckpoint(this.#context, sql, call, steps ?? []);
        return true;
      }));
    return kept ? Response.json({}) : Response.json({ error: "this call is no longer the run's" }, { status: 409 });
  }
}

/** Neighbours of one name together, in their order. */
function byName(events: readonly EngineEvent[]): [EngineEvent, ...EngineEvent[]][] {
  const groups: [EngineEvent, ...EngineEvent[]][] = [];
  for (const event of events) {
    const last = groups.at(-1);
    if (last?.[0].name === event.name) last.push(event);
    else groups.push([event]);
  }
  return groups;
}

const nap = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** The call's body as the SDK expects it from an executor. `apart`: no step may be run at once with the call, as one may be at work already. */
function payload({ run, job, fn }: { run: Run; job: Job; fn: FunctionConfig }, apart: boolean): Json {
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
