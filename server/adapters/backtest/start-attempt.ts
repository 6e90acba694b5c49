import type { StoredBacktest } from "@/server/adapters/db/backtest-row";
import type { PrismaBacktestQueue } from "@/server/adapters/db/prisma-backtest-queue";
import { planJob } from "@/server/backtest";
import type { SymbolId } from "@/server/market";
import { DomainError } from "@/server/shared";
import type { Instrument } from "@/server/trading";
import type { RunnerParts } from "./backtest-runner";
import { loadSymbols } from "./load-market";
import { type RunningWorker, startWorker } from "./start-worker";
import type { WorkerJob, WorkerMessage } from "./worker-messages";

const BEAT_MS = 5_000;
/** How often a running backtest tells the pages how far it is. */
const TELL_MS = 1_000;

/**
 * One start of a backtest that this process has claimed: fetches the bars of venues, has a worker compute, and stores what that tells. Its
 * lease is kept alive from the first moment to the last. `ended` never rejects.
 */
export function startAttempt(parts: RunnerParts, queue: PrismaBacktestQueue, backtest: StoredBacktest, leaseMs: number): RunningWorker {
  const { owner, wall } = parts;
  const { id } = backtest;
  const state = { done: backtest.done, total: backtest.total };
  const stopped = new AbortController();
  let worker: RunningWorker | null = null;
  let told = Number.NEGATIVE_INFINITY;
  let ended = false;
  // One write at a time, in the order of the messages.
  let writing: Promise<unknown> = Promise.resolve();

  const stop = async (): Promise<void> => {
    stopped.abort();
    await worker?.stop();
  };
  const write = (work: () => Promise<boolean>): void => {
    writing = writing.then(async () => {
      if (ended) return;
      // What could not be written must not be missing from the rest: it is given up, and taken up again from its parts.
      const written = await work().catch((error: unknown) => {
        parts.onError(error);
        return false;
      });
      if (written) return;
      ended = true;
      await stop();
    });
  };
  const beat = (): void => {
    const now = wall.now();
    const tell = now - told >= TELL_MS;
    if (tell) told = now;
    write(() => queue.beat(id, owner, { ...state, tell }, leaseMs));
  };
  const end = (how: Parameters<PrismaBacktestQueue["end"]>[2]): void =>
    write(async () => {
      const was = await queue.end(id, owner, how, wall.now());
      ended = true;
      return was;
    });
  const onMessage = (message: WorkerMessage): void => {
    if (message.type === "progress") {
      state.done = message.done;
      state.total = message.total;
      if (wall.now() - told >= TELL_MS) beat();
    } else if (message.type === "part") write(() => queue.savePart(id, owner, message.key, message.packed, message.trials, wall.now()));
    else if (message.type === "done") {
      beat();
      end({ summary: message.summary, hash: message.hash });
    } else end({ code: message.code, reason: message.message });
  };

  const work = async (): Promise<void> => {
    const timer = setInterval(beat, Math.min(BEAT_MS, leaseMs / 3));
    try {
      const job = await jobOf(parts, queue, backtest, stopped.signal);
      if (stopped.signal.aborted) return;
      worker = (parts.start ?? startWorker)(job, onMessage);
      beat();
      await worker.ended;
    } catch (error) {
      if (stopped.signal.aborted) return;
      if (!(error instanceof DomainError)) parts.onError(error);
      const reason = error instanceof Error ? error.message : String(error);
      end({ code: error instanceof DomainError ? error.code : "BACKTEST_FAILED", reason });
    } finally {
      clearInterval(timer);
      await writing;
    }
  };
  return { ended: work().catch(parts.onError), stop };
}

/** Bars of venues are fetched here, where the connections are; all others are made or read by the worker. */
async function jobOf(
  parts: RunnerParts,
  queue: PrismaBacktestQueue,
  { id, workspaceId, job }: StoredBacktest,
  signal: AbortSignal,
): Promise<WorkerJob> {
  const { build, candlesDir, seed } = parts;
  const { base, symbols } = planJob(job);
  const feed = await parts.feedOf(workspaceId);
  const instruments: Record<SymbolId, Instrument> = {};
  for (const symbol of symbols) instruments[symbol] = await parts.instrumentOf(workspaceId, symbol);
  const remote = symbols.filter((s) => (feed.sourceOf?.(s) ?? feed.source).kind === "exchange");
  const fetched = await loadSymbols(feed, { ...base, symbols: remote }, signal);
  return { workspaceId, job, build, instruments, candlesDir, seed, fetched, parts: await queue.kept(id) };
}
