import type { Database } from "@/server/adapters/db/database";
import { PrismaBacktestQueue } from "@/server/adapters/db/prisma-backtest-queue";
import type { MarketFeed, SymbolId } from "@/server/market";
import type { Clock } from "@/server/shared";
import type { Instrument } from "@/server/trading";
import { startAttempt } from "./start-attempt";
import type { RunningWorker } from "./start-worker";
import type { WorkerJob, WorkerMessage } from "./worker-messages";

/** A process that has not been heard of for so long is taken to be dead, and its backtest is taken up (wall ms). */
const LEASE_MS = 30_000;
/** What another process has queued is found at the latest after this. */
const LOOK_EVERY_MS = 15_000;

export type RunnerParts = {
  readonly db: Database;
  readonly wall: Clock;
  /** Names this process. */
  readonly owner: string;
  readonly build: string;
  readonly candlesDir: string | null;
  readonly seed: number;
  readonly feedOf: (workspaceId: string) => Promise<MarketFeed>;
  readonly instrumentOf: (workspaceId: string, symbol: SymbolId) => Promise<Instrument>;
  readonly onError: (error: unknown) => void;
  /** Backtests at the same time. Default 1: the machine serves pages and ticks beside them. */
  readonly workers?: number;
  readonly leaseMs?: number;
  readonly start?: (job: WorkerJob, onMessage: (message: WorkerMessage) => void) => RunningWorker;
};

/**
 * Runs what is queued, in worker threads; workspaces take turns. A backtest whose process died is taken up again from its finished pieces
 * when the lease has run out; two processes on one database never run the same.
 */
export class BacktestRunner {
  readonly #queue: PrismaBacktestQueue;
  readonly #running = new Map<string, RunningWorker>();
  #timer: NodeJS.Timeout | null = null;
  #closed = false;
  #looking: Promise<void> = Promise.resolve();

  constructor(private readonly parts: RunnerParts) {
    this.#queue = new PrismaBacktestQueue(parts.db);
  }

  /** Begins to look for work. */
  start(): void {
    this.#timer = setInterval(() => this.poke(), Math.min(LOOK_EVERY_MS, this.#leaseMs));
    this.#timer.unref();
    this.poke();
  }

  /** There may be something to do. */
  poke(): void {
    if (this.#closed) return;
    this.#looking = this.#looking.then(() => this.#look()).catch(this.parts.onError);
  }

  /** Ends a backtest's worker here, at once; its row says why. */
  async stop(id: string): Promise<void> {
    await this.#running.get(id)?.stop();
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer) clearInterval(this.#timer);
    await this.#looking;
    await Promise.all([...this.#running.values()].map((w) => w.stop()));
    await this.#queue.release(this.parts.owner);
  }

  get #leaseMs(): number {
    return this.parts.leaseMs ?? LEASE_MS;
  }

  async #look(): Promise<void> {
    const { owner, wall } = this.parts;
    while (!this.#closed && this.#running.size < (this.parts.workers ?? 1)) {
      const next = await this.#queue.claim(owner, wall.now(), this.#leaseMs, [...this.#running.keys()]);
      if (!next) return;
      const attempt = startAttempt(this.parts, this.#queue, next, this.#leaseMs);
      this.#running.set(next.id, attempt);
      void attempt.ended.then(() => {
        this.#running.delete(next.id);
        // A worker that went without a word (killed): the lease runs out, and the backtest is taken up again.
        this.poke();
      });
    }
  }
}
