import type { Prisma } from "@/generated/prisma/client";
import { type Agent, type AgentConfig, type AgentEvent, type AgentStore, statusesThatCan, type TreasuryRef, transitionAgent } from "@/server/agents";
import { DomainError, type Fixed, fixed, notFound, type TenantScope, toText } from "@/server/shared";
import { assertMayStandUnder, type NodeKind } from "@/server/wallets";
import { agentFromRow, configToJson, triggerColumns } from "./agent-row";
import { appendEvents } from "./append-events";
import { writeAudit } from "./audit";
import type { Database, Tx } from "./database";
import { decimalToFixed } from "./decimal";
import { newId } from "./new-id";
import { PrismaWorkspaceRepository } from "./prisma-workspace-repository";
import { supersedeMitigations } from "./supersede-mitigations";
import { applyMovements } from "./wallets/apply-movements";

/** Agents in Postgres: each change with its audit entry and events in one transaction. */
export class PrismaAgentStore implements AgentStore {
  constructor(private readonly db: Database) {}

  async get(scope: TenantScope, agentId: string): Promise<Agent> {
    const row = await this.db.prisma.agent.findFirst({ where: { id: agentId, workspaceId: scope.workspaceId } });
    if (!row) throw notFound("This agent");
    return agentFromRow(row);
  }

  async list(scope: TenantScope): Promise<readonly Agent[]> {
    const rows = await this.db.prisma.agent.findMany({
      where: { workspaceId: scope.workspaceId, status: { not: "archived" } },
      orderBy: { createdAt: "asc" },
    });
    return rows.map(agentFromRow);
  }

  async treasury(scope: TenantScope, nodeId?: string): Promise<TreasuryRef> {
    const { workspaceId } = scope;
    const node = await this.db.prisma.walletNode.findFirst({
      where: nodeId === undefined ? { workspaceId, kind: "treasury", mode: "paper", closedAt: null } : { workspaceId, id: nodeId },
      orderBy: { id: "asc" },
    });
    if (!node) throw notFound(nodeId === undefined ? "The treasury" : "This wallet");
    assertMayStandUnder({ ...node, kind: node.kind as NodeKind, closed: node.closedAt !== null }, "agent", "parentNodeId");
    if (node.mode !== "paper")
      throw new DomainError("MODES_DIFFER", `${node.name} holds ${node.mode} money: an agent on paper cannot stand under it.`, {
        field: "parentNodeId",
      });
    return { nodeId: node.id, currency: node.currency };
  }

  async parent(scope: TenantScope, agent: Agent): Promise<TreasuryRef> {
    const node = await this.db.prisma.walletNode.findFirst({ where: { id: agent.nodeId, workspaceId: scope.workspaceId } });
    if (!node?.parentId) throw notFound("The wallet above this agent");
    return { nodeId: node.parentId, currency: node.currency };
  }

  insert(scope: TenantScope, draft: Parameters<AgentStore["insert"]>[1]): Promise<Agent> {
    const { config, capital, treasury, at } = draft;
    const id = newId();
    const nodeId = newId();
    const { workspaceId } = scope;
    return this.db.transaction(async (tx) => {
      await tx.walletNode.create({
        data: {
          id: nodeId,
          workspaceId,
          parentId: treasury.nodeId,
          kind: "agent",
          mode: config.mode,
          name: config.name,
          currency: treasury.currency,
        },
      });
      const json = configToJson(config);
      const row = await tx.agent.create({
        data: {
          id,
          workspaceId,
          nodeId,
          name: config.name,
          status: "stopped",
          config: json,
          baseCurrency: treasury.currency,
          createdAt: new Date(at),
          ...triggerColumns(config),
        },
      });
      await tx.agentVersion.create({ data: { agentId: id, version: 1, config: json, actor: scope.actor.id } });
      await tx.nodePlace.create({ data: { nodeId, workspaceId, since: new Date(at), parentId: treasury.nodeId } });
      const why = `Capital of ${config.name}`;
      const order = { kind: "allocate" as const, fromNodeId: treasury.nodeId, toNodeId: nodeId, amount: capital, key: `allocate:${id}`, why };
      await applyMovements(tx, scope, [{ ...order, venueKey: "initial" }], { at, wallAt: Date.now(), prices: draft.prices ?? {} });
      await writeAudit(tx, scope, { action: "agent.created", subject: id, data: { name: config.name, capital: toText(capital) } });
      await appendEvents(tx, workspaceId, [{ type: "agent/created", data: { agentId: id, name: config.name } }]);
      return agentFromRow(row);
    });
  }

