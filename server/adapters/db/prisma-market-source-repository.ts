import { VENUE_IDS, type VenueId } from "@/server/adapters/market/exchange/venues";
import { DomainError, type TenantScope } from "@/server/shared";
import { writeAudit } from "./audit";
import type { Database, Tx } from "./database";

export type SourceChoice = { readonly workspaceId: string; readonly symbol: string; readonly source: VenueId };

/** Which symbols of which workspaces have a source other than the installation's own market. */
export class PrismaMarketSourceRepository {
  constructor(private readonly db: Database) {}

  /** Of every workspace: prices are routed before anybody's scope is known. Holds nothing but symbols and venue names. */
  async all(): Promise<readonly SourceChoice[]> {
    const rows = await this.db.prisma.marketSourceChoice.findMany({ select: { workspaceId: true, symbol: true, source: true } });
    return rows.flatMap((r) => (isVenue(r.source) ? [{ ...r, source: r.source }] : []));
  }

  async of(scope: TenantScope): Promise<ReadonlyMap<string, VenueId>> {
    const rows = await this.db.prisma.marketSourceChoice.findMany({ where: { workspaceId: scope.workspaceId } });
    return new Map(rows.flatMap((r) => (isVenue(r.source) ? [[r.symbol, r.source] as const] : [])));
  }

  /**
   * Chooses a symbol's source; null = the installation's own market. Audited. Throws SOURCE_IN_USE while an agent that trades the symbol
   * runs, holds it or has an order in it: its position would jump to another market's price.
   */
  async set(scope: TenantScope, symbol: string, source: VenueId | null, at: number): Promise<void> {
    await this.db.transaction(async (tx) => {
      const user = await whoUses(tx, scope, symbol);
      if (user) {
        throw new DomainError("SOURCE_IN_USE", `${user} trades or holds ${symbol}: stop it and close its position first, then change the source.`, {
          kind: "conflict",
          field: "source",
        });
      }
      const key = { workspaceId: scope.workspaceId, symbol };
      if (source === null) await tx.marketSourceChoice.deleteMany({ where: key });
      else {
        const values = { source, changedAt: new Date(at) };
        await tx.marketSourceChoice.upsert({ where: { workspaceId_symbol: key }, create: { ...key, ...values }, update: values });
      }
      await writeAudit(tx, scope, { action: "market.source.set", subject: symbol, data: { symbol, source } });
    });
  }
}

const isVenue = (text: string): text is VenueId => (VENUE_IDS as readonly string[]).includes(text);

const BUSY = new Set(["starting", "running", "stopping"]);

/** The name of an agent to which this symbol's price matters now. */
async function whoUses(tx: Tx, scope: TenantScope, symbol: string): Promise<string | null> {
  const agents = await tx.agent.findMany({
    where: { workspaceId: scope.workspaceId, archivedAt: null },
    select: { id: true, name: true, status: true, config: true },
    orderBy: { id: "asc" },
  });
  const symbolsOf = (config: unknown): unknown => (config as { symbols?: unknown }).symbols;
  const busy = agents.find((a) => BUSY.has(a.status) && Array.isArray(symbolsOf(a.config)) && (symbolsOf(a.config) as unknown[]).includes(symbol));
  if (busy) return busy.name;
  const ids = agents.map((a) => a.id);
  const held = await tx.position.findFirst({ where: { agentId: { in: ids }, symbol, quantity: { gt: 0 } }, select: { agentId: true } });
  const open = await tx.order.findFirst({
    where: { agentId: { in: ids }, symbol, status: { in: ["intended", "sending", "open", "partially_filled"] } },
    select: { agentId: true },
  });
  const found = held?.agentId ?? open?.agentId;
  return agents.find((a) => a.id === found)?.name ?? null;
}
