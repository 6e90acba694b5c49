import { add, type Fixed, min, neg, sub, ZERO } from "@/server/shared";
import { withMeta } from "./drafts";
import type { TransactionDraft } from "./types";

export type FillPosting = {
  readonly fillId: string;
  readonly nodeId: string;
  readonly at: number;
  readonly orderId?: string;
  readonly turnId?: string;
  readonly side: "buy" | "sell";
  readonly base: string;
  readonly quote: string;
  /** Base units. */
  readonly quantity: Fixed;
  /** Quote currency, before the fee. */
  readonly notional: Fixed;
  /** Quote currency, never negative. */
  readonly fee: Fixed;
  /** What is still on hold for the order; a buy is paid from it first, then from cash. */
  readonly held: Fixed;
};

/**
 * One fill as one transaction: the quote leg and the base leg each go through the node's clearing account, the fee to fees.
 * `heldAfter` is what stays on hold for the order.
 */
export function fillDraft(fill: FillPosting): { readonly draft: TransactionDraft; readonly heldAfter: Fixed } {
  const account = (kind: "cash" | "hold" | "asset" | "clearing" | "fees", currency: string) => ({ nodeId: fill.nodeId, kind, currency });
  const meta = { key: `fill:${fill.fillId}`, at: fill.at, orderId: fill.orderId, turnId: fill.turnId };
  const fee = { account: account("fees", fill.quote), amount: fill.fee };
  if (fill.side === "sell") {
    const draft = withMeta("fill", meta, [
      { account: account("asset", fill.base), amount: neg(fill.quantity) },
      { account: account("clearing", fill.base), amount: fill.quantity },
      { account: account("clearing", fill.quote), amount: neg(fill.notional) },
      { account: account("cash", fill.quote), amount: sub(fill.notional, fill.fee) },
      fee,
    ]);
    return { draft, heldAfter: ZERO };
  }
  const cost = add(fill.notional, fill.fee);
  const fromHold = min(fill.held, cost);
  const draft = withMeta("fill", meta, [
    { account: account("hold", fill.quote), amount: neg(fromHold) },
    { account: account("cash", fill.quote), amount: neg(sub(cost, fromHold)) },
    { account: account("clearing", fill.quote), amount: fill.notional },
    fee,
    { account: account("clearing", fill.base), amount: neg(fill.quantity) },
    { account: account("asset", fill.base), amount: fill.quantity },
  ]);
  return { draft, heldAfter: sub(fill.held, fromHold) };
}
