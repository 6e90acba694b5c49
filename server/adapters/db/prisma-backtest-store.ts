import type { Prisma } from "@/generated/prisma/client";
import type { RuleSetName } from "@/server/agents";
import { type JobSpec, type JobStatus, type JobSummary, symbolSetOf, type TrialDraft } from "@/server/backtest";
import { trialKey } from "@/server/evidence";
import { DomainError, type Json, notFound, type TenantScope } from "@/server/shared";
import { appendEvents } from "./append-events";
import { writeAudit } from "./audit";
import type { Database, Tx } from "./database";
import { newId } from "./new-id";
import { type PackedBlob, unpackBlob } from "./prisma-blob-store";

/** Waiting and running backtests that one workspace may have. */
export const MOST_WAITING = 20;
/** What stays when a job is done. */
const KEPT_PARTS = ["result", "view", "overfitting"];

export type StoredBacktest = {
  readonly id: string;
  readonly workspaceId: string;
  readonly name: string;
  readonly job: JobSpec;
  readonly status: JobStatus;
  readonly reason: string | null;
  readonly reasonCode: string | null;
  readonly done: number;
  readonly total: number;
  readonly trials: number;
  readonly summary: JobSummary | null;
  readonly resultHash: string | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
};

/** Trials of one symbol set and family, each by its own figures: what a deflated Sharpe ratio counts. */
export type TrialRow = Pick<TrialDraft, "symbolSet" | "family" | "returns" | "sharpe" | "skewness" | "kurtosis"> & {
  readonly backtestId: string;
  readonly at: number;
};

type Row = Prisma.BacktestGetPayload<object>;

/** Backtests of a workspace, their finished pieces and the trials they made. Times are wall ms. */
export class PrismaBacktestStore {
  constructor(private readonly db: Database) {}

  /** Throws TOO_MANY_BACKTESTS. */
  insert(scope: TenantScope, draft: { readonly name: string; readonly job: JobSpec; readonly trials: number }, at: number): Promise<string> {
    const { workspaceId, actor } = scope;
    return this.db.transaction(async (tx) => {
      const waiting = await tx.backtest.count({ where: { workspaceId, status: { in: ["queued", "running"] } } });
      if (waiting >= MOST_WAITING)
        throw new DomainError("TOO_MANY_BACKTESTS", `${waiting} backtests are waiting or running; wait for one to end, or cancel one`, {
          kind: "limited",
        });
      const id = newId();
      const { kind, spec } = draft.job;
      await tx.backtest.create({
        data: {
          id,
          workspaceId,
          kind,
          name: draft.name,
          spec: json(spec),
          status: "queued",
          trials: draft.trials,
          actor: `${actor.kind}:${actor.id}`,
          createdAt: new Date(at),
        },
      });
      await tell(tx, workspaceId, { id, status: "queued", done: 0, total: 0 });
      return id;
    });
  }

  async list(scope: TenantScope, query: { readonly cursor?: string; readonly limit: number }): Promise<readonly StoredBacktest[]> {
    const rows = await this.db.prisma.backtest.findMany({
      where: { workspaceId: scope.workspaceId },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      take: query.limit,
      ...(query.cursor ? { cursor: { id: query.cursor }, skip: 1 } : {}),
    });
    return rows.map(stored);
  }

  /** Throws NOT_FOUND. */
  async get(scope: TenantScope, id: string): Promise<StoredBacktest> {
    const row = await this.db.prisma.backtest.findFirst({ where: { id, workspaceId: scope.workspaceId } });
    if (!row) throw notFound("This backtest");
    return stored(row);
  }

  /** A piece of a backtest, null when there is none (yet). Throws NOT_FOUND, BLOB_DAMAGED. */
  async part(scope: TenantScope, id: string, key: string): Promise<Json | null> {
    const row = await this.db.prisma.backtestPart.findFirst({ where: { backtestId: id, key, backtest: { workspaceId: scope.workspaceId } } });
    return row ? unpackBlob(row.hash, row.bytes) : null;
  }

