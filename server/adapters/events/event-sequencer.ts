import { EVENTS_CHANNEL } from "@/server/adapters/db/append-events";
import type { Database, RawSql } from "@/server/adapters/db/database";
import { type LeaseGrant, PrismaLease } from "@/server/adapters/db/prisma-lease";
import type { EventTails } from "./event-tails";
import { readEvents } from "./prisma-event-log";
import { type Growth, sequenceEvents, sequenceWith } from "./sequence-events";

const BATCH = 500;
/** More than one transaction writes, nearly always. */
const OF_ONE_TRANSACTION = 32;
const LEASE_MS = 5_000;

export type SequencerOptions = {
  /** Unique per process and start. */
  readonly owner: string;
  /** How often to look when nobody has told (ms). Default 500. */
  readonly pollMs?: number;
  readonly onError?: (error: unknown) => void;
};

/**
 * Gives events their places and hands them to this process's listeners.
 * Postgres: each process numbers right after its own commits. What a process left behind that died between the two is swept up by the
 * one that holds the lease; notifications bring what others have numbered, and polling what no notification brought.
 * Embedded: transactions run one at a time, so their places are given inside them, last thing before the commit.
 */
export class EventSequencer {
  private readonly lease: PrismaLease;
  private readonly stops: (() => void | Promise<void>)[] = [];
  /** Workspaces that are being read, and up to which place. */
  private readonly wanted = new Map<string, number>();
  private readonly readings = new Set<Promise<void>>();
  private grant: LeaseGrant | null = null;
  private renewAt = 0;
  private running: Promise<void> | null = null;
  private again = false;
  private stopped = false;

  constructor(
    private readonly db: Database,
    private readonly tails: EventTails,
    private readonly options: SequencerOptions,
  ) {
    this.lease = new PrismaLease(db, "event-sequencer", options.owner, LEASE_MS);
  }

  async start(): Promise<void> {
    if (this.db.kind === "pglite") {
      this.stops.push(
        this.db.beforeCommit("events", async (query) => {
          const grown = await numberAll(query, this.tails.workspaces());
          return () => this.deliver(grown);
        }),
      );
    } else this.stops.push(this.db.onCommit("events", () => this.wake()));
    const unlisten = await this.db.listen(EVENTS_CHANNEL, (payload) => this.heard(payload));
    if (unlisten) this.stops.push(unlisten);
    const timer = setInterval(() => this.sweep(), this.options.pollMs ?? 500);
    timer.unref();
    this.stops.push(() => clearInterval(timer));
    this.sweep();
  }

  /** Finishes the round at work and gives the lease back. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const stop of this.stops.splice(0)) await stop();
    await this.running;
    await Promise.all(this.readings);
    // When the database is gone the lease runs out by itself.
    if (this.grant) await this.lease.release(this.grant).catch(this.report);
    this.grant = null;
  }

  /** Numbers what is committed now, or again after the round at work. */
  wake(): void {
    if (this.stopped) return;
    this.again = true;
    this.running ??= this.rounds()
      .catch(this.report)
      .finally(() => {
        this.running = null;
      });
  }

  private async rounds(): Promise<void> {
    while (this.again && !this.stopped) {
      this.again = false;
      const grown = await sequenceEvents(this.db, BATCH, this.tails.workspaces());
      this.deliver(grown);
      if (grown.reduce((n, g) => n + g.count, 0) === BATCH) this.again = true;
    }
  }

  private deliver(grown: readonly Growth[]): void {
    // Without its events: somebody began to listen while they were given their places.
    for (const { workspaceId, events, last } of grown) {
      if (events) this.tails.push(workspaceId, events);
      else this.catchUp(workspaceId, last);
    }
  }

  /** What no commit and no notification of this process has told. */
  private sweep(): void {
    const look = async () => {
      if (await this.holdsLease()) this.wake();
      await this.lookForGrowth();
    };
    void look().catch(this.report);
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

  private async lookForGrowth(): Promise<void> {
    const listened = this.tails.workspaces();
    if (listened.length === 0 || this.db.kind === "pglite") return;
    const rows = await this.db.prisma.eventCursor.findMany({ where: { workspaceId: { in: listened } } });
    for (const { workspaceId, lastSeq } of rows) this.catchUp(workspaceId, Number(lastSeq));
  }

  /** Reads up to `last`, once for all listeners of the workspace. */
  private catchUp(workspaceId: string, last: number): void {
    const wanted = this.wanted.get(workspaceId);
    if (wanted !== undefined) {
      this.wanted.set(workspaceId, Math.max(wanted, last));
      return;
    }
    if (this.stopped || this.isKnown(workspaceId, last)) return;
    this.wanted.set(workspaceId, last);
    const reading = this.readUp(workspaceId)
      .catch(this.report)
      .finally(() => {
        this.wanted.delete(workspaceId);
        this.readings.delete(reading);
      });
    this.readings.add(reading);
  }

  private async readUp(workspaceId: string): Promise<void> {
    for (;;) {
      const last = this.wanted.get(workspaceId) ?? 0;
      if (this.stopped || this.isKnown(workspaceId, last)) return;
      // Who is further back than the last one reads for itself.
      const { events } = await readEvents(this.db, workspaceId, this.tails.last(workspaceId) ?? last - 1, BATCH);
      if (events.length === 0) return;
      this.tails.push(workspaceId, events);
    }
  }

  /** True when there is nothing to read, or nobody to read it for. */
  private isKnown(workspaceId: string, last: number): boolean {
    return !this.tails.has(workspaceId) || (this.tails.last(workspaceId) ?? -1) >= last;
  }

  private heard(payload: string): void {
    const [kind, workspaceId, last] = payload.split(":");
    if (kind === "grown" && workspaceId !== undefined) this.catchUp(workspaceId, Number(last));
  }

  private readonly report = (error: unknown): void => this.options.onError?.(error);
}

/** Numbers all that a transaction of the embedded database has written; there, nothing else waits. */
async function numberAll(query: RawSql["query"], wanted: readonly string[]): Promise<readonly Growth[]> {
  const all: Growth[] = [];
  for (;;) {
    const grown = await sequenceWith(query, OF_ONE_TRANSACTION, wanted);
    all.push(...grown);
    if (grown.reduce((sum, g) => sum + g.count, 0) < OF_ONE_TRANSACTION) return all;
  }
}
