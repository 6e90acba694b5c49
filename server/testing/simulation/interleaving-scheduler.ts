import { canonicalJson, type Json, seededRandom, sha256 } from "@/server/shared";

/** How a call may go wrong, drawn when it is made: lost before it took effect, or its answer lost afterwards. */
export type CallFault = "none" | "before" | "after";

export type PendingCall = {
  readonly id: number;
  readonly actor: Actor;
  readonly name: string;
  readonly detail: string;
  /** What the trace shows of an answer; null = nothing, it is too long and follows from the rest. */
  readonly shown: ((value: unknown) => unknown) | null;
  /** True time (ms) before which it cannot go on. */
  readonly readyAt: number;
  readonly madeAt: number;
  readonly fault: CallFault;
  /** True ms after which the caller has given up; null = it waits. */
  readonly deadlineMs: number | null;
  readonly effect: () => Promise<unknown>;
  /** What the caller is told when the call or its answer is lost. */
  readonly lost: () => Error;
  /** Called in the moment the caller goes on. */
  readonly delivered?: () => void;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** It has left the process: it takes effect even if the process dies or is stopped. */
  sent: boolean;
  outcome: { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown } | null;
};

/** Who makes calls: one life of one process. */
export type Actor = { readonly name: string; alive: boolean; paused: boolean };

/** Thrown to a caller whose connection broke: it cannot know whether its call took effect. */
export class ConnectionLost extends Error {
  constructor(readonly call: string) {
    super(`the connection was lost in ${call}`);
  }
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/**
 * Holds every call of every process, and lets one of them go on at a time, as a seed decides. A call takes effect at one step and
 * is answered at a later one: in between others may act, and the caller may die. Nothing here reads a clock: `time` is the true time.
 */
export class InterleavingScheduler {
  readonly #random: () => number;
  readonly #trace: string[] = [];
  readonly #names = new Map<string, string>();
  calls: PendingCall[] = [];
  steps = 0;
  #nextId = 0;
  #last: PendingCall | null = null;

  constructor(
    seed: number,
    public time: number,
    /** How often the process that went on last goes on again (0 to 1). */
    private readonly stickiness: number,
    /** Without it nothing is written down: a run that went wrong is simply run again with it. */
    private readonly traced = true,
  ) {
    this.#random = seededRandom(seed);
  }

  /** The call that moved last. */
  get last(): PendingCall | null {
    return this.#last;
  }

  /** A whole number in [0, n). */
  int(n: number): number {
    return Math.floor(this.#random() * n);
  }

  chance(p: number): boolean {
    return this.#random() < p;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.int(items.length)];
    if (item === undefined) throw new Error("there is nothing to pick from");
    return item;
  }

  /** Names in the trace do not depend on how ids were made: each gets a number when it is first seen. */
  note(line: string): void {
    if (!this.traced) return;
    const readable = line.replaceAll(UUID, (id) => {
      const known = this.#names.get(id);
      if (known !== undefined) return known;
      const name = `#${this.#names.size + 1}`;
      this.#names.set(id, name);
      return name;
    });
    this.#trace.push(`${String(this.steps).padStart(4)} ${new Date(this.time).toISOString().slice(11, 23)} ${readable}`);
  }

  get trace(): readonly string[] {
    return this.#trace;
  }

  /** Stands for everything that happened, in its order. */
  get traceHash(): string {
    return sha256(this.#trace.join("\n"));
  }

  call(
    actor: Actor,
    name: string,
    effect: () => Promise<unknown>,
    how: {
      detail?: string;
      shown?: PendingCall["shown"];
      waitMs?: number;
      fault?: CallFault;
      deadlineMs?: number;
      lost?: () => Error;
      delivered?: () => void;
    } = {},
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      // The dead make no calls: whatever still runs of them stands still for ever.
      if (!actor.alive) return;
      this.calls.push({
        id: this.#nextId++,
        actor,
        name,
        detail: how.detail ?? "",
        shown: how.shown === undefined ? (value) => value : how.shown,
        readyAt: this.time + (how.waitMs ?? 0),
        madeAt: this.time,
        fault: how.fault ?? "none",
        deadlineMs: how.deadlineMs ?? null,
        effect,
        lost: how.lost ?? (() => new ConnectionLost(name)),
        ...(how.delivered ? { delivered: how.delivered } : {}),
        resolve,
        reject,
        sent: false,
        outcome: null,
      });
    });
  }

