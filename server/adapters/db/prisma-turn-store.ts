import { type Agent as AgentRow, Prisma, type Turn as TurnRow } from "@/generated/prisma/client";
import {
  type Agent,
  type ClaimOptions,
  type ClaimResult,
  type DueTurn,
  hashInputs,
  hashReplies,
  type IntentCommit,
  type OrderRow,
  type RecordedReply,
  type SettlementBasis,
  type StageRecord,
  type StoredInputs,
  type StoredTurn,
  type Timing,
  type TurnInputs,
  type TurnLease,
  type TurnPhase,
  type TurnRequest,
  type TurnStore,
  type TurnTrigger,
} from "@/server/agents";
import { DomainError, type Fixed, fixed, hashId, type Json, toText } from "@/server/shared";
import { markForCommit } from "./after-commit";
import { agentFromRow } from "./agent-row";
import { appendEvents, eventRows } from "./append-events";
import { commitIntents } from "./commit-intents";
import type { Database, Tx } from "./database";
import { fixedToDecimal } from "./decimal";
import { loadBooks } from "./load-books";
import { newId } from "./new-id";
import { ORDER_JSON, orderFromJson, type StoredOrder } from "./order-row";
import { packBlob, unpackBlob } from "./pack-blob";
import { PrismaBlobStore } from "./prisma-blob-store";
import { writeGap } from "./prisma-tick-store";
import { inputsBlobs, joinInputs } from "./turn-blobs";

const DONE: readonly TurnPhase[] = ["settled", "skipped", "failed"];
const LIVE: readonly TurnPhase[] = ["claimed", "context", "decided", "judged", "intended"];
const UNDECIDED: readonly TurnPhase[] = ["claimed", "context", "decided", "judged"];
const lost = () => new DomainError("LEASE_LOST", "another process took this turn over", { kind: "conflict" });

/**
 * Turns in Postgres. A write that names a lease does nothing unless the row still carries its fence. Leases are measured by the database's
 * clock, so that machines need not agree on the time; `clock` (wall ms) takes its place where a test holds the time.
 */
export class PrismaTurnStore implements TurnStore {
  readonly #blobs: PrismaBlobStore;
  constructor(
    private readonly db: Database,
    private readonly clock: (() => number) | null = null,
  ) {
    this.#blobs = new PrismaBlobStore(db);
  }

