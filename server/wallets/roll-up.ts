import { add, type Fixed, fixedInt, max, roundTo, sub, sum, ZERO } from "@/server/shared";
import { largestRemainder } from "./returns/largest-remainder";

/** What one wallet has and has made by itself, in the tree's currency; `modelCost` in USD, a memo beside it. */
export type OwnFigures = {
  readonly id: string;
  readonly parentId: string | null;
  readonly cash: Fixed;
  readonly reserved: Fixed;
  readonly positions: Fixed;
  /** Money in less out, by movements of its own. */
  readonly capital: Fixed;
  /** Profit of closed and open positions before fees, and the fees. */
  readonly realised: Fixed;
  readonly fees: Fixed;
  readonly modelCost: Fixed;
  readonly isAgent: boolean;
};

/** A wallet with all under it. */
export type NodeFigures = {
  readonly id: string;
  readonly parentId: string | null;
  readonly depth: number;
  /** Own cash. */
  readonly balance: Fixed;
  readonly ownEquity: Fixed;
  /** What stands under it. */
  readonly allocated: Fixed;
  readonly reserved: Fixed;
  readonly equity: Fixed;
  readonly capital: Fixed;
  readonly made: Fixed;
  readonly realised: Fixed;
  readonly unrealised: Fixed;
  readonly fees: Fixed;
  readonly modelCost: Fixed;
  readonly agents: number;
  readonly children: readonly string[];
};

type Sums = { equity: Fixed; reserved: Fixed; capital: Fixed; made: Fixed; realised: Fixed; fees: Fixed; modelCost: Fixed; agents: number };

/** Every wallet with all under it; made = realised + unrealised − fees at every node, and a parent's is the sum of its children's. Linear in the nodes. */
export function rollUp(own: readonly OwnFigures[]): ReadonlyMap<string, NodeFigures> {
  const byId = new Map(own.map((n) => [n.id, n]));
  const children = new Map<string, string[]>();
  for (const n of own) if (n.parentId !== null && byId.has(n.parentId)) push(children, n.parentId, n.id);
  const roots = own.filter((n) => n.parentId === null || !byId.has(n.parentId));
  const depths = new Map<string, number>();
  const order: string[] = [];
  const stack = roots.map((n) => ({ id: n.id, depth: 0 }));
  for (let at = stack.pop(); at; at = stack.pop()) {
    order.push(at.id);
    depths.set(at.id, at.depth);
    for (const id of children.get(at.id) ?? []) stack.push({ id, depth: at.depth + 1 });
  }
  const sums = new Map<string, Sums>();
  // Parents come before their children in `order`: from the end on, all under a node is known.
  for (const id of order.toReversed()) {
    const n = byId.get(id) as OwnFigures;
    const ownEquity = worthOf(n);
    const total: Sums = {
      equity: ownEquity,
      reserved: n.reserved,
      capital: n.capital,
      made: n.isAgent ? sub(ownEquity, n.capital) : ZERO,
      realised: n.realised,
      fees: n.fees,
      modelCost: n.modelCost,
      agents: n.isAgent ? 1 : 0,
    };
    for (const child of children.get(id) ?? []) addTo(total, sums.get(child) as Sums);
    sums.set(id, total);
  }
  return new Map(
    order.map((id) => {
      const n = byId.get(id) as OwnFigures;
      const t = sums.get(id) as Sums;
      const ownEquity = worthOf(n);
      const figures: NodeFigures = {
        ...t,
        id,
        parentId: n.parentId,
        depth: depths.get(id) ?? 0,
        balance: n.cash,
        ownEquity,
        allocated: sub(t.equity, ownEquity),
        unrealised: add(sub(t.made, t.realised), t.fees),
        children: children.get(id) ?? [],
      };
      return [id, figures] as const;
    }),
  );
}

const worthOf = (n: OwnFigures): Fixed => add(add(n.cash, n.reserved), n.positions);

const SUMMED = ["equity", "reserved", "capital", "made", "realised", "fees", "modelCost"] as const;

function addTo(total: Sums, child: Sums): void {
  for (const key of SUMMED) if (child[key] !== 0n) total[key] = add(total[key], child[key]);
  total.agents += child.agents;
}

function push(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/**
 * Figures as tables show them: own part and children sum to the parent, at every level. `own` = what is not allocated. `expand` = whose
 * children are wanted, everybody's without it.
 */
export function shownAmounts(
  figures: ReadonlyMap<string, NodeFigures>,
  rootId: string,
  decimals: number,
  expand: (id: string) => boolean = () => true,
): ReadonlyMap<string, { readonly equity: Fixed; readonly own: Fixed; readonly made: Fixed }> {
  const shown = new Map<string, { equity: Fixed; own: Fixed; made: Fixed }>();
  const root = figures.get(rootId);
  if (!root) return shown;
  const stack = [{ node: root, equity: roundTo(root.equity, decimals, "half-even"), made: roundTo(root.made, decimals, "half-even") }];
  for (let at = stack.pop(); at; at = stack.pop()) {
    const { node, equity, made } = at;
    const below = node.children.map((id) => figures.get(id)).filter((n): n is NodeFigures => n !== undefined);
    const ownMade = sub(node.made, sum(below.map((n) => n.made)));
    const [own = ZERO, ...equities] = largestRemainder([node.ownEquity, ...below.map((n) => n.equity)], decimals, equity);
    const [, ...mades] = largestRemainder([ownMade, ...below.map((n) => n.made)], decimals, made);
    shown.set(node.id, { equity, own: below.length === 0 ? equity : own, made });
    if (!expand(node.id)) continue;
    for (const [i, child] of below.entries()) stack.push({ node: child, equity: equities[i] ?? ZERO, made: mades[i] ?? ZERO });
  }
  return shown;
}

/** Cash that movements may take out: less the reserve that the node keeps. `tree` = worth of everything under its master. */
export const freeOf = (cash: Fixed, rules: { readonly reserve: Fixed | null; readonly reservePercent: Fixed | null }, tree: Fixed): Fixed =>
  max(
    ZERO,
    sub(
      cash,
      max(
        rules.reserve ?? ZERO,
        rules.reservePercent === null ? ZERO : ((((tree as bigint) * (rules.reservePercent as bigint)) / (100n * (fixedInt(1) as bigint))) as Fixed),
      ),
    ),
  );
