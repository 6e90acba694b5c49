import { existsSync } from "node:fs";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { type ComputeOdds, type GoalOdds, goalOdds } from "@/server/goals";
import { DomainError } from "@/server/shared";

const LONGEST_MS = 30_000;

/** In one worker thread where the build has made it, started when first asked; else here, with the event loop in between. */
export function computeOdds(file = path.join(/*turbopackIgnore: true*/ process.cwd(), "dist", "odds-worker.mjs")): ComputeOdds {
  if (!existsSync(file))
    return async (question) => {
      await setImmediate();
      return goalOdds(question);
    };
  const thread = new OddsThread(file);
  return (question) => thread.ask(question);
}

type Waiting = { readonly done: (odds: GoalOdds) => void; readonly fail: (why: string) => void };

/** A thread that ends with the process, and is started again after it died. */
class OddsThread {
  #worker: Worker | null = null;
  #next = 0;
  readonly #waiting = new Map<number, Waiting>();
  constructor(private readonly file: string) {}

  ask(question: Parameters<ComputeOdds>[0]): Promise<GoalOdds> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#waiting.get(id)?.fail("it took too long");
        void this.#worker?.terminate();
      }, LONGEST_MS);
      const end = (): void => {
        clearTimeout(late);
        this.#waiting.delete(id);
        if (this.#waiting.size === 0) this.#worker?.unref();
      };
      this.#waiting.set(id, {
        done: (odds) => {
          end();
          resolve(odds);
        },
        fail: (why) => {
          end();
          reject(new DomainError("ODDS_UNAVAILABLE", `The odds could not be computed: ${why}.`, { kind: "unavailable" }));
        },
      });
      const worker = this.#started();
      worker.ref();
      worker.postMessage({ id, question });
    });
  }

  #started(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(/*turbopackIgnore: true*/ this.file);
    this.#worker = worker;
    worker.on("message", ({ id, odds, failed }: { id: number; odds?: GoalOdds; failed?: string }) => {
      const waiting = this.#waiting.get(id);
      if (odds) waiting?.done(odds);
      else waiting?.fail(failed ?? "no answer");
    });
    const over = (why: string): void => {
      if (this.#worker === worker) this.#worker = null;
      for (const waiting of [...this.#waiting.values()]) waiting.fail(why);
    };
    worker.once("error", (error) => over(error.message));
    worker.once("exit", () => over("the worker ended"));
    return worker;
  }
}
