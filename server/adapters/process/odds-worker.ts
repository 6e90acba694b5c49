import { parentPort } from "node:worker_threads";
import { goalOdds, type OddsQuestion } from "@/server/goals";

// One answer a question, for as long as the thread is wanted.
parentPort?.on("message", ({ id, question }: { id: number; question: OddsQuestion }) => {
  try {
    parentPort?.postMessage({ id, odds: goalOdds(question) });
  } catch (error) {
    parentPort?.postMessage({ id, failed: error instanceof Error ? error.message : String(error) });
  }
});
