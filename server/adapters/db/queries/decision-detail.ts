import type { Prisma } from "@/generated/prisma/client";
import type { ContextItem, Decision, GoalEffect, RecordedIntent, RecordedReply } from "@/server/agents";
import type { DecisionDetail, StageView } from "@/server/api/contract";
import type { Verdict } from "@/server/risk";
import { add, type Json, notFound, type TenantScope, toText, ZERO } from "@/server/shared";
import { decimalToFixed } from "../decimal";
import { PrismaBlobStore } from "../prisma-blob-store";
import { storedConfig } from "../stored-config";
import { deciderLabel } from "./agent-rows";
import { decisionRow, decisionSelect, triggerKind } from "./decision-row";
import { fillView, orderView } from "./order-view";
import type { QueryContext } from "./query-context";

type Turn = Prisma.TurnGetPayload<{ include: { agent: true; orders: { include: { fills: true } } } }>;

/** The whole record of one decision. Throws NOT_FOUND. */
export async function decisionDetail(q: QueryContext, scope: TenantScope, turnId: string): Promise<DecisionDetail> {
  const turn = await q.db.prisma.turn.findFirst({
    where: { id: turnId, workspaceId: scope.workspaceId },
    include: { agent: true, orders: { include: { fills: { orderBy: { sequence: "asc" } } }, orderBy: { leg: "asc" } } },
  });
  if (!turn) throw notFound("This decision");
  const [row, postings, neighbours, blobs, calls, version] = await Promise.all([
    q.db.prisma.turn.findUniqueOrThrow({ where: { id: turnId }, select: decisionSelect }),
    q.db.prisma.posting.findMany({
      where: { transaction: { turnId } },
      include: { account: true, transaction: true },
      orderBy: [{ transaction: { createdAt: "asc" } }, { leg: "asc" }],
    }),
    neighboursOf(q, turn),
    readBlobs(q, turn),
    q.db.prisma.modelCall.findMany({ where: { workspaceId: scope.workspaceId, key: { startsWith: `turn:${turnId}:` } } }),
    q.db.prisma.agentVersion.findUnique({ where: { agentId_version: { agentId: turn.agentId, version: turn.configVersion } } }),
  ]);
  // The configuration the turn ran with, not today's.
  const config = storedConfig(version?.config ?? turn.agent.config);
  const decision = blobs.decision as unknown as { decision: Decision; fallbackReason: string | null; goals?: GoalEffect } | null;
  const verdict = blobs.verdict as unknown as Verdict | null;
  return {
    row: decisionRow(row),
    agent: {
      id: turn.agentId,
      name: turn.agent.name,
      currency: turn.agent.baseCurrency,
      deciderLabel: deciderLabel(config.decider),
      deciderIsModel: config.decider.kind === "model",
    },
    build: turn.build,
    configVersion: turn.configVersion,
    market: q.feed.source,
    tickId: turn.tickId,
    timings: turn.timings as unknown as DecisionDetail["timings"],
    trigger: { kind: triggerKind(turn.trigger), text: triggerText(turn, config.trigger.kind === "interval" ? config.trigger.interval : null) },
    ...contextView((blobs.context ?? []) as unknown as ContextItem[], turn.at.getTime()),
    model: config.decider.kind === "model" ? modelView(config.decider.model, blobs, calls, turn) : null,
    decision: decision ? { ...decision.decision } : null,
    goals: decision?.goals ? { ...decision.goals, reasons: decision.goals.reasons.map((r) => ({ ...r })) } : null,
    verdict: verdict && {
      outcome: verdict.outcome,
      askedQuantity: verdict.askedQuantity,
      allowedQuantity: verdict.allowedQuantity,
      decidedBy: verdict.decidedBy,
      checks: verdict.checks.map(({ rule, level, outcome, unit, before, asked, limit, reason }) => ({
        rule,
        level,
        outcome,
        unit,
        before,
        asked,
        limit,
        reason,
      })),
    },
    intents: ((blobs.intents ?? []) as unknown as RecordedIntent[]).map(
      ({ clientOrderId, symbol, side, type, quantity, limitPrice, reduceOnly }) => ({
        clientOrderId,
        symbol,
        side,
        type,
        quantity,
        limitPrice,
        reduceOnly,
      }),
    ),
    orders: turn.orders.map(orderView),
    fills: turn.orders.flatMap((o) => o.fills.map(fillView)),
    postings: postings.map((p) => ({
      transactionId: p.transactionId,
      kind: p.transaction.kind,
      account: `${p.account.nodeId === null ? "Workspace" : p.account.nodeId === turn.agent.nodeId ? turn.agent.name : "Treasury"} · ${p.account.kind}`,
      currency: p.currency,
      amount: toText(decimalToFixed(p.amount)),
    })),
    outcome: outcomeView(turn),
    stages: stagesOf(turn),
    recordHash: turn.recordHash,
    ...neighbours,
  };
}

