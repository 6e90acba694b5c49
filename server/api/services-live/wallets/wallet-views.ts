import type { WalletRow } from "@/server/adapters/db/wallets/load-wallets";
import type { PreviewView, WalletRowView } from "@/server/api/contract/wallets";
import { toNumber, toText, ZERO } from "@/server/shared";
import { decimalsOf, freeOf, type MovementPlan, type NodeFigures, rollUp, shownAmounts } from "@/server/wallets";

/** Every wallet of a workspace with its figures, in the order of the tree: a master, then what stands under it, the largest first. */
export function walletRows(rows: readonly WalletRow[]): readonly WalletRowView[] {
  const byId = new Map(rows.map((r) => [r.id, r]));
  const figures = rollUp(rows);
  const roots = rows.filter((r) => r.parentId === null);
  return roots.flatMap((root) => {
    const tree = figures.get(root.id)?.equity ?? ZERO;
    const shown = shownAmounts(figures, root.id, decimalsOf(root.currency));
    const out: WalletRowView[] = [];
    const stack = [root.id];
    for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
      const [row, f] = [byId.get(id), figures.get(id)];
      if (!row || !f) continue;
      out.push(view(row, f, tree, shown.get(id)));
      const below = f.children.toSorted((a, b) => (worth(figures, a) < worth(figures, b) ? -1 : worth(figures, a) > worth(figures, b) ? 1 : 0));
      stack.push(...below);
    }
    return out;
  });
}

const worth = (figures: ReadonlyMap<string, NodeFigures>, id: string): bigint => figures.get(id)?.equity ?? ZERO;

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
