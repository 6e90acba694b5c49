import type { Database } from "@/server/adapters/db/database";
import { queryOf } from "@/server/adapters/db/wallets/apply-movements";
import { loadWallets } from "@/server/adapters/db/wallets/load-wallets";
import { abs, add, type Fixed, fixed, mul, sub, sum, toText, ZERO } from "@/server/shared";
import { rollUp } from "@/server/wallets";

type Prices = Readonly<Record<string, Fixed>>;
/** What average entries may have rounded away. */
const DUST = fixed("0.000001");

/**
 * What no wallet tree may show, in words; empty = nothing wrong. One snapshot: all rows of one transaction, all at the same prices.
 * `venueCash` = what the venue says an agent has, of agents that have never traded there.
 */
export async function treeViolations(
  db: Database,
  workspaceId: string,
  prices: Prices,
  venueCash?: (agentId: string) => Promise<Fixed>,
): Promise<string[]> {
  const wrong: string[] = [];
  const snapshot = await db.transaction(async (tx) => {
    const wallets = await loadWallets(queryOf(tx), workspaceId, prices);
    const accounts = await tx.ledgerAccount.findMany({ where: { workspaceId } });
    const sums = await tx.posting.groupBy({ by: ["accountId"], _sum: { amount: true }, where: { transaction: { workspaceId } } });
    const movements = await tx.movement.findMany({ where: { workspaceId } });
    const positions = await tx.position.findMany({ where: { agentId: { in: wallets.flatMap((w) => w.agentId ?? []) } } });
    const ledger = await tx.ledgerTransaction.findMany({
      where: { workspaceId, id: { in: movements.flatMap((m) => m.transactionId ?? []) } },
      include: { postings: true },
    });
    return { wallets, accounts, sums, movements, positions, ledger };
  });
  const { wallets, accounts, sums, movements, positions, ledger } = snapshot;
  const of = (x: { toFixed(): string } | null | undefined): Fixed => (x ? fixed(x.toFixed()) : ZERO);

  const posted = new Map(sums.map((s) => [s.accountId, of(s._sum.amount)]));
  const totals = new Map<string, Fixed>();
  for (const a of accounts) {
    const balance = of(a.balance);
    if (balance !== (posted.get(a.id) ?? ZERO)) wrong.push(`an account of ${a.kind} is not the sum of its postings`);
    if (balance < 0n && !a.mayBeNegative) wrong.push(`${a.kind} is below zero`);
    totals.set(a.currency, add(totals.get(a.currency) ?? ZERO, balance));
  }
  for (const [currency, total] of totals) if (total !== ZERO) wrong.push(`the ledger is out of balance by ${toText(total)} ${currency}`);

  const moved = movements.filter((m) => m.status === "done" || m.status === "undone");
  const keys = new Set(moved.map((m) => `${m.kind}|${m.fromNodeId}|${m.toNodeId}|${m.key.split("#")[0]}`));
  if (keys.size !== moved.length) wrong.push("a key has moved money twice");
  for (const m of moved) {
    const transaction = ledger.find((t) => t.id === m.transactionId);
    const cash = transaction?.postings.map((p) => of(p.amount)) ?? [];
    if (cash.length !== 2 || !cash.includes(of(m.amount)) || sum(cash) !== ZERO) wrong.push("a movement is not one ledger transaction of its amount");
  }

  const amounts = (which: (m: (typeof moved)[number]) => boolean): Fixed => sum(moved.filter(which).map((m) => of(m.amount)));
  for (const w of wallets) {
    const came = amounts((m) => m.toNodeId === w.id);
    const went = amounts((m) => m.fromNodeId === w.id);
    const paidIn = amounts((m) => m.toNodeId === w.id && m.fromNodeId === null);
    const paidOut = amounts((m) => m.fromNodeId === w.id && m.toNodeId === null);
    if (w.capital !== sub(came, went) || w.paidIn !== paidIn || w.paidOut !== paidOut)
      wrong.push("the running totals of a wallet are not its movements'");
  }

  const figures = rollUp(wallets);
  for (const root of wallets.filter((w) => w.parentId === null)) {
    const tree = figures.get(root.id);
    if (!tree) continue;
    const inside = wallets.filter((w) => rootOf(wallets, w.id) === root.id);
    const traded = positions.filter((p) => inside.some((w) => w.agentId === p.agentId));
    const pnl = sum(
      traded.map((p) => {
        const price = prices[p.symbol] ?? of(p.averageEntry);
        return sub(add(of(p.realisedPnl), mul(of(p.quantity), sub(price, of(p.averageEntry)), "half-even")), of(p.feesPaid));
      }),
    );
    const expected = add(sub(root.paidIn, root.paidOut), pnl);
    if (abs(sub(tree.equity, expected)) > DUST)
      wrong.push(`a tree is worth ${toText(tree.equity)}, and paid in less out with its profit is ${toText(expected)}`);
    const parts = sum(inside.map((w) => figures.get(w.id)?.ownEquity ?? ZERO));
    if (parts !== tree.equity) wrong.push("the wallets of a tree do not sum to it");
  }

  for (const w of venueCash ? wallets : []) {
    if (w.agentId === null || positions.some((p) => p.agentId === w.agentId)) continue;
    const there = await venueCash?.(w.agentId);
    if (there !== undefined && there !== w.capital)
      wrong.push(`the venue holds ${toText(there)} of an agent, and the books moved ${toText(w.capital)}`);
  }
  return wrong;
}

function rootOf(wallets: readonly { readonly id: string; readonly parentId: string | null }[], id: string): string {
  for (let at = wallets.find((w) => w.id === id); at; at = wallets.find((w) => w.id === at?.parentId)) if (at.parentId === null) return at.id;
  return id;
}
