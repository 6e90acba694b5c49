import type { GoalGauge } from "@/server/goals";
import type { ModelReply, ModelRequest } from "@/server/llm";
import type { MarketSource } from "@/server/market";
import type { LevelName, Limits, RecordedProtection, Verdict } from "@/server/risk";
import type { Fixed, Json } from "@/server/shared";
import type { OrderIntent } from "@/server/trading";
import type { ContextItem, Decision, GoalEffect, StageName, TurnPhase, TurnTrigger } from "./types";

type FirstLimit = "allowedSymbols" | "maxOrderNotional" | "maxPositionNotional" | "maxDailyLoss" | "maxOrdersPerHour";
type AsText<T> = T extends Fixed ? string : T;

/** Limits as recorded: decimals as text. Those of the first version are always there, later ones only when they are set. */
export type RecordedLimits = { readonly [K in FirstLimit]: AsText<NonNullable<Limits[K]>> | null } & {
  readonly [K in Exclude<keyof Limits, FirstLimit>]?: AsText<NonNullable<Limits[K]>>;
};

/** What some limit or protection asks for, and nothing else: absent when nobody asks. Money and quantities as decimal text. */
export type RiskFigures = {
  readonly ordersLastMinute?: number;
  readonly workspaceOrdersLastMinute?: number;
  /** Of all agents of the workspace: this one now, the others at their last decision. */
  readonly workspaceEquity?: string;
  /** Base units held by the whole workspace and wanted by open buys of its other agents; prices stand with the others. */
  readonly workspaceQuantities?: Readonly<Record<string, string>>;
  /** The same of the farm the agent's money stands under, when there is one. */
  readonly farm?: {
    readonly limits: RecordedLimits;
    readonly tradingState: "active" | "reducing" | "halted";
    readonly dayPnl: string;
    readonly ordersLastHour: number;
    readonly ordersLastMinute: number;
    readonly equity: string;
    readonly quantities: Readonly<Record<string, string>>;
  };
  /** The farms above that farm, the next one first; absent when there are none. */
  readonly outerFarms?: readonly NonNullable<RiskFigures["farm"]>[];
  readonly recentOrders?: readonly {
    readonly symbol: string;
    readonly side: "buy" | "sell";
    readonly quantity: string;
    readonly limitPrice: string | null;
    readonly at: number;
    readonly levels: readonly LevelName[];
    readonly outer?: readonly number[];
  }[];
  /** The agent's round trips that a protection may still count, oldest first. */
  readonly closedTrades?: readonly { readonly symbol: string; readonly openedAt: number; readonly closedAt: number; readonly profit: string }[];
  /** Base units on each side of the venue's book, by symbol, where a book is known. */
  readonly depth?: Readonly<Record<string, { readonly bids: string; readonly asks: string }>>;
};

/**
 * Everything the ports answered for one turn, as plain JSON: the only thing the pure core reads.
 * Candle windows are [openTime, open, high, low, close, volume] with decimals as text; each window is a blob of its own when stored.
 */
export type TurnInputs = {
  /** By which rules it is judged: those of the first version (FIRST_RULES of the risk domain), or today's. */
  readonly version: 1 | 2;
  readonly turnId: string;
  readonly agentId: string;
  readonly tickId: string;
  readonly trigger: TurnTrigger;
  /** Market time of the tick (ms). */
  readonly at: number;
  readonly agent: {
    readonly name: string;
    readonly symbols: readonly string[];
    readonly barInterval: string;
    /** How often it is woken (ms), null when only a person wakes it. Limit orders live that long. */
    readonly triggerIntervalMs: number | null;
    readonly strategyText: string;
    readonly decider:
      | { readonly kind: "rules"; readonly ruleSet: string; readonly params: Readonly<Record<string, number>> }
      | { readonly kind: "model"; readonly model: string };
    readonly limits: RecordedLimits;
    readonly protections?: readonly RecordedProtection[];
    readonly tradingState: "active" | "reducing" | "halted";
    readonly configVersion: number;
    readonly currency: string;
    /** Whether symbols, dates and prices are hidden from the model (see mask-inputs.ts); absent = no. */
    readonly masked?: true;
  };
  readonly workspace: { readonly limits: RecordedLimits; readonly tradingState: "active" | "reducing" | "halted" };
  readonly source: MarketSource;
  readonly instruments: Readonly<
    Record<
      string,
      {
        base: string;
        quote: string;
        tickSize: string;
        lotSize: string;
        minQuantity: string;
        maxQuantity: string;
        minNotional: string;
        makerFee: string;
        takerFee: string;
        /** Absent while it is traded as usual. */
        session?: "reduce-only" | "closed";
      }
    >
  >;
  readonly windows: Readonly<Record<string, readonly (readonly [number, string, string, string, string, string])[]>>;
  /** Last price per symbol at `at`. */
  readonly prices: Readonly<Record<string, { readonly price: string; readonly at: number }>>;
  readonly account: {
    readonly cash: string;
    readonly held: string;
    readonly equity: string;
    readonly positions: readonly {
      readonly symbol: string;
      readonly quantity: string;
      readonly averageEntry: string;
      readonly realisedPnl: string;
      readonly feesPaid: string;
    }[];
    readonly openOrders: readonly {
      readonly clientOrderId: string;
      readonly symbol: string;
      readonly side: "buy" | "sell";
      readonly type: string;
      readonly quantity: string;
      readonly filledQuantity: string;
      readonly limitPrice: string | null;
    }[];
  };
  readonly risk: {
    /** Equity less transfers at the start of the UTC day of market time. */
    readonly dayStartEquity: string;
    readonly ordersLastHour: number;
    readonly workspaceDayPnl: string;
    readonly workspaceOrdersLastHour: number;
    /** Notional held per symbol by the whole workspace, this agent included. */
    readonly workspaceNotional: Readonly<Record<string, string>>;
  };
  readonly figures?: RiskFigures;
  /** Goals that act on the agent, as their last check left them, and all money moved into the agent so far; absent when there is none. */
  readonly goals?: { readonly flows: string; readonly gauges: readonly GoalGauge[] };
};

