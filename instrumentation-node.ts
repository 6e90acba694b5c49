import type { Instrumentation } from "next";
import { endStalledStreams } from "./server/adapters/events/end-stalled-streams";
import { once } from "./server/adapters/process/once";
import { container } from "./server/container";
import { startDemo } from "./server/demo/start-demo";
import { requestErrorLine } from "./server/observability/request-error-line";

const FORCE_EXIT_MS = 8000;
/** Four heartbeats that nobody took. */
const STALLED_MS = 60_000;
/** 128 + the signal's number, as shells have it. */
const STATUS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** Starts the product in this process: database, durable work, the demo; and sees to it that it ends in order. */
export async function start(): Promise<void> {
  try {
    await once("start", boot);
  } catch (error) {
    // A server that cannot work must not answer: Next would stay up and serve errors.
    console.error(`\nMemePulse cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}

/** A log line with both ids that an error page may show: the request's and the framework's digest. */
export async function logRequestError(...[error, request, context]: Parameters<Instrumentation.onRequestError>): Promise<void> {
  const { log } = await container();
  log.error(requestErrorLine(error, request, context), "page failed");
}

async function boot(): Promise<void> {
  const c = await container();
  endStalledStreams("/api/events", STALLED_MS);
  if (c.engine) await c.engine.start(c.inngestHandler);
  c.backtests.start();
  if (c.env.demo) void startDemo(c).catch((err: unknown) => c.log.error({ err }, "demo"));
  await c.queue.wakeScheduler().catch((err: unknown) => c.log.error({ err }, "the scheduler could not be woken"));
  takeOverSignals(async () => c.close());
  c.log.info({ origin: c.env.origin, mode: c.env.MEMEPULSE_MODE }, "ready");
}

/** Next's own handlers exit before ours would have finished. */
function takeOverSignals(close: () => Promise<void>): void {
  let stopping = false;
  const stop = async (signal: "SIGINT" | "SIGTERM" | "SIGHUP") => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), FORCE_EXIT_MS).unref();
    await close().catch((error: unknown) => console.error(error));
    process.exit(STATUS[signal]);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.removeAllListeners(signal);
    process.on(signal, () => void stop(signal));
  }
  // The script that started this server has died: nobody else would end it.
  if (process.connected) process.once("disconnect", () => void stop("SIGHUP"));
}
