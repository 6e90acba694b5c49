import type { Database, SqlRow } from "@/server/adapters/db/database";
import { EMPTY_PAPER_ACCOUNT, type Execution, type PaperAccountState, type PaperOrder } from "@/server/trading";
import { type ExecutionJson, executionFromJson, executionToJson } from "./execution-json";
import type { PaperAccountStore } from "./paper-account-store";

/** One statement, so that state, orders and executions are written together or not at all, without a transaction to wait for. */
const SAVE = `
WITH saved AS (
  INSERT INTO "PaperAccount" (id, state, version) VALUES ($1, $2::jsonb, 1)
  ON CONFLICT (id) DO UPDATE SET state = excluded.state, version = "PaperAccount".version + 1, "updatedAt" = now()
  WHERE "PaperAccount".version = $3::int
  RETURNING id
), orders AS (
  INSERT INTO "PaperOrder" (account, "clientOrderId", placement, status, body)
  SELECT $1, o->>'clientOrderId', (o->>'placement')::int, o->>'status', o FROM jsonb_array_elements($4::jsonb) o, saved
  ON CONFLICT (account, "clientOrderId", placement) DO UPDATE SET status = excluded.status, body = excluded.body
), fills AS (
  INSERT INTO "PaperExecution" (account, sequence, "clientOrderId", body)
  SELECT $1, (e->>'sequence')::int, e->>'clientOrderId', e FROM jsonb_array_elements($5::jsonb) e, saved
)
SELECT id FROM saved`;

const FIND = `SELECT body FROM "PaperOrder" WHERE account = $1 AND "clientOrderId" = $2 ORDER BY placement DESC LIMIT 1`;
const FILLS = `SELECT body FROM "PaperExecution" WHERE account = $1 AND sequence > $2::int ORDER BY sequence`;

/** The paper venue's books in the product's database, in tables of their own. */
export class PrismaPaperAccountStore implements PaperAccountStore {
  constructor(private readonly database: Database) {}

  async load(account: string) {
    const [row] = await this.database.raw.query<SqlRow & { state: unknown; version: number }>(
      `SELECT state, version FROM "PaperAccount" WHERE id = $1`,
      [account],
    );
    return row ? { state: json<PaperAccountState>(row.state), version: Number(row.version) } : { state: EMPTY_PAPER_ACCOUNT, version: 0 };
  }

  async save(
    account: string,
    expectedVersion: number,
    next: { state: PaperAccountState; orders: readonly PaperOrder[]; executions: readonly Execution[] },
  ) {
    const rows = await this.database.raw.query(SAVE, [
      account,
      JSON.stringify(next.state),
      expectedVersion,
      JSON.stringify(next.orders),
      JSON.stringify(next.executions.map(executionToJson)),
    ]);
    return rows.length === 1;
  }

  async findOrder(account: string, clientOrderId: string) {
    const [row] = await this.database.raw.query<SqlRow & { body: unknown }>(FIND, [account, clientOrderId]);
    return row ? json<PaperOrder>(row.body) : null;
  }

  async executionsAfter(account: string, sequence: number) {
    const rows = await this.database.raw.query<SqlRow & { body: unknown }>(FILLS, [account, sequence]);
    return rows.map((r) => executionFromJson(json<ExecutionJson>(r.body)));
  }
}

/** Drivers give jsonb parsed or as text. */
const json = <T>(value: unknown): T => (typeof value === "string" ? JSON.parse(value) : value) as T;
