import type { Prisma } from "@/generated/prisma/client";
import type { DecisionRow } from "@/server/api/contract";
import { div, type Fixed, toText, ZERO } from "@/server/shared";
import { decimalToFixed } from "../decimal";

/** Columns and orders a decision's line needs. */
export const decisionSelect = {
  id: true,
  agentId: true,
  at: true,
  phase: true,
  trigger: true,
  action: true,
  symbol: true,
  askedQuantity: true,
  allowedQuantity: true,
  outcome: true,
  summary: true,
  reason: true,
  netPnl: true,
  holdPnl: true,
  modelCost: true,
  settleAt: true,
  agent: { select: { name: true } },
  orders: { select: { filledQuantity: true, filledNotional: true } },
} satisfies Prisma.TurnSelect;

type Row = Prisma.TurnGetPayload<{ select: typeof decisionSelect }>;

const text = (d: Prisma.Decimal | null): string | null => (d === null ? null : toText(decimalToFixed(d)));

/** A turn's row as a line of the decision table. */
export function decisionRow(row: Row): DecisionRow {
  const filled = row.orders.reduce<Fixed>((s, o) => (s + decimalToFixed(o.filledQuantity)) as Fixed, ZERO);
  const notional = row.orders.reduce<Fixed>((s, o) => (s + decimalToFixed(o.filledNotional)) as Fixed, ZERO);
  return {
    turnId: row.id,
    agentId: row.agentId,
    agentName: row.agent.name,
    at: row.at.getTime(),
    phase: row.phase,
    trigger: triggerKind(row.trigger),
    action: row.action,
    symbol: row.symbol,
    asked: text(row.askedQuantity),
    allowed: text(row.allowedQuantity),
    outcome: outcome(row.outcome),
    summary: row.summary,
    reason: row.reason,
    filledQuantity: row.orders.length > 0 ? toText(filled) : null,
    fillPrice: filled > 0n ? toText(div(notional, filled, "half-even")) : null,
    netPnl: text(row.netPnl),
    holdPnl: text(row.holdPnl),
    modelCost: toText(decimalToFixed(row.modelCost)),
    settleAt: row.settleAt?.getTime() ?? null,
  };
}

export function triggerKind(trigger: Prisma.JsonValue): DecisionRow["trigger"] {
  const kind = typeof trigger === "object" && trigger !== null && !Array.isArray(trigger) ? trigger.kind : null;
  return kind === "manual" || kind === "flatten" ? kind : "schedule";
}

function outcome(value: string | null): DecisionRow["outcome"] {
  return value === "approve" || value === "reduce" || value === "deny" || value === "no-order" ? value : null;
}
