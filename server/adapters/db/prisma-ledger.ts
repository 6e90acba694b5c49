import { ACCOUNT_KINDS, type AccountKind, type BalanceRow, type Ledger, type TransactionDraft } from "@/server/ledger";
import type { TenantScope } from "@/server/shared";
import type { Database } from "./database";
import { decimalToFixed } from "./decimal";
import { postInTransaction } from "./post-transactions";

const isAccountKind = (kind: string): kind is AccountKind => (ACCOUNT_KINDS as readonly string[]).includes(kind);

/** Double-entry books in the database; a balance row always equals the sum of its postings. */
export class PrismaLedger implements Ledger {
  constructor(private readonly db: Database) {}

  /** See {@link postInTransaction}. */
  post(scope: TenantScope, draft: TransactionDraft): Promise<{ readonly transactionId: string; readonly posted: boolean }> {
    return this.db.transaction((tx) => postInTransaction(tx, scope.workspaceId, draft));
  }

  async balances(scope: TenantScope, nodeIds: readonly string[]): Promise<readonly BalanceRow[]> {
    const rows = await this.db.prisma.ledgerAccount.findMany({
      where: { workspaceId: scope.workspaceId, nodeId: { in: [...nodeIds] } },
      orderBy: [{ nodeId: "asc" }, { kind: "asc" }, { currency: "asc" }],
    });
    return rows.map((r) => {
      if (!isAccountKind(r.kind)) throw new Error(`account ${r.id} has the unknown kind ${r.kind}`);
      return { account: { nodeId: r.nodeId, kind: r.kind, currency: r.currency }, amount: decimalToFixed(r.balance) };
    });
  }
}
