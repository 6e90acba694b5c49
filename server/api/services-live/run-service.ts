import { writeAudit } from "@/server/adapters/db/audit";
import type { Database } from "@/server/adapters/db/database";
import type { RunBook, RunSummary } from "@/server/adapters/engine/run-book";
import { DomainError, type TenantScope } from "@/server/shared";
import type { RunRow, RunsView, RunView } from "../contract";
import type { RunService } from "../services";

/** Runs of the embedded executor. With an Inngest server they are seen there: the list says so and is empty. */
export class LiveRunService implements RunService {
  constructor(
    private readonly db: Database,
    private readonly book: RunBook | null,
  ) {}

  async list(scope: TenantScope, input: Parameters<RunService["list"]>[1]): Promise<RunsView> {
    if (!this.book) return { executor: "inngest", rows: [], nextCursor: null };
    const filter = { status: input.status === "all" ? null : input.status, before: input.cursor ?? null, limit: input.limit };
    const rows = (await this.book.list(scope.workspaceId, filter)).map((run) => rowOf(scope, run));
    return { executor: "embedded", rows, nextCursor: rows.length < input.limit ? null : (rows.at(-1)?.id ?? null) };
  }

  async get(scope: TenantScope, runId: string): Promise<RunView> {
    const run = await this.#book().get(scope.workspaceId, runId);
    const ended = run.status === "failed" || run.status === "cancelled";
    const row = rowOf(scope, run);
    return {
      ...row,
      eventData: run.eventData === null ? null : JSON.stringify(run.eventData, null, 2),
      output: run.output === null ? null : JSON.stringify(run.output, null, 2),
      steps: run.steps.map((s) => ({ ...s, error: messageOf(s.error) })),
      canCancel: row.own && run.status === "running",
      canReplay: row.own && ended,
    };
  }

  async cancel(scope: TenantScope, runId: string): Promise<void> {
    await this.#book().cancel(scope.workspaceId, runId);
    await this.db.transaction((tx) => writeAudit(tx, scope, { action: "run.cancelled", subject: runId, data: {} }));
  }

  async replay(scope: TenantScope, runId: string): Promise<{ runId: string }> {
    const id = await this.#book().replay(scope.workspaceId, runId);
    await this.db.transaction((tx) => writeAudit(tx, scope, { action: "run.replayed", subject: runId, data: { newRun: id } }));
    return { runId: id };
  }

  #book(): RunBook {
    if (!this.book) throw new DomainError("RUNS_ELSEWHERE", "An Inngest server drives the durable work: its runs are there.", { kind: "conflict" });
    return this.book;
  }
}

function rowOf(scope: TenantScope, { workspaceId, eventName: event, ...run }: RunSummary): RunRow {
  const { id, functionId, status, reason, replayOf, tries, queuedAt, startedAt, endedAt } = run;
  return { id, functionId, event, status, reason, replayOf, tries, queuedAt, startedAt, endedAt, own: workspaceId === scope.workspaceId };
}

/** What an error says, without its stack. */
function messageOf(error: unknown): string | null {
  if (error === null || error === undefined) return null;
  const { message } = error as { message?: unknown };
  return typeof message === "string" ? message : JSON.stringify(error);
}
