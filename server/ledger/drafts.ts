import { DomainError, type Fixed, neg } from "@/server/shared";
import type { AccountKind, AccountRef, PostingDraft, TransactionDraft, TransactionKind } from "./types";

type Meta = { readonly key: string; readonly at: number; readonly orderId?: string; readonly turnId?: string; readonly note?: string };
type Amount = Meta & { readonly currency: string /** Above zero. */; readonly amount: Fixed };

/** Money from outside into a node's cash. */
export const depositDraft = (d: Amount & { readonly nodeId: string }): TransactionDraft =>
  move("deposit", d, account(null, "external", d.currency), account(d.nodeId, "cash", d.currency));

/** A node's cash to the outside. */
export const withdrawDraft = (d: Amount & { readonly nodeId: string }): TransactionDraft =>
  move("withdraw", d, account(d.nodeId, "cash", d.currency), account(null, "external", d.currency));

/** Treasury cash to an agent's cash. */
export const allocateDraft = (d: Amount & { readonly fromNodeId: string; readonly toNodeId: string }): TransactionDraft =>
  move("allocate", d, account(d.fromNodeId, "cash", d.currency), account(d.toNodeId, "cash", d.currency));

/** An agent's cash back to the treasury. */
export const collectDraft = (d: Amount & { readonly fromNodeId: string; readonly toNodeId: string }): TransactionDraft =>
  move("collect", d, account(d.fromNodeId, "cash", d.currency), account(d.toNodeId, "cash", d.currency));

/** Cash set aside for a buy order. */
export const holdDraft = (d: Amount & { readonly nodeId: string }): TransactionDraft =>
  move("hold", d, account(d.nodeId, "cash", d.currency), account(d.nodeId, "hold", d.currency));

/** What an ended order no longer needs, back to cash. */
export const releaseDraft = (d: Amount & { readonly nodeId: string }): TransactionDraft =>
  move("release", d, account(d.nodeId, "hold", d.currency), account(d.nodeId, "cash", d.currency));

const account = (nodeId: string | null, kind: AccountKind, currency: string): AccountRef => ({ nodeId, kind, currency });

function move(kind: TransactionKind, d: Amount, from: AccountRef, to: AccountRef): TransactionDraft {
  if (d.amount <= 0n) throw new DomainError("INVALID_AMOUNT", "the amount must be above zero", { field: "amount" });
  return withMeta(kind, d, [
    { account: from, amount: neg(d.amount) },
    { account: to, amount: d.amount },
  ]);
}

/** Joins the describing fields and the postings, leaving out those of zero. */
export function withMeta(kind: TransactionKind, d: Meta, postings: readonly PostingDraft[]): TransactionDraft {
  return {
    key: d.key,
    kind,
    at: d.at,
    postings: postings.filter((p) => p.amount !== 0n),
    ...(d.orderId === undefined ? {} : { orderId: d.orderId }),
    ...(d.turnId === undefined ? {} : { turnId: d.turnId }),
    ...(d.note === undefined ? {} : { note: d.note }),
  };
}