  saveConfig(
    scope: TenantScope,
    agentId: string,
    expectedVersion: number,
    config: AgentConfig,
    change?: { readonly lastTickAt: number },
  ): Promise<number> {
    const version = expectedVersion + 1;
    const json = configToJson(config);
    return this.db.transaction(async (tx) => {
      const { count } = await tx.agent.updateMany({
        where: { id: agentId, workspaceId: scope.workspaceId, configVersion: expectedVersion },
        data: {
          name: config.name,
          config: json,
          configVersion: version,
          ...triggerColumns(config),
          ...(change && { lastTickAt: new Date(change.lastTickAt) }),
        },
      });
      if (count === 0) throw await this.#whyNotSaved(tx, scope, agentId);
      await tx.agentVersion.create({ data: { agentId, version, config: json, actor: scope.actor.id } });
      await writeAudit(tx, scope, { action: "agent.edited", subject: agentId, data: { version } });
      await appendEvents(tx, scope.workspaceId, [{ type: "agent/updated", data: { agentId } }]);
      return version;
    });
  }

  async #whyNotSaved(tx: Tx, scope: TenantScope, agentId: string): Promise<DomainError> {
    const row = await tx.agent.findFirst({ where: { id: agentId, workspaceId: scope.workspaceId }, select: { configVersion: true } });
    if (!row) return notFound("This agent");
    return new DomainError("CONFIG_VERSION_CONFLICT", "Somebody else has edited this agent meanwhile: reload and edit again.", {
      kind: "conflict",
      field: "expectedVersion",
      data: { current: row.configVersion },
    });
  }

  transition(
    scope: TenantScope,
    agentId: string,
    event: AgentEvent,
    change: { reason: string | null; tradingState?: Agent["tradingState"]; lastTickAt?: number },
  ): Promise<Agent> {
    return this.db.transaction(async (tx) => {
      const before = await tx.agent.findFirst({ where: { id: agentId, workspaceId: scope.workspaceId } });
      if (!before) throw notFound("This agent");
      const from = agentFromRow(before);
      const to = transitionAgent(from.status, event);
      const data: Prisma.AgentUpdateManyMutationInput = {
        status: to,
        statusReason: change.reason,
        ...(change.tradingState === undefined ? {} : { tradingState: change.tradingState }),
        ...(change.lastTickAt === undefined ? {} : { lastTickAt: new Date(change.lastTickAt) }),
        ...(to === "archived" ? { archivedAt: new Date() } : {}),
      };
      const { count } = await tx.agent.updateMany({ where: { id: agentId, status: { in: statusesThatCan(event) } }, data });
      if (count === 0) throw new DomainError("INVALID_AGENT_TRANSITION", "The agent has just changed: try again.", { kind: "conflict" });
      if (event === "resume") await supersedeMitigations(tx, scope, agentId);
      await writeAudit(tx, scope, { action: `agent.${event}`, subject: agentId, data: { from: from.status, to, reason: change.reason } });
      await appendEvents(tx, scope.workspaceId, [
        { type: "agent/status.changed", data: { agentId, name: from.config.name, from: from.status, to, reason: change.reason } },
      ]);
      return agentFromRow(await tx.agent.findUniqueOrThrow({ where: { id: agentId } }));
    });
  }

  async cash(scope: TenantScope, agent: Agent): Promise<Fixed> {
    const row = await this.db.prisma.ledgerAccount.findFirst({
      where: { workspaceId: scope.workspaceId, nodeId: agent.nodeId, kind: "cash", currency: agent.baseCurrency },
    });
    return row ? decimalToFixed(row.balance) : fixed("0");
  }

  changeTrading(scope: TenantScope, agentId: string | null, change: Parameters<AgentStore["changeTrading"]>[2]): Promise<boolean> {
    const { from, to, reason } = change;
    return this.db.transaction(async (tx) => {
      if (agentId === null) {
        const { count } = await tx.workspace.updateMany({
          where: { id: scope.workspaceId, tradingState: from },
          data: { tradingState: to, tradingReason: reason },
        });
        if (count === 0) return false;
        if (to === "active") await supersedeMitigations(tx, scope, null);
        await writeAudit(tx, scope, { action: "workspace.trading-state.set", data: { state: to, reason } });
        await appendEvents(tx, scope.workspaceId, [{ type: "workspace/trading.changed", data: { state: to, reason } }]);
        return true;
      }
      const { count } = await tx.agent.updateMany({
        where: { id: agentId, workspaceId: scope.workspaceId, tradingState: from },
        data: { tradingState: to, statusReason: reason },
      });
      if (count === 0) return false;
      if (to === "active") await supersedeMitigations(tx, scope, agentId);
      await writeAudit(tx, scope, { action: "agent.trading-state.set", subject: agentId, data: { from, to, reason } });
      await appendEvents(tx, scope.workspaceId, [{ type: "agent/updated", data: { agentId } }]);
      return true;
    });
  }

  setWorkspaceTrading(scope: TenantScope, state: Agent["tradingState"], reason: string | null): Promise<void> {
    return new PrismaWorkspaceRepository(this.db).setTradingState(scope, state, reason);
  }
}
