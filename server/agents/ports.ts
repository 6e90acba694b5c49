import type { Fixed, TenantScope } from "@/server/shared";
import type { AgentEvent } from "./lifecycle";
import type { TickGap } from "./missed-ticks";
import type { Agent, AgentConfig } from "./types";

export type TreasuryRef = { readonly nodeId: string; readonly currency: string };

/** Rows of agents. Each method is one transaction with its audit entry and events. Throws NOT_FOUND for what is another tenant's. */
export interface AgentStore {
  get(scope: TenantScope, agentId: string): Promise<Agent>;
  /** Agents of the workspace that are not archived. */
  list(scope: TenantScope): Promise<readonly Agent[]>;
  /** The workspace's first paper treasury, or the wallet named: a treasury or a farm. Throws CANNOT_HOLD, NODE_CLOSED. */
  treasury(scope: TenantScope, nodeId?: string): Promise<TreasuryRef>;
  /** The wallet that an agent's own wallet stands under. */
  parent(scope: TenantScope, agent: Agent): Promise<TreasuryRef>;
  /** Node under `treasury`, agent, first version and the allocation of its capital. `prices` = of what the tree holds. Throws INSUFFICIENT_FUNDS and the other refusals of a movement. */
  insert(
    scope: TenantScope,
    draft: { config: AgentConfig; capital: Fixed; treasury: TreasuryRef; at: number; prices?: Readonly<Record<string, Fixed>> },
  ): Promise<Agent>;
  /** Throws CONFIG_VERSION_CONFLICT. */
  /** `lastTickAt`: where ticks of a changed trigger begin (market ms); without it they go on. Returns the new version. */
  saveConfig(scope: TenantScope, agentId: string, expectedVersion: number, config: AgentConfig, change?: { lastTickAt: number }): Promise<number>;
  /** Compare-and-set by the lifecycle table. Throws INVALID_AGENT_TRANSITION. */
  transition(
    scope: TenantScope,
    agentId: string,
    event: AgentEvent,
    change: { reason: string | null; tradingState?: Agent["tradingState"]; lastTickAt?: number },
  ): Promise<Agent>;
  cash(scope: TenantScope, agent: Agent): Promise<Fixed>;
  /** The trading state of an agent (or, null, of the workspace), but only from what it is expected to be: nobody's halt is ever loosened. */
  changeTrading(
    scope: TenantScope,
    agentId: string | null,
    change: { readonly from: Agent["tradingState"]; readonly to: Agent["tradingState"]; readonly reason: string | null },
  ): Promise<boolean>;
  /** Sets the workspace's trading state. */
  setWorkspaceTrading(scope: TenantScope, state: Agent["tradingState"], reason: string | null): Promise<void>;
}

/** What the scheduler reads across tenants: ids and times only. */
export type RunningAgent = {
  readonly workspaceId: string;
  readonly agentId: string;
  readonly intervalMs: number;
  readonly lastTickAt: number | null;
  /** Market ms from a tick to the measurement of its outcome. */
  readonly settleAfterMs: number;
};

export interface TickStore {
  running(): Promise<readonly RunningAgent[]>;
  /** One row for each outage of an agent: a gap that continues the last one extends it. Moves lastTickAt on. */
  recordGaps(missed: readonly { readonly agent: RunningAgent; readonly gap: TickGap }[]): Promise<void>;
}
