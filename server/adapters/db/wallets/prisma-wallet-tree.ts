import type { Prisma, WalletNode } from "@/generated/prisma/client";
import { type Limits, limitsAsJson, type TradingState } from "@/server/risk";
import { DomainError, type Fixed, neg, notFound, type TenantScope, toText, ZERO } from "@/server/shared";
import {
  assertDepth,
  assertMayMove,
  assertMayStandUnder,
  type FarmStrategy,
  type MoneyRules,
  moneyRulesAsJson,
  type NodeKind,
  parseMoneyRules,
  pathOf,
  rootOf,
  shareLimit,
  shareOf,
  type WalletMode,
} from "@/server/wallets";
import { appendEvents } from "../append-events";
import { writeAudit } from "../audit";
import type { Database, Tx } from "../database";
import { newId } from "../new-id";
import { addToTotals } from "./add-to-totals";
import { lockTrees, queryOf } from "./apply-movements";
import { loadEquities, type Prices } from "./load-situation";

export type NewNode =
  | { readonly kind: "treasury"; readonly name: string; readonly mode: WalletMode; readonly currency: string }
  | { readonly kind: "farm"; readonly name: string; readonly parentId: string; readonly strategy: FarmStrategy }
  | { readonly kind: "vault"; readonly name: string; readonly parentId: string };

/** The shape of wallet trees: one change at a time in a workspace, each with its audit entry. Throws NOT_FOUND for what is another tenant's. */
export class PrismaWalletTree {
  constructor(private readonly db: Database) {}

