import { parentPort, workerData } from "node:worker_threads";
import { doWorkerJob } from "./do-worker-job";
import type { WorkerJob, WorkerMessage } from "./worker-messages";

// Beside the server's event loop: a backtest computes for seconds to hours.
void doWorkerJob(workerData as WorkerJob, (message: WorkerMessage) => parentPort?.postMessage(message));
