import { configToJson, triggerColumns } from "@/server/adapters/db/agent-row";
import type { Database } from "@/server/adapters/db/database";
import { fixedToDecimal } from "@/server/adapters/db/decimal";
import { postInTransaction } from "@/server/adapters/db/post-transactions";
import { PrismaAgentStore } from "@/server/adapters/db/prisma-agent-store";
import { PrismaBudgetRepository } from "@/server/adapters/db/prisma-budget-repository";
import { PrismaOrderStore } from "@/server/adapters/db/prisma-order-store";
import { PrismaTurnStore } from "@/server/adapters/db/prisma-turn-store";
import {
  type Agent,
  type AgentStore,
  type ClaimResult,
  hashInputs,
  type OrderRow,
  recordLimits,
  type StoredTurn,
  type TurnInputs,
} from "@/server/agents";
import { allocateDraft } from "@/server/ledger";
import { canonicalJson, type Json } from "@/server/shared";
import { codeOf } from "./interleaving-scheduler";
import type { MemoryBooks } from "./memory-books";
import { claimed, overriding, type SimulatedStores } from "./simulated-world";

/**
 * Every call of a simulated run made twice, of the stores in memory and of the ones in the database, and their answers compared: what is
 * proven on the one is proven of the other. `differences` must stay empty. The run goes on with the answers of the memory.
 */
export class MirroredStores {
  readonly differences: string[] = [];
  compared = 0;
  #seeded: Promise<void> | null = null;

  constructor(private readonly db: Database) {}

  readonly stores = (memory: SimulatedStores, books: MemoryBooks): SimulatedStores => ({
    turns: this.#both("turns", memory.turns, new PrismaTurnStore(this.db, () => books.clock())),
    orders: this.#both("orders", memory.orders, new PrismaOrderStore(this.db)),
    budget: this.#both("budget", memory.budget, new PrismaBudgetRepository(this.db)),
    agents: overriding(this.#both<AgentStore>("agents", memory.agents, new PrismaAgentStore(this.db)), {
      treasury: (scope) => memory.agents.treasury(scope),
      insert: async (scope, draft) => {
        this.#seeded ??= seedWorkspace(this.db, books);
        await this.#seeded;
        const agent = await memory.agents.insert(scope, draft);
        await insertAgent(this.db, books, agent, draft);
        return agent;
      },
    }),
  });

  #both<T extends object>(name: string, memory: T, stored: T): T {
    return new Proxy(memory, {
      get: (_target, key) => {
        const [a, b]: unknown[] = [Reflect.get(memory, key), Reflect.get(stored, key)];
        if (typeof a !== "function" || typeof b !== "function") return a;
        return async (...args: unknown[]) => {
          const call = `${name}.${String(key)}`;
          const [here, there] = [await outcome(() => Reflect.apply(a, memory, args)), await outcome(() => Reflect.apply(b, stored, args))];
          this.#compare(call, here, there);
          if (here.ok) return here.value;
          throw here.error;
        };
      },
    });
  }

  #compare(call: string, here: Outcome, there: Outcome): void {
    const [a, b] = [here, there].map((o) => (o.ok ? plain(call, o.value) : `throws ${codeOf(o.error)}`));
    this.compared += 1;
    if (a !== b) this.differences.push(`${call}: in memory ${a}, in the database ${b}`);
  }
}

type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown };

async function outcome(run: () => unknown): Promise<Outcome> {
  try {
    return { ok: true, value: await run() };
  } catch (error) {
    return { ok: false, error };
  }
}

const order = ({ id, status, symbol, side, quantity, filledQuantity, filledNotional, heldAmount, sentAt, reason }: OrderRow) => ({
  ...{ id, status, symbol, side, quantity, filledQuantity, filledNotional, heldAmount, sentAt, reason },
});
const orders = (rows: readonly OrderRow[]) => rows.map(order).sort((a, b) => (a.id < b.id ? -1 : 1));
const agentOf = (a: Agent | null) =>
  a && { id: a.id, status: a.status, tradingState: a.tradingState, version: a.configVersion, lastTickAt: a.lastTickAt, limits: a.config.limits };
