import type { Fixed } from "@/server/shared";

/**
 * Account kinds. `cash`, `hold` and `asset` belong to a wallet node and may not go below zero;
 * `external` (money that came from or went to outside), `clearing` (trades between currencies), `fees`
 * and `suspense` are the other sides and may have either sign.
 */
export const ACCOUNT_KINDS = ["cash", "hold", "asset", "external", "clearing", "fees", "suspense"] as const;
export type AccountKind = (typeof ACCOUNT_KINDS)[number];
export const MAY_BE_NEGATIVE: Readonly<Record<AccountKind, boolean>> = {
  cash: false,
  hold: false,
  asset: false,
  external: true,
  clearing: true,
  fees: true,
  suspense: true,
};

/** Which account: the node it belongs to (null = the workspace's own books), kind and currency. */
export type AccountRef = { readonly nodeId: string | null; readonly kind: AccountKind; readonly currency: string };

export const TRANSACTION_KINDS = ["deposit", "withdraw", "allocate", "collect", "hold", "release", "fill", "adjust"] as const;
export type TransactionKind = (typeof TRANSACTION_KINDS)[number];

/** A signed change of one account; a transaction's postings sum to zero in every currency. */
export type PostingDraft = { readonly account: AccountRef; readonly amount: Fixed };

export type TransactionDraft = {
  /** Same key, same transaction: posting twice changes nothing. Unique in the workspace. */
  readonly key: string;
  readonly kind: TransactionKind;
  /** Market time (ms). */
  readonly at: number;
  readonly postings: readonly PostingDraft[];
  readonly orderId?: string;
  readonly turnId?: string;
  readonly note?: string;
};

export type BalanceRow = { readonly account: AccountRef; readonly amount: Fixed };
