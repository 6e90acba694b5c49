import { parentPort, workerData } from "node:worker_threads";
import { assessPortfolio, type PortfolioQuestion } from "@/server/risk";

// One question a thread: its answer, then the end.
parentPort?.postMessage(assessPortfolio(workerData as PortfolioQuestion));
