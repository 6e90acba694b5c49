import type { Prisma } from "@/generated/prisma/client";
import {
  type AlertDraft,
  type BreakerDecisionDraft,
  type BreakerKind,
  type BreakerState,
  type MarkedState,
  type MitigationStep,
  type MonitorStore,
  NO_STORED_BREAKERS,
  type PlannedMitigation,
  type TradingState,
  type WatchedAgent,
  type WatchedWorkspace,
} from "@/server/risk";
import { type Fixed, fixed, HOUR_MS, toText } from "@/server/shared";
import { appendEvents } from "./append-events";
import type { Database, Tx } from "./database";
import { newId } from "./new-id";

const ACTOR = "system:breakers";
const time = (ms: number): string => new Date(ms).toISOString();
const instant = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));

/** Rows of the monitoring: one statement finds all there is to watch, one more each its highs and its model calls. */
export class PrismaMonitorStore implements MonitorStore {
  constructor(private readonly db: Database) {}

  async watched(workspaceId: string | null): Promise<readonly WatchedWorkspace[]> {
    const rows = await this.db.raw.query<{ w: Row }>(WATCHED, [workspaceId]);
    return rows.map(({ w }) => ({
      workspaceId: w.workspaceId,
      tradingState: w.tradingState,
      settings: w.settings ?? NO_STORED_BREAKERS,
      realised: fixed(w.realised),
      agents: (w.agents ?? []).map(
        (a): WatchedAgent => ({
          ...a,
          money: fixed(a.money),
          positions: (a.positions ?? []).map((p) => ({
            symbol: p.symbol,
            quantity: fixed(p.quantity),
            averageEntry: fixed(p.averageEntry),
            realisedPnl: fixed(p.realisedPnl),
            feesPaid: fixed(p.feesPaid),
          })),
        }),
      ),
      marks: w.marks ?? [],
      alerts: w.alerts ?? [],
      pending: w.pending ?? [],
    }));
  }

  async highs(since: Parameters<MonitorStore["highs"]>[0]): Promise<ReadonlyMap<string, Fixed>> {
    if (since.length === 0) return new Map();
    const rows = await this.db.raw.query<{ id: string; high: string }>(
      `SELECT w."subjectId" AS id, trim_scale(max(h.profit))::text AS high
       FROM jsonb_to_recordset($1::jsonb) AS w("subjectId" uuid, since timestamptz) JOIN "ProfitHigh" h ON h."subjectId" = w."subjectId" AND h.hour >= w.since GROUP BY 1`,
      // The hour in which the window begins counts: its high may be a little older than the window.
      [JSON.stringify(since.map((s) => ({ subjectId: s.subjectId, since: time(hourOf(s.since)) })))],
    );
    return new Map(rows.map((r) => [r.id, fixed(r.high)]));
  }

  async saveHighs(highs: Parameters<MonitorStore["saveHighs"]>[0], at: number): Promise<void> {
    await this.db.raw.query(
      `INSERT INTO "ProfitHigh" ("workspaceId", "subjectId", hour, profit)
       SELECT r."workspaceId", r."subjectId", $2::timestamptz, r.profit FROM jsonb_to_recordset($1::jsonb) AS r("workspaceId" uuid, "subjectId" uuid, profit numeric(38,18))
       ORDER BY r."subjectId" ON CONFLICT ("subjectId", hour) DO UPDATE SET profit = greatest("ProfitHigh".profit, excluded.profit)`,
      [JSON.stringify(highs.map((h) => ({ workspaceId: h.workspaceId, subjectId: h.subjectId, profit: toText(h.profit) }))), time(hourOf(at))],
    );
  }

  async modelCalls(since: Parameters<MonitorStore["modelCalls"]>[0]): Promise<ReadonlyMap<string, { failed: number; all: number }>> {
    const rows = await this.db.raw.query<{ id: string; all: number; failed: number }>(
      `SELECT w."subjectId" AS id, count(*)::int AS "all", count(*) FILTER (WHERE t.reason IS NOT NULL)::int AS failed
       FROM jsonb_to_recordset($1::jsonb) AS w("subjectId" uuid, since timestamptz)
       JOIN "Turn" t ON t."agentId" = w."subjectId" AND t.at > w.since AND t."decisionHash" IS NOT NULL AND t.trigger->>'kind' <> 'flatten'
         AND coalesce(t.reason, '') NOT LIKE 'MODEL_BUDGET_EXCEEDED:%' GROUP BY 1`,
      [JSON.stringify(since.map((s) => ({ subjectId: s.subjectId, since: time(s.since) })))],
    );
    return new Map(rows.map((r) => [r.id, { all: r.all, failed: r.failed }]));
  }

