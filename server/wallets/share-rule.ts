import { add, DomainError, div, type Fixed, fixed, max, min, mul, sub, toFixedText, toText, ZERO } from "@/server/shared";
import { decimalsOf } from "./smallest-unit";
import type { MoneyRules, NodeKind } from "./types";

const HUNDRED = fixed("100");

export const percentOf = (amount: Fixed, percent: Fixed): Fixed => div(mul(amount, percent, "down"), HUNDRED, "down");

/** As pages show it: 9,916.94 USDT. */
export const shown = (amount: Fixed, currency: string): string => {
  const [whole = "", rest] = toFixedText(amount, decimalsOf(currency), "down").split(".");
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ",")}${rest === undefined ? "" : `.${rest}`} ${currency}`;
};

/** The least share (per cent of the tree) that rules of these wallets leave to a wallet of this kind; null = any. */
export function shareLimit(path: readonly { readonly rules: MoneyRules }[], kind: NodeKind): Fixed | null {
  const rule = kind === "agent" ? "maxAgentPercent" : kind === "farm" ? "maxFarmPercent" : null;
  const limits = rule === null ? [] : path.flatMap((p) => p.rules[rule] ?? []);
  return limits.length === 0 ? null : limits.reduce((a, b) => min(a, b));
}

/** What such a share says of a wallet that has so much and gets more, all in the tree's currency. The refusal (ABOVE_SHARE) names `field`. */
export function shareOf(
  node: { readonly name: string; readonly currency: string },
  { tree, most, has, more, field }: { tree: Fixed; most: Fixed; has: Fixed; more: Fixed; field: string },
): { readonly text: string; readonly refusal: DomainError | null } {
  const after = add(has, more);
  const cap = percentOf(tree, most);
  if (after <= cap) return { text: `cap ${shown(cap, node.currency)} (${toText(most)} %)`, refusal: null };
  const room = max(ZERO, sub(cap, has));
  const text = `${node.name} may hold ${toText(most)} % of the tree, ${shown(cap, node.currency)}; with this it would hold ${shown(after, node.currency)}. ${shown(room, node.currency)} fits.`;
  const data = {
    limit: toText(most),
    share: toText(mul(div(after, tree, "down"), HUNDRED, "down")),
    cap: toText(cap),
    after: toText(after),
    room: toText(room),
    node: node.name,
    currency: node.currency,
  };
  return { text, refusal: new DomainError("ABOVE_SHARE", text, { kind: "conflict", field, data }) };
}
