import { add, DomainError, type Fixed, max, sub, toText, ZERO } from "@/server/shared";
import type { MoneySituation, PlannedOrder } from "./plan-movements";
import { freeOf } from "./roll-up";
import type { SecondPersonAsked, SecondPersonRule } from "./second-person";
import { percentOf, shareLimit, shareOf, shown } from "./share-rule";
import { pathOf, rootOf } from "./tree";
import type { WalletNodeState } from "./types";

/** One rule's word on one wallet of a movement, in plain words. */
export type MoneyCheck = {
  readonly nodeId: string;
  readonly rule: "free" | "reserve" | "share" | "pause" | "approval";
  readonly text: string;
  /** The bound it was compared with, as it does not depend on prices; "" for none. */
  readonly limit: string;
  readonly refusal: DomainError | null;
};

/** Every rule that bears on a movement. Amounts in the tree's currency. What is not refused and needs nobody counts with `secondPerson` from here on. */
export function checkRules(
  situation: MoneySituation,
  order: PlannedOrder,
  secondPerson: SecondPersonRule,
): { readonly checks: readonly MoneyCheck[]; readonly needsApproval: boolean } {
  const { nodes } = situation;
  const from = order.fromNodeId === null ? null : (nodes.get(order.fromNodeId) ?? null);
  const to = order.toNodeId === null ? null : (nodes.get(order.toNodeId) ?? null);
  const checks = [
    ...(from && !order.closing ? [free(situation, from, order.amount), ...reserve(situation, from, order.amount)] : []),
    ...(to && !order.unbound ? shares(situation, order, from, to) : []),
    ...(order.unbound || !from || !to ? [] : [from, to].flatMap((n) => pause(situation, n))),
  ];
  // What is refused moves nothing, and counts for nothing.
  const asked = checks.some((c) => c.refusal) ? null : secondPerson.ask(order);
  const holder = from ?? to;
  return { checks: asked && holder ? [...checks, approval(holder, asked)] : checks, needsApproval: asked !== null };
}

/** What a movement may take: cash less the reserve that the wallet keeps. */
const available = ({ nodes, equity }: MoneySituation, { id, cash, rules }: WalletNodeState): Fixed =>
  freeOf(cash, rules, equity.get(rootOf(nodes, id).id) ?? ZERO);

function free(situation: MoneySituation, node: WalletNodeState, amount: Fixed): MoneyCheck {
  const base = { nodeId: node.id, rule: "free" as const, limit: "" };
  if (amount <= node.cash) return { ...base, text: `${shown(node.cash, node.currency)} is free, enough`, refusal: null };
  const bound = add(node.positions, node.reserved);
  const more = bound > 0n ? `; ${shown(bound, node.currency)} is in positions and open orders, which are never moved away` : "";
  const text = `Only ${shown(node.cash, node.currency)} of ${node.name} is free, and ${shown(amount, node.currency)} is needed${more}.`;
  const data = {
    have: toText(node.cash),
    free: toText(available(situation, node)),
    need: toText(amount),
    missing: toText(sub(amount, node.cash)),
    inPositions: toText(node.positions),
    reserved: toText(node.reserved),
    currency: node.currency,
    node: node.name,
  };
  return { ...base, text, refusal: new DomainError("INSUFFICIENT_FUNDS", text, { kind: "conflict", field: "amount", data }) };
}

function reserve(situation: MoneySituation, node: WalletNodeState, amount: Fixed): readonly MoneyCheck[] {
  const { reserve: least, reservePercent } = node.rules;
  if (least === null && reservePercent === null) return [];
  const tree = situation.equity.get(rootOf(situation.nodes, node.id).id) ?? ZERO;
  const kept = max(least ?? ZERO, reservePercent === null ? ZERO : percentOf(tree, reservePercent));
  const left = sub(node.cash, amount);
  const base = {
    nodeId: node.id,
    rule: "reserve" as const,
    limit: `${least === null ? "" : toText(least)}/${reservePercent === null ? "" : toText(reservePercent)}`,
  };
  if (left >= kept) return [{ ...base, text: `reserve stays above ${shown(kept, node.currency)}`, refusal: null }];
  const canMove = available(situation, node);
  const text = `${node.name} keeps a free reserve of ${shown(kept, node.currency)}: ${shown(canMove, node.currency)} can be moved, and ${shown(amount, node.currency)} was asked for.`;
  const data = {
    have: toText(node.cash),
    need: toText(amount),
    reserve: toText(kept),
    free: toText(canMove),
    currency: node.currency,
    node: node.name,
  };
  return [{ ...base, text, refusal: new DomainError("BELOW_RESERVE", text, { kind: "conflict", field: "amount", data }) }];
}

/** The wallet that gets the money and the farms above it, up to where it came from. */
function shares(situation: MoneySituation, order: PlannedOrder, from: WalletNodeState | null, to: WalletNodeState): readonly MoneyCheck[] {
  const { nodes, equity } = situation;
  const tree = equity.get(rootOf(nodes, to.id).id);
  if (tree === undefined || tree <= 0n || from === null) return [];
  const above = pathOf(nodes, from.id);
  return pathOf(nodes, to.id)
    .filter((n) => !above.includes(n))
    .flatMap((node): MoneyCheck[] => {
      const most = shareLimit(pathOf(nodes, node.id), node.kind);
      if (most === null) return [];
      const share = shareOf(node, { tree, most, has: equity.get(node.id) ?? ZERO, more: order.amount, field: "amount" });
      return [{ nodeId: to.id, rule: "share", limit: toText(most), ...share }];
    });
}

function pause({ nodes, at }: MoneySituation, node: WalletNodeState): readonly MoneyCheck[] {
  if (node.kind === "treasury") return [];
  const seconds = Math.max(...pathOf(nodes, node.id).map((n) => n.rules.cooldownSeconds ?? 0));
  if (seconds === 0) return [];
  const until = node.lastMovedAt === null ? null : node.lastMovedAt + seconds * 1000;
  const base = { nodeId: node.id, rule: "pause" as const, limit: `${seconds}/${until !== null && until > at ? until : ""}` };
  if (until === null || until <= at) return [{ ...base, text: "no pause to wait for", refusal: null }];
  const iso = `${new Date(until).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const text = `${node.name} was moved to or from a while ago: the next movement is possible from ${iso} (market time).`;
  const data = { until, seconds, node: node.name };
  return [{ ...base, text, refusal: new DomainError("COOLDOWN", text, { kind: "conflict", field: "amount", data }) }];
}

const approval = (node: WalletNodeState, { text, limit }: SecondPersonAsked): MoneyCheck => ({
  nodeId: node.id,
  rule: "approval",
  text,
  limit: toText(limit),
  refusal: null,
});
