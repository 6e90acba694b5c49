import { Prisma } from "@/generated/prisma/client";
import type { RuleSetName } from "@/server/agents";
import type { JobSummary, TrialDraft } from "@/server/backtest";
import { trialKey } from "@/server/evidence";
import { type StoredBacktest, storedBacktest, tellOfBacktest } from "./backtest-row";
import type { Database } from "./database";
import type { PackedBlob } from "./pack-blob";

/** Names the line in which processes that look for a backtest stand. */
const CLAIM_LOCK = 7_301_202;
/** Starts of one backtest without a finished piece between them before it is given up: it is likely what ends its process. */
export const MOST_ATTEMPTS = 3;
/** What stays when a job is done. */
const KEPT_PARTS = ["result", "view", "overfitting"];

/** The queue of backtests for the process that runs them: across tenants, by id. */
export class PrismaBacktestQueue {
  constructor(private readonly db: Database) {}

  /**
   * Takes the oldest backtest that waits (or whose process has let its lease run out) of the workspace that has waited longest for its turn;
   * null when there is none. `here` = backtests that this process is still at, whatever their leases say. One that was started
   * {@link MOST_ATTEMPTS} times without finishing a piece is failed instead. Claims stand in line, so that two processes take turns, too;
   * leases are measured by the database's clock. `now`: wall ms.
   */
  claim(owner: string, now: number, leaseMs: number, here: readonly string[] = []): Promise<StoredBacktest | null> {
    return this.db.transaction(async (tx) => {
      await tx.$queryRaw`SELECT pg_advisory_xact_lock(${CLAIM_LOCK}::bigint)::text`;
      const lapsed = Prisma.sql`(status = 'running' AND ("leaseUntil" IS NULL OR "leaseUntil" < clock_timestamp()) AND id <> ALL(${here}::uuid[]))`;
      const given = await tx.$queryRaw<{ id: string }[]>`
        UPDATE "Backtest" SET status = 'failed', "endedAt" = ${new Date(now)}::timestamptz, owner = NULL, "leaseUntil" = NULL,
               "reasonCode" = 'BACKTEST_ENDS_ITS_PROCESS',
               reason = 'the program ended ' || attempts || ' times while it ran this backtest, without a word; it is not tried again by itself'
         WHERE ${lapsed} AND attempts >= ${MOST_ATTEMPTS} RETURNING id`;
      for (const { id } of given) await tellOfBacktest(tx, id, {});
      const [next] = await tx.$queryRaw<{ id: string }[]>`
        SELECT w.id FROM "Workspace" w
          JOIN (SELECT "workspaceId", min("createdAt") AS first FROM "Backtest" WHERE status = 'queued' OR ${lapsed} GROUP BY 1) q ON q."workspaceId" = w.id
         ORDER BY w."backtestAt" NULLS FIRST, q.first, w.id LIMIT 1 FOR NO KEY UPDATE OF w`;
      if (!next) return null;
      const [found] = await tx.$queryRaw<{ id: string }[]>`
        UPDATE "Backtest" SET status = 'running', owner = ${owner}, "leaseUntil" = clock_timestamp() + ${leaseMs}::int * interval '1 millisecond',
               "startedAt" = coalesce("startedAt", ${new Date(now)}::timestamptz), attempts = attempts + 1
         WHERE id = (SELECT id FROM "Backtest" WHERE "workspaceId" = ${next.id}::uuid AND (status = 'queued' OR ${lapsed})
                      ORDER BY "createdAt", id LIMIT 1 FOR UPDATE)
        RETURNING id`;
      if (!found) return null;
      await tx.$executeRaw`UPDATE "Workspace" SET "backtestAt" = clock_timestamp() WHERE id = ${next.id}::uuid`;
      const row = await tx.backtest.findUnique({ where: { id: found.id } });
      return row ? storedBacktest(row) : null;
    });
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
    leaseMs: number,
  ): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      const { done, total } = state;
      const count = await tx.$executeRaw`
        UPDATE "Backtest" SET done = ${done}::int, total = ${total}::int, "leaseUntil" = clock_timestamp() + ${leaseMs}::int * interval '1 millisecond'
         WHERE id = ${id}::uuid AND owner = ${owner} AND status = 'running'`;
      if (count > 0 && state.tell) await tellOfBacktest(tx, id, { status: "running", done, total });
      return count > 0;
    });
  }

  /** Stores a piece and the trials it made, while the backtest is this owner's. */
  savePart(id: string, owner: string, key: string, packed: PackedBlob, trials: readonly TrialDraft[], at: number): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      const row = await tx.backtest.findFirst({ where: mine(id, owner), select: { workspaceId: true, kind: true } });
      if (!row) return false;
      await tx.backtest.update({ where: { id }, data: { attempts: 0 } });
      const { hash, bytes, size } = packed;
      await tx.backtestPart.upsert({
        where: { backtestId_key: { backtestId: id, key } },
        create: { backtestId: id, key, hash, bytes, size },
        update: { hash, bytes, size },
      });
      const source = row.kind === "single" ? "backtests" : "sweeps";
      const data = trials.map(({ params, symbols, interval, excess, ...t }) => ({
        ...t,
        key: keyOf(t.family as RuleSetName, params, symbols, interval),
        source,
        excessSharpe: excess?.yearlySharpe ?? null,
        excessPeriods: excess?.periods ?? null,
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
      if (count > 0) await tellOfBacktest(tx, id, { status: "summary" in how ? "done" : "failed" });
      return count > 0;
    });
  }

  /** Gives back what a process that ends in order was at: the next one takes it up at once, and this start does not count. */
  async release(owner: string): Promise<void> {
    await this.db.prisma.$executeRaw`
      UPDATE "Backtest" SET status = 'queued', owner = NULL, "leaseUntil" = NULL, attempts = greatest(attempts - 1, 0)
       WHERE owner = ${owner} AND status = 'running'`;
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
