import { parentPort, workerData } from "node:worker_threads";
import { CandleFilesFeed } from "@/server/adapters/market/candle-files-feed";
import { SimulatedMarketFeed } from "@/server/adapters/market/simulated-market-feed";
import type { SimulatedAgent } from "@/server/backtest";
import type { Fixed } from "@/server/shared";
import { DEFAULT_FEES, instrumentFor } from "@/server/trading";
import { collectHistory } from "./collect-history";

/** What the history worker is told. bigint fields survive the crossing. */
export type HistoryJob = {
  readonly agent: SimulatedAgent;
  readonly capital: Fixed;
  readonly candlesDir: string | null;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  readonly build: string;
};

/** Runs one agent's history beside the server's event loop. */
async function main(): Promise<void> {
  const job = workerData as HistoryJob;
  const files = job.candlesDir === null ? null : await CandleFilesFeed.open(job.candlesDir, { symbols: job.agent.config.symbols });
  const feed = files ?? new SimulatedMarketFeed(job.seed);
  const rows = await collectHistory({
    ...job,
    feed,
    instrument: (symbol) => instrumentFor(symbol, files?.seenPrices(symbol) ?? null, DEFAULT_FEES),
    onProgress: (done, total) => {
      if (done % 48 === 0) parentPort?.postMessage({ type: "progress", done, total });
    },
  });
  parentPort?.postMessage({ type: "done", rows });
}

void main();
