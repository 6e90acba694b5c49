import type { PackedBlob } from "@/server/adapters/db/pack-blob";
import type { TransactionDraft } from "@/server/ledger";
import type { Execution, PaperAccountState, PaperOrder } from "@/server/trading";

/** A decided or skipped turn as plain data: decimals as text, times in ms. */
export type TurnRow = {
  id: string;
  tickId: string;
  at: number;
  phase: "settled" | "executing" | "skipped";
  reason: string | null;
  settleAt: number | null;
  settledAt: number | null;
  inputsHash: string | null;
  contextHash: string | null;
  promptHash: string | null;
  decisionHash: string | null;
  verdictHash: string | null;
  intentsHash: string | null;
  recordHash: string | null;
  action: string | null;
  symbol: string | null;
  askedQuantity: string | null;
  allowedQuantity: string | null;
  outcome: string | null;
  summary: string | null;
  equityBefore: string | null;
  realisedPnl: string | null;
  markPnl: string | null;
  feesPaid: string | null;
  netPnl: string | null;
  holdPnl: string | null;
};
export type OrderRow = {
  id: string;
  turnId: string | null;
  leg: number;
  attempt: number;
  symbol: string;
  side: string;
  type: string;
  quantity: string;
  limitPrice: string | null;
  reduceOnly: boolean;
  expiresAt: number | null;
  status: string;
  reason: string | null;
  filledQuantity: string;
  filledNotional: string;
  heldCurrency: string;
  heldAmount: string;
  at: number;
};
export type FillRow = {
  id: string;
  key: string;
  orderId: string;
  executionId: string;
  sequence: number;
  symbol: string;
  side: string;
  quantity: string;
  price: string;
  fee: string;
  liquidity: string;
  at: number;
};

/** All rows of one agent's history, as they cross from the worker. */
export type HistoryRows = {
  readonly turns: TurnRow[];
  readonly blobs: PackedBlob[];
  readonly orders: OrderRow[];
  readonly fills: FillRow[];
  readonly transactions: TransactionDraft[];
  readonly equity: { at: number; equity: string; hold: string; cash: string }[];
  readonly positions: { symbol: string; quantity: string; averageEntry: string; realisedPnl: string; feesPaid: string }[];
  readonly benchmark: { cash: string; units: Record<string, string> };
  readonly venue: { readonly state: PaperAccountState; readonly orders: readonly PaperOrder[]; readonly executions: readonly Execution[] };
};
