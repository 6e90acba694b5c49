import type { Decision, VetoEntry, VetoedTurn, VetoStore } from "@/server/agents";
import type { Verdict } from "@/server/risk";
import type { Json } from "@/server/shared";
import type { Database } from "./database";
import { fixedToDecimal } from "./decimal";
import { PrismaBlobStore } from "./prisma-blob-store";
import { joinInputs } from "./turn-blobs";

/** Rows of the veto ledger. What a turn was is read from its record, so that a figure can be computed again by anybody. */
export class PrismaVetoStore implements VetoStore {
  readonly #blobs: PrismaBlobStore;
  constructor(private readonly db: Database) {
    this.#blobs = new PrismaBlobStore(db);
  }

  async due(limit: number): Promise<readonly VetoedTurn[]> {
    const rows = await this.db.raw.query<Row>(
      `SELECT t.id AS "turnId", t."workspaceId", t."agentId", (extract(epoch FROM t."settleAt") * 1000)::float8 AS "settleAt", t."inputsHash", t."decisionHash", t."verdictHash"
       FROM "VetoDue" d JOIN "Turn" t ON t.id = d."turnId" ORDER BY t."settleAt", t.id LIMIT $1::int`,
      [limit],
    );
    if (rows.length === 0) return [];
    const found = await this.#blobs.getMany(rows.flatMap((r) => [r.inputsHash, r.decisionHash, r.verdictHash]).filter((h) => h !== null));
    return Promise.all(
      rows.map(async ({ inputsHash, decisionHash, verdictHash, ...turn }) => ({
        ...turn,
        record: await this.#record(found, [inputsHash, decisionHash, verdictHash]),
      })),
    );
  }

  async #record(found: ReadonlyMap<string, Json>, hashes: readonly (string | null)[]): Promise<VetoedTurn["record"]> {
    const [root, decision, verdict] = hashes.map((hash) => (hash === null ? undefined : found.get(hash)));
    if (root === undefined || decision === undefined || verdict === undefined) return null;
    const inputs = await joinInputs(this.#blobs, root);
    return inputs && { inputs, decision: (decision as unknown as { decision: Decision }).decision, verdict: verdict as unknown as Verdict };
  }

  save(turnIds: readonly string[], entries: readonly VetoEntry[]): Promise<void> {
    return this.db.transaction(async (tx) => {
      await tx.veto.createMany({ data: entries.map(row), skipDuplicates: true });
      await tx.vetoDue.deleteMany({ where: { turnId: { in: [...turnIds] } } });
    });
  }
}

type Row = {
  turnId: string;
  workspaceId: string;
  agentId: string;
  settleAt: number;
  inputsHash: string | null;
  decisionHash: string | null;
  verdictHash: string | null;
};

const row = (e: VetoEntry) => ({
  turnId: e.turnId,
  leg: e.leg,
  workspaceId: e.workspaceId,
  agentId: e.agentId,
  rule: e.rule,
  outcome: e.outcome,
  symbol: e.order.symbol,
  side: e.order.side,
  askedQuantity: fixedToDecimal(e.order.askedQuantity),
  allowedQuantity: fixedToDecimal(e.order.allowedQuantity),
  vetoedQuantity: fixedToDecimal(e.vetoedQuantity),
  entryPrice: e.entryPrice && fixedToDecimal(e.entryPrice),
  entryAt: e.entryAt === null ? null : new Date(e.entryAt),
  settlePrice: e.settlePrice && fixedToDecimal(e.settlePrice),
  fee: fixedToDecimal(e.fee),
  saved: fixedToDecimal(e.saved),
  note: e.note,
  at: new Date(e.order.at),
  settleAt: new Date(e.order.settleAt),
});
