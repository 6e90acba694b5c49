import { allocateDraft, collectDraft, depositDraft, type PostingDraft, type TransactionDraft, withdrawDraft } from "@/server/ledger";
import { add, DomainError, type Fixed, hashJson, type Json, neg, sub, sum, toText, ZERO } from "@/server/shared";
import { checkRules, type MoneyCheck } from "./check-rules";
import { type RecentMovements, SecondPersonRule } from "./second-person";
import { assertAmount } from "./smallest-unit";
import { pathOf } from "./tree";
import type { MoneyOrder, WalletNodeState } from "./types";

/** What the books say of the nodes an order names and of all above them. */
export type MoneySituation = {
  readonly nodes: ReadonlyMap<string, WalletNodeState>;
  /** What sub-trees are worth, of the nodes that {@link equitiesNeeded} names. */
  readonly equity: ReadonlyMap<string, Fixed>;
  /** Market time (ms). */
  readonly at: number;
  /** Of whoever asks, where a rule counts them. */
  readonly recent?: RecentMovements;
};

/**
 * `exact`: to the last digit, when a wallet is emptied; `unbound`: neither pause nor share holds it back, when one is closed or a movement taken
 * back; `closing`: what the wallet holds is sold first, so what is free is not judged yet; `apart`: it does not count together with other
 * movements of the person, when they take back one that did.
 */
export type PlannedOrder = MoneyOrder & {
  readonly exact?: boolean;
  readonly unbound?: boolean;
  readonly closing?: boolean;
  readonly apart?: boolean;
};

export type PlannedMovement = {
  readonly order: PlannedOrder;
  readonly draft: TransactionDraft | null;
  readonly checks: readonly MoneyCheck[];
  /** What this changes for whole sub-trees: money in (positive) or out, and what they were worth before. */
  readonly flows: readonly { readonly nodeId: string; readonly flow: Fixed; readonly equityBefore: Fixed }[];
  readonly refusal: DomainError | null;
  readonly needsApproval: boolean;
};

/** One wallet of a preview. Money of the wallet itself: cash, reserved and positions. */
export type PreviewRow = {
  readonly nodeId: string | null;
  readonly name: string;
  readonly now: Fixed;
  readonly move: Fixed;
  readonly after: Fixed;
  readonly checks: readonly MoneyCheck[];
};

export type MovementPlan = {
  readonly movements: readonly PlannedMovement[];
  readonly rows: readonly PreviewRow[];
  readonly refusal: DomainError | null;
  /** Of one movement, or of a rebalancing as a whole. */
  readonly needsApproval: boolean;
  /** Sum of all postings is zero: what one wallet gives another one gets. */
  readonly conserved: boolean;
  /** Changes with the cash of the wallets it names, their rules and what is to be moved. */
  readonly hash: string;
};

/** Sub-trees an order brings money into (1) or takes it out of (−1). A sub-tree with both ends inside sees nothing. */
export function touched(
  nodes: ReadonlyMap<string, WalletNodeState>,
  order: MoneyOrder,
): readonly { readonly node: WalletNodeState; readonly sign: 1 | -1 }[] {
  const from = order.fromNodeId === null ? [] : pathOf(nodes, order.fromNodeId);
  const to = order.toNodeId === null ? [] : pathOf(nodes, order.toNodeId);
  return [
    ...from.filter((n) => !to.includes(n)).map((node) => ({ node, sign: -1 as const })),
    ...to.filter((n) => !from.includes(n)).map((node) => ({ node, sign: 1 as const })),
  ];
}

/** Nodes whose sub-trees' worth the plan has to know. */
export function equitiesNeeded(nodes: ReadonlyMap<string, WalletNodeState>, orders: readonly MoneyOrder[]): readonly string[] {
  const ids = new Set<string>();
  for (const order of orders) {
    for (const { node } of touched(nodes, order)) ids.add(node.id);
    for (const end of [order.fromNodeId, order.toNodeId]) {
      const path = end === null ? [] : pathOf(nodes, end);
      const root = path.at(-1);
      if (root && path.some(({ rules: r }) => r.reservePercent !== null || r.maxAgentPercent !== null || r.maxFarmPercent !== null)) ids.add(root.id);
    }
  }
  return [...ids];
}

/**
 * What orders would do, one after the other: every posting, every check, and the first refusal. Preview and execution are made by this one
 * function. Throws NOT_FOUND.
 */
