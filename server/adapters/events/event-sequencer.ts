import { EVENTS_CHANNEL } from "@/server/adapters/db/append-events";
import type { Database } from "@/server/adapters/db/database";
import { type LeaseGrant, PrismaLease } from "@/server/adapters/db/prisma-lease";
import type { EventBus } from "./event-bus";
import { sequenceEvents } from "./sequence-events";

const BATCH = 500;
const LEASE_MS = 5_000;

export type SequencerOptions = {
  /** Unique per process and start. */
  readonly owner: string;
  /** How often to look when nobody has told (ms). Default 500. */
  readonly pollMs?: number;
  readonly onError?: (error: unknown) => void;
};

/**
 * Numbers committed events and tells this process's listeners. Wakes at each commit of this process, by notification from others,
 * and by polling. On Postgres one process at a time does the numbering (lease); the others only listen. A second one at work would
 * cost effort, not correctness.
 */
export class EventSequencer {
  private readonly lease: PrismaLease;
  private readonly stops: (() => void | Promise<void>)[] = [];
  private grant: LeaseGrant | null = null;
  private renewAt = 0;
  private running: Promise<void> | null = null;
  private again = false;
  private stopped = false;
  private readonly seen = new Map<string, string>();

  constructor(
    private readonly db: Database,
    private readonly bus: EventBus,
    private readonly options: SequencerOptions,
  ) {
    this.lease = new PrismaLease(db, "event-sequencer", options.owner, LEASE_MS);
  }

  async start(): Promise<void> {
    this.stops.push(this.db.onCommit("events", () => this.wake()));
    const unlisten = await this.db.listen(EVENTS_CHANNEL, (payload) => this.heard(payload));
    if (unlisten) this.stops.push(unlisten);
    const timer = setInterval(() => this.wake(), this.options.pollMs ?? 500);
    timer.unref();
    this.stops.push(() => clearInterval(timer));
    this.wake();
  }

  /** Finishes the round at work and gives the lease back. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const stop of this.stops.splice(0)) await stop();
    await this.running;
    if (this.grant) await this.lease.release(this.grant);
    this.grant = null;
  }

  /** Runs a round now, or another one after the one at work. */
  wake(): void {
    if (this.stopped) return;
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = this.rounds()
      .catch((error) => this.options.onError?.(error))
      .finally(() => {
        this.running = null;
        if (this.again) this.wake();
      });
  }

  private async rounds(): Promise<void> {
    do {
      this.again = false;
      if (await this.holdsLease()) {
        const { workspaces, sequenced } = await sequenceEvents(this.db, BATCH);
        for (const w of workspaces) this.bus.grown(w);
        if (sequenced === BATCH) this.again = true;
      } else {
        await this.lookForGrowth();
      }
    } while (this.again && !this.stopped);
  }

  /** The embedded database has one process by its lock, so nobody to share with. */
  private async holdsLease(): Promise<boolean> {
    if (this.db.kind === "pglite") return true;
    const now = Date.now();
    if (this.grant && now < this.renewAt) return true;
    if (this.grant && !(await this.lease.renew(this.grant))) this.grant = null;
    this.grant ??= await this.lease.acquire();
    this.renewAt = now + LEASE_MS / 3;
    return this.grant !== null;
  }

  /** For processes that do not number and whose notification got lost. */
  private async lookForGrowth(): Promise<void> {
    const workspaces = this.bus.workspaces();
    if (workspaces.length === 0) return;
    const rows = await this.db.prisma.eventCursor.findMany({ where: { workspaceId: { in: workspaces } } });
    for (const { workspaceId, lastSeq } of rows) {
      const before = this.seen.get(workspaceId);
      this.seen.set(workspaceId, String(lastSeq));
      if (before !== String(lastSeq)) this.bus.grown(workspaceId);
    }
  }

  private heard(payload: string): void {
    if (payload.startsWith("grown:")) this.bus.grown(payload.slice("grown:".length));
    else if (this.grant) this.wake();
  }
}
