import type { Agent as AgentRow, Prisma } from "@/generated/prisma/client";
import { type Agent, type AgentConfig, type AgentStatus, recordLimits } from "@/server/agents";
import { INTERVAL_MS, INTERVALS, type Interval } from "@/server/market";
import { parseLimits, parseProtections, protectionsAsJson, type TradingState } from "@/server/risk";
import { DomainError, fixed, toText } from "@/server/shared";
import { storedConfig } from "./stored-config";

const interval = (text: string): Interval => {
  const known = INTERVALS.find((i) => i === text);
  if (!known) throw new DomainError("BAD_STORED_CONFIG", `"${text}" is not an interval`, { kind: "internal" });
  return known;
};

/** A row as the domain's agent. */
export function agentFromRow(row: AgentRow): Agent {
  return {
    id: row.id,
    workspaceId: row.workspaceId,
    nodeId: row.nodeId,
    status: row.status as AgentStatus,
    statusReason: row.statusReason,
    tradingState: row.tradingState as TradingState,
    config: configFromJson(row.config),
    configVersion: row.configVersion,
    baseCurrency: row.baseCurrency,
    createdAt: row.createdAt.getTime(),
    lastTickAt: row.lastTickAt?.getTime() ?? null,
  };
}

/** Stored JSON (decimals as text) as a configuration. */
export function configFromJson(json: unknown): AgentConfig {
  const { protections, ...c } = storedConfig(json);
  return {
    ...c,
    trigger: c.trigger.kind === "manual" ? c.trigger : { kind: "interval", interval: interval(c.trigger.interval) },
    barInterval: interval(c.barInterval),
    decider: c.decider as AgentConfig["decider"],
    limits: parseLimits(c.limits),
    ...(protections?.length && { protections: parseProtections(protections) }),
    dailyModelCap: fixed(c.dailyModelCap),
  };
}

/** A configuration as it is stored. */
export const configToJson = ({ protections, ...c }: AgentConfig): Prisma.InputJsonObject =>
  ({
    ...c,
    symbols: [...c.symbols],
    limits: recordLimits(c.limits),
    ...(protections?.length && { protections: protectionsAsJson(protections) }),
    dailyModelCap: toText(c.dailyModelCap),
  }) as unknown as Prisma.InputJsonObject;

/** Columns that repeat what the scheduler asks of the configuration. */
export const triggerColumns = (c: AgentConfig): { triggerKind: string; intervalMs: number | null } => ({
  triggerKind: c.trigger.kind,
  intervalMs: c.trigger.kind === "interval" ? INTERVAL_MS[c.trigger.interval] : null,
});
