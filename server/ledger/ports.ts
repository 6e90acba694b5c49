import type { TenantScope } from "@/server/shared";
import type { BalanceRow, TransactionDraft } from "./types";

/** The only owner of balances. */
export interface Ledger {
  /**
   * Writes the transaction and its balance rows at once, accounts locked in id order.
   * Throws UNBALANCED, INSUFFICIENT_FUNDS (account, have, need). Returns `posted: false` when the key was there already.
   */
  post(scope: TenantScope, draft: TransactionDraft): Promise<{ readonly transactionId: string; readonly posted: boolean }>;
  /** All balances of the given wallet nodes. */
  balances(scope: TenantScope, nodeIds: readonly string[]): Promise<readonly BalanceRow[]>;
}
