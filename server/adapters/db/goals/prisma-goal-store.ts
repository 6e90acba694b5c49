import type { EventDraft } from "@/server/events";
import type {
  Achievement,
  Goal,
  GoalCheckRow,
  GoalGauge,
  GoalNode,
  GoalRecord,
  GoalStore,
  GoalTrade,
  GoalVolume,
  NodeMoney,
  Proposal,
  StoredGoal,
  ThresholdRow,
} from "@/server/goals";
import { RoundTrips } from "@/server/risk";
import { actorText, DomainError, type Fixed, fixed, notFound, type TenantScope, ZERO } from "@/server/shared";
import { type NodeKind, parseMoneyRules } from "@/server/wallets";
import { appendEvents } from "../append-events";
import { writeAudit } from "../audit";
import type { Database, Tx } from "../database";
import { decimalToFixed, fixedToDecimal } from "../decimal";
import { newId } from "../new-id";
import { storedConfig } from "../stored-config";
import { achievementFromRow, checkColumns, goalColumns, goalFromRow, movesToJson, proposalBody, proposalFromRow } from "./goal-rows";

const ACTS = { OR: [{ status: "active" }, { status: "achieved", onAchieved: { path: ["after"], equals: "reduce-only" } }] };

/** Rows of goals, their checks, changes, achievements and proposals. */
export class PrismaGoalStore implements GoalStore {
  constructor(private readonly db: Database) {}

  async nodes(scope: TenantScope): Promise<readonly GoalNode[]> {
    const rows = await this.db.prisma.walletNode.findMany({
      where: { workspaceId: scope.workspaceId, closedAt: null, OR: [{ agent: null }, { agent: { status: { not: "archived" } } }] },
      include: { agent: { select: { id: true, status: true, config: true } } },
      orderBy: { createdAt: "asc" },
    });
    return rows.map(({ id, parentId, kind, name, currency, agent }) => ({
      id,
      parentId,
      kind: kind as NodeKind,
      name,
      currency,
      agentId: agent?.id ?? null,
      agentStatus: agent?.status ?? null,
      symbols: agent ? storedConfig(agent.config).symbols : [],
    }));
  }

