import type { Database } from "@/server/adapters/db/database";
import { PrismaBacktestStore, type StoredBacktest } from "@/server/adapters/db/prisma-backtest-store";
import { planJob } from "@/server/backtest";
import type { MarketFeed, SymbolId } from "@/server/market";
import { type Clock, DomainError } from "@/server/shared";
import type { Instrument } from "@/server/trading";
import { loadSymbols } from "./load-market";
import { type RunningWorker, startWorker } from "./start-worker";
import type { WorkerJob, WorkerMessage } from "./worker-messages";

/** A process that has not been heard of for so long is taken to be dead, and its backtest is taken up (wall ms). */
const LEASE_MS = 30_000;
const BEAT_MS = 5_000;
/** How often a running backtest tells the pages how far it is. */
const TELL_MS = 1_000;
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
 * Runs what is queued, in worker threads, oldest first. A backtest whose process died is taken up again from its finished pieces when
 * the lease has run out; two processes on one database never run the same.
 */
export class BacktestRunner {
  readonly #store: PrismaBacktestStore;
  readonly #running = new Map<string, RunningWorker>();
  #timer: NodeJS.Timeout | null = null;
  #closed = false;
  #looking: Promise<void> = Promise.resolve();

  constructor(private readonly parts: RunnerParts) {
    this.#store = new PrismaBacktestStore(parts.db);
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
    await this.#store.release(this.parts.owner);
  }

  get #leaseMs(): number {
    return this.parts.leaseMs ?? LEASE_MS;
  }

  async #look(): Promise<void> {
    const { owner, wall } = this.parts;
    while (!this.#closed && this.#running.size < (this.parts.workers ?? 1)) {
      const next = await this.#store.claim(owner, wall.now(), this.#leaseMs);
      if (!next) return;
      // A lease of our own that ran out while the loop was held up: it still runs here.
      if (this.#running.has(next.id)) return;
      await this.#run(next);
    }
  }

  /** Starts one and comes back; what follows happens as its worker tells. */
  async #run(backtest: StoredBacktest): Promise<void> {
    const { owner, wall } = this.parts;
    const { id } = backtest;
    const state = { done: backtest.done, total: backtest.total };
    let told = Number.NEGATIVE_INFINITY;
    let ended = false;
    // One write at a time, in the order of the messages.
    let writing: Promise<unknown> = Promise.resolve();
    const write = (work: () => Promise<boolean>): void => {
      writing = writing.then(async () => {
        if (ended) return;
        // What could not be written must not be missing from the rest: it is given up, and taken up again from its parts.
        const written = await work().catch((error: unknown) => {
          this.parts.onError(error);
          return false;
        });
        if (!written) await lost();
      });
    };
    const lost = async (): Promise<void> => {
      ended = true;
      await this.#running.get(id)?.stop();
    };
    const beat = (): void => {
      const now = wall.now();
      const tell = now - told >= TELL_MS;
      if (tell) told = now;
      write(() => this.#store.beat(id, owner, { ...state, tell }, now + this.#leaseMs));
    };
    const end = (how: Parameters<PrismaBacktestStore["end"]>[2]): void =>
      write(async () => {
        const was = await this.#store.end(id, owner, how, wall.now());
        ended = true;
        return was;
      });
    const onMessage = (message: WorkerMessage): void => {
      if (message.type === "progress") {
        state.done = message.done;
        state.total = message.total;
        if (wall.now() - told >= TELL_MS) beat();
      } else if (message.type === "part") write(() => this.#store.savePart(id, owner, message.key, message.packed, message.trials, wall.now()));
      else if (message.type === "done") {
        beat();
        end({ summary: message.summary, hash: message.hash });
      } else end({ code: message.code, reason: message.message });
    };
    try {
      const worker = (this.parts.start ?? startWorker)(await this.#jobOf(backtest), onMessage);
      this.#running.set(id, worker);
      const timer = setInterval(beat, Math.min(BEAT_MS, this.#leaseMs / 3));
      beat();
      void worker.ended
        .then(() => clearInterval(timer))
        .then(() => writing)
        .then(async () => {
          this.#running.delete(id);
          // A worker that went without a word (killed): the lease runs out, and the backtest is taken up again.
          this.poke();
        })
        .catch(this.parts.onError);
    } catch (error) {
      if (!(error instanceof DomainError)) this.parts.onError(error);
      const reason = error instanceof Error ? error.message : String(error);
      await this.#store.end(id, owner, { code: error instanceof DomainError ? error.code : "BACKTEST_FAILED", reason }, wall.now());
    }
  }

  /** Bars of venues are fetched here, where the connections are; all others are made or read by the worker. */
  async #jobOf({ id, workspaceId, job }: StoredBacktest): Promise<WorkerJob> {
    const { build, candlesDir, seed } = this.parts;
    const { base, symbols } = planJob(job);
    const feed = await this.parts.feedOf(workspaceId);
    const instruments: Record<SymbolId, Instrument> = {};
    for (const symbol of symbols) instruments[symbol] = await this.parts.instrumentOf(workspaceId, symbol);
    const remote = symbols.filter((s) => (feed.sourceOf?.(s) ?? feed.source).kind === "exchange");
    const fetched = await loadSymbols(feed, { ...base, symbols: remote });
    return { workspaceId, job, build, instruments, candlesDir, seed, fetched, parts: await this.#store.kept(id) };
  }
}
