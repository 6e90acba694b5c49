import { type PackedBlob, packBlob } from "@/server/adapters/db/pack-blob";
import { inputsBlobs } from "@/server/adapters/db/turn-blobs";
import { hashInputs, summaryOf, type TurnRecord } from "@/server/agents";
import { runSimulation, type SimulatedAgent, type SimulationEvent } from "@/server/backtest";
import { allocateDraft, depositDraft, InMemoryLedger } from "@/server/ledger";
import type { MarketFeed } from "@/server/market";
import { type Fixed, hashId, toText } from "@/server/shared";
import { type Execution, type Instrument, isTerminal } from "@/server/trading";
import type { FillRow, HistoryRows, OrderRow, TurnRow } from "./history-rows";

type Input = {
  readonly agent: SimulatedAgent;
  readonly capital: Fixed;
  readonly feed: MarketFeed;
  readonly instrument: (symbol: string) => Instrument;
  readonly from: number;
  readonly to: number;
  readonly build: string;
  readonly onProgress: (done: number, total: number) => void;
};

/** Really runs an agent over the past, with the turn core, venue and ledger of the live product, and gives back the rows it leaves behind. */
export async function collectHistory(input: Input): Promise<HistoryRows> {
  const { agent, feed, from, to, build } = input;
  const ledger = new InMemoryLedger();
  const treasury = hashId("treasury", agent.workspaceId);
  ledger.postNow(agent.workspaceId, depositDraft({ key: "deposit", nodeId: treasury, currency: agent.currency, amount: input.capital, at: from }));
  ledger.postNow(
    agent.workspaceId,
    allocateDraft({ key: "allocate", fromNodeId: treasury, toNodeId: agent.nodeId, currency: agent.currency, amount: input.capital, at: from }),
  );
  const rows = new RowCollector(agent.currency);
  const result = await runSimulation({
    agent,
    feed,
    instrument: input.instrument,
    ledger,
    from,
    to,
    build,
    sink: (event) => rows.take(event),
    onProgress: input.onProgress,
  });
  return {
    turns: [...rows.turns.values()],
    blobs: await rows.packed(),
    orders: [...rows.orders.values()],
    fills: rows.fills,
    transactions: rows.transactions,
    equity: rows.equity,
    positions: result.positions.map((p) => ({
      symbol: p.symbol,
      quantity: toText(p.quantity),
      averageEntry: toText(p.averageEntry),
      realisedPnl: toText(p.realisedPnl),
      feesPaid: toText(p.feesPaid),
    })),
    benchmark: {
      cash: toText(result.benchmark.cash),
      units: Object.fromEntries(Object.entries(result.benchmark.units).map(([s, q]) => [s, toText(q)])),
    },
    venue: { state: result.venue.state, orders: result.venue.orders, executions: rows.executions },
  };
}

class RowCollector {
  readonly turns = new Map<string, TurnRow>();
  readonly orders = new Map<string, OrderRow>();
  readonly fills: FillRow[] = [];
  readonly executions: Execution[] = [];
  readonly transactions: HistoryRows["transactions"] = [];
  readonly equity: HistoryRows["equity"] = [];
  readonly #records: TurnRecord[] = [];
  constructor(private readonly currency: string) {}

  take(event: SimulationEvent): void {
    switch (event.type) {
      case "turn":
        this.#records.push(event.turn.record);
        this.turns.set(event.turn.turnId, decided(event.turn));
        return;
      case "skipped":
        this.turns.set(event.turnId, { ...EMPTY_TURN, id: event.turnId, tickId: event.tickId, at: event.at, phase: "skipped", reason: event.reason });
        return;
      case "order":
        this.orders.set(event.order.id, orderRow(event.order, this.currency));
        return;
      case "fill":
        this.executions.push(event.execution);
        this.fills.push(fillRow(event));
        return;
      case "transaction":
        this.transactions.push(event.draft);
        return;
      case "equity":
        this.equity.push({ at: event.at, equity: toText(event.equity), hold: toText(event.hold), cash: toText(event.cash) });
        return;
      case "settled": {
        const turn = this.turns.get(event.turnId);
        if (!turn) return;
        const { realisedPnl, markPnl, feesPaid, netPnl, holdPnl } = event.outcome;
        this.turns.set(event.turnId, {
          ...turn,
          phase: "settled",
          settledAt: event.at,
          realisedPnl: toText(realisedPnl),
          markPnl: toText(markPnl),
          feesPaid: toText(feesPaid),
          netPnl: netPnl === null ? null : toText(netPnl),
          holdPnl: toText(holdPnl),
        });
      }
    }
  }

