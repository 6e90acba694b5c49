import { existsSync } from "node:fs";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { assembleAssessment, assessmentParts, type PortfolioAssessment, type PortfolioQuestion } from "@/server/risk";
import { DomainError } from "@/server/shared";

/** Answers a question about a portfolio without holding up the event loop. */
export type ComputeRisk = (question: PortfolioQuestion) => Promise<PortfolioAssessment>;

const LONGEST_MS = 30_000;
/** Threads at a time; more questions wait. */
const THREADS = 2;

/** In a worker thread where the build has made one; else part by part, with the event loop in between. */
export function computeRisk(file = path.join(/*turbopackIgnore: true*/ process.cwd(), "dist", "risk-worker.mjs")): ComputeRisk {
  return existsSync(file) ? inThreads(file) : inParts;
}

/** One part of the answer after the other; nothing else waits longer than for one of them. */
export async function inParts(question: PortfolioQuestion): Promise<PortfolioAssessment> {
  const computed: (readonly [string, unknown])[] = [];
  for (const [name, compute] of assessmentParts(question)) {
    await setImmediate();
    computed.push([name, compute()]);
  }
  return assembleAssessment(computed);
}

function inThreads(file: string): ComputeRisk {
  let free = THREADS;
  const waiting: (() => void)[] = [];
  return async (question) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((next) => waiting.push(next));
    try {
      return await inThread(file, question);
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}

function inThread(file: string, question: PortfolioQuestion): Promise<PortfolioAssessment> {
  return new Promise((done, failed) => {
    const worker = new Worker(/*turbopackIgnore: true*/ file, { workerData: question });
    const fail = (why: string) =>
      failed(new DomainError("RISK_UNAVAILABLE", `The risk figures could not be computed: ${why}.`, { kind: "unavailable" }));
    const late = setTimeout(() => {
      fail("it took too long");
      void worker.terminate();
    }, LONGEST_MS);
    worker.once("message", done);
    worker.once("error", (error) => fail(error.message));
    worker.once("exit", () => {
      clearTimeout(late);
      // After an answer this changes nothing.
      fail("the worker ended");
    });
  });
}
