import type { AgentVersionRow, EvidenceStore, RecordedFill } from "@/server/evidence";
import { notFound, type TenantScope } from "@/server/shared";
import { agentFromRow, configFromJson } from "../agent-row";
import type { Database } from "../database";

const ms = (text: string | null): number | null => (text === null ? null : Number(text));
const MS = (column: string): string => `(extract(epoch FROM ${column}) * 1000)::bigint::text`;

/** An agent's fills, equity and versions. Amounts as floats: they end in statistics. */
export class PrismaEvidenceStore implements EvidenceStore {
  constructor(private readonly db: Database) {}

  async agent(scope: TenantScope, agentId: string) {
    const row = await this.db.prisma.agent.findFirst({ where: { id: agentId, workspaceId: scope.workspaceId } });
    if (!row) throw notFound("This agent");
    const rows = await this.db.prisma.agentVersion.findMany({ where: { agentId }, orderBy: { version: "asc" } });
    const versions = rows.map((v): AgentVersionRow => ({ version: v.version, config: configFromJson(v.config), createdAt: v.createdAt.getTime() }));
    return { agent: agentFromRow(row), versions };
  }

  async span(agentId: string, versions: readonly number[]) {
    const [row] = await this.db.raw.query<{ first: string | null; last: string | null }>(
      `SELECT (SELECT ${MS("min(at)")} FROM "Turn" WHERE "agentId" = $1::uuid AND "configVersion" = ANY($2::int[]) AND "decisionHash" IS NOT NULL) AS first,
              (SELECT ${MS("max(at)")} FROM "EquityPoint" WHERE "agentId" = $1::uuid) AS last`,
      [agentId, versions],
    );
    return { first: ms(row?.first ?? null), last: ms(row?.last ?? null) };
  }

  async trades(agentId: string, versions: readonly number[], from: number): Promise<number> {
    const [row] = await this.db.raw.query<{ n: string }>(
      `SELECT count(*)::text AS n FROM "Order" o JOIN "Turn" t ON t.id = o."turnId"
       WHERE o."agentId" = $1::uuid AND o."filledQuantity" > 0 AND o.at >= $3 AND t."configVersion" = ANY($2::int[])
         AND t.trigger->>'kind' <> 'flatten'`,
      [agentId, versions, new Date(from).toISOString()],
    );
    return Number(row?.n ?? 0);
  }

  async fills(agentId: string): Promise<readonly RecordedFill[]> {
    const rows = await this.db.raw.query<{ symbol: string; side: "buy" | "sell"; quantity: string; price: string; fee: string; at: string }>(
      `SELECT symbol, side, quantity::text, price::text, fee::text, ${MS("at")} AS at FROM "Fill" WHERE "agentId" = $1::uuid ORDER BY "Fill".at, sequence`,
      [agentId],
    );
    return rows.map((r) => ({
      symbol: r.symbol,
      side: r.side,
      quantity: Number(r.quantity),
      price: Number(r.price),
      fee: Number(r.fee),
      at: Number(r.at),
    }));
  }

  async equity(agentId: string, from: number) {
    const rows = await this.db.raw.query<{ at: string; equity: string }>(
      `SELECT ${MS("at")} AS at, equity::text AS equity FROM "EquityPoint" WHERE "agentId" = $1::uuid
         AND "EquityPoint".at >= coalesce((SELECT max(at) FROM "EquityPoint" WHERE "agentId" = $1::uuid AND at <= $2), $2) ORDER BY "EquityPoint".at`,
      [agentId, new Date(from).toISOString()],
    );
    return rows.map((r) => ({ at: Number(r.at), equity: Number(r.equity) }));
  }
}
