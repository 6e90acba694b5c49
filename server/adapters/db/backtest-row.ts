import type { Prisma } from "@/generated/prisma/client";
import type { JobSpec, JobStatus, JobSummary } from "@/server/backtest";
import { appendEvents } from "./append-events";
import type { Tx } from "./database";

/** A backtest as it is stored. Times are wall ms. */
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

/** A row of the table as the rest of the program knows it. */
export const storedBacktest = (row: Prisma.BacktestGetPayload<object>): StoredBacktest => ({
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

type State = { readonly status: string; readonly done: number; readonly total: number };

/** Tells the pages how far a backtest is. */
export const tellBacktest = (tx: Tx, workspaceId: string, { id, ...state }: State & { readonly id: string }): Promise<void> =>
  appendEvents(tx, workspaceId, [{ type: "backtest/changed", data: { backtestId: id, ...state } }]);

/** The same of a backtest that is known by its id only; what is not given is as stored. */
export async function tellOfBacktest(tx: Tx, id: string, over: Partial<State>): Promise<void> {
  const row = await tx.backtest.findUnique({ where: { id }, select: { workspaceId: true, status: true, done: true, total: true } });
  if (row) await tellBacktest(tx, row.workspaceId, { id, status: row.status, done: row.done, total: row.total, ...over });
}
