import type { z } from "zod";
import type { Database } from "@/server/adapters/db/database";
import type { Query } from "@/server/adapters/db/wallets/load-situation";
import { loadWallets, type WalletRow } from "@/server/adapters/db/wallets/load-wallets";
import { type NewNode, PrismaWalletTree } from "@/server/adapters/db/wallets/prisma-wallet-tree";
import { toLimits } from "@/server/api/agent-config";
import type * as v from "@/server/api/contract/wallets";
import type { MarketSource } from "@/server/market";
import { limitsAsJson, parseLimits } from "@/server/risk";
import { actorText, type Clocks, DAY_MS, DomainError, fixed, hashId, notFound, sum, type TenantScope, toText } from "@/server/shared";
import {
  type MoneyOrder,
  type MoneyService,
  type Moved,
  moneyRulesAsJson,
  moneyWeightedReturn,
  type NodeRecords,
  parseMoneyRules,
  parseRebalanceParams,
  pathOf,
  type RebalanceRow,
  type RebalanceService,
  type RebalanceStore,
  type RecallService,
  rebalanceParamsAsJson,
  recordDrawdown,
} from "@/server/wallets";
import { WalletStatement } from "./wallet-statement";
import { previewView, walletRows } from "./wallet-views";

type In<K extends keyof typeof v.walletInputs> = z.output<(typeof v.walletInputs)[K]>;

export type WalletServiceParts = {
  readonly db: Database;
  readonly money: MoneyService;
  readonly recalls: RecallService;
  readonly rebalances: RebalanceService;
  readonly rebalanceStore: RebalanceStore;
  readonly records: NodeRecords;
  readonly clocks: Clocks;
  readonly sourceOf: (workspaceId: string) => Promise<MarketSource>;
};

/** Wallets of one parent that a page shows at once. */
const CHILDREN = 50;
const MOST_ROWS = 400;

/** What the Wallet page asks for and does. */
export class LiveWalletService {
  readonly #tree: PrismaWalletTree;
  readonly #statement: WalletStatement;
  constructor(private readonly parts: WalletServiceParts) {
    this.#tree = new PrismaWalletTree(parts.db);
    this.#statement = new WalletStatement(parts.db, parts.clocks.wall);
  }

