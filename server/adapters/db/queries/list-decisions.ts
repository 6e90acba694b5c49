import type { Prisma } from "@/generated/prisma/client";
import type { DecisionRow } from "@/server/api/contract";
import type { TenantScope } from "@/server/shared";
import { nextCursor, readCursor } from "../keyset-cursor";
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
  return { rows: rows.slice(0, input.limit).map(decisionRow), nextCursor: nextCursor(rows, input.limit) };
}

function after(cursor: string): Prisma.TurnWhereInput {
  const { at, id } = readCursor(cursor);
  return { OR: [{ at: { lt: at } }, { at, id: { lt: id } }] };
}
