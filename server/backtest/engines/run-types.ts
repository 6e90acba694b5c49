import type { SymbolId } from "@/server/market";
import type { Fixed } from "@/server/shared";
import type { Execution, Instrument, PaperRules } from "@/server/trading";
import type { BacktestMarket } from "../backtest-market";
import type { SimulatedAgent } from "../simulation-types";

/** Which engine ran: they differ in speed and in what they leave behind, never in the trades. */
export const ENGINES = ["audited", "event", "array"] as const;
export type EngineName = (typeof ENGINES)[number];

/** One fill of a run: what, when, at what price and fee; and when its order was made. */
export type RunFill = Pick<Execution, "symbol" | "side" | "quantity" | "price" | "fee" | "liquidity" | "at"> & {
  readonly orderedAt: number;
};

export type RunOptions = {
  readonly agent: SimulatedAgent;
  /** Quote currency the agent begins with. */
  readonly capital: Fixed;
  readonly market: BacktestMarket;
  readonly instrument: (symbol: SymbolId) => Instrument;
  readonly rules: PaperRules;
  /** Ticks at every multiple of the trigger interval in [from, to), ms. */
  readonly from: number;
  readonly to: number;
  readonly build: string;
  /** Called now and then with the number of ticks done. Throwing from it ends the run. */
  readonly onProgress?: (done: number, total: number) => void;
};

/** What one agent did. Identical in every engine but for `audit`. */
export type AgentRun = {
  readonly fills: readonly RunFill[];
  readonly ticks: number;
  readonly skipped: number;
  /** Orders sent, and decisions that risk reduced or denied. */
  readonly orders: number;
  readonly reduced: number;
  readonly denied: number;
  /** How things stand at the end, exactly (quote currency and base units). */
  readonly cash: Fixed;
  readonly held: Fixed;
  readonly equity: Fixed;
  readonly quantities: Readonly<Record<SymbolId, Fixed>>;
  /** Audited engine only: the journal's SHA-256. */
  readonly audit: string | null;
};