  decide(draft: BreakerDecisionDraft, mark: MarkedState, next: BreakerState): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      if (!(await this.#mark(tx, draft.workspaceId, mark, next))) return false;
      const { inputs, answers, at, decidedAt, steps, ...rest } = draft;
      const json = (value: unknown) => value as Prisma.InputJsonValue;
      await tx.breakerDecision.create({
        data: { ...rest, steps: [...steps], inputs: json(inputs), answers: json(answers), at: new Date(at), decidedAt: new Date(decidedAt) },
      });
      const subject = draft.agentId ?? draft.workspaceId;
      const data = { decision: draft.id, breaker: draft.kind, steps: [...steps], reason: draft.reason };
      await tx.auditEntry.create({ data: { id: newId(), workspaceId: draft.workspaceId, actor: ACTOR, action: "breaker.acted", subject, data } });
      await appendEvents(tx, draft.workspaceId, [
        {
          type: "risk/breaker.acted",
          data: { decisionId: draft.id, agentId: draft.agentId, breaker: draft.kind, step: steps.at(-1) ?? "", reason: draft.reason },
        },
      ]);
      return true;
    });
  }

  rearm(workspaceId: string, mark: MarkedState, next: BreakerState): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      if (!(await this.#mark(tx, workspaceId, mark, next))) return false;
      if (mark.kind === "drawdown") await tx.profitHigh.deleteMany({ where: { subjectId: mark.subjectId } });
      return true;
    });
  }

  /** Compare-and-set by the version; false when somebody was faster. */
  async #mark(tx: Tx, workspaceId: string, mark: MarkedState, next: BreakerState): Promise<boolean> {
    const [step, actedAt, resetAt] = [next.step, instant(next.actedAt), instant(next.resetAt)];
    const { subjectId, kind, version } = mark;
    if (version > 0) {
      const { count } = await tx.breakerMark.updateMany({
        where: { subjectId, kind, version },
        data: { step, actedAt, resetAt, version: version + 1 },
      });
      return count === 1;
    }
    const { count } = await tx.breakerMark.createMany({ data: [{ workspaceId, subjectId, kind, step, actedAt, resetAt }], skipDuplicates: true });
    return count === 1;
  }

  async planned(workspaceId: string | null, before: number, limit: number): Promise<readonly PlannedMitigation[]> {
    const rows = await this.db.prisma.breakerDecision.findMany({
      where: { status: "planned", decidedAt: { lt: new Date(before) }, ...(workspaceId === null ? {} : { workspaceId }) },
      orderBy: { decidedAt: "asc" },
      take: limit,
      select: { id: true, workspaceId: true, agentId: true, kind: true, steps: true, reason: true },
    });
    return rows.map((r) => ({ ...r, kind: r.kind as BreakerKind, steps: r.steps as MitigationStep[] }));
  }

  async isPlanned(decisionId: string): Promise<boolean> {
    return (await this.db.prisma.breakerDecision.count({ where: { id: decisionId, status: "planned" } })) === 1;
  }

  async finish(decisionId: string, error: string | null, wallNow: number): Promise<void> {
    await this.db.prisma.breakerDecision.updateMany({
      where: { id: decisionId, status: "planned" },
      data: error === null ? { status: "done", error: null, doneAt: new Date(wallNow) } : { error },
    });
  }

  raise(workspaceId: string, alerts: readonly AlertDraft[], when: { readonly at: number; readonly wallNow: number }): Promise<number> {
    return this.db.transaction(async (tx) => {
      const rows = alerts.map((a) => ({ ...a, id: newId(), figures: a.figures as Prisma.InputJsonObject }));
      const raised = await tx.alert.createManyAndReturn({
        data: rows.map(({ key, ...a }) => ({ ...a, openKey: key, workspaceId, at: new Date(when.at), raisedAt: new Date(when.wallNow) })),
        skipDuplicates: true,
        select: { id: true, title: true, severity: true, agentId: true },
      });
      await appendEvents(
        tx,
        workspaceId,
        raised.map((a) => ({
          type: "risk/alert.raised" as const,
          data: { alertId: a.id, agentId: a.agentId, severity: a.severity, title: a.title },
        })),
      );
      return raised.length;
    });
  }

  resolve(workspaceId: string, alertIds: readonly string[], wallNow: number): Promise<number> {
    return this.db.transaction(async (tx) => {
      const ended = await tx.alert.updateManyAndReturn({
        where: { workspaceId, id: { in: [...alertIds] }, resolvedAt: null },
        data: { resolvedAt: new Date(wallNow), openKey: null },
        select: { id: true },
      });
      await appendEvents(
        tx,
        workspaceId,
        ended.map((a) => ({ type: "risk/alert.changed" as const, data: { alertId: a.id, state: "resolved" } })),
      );
      return ended.length;
    });
  }
}

