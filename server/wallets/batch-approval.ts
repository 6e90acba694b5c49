import { add, type Fixed, max, neg, ZERO } from "@/server/shared";
import { pathOf } from "./tree";
import type { MoneyOrder, WalletNodeState } from "./types";

/**
 * Whether a rebalancing needs a second person as a whole: what changes its wallet under a rule's node, all movements together, is at least the
 * rule's amount. Money that only passes through a wallet is counted once.
 */
export function batchNeedsApproval(nodes: ReadonlyMap<string, WalletNodeState>, orders: readonly MoneyOrder[]): boolean {
  const net = new Map<string, Fixed>();
  for (const { kind, fromNodeId, toNodeId, amount } of orders) {
    if (kind !== "rebalance") continue;
    if (fromNodeId !== null) net.set(fromNodeId, add(net.get(fromNodeId) ?? ZERO, neg(amount)));
    if (toNodeId !== null) net.set(toNodeId, add(net.get(toNodeId) ?? ZERO, amount));
  }
  const under = new Map<WalletNodeState, { given: Fixed; taken: Fixed }>();
  for (const [id, change] of net)
    for (const node of pathOf(nodes, id)) {
      const sums = under.get(node) ?? { given: ZERO, taken: ZERO };
      under.set(node, { given: add(sums.given, max(ZERO, neg(change))), taken: add(sums.taken, max(ZERO, change)) });
    }
  return [...under].some(([{ rules }, { given, taken }]) => rules.approvalFrom !== null && max(given, taken) >= rules.approvalFrom);
}