/** Items as they were read. A masked run moves all of their times alike: what is ours is of the tick itself, so it tells by how much. */
function contextView(items: readonly ContextItem[], at: number): Pick<DecisionDetail, "context" | "masked"> {
  const own = items.find((i) => i.trust === "own");
  const moved = own ? at - own.at : 0;
  return {
    masked: moved !== 0,
    context: items.map(({ id, title, source, trust, at: then, text }) => ({ id, title, source, trust, at: then + moved, text })),
  };
}

type Blobs = { context: Json | null; prompt: Json | null; replies: Json | null; decision: Json | null; verdict: Json | null; intents: Json | null };

async function readBlobs(q: QueryContext, turn: Turn): Promise<Blobs> {
  const names = {
    context: turn.contextHash,
    prompt: turn.promptHash,
    replies: turn.responseHash,
    decision: turn.decisionHash,
    verdict: turn.verdictHash,
    intents: turn.intentsHash,
  };
  const found = await new PrismaBlobStore(q.db).getMany(Object.values(names).filter((h) => h !== null));
  const get = (hash: string | null): Json | null => (hash === null ? null : (found.get(hash) ?? null));
  return {
    context: get(names.context),
    prompt: get(names.prompt),
    replies: get(names.replies),
    decision: get(names.decision),
    verdict: get(names.verdict),
    intents: get(names.intents),
  };
}

function modelView(
  model: string,
  blobs: Blobs,
  calls: readonly { settled: Prisma.Decimal | null; reserved: Prisma.Decimal }[],
  turn: Turn,
): DecisionDetail["model"] {
  const replies = (blobs.replies ?? []) as unknown as RecordedReply[];
  const answered = replies.filter((r) => r.ok);
  const total = (pick: (r: (typeof answered)[number]) => number) => answered.reduce((s, r) => s + pick(r), 0);
  const prompts = (blobs.prompt ?? []) as unknown as string[];
  return {
    model,
    prompt: prompts.join("\n\n———\n\n"),
    responses: replies.map((r) => (r.ok ? r.raw : `${r.code}: ${r.message}`)),
    repaired: prompts.length > 1,
    usage: { inputTokens: total((r) => r.inputTokens), outputTokens: total((r) => r.outputTokens) },
    cost: toText(decimalToFixed(turn.modelCost)),
    reserved: toText(calls.reduce((s, c) => add(s, decimalToFixed(c.reserved)), ZERO)),
    latencyMs: total((r) => r.latencyMs),
  };
}

function outcomeView(turn: Turn): DecisionDetail["outcome"] {
  if (turn.settledAt === null || turn.settleAt === null) return null;
  const text = (d: Prisma.Decimal | null) => toText(d === null ? ZERO : decimalToFixed(d));
  return {
    settledAt: turn.settleAt.getTime(),
    realisedPnl: text(turn.realisedPnl),
    markPnl: text(turn.markPnl),
    feesPaid: text(turn.feesPaid),
    netPnl: text(turn.netPnl),
    holdPnl: text(turn.holdPnl),
  };
}

function stagesOf(turn: Turn): StageView[] {
  const hashes = {
    context: turn.contextHash,
    prompt: turn.promptHash,
    decision: turn.decisionHash,
    verdict: turn.verdictHash,
    intents: turn.intentsHash,
  } as const;
  return Object.entries(hashes).flatMap(([stage, hash]) => (hash === null ? [] : [{ stage: stage as StageView["stage"], hash }]));
}

function triggerText(turn: Turn, interval: string | null): string {
  const kind = triggerKind(turn.trigger);
  if (kind === "manual") return "A person pressed “Decide now”.";
  if (kind === "flatten") return "A person halted the agent and asked to sell everything.";
  return interval ? `A ${interval} bar closed.` : "The schedule woke the agent.";
}

async function neighboursOf(q: QueryContext, turn: Turn): Promise<{ previousTurnId: string | null; nextTurnId: string | null }> {
  const side = (before: boolean) =>
    q.db.prisma.turn.findFirst({
      where: { agentId: turn.agentId, at: before ? { lt: turn.at } : { gt: turn.at } },
      orderBy: { at: before ? "desc" : "asc" },
      select: { id: true },
    });
  const [previous, next] = await Promise.all([side(true), side(false)]);
  return { previousTurnId: previous?.id ?? null, nextTurnId: next?.id ?? null };
}