const hourOf = (ms: number): number => Math.floor(ms / HOUR_MS) * HOUR_MS;

type PositionJson = { symbol: string; quantity: string; averageEntry: string; realisedPnl: string; feesPaid: string };
type Row = {
  workspaceId: string;
  tradingState: TradingState;
  settings: unknown;
  realised: string;
  agents: (Omit<WatchedAgent, "money" | "positions"> & { money: string; positions: PositionJson[] | null })[] | null;
  marks: MarkedState[] | null;
  alerts: { alertId: string; key: string }[] | null;
  pending: string[] | null;
};

const ms = (column: string): string => `(extract(epoch FROM ${column}) * 1000)::bigint`;

// $1 the workspace, or null for all. Everything of one moment: a state that is read before its breaker's mark would look like a person's.
const WATCHED = `
WITH active AS (
  SELECT g.* FROM "Agent" g WHERE g.status <> 'archived' AND ($1::uuid IS NULL OR g."workspaceId" = $1::uuid)
    AND (g.status IN ('starting', 'running', 'stopping') OR EXISTS (SELECT 1 FROM "Position" p WHERE p."agentId" = g.id AND p.quantity > 0))),
money AS (
  SELECT a.id, trim_scale(coalesce(sum(l.balance), 0))::text AS money FROM active a
    LEFT JOIN "LedgerAccount" l ON l."workspaceId" = a."workspaceId" AND l."nodeId" = a."nodeId" AND l.kind IN ('cash', 'hold') AND l.currency = a."baseCurrency" GROUP BY a.id),
held AS (
  SELECT p."agentId" AS id, jsonb_agg(jsonb_build_object('symbol', p.symbol, 'quantity', trim_scale(p.quantity)::text, 'averageEntry', trim_scale(p."averageEntry")::text,
    'realisedPnl', trim_scale(p."realisedPnl")::text, 'feesPaid', trim_scale(p."feesPaid")::text) ORDER BY p.symbol) AS positions
  FROM "Position" p JOIN active a ON a.id = p."agentId" GROUP BY 1),
agents AS (
  SELECT a."workspaceId" AS id, jsonb_agg(jsonb_build_object('agentId', a.id, 'name', a.name, 'symbols', a.config->'symbols', 'usesModel', a.config->'decider'->>'kind' = 'model',
    'tradingState', a."tradingState", 'money', m.money, 'positions', h.positions) ORDER BY a.id) AS agents
  FROM active a JOIN money m ON m.id = a.id LEFT JOIN held h ON h.id = a.id GROUP BY 1),
marks AS (
  SELECT b."workspaceId" AS id, jsonb_agg(jsonb_build_object('subjectId', b."subjectId", 'kind', b.kind, 'step', b.step, 'actedAt', ${ms('b."actedAt"')}, 'resetAt', ${ms('b."resetAt"')}, 'version', b.version)) AS marks
  FROM "BreakerMark" b WHERE $1::uuid IS NULL OR b."workspaceId" = $1::uuid GROUP BY 1),
alerts AS (
  SELECT l."workspaceId" AS id, jsonb_agg(jsonb_build_object('alertId', l.id, 'key', l."openKey")) AS alerts
  FROM "Alert" l WHERE l."openKey" IS NOT NULL AND ($1::uuid IS NULL OR l."workspaceId" = $1::uuid) GROUP BY 1),
pending AS (
  SELECT d."workspaceId" AS id, jsonb_agg(coalesce(d."agentId", d."workspaceId")) AS pending
  FROM "BreakerDecision" d WHERE d.status = 'planned' AND ($1::uuid IS NULL OR d."workspaceId" = $1::uuid) GROUP BY 1)
SELECT jsonb_build_object('workspaceId', w.id, 'tradingState', w."tradingState", 'settings', s.settings, 'agents', g.agents, 'marks', k.marks, 'alerts', l.alerts, 'pending', d.pending,
  'realised', (SELECT trim_scale(coalesce(sum(p."realisedPnl" - p."feesPaid"), 0))::text FROM "Agent" a JOIN "Position" p ON p."agentId" = a.id WHERE a."workspaceId" = w.id)) AS w
FROM "Workspace" w LEFT JOIN agents g ON g.id = w.id LEFT JOIN "BreakerSettings" s ON s."workspaceId" = w.id LEFT JOIN marks k ON k.id = w.id
  LEFT JOIN alerts l ON l.id = w.id LEFT JOIN pending d ON d.id = w.id
WHERE (g.id IS NOT NULL OR l.id IS NOT NULL) AND ($1::uuid IS NULL OR w.id = $1::uuid) ORDER BY w.id`;