  async list(scope: TenantScope, which: "acting" | "shown"): Promise<readonly StoredGoal[]> {
    const { workspaceId } = scope;
    const orderBy = [{ createdAt: "desc" as const }, { id: "desc" as const }];
    const find = (where: object, take?: number) => this.db.prisma.goal.findMany({ where: { workspaceId, ...where }, orderBy, ...(take && { take }) });
    const going = { status: { in: ["draft", "active", "paused"] } };
    const rows = which === "acting" ? await find(ACTS) : [...(await find(going)), ...(await find({ NOT: going }, 200))];
    const kinds = await this.#kinds(
      workspaceId,
      rows.map((r) => r.nodeId),
    );
    return rows.map((row) => goalFromRow(row, kinds.get(row.nodeId) ?? "agent"));
  }

  async get(scope: TenantScope, goalId: string): Promise<StoredGoal> {
    const { workspaceId } = scope;
    const row = await this.db.prisma.goal.findFirst({ where: { id: goalId, workspaceId } });
    if (!row) throw notFound("This goal");
    return goalFromRow(row, (await this.#kinds(workspaceId, [row.nodeId])).get(row.nodeId) ?? "agent");
  }

  async #kinds(workspaceId: string, nodeIds: readonly string[]): Promise<ReadonlyMap<string, NodeKind>> {
    const nodes = await this.db.prisma.walletNode.findMany({ where: { workspaceId, id: { in: [...nodeIds] } }, select: { id: true, kind: true } });
    return new Map(nodes.map((n) => [n.id, n.kind as NodeKind]));
  }

  create(scope: TenantScope, stored: StoredGoal, record: GoalRecord): Promise<void> {
    const { id, nodeId, kind, unit, createdAt } = stored.goal;
    return this.db.transaction(async (tx) => {
      await tx.goal.create({
        data: {
          id,
          workspaceId: scope.workspaceId,
          nodeId,
          kind,
          unit,
          sentence: stored.sentence,
          createdAt: new Date(createdAt),
          actor: actorText(scope),
          ...goalColumns(stored),
          ...checkColumns(stored),
        },
      });
      await this.#record(tx, scope, stored.goal, createdAt, record);
    });
  }

  save(scope: TenantScope, before: Goal, after: StoredGoal, at: number, record: GoalRecord): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      const { count } = await tx.goal.updateMany({
        where: { id: before.id, workspaceId: scope.workspaceId, version: before.version },
        // Whoever changes a goal has set it from then on; what the product adapts stays theirs.
        data: { ...goalColumns(after), ...checkColumns(after), ...(scope.actor.kind === "system" ? {} : { actor: actorText(scope) }) },
      });
      if (count === 0) return false;
      await this.#record(tx, scope, before, at, record);
      return true;
    });
  }

  async #record(tx: Tx, scope: TenantScope, goal: Goal, at: number, record: GoalRecord): Promise<void> {
    const { workspaceId } = scope;
    const { change, achievement } = record;
    if (record.undoes !== undefined)
      await tx.goalChange.updateMany({
        where: { id: record.undoes, workspaceId, goalId: goal.id, undoneAt: null },
        data: { undoneAt: new Date(at) },
      });
    if (change)
      await tx.goalChange.create({
        data: {
          id: newId(),
          workspaceId,
          goalId: goal.id,
          kind: change.kind,
          from: fixedToDecimal(change.from),
          to: fixedToDecimal(change.to),
          why: change.why,
          actor: actorText(scope),
          at: new Date(at),
        },
      });
    if (achievement) {
      const { id, goalId, version } = achievement;
      await tx.goalAchievement.createMany({ data: [{ id, workspaceId, goalId, version, ...achievementColumns(achievement) }], skipDuplicates: true });
    }
    await writeAudit(tx, scope, { action: record.action, subject: goal.id, data: { nodeId: goal.nodeId, why: record.why } });
    await appendEvents(tx, workspaceId, record.events ?? []);
  }

  saveCheck(scope: TenantScope, stored: StoredGoal, events: readonly EventDraft[]): Promise<boolean> {
    const { goal, measure, odds } = stored;
    const { workspaceId } = scope;
    return this.db.transaction(async (tx) => {
      const { count } = await tx.goal.updateMany({ where: { id: goal.id, workspaceId, version: goal.version }, data: checkColumns(stored) });
      if (count === 0) return false;
      if (measure) {
        const row = {
          value: measure.value === null ? null : fixedToDecimal(measure.value),
          done: measure.done,
          probability: odds?.known ? odds.probability : null,
        };
        const goalId_at = { goalId: goal.id, at: new Date(measure.at) };
        await tx.goalCheck.upsert({ where: { goalId_at }, create: { ...goalId_at, workspaceId, ...row }, update: row });
      }
      await appendEvents(tx, workspaceId, events);
      return true;
    });
  }

  saveBudgets(
    scope: TenantScope,
    budgets: readonly { readonly agentId: string; readonly gauges: readonly GoalGauge[] }[],
    basis: readonly Goal[],
    at: number,
  ): Promise<boolean> {
    const { workspaceId } = scope;
    return this.db.transaction(async (tx) => {
      // One writer at a time, and only of what the goals still are: an older list never overwrites a newer one.
      await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`goal-budgets:${workspaceId}`}, 0))::text AS locked`;
      const now = await tx.goal.findMany({ where: { workspaceId, ...ACTS }, select: { id: true, version: true } });
      const text = (goals: readonly { id: string; version: number }[]): string =>
        goals
          .map((g) => `${g.id}:${g.version}`)
          .sort()
          .join();
      if (text(now) !== text(basis)) return false;
      await tx.goalBudget.deleteMany({ where: { workspaceId, agentId: { notIn: budgets.map((b) => b.agentId) } } });
      await tx.$executeRaw`
        INSERT INTO "GoalBudget" ("agentId", "workspaceId", gauges, at)
        SELECT g."agentId", ${workspaceId}::uuid, g.gauges, ${new Date(at).toISOString()}::timestamptz
        FROM jsonb_to_recordset(${JSON.stringify(budgets)}::jsonb) AS g("agentId" uuid, gauges jsonb)
        JOIN "Agent" a ON a.id = g."agentId" AND a."workspaceId" = ${workspaceId}::uuid ORDER BY g."agentId"
        ON CONFLICT ("agentId") DO UPDATE SET gauges = excluded.gauges, at = excluded.at`;
      return true;
    });
  }

  async agentsWorth(
    scope: TenantScope,
    agentIds: readonly string[],
    at: number,
  ): Promise<ReadonlyMap<string, { readonly equity: Fixed; readonly flows: Fixed }>> {
    const rows = await this.db.raw.query<{ id: string; equity: string; flows: string }>(
      `WITH last AS (
         SELECT a.id, a."nodeId", e.at, e.equity FROM "Agent" a
         LEFT JOIN LATERAL (SELECT p.at, p.equity FROM "EquityPoint" p WHERE p."agentId" = a.id AND p.at <= $3::timestamptz ORDER BY p.at DESC LIMIT 1) e ON true
         WHERE a."workspaceId" = $1::uuid AND a.id = ANY($2::uuid[])),
       flow AS (
         SELECT l.id, sum(p.amount) AS total, sum(p.amount) FILTER (WHERE l.at IS NULL OR t.at > l.at) AS since
         FROM last l JOIN "LedgerAccount" a ON a."nodeId" = l."nodeId" AND a.kind = 'cash' JOIN "Posting" p ON p."accountId" = a.id JOIN "LedgerTransaction" t ON t.id = p."transactionId"
         WHERE t.kind IN ('allocate', 'collect', 'deposit', 'withdraw') AND t.at <= $3::timestamptz GROUP BY l.id)
       SELECT l.id::text AS id, trim_scale(coalesce(l.equity, 0) + coalesce(f.since, 0))::text AS equity, trim_scale(coalesce(f.total, 0))::text AS flows
       FROM last l LEFT JOIN flow f ON f.id = l.id`,
      [scope.workspaceId, [...agentIds], new Date(at).toISOString()],
    );
    return new Map(rows.map((r) => [r.id, { equity: fixed(r.equity), flows: fixed(r.flows) }]));
  }

  async trading(
    scope: TenantScope,
    agentIds: readonly string[],
    from: number,
  ): Promise<{ readonly trades: readonly GoalTrade[]; readonly volumes: readonly GoalVolume[] }> {
    const rows = await this.db.raw.query<{
      agentId: string;
      symbol: string;
      side: "buy" | "sell";
      quantity: string;
      price: string;
      fee: string;
      at: string;
    }>(
      `SELECT "agentId"::text AS "agentId", symbol, side, trim_scale(quantity)::text AS quantity, trim_scale(price)::text AS price, trim_scale(fee)::text AS fee,
         (extract(epoch FROM at) * 1000)::bigint::text AS at
       FROM "Fill" WHERE "workspaceId" = $1::uuid AND "agentId" = ANY($2::uuid[]) AND at >= $3::timestamptz ORDER BY "agentId", sequence`,
      [scope.workspaceId, [...agentIds], new Date(from).toISOString()],
    );
    const trips = new Map<string, RoundTrips>();
    const volumes: GoalVolume[] = [];
    for (const row of rows) {
      const fill = {
        symbol: row.symbol,
        side: row.side,
        quantity: fixed(row.quantity),
        price: fixed(row.price),
        fee: fixed(row.fee),
        at: Number(row.at),
      };
      const own = trips.get(row.agentId) ?? new RoundTrips();
      trips.set(row.agentId, own);
      own.take(fill);
      volumes.push({ at: fill.at, notional: ((fill.quantity * fill.price) / 10n ** 18n) as Fixed });
    }
    const trades = [...trips.values()].flatMap((t) => t.since(0).map(({ closedAt, profit }): GoalTrade => ({ at: closedAt, profit })));
    return { trades: trades.sort((a, b) => a.at - b.at), volumes: volumes.sort((a, b) => a.at - b.at) };
  }

  async recordStart(scope: TenantScope, agentIds: readonly string[]): Promise<number | null> {
    const [row] = await this.db.raw.query<{ at: string | null }>(
      `SELECT (extract(epoch FROM min(first.at)) * 1000)::bigint::text AS at FROM "Agent" a
       CROSS JOIN LATERAL (SELECT e.at FROM "EquityPoint" e WHERE e."agentId" = a.id ORDER BY e.at LIMIT 1) first
       WHERE a."workspaceId" = $1::uuid AND a.id = ANY($2::uuid[])`,
      [scope.workspaceId, [...agentIds]],
    );
    return row?.at ? Number(row.at) : null;
  }

  async money(scope: TenantScope, nodeIds: readonly string[]): Promise<ReadonlyMap<string, NodeMoney>> {
    const rows = await this.db.raw.query<{ id: string; cash: string; busy: boolean; rules: unknown }>(
      `SELECT n.id::text AS id, trim_scale(coalesce((SELECT sum(l.balance) FROM "LedgerAccount" l WHERE l."nodeId" = n.id AND l.kind = 'cash' AND l.currency = n.currency), 0))::text AS cash,
         EXISTS (SELECT 1 FROM "Agent" a JOIN "Position" p ON p."agentId" = a.id AND p.quantity > 0 WHERE a."nodeId" = n.id)
         OR EXISTS (SELECT 1 FROM "Agent" a JOIN "Order" o ON o."agentId" = a.id AND o.status IN ('intended', 'sending', 'open', 'partially_filled') WHERE a."nodeId" = n.id) AS busy,
         n."moneyRules" AS rules
       FROM "WalletNode" n WHERE n."workspaceId" = $1::uuid AND n.id = ANY($2::uuid[])`,
      [scope.workspaceId, [...nodeIds]],
    );
    return new Map(rows.map((r) => [r.id, { cash: fixed(r.cash), busy: r.busy, rules: parseMoneyRules(r.rules) }]));
  }

  async flows(scope: TenantScope, nodeId: string, at: number): Promise<Fixed> {
    // The same movements as the books of a turn count, or a budget would take one for a profit.
    const [row] = await this.db.raw.query<{ total: string }>(
      `SELECT trim_scale(coalesce(sum(p.amount), 0))::text AS total
       FROM "LedgerAccount" a JOIN "Posting" p ON p."accountId" = a.id JOIN "LedgerTransaction" t ON t.id = p."transactionId"
       WHERE a."workspaceId" = $1::uuid AND a."nodeId" = $2::uuid AND a.kind = 'cash' AND t.kind IN ('allocate', 'collect', 'deposit', 'withdraw') AND t.at <= $3::timestamptz`,
      [scope.workspaceId, nodeId, new Date(at).toISOString()],
    );
    return row ? fixed(row.total) : ZERO;
  }

  async nodeFlows(scope: TenantScope, nodeId: string, at: number): Promise<Fixed> {
    const { _sum } = await this.db.prisma.nodeFlow.aggregate({
      where: { workspaceId: scope.workspaceId, nodeId, at: { lte: new Date(at) } },
      _sum: { flow: true },
    });
    return _sum.flow === null ? ZERO : decimalToFixed(_sum.flow);
  }

  async workspaces(): Promise<readonly string[]> {
    const [goals, open, budgets] = [
      await this.db.prisma.goal.findMany({ where: ACTS, distinct: ["workspaceId"], select: { workspaceId: true } }),
      await this.db.prisma.goalAchievement.findMany({ where: { status: "open" }, distinct: ["workspaceId"], select: { workspaceId: true } }),
      // A goal that acts no more leaves its gauges to be taken away.
      await this.db.prisma.goalBudget.findMany({ distinct: ["workspaceId"], select: { workspaceId: true } }),
    ];
    return [...new Set([...goals, ...open, ...budgets].map((r) => r.workspaceId))].sort();
  }

  async achievements(scope: TenantScope, which: { readonly open: true } | { readonly goalId: string }): Promise<readonly Achievement[]> {
    const { workspaceId } = scope;
    const rows =
      "open" in which
        ? await this.db.prisma.goalAchievement.findMany({ where: { workspaceId, status: "open" }, orderBy: [{ at: "asc" }, { id: "asc" }] })
        : await this.db.prisma.goalAchievement.findMany({
            where: { workspaceId, goalId: which.goalId },
            orderBy: [{ at: "desc" }, { id: "desc" }],
            take: 100,
          });
    return rows.map(achievementFromRow);
  }

  async hasAchievement(scope: TenantScope, achievementId: string): Promise<boolean> {
    return (await this.db.prisma.goalAchievement.count({ where: { workspaceId: scope.workspaceId, id: achievementId } })) > 0;
  }

  async collected(scope: TenantScope, goalId: string): Promise<Fixed> {
    const { _sum } = await this.db.prisma.goalAchievement.aggregate({ where: { workspaceId: scope.workspaceId, goalId }, _sum: { collected: true } });
    return _sum.collected === null ? ZERO : decimalToFixed(_sum.collected);
  }

  saveAchievement(scope: TenantScope, achievement: Achievement, events: readonly EventDraft[]): Promise<Achievement> {
    return this.db.transaction(async (tx) => {
      const { id, revision } = achievement;
      const { count } = await tx.goalAchievement.updateMany({
        // What is done stays done, however late another process writes.
        where: { id, workspaceId: scope.workspaceId, status: "open", revision },
        data: { ...achievementColumns(achievement), revision: revision + 1, ...(achievement.status === "done" && { doneAt: new Date() }) },
      });
      if (count === 0)
        throw new DomainError("ACHIEVEMENT_TAKEN", "Another process carries out what follows from this goal.", {
          kind: "conflict",
          data: { achievementId: id },
        });
      await appendEvents(tx, scope.workspaceId, events);
      return { ...achievement, revision: revision + 1 };
    });
  }

  async checks(scope: TenantScope, goalId: string, limit: number): Promise<readonly GoalCheckRow[]> {
    const rows = await this.db.prisma.goalCheck.findMany({ where: { workspaceId: scope.workspaceId, goalId }, orderBy: { at: "desc" }, take: limit });
    return rows
      .reverse()
      .map((r) => ({ at: r.at.getTime(), value: r.value === null ? null : decimalToFixed(r.value), done: r.done, probability: r.probability }));
  }

  async changes(scope: TenantScope, goalId: string): Promise<readonly ThresholdRow[]> {
    const rows = await this.db.prisma.goalChange.findMany({
      where: { workspaceId: scope.workspaceId, goalId },
      orderBy: [{ at: "desc" }, { id: "desc" }],
      take: 100,
    });
    return rows.map((r) => ({
      id: r.id,
      kind: r.kind,
      from: decimalToFixed(r.from),
      to: decimalToFixed(r.to),
      why: r.why,
      actor: r.actor,
      at: r.at.getTime(),
      undone: r.undoneAt !== null,
    }));
  }

  async proposals(scope: TenantScope, limit: number): Promise<readonly Proposal[]> {
    const rows = await this.db.prisma.goalProposal.findMany({
      where: { workspaceId: scope.workspaceId },
      orderBy: [{ at: "desc" }, { id: "desc" }],
      take: limit,
    });
    return rows.map(proposalFromRow);
  }

  propose(scope: TenantScope, nodeId: string, proposal: Proposal | null): Promise<void> {
    const { workspaceId } = scope;
    return this.db.transaction(async (tx) => {
      await tx.goalProposal.updateMany({ where: { workspaceId, openKey: nodeId, status: "open" }, data: { openKey: null, status: "outdated" } });
      if (!proposal) return;
      const { id, why, at } = proposal;
      await tx.goalProposal.create({
        data: { id, workspaceId, nodeId, openKey: nodeId, why, at: new Date(at), body: proposalBody(proposal), status: "open" },
      });
    });
  }

  moveProposal(scope: TenantScope, proposal: Proposal, from: Proposal["status"]): Promise<boolean> {
    const { workspaceId } = scope;
    return this.db.transaction(async (tx) => {
      const { id, status, nodeId } = proposal;
      const actor = (status === "applying" ? proposal.actor : null) ?? actorText(scope);
      const { count } = await tx.goalProposal.updateMany({
        where: { id, workspaceId, status: from },
        data: { status, actor, decidedAt: new Date(), reason: proposal.reason, openKey: status === "applying" ? nodeId : null },
      });
      if (count === 0) return false;
      await writeAudit(tx, scope, { action: `goal.proposal.${status}`, subject: id, data: { nodeId, why: proposal.why } });
      return true;
    });
  }
}

const achievementColumns = (a: Achievement) => ({
  periodStart: a.periodStart === null ? null : new Date(a.periodStart),
  at: new Date(a.at),
  rule: { ...a.rule, raisePercent: text(a.rule.raisePercent), collectPercent: text(a.rule.collectPercent) },
  profit: fixedToDecimal(a.profit),
  due: fixedToDecimal(a.due),
  collected: fixedToDecimal(a.collected),
  moves: movesToJson(a.moves),
  status: a.status,
  note: a.note,
});
const text = (x: Fixed | null): string | null => (x === null ? null : fixedToDecimal(x).toFixed());
