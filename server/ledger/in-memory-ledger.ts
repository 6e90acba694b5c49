import { DomainError, type Fixed, hashId, type TenantScope, toText, ZERO } from "@/server/shared";
import type { Ledger } from "./ports";
import { type AccountRef, type BalanceRow, MAY_BE_NEGATIVE, type TransactionDraft } from "./types";
import { accountKey, validateDraft } from "./validate-draft";

type Row = { readonly account: AccountRef; amount: Fixed };
type Book = { readonly rows: Map<string, Row>; readonly keys: Map<string, string>; readonly drafts: TransactionDraft[] };

/** The ledger in memory, with the rules of the stored one: backtests and tests post to it. */
export class InMemoryLedger implements Ledger {
  readonly #books = new Map<string, Book>();

  async post(scope: TenantScope, draft: TransactionDraft): Promise<{ readonly transactionId: string; readonly posted: boolean }> {
    return this.postNow(scope.workspaceId, draft);
  }

  /** As `post`, at once: a backtest has no use for promises. */
  postNow(workspaceId: string, draft: TransactionDraft): { readonly transactionId: string; readonly posted: boolean } {
    const book = this.#book(workspaceId);
    const known = book.keys.get(draft.key);
    if (known) return { transactionId: known, posted: false };
    validateDraft(draft);
    const next = new Map<string, Row>();
    for (const { account, amount } of draft.postings) {
      const key = accountKey(account);
      const before = next.get(key)?.amount ?? book.rows.get(key)?.amount ?? ZERO;
      next.set(key, { account, amount: (before + amount) as Fixed });
    }
    for (const [key, row] of next) {
      if (row.amount >= 0n || MAY_BE_NEGATIVE[row.account.kind]) continue;
      const have = book.rows.get(key)?.amount ?? ZERO;
      throw new DomainError("INSUFFICIENT_FUNDS", `there is only ${toText(have)} ${row.account.currency} in ${row.account.kind}`, {
        kind: "conflict",
        data: { account: row.account.kind, currency: row.account.currency, have: toText(have), need: toText((have - row.amount) as Fixed) },
      });
    }
    for (const [key, row] of next) book.rows.set(key, row);
    const transactionId = hashId("transaction", workspaceId, draft.key);
    book.keys.set(draft.key, transactionId);
    book.drafts.push(draft);
    return { transactionId, posted: true };
  }

  async balances(scope: TenantScope, nodeIds: readonly string[]): Promise<readonly BalanceRow[]> {
    return [...this.#book(scope.workspaceId).rows.values()].filter((r) => r.account.nodeId !== null && nodeIds.includes(r.account.nodeId));
  }

  /** Balance of one account; zero when it was never posted to. */
  balance(workspaceId: string, account: AccountRef): Fixed {
    return this.#book(workspaceId).rows.get(accountKey(account))?.amount ?? ZERO;
  }

  /** Every transaction posted so far, in order. */
  transactions(workspaceId: string): readonly TransactionDraft[] {
    return this.#book(workspaceId).drafts;
  }

  /** Every balance of the workspace, its own books included. */
  rows(workspaceId: string): readonly BalanceRow[] {
    return [...this.#book(workspaceId).rows.values()];
  }

  #book(workspaceId: string): Book {
    let book = this.#books.get(workspaceId);
    if (!book) {
      book = { rows: new Map(), keys: new Map(), drafts: [] };
      this.#books.set(workspaceId, book);
    }
    return book;
  }
}