const sorted = (rows: readonly unknown[]): string[] => rows.map(text).sort();

/** What must agree of an answer: what only the database keeps, or keeps in no order, is left out. */
const COMPARED: Readonly<Record<string, (value: never) => unknown>> = {
  "turns.claim": (c: ClaimResult) => ({ ...claimed(c), agent: c.kind === "claimed" ? agentOf(c.agent) : null }),
  "turns.dueToSettle": sorted,
  "turns.abandoned": sorted,
  "turns.settlementBases": (bases: ReadonlyMap<string, unknown>) => sorted([...bases]),
  "turns.find": (t: StoredTurn | null) =>
    t && { phase: t.phase, settleAt: t.settleAt, symbol: t.symbol, orders: orders(t.orders), fills: t.fills.length },
  "turns.loadStored": (s: { inputs: TurnInputs | null; replies: unknown }) => ({ inputs: s.inputs && hashInputs(s.inputs), replies: s.replies }),
  "turns.agentOf": agentOf,
  "turns.commitIntents": orders,
  "orders.live": orders,
  "orders.ofTurn": orders,
  "orders.account": (a: { live: readonly OrderRow[]; lost: readonly OrderRow[]; cursor: number; halted: boolean }) => ({
    ...{ live: orders(a.live), lost: orders(a.lost), cursor: a.cursor, halted: a.halted },
  }),
  "orders.postExecutions": (p: { count: number; orders: readonly OrderRow[] }) => ({ count: p.count, orders: orders(p.orders) }),
  "agents.get": agentOf,
  "agents.transition": agentOf,
  "agents.list": (list: readonly Agent[]) => sorted(list.map(agentOf)),
};

const text = (value: unknown): string =>
  value === undefined ? "" : canonicalJson(JSON.parse(JSON.stringify(value, (_key, v: unknown) => (typeof v === "bigint" ? `${v}` : v))) as Json);

function plain(call: string, value: unknown): string {
  const compared = COMPARED[call];
  return text(compared ? compared(value as never) : value);
}

async function seedWorkspace(db: Database, { workspace, ledger }: MemoryBooks): Promise<void> {
  const { id, treasuryNodeId, limits, dailyModelCap } = workspace;
  await db.transaction(async (tx) => {
    const row = { id, name: "Simulated", limits: { ...recordLimits(limits), allowedSymbols: null }, dailyModelCap: fixedToDecimal(dailyModelCap) };
    await tx.workspace.create({ data: { ...row, baseCurrency: "USDT" } });
    await tx.walletNode.create({
      data: { id: treasuryNodeId, workspaceId: id, kind: "treasury", mode: "paper", name: "Treasury", currency: "USDT" },
    });
    for (const draft of ledger.transactions(id)) await postInTransaction(tx, id, draft);
  });
}

async function insertAgent(db: Database, { workspace }: MemoryBooks, agent: Agent, draft: Parameters<AgentStore["insert"]>[1]): Promise<void> {
  const { id, nodeId, config, baseCurrency } = agent;
  const workspaceId = workspace.id;
  const { capital: amount, at } = draft;
  await db.transaction(async (tx) => {
    const node = { id: nodeId, workspaceId, parentId: workspace.treasuryNodeId, kind: "agent", mode: "paper", name: config.name };
    await tx.walletNode.create({ data: { ...node, currency: baseCurrency } });
    const row = { id, workspaceId, nodeId, name: config.name, status: "stopped", config: configToJson(config), createdAt: new Date(at) };
    await tx.agent.create({ data: { ...row, baseCurrency, ...triggerColumns(config) } });
    const move = { key: `allocate:${id}`, currency: baseCurrency, amount, fromNodeId: workspace.treasuryNodeId, toNodeId: nodeId, at };
    await postInTransaction(tx, workspaceId, allocateDraft(move));
  });
}
