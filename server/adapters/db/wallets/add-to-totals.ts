import { type Fixed, toText } from "@/server/shared";
import type { Tx } from "../database";

/** What one movement changes at a wallet: of its own money, and of its sub-tree where money came in or went out. Base currency. */
export type TotalsChange = {
  readonly nodeId: string;
  readonly came?: Fixed;
  readonly went?: Fixed;
  /** It came from outside, or went there. */
  readonly outside?: boolean;
  readonly flow?: { readonly amount: Fixed; readonly equityBefore: Fixed };
};

/**
 * Keeps the running totals that pages read instead of the whole history: one statement, in the transaction that moves. Callers hold the lock
 * of the workspace's trees, so that flows of a wallet are chained one after the other.
 */
export async function addToTotals(tx: Tx, workspaceId: string, changes: readonly TotalsChange[]): Promise<void> {
  const byNode = new Map<string, Record<string, string>>();
  for (const { nodeId, came, went, outside, flow } of changes)
    byNode.set(nodeId, {
      ...byNode.get(nodeId),
      id: nodeId,
      ...(came === undefined ? {} : { came: toText(came), ...(outside ? { oin: toText(came) } : {}) }),
      ...(went === undefined ? {} : { went: toText(went), ...(outside ? { oout: toText(went) } : {}) }),
      ...(flow === undefined ? {} : { before: toText(flow.equityBefore), after: toText((flow.equityBefore + flow.amount) as Fixed) }),
    });
  if (byNode.size > 0) await tx.$executeRawUnsafe(SQL, workspaceId, JSON.stringify([...byNode.values()]));
}

// A stretch that began with nothing says nothing; one that ended with nothing lost all.
const SQL = `
UPDATE "WalletNode" n SET
  came = n.came + coalesce(d.came, 0), went = n.went + coalesce(d.went, 0),
  "outsideIn" = n."outsideIn" + coalesce(d.oin, 0), "outsideOut" = n."outsideOut" + coalesce(d.oout, 0),
  "chainFactor" = CASE WHEN d.after IS NULL OR n."chainBase" IS NULL OR n."chainBase" <= 0 THEN n."chainFactor"
    WHEN d.before <= 0 THEN 0 ELSE n."chainFactor" * (d.before::float8 / n."chainBase"::float8) END,
  "chainBase" = coalesce(d.after, n."chainBase")
FROM jsonb_to_recordset($2::jsonb) AS d(id uuid, came numeric, went numeric, oin numeric, oout numeric, before numeric, after numeric)
WHERE n.id = d.id AND n."workspaceId" = $1::uuid`;