  /** Ends a process: what has left it may still take effect, nothing of it is ever answered. */
  kill(actor: Actor): void {
    actor.alive = false;
    this.calls = this.calls.filter((c) => c.actor !== actor || (c.outcome === null && this.#leaves(c)));
  }

  pause(actor: Actor): void {
    actor.paused = true;
    for (const c of this.calls) if (c.actor === actor && c.outcome === null) this.#leaves(c);
  }

  resume(actor: Actor): void {
    actor.paused = false;
  }

  /** Lets one call take its next step. False when nothing can move before time passes. */
  async step(): Promise<boolean> {
    const ready = this.calls.filter((c) => this.#isReady(c));
    if (ready.length === 0) return false;
    const sticky = ready.filter((c) => c.actor === this.#last?.actor);
    const call = sticky.length > 0 && this.chance(this.stickiness) ? this.pick(sticky) : this.pick(ready);
    this.steps += 1;
    this.time += 1 + this.int(30);
    this.#last = call;
    if (call.outcome === null) await this.#takeEffect(call);
    else await this.#answer(call);
    return true;
  }

  /** When the next waiting call can go on; infinite when there is none. */
  nextReady(): number {
    return Math.min(...this.calls.filter((c) => c.actor.alive && !c.actor.paused && c.readyAt > this.time).map((c) => c.readyAt));
  }

  /** Until every process has done what it can without an answer. */
  async drain(): Promise<void> {
    await new Promise<void>((ok) => setImmediate(ok));
  }

  #isReady(c: PendingCall): boolean {
    if (c.readyAt > this.time) return false;
    const held = !c.actor.alive || c.actor.paused;
    return c.outcome === null ? !held || c.sent : !held;
  }

  #leaves(c: PendingCall): boolean {
    c.sent = c.sent || (c.readyAt <= c.madeAt && this.chance(0.5));
    return c.sent;
  }

  #isOverdue(c: PendingCall): boolean {
    return c.deadlineMs !== null && this.time - c.madeAt > c.deadlineMs;
  }

  async #takeEffect(c: PendingCall): Promise<void> {
    const label = `${c.actor.name}${c.actor.alive ? "" : " (dead)"} ${c.name} ${c.detail}`;
    if (this.#isOverdue(c) || c.fault === "before") {
      c.outcome = { ok: false, error: c.lost() };
      this.note(`${label} never arrives`);
    } else {
      try {
        c.outcome = { ok: true, value: await c.effect() };
        if (this.traced) this.note(c.shown ? `${label} → ${digest(c.shown(c.outcome.value))}` : label);
      } catch (error) {
        c.outcome = { ok: false, error };
        this.note(`${label} → throws ${codeOf(error)}`);
      }
    }
    if (!c.actor.alive) this.calls = this.calls.filter((o) => o !== c);
  }

  async #answer(c: PendingCall): Promise<void> {
    this.calls = this.calls.filter((o) => o !== c);
    const { outcome } = c;
    if (outcome === null) return;
    c.delivered?.();
    if (outcome.ok && (c.fault === "after" || this.#isOverdue(c))) {
      this.note(`${c.actor.name} ${c.name} answer is lost`);
      c.reject(c.lost());
    } else if (outcome.ok) c.resolve(outcome.value);
    else c.reject(outcome.error);
    await this.drain();
  }
}

/** What an error is called in a trace. */
export const codeOf = (error: unknown): string =>
  error instanceof Error ? ("code" in error && typeof error.code === "string" ? error.code : `${error.name}: ${error.message}`) : String(error);

const SHOWN = 160;

/** An answer, short and the same on every run and every store: long ones are named by their hash. */
function digest(value: unknown): string {
  if (value === undefined) return "done";
  const plain = JSON.parse(JSON.stringify(value, (_key, v: unknown) => (typeof v === "bigint" ? `${v}` : v))) as Json;
  const text = canonicalJson(plain);
  return text.length <= SHOWN ? text : sha256(text.replaceAll(UUID, "id")).slice(0, 12);
}