  async tree(scope: TenantScope, { closed }: In<"walletTree">): Promise<v.WalletTreeView> {
    const { clocks, rebalanceStore } = this.parts;
    const stored = await this.#stored(scope);
    let total = 0;
    const rows = walletRows(stored, (all) => {
      const open = all.filter((r) => closed || !r.closed);
      total = open.length;
      return firstOf(open);
    });
    const source = await this.parts.sourceOf(scope.workspaceId);
    const names = new Map(stored.map((r) => [r.id, r.name]));
    const rebalances = await rebalanceStore.list(scope, 10);
    return {
      marketNow: clocks.market.now(),
      market: { kind: source.kind, label: source.label },
      rows: [...rows],
      total,
      waiting: (await this.#statement.rows(scope, { status: "pending", limit: 50 })).rows,
      rebalances: rebalances.filter((r) => r.status !== "done").map((r) => rebalanceView(scope, r, names)),
    };
  }

  async children(scope: TenantScope, { nodeId, offset }: In<"walletChildren">): Promise<v.WalletChildrenView> {
    const stored = await this.#stored(scope);
    if (!stored.some((r) => r.id === nodeId)) throw notFound("This wallet");
    let total = 0;
    const rows = walletRows(stored, (all) => {
      const below = all.filter((r) => r.parentId === nodeId && !r.closed);
      total = below.length;
      return below.slice(offset, offset + CHILDREN);
    });
    return { rows: [...rows], total };
  }

  async node(scope: TenantScope, { nodeId, days }: In<"walletNode">): Promise<v.WalletNodeView> {
    const { clocks, records, rebalanceStore, db } = this.parts;
    const stored = await this.#stored(scope);
    const byId = new Map(stored.map((r) => [r.id, r]));
    const own = byId.get(nodeId);
    const [row] = walletRows(stored, (all) => all.filter((r) => r.id === nodeId));
    if (!own || !row) throw notFound("This wallet");
    const now = clocks.market.now();
    const record = await records.record(scope, nodeId, { from: now - days * DAY_MS, to: now, points: 300 });
    const flows = await db.prisma.nodeFlow.findMany({ where: { nodeId }, orderBy: [{ at: "asc" }, { id: "asc" }] });
    const dated = flows.map((f) => ({ at: f.at.getTime(), flow: fixed(f.flow.toFixed()) }));
    const setting = await rebalanceStore.setting(scope, nodeId);
    return {
      marketNow: now,
      row,
      path: pathOf(byId, nodeId)
        .slice(1)
        .reverse()
        .map((n) => ({ id: n.id, name: n.name })),
      rules: { ...textRules(own), cooldownSeconds: own.rules.cooldownSeconds },
      limits: own.kind === "farm" ? limitsAsJson(parseLimits(own.limits ?? {}), toText) : null,
      drawdown: recordDrawdown(record),
      moneyReturn: attempt(() => moneyWeightedReturn(dated, fixed(row.equity), now)),
      record: record.map((p) => ({ at: p.at, equity: toText(p.equity), flow: toText(p.flow) })),
      rebalance: setting && { policy: setting.policy, params: setting.params, schedule: setting.schedule, apply: setting.apply },
    };
  }

  statement(scope: TenantScope, input: In<"walletStatement">): Promise<v.StatementView> {
    return this.#statement.rows(scope, input);
  }

  statementCsv(scope: TenantScope, input: In<"walletStatementCsv">): Promise<{ name: string; text: string }> {
    return this.#statement.csv(scope, input);
  }

  async preview(scope: TenantScope, orders: In<"walletPreview">["orders"]): Promise<v.PreviewView> {
    const planned = orders.map((o, i): MoneyOrder => ({ ...o, amount: fixed(o.amount), key: `preview:${i}`, why: "" }));
    return previewView(
      await this.parts.money.preview(scope, planned),
      await this.#currency(scope, orders[0]?.fromNodeId ?? orders[0]?.toNodeId ?? ""),
    );
  }

  move(scope: TenantScope, { key, amount, previewHash, ...order }: In<"walletMove">): Promise<Moved> {
    return this.parts.money.move(scope, { ...order, amount: fixed(amount), key: keyOf(key) }, previewHash === undefined ? {} : { previewHash });
  }

  recall(scope: TenantScope, { key, amount, ...order }: In<"walletRecall">): ReturnType<RecallService["recall"]> {
    return this.parts.recalls.recall(scope, { ...order, amount: fixed(amount), key: keyOf(key) });
  }

  cancelRecall(scope: TenantScope, movementId: string): Promise<Moved> {
    return this.parts.recalls.cancel(scope, movementId);
  }

  undo(scope: TenantScope, movementId: string): Promise<Moved> {
    return this.parts.money.undo(scope, movementId);
  }

  decide(scope: TenantScope, { movementId, agreed, reason }: In<"walletDecide">): Promise<Moved> {
    return this.parts.money.decide(scope, movementId, agreed, reason);
  }

  async create(scope: TenantScope, input: NewNode): Promise<{ nodeId: string }> {
    return { nodeId: await this.#tree.create(scope, input, this.parts.clocks.market.now()) };
  }

  rename(scope: TenantScope, { nodeId, name }: In<"walletRename">): Promise<void> {
    return this.#tree.rename(scope, nodeId, name);
  }

  async place(scope: TenantScope, { nodeId, parentId }: In<"walletPlace">): Promise<void> {
    await this.#tree.move(scope, nodeId, parentId, await this.parts.money.context(scope, []));
  }

  async close(scope: TenantScope, nodeId: string): Promise<void> {
    await this.#tree.close(scope, nodeId, await this.parts.money.prices(scope.workspaceId, []));
  }

  setRules(scope: TenantScope, { nodeId, rules }: In<"walletRules">): Promise<void> {
    return this.#tree.setRules(scope, nodeId, parseMoneyRules(rules));
  }

  setFarm(scope: TenantScope, { nodeId, limits, ...farm }: In<"walletFarm">): Promise<void> {
    return this.#tree.setFarm(scope, nodeId, { ...farm, limits: toLimits(limits) });
  }

  async rebalancePreview(scope: TenantScope, { nodeId, params }: In<"walletRebalancePreview">): Promise<v.RebalancePreviewView> {
    const { planned, movements } = await this.parts.rebalances.preview(scope, nodeId, parseRebalanceParams(params));
    return {
      preview: previewView(movements, await this.#currency(scope, nodeId)),
      wallets: planned.wallets.map((w) => ({ ...w, now: toText(w.now), target: toText(w.target), move: toText(w.move) })),
      turnover: planned.turnover,
      cost: toText(planned.cost),
    };
  }

  async rebalance(scope: TenantScope, { nodeId, params, previewHash }: In<"walletRebalance">): Promise<v.RebalanceView> {
    return rebalanceView(scope, await this.parts.rebalances.apply(scope, nodeId, parseRebalanceParams(params), previewHash), new Map());
  }

  async acceptRebalance(scope: TenantScope, rebalanceId: string): Promise<v.RebalanceView> {
    return rebalanceView(scope, await this.parts.rebalances.accept(scope, rebalanceId), new Map());
  }

  async setRebalance(scope: TenantScope, { nodeId, params, schedule, apply }: In<"walletSetRebalance">): Promise<void> {
    const parsed = parseRebalanceParams(params);
    await this.parts.rebalanceStore.set(scope, { nodeId, policy: parsed.policy, params: rebalanceParamsAsJson(parsed), schedule, apply });
  }

  async #currency(scope: TenantScope, nodeId: string): Promise<string> {
    const node = await this.parts.db.prisma.walletNode.findFirst({
      where: { id: nodeId, workspaceId: scope.workspaceId },
      select: { currency: true },
    });
    return node?.currency ?? "";
  }

  async #stored(scope: TenantScope): Promise<readonly WalletRow[]> {
    const query: Query = (sql, params = []) => this.parts.db.raw.query(sql, params);
    return loadWallets(query, scope.workspaceId, await this.parts.money.prices(scope.workspaceId, []));
  }
}

/** A page's share of the tree: so many wallets of each parent, and not more than so many in all. */
function firstOf<R extends { readonly id: string; readonly parentId: string | null }>(rows: readonly R[]): R[] {
  const counts = new Map<string, number>();
  const shown = new Set<string>();
  const out: R[] = [];
  for (const row of rows) {
    if (out.length >= MOST_ROWS) break;
    if (row.parentId !== null) {
      const count = (counts.get(row.parentId) ?? 0) + 1;
      counts.set(row.parentId, count);
      if (!shown.has(row.parentId) || count > CHILDREN) continue;
    }
    shown.add(row.id);
    out.push(row);
  }
  return out;
}

/** A caller's key never meets one of the product's own. */
const keyOf = (key: string): string => `w:${hashId("wallet key", key)}`;

const textRules = ({ rules }: WalletRow) => {
  const json = moneyRulesAsJson(rules);
  const text = (name: string): string | null => (typeof json[name] === "string" ? (json[name] as string) : null);
  return {
    reserve: text("reserve"),
    reservePercent: text("reservePercent"),
    maxAgentPercent: text("maxAgentPercent"),
    maxFarmPercent: text("maxFarmPercent"),
    approvalFrom: text("approvalFrom"),
  };
};

function attempt(value: () => number): v.WalletNodeView["moneyReturn"] {
  try {
    return { ok: true, value: value() };
  } catch (error) {
    if (error instanceof DomainError) return { ok: false, message: error.message };
    throw error;
  }
}

const rebalanceView = (scope: TenantScope, row: RebalanceRow, names: ReadonlyMap<string, string>): v.RebalanceView => ({
  id: row.id,
  nodeId: row.nodeId,
  node: names.get(row.nodeId) ?? "",
  policy: row.policy,
  status: row.status,
  done: row.done,
  total: row.total,
  amount: toText(sum(row.moves.map((m) => m.amount))),
  turnover: row.turnover,
  reason: row.reason,
  needsApproval: row.needsApproval,
  own: row.actor === actorText(scope),
  at: row.at,
});