  /** Stops a waiting or running backtest; what is finished of it stays. Throws NOT_FOUND, BACKTEST_ENDED. */
  cancel(scope: TenantScope, id: string, at: number): Promise<void> {
    return this.#change(scope, id, ["queued", "running"], "backtest.cancelled", {
      status: "cancelled",
      endedAt: new Date(at),
      owner: null,
      leaseUntil: null,
    });
  }

  /** Puts a cancelled or failed backtest back into the queue. Throws NOT_FOUND, BACKTEST_NOT_STOPPED. */
  resume(scope: TenantScope, id: string): Promise<void> {
    return this.#change(scope, id, ["cancelled", "failed"], "backtest.resumed", { status: "queued", endedAt: null, reason: null, reasonCode: null });
  }

  /** Takes a backtest and its pieces away; its trials stay counted. Throws NOT_FOUND, BACKTEST_RUNNING. */
  remove(scope: TenantScope, id: string): Promise<void> {
    return this.db.transaction(async (tx) => {
      const { workspaceId } = scope;
      const row = await tx.backtest.findFirst({ where: { id, workspaceId }, select: { status: true, name: true } });
      if (!row) throw notFound("This backtest");
      if (row.status === "queued" || row.status === "running")
        throw new DomainError("BACKTEST_RUNNING", "cancel the backtest first, then delete it", { kind: "conflict" });
      await tx.backtest.delete({ where: { id } });
      await writeAudit(tx, scope, { action: "backtest.deleted", subject: id, data: { name: row.name } });
      await tell(tx, workspaceId, { id, status: "deleted", done: 0, total: 0 });
    });
  }

  /** Every trial that the workspace has made with these symbols and this family, oldest first. */
  async trials(scope: TenantScope, query: { readonly symbols: readonly string[]; readonly family: string }): Promise<readonly TrialRow[]> {
    const rows = await this.db.prisma.trial.findMany({
      where: { workspaceId: scope.workspaceId, symbolSet: symbolSetOf(query.symbols), family: query.family },
      orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    });
    return rows.map(({ backtestId, symbolSet, family, returns, sharpe, skewness, kurtosis, createdAt }) => ({
      backtestId,
      symbolSet,
      family,
      returns,
      sharpe,
      skewness,
      kurtosis,
      at: createdAt.getTime(),
    }));
  }

  /** How many trials there are by symbol set and family. */
  async trialCounts(scope: TenantScope): Promise<readonly { readonly symbolSet: string; readonly family: string; readonly count: number }[]> {
    const rows = await this.db.prisma.trial.groupBy({ by: ["symbolSet", "family"], where: { workspaceId: scope.workspaceId }, _count: true });
    return rows.map((r) => ({ symbolSet: r.symbolSet, family: r.family, count: r._count }));
  }

  // ---- for the process that runs them: across tenants, by id ----

  /**
   * Takes the oldest backtest that waits, or whose process has let its lease run out; null when there is none. One statement, so that two
   * processes never take the same.
   */
  async claim(owner: string, now: number, leaseMs: number): Promise<StoredBacktest | null> {
    const [found] = await this.db.raw.query<{ id: string }>(
      `UPDATE "Backtest" SET status = 'running', owner = $1, "leaseUntil" = $3::timestamptz, "startedAt" = coalesce("startedAt", $2::timestamptz)
       WHERE id = (SELECT id FROM "Backtest" WHERE status = 'queued' OR (status = 'running' AND ("leaseUntil" IS NULL OR "leaseUntil" < $2::timestamptz))
                   ORDER BY "createdAt", id LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING id`,
      [owner, new Date(now).toISOString(), new Date(now + leaseMs).toISOString()],
    );
    if (!found) return null;
    const row = await this.db.prisma.backtest.findUnique({ where: { id: found.id } });
    return row ? stored(row) : null;
  }

  /** Compressed pieces that an earlier attempt has left. */
  async kept(id: string): Promise<readonly { readonly key: string; readonly hash: string; readonly bytes: Uint8Array }[]> {
    return this.db.prisma.backtestPart.findMany({
      where: { backtestId: id, key: { notIn: KEPT_PARTS } },
      select: { key: true, hash: true, bytes: true },
      orderBy: { key: "asc" },
    });
  }

  /** Keeps the lease and says how far it is. False when the backtest is no longer this owner's: it must stop. */
  beat(
    id: string,
    owner: string,
    state: { readonly done: number; readonly total: number; readonly tell: boolean },
    leaseUntil: number,
  ): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      const { done, total } = state;
      const { count } = await tx.backtest.updateMany({ where: mine(id, owner), data: { done, total, leaseUntil: new Date(leaseUntil) } });
      if (count > 0 && state.tell) await this.#tellOf(tx, id, { status: "running", done, total });
      return count > 0;
    });
  }

  /** Stores a piece and the trials it made, while the backtest is this owner's. */
  savePart(id: string, owner: string, key: string, packed: PackedBlob, trials: readonly TrialDraft[], at: number): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      const row = await tx.backtest.findFirst({ where: mine(id, owner), select: { workspaceId: true, kind: true } });
      if (!row) return false;
      const { hash, bytes, size } = packed;
      await tx.backtestPart.upsert({
        where: { backtestId_key: { backtestId: id, key } },
        create: { backtestId: id, key, hash, bytes, size },
        update: { hash, bytes, size },
      });
      const source = row.kind === "single" ? "backtests" : "sweeps";
      const data = trials.map(({ params, symbols, interval, ...t }) => ({
        ...t,
        key: keyOf(t.family as RuleSetName, params, symbols, interval),
        source,
        workspaceId: row.workspaceId,
        backtestId: id,
        createdAt: new Date(at),
      }));
      if (data.length > 0) await tx.trial.createMany({ data, skipDuplicates: true });
      return true;
    });
  }

  /** Ends a backtest of this owner. */
  end(
    id: string,
    owner: string,
    how: { readonly summary: JobSummary; readonly hash: string } | { readonly code: string; readonly reason: string },
    at: number,
  ): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      const ended = { endedAt: new Date(at), owner: null, leaseUntil: null };
      const data: Prisma.BacktestUpdateManyMutationInput =
        "summary" in how
          ? { ...ended, status: "done", summary: json(how.summary), resultHash: how.hash }
          : { ...ended, status: "failed", reason: how.reason, reasonCode: how.code };
      const { count } = await tx.backtest.updateMany({ where: mine(id, owner), data });
      // What only served to go on from is no longer needed.
      if (count > 0 && "summary" in how) await tx.backtestPart.deleteMany({ where: { backtestId: id, key: { notIn: KEPT_PARTS } } });
      if (count > 0) await this.#tellOf(tx, id, { status: "summary" in how ? "done" : "failed" });
      return count > 0;
    });
  }

  /** Gives back what a process that ends in order was at: the next one takes it up at once. */
  async release(owner: string): Promise<void> {
    await this.db.prisma.backtest.updateMany({ where: { owner, status: "running" }, data: { status: "queued", owner: null, leaseUntil: null } });
  }

  #change(scope: TenantScope, id: string, from: readonly JobStatus[], action: string, data: Prisma.BacktestUpdateManyMutationInput): Promise<void> {
    return this.db.transaction(async (tx) => {
      const { workspaceId } = scope;
      const { count } = await tx.backtest.updateMany({ where: { id, workspaceId, status: { in: [...from] } }, data });
      if (count === 0) {
        const row = await tx.backtest.findFirst({ where: { id, workspaceId }, select: { status: true } });
        if (!row) throw notFound("This backtest");
        const ended = from.includes("queued");
        throw new DomainError(ended ? "BACKTEST_ENDED" : "BACKTEST_NOT_STOPPED", `the backtest is ${row.status}`, { kind: "conflict" });
      }
      await writeAudit(tx, scope, { action, subject: id });
      await this.#tellOf(tx, id, {});
    });
  }

  async #tellOf(tx: Tx, id: string, over: { readonly status?: string; readonly done?: number; readonly total?: number }): Promise<void> {
    const row = await tx.backtest.findUnique({ where: { id }, select: { workspaceId: true, status: true, done: true, total: true } });
    if (row) await tell(tx, row.workspaceId, { id, status: row.status, done: row.done, total: row.total, ...over });
  }
}

