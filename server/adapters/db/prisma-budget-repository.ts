import { systemScope } from "@/server/auth/scope";
import type { BudgetRepository } from "@/server/llm";
import { DomainError, type Fixed, fixed, notFound, type TenantScope, toText, utcDayStart, ZERO } from "@/server/shared";
import type { Database, Tx } from "./database";
import { decimalToFixed, fixedToDecimal } from "./decimal";
import { newId } from "./new-id";

type Level = "workspace" | "agent";
type Ask = { readonly workspaceId: string; readonly scopeId: string; readonly level: Level; readonly day: string; readonly amount: string };

/**
 * Prepaid model spend per UTC day. Each level's cap is checked and its reservation made by one guarded statement, workspace first,
 * in one transaction: what does not fit everywhere is reserved nowhere. A level without a readable cap allows nothing.
 */
export class PrismaBudgetRepository implements BudgetRepository {
  constructor(private readonly db: Database) {}

  async reserve(scope: TenantScope, r: { key: string; agentId: string | null; model: string; amount: Fixed; wallNow: number }): Promise<boolean> {
    if (r.amount < ZERO) throw new DomainError("INVALID_AMOUNT", "A reservation cannot be below zero.", { field: "amount" });
    const { workspaceId } = scope;
    const day = dayText(r.wallNow);
    const amount = toText(r.amount);
    return this.db.transaction(async (tx) => {
      const data = {
        id: newId(),
        workspaceId,
        agentId: r.agentId,
        key: r.key,
        model: r.model,
        day: new Date(day),
        status: "reserved",
        reserved: amount,
        createdAt: new Date(r.wallNow),
      };
      const { count } = await tx.modelCall.createMany({ data: [data], skipDuplicates: true });
      if (count === 0) return false;
      await reserveAt(tx, { workspaceId, scopeId: workspaceId, level: "workspace", day, amount });
      if (r.agentId !== null) await reserveAt(tx, { workspaceId, scopeId: r.agentId, level: "agent", day, amount });
      return true;
    });
  }

  async settle(scope: TenantScope, key: string, spent: { amount: Fixed; inputTokens: number; outputTokens: number }): Promise<void> {
    const { workspaceId } = scope;
    if (spent.amount < ZERO) throw new DomainError("INVALID_AMOUNT", "Spending cannot be below zero.", { field: "amount" });
    await this.db.transaction(async (tx) => {
      const [call] = await tx.modelCall.updateManyAndReturn({
        where: { workspaceId, key, status: "reserved" },
        data: { status: "settled", settled: fixedToDecimal(spent.amount), inputTokens: spent.inputTokens, outputTokens: spent.outputTokens },
      });
      if (!call) {
        if (await tx.modelCall.findUnique({ where: { workspaceId_key: { workspaceId, key } }, select: { id: true } })) return;
        throw notFound("The model reservation");
      }
      // In the order in which reserve() locks them.
      for (const scopeId of [workspaceId, call.agentId]) {
        if (scopeId === null) continue;
        await tx.modelBudget.updateMany({
          where: { scopeId, day: call.day, workspaceId },
          data: { reserved: { decrement: call.reserved }, settled: { increment: fixedToDecimal(spent.amount) } },
        });
      }
    });
  }

  async settleLost(scope: TenantScope, key: string): Promise<Fixed | null> {
    const { workspaceId } = scope;
    const read = () => this.db.prisma.modelCall.findUnique({ where: { workspaceId_key: { workspaceId, key } } });
    const call = await read();
    if (!call) return null;
    if (call.status === "reserved") await this.settle(scope, key, { amount: decimalToFixed(call.reserved), inputTokens: 0, outputTokens: 0 });
    // The answer may have come after all while this was written: what was settled first counts.
    const settled = (await read())?.settled;
    return settled ? decimalToFixed(settled) : decimalToFixed(call.reserved);
  }

  async settleAbandoned(before: number, limit: number): Promise<number> {
    const where = { status: "reserved", createdAt: { lt: new Date(before) } };
    const calls = await this.db.prisma.modelCall.findMany({
      where,
      orderBy: { createdAt: "asc" },
      take: limit,
      select: { workspaceId: true, key: true },
    });
    for (const { workspaceId, key } of calls) await this.settleLost(systemScope(workspaceId), key);
    return calls.length;
  }

