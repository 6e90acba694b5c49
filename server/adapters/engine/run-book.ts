import type { Database } from "@/server/adapters/db/database";
import { DomainError, type Json, notFound } from "@/server/shared";
import { cancelRun } from "./end-run";
import { type EngineContext, functionOf, type Run } from "./engine-types";
import { findRun } from "./run-store";
import { startRun } from "./start-run";

export type RunSummary = {
  readonly id: string;
  readonly functionId: string;
  readonly workspaceId: string | null;
  readonly status: Run["status"];
  readonly eventName: string;
  readonly reason: string | null;
  readonly replayOf: string | null;
  /** Tries of its most tried step. */
  readonly tries: number;
  /** Wall ms. */
  readonly queuedAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
};
export type RunStep = {
  readonly name: string;
  readonly op: string;
  readonly attempt: number;
  readonly status: string;
  readonly error: Json;
  readonly startedAt: number;
  readonly endedAt: number | null;
};
export type RunRecord = RunSummary & { readonly eventData: Json; readonly output: Json; readonly steps: readonly RunStep[] };
export type RunFilter = { readonly status: Run["status"] | null; readonly before: string | null; readonly limit: number };

const SUMMARY = `r.id, r."functionId", r."workspaceId", r.status, r.event->>'name' AS "eventName", r.reason, r."replayOf",
  (SELECT coalesce(max(s.attempt), 0) + 1 FROM "EngineStep" s WHERE s."runId" = r.id)::int AS tries,
  (extract(epoch FROM r."queuedAt") * 1000)::float8 AS "queuedAt", (extract(epoch FROM r."startedAt") * 1000)::float8 AS "startedAt",
  (extract(epoch FROM r."endedAt") * 1000)::float8 AS "endedAt"`;
/** A workspace sees its own runs, and that the product's own ran. */
const VISIBLE = `(r."workspaceId" = $1::uuid OR r."workspaceId" IS NULL)`;

/** The embedded executor's runs for people: what ran, step by step, cancelled or done again by hand. */
export class RunBook {
  constructor(
    private readonly db: Database,
    private readonly context: EngineContext,
    private readonly poke: () => void,
  ) {}

  /** Newest first. `before`: the id of the last one already seen. */
  list(workspaceId: string, { status, before, limit }: RunFilter): Promise<RunSummary[]> {
    return this.db.raw.query<RunSummary>(
      `SELECT ${SUMMARY} FROM "EngineRun" r WHERE ${VISIBLE} AND ($2::text IS NULL OR r.status = $2) AND ($3::uuid IS NULL OR r.id < $3::uuid)
       ORDER BY r.id DESC LIMIT $4::int`,
      [workspaceId, status, before, limit],
    );
  }

  /** What the product's own runs were told and answered is about every tenant, and stays out. Throws NOT_FOUND. */
  async get(workspaceId: string, runId: string): Promise<RunRecord> {
    const [row] = await this.db.raw.query<RunSummary & { eventData: Json; output: Json }>(
      `SELECT ${SUMMARY}, CASE WHEN r."workspaceId" IS NULL THEN NULL ELSE r.event->'data' END AS "eventData",
         CASE WHEN r."workspaceId" IS NULL THEN NULL ELSE r.output END AS output
       FROM "EngineRun" r WHERE r.id = $2::uuid AND ${VISIBLE}`,
      [workspaceId, runId],
    );
    if (!row) throw notFound("This run");
    const steps = await this.db.raw.query<RunStep>(
      `SELECT name, op, attempt, status, error, (extract(epoch FROM "startedAt") * 1000)::float8 AS "startedAt",
         (extract(epoch FROM "endedAt") * 1000)::float8 AS "endedAt" FROM "EngineStep" WHERE "runId" = $1::uuid ORDER BY "startedAt", id`,
      [runId],
    );
    return { ...row, steps: row.workspaceId === null ? steps.map((s) => ({ ...s, error: s.error === null ? null : "hidden" })) : steps };
  }

  /** Ends a run under way. Throws NOT_FOUND, RUN_ENDED. */
  async cancel(workspaceId: string, runId: string): Promise<void> {
    const run = await this.#own(workspaceId, runId);
    await this.db.raw.transaction(async (sql) => {
      if (!(await cancelRun(this.context, sql, run, "Cancelled by hand.")))
        throw new DomainError("RUN_ENDED", "This run has ended already.", { kind: "conflict" });
    });
    this.poke();
  }

  /** Runs a failed or cancelled run again from where it stopped: steps that succeeded are not repeated. Returns the new run. Throws NOT_FOUND, RUN_NOT_ENDED. */
  async replay(workspaceId: string, runId: string): Promise<string> {
    const run = await this.#own(workspaceId, runId);
    if (run.status !== "failed" && run.status !== "cancelled")
      throw new DomainError("RUN_NOT_ENDED", `Only a run that failed or was cancelled can be done again; this one is ${run.status}.`, {
        kind: "conflict",
      });
    const fn = functionOf(this.context, run.functionId);
    if (!fn) throw new DomainError("FUNCTION_GONE", "This build has no such function any more.", { kind: "conflict" });
    const id = await this.db.raw.transaction((sql) => startRun(this.context, sql, fn, run.event, { replayOf: run }));
    if (id === null) throw new DomainError("RUN_SKIPPED", "Another run of this function is under way, and it allows only one.", { kind: "conflict" });
    this.poke();
    return id;
  }

  async #own(workspaceId: string, runId: string): Promise<Run> {
    const run = await findRun(this.db.raw, runId);
    if (run?.workspaceId !== workspaceId) throw notFound("This run");
    return run;
  }
}