  /** Throws CANNOT_HOLD, NODE_CLOSED, NAME_TAKEN, TOO_DEEP. `at` = market ms. */
  create(scope: TenantScope, node: NewNode, at: number): Promise<string> {
    return this.#change(scope, async (tx, nodes) => {
      const id = newId();
      const parent = node.kind === "treasury" ? null : known(nodes, node.parentId);
      if (parent) {
        assertMayStandUnder(parent, node.kind, "parentId");
        assertDepth(pathOf(nodes, parent.id).length + 1);
      }
      assertNameFree(nodes, node.name, parent?.id ?? null);
      const { mode, currency } = node.kind === "treasury" ? node : (parent as Node);
      await tx.walletNode.create({
        data: {
          id,
          workspaceId: scope.workspaceId,
          parentId: parent?.id ?? null,
          kind: node.kind,
          mode,
          currency,
          name: node.name,
          strategy: node.kind === "farm" ? node.strategy : null,
        },
      });
      await tx.nodePlace.create({ data: { nodeId: id, workspaceId: scope.workspaceId, since: new Date(at), parentId: parent?.id ?? null } });
      await done(tx, scope, "wallet.created", id, { kind: node.kind, name: node.name, parent: parent?.id ?? null });
      return id;
    });
  }

  /** Throws NAME_TAKEN. An agent is renamed by editing it. */
  rename(scope: TenantScope, nodeId: string, name: string): Promise<void> {
    return this.#change(scope, async (tx, nodes) => {
      const node = known(nodes, nodeId);
      if (node.kind === "agent")
        throw new DomainError("AGENT_NAME", "An agent's wallet is called like the agent: edit the agent.", { field: "name" });
      if (node.name === name) return;
      assertNameFree(nodes, name, node.parentId);
      await tx.walletNode.update({ where: { id: nodeId }, data: { name } });
      await done(tx, scope, "wallet.renamed", nodeId, { from: node.name, to: name });
    });
  }

  /**
   * With all under it. Money inside goes along: for the wallets above it is money out, or in. Throws TREE_CYCLE, MODES_DIFFER and the like,
   * DIFFERENT_TREES (money never goes under another master this way), and ABOVE_SHARE of the wallets it comes under.
   */
  move(scope: TenantScope, nodeId: string, parentId: string, context: { readonly at: number; readonly prices: Prices }): Promise<void> {
    return this.#change(scope, async (tx, nodes) => {
      const node = known(nodes, nodeId);
      const parentPath = pathOf(nodes, known(nodes, parentId).id);
      assertMayMove(node, parentPath, levelsBelow(nodes, nodeId));
      if (node.parentId === parentId) return;
      assertNameFree(nodes, node.name, parentId);
      const from = pathOf(nodes, nodeId).slice(1);
      const left = from.filter((n) => !parentPath.some((p) => p.id === n.id));
      const entered = parentPath.filter((n) => !from.some((p) => p.id === n.id));
      const equity = await loadEquities(
        queryOf(tx),
        scope.workspaceId,
        [...below(nodes, nodeId), ...left.map((n) => n.id), ...entered.map((n) => n.id), rootOf(nodes, parentId).id],
        context.prices,
      );
      const worth = equity.get(nodeId) ?? ZERO;
      await assertSameTree(tx, nodes, { node, parentId, worth });
      assertShares(nodes, { nodeId, parentPath, entered, equity });
      const row = (id: string, sign: 1n | -1n) => ({
        id: newId(),
        workspaceId: scope.workspaceId,
        nodeId: id,
        movementId: null,
        flow: toText(((worth as bigint) * sign) as typeof worth),
        equityBefore: toText(equity.get(id) ?? ZERO),
        at: new Date(context.at),
      });
      if (worth !== 0n) {
        await tx.nodeFlow.createMany({ data: [...left.map((n) => row(n.id, -1n)), ...entered.map((n) => row(n.id, 1n))] });
        const flow = (id: string, amount: Fixed) => ({ nodeId: id, flow: { amount, equityBefore: equity.get(id) ?? ZERO } });
        await addToTotals(tx, scope.workspaceId, [...left.map((n) => flow(n.id, neg(worth))), ...entered.map((n) => flow(n.id, worth))]);
      }
      await tx.walletNode.update({ where: { id: nodeId }, data: { parentId } });
      const since = new Date(context.at);
      await tx.nodePlace.upsert({
        where: { nodeId_since: { nodeId, since } },
        create: { nodeId, since, parentId, workspaceId: scope.workspaceId },
        update: { parentId },
      });
      await done(tx, scope, "wallet.moved", nodeId, { from: node.parentId, to: parentId, worth: toText(worth) });
    });
  }

  /** Throws NODE_HOLDS_MONEY (how much, where), NODE_HAS_CHILDREN, LAST_MASTER; an agent is archived instead. */
  close(scope: TenantScope, nodeId: string, prices: Prices): Promise<void> {
    return this.#change(scope, async (tx, nodes) => {
      const node = known(nodes, nodeId);
      if (node.closed) return;
      if (node.kind === "agent")
        throw new DomainError("ARCHIVE_THE_AGENT", `${node.name} is an agent: archive it on its page.`, { kind: "conflict" });
      const worth = (await loadEquities(queryOf(tx), scope.workspaceId, [nodeId], prices)).get(nodeId) ?? ZERO;
      if (worth !== 0n)
        throw new DomainError(
          "NODE_HOLDS_MONEY",
          `${node.name} still holds ${toText(worth)} ${node.currency}, with all under it: recall it first, then close the wallet.`,
          { kind: "conflict", field: "nodeId", data: { holds: toText(worth), currency: node.currency, node: node.name } },
        );
      const open = [...nodes.values()].filter((n) => n.parentId === nodeId && !n.closed);
      if (open.length > 0)
        throw new DomainError(
          "NODE_HAS_CHILDREN",
          `${open.map((n) => n.name).join(", ")} still ${open.length === 1 ? "stands" : "stand"} under ${node.name}: close or move ${open.length === 1 ? "it" : "them"} first.`,
          {
            kind: "conflict",
            field: "nodeId",
            data: { children: open.length, node: node.name },
          },
        );
      const masters = [...nodes.values()].filter((n) => n.kind === "treasury" && !n.closed && n.mode === "paper");
      if (node.kind === "treasury" && node.mode === "paper" && masters.length === 1)
        throw new DomainError("LAST_MASTER", `${node.name} is the only master wallet for paper money: new agents need one.`, { kind: "conflict" });
      await tx.walletNode.update({ where: { id: nodeId }, data: { closedAt: new Date() } });
      await tx.rebalancePlan.deleteMany({ where: { nodeId } });
      await done(tx, scope, "wallet.closed", nodeId, { name: node.name });
    });
  }

  setRules(scope: TenantScope, nodeId: string, rules: MoneyRules): Promise<void> {
    return this.#change(scope, async (tx, nodes) => {
      known(nodes, nodeId);
      const moneyRules = moneyRulesAsJson(rules);
      await tx.walletNode.update({ where: { id: nodeId }, data: { moneyRules } });
      await done(tx, scope, "wallet.rules-set", nodeId, moneyRules);
    });
  }

  /** Limits, trading state and strategy of a farm. Throws ONLY_FARMS. */
  setFarm(
    scope: TenantScope,
    nodeId: string,
    farm: { readonly limits: Limits; readonly tradingState: TradingState; readonly strategy: FarmStrategy },
  ): Promise<void> {
    return this.#change(scope, async (tx, nodes) => {
      const node = known(nodes, nodeId);
      if (node.kind !== "farm")
        throw new DomainError("ONLY_FARMS", `${node.name} is not a farm: limits stand on agents, farms and the workspace.`, { field: "nodeId" });
      const limits = limitsAsJson(farm.limits, toText) as Prisma.InputJsonObject;
      await tx.walletNode.update({ where: { id: nodeId }, data: { limits, tradingState: farm.tradingState, strategy: farm.strategy } });
      await done(tx, scope, "wallet.farm-set", nodeId, { tradingState: farm.tradingState, strategy: farm.strategy, limits });
    });
  }

  #change<T>(scope: TenantScope, run: (tx: Tx, nodes: ReadonlyMap<string, Node>) => Promise<T>): Promise<T> {
    return this.db.transaction(async (tx) => {
      await lockTrees(tx, scope.workspaceId);
      const rows = await tx.walletNode.findMany({ where: { workspaceId: scope.workspaceId }, include: { agent: { select: { status: true } } } });
      return run(tx, new Map(rows.map((r) => [r.id, nodeOf(r)])));
    });
  }
}