  /** The workspace's day, or the agent's. Throws NOT_FOUND. */
  async today(scope: TenantScope, wallNow: number, agentId?: string): Promise<{ cap: Fixed; settled: Fixed; reserved: Fixed }> {
    const { workspaceId } = scope;
    const scopeId = agentId ?? workspaceId;
    const cap = await readCap(this.db.prisma, workspaceId, scopeId, agentId === undefined ? "workspace" : "agent");
    if (cap === undefined) throw notFound(agentId === undefined ? "The workspace" : "The agent");
    const row = await this.db.prisma.modelBudget.findFirst({ where: { scopeId, day: new Date(dayText(wallNow)), workspaceId } });
    return { cap: cap ?? ZERO, settled: row ? decimalToFixed(row.settled) : ZERO, reserved: row ? decimalToFixed(row.reserved) : ZERO };
  }
}

const dayText = (wallNow: number): string => new Date(utcDayStart(wallNow)).toISOString().slice(0, 10);

/** One statement: reads the cap, compares, reserves. Concurrent callers queue on the day's row. */
async function reserveAt(tx: Tx, { workspaceId, scopeId, level, day, amount }: Ask): Promise<void> {
  const rows =
    level === "workspace"
      ? await tx.$queryRaw<unknown[]>`
          INSERT INTO "ModelBudget" AS b ("workspaceId", "scopeId", "day", "cap", "reserved")
          SELECT w."id", w."id", ${day}::date, w."dailyModelCap", ${amount}::numeric FROM "Workspace" w
           WHERE w."id" = ${workspaceId}::uuid AND ${amount}::numeric <= w."dailyModelCap"
          ON CONFLICT ("scopeId", "day") DO UPDATE SET "cap" = EXCLUDED."cap", "reserved" = b."reserved" + EXCLUDED."reserved"
           WHERE b."settled" + b."reserved" + EXCLUDED."reserved" <= EXCLUDED."cap"
          RETURNING 1 AS ok`
      : await tx.$queryRaw<unknown[]>`
          INSERT INTO "ModelBudget" AS b ("workspaceId", "scopeId", "day", "cap", "reserved")
          SELECT a."workspaceId", a."id", ${day}::date, (a."config"->>'dailyModelCap')::numeric, ${amount}::numeric FROM "Agent" a
           WHERE a."id" = ${scopeId}::uuid AND a."workspaceId" = ${workspaceId}::uuid AND ${amount}::numeric <= (a."config"->>'dailyModelCap')::numeric
          ON CONFLICT ("scopeId", "day") DO UPDATE SET "cap" = EXCLUDED."cap", "reserved" = b."reserved" + EXCLUDED."reserved"
           WHERE b."settled" + b."reserved" + EXCLUDED."reserved" <= EXCLUDED."cap"
          RETURNING 1 AS ok`;
  if (rows.length === 0) throw await exceeded(tx, { workspaceId, scopeId, level, day, amount });
}

async function exceeded(tx: Tx, { workspaceId, scopeId, level, day, amount }: Ask): Promise<DomainError> {
  const cap = await readCap(tx, workspaceId, scopeId, level);
  if (cap === undefined) return notFound(level === "agent" ? "The agent" : "The workspace");
  const row = await tx.modelBudget.findUnique({ where: { scopeId_day: { scopeId, day: new Date(day) } } });
  const spent = row ? row.settled.plus(row.reserved).toFixed() : "0";
  const capText = cap === null ? "0" : toText(cap);
  return new DomainError(
    "MODEL_BUDGET_EXCEEDED",
    `The ${level}'s model budget of ${capText} USD a day does not allow ${amount} USD more: ${spent} USD are spent or reserved.`,
    { kind: "limited", data: { level, cap: capText, spent, asked: amount } },
  );
}

/** undefined = no such workspace or agent; null = it has no cap. */
async function readCap(tx: Tx, workspaceId: string, scopeId: string, level: Level): Promise<Fixed | null | undefined> {
  if (level === "workspace") {
    const workspace = await tx.workspace.findUnique({ where: { id: workspaceId }, select: { dailyModelCap: true } });
    return workspace ? decimalToFixed(workspace.dailyModelCap) : undefined;
  }
  const [agent] = await tx.$queryRaw<{ cap: string | null }[]>`
    SELECT "config"->>'dailyModelCap' AS cap FROM "Agent" WHERE "id" = ${scopeId}::uuid AND "workspaceId" = ${workspaceId}::uuid`;
  if (!agent) return undefined;
  return agent.cap === null ? null : fixed(agent.cap);
}
