import fs from "node:fs";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { DomainError } from "@/server/shared";
import type { WorkerJob, WorkerMessage } from "./worker-messages";

/** A worker at its job. `ended` resolves when it has gone, however it went. */
export type RunningWorker = { readonly ended: Promise<void>; stop(): Promise<void> };

/** A worker that needs more fails alone, by name, instead of taking the server with it. */
const HEAP_MB = 2_048;

/** Where `npm run build` puts the worker. */
export const workerFile = (): string => path.join(/*turbopackIgnore: true*/ process.cwd(), "dist", "backtest-worker.mjs");

/** Starts a worker thread. Throws BACKTEST_WORKER_MISSING when it has not been built. */
export function startWorker(job: WorkerJob, onMessage: (message: WorkerMessage) => void, file = workerFile()): RunningWorker {
  if (!fs.existsSync(/*turbopackIgnore: true*/ file)) {
    throw new DomainError("BACKTEST_WORKER_MISSING", "the program that computes backtests is missing: run `npm run build` once", {
      kind: "unavailable",
    });
  }
  const worker = new Worker(/*turbopackIgnore: true*/ file, { workerData: job, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: HEAP_MB } });
  worker.on("message", onMessage);
  const ended = new Promise<void>((done) => {
    worker.on("error", (error) => {
      const memory = (error as NodeJS.ErrnoException).code === "ERR_WORKER_OUT_OF_MEMORY";
      onMessage({
        type: "failed",
        code: memory ? "BACKTEST_TOO_LARGE" : "BACKTEST_FAILED",
        message: memory
          ? "the backtest needs more memory than there is: take fewer symbols or a shorter time"
          : `the backtest broke: ${error.message}`,
        field: null,
      });
    });
    worker.on("exit", () => done());
  });
  return { ended, stop: async () => void (await worker.terminate()) };
}