export function planMovements(situation: MoneySituation, orders: readonly PlannedOrder[]): MovementPlan {
  const nodes = new Map(situation.nodes);
  const equity = new Map(situation.equity);
  const secondPerson = new SecondPersonRule(situation.nodes, situation.recent);
  const movements = orders.map((order) => {
    const planned = planOne({ ...situation, nodes, equity }, order, secondPerson);
    if (!planned.refusal) apply(nodes, equity, order);
    return planned;
  });
  const postings = movements.flatMap((m) => m.draft?.postings ?? []);
  const refusal = movements.find((m) => m.refusal)?.refusal ?? null;
  return {
    movements,
    rows: rowsOf(situation, nodes, movements, postings),
    refusal,
    needsApproval: movements.some((m) => m.needsApproval),
    conserved: sum(postings.map((p) => p.amount)) === 0n,
    hash: hashOf(situation, orders, movements),
  };
}

function planOne(situation: MoneySituation, order: PlannedOrder, secondPerson: SecondPersonRule): PlannedMovement {
  const none = { order, draft: null, checks: [], flows: [], needsApproval: false };
  try {
    assertEnds(situation.nodes, order);
    const { checks, needsApproval } = checkRules(situation, order, secondPerson);
    const failed = checks.find((c) => c.refusal)?.refusal ?? null;
    if (failed) return { ...none, checks, refusal: failed };
    const flows = touched(situation.nodes, order).map(({ node, sign }) => ({
      nodeId: node.id,
      flow: sign === 1 ? order.amount : neg(order.amount),
      equityBefore: situation.equity.get(node.id) ?? ZERO,
    }));
    return { order, draft: draftOf(situation, order), checks, flows, refusal: null, needsApproval };
  } catch (error) {
    if (!(error instanceof DomainError) || error.code === "NOT_FOUND") throw error;
    return { ...none, refusal: error };
  }
}

/** Throws NO_WALLET, SAME_WALLET, DIFFERENT_TREES, MODES_DIFFER, ONLY_MASTERS, NODE_CLOSED, WRONG_DIRECTION and what {@link assertAmount} throws. */
function assertEnds(nodes: ReadonlyMap<string, WalletNodeState>, order: PlannedOrder): void {
  const { fromNodeId, toNodeId, kind } = order;
  const ends = [fromNodeId, toNodeId].filter((id): id is string => id !== null);
  const paths = ends.map((id) => pathOf(nodes, id));
  const [first] = paths[0] ?? [];
  if (!first) throw new DomainError("NO_WALLET", "Say from or to which wallet money moves.", { field: "toNodeId" });
  if (order.exact !== true) assertAmount(order.amount, first.currency);
  else if (order.amount <= 0n) throw new DomainError("INVALID_AMOUNT", "The amount must be above zero.", { field: "amount" });
  const outside = fromNodeId === null || toNodeId === null;
  if (
    outside !== (kind === "deposit" || kind === "withdraw") ||
    (kind === "deposit" && fromNodeId !== null) ||
    (kind === "withdraw" && toNodeId !== null)
  )
    throw new DomainError(
      "WRONG_DIRECTION",
      "A deposit comes from outside, a withdrawal goes outside, and everything else moves between two wallets.",
      {
        field: "kind",
      },
    );
  if (fromNodeId === toNodeId) throw new DomainError("SAME_WALLET", `${first.name} cannot give money to itself.`, { field: "toNodeId" });
  if (outside && first.kind !== "treasury")
    throw new DomainError("ONLY_MASTERS", `${first.name} is not a master wallet: money comes in and goes out through a master wallet only.`, {
      field: fromNodeId === null ? "toNodeId" : "fromNodeId",
    });
  const to = toNodeId === null ? undefined : nodes.get(toNodeId);
  if (to?.closed) throw new DomainError("NODE_CLOSED", `${to.name} is closed: it takes no more money.`, { kind: "conflict", field: "toNodeId" });
  if (outside) return;
  const [from, into] = paths as [readonly WalletNodeState[], readonly WalletNodeState[]];
  const [a, b] = [from[0] as WalletNodeState, into[0] as WalletNodeState];
  if (a.mode !== b.mode)
    throw new DomainError("MODES_DIFFER", `${a.name} holds ${a.mode} money, and ${b.name} ${b.mode} money: they never mix.`, { field: "toNodeId" });
  if (from.at(-1) !== into.at(-1))
    throw new DomainError(
      "DIFFERENT_TREES",
      `${a.name} and ${b.name} stand under different master wallets: withdraw from one and deposit into the other.`,
      {
        field: "toNodeId",
      },
    );
  if (kind === "allocate" && from.includes(b))
    throw new DomainError("WRONG_DIRECTION", `${b.name} stands above ${a.name}: bringing money up is a recall.`, { field: "kind" });
  if (kind === "recall" && !from.includes(b))
    throw new DomainError("WRONG_DIRECTION", `${b.name} does not stand above ${a.name}: a recall brings money up.`, { field: "kind" });
}

