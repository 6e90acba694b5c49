import { add, DomainError, type Fixed, toText, ZERO } from "@/server/shared";
import { ACCOUNT_KINDS, TRANSACTION_KINDS, type TransactionDraft } from "./types";

/** Throws UNBALANCED unless the postings sum to zero in every currency, EMPTY_TRANSACTION, ZERO_POSTING, INVALID_ACCOUNT. */
export function validateDraft(draft: TransactionDraft): void {
  if (draft.postings.length < 2) throw new DomainError("EMPTY_TRANSACTION", "a transaction needs at least two postings");
  if (draft.key === "" || !TRANSACTION_KINDS.includes(draft.kind))
    throw new DomainError("INVALID_TRANSACTION", "a transaction needs a key and a known kind");
  const sums = new Map<string, Fixed>();
  for (const { account, amount } of draft.postings) {
    if (!ACCOUNT_KINDS.includes(account.kind) || account.currency === "")
      throw new DomainError("INVALID_ACCOUNT", "a posting names an account kind and a currency");
    if (amount === 0n) throw new DomainError("ZERO_POSTING", "a posting of zero says nothing");
    sums.set(account.currency, add(sums.get(account.currency) ?? ZERO, amount));
  }
  for (const [currency, total] of sums) {
    if (total !== 0n) {
      throw new DomainError("UNBALANCED", `the postings in ${currency} do not sum to zero`, {
        kind: "internal",
        data: { currency, difference: toText(total) },
      });
    }
  }
}

/** One text per account: the workspace's own books have no node. */
export const accountKey = (account: { readonly nodeId: string | null; readonly kind: string; readonly currency: string }): string =>
  `${account.nodeId ?? "-"}|${account.kind}|${account.currency}`;