/** Made when first read; see `stage` in step.ts. */
export type StageRecord = { readonly stage: StageName; readonly hash: string; readonly value: Json };

/** What a finished core run knows. All of it is stored; a replay computes it again and compares. */
export type TurnRecord = {
  readonly inputs: TurnInputs;
  readonly context: readonly ContextItem[];
  /** Exact prompt per attempt (1 or 2); empty for rules. */
  readonly prompts: readonly string[];
  /** Raw responses in order, and failures: what the outside gave. Inputs of a replay, like `inputs`. */
  readonly replies: readonly RecordedReply[];
  readonly decision: Decision;
  /** Why the decision is a hold although nobody asked for one (model failed, unreadable answer, budget). */
  readonly fallbackReason: string | null;
  readonly verdict: Verdict;
  readonly intents: readonly OrderIntent[];
  readonly stages: readonly StageRecord[];
  /** Hash over the stage hashes, inputs hash and replies hash. */
  readonly recordHash: string;
};

export type RecordedReply =
  | {
      readonly ok: true;
      readonly toolInput: Json;
      readonly raw: string;
      readonly stopReason: ModelReply["stopReason"];
      readonly inputTokens: number;
      readonly outputTokens: number;
      readonly latencyMs: number;
      readonly attempts: number;
    }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** Where a turn's core stands between two effects. Serialisable: a crashed turn resumes from it. */
export type TurnState = {
  readonly phase: TurnPhase;
  readonly inputs: TurnInputs | null;
  readonly replies: readonly RecordedReply[];
  readonly stages: readonly StageRecord[];
};

export type TurnInput =
  | { readonly type: "inputs-loaded"; readonly inputs: TurnInputs }
  | { readonly type: "model-replied"; readonly reply: RecordedReply }
  | { readonly type: "intents-committed" }
  | { readonly type: "orders-finished" };

/** What the shell must do next. Each effect's result comes back as the next TurnInput. */
export type TurnEffect =
  | { readonly type: "save-context"; readonly inputs: TurnInputs; readonly stages: readonly StageRecord[] }
  | { readonly type: "ask-model"; readonly request: ModelRequest; readonly attempt: 1 | 2 }
  | { readonly type: "save-decision"; readonly decision: Decision; readonly fallbackReason: string | null; readonly stages: readonly StageRecord[] }
  | {
      readonly type: "commit-intents";
      readonly verdict: Verdict;
      readonly intents: readonly OrderIntent[];
      readonly stages: readonly StageRecord[];
    }
  | { readonly type: "execute"; readonly intents: readonly OrderIntent[] }
  | { readonly type: "done"; readonly record: TurnRecord };

export type StepResult = { readonly state: TurnState; readonly effects: readonly TurnEffect[] };

/**
 * The versioned pure functions a turn is made of. Live code passes the real ones; a replay passes today's;
 * tests pass a changed one and expect its stage to be named.
 */
export type TurnCode = {
  readonly build: string;
  renderContext(inputs: TurnInputs): readonly ContextItem[];
  renderPrompt(inputs: TurnInputs, context: readonly ContextItem[], replies: readonly RecordedReply[]): ModelRequest;
  decideByRules(inputs: TurnInputs): Decision;
  parseDecision(
    reply: RecordedReply,
    inputs: TurnInputs,
  ): { readonly ok: true; readonly decision: Decision } | { readonly ok: false; readonly repairable: boolean; readonly reason: string };
  /** The decision as the agent's goals leave it, and what they changed. */
  respectGoals(inputs: TurnInputs, decision: Decision): { readonly decision: Decision; readonly goals: GoalEffect | null };
  judge(inputs: TurnInputs, decision: Decision): Verdict;
  makeIntents(inputs: TurnInputs, decision: Decision, verdict: Verdict): readonly OrderIntent[];
};
