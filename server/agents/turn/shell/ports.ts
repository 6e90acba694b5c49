import type { TransactionDraft } from "@/server/ledger";
import type { Limits, TradingState, Verdict } from "@/server/risk";
import type { Fixed } from "@/server/shared";
import type { Execution, Order, OrderStatus, Position } from "@/server/trading";
import type { TickGap } from "../../missed-ticks";
import type { TurnRequest } from "../../service-types";
import type { Agent } from "../../types";
import type { PortAnswers } from "../assemble-inputs";
import type { RecordedReply, StageRecord, TurnInputs, TurnRecord } from "../core-types";
import type { BookGoals } from "../goal-budget";
import type { BookFigures } from "../risk-figures";
import type { Decision, TurnPhase } from "../types";

/** The right to write one turn: lost as soon as somebody holds a higher fence. */
export type TurnLease = { readonly workspaceId: string; readonly agentId: string; readonly turnId: string; readonly fence: number };

export type ClaimResult =
  | { readonly kind: "claimed"; readonly lease: TurnLease; readonly phase: TurnPhase; readonly agent: Agent; readonly settleAt: number | null }
  /** Nothing to do: it is further than a claim can take it. */
  | { readonly kind: "done"; readonly phase: TurnPhase; readonly settleAt: number | null }
  /** Somebody is at it, or at another turn of the same agent. */
  | { readonly kind: "busy" }
  /** The agent does not want this turn (not running, archived). */
  | { readonly kind: "unwanted"; readonly reason: string };

/** What the books say at the start of a turn: everything of {@link PortAnswers} that is not the market's. */
export type BookAnswers = Pick<PortAnswers, "cash" | "held" | "positions" | "openOrders"> & {
  readonly workspace: { readonly limits: Limits; readonly tradingState: TradingState; readonly dailyModelCap: Fixed };
  /** Latest equity point before 00:00 UTC, or null; and money moved in less out since. */
  readonly dayOpen: Fixed | null;
  readonly flowsToday: Fixed;
  readonly flowsTotal: Fixed;
  readonly ordersLastHour: number;
  readonly workspaceDayPnl: Fixed;
  readonly workspaceOrdersLastHour: number;
  /** Base units held by the whole workspace, and wanted by open buys of its other agents, by symbol. */
  readonly workspaceQuantities: Readonly<Record<string, Fixed>>;
  readonly benchmark: Benchmark | null;
  /** What only some limits and protections compare with. */
  readonly figures: BookFigures;
  /** Goals that act on the agent: its own and those of the nodes above it; null when there is none. */
  readonly goals?: BookGoals | null;
};

/** Buy-and-hold on the agent's money. */
export type Benchmark = { readonly cash: Fixed; readonly units: Readonly<Record<string, Fixed>> };

export type OrderRow = Order & { readonly heldAmount: Fixed; readonly heldCurrency: string | null; readonly sentAt: number | null };

export type TurnOutcome = {
  readonly realisedPnl: Fixed;
  readonly markPnl: Fixed;
  readonly feesPaid: Fixed;
  readonly netPnl: Fixed | null;
  readonly holdPnl: Fixed;
};

export type Timing = { readonly phase: string; readonly startMs: number; readonly durationMs: number };

/** `leaseMs` from now by the clock of whoever keeps the leases, which all processes share; `late` = whether the tick's time has passed for this agent, so that it may be resumed but not begun. */
export type ClaimOptions = {
  readonly owner: string;
  readonly leaseMs: number;
  readonly build: string;
  readonly late: (agent: Agent) => boolean;
  /** Ticks that are passed over by this one: they are shown as missed. */
  readonly passedOver: (agent: Agent) => TickGap | null;
};

/** Rows of turns. Every write names the lease and does nothing when it is lost (throws LEASE_LOST). */
export interface TurnStore {
  /** Schedule ticks move the agent's lastTickAt. */
  claim(request: TurnRequest, options: ClaimOptions): Promise<ClaimResult>;
  /** `until` = market time (ms) up to which the agents' equity counts, the tick when not given. */
  books(agent: Agent, at: number, until?: number): Promise<BookAnswers>;
  /** Frozen inputs and context, before a model is asked. */
  saveContext(lease: TurnLease, inputs: TurnInputs, stages: readonly StageRecord[]): Promise<void>;
  /** A model's answer, before it is read. `cost` in USD is added to the turn's. */
  saveReplies(lease: TurnLease, replies: readonly RecordedReply[], prompts: StageRecord | null, cost: Fixed): Promise<void>;
  /** True when a model call under this key was ever paid for. */
  modelCallMade(workspaceId: string, key: string): Promise<boolean>;
  /** Decision, verdict, order rows and their holds, in one transaction; without orders the turn is then executing, and its lease over. Returns the orders. Throws LEASE_LOST, INSUFFICIENT_FUNDS, LIMITS_CHANGED. */
  commitIntents(lease: TurnLease, commit: IntentCommit): Promise<readonly OrderRow[]>;
  /** Inputs and replies as stored, windows joined again; null where they are gone. */
  loadStored(turnId: string): Promise<{ readonly inputs: TurnInputs | null; readonly replies: readonly RecordedReply[] }>;
  /** Of the turns' recorded inputs what their outcomes are measured against, by turn; without those whose record is gone. */
  settlementBases(turnIds: readonly string[]): Promise<ReadonlyMap<string, SettlementBasis>>;
  setPhase(lease: TurnLease, phase: TurnPhase, reason: string | null, timings: readonly Timing[]): Promise<void>;
  /** Ends the turns and every lease on them; returns how many. Those that were not executing are passed over. */
  settle(outcomes: readonly { readonly turnId: string; readonly outcome: TurnOutcome }[], wallNow: number): Promise<number>;
  find(workspaceId: string, turnId: string): Promise<StoredTurn | null>;
  agentOf(workspaceId: string, agentId: string): Promise<Agent | null>;
  /** Turns past their settlement time, any workspace, the longest first; `after` = the last one of the page before. */
  dueToSettle(input: { readonly marketNow: number; readonly limit: number; readonly after: DueTurn | null }): Promise<readonly DueTurn[]>;
  /** Turns whose lease lapsed, by the same clock; any workspace. */
  abandoned(input: { readonly limit: number }): Promise<readonly TurnRequest[]>;
}

