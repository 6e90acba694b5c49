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

/** Every wallet with all under it; made = realised + unrealised − fees at every node, and a parent's is the sum of its children's. Linear in the nodes. */
export function rollUp(own: readonly OwnFigures[]): ReadonlyMap<string, NodeFigures> {
  const known = new Map<string, Total>();
  for (const n of own) known.set(n.id, new Total(n));
  const order: Total[] = [];
  for (const n of known.values()) {
    const parent = n.parentId === null ? undefined : known.get(n.parentId);
    if (parent) parent.under.push(n);
    else order.push(n);
  }
  // The list grows while it is walked: parents come before their children, and whoever stands in a circle never comes.
  for (const n of order)
    for (const child of n.under) {
      child.depth = n.depth + 1;
      order.push(child);
    }
  // From the end on, all under a node is known.
  for (let i = order.length - 1; i >= 0; i--) order[i]?.close();
  const figures = new Map<string, NodeFigures>();
  for (const n of order) figures.set(n.id, n);
  return figures;
}

/** One node while its figures come together. Fields stand one by one, in one shape: there are tens of thousands of them. */
class Total implements NodeFigures {
  readonly id: string;
  readonly parentId: string | null;
  depth = 0;
  readonly balance: Fixed;
  readonly ownEquity: Fixed;
  equity: Fixed;
  reserved: Fixed;
  capital: Fixed;
  made: Fixed;
  realised: Fixed;
  fees: Fixed;
  modelCost: Fixed;
  agents: number;
  readonly under: Total[] = [];
  #children: readonly string[] | null = null;

  constructor(n: OwnFigures) {
    this.id = n.id;
    this.parentId = n.parentId;
    this.balance = n.cash;
    this.ownEquity = plus(plus(n.cash, n.reserved), n.positions);
    this.equity = this.ownEquity;
    this.reserved = n.reserved;
    this.capital = n.capital;
    this.made = n.isAgent ? sub(this.ownEquity, n.capital) : ZERO;
    this.realised = n.realised;
    this.fees = n.fees;
    this.modelCost = n.modelCost;
    this.agents = n.isAgent ? 1 : 0;
  }

  /** Adds what stands under it, which is closed already. */
  close(): void {
    for (const child of this.under) {
      this.equity = plus(this.equity, child.equity);
      this.reserved = plus(this.reserved, child.reserved);
      this.capital = plus(this.capital, child.capital);
      this.made = plus(this.made, child.made);
      this.realised = plus(this.realised, child.realised);
      this.fees = plus(this.fees, child.fees);
      this.modelCost = plus(this.modelCost, child.modelCost);
      this.agents += child.agents;
    }
  }

  get allocated(): Fixed {
    return sub(this.equity, this.ownEquity);
  }

  get unrealised(): Fixed {
    return add(sub(this.made, this.realised), this.fees);
  }

  get children(): readonly string[] {
    this.#children ??= this.under.map((n) => n.id);
    return this.#children;
  }
}

/** Most figures are nothing. */
const plus = (a: Fixed, b: Fixed): Fixed => (b === 0n ? a : a === 0n ? b : add(a, b));

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
