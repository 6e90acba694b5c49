import type { PackedBlob } from "@/server/adapters/db/pack-blob";
import type { JobSpec, JobSummary, TrialDraft } from "@/server/backtest";
import type { SymbolId } from "@/server/market";
import type { Instrument } from "@/server/trading";
import type { LoadedSymbol } from "./load-market";

/** What a backtest worker is told. bigint fields survive the crossing. */
export type WorkerJob = {
  readonly workspaceId: string;
  readonly job: JobSpec;
  readonly build: string;
  /** Venue rules of every symbol; the backtest's own fees take the place of the venue's. */
  readonly instruments: Readonly<Record<SymbolId, Instrument>>;
  /** The installation's own market: a folder of candle files, else the simulated market of this seed. */
  readonly candlesDir: string | null;
  readonly seed: number;
  /** Bars of symbols that come from a venue: they were fetched where the connections are. */
  readonly fetched: readonly LoadedSymbol[];
  readonly parts: readonly { readonly key: string; readonly hash: string; readonly bytes: Uint8Array }[];
};

export type WorkerMessage =
  | { readonly type: "progress"; readonly done: number; readonly total: number }
  | { readonly type: "part"; readonly key: string; readonly packed: PackedBlob; readonly trials: readonly TrialDraft[] }
  | { readonly type: "done"; readonly summary: JobSummary; readonly hash: string }
  | { readonly type: "failed"; readonly code: string; readonly message: string; readonly field: string | null };