function draftOf({ nodes, at }: MoneySituation, { fromNodeId, toNodeId, amount, key, why }: PlannedOrder): TransactionDraft {
  const currency = nodes.get(fromNodeId ?? toNodeId ?? "")?.currency ?? "";
  const common = { key, at, currency, amount, ...(why === "" ? {} : { note: why }) };
  if (fromNodeId === null) return depositDraft({ ...common, nodeId: toNodeId as string });
  if (toNodeId === null) return withdrawDraft({ ...common, nodeId: fromNodeId });
  const up = pathOf(nodes, fromNodeId).some((n) => n.id === toNodeId);
  return (up ? collectDraft : allocateDraft)({ ...common, fromNodeId, toNodeId });
}

/** As if it were done: for the orders after it. */
function apply(nodes: Map<string, WalletNodeState>, equity: Map<string, Fixed>, order: MoneyOrder): void {
  const change = (id: string | null, amount: Fixed): void => {
    const node = id === null ? undefined : nodes.get(id);
    if (node) nodes.set(node.id, { ...node, cash: add(node.cash, amount) });
  };
  for (const { node, sign } of touched(nodes, order)) {
    const worth = equity.get(node.id);
    if (worth !== undefined) equity.set(node.id, sign === 1 ? add(worth, order.amount) : sub(worth, order.amount));
  }
  change(order.fromNodeId, neg(order.amount));
  change(order.toNodeId, order.amount);
}

const worth = (n: WalletNodeState): Fixed => add(add(n.cash, n.reserved), n.positions);

function rowsOf(
  { nodes }: MoneySituation,
  after: ReadonlyMap<string, WalletNodeState>,
  movements: readonly PlannedMovement[],
  postings: readonly PostingDraft[],
): readonly PreviewRow[] {
  const named = [...new Set(movements.flatMap((m) => [m.order.fromNodeId, m.order.toNodeId]))];
  return named.map((id): PreviewRow => {
    const node = id === null ? undefined : nodes.get(id);
    const move = sum(postings.filter((p) => p.account.nodeId === id).map((p) => p.amount));
    if (!node) return { nodeId: null, name: "Outside", now: ZERO, move, after: ZERO, checks: [] };
    const end = after.get(node.id) ?? node;
    return { nodeId: id, name: node.name, now: worth(node), move, after: worth(end), checks: lastChecks(movements, node.id) };
  });
}

/** Of each rule the last word: what it says after all movements. */
function lastChecks(movements: readonly PlannedMovement[], nodeId: string): readonly MoneyCheck[] {
  const byRule = new Map<string, MoneyCheck>();
  for (const check of movements.flatMap((m) => m.checks))
    if (check.nodeId === nodeId && !byRule.get(check.rule)?.refusal) byRule.set(check.rule, check);
  return [...byRule.values()];
}

function hashOf({ nodes }: MoneySituation, orders: readonly PlannedOrder[], movements: readonly PlannedMovement[]): string {
  const named = [...new Set(orders.flatMap((o) => [o.fromNodeId, o.toNodeId]))].sort();
  const plan = {
    orders: orders.map((o) => ({ kind: o.kind, from: o.fromNodeId, to: o.toNodeId, amount: toText(o.amount) })),
    cash: named.map((id) => [id, id === null ? null : toText(nodes.get(id)?.cash ?? ZERO)]),
    checks: movements.map((m) => m.checks.map((c) => [c.nodeId, c.rule, c.limit, c.refusal?.code ?? null])),
    refusals: movements.map((m) => m.refusal?.code ?? null),
  };
  return hashJson(plan as unknown as Json);
}