type Node = {
  readonly id: string;
  readonly parentId: string | null;
  readonly kind: NodeKind;
  readonly mode: WalletMode;
  readonly name: string;
  readonly currency: string;
  readonly rules: MoneyRules;
  readonly closed: boolean;
};

const nodeOf = (r: WalletNode & { agent: { status: string } | null }): Node => ({
  id: r.id,
  parentId: r.parentId,
  kind: r.kind as NodeKind,
  mode: r.mode as WalletMode,
  name: r.name,
  currency: r.currency,
  rules: parseMoneyRules(r.moneyRules),
  closed: r.closedAt !== null || r.agent?.status === "archived",
});

/** The node and all under it. */
const below = (nodes: ReadonlyMap<string, Node>, nodeId: string): readonly string[] =>
  [...nodes.keys()].filter((id) => pathOf(nodes, id).some((p) => p.id === nodeId));

/** What a tree is worth is what was paid in less what was paid out and what its agents made: nothing of that may change its master. */
async function assertSameTree(
  tx: Tx,
  nodes: ReadonlyMap<string, Node>,
  { node, parentId, worth }: { readonly node: Node; readonly parentId: string; readonly worth: Fixed },
): Promise<void> {
  const [root, other] = [rootOf(nodes, node.id), rootOf(nodes, parentId)];
  if (root.id === other.id) return;
  const agents = await tx.agent.findMany({ where: { nodeId: { in: [...below(nodes, node.id)] } }, select: { id: true } });
  const positions = await tx.position.findMany({ where: { agentId: { in: agents.map((a) => a.id) } } });
  if (worth === ZERO && positions.every((p) => p.realisedPnl.equals(p.feesPaid) && p.quantity.isZero())) return;
  const why =
    worth === ZERO
      ? "What its agents have made belongs to the tree they made it in"
      : `It holds ${toText(worth)} ${node.currency}: recall that, withdraw it there and deposit it here`;
  throw new DomainError("DIFFERENT_TREES", `${node.name} stands under ${root.name}, and this place is under ${other.name}. ${why}.`, {
    kind: "conflict",
    field: "parentId",
    data: { holds: toText(worth), currency: node.currency, from: root.name, to: other.name },
  });
}

/** Every wallet that gets money by this, and every moved one that comes under rules it was not under. */
function assertShares(
  nodes: ReadonlyMap<string, Node>,
  place: {
    readonly nodeId: string;
    readonly parentPath: readonly Node[];
    readonly entered: readonly Node[];
    readonly equity: ReadonlyMap<string, Fixed>;
  },
): void {
  const { parentPath, entered, equity } = place;
  const worthOf = (id: string) => equity.get(id) ?? ZERO;
  const [tree, worth] = [worthOf(parentPath.at(-1)?.id ?? ""), worthOf(place.nodeId)];
  if (tree <= 0n || worth <= 0n) return;
  const check = (node: Node, rules: readonly Node[], has: Fixed, more: Fixed) => {
    const most = shareLimit(rules, node.kind);
    const refusal = most === null ? null : shareOf(node, { tree, most, has, more, field: "parentId" }).refusal;
    if (refusal) throw refusal;
  };
  for (const node of entered) check(node, pathOf(nodes, node.id), worthOf(node.id), worth);
  for (const id of below(nodes, place.nodeId)) check(known(nodes, id), entered, ZERO, worthOf(id));
}

function known(nodes: ReadonlyMap<string, Node>, id: string): Node {
  const node = nodes.get(id);
  if (!node) throw notFound("This wallet");
  return node;
}

function assertNameFree(nodes: ReadonlyMap<string, Node>, name: string, parentId: string | null): void {
  if ([...nodes.values()].some((n) => n.parentId === parentId && !n.closed && n.kind !== "agent" && n.name === name))
    throw new DomainError("NAME_TAKEN", `There is a wallet called “${name}” there already.`, { kind: "conflict", field: "name" });
}

function levelsBelow(nodes: ReadonlyMap<string, Node>, id: string): number {
  return Math.max(...below(nodes, id).map((n) => pathOf(nodes, n).findIndex((p) => p.id === id))) + 1;
}

async function done(tx: Tx, scope: TenantScope, action: string, nodeId: string, data: Readonly<Record<string, unknown>>): Promise<void> {
  await writeAudit(tx, scope, { action, subject: nodeId, data: data as Parameters<typeof writeAudit>[2]["data"] });
  await appendEvents(tx, scope.workspaceId, [{ type: "wallet/changed", data: { nodeId } }]);
}
