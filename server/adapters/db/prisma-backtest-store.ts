import type { Prisma } from "@/generated/prisma/client";
import { type JobSpec, type JobStatus, symbolSetOf, type TrialDraft } from "@/server/backtest";
import { DomainError, type Json, notFound, type TenantScope } from "@/server/shared";
import { writeAudit } from "./audit";
import { type StoredBacktest, storedBacktest, tellBacktest, tellOfBacktest } from "./backtest-row";
import type { Database, Tx } from "./database";
import { newId } from "./new-id";
import { unpackBlob } from "./pack-blob";

/** Waiting and running backtests that one workspace may have. */
export const MOST_WAITING = 20;
/** Trials of one symbol set and family, each by its own figures: what a deflated Sharpe ratio counts. */
export type TrialRow = Pick<TrialDraft, "symbolSet" | "family" | "returns" | "sharpe" | "skewness" | "kurtosis"> & {
  readonly backtestId: string;
  readonly at: number;
};

/** Backtests of a workspace, their finished pieces and the trials they made. Times are wall ms. */
export class PrismaBacktestStore {
  constructor(private readonly db: Database) {}

  /** Throws TOO_MANY_BACKTESTS. */
  insert(scope: TenantScope, draft: { readonly name: string; readonly job: JobSpec; readonly trials: number }, at: number): Promise<string> {
    const { workspaceId, actor } = scope;
    return this.db.transaction(async (tx) => {
      await makeRoom(tx, workspaceId);
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
      await tellBacktest(tx, workspaceId, { id, status: "queued", done: 0, total: 0 });
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
    return rows.map(storedBacktest);
  }

  /** Throws NOT_FOUND. */
  async get(scope: TenantScope, id: string): Promise<StoredBacktest> {
    const row = await this.db.prisma.backtest.findFirst({ where: { id, workspaceId: scope.workspaceId } });
    if (!row) throw notFound("This backtest");
    return storedBacktest(row);
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

  /** Puts a cancelled or failed backtest back into the queue. Throws NOT_FOUND, BACKTEST_NOT_STOPPED, TOO_MANY_BACKTESTS. */
  resume(scope: TenantScope, id: string): Promise<void> {
    const again = { status: "queued", endedAt: null, reason: null, reasonCode: null, attempts: 0 };
    return this.#change(scope, id, ["cancelled", "failed"], "backtest.resumed", again, (tx) => makeRoom(tx, scope.workspaceId));
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
      await tellBacktest(tx, workspaceId, { id, status: "deleted", done: 0, total: 0 });
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

  #change(
    scope: TenantScope,
    id: string,
    from: readonly JobStatus[],
    action: string,
    data: Prisma.BacktestUpdateManyMutationInput,
    first?: (tx: Tx) => Promise<void>,
  ): Promise<void> {
    return this.db.transaction(async (tx) => {
      const { workspaceId } = scope;
      await first?.(tx);
      const { count } = await tx.backtest.updateMany({ where: { id, workspaceId, status: { in: [...from] } }, data });
      if (count === 0) {
        const row = await tx.backtest.findFirst({ where: { id, workspaceId }, select: { status: true } });
        if (!row) throw notFound("This backtest");
        const ended = from.includes("queued");
        throw new DomainError(ended ? "BACKTEST_ENDED" : "BACKTEST_NOT_STOPPED", `the backtest is ${row.status}`, { kind: "conflict" });
      }
      await writeAudit(tx, scope, { action, subject: id });
      await tellOfBacktest(tx, id, {});
    });
  }
}

/** Holds the workspace's row until the commit, so that two requests at once cannot both find the last place free. Throws TOO_MANY_BACKTESTS. */
async function makeRoom(tx: Tx, workspaceId: string): Promise<void> {
  await tx.$queryRaw`SELECT id FROM "Workspace" WHERE id = ${workspaceId}::uuid FOR NO KEY UPDATE`;
  const waiting = await tx.backtest.count({ where: { workspaceId, status: { in: ["queued", "running"] } } });
  if (waiting < MOST_WAITING) return;
  const message = `${waiting} backtests are waiting or running; wait for one to end, or cancel one`;
  throw new DomainError("TOO_MANY_BACKTESTS", message, { kind: "limited", data: { waiting, most: MOST_WAITING } });
}

const json = (value: unknown): Prisma.InputJsonValue => value as Prisma.InputJsonValue;