/** The key under which the evidence counts a configuration, whoever tried it. */
const keyOf = (ruleSet: RuleSetName, params: TrialDraft["params"], symbols: readonly string[], interval: TrialDraft["interval"]): string =>
  trialKey({
    decider: { kind: "rules", ruleSet, params },
    strategyText: "",
    symbols,
    barInterval: interval,
    trigger: { kind: "interval", interval },
  });

const mine = (id: string, owner: string) => ({ id, owner, status: "running" });
const json = (value: unknown): Prisma.InputJsonValue => value as Prisma.InputJsonValue;

const tell = (
  tx: Tx,
  workspaceId: string,
  state: { readonly id: string; readonly status: string; readonly done: number; readonly total: number },
): Promise<void> => {
  const { id, ...rest } = state;
  return appendEvents(tx, workspaceId, [{ type: "backtest/changed", data: { backtestId: id, ...rest } }]);
};

const stored = (row: Row): StoredBacktest => ({
  id: row.id,
  workspaceId: row.workspaceId,
  name: row.name,
  job: { kind: row.kind, spec: row.spec } as unknown as JobSpec,
  status: row.status as JobStatus,
  reason: row.reason,
  reasonCode: row.reasonCode,
  done: row.done,
  total: row.total,
  trials: row.trials,
  summary: row.summary as unknown as JobSummary | null,
  resultHash: row.resultHash,
  createdAt: row.createdAt.getTime(),
  startedAt: row.startedAt?.getTime() ?? null,
  endedAt: row.endedAt?.getTime() ?? null,
});
