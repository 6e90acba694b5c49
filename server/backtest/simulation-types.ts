import type { AgentConfig, Benchmark, TurnOutcome, TurnRecord } from "@/server/agents";
import type { InMemoryLedger, TransactionDraft } from "@/server/ledger";
import type { MarketFeed, SymbolId } from "@/server/market";
import type { Fixed } from "@/server/shared";
import type { Execution, Instrument, Order, PaperAccountState, PaperOrder, PaperRules, Position } from "@/server/trading";
import type { LimitsAbove } from "./limits-above";

/** Who is simulated. Its capital must be in the ledger as the node's cash when the run begins. */
export type SimulatedAgent = {
  readonly id: string;
  readonly workspaceId: string;
  readonly nodeId: string;
  readonly config: AgentConfig;
  readonly configVersion: number;
  readonly currency: string;
  /** Limits of the workspace and of the farms it stands under; absent = none. */
  readonly above?: LimitsAbove;
};

/** An order with what the product stores beside it. `held` = quote currency still on hold for it. */
export type SimulatedOrder = Order & { readonly leg: number; readonly attempt: number; readonly held: Fixed };

export type SimulatedTurn = {
  readonly turnId: string;
  readonly tickId: string;
  /** Market time (ms). */
  readonly at: number;
  readonly settleAt: number;
  readonly record: TurnRecord;
  readonly equityBefore: Fixed;
};

/** What a simulation yields, in the order it happened; the bulk import and the backtest report are both made of it. */
export type SimulationEvent =
  | { readonly type: "turn"; readonly turn: SimulatedTurn }
  /** A tick that could not be decided: no bars yet, or prices too old. */
  | {
      readonly type: "skipped";
      readonly turnId: string;
      readonly tickId: string;
      readonly at: number;
      readonly code: string;
      readonly reason: string;
    }
  | { readonly type: "order"; readonly order: SimulatedOrder }
  | {
      readonly type: "fill";
      readonly fillId: string;
      readonly transactionId: string;
      readonly orderId: string;
      readonly turnId: string | null;
      readonly execution: Execution;
    }
  | { readonly type: "transaction"; readonly transactionId: string; readonly draft: TransactionDraft }
  | { readonly type: "equity"; readonly at: number; readonly equity: Fixed; readonly hold: Fixed; readonly cash: Fixed }
  | { readonly type: "settled"; readonly turnId: string; readonly at: number; readonly outcome: TurnOutcome };

export type SimulationOptions = {
  readonly agent: SimulatedAgent;
  readonly feed: MarketFeed;
  readonly instrument: (symbol: SymbolId) => Instrument;
  readonly ledger: InMemoryLedger;
  /** Ticks at every multiple of the trigger interval in [from, to); the account is valued once more at `to` (ms). */
  readonly from: number;
  readonly to: number;
  /** Named in every record. */
  readonly build: string;
  readonly venueId?: string;
  readonly rules?: PaperRules;
  readonly sink: (event: SimulationEvent) => void;
  /** Called after each tick. */
  readonly onProgress?: (done: number, total: number) => void;
};

/** How things stand at the end: what a live agent continues from. */
export type SimulationResult = {
  readonly ticks: number;
  readonly at: number;
  readonly cash: Fixed;
  readonly held: Fixed;
  readonly equity: Fixed;
  readonly hold: Fixed;
  readonly benchmark: Benchmark;
  readonly positions: readonly Position[];
  /** Last known price per symbol. */
  readonly prices: Readonly<Record<SymbolId, Fixed>>;
  readonly openOrders: readonly SimulatedOrder[];
  /** The paper venue's books. */
  readonly venue: { readonly state: PaperAccountState; readonly orders: readonly PaperOrder[] };
  /** Turns whose outcome is not known yet. */
  readonly unsettled: readonly { readonly turnId: string; readonly settleAt: number }[];
  /** Equity at the start of the last UTC day. */
  readonly dayStartEquity: Fixed;
};
