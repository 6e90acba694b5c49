import { type Agent, type AgentConfig, type AgentEvent, type AgentStore, type TreasuryRef, transitionAgent } from "@/server/agents";
import { allocateDraft } from "@/server/ledger";
import { DomainError, type Fixed, hashId, notFound, type TenantScope } from "@/server/shared";
import type { MemoryBooks } from "./memory-books";

const CURRENCY = "USDT";

/** Agents in memory, by the rules of the stored ones. */
export class MemoryAgentStore implements AgentStore {
  constructor(private readonly state: MemoryBooks) {}

  async get(scope: TenantScope, agentId: string): Promise<Agent> {
    const agent = this.state.agents.get(agentId);
    if (!agent || agent.workspaceId !== scope.workspaceId) throw notFound("This agent");
    return agent;
  }

  async list(scope: TenantScope): Promise<readonly Agent[]> {
    return [...this.state.agents.values()].filter((a) => a.workspaceId === scope.workspaceId && a.status !== "archived");
  }

  async treasury(): Promise<TreasuryRef> {
    return { nodeId: this.state.workspace.treasuryNodeId, currency: CURRENCY };
  }

  parent(): Promise<TreasuryRef> {
    return this.treasury();
  }

  async insert(scope: TenantScope, draft: { config: AgentConfig; capital: Fixed; treasury: TreasuryRef; at: number }): Promise<Agent> {
    const id = hashId("simulated agent", this.state.agents.size);
    const nodeId = hashId("simulated node", this.state.agents.size);
    const { treasury, capital: amount, at } = draft;
    const move = { key: `allocate:${id}`, currency: treasury.currency, amount, fromNodeId: treasury.nodeId, toNodeId: nodeId, at };
    this.state.ledger.postNow(scope.workspaceId, allocateDraft(move));
    const agent: Agent = {
      id,
      workspaceId: scope.workspaceId,
      nodeId,
      status: "stopped",
      statusReason: null,
      tradingState: "active",
      config: draft.config,
      configVersion: 1,
      baseCurrency: treasury.currency,
      createdAt: at,
      lastTickAt: null,
    };
    this.state.agents.set(id, agent);
    return agent;
  }

  async saveConfig(
    scope: TenantScope,
    agentId: string,
    expectedVersion: number,
    config: AgentConfig,
    change?: { lastTickAt: number },
  ): Promise<number> {
    const agent = await this.get(scope, agentId);
    if (agent.configVersion !== expectedVersion)
      throw new DomainError("CONFIG_VERSION_CONFLICT", "Somebody else has edited this agent meanwhile: reload and edit again.", { kind: "conflict" });
    this.state.agents.set(agentId, { ...agent, config, configVersion: expectedVersion + 1, ...change });
    return expectedVersion + 1;
  }

  async transition(
    scope: TenantScope,
    agentId: string,
    event: AgentEvent,
    change: { reason: string | null; tradingState?: Agent["tradingState"]; lastTickAt?: number },
  ): Promise<Agent> {
    const agent = await this.get(scope, agentId);
    const after: Agent = {
      ...agent,
      status: transitionAgent(agent.status, event),
      statusReason: change.reason,
      tradingState: change.tradingState ?? agent.tradingState,
      lastTickAt: change.lastTickAt ?? agent.lastTickAt,
    };
    this.state.agents.set(agentId, after);
    return after;
  }

  async changeTrading(scope: TenantScope, agentId: string | null, change: Parameters<AgentStore["changeTrading"]>[2]): Promise<boolean> {
    const { workspace, agents } = this.state;
    const now = agentId === null ? workspace.tradingState : (await this.get(scope, agentId)).tradingState;
    if (now !== change.from) return false;
    if (agentId === null) workspace.tradingState = change.to;
    else agents.set(agentId, { ...(await this.get(scope, agentId)), tradingState: change.to, statusReason: change.reason });
    return true;
  }

  async cash(scope: TenantScope, agent: Agent): Promise<Fixed> {
    return this.state.ledger.balance(scope.workspaceId, { nodeId: agent.nodeId, kind: "cash", currency: agent.baseCurrency });
  }

  async setWorkspaceTrading(_scope: TenantScope, state: Agent["tradingState"]): Promise<void> {
    this.state.workspace.tradingState = state;
  }
}