  #now(): Prisma.Sql {
    return this.clock ? Prisma.sql`${new Date(this.clock()).toISOString()}::timestamptz` : Prisma.sql`clock_timestamp()`;
  }

  claim(request: TurnRequest, options: ClaimOptions): Promise<ClaimResult> {
    return this.db.transaction(async (tx) => {
      // The agent's row is the lock: two turns of one agent are claimed one after the other.
      const [row] = await tx.$queryRaw<
        AgentRow[]
      >`SELECT * FROM "Agent" WHERE id = ${request.agentId}::uuid AND "workspaceId" = ${request.workspaceId}::uuid FOR UPDATE`;
      if (!row) return { kind: "unwanted", reason: "the agent does not exist" };
      return this.#claimLocked(tx, agentFromRow(row), request, options);
    });
  }

  async #claimLocked(tx: Tx, agent: Agent, request: TurnRequest, options: ClaimOptions): Promise<ClaimResult> {
    const id = hashId("turn", request.agentId, request.tickId);
    const now = this.#now();
    const turns = await tx.$queryRaw<(Pick<TurnRow, "id" | "phase" | "fence" | "leaseOwner" | "settleAt"> & { readonly leased: boolean })[]>`
      SELECT "id", "phase", "fence", "leaseOwner", coalesce("leaseUntil" > ${now}, false) AS leased, "settleAt" FROM "Turn" WHERE "id" = ${id}::uuid
      UNION ALL
      SELECT "id", "phase", "fence", "leaseOwner", coalesce("leaseUntil" > ${now}, false) AS leased, "settleAt" FROM "Turn"
       WHERE "agentId" = ${agent.id}::uuid AND "phase" IN ('claimed', 'context', 'decided', 'judged', 'intended') AND "id" <> ${id}::uuid`;
    const held = (t: (typeof turns)[number]) => t.leased && t.leaseOwner !== options.owner;
    const own = turns.find((t) => t.id === id);
    const other = turns.find((t) => t.id !== id && t.leased);
    if (own && DONE.includes(own.phase as TurnPhase))
      return { kind: "done", phase: own.phase as TurnPhase, settleAt: own.settleAt?.getTime() ?? null };
    if (own ? held(own) : other && request.trigger.kind !== "flatten") return { kind: "busy" };
    // Selling everything waits for nobody: a decision still being thought about is given up, one that is sending is stopped by the halt.
    if (request.trigger.kind === "flatten" && !own) await giveUpUndecided(tx, agent.id, "Given up: the agent was halted.");
    if (own) {
      await tx.$executeRaw`
        UPDATE "Turn" SET "fence" = "fence" + 1, "leaseOwner" = ${options.owner}, "leaseUntil" = ${this.#until(options)} WHERE "id" = ${id}::uuid`;
      const lease = { workspaceId: agent.workspaceId, agentId: agent.id, turnId: id, fence: own.fence + 1 };
      return { kind: "claimed", lease, phase: own.phase as TurnPhase, agent, settleAt: own.settleAt?.getTime() ?? null };
    }
    const unwanted = unwantedBecause(agent, request.trigger) ?? missedBecause(agent, request, options.late(agent));
    if (unwanted) return { kind: "unwanted", reason: unwanted };
    // Nobody is at these any more. What they would decide on is older than what this one sees, and is not decided beside it.
    if (turns.some((t) => UNDECIDED.includes(t.phase as TurnPhase)))
      await giveUpUndecided(tx, agent.id, "Given up: its process had stopped, and a later decision came first.");
    const gap = options.passedOver(agent);
    if (gap) await writeGap(tx, { agentId: agent.id, workspaceId: agent.workspaceId }, gap);
    await insertTurn(tx, agent, request, options, this.#until(options));
    return {
      kind: "claimed",
      lease: { workspaceId: agent.workspaceId, agentId: agent.id, turnId: id, fence: 1 },
      phase: "claimed",
      agent,
      settleAt: null,
    };
  }

  books(agent: Agent, at: number, until = at) {
    return loadBooks(this.db, agent, at, until);
  }

  async saveContext(lease: TurnLease, inputs: TurnInputs, stages: readonly StageRecord[]): Promise<void> {
    const context = stages.find((s) => s.stage === "context");
    const blobs = await Promise.all([...inputsBlobs(inputs), ...(context ? [context.value] : [])].map(packBlob));
    await this.db.transaction(async (tx) => {
      await this.#blobs.putPacked(tx, blobs);
      await this.#update(tx, lease, { phase: "context", inputsHash: hashInputs(inputs), contextHash: context?.hash ?? null });
      await appendEvents(tx, lease.workspaceId, [
        { type: "turn/phase.changed", data: { agentId: lease.agentId, turnId: lease.turnId, phase: "context", at: inputs.at } },
      ]);
    });
  }

  async saveReplies(lease: TurnLease, replies: readonly RecordedReply[], prompts: StageRecord | null, cost: Fixed): Promise<void> {
    const values: Json[] = [replies as unknown as Json, ...(prompts ? [prompts.value] : [])];
    const blobs = await Promise.all(values.map(packBlob));
    await this.db.transaction(async (tx) => {
      await this.#blobs.putPacked(tx, blobs);
      await this.#update(tx, lease, {
        responseHash: hashReplies(replies),
        ...(prompts ? { promptHash: prompts.hash } : {}),
        modelCost: { increment: fixedToDecimal(cost) },
      });
    });
  }

  async modelCallMade(workspaceId: string, key: string): Promise<boolean> {
    return (await this.db.prisma.modelCall.count({ where: { workspaceId, key } })) > 0;
  }

  commitIntents(lease: TurnLease, commit: IntentCommit): Promise<readonly OrderRow[]> {
    return commitIntents(this.db, this.#blobs, lease, commit);
  }

  async loadStored(turnId: string): Promise<{ inputs: TurnInputs | null; replies: readonly RecordedReply[] }> {
    const turn = await this.db.prisma.turn.findUnique({ where: { id: turnId }, select: { inputsHash: true, responseHash: true } });
    const found = await this.#blobs.getMany([turn?.inputsHash, turn?.responseHash].filter((h) => h !== null && h !== undefined));
    const inputs = turn?.inputsHash ? found.get(turn.inputsHash) : undefined;
    const replies = turn?.responseHash ? found.get(turn.responseHash) : undefined;
    return {
      inputs: inputs === undefined ? null : await joinInputs(this.#blobs, inputs),
      replies: (replies ?? []) as unknown as readonly RecordedReply[],
    };
  }

  async settlementBases(turnIds: readonly string[]): Promise<ReadonlyMap<string, SettlementBasis>> {
    const rows = await this.db.raw.query<{ id: string; hash: string; bytes: Uint8Array }>(
      `SELECT t.id, b.hash, b.bytes FROM "Turn" t JOIN "Blob" b ON b.hash = t."inputsHash" WHERE t.id = ANY($1::uuid[])`,
      [turnIds],
    );
    const bases = await Promise.all(
      rows.map(async (row) => {
        // Both stand in the root itself, beside the hashes of what turns share.
        const { account, prices } = (await unpackBlob(row.hash, row.bytes)) as unknown as StoredInputs;
        return [row.id, { account, prices }] as const;
      }),
    );
    return new Map(bases);
  }

  async setPhase(lease: TurnLease, phase: TurnPhase, reason: string | null, timings: readonly Timing[]): Promise<void> {
    const changed = eventRows([{ type: "turn/phase.changed", data: { agentId: lease.agentId, turnId: lease.turnId, phase, at: 0 } }]);
    // The instant is the turn's own, read by the statement.
    await this.db.transaction(async (tx) => {
      const rows = await tx.$queryRaw<unknown[]>`
        WITH turn AS (
          UPDATE "Turn" SET "phase" = ${phase}, "reason" = coalesce(${reason}, "reason"), "timings" = ${JSON.stringify(timings)}::jsonb, "leaseUntil" = NULL
           WHERE "id" = ${lease.turnId}::uuid AND "fence" = ${lease.fence}
          RETURNING "at"),
        written AS (
          INSERT INTO "Event" ("id", "workspaceId", "type", "data")
          SELECT r.id, ${lease.workspaceId}::uuid, type, data || jsonb_build_object('at', (extract(epoch FROM turn."at") * 1000)::bigint) FROM turn, jsonb_to_recordset(${changed}::jsonb) AS r(id uuid, type text, data jsonb))
        SELECT 1 AS done FROM turn`;
      if (rows.length === 0) throw lost();
      markForCommit(tx, "events");
    });
  }

  async settle(outcomes: Parameters<TurnStore["settle"]>[0], wallNow: number): Promise<number> {
    if (outcomes.length === 0) return 0;
    const of = (amount: Fixed | null) => (amount === null ? null : toText(amount));
    const settled = outcomes.map(({ turnId, outcome: o }) => ({
      ...{ turnId, eventId: newId(), realised: of(o.realisedPnl), mark: of(o.markPnl), fees: of(o.feesPaid), net: of(o.netPnl), hold: of(o.holdPnl) },
    }));
    return this.db.transaction(async (tx) => {
      // Whoever was still at its orders may not write any more: the turn would be executing again, and be settled twice. Hence the new fence.
      const rows = await tx.$queryRaw<unknown[]>`
        WITH turns AS (
          UPDATE "Turn" t SET "phase" = 'settled', "fence" = "fence" + 1, "settledAt" = ${new Date(wallNow).toISOString()}::timestamptz,
                 "realisedPnl" = o."realised", "markPnl" = o."mark", "feesPaid" = o."fees", "netPnl" = o."net", "holdPnl" = o."hold"
            FROM jsonb_to_recordset(${JSON.stringify(settled)}::jsonb) AS o("turnId" uuid, "eventId" uuid, "realised" numeric(38,18), "mark" numeric(38,18),
                 "fees" numeric(38,18), "net" numeric(38,18), "hold" numeric(38,18))
           WHERE t."id" = o."turnId" AND t."phase" = 'executing'
          RETURNING t."id", t."workspaceId", t."agentId", t."at", t."netPnl", t."outcome", o."eventId"),
        due AS (INSERT INTO "VetoDue" ("turnId", "workspaceId") SELECT "id", "workspaceId" FROM turns WHERE "outcome" IN ('deny', 'reduce') ON CONFLICT DO NOTHING),
        written AS (
          INSERT INTO "Event" ("id", "workspaceId", "type", "data")
          SELECT "eventId", "workspaceId", 'turn/settled', jsonb_build_object('agentId', "agentId", 'turnId', "id",
                 'netPnl', coalesce(trim_scale("netPnl"), 0)::text, 'at', (extract(epoch FROM "at") * 1000)::bigint) FROM turns)
        SELECT 1 AS done FROM turns`;
      if (rows.length > 0) markForCommit(tx, "events");
      return rows.length;
    });
  }

  async find(workspaceId: string, turnId: string): Promise<StoredTurn | null> {
    const [row] = await this.db.raw.query<{ turn: StoredTurnJson }>(
      `SELECT jsonb_build_object('id', t.id, 'agentId', t."agentId", 'phase', t.phase, 'at', extract(epoch FROM t.at) * 1000, 'settleAt', extract(epoch FROM t."settleAt") * 1000,
         'symbol', t.symbol,
         'orders', (SELECT coalesce(jsonb_agg(${ORDER_JSON} ORDER BY o.leg), '[]') FROM "Order" o WHERE o."turnId" = t.id),
         'fills', (SELECT coalesce(jsonb_agg(jsonb_build_object('orderId', f."orderId", 'symbol', f.symbol, 'side', f.side, 'quantity', trim_scale(f.quantity)::text,
                     'price', trim_scale(f.price)::text, 'fee', trim_scale(f.fee)::text) ORDER BY o.leg, f.sequence), '[]')
                     FROM "Fill" f JOIN "Order" o ON o.id = f."orderId" WHERE o."turnId" = t.id)) AS turn
       FROM "Turn" t WHERE t.id = $1::uuid AND t."workspaceId" = $2::uuid`,
      [turnId, workspaceId],
    );
    if (!row) return null;
    const { turn } = row;
    return {
      ...turn,
      orders: turn.orders.map(orderFromJson),
      fills: turn.fills.map((f) => ({ ...f, quantity: fixed(f.quantity), price: fixed(f.price), fee: fixed(f.fee) })),
    };
  }

  async agentOf(workspaceId: string, agentId: string): Promise<Agent | null> {
    const row = await this.db.prisma.agent.findFirst({ where: { id: agentId, workspaceId } });
    return row && agentFromRow(row);
  }

  async dueToSettle({ marketNow, limit, after }: Parameters<TurnStore["dueToSettle"]>[0]): Promise<readonly DueTurn[]> {
    const time = (ms: number) => new Date(ms).toISOString();
    const rows = await this.db.raw.query<Omit<DueTurn, "settleAt"> & { settleAt: string }>(
      `SELECT "workspaceId", "agentId", id AS "turnId", (extract(epoch FROM "settleAt") * 1000)::bigint::text AS "settleAt",
              EXISTS (SELECT 1 FROM "Order" o WHERE o."turnId" = t.id) AS "hasOrders"
       FROM "Turn" t WHERE phase = 'executing' AND "settleAt" <= $1::timestamptz
        AND ($2::timestamptz IS NULL OR ("settleAt", id) > ($2::timestamptz, $3::uuid)) ORDER BY t."settleAt", t.id LIMIT $4::int`,
      [time(marketNow), after && time(after.settleAt), after?.turnId ?? null, limit],
    );
    return rows.map((r) => ({ ...r, settleAt: Number(r.settleAt) }));
  }

  async abandoned({ limit }: { readonly limit: number }): Promise<readonly TurnRequest[]> {
    const stuck = await this.db.prisma.$queryRaw<Pick<TurnRow, "workspaceId" | "agentId" | "tickId" | "at" | "trigger">[]>`
      SELECT "workspaceId", "agentId", "tickId", "at", "trigger" FROM "Turn"
       WHERE "phase" = ANY(${[...LIVE]}) AND "leaseUntil" < ${this.#now()} ORDER BY "at" LIMIT ${limit}::int`;
    return stuck.map((t) => ({
      workspaceId: t.workspaceId,
      agentId: t.agentId,
      tickId: t.tickId,
      at: t.at.getTime(),
      trigger: t.trigger as unknown as TurnTrigger,
    }));
  }

  #until({ leaseMs }: ClaimOptions): Prisma.Sql {
    return Prisma.sql`${this.#now()} + ${leaseMs}::int * interval '1 millisecond'`;
  }

  async #update(tx: Tx, lease: TurnLease, data: Prisma.TurnUpdateManyMutationInput): Promise<void> {
    const { count } = await tx.turn.updateMany({ where: { id: lease.turnId, fence: lease.fence }, data });
    if (count === 0) throw lost();
  }
}

