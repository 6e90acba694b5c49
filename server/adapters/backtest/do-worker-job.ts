import { packBlob, unpackBlob } from "@/server/adapters/db/pack-blob";
import { CandleFilesFeed } from "@/server/adapters/market/candle-files-feed";
import { SimulatedMarketFeed } from "@/server/adapters/market/simulated-market-feed";
import { type JobResult, planJob, runJob, type SweepOverfitting, type SweepResult, type TrialDraft } from "@/server/backtest";
import { excessFigure, overfittingOfBlocks } from "@/server/evidence";
import type { MarketFeed, SymbolId } from "@/server/market";
import { DomainError, type Json } from "@/server/shared";
import type { Instrument } from "@/server/trading";
import { loadSymbols, marketOf } from "./load-market";
import type { WorkerJob, WorkerMessage } from "./worker-messages";

/** Trades that a page lists; all are in the export. */
const SHOWN_TRADES = 500;
/** Progress is told when a hundredth more is done. */
const STEPS = 100;

/** All that happens in a worker: loads the bars, runs the job, packs and tells. Never throws: a failure is its last message. */
export async function doWorkerJob(job: WorkerJob, tell: (message: WorkerMessage) => void): Promise<void> {
  try {
    const { base, symbols } = planJob(job.job);
    const fetched = new Map(job.fetched.map((f) => [f.symbol, f]));
    const own = symbols.filter((s) => !fetched.has(s));
    const loaded = own.length === 0 ? [] : await loadSymbols(await openFeed(job, own), { ...base, symbols: own });
    const market = marketOf(symbols.flatMap((s) => fetched.get(s) ?? loaded.find((l) => l.symbol === s) ?? []));
    const parts = await Promise.all(job.parts.map(async (p) => ({ key: p.key, value: await unpackBlob(p.hash, p.bytes) })));
    let told = -1;
    // Parts are told in their order, each when it is packed.
    let packing = Promise.resolve();
    const part = (key: string, value: Json, trials: readonly TrialDraft[]): void => {
      packing = packing.then(async () => tell({ type: "part", key, packed: await packBlob(value), trials }));
    };
    const { result, summary } = await runJob({
      workspaceId: job.workspaceId,
      job: job.job,
      market,
      build: job.build,
      excessOf: (record) => excessFigure(record, record.periodsPerYear),
      parts,
      instrument: (symbol, plan) => ({ ...instrumentIn(job, symbol), ...plan.fees }),
      onPart: ({ key, value, trials }) => part(key, value, trials),
      onProgress: (done, total) => {
        const step = total === 0 ? STEPS : Math.floor((STEPS * done) / total);
        if (step > told) tell({ type: "progress", done, total });
        told = Math.max(told, step);
      },
    });
    part("view", viewOf(result) as unknown as Json, []);
    if (result.kind === "sweep") part("overfitting", overfittingOf(result.result), []);
    await packing;
    tell({ type: "done", summary, hash: result.result.hash });
  } catch (error) {
    if (error instanceof DomainError) {
      tell({ type: "failed", code: error.code, message: error.message, field: error.details.field ?? null });
      return;
    }
    tell({
      type: "failed",
      code: "BACKTEST_FAILED",
      message: `the backtest broke: ${error instanceof Error ? error.message : String(error)}`,
      field: null,
    });
  }
}

/** How likely the best setting is the best by chance, or why that cannot be said. */
function overfittingOf({ points }: SweepResult): SweepOverfitting {
  const blocks = points.flatMap((p) => (p.blocks === null ? [] : [p.blocks]));
  try {
    const { probability, lossProbability, splits } = overfittingOfBlocks(blocks);
    return { probability, lossProbability, splits, settings: blocks.length, refusal: null };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { probability: null, lossProbability: null, splits: 0, settings: blocks.length, refusal: error.message };
  }
}

/** What a page shows: without the fills and the series that only an export needs, and of many trades the newest. */
function viewOf(result: JobResult): JobResult {
  if (result.kind === "sweep") return result;
  const evidence = { ...result.result.evidence, at: [], returns: [], holdReturns: [], exposure: [] };
  if (result.kind === "walk-forward") return { kind: result.kind, result: { ...result.result, evidence } };
  return { kind: "single", result: { ...result.result, evidence, fills: [], trades: result.result.trades.slice(-SHOWN_TRADES) } };
}

async function openFeed(job: WorkerJob, symbols: readonly SymbolId[]): Promise<MarketFeed> {
  return job.candlesDir === null ? new SimulatedMarketFeed(job.seed) : CandleFilesFeed.open(job.candlesDir, { symbols });
}

function instrumentIn(job: WorkerJob, symbol: SymbolId): Instrument {
  const instrument = job.instruments[symbol];
  if (!instrument) throw new DomainError("UNKNOWN_SYMBOL", `there are no venue rules for ${symbol}`, { field: "symbols" });
  return instrument;
}