  async packed(): Promise<PackedBlob[]> {
    const blobs = new Map<string, PackedBlob>();
    for (const record of this.#records) {
      for (const value of [...inputsBlobs(record.inputs), ...record.stages.map((s) => s.value)]) {
        const blob = await packBlob(value);
        blobs.set(blob.hash, blob);
      }
    }
    return [...blobs.values()];
  }
}

const EMPTY_TURN: Omit<TurnRow, "id" | "tickId" | "at" | "phase" | "reason"> = {
  settleAt: null,
  settledAt: null,
  inputsHash: null,
  contextHash: null,
  promptHash: null,
  decisionHash: null,
  verdictHash: null,
  intentsHash: null,
  recordHash: null,
  action: null,
  symbol: null,
  askedQuantity: null,
  allowedQuantity: null,
  outcome: null,
  summary: null,
  equityBefore: null,
  realisedPnl: null,
  markPnl: null,
  feesPaid: null,
  netPnl: null,
  holdPnl: null,
};

function decided(turn: Extract<SimulationEvent, { type: "turn" }>["turn"]): TurnRow {
  const { record } = turn;
  const hash = (stage: string) => record.stages.find((s) => s.stage === stage)?.hash ?? null;
  return {
    ...EMPTY_TURN,
    id: turn.turnId,
    tickId: turn.tickId,
    at: turn.at,
    phase: "executing",
    reason: record.fallbackReason,
    settleAt: turn.settleAt,
    inputsHash: hashInputs(record.inputs),
    contextHash: hash("context"),
    promptHash: hash("prompt"),
    decisionHash: hash("decision"),
    verdictHash: hash("verdict"),
    intentsHash: hash("intents"),
    recordHash: record.recordHash,
    action: record.decision.action,
    symbol: record.decision.symbol,
    askedQuantity: record.verdict.askedQuantity,
    allowedQuantity: record.verdict.allowedQuantity,
    outcome: record.verdict.outcome,
    summary: summaryOf(record.decision, record.verdict),
    equityBefore: toText(turn.equityBefore),
  };
}

const orderRow = (o: Extract<SimulationEvent, { type: "order" }>["order"], currency: string): OrderRow => ({
  id: o.id,
  turnId: o.turnId,
  leg: o.leg,
  attempt: o.attempt,
  symbol: o.symbol,
  side: o.side,
  type: o.type,
  quantity: toText(o.quantity),
  limitPrice: o.limitPrice === null ? null : toText(o.limitPrice),
  reduceOnly: o.reduceOnly,
  expiresAt: o.expiresAt,
  status: o.status,
  reason: o.reason,
  filledQuantity: toText(o.filledQuantity),
  filledNotional: toText(o.filledNotional),
  heldCurrency: currency,
  heldAmount: isTerminal(o.status) ? "0" : toText(o.held),
  at: o.createdAt,
});

const fillRow = ({ fillId, orderId, execution: e }: Extract<SimulationEvent, { type: "fill" }>): FillRow => ({
  id: fillId,
  key: `fill:${fillId}`,
  orderId,
  executionId: e.executionId,
  sequence: e.sequence,
  symbol: e.symbol,
  side: e.side,
  quantity: toText(e.quantity),
  price: toText(e.price),
  fee: toText(e.fee),
  liquidity: e.liquidity,
  at: e.at,
});