export type DueTurn = {
  readonly workspaceId: string;
  readonly agentId: string;
  readonly turnId: string;
  readonly settleAt: number;
  readonly hasOrders: boolean;
};

/** The account before the turn, and the prices that it was decided on. */
export type SettlementBasis = Pick<TurnInputs, "account" | "prices">;

export type StoredTurn = {
  readonly id: string;
  readonly agentId: string;
  readonly phase: TurnPhase;
  readonly at: number;
  readonly settleAt: number | null;
  readonly symbol: string | null;
  readonly orders: readonly OrderRow[];
  readonly fills: readonly (Pick<Execution, "symbol" | "side" | "quantity" | "price" | "fee"> & { readonly orderId: string })[];
};

export type CommitRecheck = {
  readonly agent: Agent;
  /** Market time (ms) up to which the other agents' equity counts. */
  readonly until: number;
  /** Whether the limits it was judged by ask for a second look; without it one is taken only when `isAskedBy` the limits of the commit. */
  readonly asked: boolean;
  /** `above` = limits of the farm, if there is one, and the workspace, as they are now. */
  readonly isAskedBy: (above: readonly Limits[]) => boolean;
  readonly allows: (books: BookAnswers) => boolean;
};

export type IntentCommit = {
  readonly record: Pick<TurnRecord, "inputs" | "replies" | "stages" | "recordHash">;
  readonly decision: Decision;
  readonly fallbackReason: string | null;
  readonly verdict: Verdict;
  readonly orders: readonly {
    readonly intent: TurnRecord["intents"][number];
    readonly leg: number;
    readonly hold: TransactionDraft | null;
    readonly heldAmount: Fixed;
    readonly heldCurrency: string;
  }[];
  readonly summary: string;
  readonly settleAt: number;
  readonly equity: Fixed;
  readonly holdEquity: Fixed;
  readonly cash: Fixed;
  readonly benchmark: Benchmark | null;
  readonly timings: readonly Timing[];
  /** Whether the verdict still stands at the moment of the commit; null = nothing is bought. */
  readonly recheck: CommitRecheck | null;
};

/** How many executions were new, and the orders they belong to as they are afterwards. */
export type PostedExecutions = { readonly count: number; readonly orders: readonly OrderRow[] };

export type AccountOrders = {
  readonly live: readonly OrderRow[];
  readonly lost: readonly OrderRow[];
  readonly cursor: number;
  readonly halted: boolean;
};

/** Rows of orders, fills and positions. */
export interface OrderStore {
  /** Orders of the agent that are not finished, oldest first. */
  live(agentId: string): Promise<readonly OrderRow[]>;
  /** {@link live} and {@link cursor} as of one moment, what was lost in the last day, and whether a halt forbids opening anything new. */
  account(agentId: string): Promise<AccountOrders>;
  ofTurn(turnId: string): Promise<readonly OrderRow[]>;
  /**
   * `intended → sending`, once, only while nobody has halted the agent or the workspace (reduce-only orders pass in any state)
   * and the turn's fence is still ours. "halted" and "lost-lease" change nothing.
   */
  beginSending(lease: TurnLease, order: OrderRow, wallNow: number): Promise<"sending" | "already" | "halted" | "lost-lease">;
  /** Moves the status from what it is to what an event makes it; ends holds of finished orders. False when another was faster. */
  finish(workspaceId: string, agent: { nodeId: string }, order: OrderRow, to: OrderStatus, reason: string | null, at: number): Promise<boolean>;
  setStatus(workspaceId: string, order: OrderRow, to: OrderStatus, reason: string | null): Promise<boolean>;
  /** Last execution sequence whose fill is stored. */
  cursor(agentId: string): Promise<number>;
  /** Fill rows, ledger postings, positions, orders and events of these executions in one transaction; those stored before are passed over. */
  postExecutions(agent: Agent, venueId: string, executions: readonly Execution[]): Promise<PostedExecutions>;
  positions(agentId: string): Promise<readonly Position[]>;
}

/** Named points of a turn where a process may die. A no-op in the product; the crash test ends the process there. */
export const CRASH_POINTS = [
  "after-claim",
  "after-context",
  "before-model",
  "after-model",
  "before-commit",
  "after-commit",
  "before-send",
  "after-send",
  "after-acknowledge",
  "before-fills",
  "after-fills",
  "before-settle",
] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];
export type CrashPoints = { hit(point: CrashPoint): Promise<void> };
export const NO_CRASH: CrashPoints = { hit: async () => {} };
