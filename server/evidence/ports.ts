import type { Agent, AgentConfig } from "@/server/agents";
import type { Json, TenantScope } from "@/server/shared";
import type { GateRules } from "./live-gate";
import type { RecordedFill } from "./record-from-fills";

export type AgentVersionRow = { readonly version: number; readonly config: AgentConfig /** Wall ms. */; readonly createdAt: number };

/** What was recorded of an agent, as its evidence needs it. */
export interface EvidenceStore {
  /** The agent and all of its versions, oldest first. Throws NOT_FOUND. */
  agent(scope: TenantScope, agentId: string): Promise<{ readonly agent: Agent; readonly versions: readonly AgentVersionRow[] }>;
  /** Market time of the first decision under any of these versions, and of the last equity point; null when there is none. */
  span(agentId: string, versions: readonly number[]): Promise<{ readonly first: number | null; readonly last: number | null }>;
  /** Orders decided under these versions from `from` on (market ms) of which something was filled; a person's flattening is not one. */
  trades(agentId: string, versions: readonly number[], from: number): Promise<number>;
  /** All fills, oldest first. */
  fills(agentId: string): Promise<readonly RecordedFill[]>;
  /** Equity points from the last one at or before `from` on. */
  equity(agentId: string, from: number): Promise<readonly { readonly at: number; readonly equity: number }[]>;
}

/** How a request to leave paper ended. */
export type LiveOutcome = "refused" | "passed" | "overridden";

export type LiveRequest = {
  readonly id: string;
  readonly agentId: string;
  readonly configVersion: number;
  readonly outcome: LiveOutcome;
  /** Who asked ("user:…"), and when (wall ms). */
  readonly actor: string;
  readonly at: number;
};

/** Requests to leave paper, and the workspace's rules for them. Each change is one transaction with its audit entry. */
export interface LiveRequestStore {
  rules(scope: TenantScope): Promise<GateRules>;
  setRules(scope: TenantScope, rules: GateRules): Promise<void>;
  /** `figures` is what was decided on, kept with the request. Throws CONFIG_VERSION_CONFLICT when the agent has another version by now. */
  record(
    scope: TenantScope,
    request: { readonly agentId: string; readonly configVersion: number; readonly outcome: LiveOutcome; readonly figures: Json },
  ): Promise<LiveRequest>;
  /** The newest fifty, newest first. */
  list(scope: TenantScope, agentId: string): Promise<readonly LiveRequest[]>;
  /** The newest request of this version that was not refused. */
  permission(scope: TenantScope, agentId: string, configVersion: number): Promise<LiveRequest | null>;
}
