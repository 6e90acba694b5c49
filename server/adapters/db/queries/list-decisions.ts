import type { Prisma } from "@/generated/prisma/client";
import type { DecisionRow } from "@/server/api/contract";
import { DomainError, isUuid, type TenantScope } from "@/server/shared";
import { decisionRow, decisionSelect } from "./decision-row";
import type { QueryContext } from "./query-context";

type Input = {
  readonly agentId?: string | undefined;
  readonly filter: "all" | "with-orders" | "vetoed" | "settled";
  readonly cursor?: string | undefined;
  readonly limit: number;
};

const FILTERS: Readonly<Record<Input["filter"], Prisma.TurnWhereInput>> = {
  all: {},
  "with-orders": { orders: { some: {} } },
  vetoed: { outcome: { in: ["deny", "reduce"] } },
  settled: { phase: "settled" },
};

/** The end of the year 9999: later instants are not written in the form the database reads. */
const LAST_INSTANT = Date.UTC(10_000, 0) - 1;

/** Decisions, newest first, by keyset: the cursor is "<market ms>_<turn id>" of the last row. Throws INVALID_CURSOR. */
export async function listDecisions(q: QueryContext, scope: TenantScope, input: Input): Promise<{ rows: DecisionRow[]; nextCursor: string | null }> {
  const rows = await q.db.prisma.turn.findMany({
    where: {
      workspaceId: scope.workspaceId,
      ...(input.agentId === undefined ? {} : { agentId: input.agentId }),
      ...FILTERS[input.filter],
      ...(input.cursor === undefined ? {} : after(input.cursor)),
    },
    orderBy: [{ at: "desc" }, { id: "desc" }],
    take: input.limit + 1,
    select: decisionSelect,
  });
  const page = rows.slice(0, input.limit);
  const last = page.at(-1);
  return { rows: page.map(decisionRow), nextCursor: rows.length > input.limit && last ? `${last.at.getTime()}_${last.id}` : null };
}

function after(cursor: string): Prisma.TurnWhereInput {
  const [ms, id] = cursor.split("_");
  const at = Number(ms);
  if (!id || !isUuid(id) || !/^\d+$/.test(ms ?? "") || at > LAST_INSTANT)
    throw new DomainError("INVALID_CURSOR", "the cursor is not one this list gave", { field: "cursor" });
  return { OR: [{ at: { lt: new Date(at) } }, { at: new Date(at), id: { lt: id } }] };
}
