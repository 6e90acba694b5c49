import { scaled, unscaled } from "@/components/format/decimal-text";
import type { DecisionDetail } from "@/server/api/contract";

type Posting = DecisionDetail["postings"][number];
export type PostingLine = {
  readonly key: string;
  readonly account: string;
  readonly kind: string;
  readonly currency: string;
  readonly debit: string | null;
  readonly credit: string | null;
};
export type PostingTotal = { readonly currency: string; readonly debit: string; readonly credit: string; readonly balanced: boolean };

/** Signed postings as two columns (a positive amount is a debit), with totals a currency. */
export function splitPostings(postings: readonly Posting[]): { lines: PostingLine[]; totals: PostingTotal[]; balanced: boolean } {
  const sums = new Map<string, { debit: bigint; credit: bigint }>();
  const lines = postings.map((p, i): PostingLine => {
    const value = scaled(p.amount);
    const sum = sums.get(p.currency) ?? { debit: 0n, credit: 0n };
    sums.set(p.currency, value >= 0n ? { ...sum, debit: sum.debit + value } : { ...sum, credit: sum.credit - value });
    const side = value >= 0n ? { debit: unscaled(value), credit: null } : { debit: null, credit: unscaled(-value) };
    return { key: `${p.transactionId}:${i}`, account: p.account, kind: p.kind, currency: p.currency, ...side };
  });
  const totals = [...sums].map(([currency, s]) => ({
    currency,
    debit: unscaled(s.debit),
    credit: unscaled(s.credit),
    balanced: s.debit === s.credit,
  }));
  return { lines, totals, balanced: totals.every((t) => t.balanced) };
}