type Texts<T, K extends keyof T> = Omit<T, K> & { readonly [P in K]: string };
type StoredTurnJson = Omit<StoredTurn, "orders" | "fills"> & {
  readonly orders: readonly StoredOrder[];
  readonly fills: readonly Texts<StoredTurn["fills"][number], "quantity" | "price" | "fee">[];
};

/** Ends every turn of the agent that has committed nothing yet, and the leases on them. */
async function giveUpUndecided(tx: Tx, agentId: string, reason: string): Promise<void> {
  await tx.turn.updateMany({
    where: { agentId, phase: { in: [...UNDECIDED] } },
    data: { phase: "failed", reason, fence: { increment: 1 }, leaseUntil: null },
  });
}

/** The turn's row, the agent's last tick and the event: one statement. */
async function insertTurn(tx: Tx, agent: Agent, request: TurnRequest, options: ClaimOptions, leaseUntil: Prisma.Sql): Promise<void> {
  const id = hashId("turn", request.agentId, request.tickId);
  const at = new Date(request.at).toISOString();
  const claimed = eventRows([{ type: "turn/phase.changed", data: { agentId: agent.id, turnId: id, phase: "claimed", at: request.at } }]);
  await tx.$queryRaw`
    WITH turn AS (
      INSERT INTO "Turn" ("id", "workspaceId", "agentId", "tickId", "trigger", "at", "phase", "configVersion", "build", "leaseOwner", "leaseUntil", "fence", "timings")
      VALUES (${id}::uuid, ${agent.workspaceId}::uuid, ${agent.id}::uuid, ${request.tickId}, ${JSON.stringify(request.trigger)}::jsonb, ${at}::timestamptz, 'claimed',
              ${agent.configVersion}, ${options.build}, ${options.owner}, ${leaseUntil}, 1, '[]'::jsonb)),
    agent AS (UPDATE "Agent" SET "lastTickAt" = ${at}::timestamptz WHERE "id" = ${agent.id}::uuid AND ${request.trigger.kind === "schedule"}::boolean),
    written AS (
      INSERT INTO "Event" ("id", "workspaceId", "type", "data")
      SELECT id, ${agent.workspaceId}::uuid, type, data FROM jsonb_to_recordset(${claimed}::jsonb) AS r(id uuid, type text, data jsonb))
    SELECT 1 AS done`;
  markForCommit(tx, "events");
}

/** A tick whose time has passed is never run late: the scheduler shows it as a gap. */
function missedBecause(agent: Agent, request: TurnRequest, late: boolean): string | null {
  if (request.trigger.kind !== "schedule") return null;
  if (late) return "the tick was missed";
  return agent.lastTickAt !== null && request.at <= agent.lastTickAt ? "the tick was missed" : null;
}

function unwantedBecause(agent: Agent, trigger: TurnTrigger): string | null {
  if (agent.status === "archived") return "the agent is archived";
  if (trigger.kind === "flatten") return null;
  if (agent.status === "halted") return "the agent is halted";
  if (trigger.kind === "schedule" && agent.status !== "running") return `the agent is ${agent.status}`;
  return null;
}
