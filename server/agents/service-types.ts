import type { Fixed, TenantScope } from "@/server/shared";
import type { Moved } from "@/server/wallets";
import type { TurnTrigger } from "./turn/types";
import type { AgentConfig, AgentStatus } from "./types";

/** What people and scripts can do with agents. Every change is audited, appends events and is refused as a whole or done as a whole. */
export interface AgentService {
  /** Allocates `capital` from its parent wallet, without one from the treasury. Throws UNKNOWN_SYMBOL, INSUFFICIENT_FUNDS and the other refusals of a movement, UNKNOWN_MODEL, UNKNOWN_RULE_PARAMETER, INTERVAL_TOO_FINE. */
  create(scope: TenantScope, input: { config: AgentConfig; capital: Fixed; parentNodeId?: string }): Promise<{ agentId: string }>;
  /** Throws CONFIG_VERSION_CONFLICT when `expectedVersion` is not the current one. */
  update(scope: TenantScope, input: { agentId: string; expectedVersion: number; config: AgentConfig }): Promise<{ configVersion: number }>;
  /** stopped → starting; the start-agent function takes it to running, or back with a reason. */
  start(scope: TenantScope, agentId: string): Promise<{ status: AgentStatus }>;
  stop(scope: TenantScope, agentId: string): Promise<{ status: AgentStatus }>;
  /** halted → stopped, trading state active again. */
  resume(scope: TenantScope, agentId: string): Promise<{ status: AgentStatus }>;
  /** Collects what is left to its parent wallet. Throws AGENT_HOLDS_POSITION. */
  archive(scope: TenantScope, agentId: string): Promise<{ status: AgentStatus }>;
  /** From its parent wallet, and back to it. */
  fund(scope: TenantScope, input: { agentId: string; amount: Fixed; key: string }): Promise<Moved>;
  collect(scope: TenantScope, input: { agentId: string; amount: Fixed; key: string }): Promise<Moved>;
  /** Asks for a turn now; the same key is the same turn. Works on running and stopped agents, not on halted ones. */
  decideNow(scope: TenantScope, input: { agentId: string; key: string }): Promise<{ turnId: string }>;
  /** Halts at once, cancels open orders; with `flatten` sells everything by reduce-only market orders, run directly: needs no scheduler. */
  kill(scope: TenantScope, input: { agentId: string; flatten: boolean }): Promise<{ status: AgentStatus; turnId: string | null }>;
  killWorkspace(scope: TenantScope, input: { flatten: boolean }): Promise<{ halted: number; flattening: number }>;
  resumeWorkspace(scope: TenantScope): Promise<void>;
  /** A person lets an agent (or, null, the workspace) trade again: reducing → active; a halted agent is then stopped. Done again without effect. */
  letTrade(scope: TenantScope, agentId: string | null): Promise<void>;
}

export type TurnRequest = {
  readonly workspaceId: string;
  readonly agentId: string;
  readonly tickId: string;
  readonly at: number;
  readonly trigger: TurnTrigger;
};

export type PlannedTurn = TurnRequest & { readonly wallAt: number; readonly settleAt: number };

/** What the durable functions call: one call a step. Idempotent: running a finished turn again returns what it was. */
export interface TurnRunner {
  /** Takes the turn as far as `executing` (or skipped/failed). `settleAt` = market time, null when nothing is left to settle. */
  run(request: TurnRequest): Promise<{ turnId: string; phase: string; settleAt: number | null }>;
  /** Settles all that is due. What cannot be settled keeps nothing else from it; its error is thrown in the end. */
  settleDue(): Promise<{ settled: number }>;
  /** Turns whose lease lapsed, any workspace, to be run again. What their model calls may have cost is charged. */
  abandoned(limit: number): Promise<readonly TurnRequest[]>;
}

/** Plans ticks. */
export interface TickScheduler {
  /**
   * Ticks of running agents with instants in (market now, horizon]; records gaps for those that were missed (one row per outage). `wallAt`
   * is when to run them, `settleAt` the market time at which their outcome is measured.
   */
  plan(horizonWallMs: number): Promise<readonly PlannedTurn[]>;
  /** starting → running or → stopped with a reason; stopping → stopped. */
  finishTransition(workspaceId: string, agentId: string): Promise<{ status: AgentStatus }>;
}

/** Hands work to the durable functions; the same id is the same work. */
export interface WorkQueue {
  requestTurn(request: TurnRequest): Promise<void>;
  requestTransition(workspaceId: string, agentId: string, id: string): Promise<void>;
  wakeScheduler(): Promise<void>;
}
