import type { WalletRow } from "@/server/adapters/db/wallets/load-wallets";
import type { PreviewView, WalletRowView } from "@/server/api/contract/wallets";
import { toNumber, toText, ZERO } from "@/server/shared";
import { decimalsOf, freeOf, type MovementPlan, type NodeFigures, rollUp, rootOf, shownAmounts } from "@/server/wallets";

type Placed = Pick<WalletRow, "id" | "parentId" | "closed" | "kind">;

/**
 * Wallets with their figures, in the order of the tree: a master, then what stands under it, the largest first. `choose` says which of
 * them are wanted (all without it): only theirs are written out, however many there are.
 */
export function walletRows(
  rows: readonly WalletRow[],
  choose: (ordered: readonly Placed[]) => readonly Placed[] = (all) => all,
): readonly WalletRowView[] {
  const byId = new Map(rows.map((r) => [r.id, r]));
  const figures = rollUp(rows);
  const ordered = rows.filter((r) => r.parentId === null).flatMap((root) => underOf(root.id, byId, figures));
  const wanted = new Set(choose(ordered).map((r) => r.id));
  // Whose children have to be worked out.
  const above = new Set<string>();
  for (const id of wanted) for (let up = byId.get(id)?.parentId; up && !above.has(up); up = byId.get(up)?.parentId) above.add(up);
  const shown = new Map(
    ordered
      .filter((r) => r.parentId === null)
      .flatMap((root) => [...shownAmounts(figures, root.id, decimalsOf(root.currency), (id) => above.has(id))]),
  );
  return ordered
    .filter((r) => wanted.has(r.id))
    .flatMap((row) => {
      const f = figures.get(row.id);
      const tree = figures.get(rootOf(byId, row.id).id)?.equity ?? ZERO;
      return f ? [view(row, f, tree, shown.get(row.id))] : [];
    });
}

function underOf(rootId: string, byId: ReadonlyMap<string, WalletRow>, figures: ReadonlyMap<string, NodeFigures>): readonly WalletRow[] {
  const out: WalletRow[] = [];
  const stack = [rootId];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    const [row, f] = [byId.get(id), figures.get(id)];
    if (!row || !f) continue;
    out.push(row);
    const below = f.children.flatMap((child) => figures.get(child) ?? []).sort((x, y) => (x.equity < y.equity ? -1 : x.equity > y.equity ? 1 : 0));
    for (const child of below) stack.push(child.id);
  }
  return out;
}

function view(
  row: WalletRow,
  f: NodeFigures,
  tree: typeof ZERO,
  shown: { equity: typeof ZERO; own: typeof ZERO; made: typeof ZERO } | undefined,
): WalletRowView {
  const { id, parentId, kind, mode, name, currency, strategy, agentId, status, closed, tradingState } = row;
  const text = { balance: f.balance, reserved: f.reserved, allocated: f.allocated, equity: f.equity, capital: f.capital, made: f.made };
  const more = { realised: f.realised, unrealised: f.unrealised, fees: f.fees, modelCost: f.modelCost, paidIn: row.paidIn, paidOut: row.paidOut };
  return {
    ...{ id, parentId, kind, mode, name, currency, strategy, agentId, status, closed, tradingState },
    ...texts(text),
    ...texts(more),
    depth: f.depth,
    children: f.children.length,
    agents: f.agents,
    free: toText(freeOf(row.cash, row.rules, tree)),
    shown: texts(shown ?? { equity: f.equity, own: f.ownEquity, made: f.made }),
    share: tree > 0n ? toNumber(f.equity) / toNumber(tree) : 0,
    return: returnOf(row, f),
  };
}

function texts<K extends string>(record: Readonly<Record<K, typeof ZERO>>): Record<K, string> {
  return Object.fromEntries(Object.entries<typeof ZERO>(record).map(([k, v]) => [k, toText(v)])) as Record<K, string>;
}

/** What the chain of stretches between flows has come to by now. */
function returnOf({ chain }: WalletRow, { equity }: NodeFigures): number | null {
  if (!chain) return null;
  const base = toNumber(chain.base);
  return (base > 0 ? chain.factor * (toNumber(equity) / base) : chain.factor) - 1;
}

export function previewView(plan: MovementPlan, currency: string): PreviewView {
  const named = new Map(plan.rows.map((r) => [r.nodeId, r.name]));
  return {
    currency,
    conserved: plan.conserved,
    needsApproval: plan.needsApproval,
    hash: plan.hash,
    rows: plan.rows.map((r) => ({
      nodeId: r.nodeId,
      name: r.name,
      now: toText(r.now),
      move: toText(r.move),
      after: toText(r.after),
      checks: r.checks.map((c) => ({ rule: c.rule, text: c.text, ok: c.refusal === null })),
    })),
    postings: plan.movements.map(({ order }) => ({
      from: named.get(order.fromNodeId) ?? "",
      to: named.get(order.toNodeId) ?? "",
      amount: toText(order.amount),
    })),
    refusal: plan.refusal && {
      code: plan.refusal.code,
      message: plan.refusal.message,
      field: plan.refusal.details.field ?? null,
      data: { ...plan.refusal.details.data },
    },
  };
}
