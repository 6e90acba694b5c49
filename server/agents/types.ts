import type { Interval, SymbolId } from "@/server/market";
import type { Limits, ProtectionSpec, TradingState } from "@/server/risk";
import type { Fixed } from "@/server/shared";

/**
 * stopped → starting → running → stopping → stopped; any of these → halted (kill switch) → stopped; stopped → archived.
 * starting → stopped when a precondition fails (reason recorded).
 */
export const AGENT_STATUSES = ["stopped", "starting", "running", "stopping", "halted", "archived"] as const;
export type AgentStatus = (typeof AGENT_STATUSES)[number];

/** Who decides. Rule sets do not read strategy text; models do. */
export type DeciderSpec =
  | { readonly kind: "rules"; readonly ruleSet: RuleSetName; readonly params: Readonly<Record<string, number>> }
  | { readonly kind: "model"; readonly model: string };

export const RULE_SETS = ["trend-follow", "mean-revert", "breakout", "hold"] as const;
export type RuleSetName = (typeof RULE_SETS)[number];

/** What wakes the agent: the close of every bar of `interval` (market time), or only a person ("manual"). */
export type TriggerSpec = { readonly kind: "interval"; readonly interval: Interval } | { readonly kind: "manual" };

export type AgentConfig = {
  readonly name: string;
  /** One to eight; the first is the one shown by default. */
  readonly symbols: readonly SymbolId[];
  readonly mode: "paper";
  readonly trigger: TriggerSpec;
  /** Bars the decider sees. */
  readonly barInterval: Interval;
  readonly strategyText: string;
  readonly decider: DeciderSpec;
  readonly limits: Limits;
  /** Rules that stop it for a while after bad trades; absent = none. */
  readonly protections?: readonly ProtectionSpec[];
  /** USD per UTC day. */
  readonly dailyModelCap: Fixed;
  /** Symbols, dates and prices are hidden from the model, so that it cannot recall what came next; absent = no. */
  readonly masked?: boolean;
  /** A decision is settled this long after its tick (market ms). */
  readonly settleAfterMs: number;
};

export type Agent = {
  readonly id: string;
  readonly workspaceId: string;
  /** The wallet node that holds its money. */
  readonly nodeId: string;
  readonly status: AgentStatus;
  readonly statusReason: string | null;
  readonly tradingState: TradingState;
  readonly config: AgentConfig;
  /** Grows by one with each edit; a turn records the version it ran with. */
  readonly configVersion: number;
  /** Capital given at creation and since, net of what was collected (quote currency). */
  readonly baseCurrency: string;
  readonly createdAt: number;
  /** Market time of the last tick that was claimed or recorded as missed (ms). */
  readonly lastTickAt: number | null;
};
