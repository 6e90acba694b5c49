import { DomainError, notFound } from "@/server/shared";
import type { NodeKind } from "./types";

/** Levels of a tree at most, the master's own included. */
export const MOST_LEVELS = 16;

type Placed = { readonly id: string; readonly parentId: string | null };

/** A node and all above it, the node first, the master last. Throws NOT_FOUND when one is missing, TREE_BROKEN on a cycle. */
export function pathOf<N extends Placed>(nodes: ReadonlyMap<string, N>, id: string): readonly N[] {
  const path: N[] = [];
  for (let at: string | null = id; at !== null; ) {
    const node = nodes.get(at);
    if (!node) throw notFound("This wallet");
    path.push(node);
    if (path.length > MOST_LEVELS * 4) throw new DomainError("TREE_BROKEN", "the wallets above this one go round in a circle", { kind: "internal" });
    at = node.parentId;
  }
  return path;
}

export const rootOf = <N extends Placed>(nodes: ReadonlyMap<string, N>, id: string): N => pathOf(nodes, id).at(-1) as N;

/** Which node may stand under which: masters stand alone, and nothing stands under agents and vaults. */
export const mayHold = (parent: NodeKind, child: NodeKind): boolean => (parent === "treasury" || parent === "farm") && child !== "treasury";

type Checked = Placed & {
  readonly name: string;
  readonly kind: NodeKind;
  readonly mode: string;
  readonly currency: string;
  readonly closed: boolean;
};

/** Throws NODE_CLOSED, CANNOT_HOLD. */
export function assertMayStandUnder(parent: Checked, kind: NodeKind, field: string): void {
  if (parent.closed) throw new DomainError("NODE_CLOSED", `${parent.name} is closed: nothing new stands under it.`, { kind: "conflict", field });
  if (!mayHold(parent.kind, kind)) {
    const said =
      parent.kind === "treasury" || parent.kind === "farm"
        ? "A master wallet stands under nothing"
        : `${parent.name} is ${words(parent.kind)}: nothing stands under it`;
    throw new DomainError("CANNOT_HOLD", `${said}. Choose a master wallet or a farm.`, { field, data: { parent: parent.kind, kind } });
  }
}

/**
 * Whether a node with all under it may go under another parent. `below` = levels under the node, itself included.
 * Throws MASTER_STAYS, TREE_CYCLE, MODES_DIFFER, CURRENCIES_DIFFER, TOO_DEEP and what {@link assertMayStandUnder} throws.
 */
export function assertMayMove(node: Checked, parentPath: readonly Checked[], below: number): void {
  const [parent] = parentPath;
  if (!parent) throw notFound("This wallet");
  const field = "parentId";
  if (node.kind === "treasury") throw new DomainError("MASTER_STAYS", `${node.name} is a master wallet: it stands under nothing.`, { field });
  if (parentPath.some((p) => p.id === node.id))
    throw new DomainError("TREE_CYCLE", `${parent.name} stands under ${node.name} itself: a wallet cannot hold itself.`, {
      field,
      data: { node: node.name, parent: parent.name },
    });
  assertMayStandUnder(parent, node.kind, field);
  if (parent.mode !== node.mode)
    throw new DomainError("MODES_DIFFER", `${node.name} holds ${node.mode} money, and ${parent.name} ${parent.mode} money: they never mix.`, {
      field,
      data: { from: node.mode, to: parent.mode },
    });
  if (parent.currency !== node.currency)
    throw new DomainError("CURRENCIES_DIFFER", `${node.name} is in ${node.currency}, and ${parent.name} in ${parent.currency}.`, {
      field,
      data: { from: node.currency, to: parent.currency },
    });
  assertDepth(parentPath.length + below);
}

/** Throws TOO_DEEP. */
export function assertDepth(levels: number): void {
  if (levels > MOST_LEVELS)
    throw new DomainError("TOO_DEEP", `A tree has ${MOST_LEVELS} levels at most; this would be the ${levels}th.`, {
      field: "parentId",
      data: { levels, most: MOST_LEVELS },
    });
}

const words = (kind: NodeKind): string => ({ agent: "an agent's wallet", vault: "a vault", farm: "a farm", treasury: "a master wallet" })[kind];
